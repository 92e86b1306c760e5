r"""Differences and differentials: ``\Delta x^2``, ``\delta Q``, ``\frac{dy}{dx}`` with ``dy``, ``\vec\nabla V``."""

from __future__ import annotations

from hmer_suite.equiv.reading.notations.change import Change
from hmer_suite.equiv.reading.operators import DIFFERENCES
from hmer_suite.equiv.terms import ONE, Term, inverse, mul, name, op, power


def _derivatives_times_differentials(parts: list[Term]) -> Change | None:
    r"""A derivative times the differential of its variable as that of the function: ``f'(x)\,dx`` and ``df``."""
    functions = {part.args[0] for part in parts if part.op == "op" and part.data == "'"}
    if functions.isdisjoint(part.args[0] for part in parts if _is_differential(part)):
        return None

    def change(term: Term) -> Term:
        if term.op != "mul" or not any(map(_is_differential, term.args)):
            return term
        for factor in term.args:
            prime = factor.args[0] if factor.op == "app" else factor
            if prime.op == "op" and prime.data == "'" and prime.args[0] in functions:
                others = [arg for arg in term.args if arg is not factor and not _is_differential(arg)]
                return mul(*others, op("d", prime.args[0]))
        return term

    return change


def _is_differential(term: Term) -> bool:
    return term.op == "op" and term.data == "d" and len(term.args) == 1


_NABLA = name(r"\nabla")


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
    r"""``\vec{\mathrm{grad}}V`` as ``\nabla V``, ``(\mathbf v\cdot\nabla)\mathbf v`` without its brackets."""
    if not any(part == _NABLA for part in parts):
        return None

    def change(term: Term) -> Term:
        if term.op == "op" and term.data == r"\wedge" and term.args[0] == _NABLA:
            return op(r"\nabla\times", *term.args[1:])
        if term.op != "mul":
            return term
        first, *others = term.args
        if first == op(r"\vec", _NABLA):
            return op("apply", _NABLA, mul(*others))
        if first.op == "op" and first.data == r"\cdot" and first.args[1:] == (_NABLA,):
            return Term("ordered", None, (first.args[0], op("apply", _NABLA, mul(*others))))
        return term

    return change


def _quotients_of_differentials(parts: list[Term]) -> Change | None:
    """Derivatives as quotients of differentials, if the pair has differentials by themselves."""
    quotients = [part for part in parts if part.op == "deriv" and part.derivation.sign == "d"]
    if not quotients or not any(part.op == "op" and part.data == "d" for part in parts):
        return None

    def change(term: Term) -> Term:
        if term.op == "op" and term.data == "d":
            return op("differential", *term.args)
        if term not in quotients or term.args[2] != ONE:
            return term
        above, below = (op("differential", arg) for arg in term.args[:2])
        return mul(above, inverse(below))

    return change


CHANGES = (
    _derivatives_times_differentials,
    _powers_of_differences,
    _variations,
    _triangles_of_letters,
    _nablas,
    _quotients_of_differentials,
)
"""What is looked for in the parts of a pair, in this order."""
