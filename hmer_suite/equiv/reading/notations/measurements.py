r"""Units: ``1\text{ d}`` and ``24\text{ h}``, ``\text{k}\Omega``, ``0^\circ C`` in kelvins, ``5'`` as feet."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from hmer_suite.equiv.reading.notations.change import Change
from hmer_suite.equiv.reading.units import is_unit, size_of, size_when_counted, unit
from hmer_suite.equiv.terms import Term, mul, name, num, op, power


def _units_side_by_side(parts: list[Term]) -> Change | None:
    r"""A unit with a prefix as two units, if the pair has these as well: ``ms^{-1}`` and ``m\,s^{-1}``."""
    words = {part.label[8:-1] for part in parts if part.op == "name" and part.label.startswith(r"\mathrm{")}
    units = [word for word in words if is_unit(word)]
    apart = [
        {*part.args, *(arg.args[0] for arg in part.args if arg.op == "pow")}
        for part in parts
        if part.op == "mul"
    ]
    products = {
        unit(u + v): mul(unit(u), unit(v))
        for u in units
        for v in units
        if u != v and u + v in words and any({unit(u), unit(v)} <= factors for factors in apart)
    }
    if not products:
        return None

    def change(term: Term) -> Term:
        if term.op == "pow" and term.args[0] in products.values():
            first, last = term.args[0].args
            return mul(first, power(last, term.args[1]))
        return products.get(term, term)

    return change


def _counted_units(parts: list[Term]) -> Change | None:
    """Units that are so only behind a number by their size, if the pair has another unit of that dimension."""
    words = {part.label[8:-1] for part in parts if part.op == "name" and part.label.startswith(r"\mathrm{")}
    sizes = {unit(word): size for word in words if (size := size_when_counted(word)) is not None}
    bases = [base for size in sizes.values() for base in set(size.walk()) if base.op == "name"]
    counted = {
        letter: size
        for letter, size in sizes.items()
        if size_of(letter.label[8:-1]) is None
        and all(bases.count(base) > 1 for base in size.walk() if base.op == "name")
    }
    if not counted:
        return None

    def change(term: Term) -> Term:
        if term.op != "mul" or not any(arg.op in ("num", "mul") for arg in term.args):
            return term
        return term.with_args(tuple(_sized(arg, counted) for arg in term.args))

    return change


def _sized(factor: Term, sizes: Mapping[Term, Term]) -> Term:
    """A unit, or a power of one, by its size."""
    if factor.op == "pow" and factor.args[0] in sizes:
        return power(sizes[factor.args[0]], factor.args[1])
    return sizes.get(factor, factor)


def _is_unit(part: Term) -> bool:
    """Whether a part is a unit."""
    is_word = part.op == "name" and part.label.startswith(r"\mathrm{")
    return is_word and size_when_counted(part.label[8:-1]) is not None


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
    are_differences = any(part.data == r"\Delta" for part in parts)

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


def _named_units(parts: list[Term]) -> Change | None:
    r"""Units by an operator's name or by ``\ell`` behind a number as units in words, if the pair has a unit."""
    if not any(map(_is_unit, parts)) and _LITRE not in parts:
        return None

    def change(term: Term) -> Term:
        if term.op != "mul" or not any(arg.op == "num" for arg in term.args):
            return term
        return term.with_args(tuple(map(_unit_of_name, term.args)))

    return change


_LITRE = unit("L")


def _unit_of_name(term: Term) -> Term:
    if term in (name(r"\ell"), _LITRE):
        return unit("l")
    word = term.label[14:-1] if term.op == "name" and term.label.startswith(r"\operatorname{") else ""
    return unit(word) if word and size_when_counted(word) is not None else term


def _feet(parts: list[Term]) -> Change | None:
    """Primes of a number as feet and inches, if the pair has these: ``5'``."""
    if not any(part.op == "name" and part.label in _FEET_AND_INCHES for part in parts):
        return None

    def change(term: Term) -> Term:
        if term.op == "op" and term.data in ("'", "''") and term.args[0].op == "num":
            return mul(term.args[0], unit("ft" if term.data == "'" else "in"))
        return term

    return change


_FEET_AND_INCHES = frozenset(unit(word).label for word in ("ft", "feet", "foot", "in", "inch", "inches"))


def _named_temperatures(parts: list[Term]) -> Change | None:
    r"""Degrees of a scale in words as with the sign: ``20\text{ degrees Celsius}``."""
    if not any(part.op == "text" and part.label in _SCALES for part in parts):
        return None

    def change(term: Term) -> Term:
        if term.op == "juxt" and len(term.args) == 2 and term.args[1].op == "text":
            scale = _SCALES.get(term.args[1].label)
            return term if scale is None else op(rf"\circ {scale}", term.args[0])
        return term

    return change


_SCALES = {
    f"{words} {scale}": scale[0]
    for words in ("degree", "degrees", "deg")
    for scale in ("Celsius", "Fahrenheit")
}


def _currencies(parts: list[Term]) -> Change | None:
    """The sign of a currency behind its number, wherever it stands."""

    def change(term: Term) -> Term:
        if term.op not in ("juxt", "mul") or len(term.args) != 2 or term.args[1].op != "num":
            return term
        sign, number = term.args
        if sign == _YEN:
            return mul(number, _YUAN)
        return term.with_args((number, sign)) if sign in _CURRENCIES else term

    return change if any(part in _CURRENCIES or part == _YEN for part in parts) else None


_YEN, _YUAN = name(r"\yen"), name("元")


_CURRENCIES = frozenset(
    Term("text", sign) for sign in ("€", "£", "¥", "$", r"\$", "USD", "EUR", "GBP", "CHF")
)


CHANGES = (
    _currencies,
    _units_side_by_side,
    _named_units,
    _named_temperatures,
    _feet,
    _ohms,
    _temperatures,
    _counted_units,
)
"""What is looked for in the parts of a pair, in this order."""
