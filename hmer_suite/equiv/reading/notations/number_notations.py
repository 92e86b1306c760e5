r"""Numbers in two notations in a pair: ``101_2`` and ``5_{10}``, ``3\text{ R }1`` and ``3\cdots1``, ``\text{XIV}``.

They are written alike before a difference is looked for, so that it does not rest on the notation.
"""

from __future__ import annotations

from fractions import Fraction

from hmer_suite.equiv.reading.notations.marks import Change
from hmer_suite.equiv.reading.units import is_unit
from hmer_suite.equiv.terms import Term, add, const, fn, inverse, mul, num, op


def _bases(parts: list[Term]) -> Change | None:
    """Numerals with an index as the number in that base, if all their digits are digits of it: ``1011_2``."""
    if not any(_in_base(part) is not None for part in parts):
        return None

    def change(term: Term) -> Term:
        value = _in_base(term)
        return term if value is None else num(value)

    return change


def _in_base(term: Term) -> int | None:
    if term.op != "sub" or any(arg.op != "num" or arg.value.denominator > 1 for arg in term.args):
        return None
    digits, base = str(term.args[0].value), term.args[1].value
    if (
        not 2 <= base <= 16
        or len(digits) > 100
        or any(not digit.isdecimal() or int(digit) >= base for digit in digits)
    ):
        return None
    return int(digits, int(base))


def _roman_numerals(parts: list[Term]) -> Change | None:
    r"""Words that are roman numerals as their number, if the pair has this number: ``\text{XIV}``."""
    numbers = {part.value for part in parts if part.op == "num"}
    values = {part: _roman(part.label) for part in parts if part.op == "text"}
    known = {text: num(value) for text, value in values.items() if value and value in numbers}
    return (lambda term: known.get(term, term)) if known else None


def _roman(word: str) -> int:
    """The value of a roman numeral of several letters; 0 for any other word."""
    values = [_DIGITS.get(letter, 0) for letter in word]
    if not all(values) or len(values) < 2:
        return 0
    return sum(-here if here < after else here for here, after in zip(values, [*values[1:], 0], strict=True))


_DIGITS = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}


def _remainders(parts: list[Term]) -> Change | None:
    r"""Quotients with a remainder as tuples, if the pair has one in words: ``3\text{ R }1`` and ``3\cdots1``."""
    if not any(map(_has_remainder_in_words, parts)):
        return None

    def change(term: Term) -> Term:
        is_dotted = term.op == "op" and term.data == "juxt..." and len(term.args) == 3
        if _has_remainder_in_words(term) or (is_dotted and term.args[1] == const("dots")):
            return Term("tuple", ("(", "("), (term.args[0], term.args[2]))
        return term

    return change


def _has_remainder_in_words(term: Term) -> bool:
    return (
        term.op == "juxt"
        and len(term.args) == 3
        and term.args[1].op == "text"
        and term.args[1].label in _REST
    )


_REST = frozenset("R r rem rem. remainder Rest rest reste resto ост. 余".split())


def _long_divisions(parts: list[Term]) -> Change | None:
    r"""A line over a bracket and a number as a division: ``4\overline{)12}``."""
    if not any(map(_is_long_division, parts)):
        return None
    return lambda term: (
        mul(term.args[1].args[0].args[1], inverse(term.args[0])) if _is_long_division(term) else term
    )


def _is_long_division(term: Term) -> bool:
    if term.op != "mul" or len(term.args) != 2 or term.args[1].op != "op" or term.args[1].data != r"\bar":
        return False
    (inner,) = term.args[1].args
    return inner.op == "juxt" and len(inner.args) == 2 and inner.args[0] == op(")")


def _nearest(parts: list[Term]) -> Change | None:
    r"""A number between ``\lfloor`` and ``\rceil`` as the whole number of the pair that is as near as any."""
    if not any(map(_is_rounded, parts)):
        return None
    wholes = sorted({part.value for part in parts if part.op == "num" and part.value.denominator == 1})

    def change(term: Term) -> Term:
        if not _is_rounded(term):
            return term
        value = term.args[1]
        near = [n for n in wholes if value.op == "num" and abs(n - value.value) == _HALF]
        return num(near[0]) if near else fn("floor", add(value, num(_HALF)))

    return change


_HALF = Fraction(1, 2)


def _is_rounded(term: Term) -> bool:
    return (
        term.op == "op"
        and term.data == "juxt."
        and len(term.args) == 3
        and (term.args[0], term.args[2]) == (op(r"\lfloor"), op(r"\rceil"))
    )


def _uncertainties(parts: list[Term]) -> Change | None:
    r"""A unit after an uncertainty as that of the value too: ``5.0\pm0.1\text{ cm}``."""
    if const("sign") not in parts:
        return None

    def change(term: Term) -> Term:
        if term.op != "add" or len(term.args) != 2 or term.args[0].op != "num" or term.args[1].op != "mul":
            return term
        factors = [
            inner
            for factor in term.args[1].args
            for inner in (factor.args if factor.op == "mul" else (factor,))
        ]
        units = [factor for factor in factors if any(map(_is_unit, factor.walk()))]
        if const("sign") not in factors or not units:
            return term
        return mul(add(term.args[0], mul(*(factor for factor in factors if factor not in units))), *units)

    return change


def _is_unit(term: Term) -> bool:
    return term.op == "name" and term.label.startswith(r"\mathrm{") and is_unit(term.label[8:-1])


NUMBER_NOTATIONS = (_bases, _roman_numerals, _remainders, _long_divisions, _nearest, _uncertainties)
"""The changes that write numbers alike, each for the parts of both sides."""
