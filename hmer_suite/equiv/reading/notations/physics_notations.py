r"""Rival notations of calculus and physics in a pair: ``\Delta x^2``, ``\delta Q``, ``\vec\nabla V``, ``y|_{x=0}``.

They are written alike before a difference is looked for, so that it does not rest on the notation.
"""

from __future__ import annotations

from fractions import Fraction

from hmer_suite.equiv.reading.notations.marks import Change
from hmer_suite.equiv.reading.operators import DIFFERENCES
from hmer_suite.equiv.terms import EMPTY, NON_EXPRESSIONS, ZERO, Term, mul, name, num, op, power

_NABLA, _PARTIAL, _HBAR = name(r"\nabla"), name(r"\partial"), name(r"\hbar")


def _other_signs(parts: list[Term]) -> Change | None:
    r"""``\surd x`` as a root, ``\hslash`` as ``\hbar``, ``{x'}_1`` as ``x_1'``, ``{x'}'`` as ``x''``."""

    def change(term: Term) -> Term:
        if term == name(r"\hslash"):
            return _HBAR
        if term.op == "mul" and term.args[0] == name(r"\surd"):
            return mul(power(term.args[1], num(Fraction(1, 2))), *term.args[2:])
        if term.op == "sub" and term.args[0].op == "op" and term.args[0].data == "'":
            return op("'", term.with_args((term.args[0].args[0], term.args[1])))
        if term.op == "op" and _is_primed(term) and _is_primed(term.args[0]):
            return op(term.label + term.args[0].label, *term.args[0].args)
        return term

    return change


def _is_primed(term: Term) -> bool:
    return term.op == "op" and term.label.strip("'") == ""


def _powers_of_differences(parts: list[Term]) -> Change | None:
    r"""``\Delta x^2`` as ``(\Delta x)^2``, if the pair has a power of a difference."""
    if not any(part.op == "pow" and _is_difference(part.args[0]) for part in parts):
        return None
    return lambda term: (
        power(term.with_args(term.args[0].args[:1]), term.args[0].args[1])
        if _is_difference(term) and term.args[0].op == "pow"
        else term
    )


def _is_difference(term: Term) -> bool:
    return term.op == "op" and term.data in DIFFERENCES and len(term.args) == 1


def _variations(parts: list[Term]) -> Change | None:
    r"""``\delta Q`` as ``dQ``, if the pair has both for one letter."""
    varied, derived = (
        {part.args[0] for part in parts if _is_difference(part) and part.data == sign}
        for sign in (r"\delta", "d")
    )
    if varied.isdisjoint(derived):
        return None
    return lambda term: op("d", *term.args) if _is_difference(term) and term.data == r"\delta" else term


def _triangles_of_letters(parts: list[Term]) -> Change | None:
    r"""``\triangle u`` as ``\Delta u``, if the pair has both signs before a letter."""
    signs = {part.data for part in parts if part.op == "op"}
    if not signs >= {r"\triangle", r"\Delta"}:
        return None

    def change(term: Term) -> Term:
        is_sign = term.op == "op" and term.data == r"\triangle" and term.args[0].op == "juxt"
        return op(r"\Delta", *term.args[0].args) if is_sign and len(term.args[0].args) == 1 else term

    return change


def _nablas(parts: list[Term]) -> Change | None:
    r"""``\vec\nabla V`` as ``\nabla V``, ``(\mathbf v\cdot\nabla)\mathbf v`` without its brackets."""
    if not any(part == _NABLA for part in parts):
        return None

    def change(term: Term) -> Term:
        if term.op == "op" and term.data == r"\wedge" and term.args[0] == _NABLA:
            return op(r"\nabla\times", *term.args[1:])
        if term.op != "mul":
            return term
        first, *others = term.args
        if first == op(r"\vec", _NABLA) or first in _BOLD_NABLAS:
            return op("apply", _NABLA, mul(*others))
        if first.op == "op" and first.data == r"\cdot" and first.args[1:] == (_NABLA,):
            return Term("ordered", None, (first.args[0], op("apply", _NABLA, mul(*others))))
        return term

    return change


