r"""Letters that may depend on the variable of a derivative: all in ``\frac d{dt}(mv)``, few where t occurs."""

from __future__ import annotations

from collections.abc import Iterator

from hmer_suite.equiv.reading.operators import CONSTANT_LETTERS
from hmer_suite.equiv.terms import Term

_CONSTANTS = frozenset(("e", "i", "j"))
_CONSTANT_BESIDE_VARIABLE = CONSTANT_LETTERS | {"q", r"\Omega", r"\hbar"}
"""Letters that by custom are constants where the variable itself is differentiated."""


def perhaps_depending(left: Term, right: Term) -> set[str]:
    """The letters of a pair that may depend on the variable of a derivative, though it does not say so."""
    found: set[str] = set()
    for part in (*left.walk(), *right.walk()):
        if part.op == "deriv":
            operand, variable, _ = part.args
            constant = _CONSTANT_BESIDE_VARIABLE if variable in operand.walk() else frozenset[str]()
            found |= set(_letters(operand)) - constant
            found.discard(variable.label if variable.op == "name" else "")
    return found - _CONSTANTS


def _letters(term: Term) -> Iterator[str]:
    """The letters of a term without those in indices."""
    if term.op == "name":
        yield term.label
    for arg in term.args[:1] if term.op == "sub" else term.args:
        yield from _letters(arg)
