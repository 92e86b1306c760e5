r"""Units of two notations in a pair: ``1\text{ d}`` and ``24\text{ h}``, ``\text{k}\Omega``, ``0^\circ C`` in kelvins.

They are written alike before a difference is looked for, so that it does not rest on the notation.
"""

from __future__ import annotations

from fractions import Fraction

from hmer_suite.equiv.reading.marks import Change
from hmer_suite.equiv.reading.units import size_of, size_of_letter, unit
from hmer_suite.equiv.terms import Term, mul, name, num, op


def _units_of_one_letter(parts: list[Term]) -> Change | None:
    """Days, tonnes and ares behind a number by their size, if the pair has another unit of that dimension."""
    bases = {base for part in parts for base in _bases(part)}
    letters = {
        unit(letter): size
        for letter in "dta"
        if (size := size_of_letter(letter)) is not None and bases.intersection(size.walk())
    }
    if letters.keys().isdisjoint(parts):
        return None

    def change(term: Term) -> Term:
        if term.op != "mul" or not any(arg.op == "num" for arg in term.args):
            return term
        return term.with_args(tuple(letters.get(arg, arg) for arg in term.args))

    return change


def _bases(part: Term) -> set[Term]:
    """The base units of a unit."""
    if part.op != "name" or not part.label.startswith(r"\mathrm{"):
        return set()
    size = size_of(part.label[8:-1])
    return set() if size is None else {base for base in size.walk() if base.op == "name"}


def _ohms(parts: list[Term]) -> Change | None:
    r"""``\Omega`` behind a number as the unit, perhaps with a prefix, if the pair has a unit or prefix beside it."""
    words = {part.label[8:-1] for part in parts if part.op == "name" and part.label.startswith(r"\mathrm{")}
    if _OMEGA not in parts or words.isdisjoint(_BESIDE_OHMS):
        return None

    def change(term: Term) -> Term:
        if term.op != "mul" or _OMEGA not in term.args or not any(arg.op == "num" for arg in term.args):
            return term
        prefixes = [arg for arg in term.args if arg in _PREFIXES]
        others = [arg for arg in term.args if arg != _OMEGA and arg not in prefixes]
        return mul(*others, *(num(_PREFIXES[prefix]) for prefix in prefixes), unit("ohm"))

    return change


_OMEGA = name(r"\Omega")
_PREFIXES = {unit("k"): Fraction(1000), unit("M"): Fraction(10**6), unit("m"): Fraction(1, 1000)}
_BESIDE_OHMS = frozenset(("ohm", "ohms", "k", "M", "m", "V", "A", "kohm"))


def _temperatures(parts: list[Term]) -> Change | None:
    r"""Temperatures in kelvins, if the pair has two scales: ``0^\circ\mathrm C`` and ``273.15\,\mathrm K``.

    Beside a ``\Delta`` they may be differences, and are no numbers.
    """
    scales = {part.label[-1] for part in parts if _is_temperature(part)} | {
        "K" for part in parts if part == _KELVIN
    }
    if len(scales) < 2:
        return None
    are_differences = any(part.op == "name" and part.label == r"\Delta" for part in parts)

    def change(term: Term) -> Term:
        if are_differences:
            return op("difference") if _is_temperature(term) or _KELVIN in term.args else term
        if not _is_temperature(term):
            return term
        value = term.args[0].value
        celsius = value if term.label[-1] == "C" else (value - 32) * Fraction(5, 9)
        return mul(num(celsius + Fraction(27315, 100)), _KELVIN)

    return change


_KELVIN = unit("K")


def _is_temperature(term: Term) -> bool:
    return term.op == "op" and term.data in (r"\circ C", r"\circ F") and term.args[0].op == "num"


UNIT_NOTATIONS = (_units_of_one_letter, _ohms, _temperatures)
"""The changes that write units alike, each for the parts of both sides."""