_BOLD_NABLAS = frozenset(map(name, (r"\mathbf{\nabla}", r"\boldsymbol{\nabla}", r"\bm{\nabla}")))


def _orders_of_derivatives(parts: list[Term]) -> Change | None:
    r"""Derivatives by indices, ``\partial_\mu\partial_\nu f``, and letters held constant in one order."""
    if not any(part == _PARTIAL or part.op == "deriv" for part in parts):
        return None

    def change(term: Term) -> Term:
        if term.op == "sub" and term.args[0].op == "deriv" and term.args[1].op in ("list", "juxt"):
            held = sorted(term.args[1].args, key=repr)
            return term.with_args((term.args[0], term.args[1].with_args(tuple(held))))
        if not (_is_by_index(term) and _is_by_index(term.args[1])):
            return term
        inner = term.args[1]
        first, second = sorted((term.args[0], inner.args[0]), key=repr)
        return op("apply", first, op("apply", second, inner.args[1]))

    return change


def _is_by_index(term: Term) -> bool:
    if term.op != "op" or term.data != "apply":
        return False
    return term.args[0].op == "sub" and term.args[0].args[0] == _PARTIAL


def _values_at_places(parts: list[Term]) -> Change | None:
    """``y|_{x=0}`` as ``y(0)``, if the pair has both for one letter."""
    placed = {part.args[0]: part.args[1].args[1] for part in parts if _is_at_place(part)}
    called = {part.args[0] for part in parts if part.op == "app"}
    if called.isdisjoint(placed):
        return None

    def change(term: Term) -> Term:
        if _is_at_place(term):
            return op("value", term.args[0], term.args[1].args[1])
        if term.op == "app" and placed.get(term.args[0]) in term.args[1:]:
            return op("value", term.args[0], placed[term.args[0]])
        return term

    return change


def _is_at_place(term: Term) -> bool:
    if term.op != "op" or term.data != "at" or term.args[0].op not in ("name", "op", "sub"):
        return False
    return term.args[1].op == "chain" and term.args[1].data == ("=",) and term.args[2] == EMPTY


def _double_integrals(parts: list[Term]) -> Change | None:
    r"""``\iint f\,dx\,dy`` as ``\iint f\,dA``, if the pair has both."""
    twofold = [part for part in parts if part.op == "int" and part.data in (r"\iint", r"\iint+")]
    if not any(part.data == r"\iint" and part.args[1] in _AREAS for part in twofold):
        return None

    def change(term: Term) -> Term:
        is_nested = term.op == "int" and term.data == r"\iint+" and term.args[0].op == "int"
        if not is_nested and not (term.op == "int" and term.args[1] in _AREAS):
            return term
        body = term.args[0].args[0] if is_nested else term.args[0]
        return Term("int", r"\iint", (body, name("A"), *term.args[2:]))

    return change


_AREAS = frozenset(map(name, ("A", "S", "D", r"\sigma", r"\omega")))


def _positive_parts(parts: list[Term]) -> Change | None:
    r"""``x^+`` and ``[x]_+`` as ``\max(0,x)``, if the pair has that."""
    if not any(part.op == "fn" and part.data == "max" and ZERO in part.args for part in parts):
        return None

    def change(term: Term) -> Term:
        if (
            term.op == "sub"
            and term.args[1] == EMPTY
            and term.args[0].op == "op"
            and term.args[0].data == "[]"
        ):
            return Term("fn", "max", (ZERO, *term.args[0].args))
        is_part = term.op == "op" and term.data == "^+" and term.args[0].op not in NON_EXPRESSIONS
        return Term("fn", "max", (ZERO, *term.args)) if is_part else term

    return change


PHYSICS_NOTATIONS = (
    _other_signs,
    _powers_of_differences,
    _variations,
    _triangles_of_letters,
    _nablas,
    _orders_of_derivatives,
    _values_at_places,
    _double_integrals,
    _positive_parts,
)
"""The changes that write rival notations alike, each for the parts of both sides."""
