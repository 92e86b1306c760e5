"""The numbers that letters by custom stand for: whole ones for n, complex ones for z; the others are real."""

from __future__ import annotations

from hmer_suite.equiv.terms import Term, name

_WHOLE = frozenset(map(name, "ijklmnN"))
COMPLEX_LETTERS = frozenset(map(name, ("z", "w", r"\psi", r"\Psi")))
_KINDS = (" whole", " complex")


def kind_of(letter: Term, is_declared: bool = False) -> str:
    r"""A suffix that keeps bound letters of two kinds apart; empty for real numbers.

    *is_declared*: a set is given, ``n\in\mathbb N``, so that the letter does not tell whether its numbers are whole.
    """
    if is_whole(letter):
        return "" if is_declared else " whole"
    return " complex" if is_complex(letter) else ""


def is_whole(letter: Term) -> bool:
    """Whether a letter, perhaps a bound one with its kind, may stand for whole numbers alone."""
    return letter in _WHOLE or (letter.op == "name" and letter.label.endswith(" whole"))


def is_complex(letter: Term) -> bool:
    """Whether a letter, perhaps a bound one with its kind, stands for complex numbers by custom."""
    return letter in COMPLEX_LETTERS or (letter.op == "name" and letter.label.endswith(" complex"))


def without_kind(letter: Term) -> Term:
    """A bound letter without its kind."""
    for kind in _KINDS:
        if letter.label.endswith(kind):
            return name(letter.label.removesuffix(kind))
    return letter
