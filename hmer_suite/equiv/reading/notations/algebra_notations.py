r"""Rival notations of algebra in a pair: ``\mathbb Z/n\mathbb Z``, ``L_2(\Omega)``, ``W^{[l]}``, ``[p,x]``, ``x**2``.

They are written alike before a difference is looked for, so that it does not rest on the notation.
"""

from __future__ import annotations

from hmer_suite.equiv.reading.notations.marks import Change
from hmer_suite.equiv.terms import EMPTY, MINUS_ONE, Term, inverse, mul, name, op, power

_INTEGERS, _INDICATOR = name(r"\mathbb{Z}"), name(r"\mathbb{1}")


def _residues(parts: list[Term]) -> Change | None:
    r"""``\mathbb Z/n\mathbb Z`` as ``\mathbb Z_n``, if the pair has an index of the integers."""
    if not any(part.op == "sub" and part.args[0] == _INTEGERS for part in parts):
        return None

    def change(term: Term) -> Term:
        if term.op != "mul" or term.args[0] != _INTEGERS or len(term.args) != 2 or term.args[1].op != "pow":
            return term
        below, exponent = term.args[1].args
        if exponent != MINUS_ONE or below.op not in ("mul", "ordered") or below.args[-1] != _INTEGERS:
            return term
        return Term("sub", None, (_INTEGERS, mul(*below.args[:-1])))

    return change


def _spaces_of_functions(parts: list[Term]) -> Change | None:
    r"""``L_2(\Omega)`` as ``L^2(\Omega)``, if the pair has both."""
    raised = {part.args[0] for part in parts if part.op == "pow"}
    return lambda term: (
        mul(power(*term.args[0].args), *term.args[1:])
        if term.op == "app" and term.args[0].op == "sub" and term.args[0].args[0] in raised & _SPACES
        else term
    )


_SPACES = frozenset(map(name, ("L", r"\ell", r"\mathcal{L}", "H", "W")))


def _layers(parts: list[Term]) -> Change | None:
    """``W^{[l]}`` as ``W^{(l)}``."""
    return lambda term: (
        op("^()", term.args[0], *term.args[1].args)
        if term.op == "pow" and term.args[1].op == "op" and term.args[1].data == "[]"
        else term
    )


def _ideals(parts: list[Term]) -> Change | None:
    r"""``K[x]/\langle p\rangle`` as ``K[x]/(p)``."""
    return lambda term: (
        inverse(term.args[0].args[0])
        if term.op == "pow"
        and term.args[1] == MINUS_ONE
        and term.args[0].op == "op"
        and term.args[0].data == "<|<"
        else term
    )


def _indicators_of_conditions(parts: list[Term]) -> Change | None:
    r"""``\mathbb 1\{x\in A\}`` as ``\mathbb 1_{x\in A}``."""
    return lambda term: (
        Term("sub", None, (_INDICATOR, *term.args[1].args))
        if term.op == "mul"
        and term.args[0] == _INDICATOR
        and term.args[1].op == "set"
        and len(term.args) == 2
        else term
    )


def _units(parts: list[Term]) -> Change | None:
    r"""``K^\times`` as ``K^*``, if the pair has both."""
    if not {part.data for part in parts if part.op == "op"} >= {r"^\times", "^*"}:
        return None
    return lambda term: op("^*", *term.args) if term.op == "op" and term.data == r"^\times" else term


def _powers_of_programs(parts: list[Term]) -> Change | None:
    """``x**2`` as ``x^2``."""
    return lambda term: (
        power(term.args[0].args[0], term.args[1])
        if term.op == "mul"
        and term.args[0].op == "op"
        and term.args[0].data == "*"
        and EMPTY in term.args[0].args
        else term
    )


def _even_deltas(parts: list[Term]) -> Change | None:
    r"""``\delta(-x)`` as ``\delta(x)``."""
    delta = name(r"\delta")
    return lambda term: (
        term.with_args((delta, mul(*term.args[1].args[1:])))
        if term.op == "app"
        and term.args[0] == delta
        and term.args[1].op == "mul"
        and MINUS_ONE in term.args[1].args[:1]
        else term
    )


def _commutators(parts: list[Term]) -> Change | None:
    """Two operators in square brackets in an equation as a commutator, which changes its sign with their order."""
    if not any(map(has_commutator, parts)):
        return None

    def change(term: Term) -> Term:
        if not has_commutator(term):
            return term
        return term.with_args(
            tuple(_commutator(side) if _is_commutator(side) else side for side in term.args)
        )

    return change


def has_commutator(term: Term) -> bool:
    """Whether a term is an equation with two operators in square brackets on a side."""
    if term.op != "chain" or set(term.relations) != {"="}:
        return False
    return any(map(_is_commutator, term.args)) and not all(arg.op in ("tuple", "set") for arg in term.args)


def _is_commutator(term: Term) -> bool:
    if term.op == "sub" and term.args[1] == EMPTY:
        return _is_commutator(term.args[0])
    if term.op != "tuple" or term.data != ("[", "[") or len(term.args) != 2:
        return False
    return any(arg.op != "num" for arg in term.args)


def _commutator(term: Term) -> Term:
    if term.op == "sub":
        return Term("set", None, term.args[0].args)  # an anticommutator
    first, second = term.args
    swapped = repr(second) < repr(first)
    found = op("commutator", *((second, first) if swapped else (first, second)))
    return mul(MINUS_ONE, found) if swapped else found


ALGEBRA_NOTATIONS = (
    _residues,
    _spaces_of_functions,
    _layers,
    _ideals,
    _indicators_of_conditions,
    _units,
    _powers_of_programs,
    _even_deltas,
    _commutators,
)
"""The changes that write rival notations alike, each for the parts of both sides."""
