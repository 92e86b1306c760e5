r"""Physics and chemistry: ``\hbar`` and ``h/2\pi``, ``\hslash``, ``\surd x``, ions as ``Ca^{+2}``."""

from __future__ import annotations

from fractions import Fraction

from hmer_suite.equiv.reading.notations.change import Change
from hmer_suite.equiv.terms import Term, const, inverse, mul, name, num, op, power


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


CHANGES = (
    _planck,
    _charges,
    _other_signs,
)
"""What is looked for in the parts of a pair, in this order."""
