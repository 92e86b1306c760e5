r"""Physics and chemistry: ``\hbar`` and ``h/2\pi``, ``\hslash``, ``\Delta x``, ions as ``Ca^{+2}``, isotopes."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from hmer_suite.equiv.reading.notations.change import Change
from hmer_suite.equiv.terms import EMPTY, MINUS_ONE, Term, add, const, inverse, mul, name, num, op, power


def _planck(parts: list[Term]) -> Change | None:
    r"""``\hbar`` as h/2π, if the pair has both letters."""
    if not {_HBAR, _H} <= set(parts):
        return None
    return lambda term: mul(_H, inverse(mul(num(2), const("pi")))) if term == _HBAR else term


_H = name("h")


def _charges(parts: list[Term]) -> Change | None:
    """Exponents as charges of ions, if the pair has such a charge: ``Ca^{2+}`` and ``Ca^{+2}``."""
    charged = {part.args[0]: part for part in parts if part.op == "op" and part.label in _CHARGES}
    if not charged:
        return None

    def change(term: Term) -> Term:
        ion = charged.get(term.args[0]) if term.op == "pow" else None
        return ion if ion is not None and term.args[1] == num(_CHARGES[ion.label]) else term

    return change


_CHARGES = {f"^{size} {sign}": int(f"{sign}{size}") for size in range(2, 8) for sign in "+-"}
_HBAR = name(r"\hbar")


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


def _changes_of_quantities(parts: list[Term]) -> Change | None:
    r"""``\Delta x`` as the difference of two values of it that the pair has: ``x_2-x_1``."""
    differences = {difference for part in parts for difference in _difference(part)}
    changed = {part.args[0] for part in parts if part.op == "op" and part.data == r"\Delta" and part.args}
    found = {end.args[0] if end.op == "sub" else end: (end, start) for end, start in differences}
    if changed.isdisjoint(found):
        return None

    def change(term: Term) -> Term:
        if term.op != "op" or term.data != r"\Delta" or not term.args or term.args[0] not in found:
            return term
        end, start = found[term.args[0]]
        return add(end, mul(MINUS_ONE, start))

    return change


def _difference(term: Term) -> Iterator[tuple[Term, Term]]:
    """The two values, with an index each or the first without one, of which a term is the difference."""
    if term.op != "add" or len(term.args) != 2:
        return
    end, other = term.args
    start = (
        other.args[1] if other.op == "mul" and len(other.args) == 2 and other.args[0] == MINUS_ONE else other
    )
    quantity = end.args[0] if end.op == "sub" else end
    if start is not other and start.op == "sub" and start.args[0] == quantity:
        yield end, start


def _isotopes(parts: list[Term]) -> Change | None:
    """Isotopes without their atomic number, if the pair has one without it: ``{}^{235}U``."""
    bare = {part.args[1] for part in parts if part.op == "pow" and part.args[0] == EMPTY}

    def change(term: Term) -> Term:
        numbered = term.op == "pow" and term.args[0].op == "sub" and term.args[0].args[0] == EMPTY
        return power(EMPTY, term.args[1]) if numbered and term.args[1] in bare else term

    return change if bare else None


CHANGES = (
    _changes_of_quantities,
    _isotopes,
    _planck,
    _charges,
    _other_signs,
)
"""What is looked for in the parts of a pair, in this order."""
