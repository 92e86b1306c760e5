r"""Numbers: ``101_2``, ``\text{XIV}``, remainders, ``[x]`` as the whole part, ``(12,18)``, ``a:b:c=2:3:4``."""

from __future__ import annotations

from fractions import Fraction

from hmer_suite.equiv.reading.notations.change import Change
from hmer_suite.equiv.reading.units import is_unit, unit
from hmer_suite.equiv.terms import EMPTY, Term, add, const, fn, inverse, mul, name, num, op, power


def _common_divisors(parts: list[Term]) -> Change | None:
    """Pairs that are equal to a number as their greatest common divisor, or least common multiple."""
    if not any(_states_divisor(part) for part in parts):
        return None

    def change(term: Term) -> Term:
        if not _states_divisor(term):
            return term
        return term.with_args(
            tuple(
                fn("lcm" if arg.data == ("[", "[") else "gcd", *sorted(arg.args, key=repr))
                if arg.op == "tuple"
                else arg
                for arg in term.args
            )
        )

    return change


def _states_divisor(term: Term) -> bool:
    if term.op != "chain" or term.data != ("=",) or len(term.args) != 2:
        return False
    pair, other = sorted(term.args, key=lambda arg: arg.op != "tuple")
    if (
        pair.op != "tuple"
        or len(pair.args) != 2
        or not (other == name("d") or (other.op == "num" and other.value > 0))
    ):
        return False
    return all(arg.op in ("num", "name", "sub", "add", "mul", "pow") for arg in pair.args)


def _common_multiples(parts: list[Term]) -> Change | None:
    """Pairs of numbers in brackets as common multiples or divisors, if the pair has one of these in words."""
    words = {part.data for part in parts if part.op == "fn"} & {"lcm", "gcd"}
    if not words:
        return None

    def change(term: Term) -> Term:
        word = _DIVISORS.get(str(term.data), "") if term.op == "tuple" and len(term.args) == 2 else ""
        return fn(word, *term.args) if word in words else term

    return change


_DIVISORS = {str(("[", "[")): "lcm", str(("(", "(")): "gcd"}


def _proportions(parts: list[Term]) -> Change | None:
    """Ratios of three and more that are equal as a chain of quotients: ``a:b:c=2:3:4``."""
    if not any(map(_is_proportion, parts)):
        return None

    def change(term: Term) -> Term:
        if not _is_proportion(term):
            return term
        pairs = zip(term.args[0].args, term.args[1].args, strict=True)
        quotients = tuple(mul(first, inverse(second)) for first, second in pairs)
        return Term("chain", ("=",) * (len(quotients) - 1), quotients)

    return change


def _is_proportion(term: Term) -> bool:
    return (
        term.op == "chain"
        and term.data == ("=",)
        and all(side.op == "op" and side.data == ":" and len(side.args) > 2 for side in term.args)
        and len(term.args[0].args) == len(term.args[1].args)
    )


def _proportional(parts: list[Term]) -> Change | None:
    r"""What is proportional to something without its numbers: ``s\propto3t``."""
    if not any(part.data == (r"\propto",) for part in parts):
        return None

    def change(term: Term) -> Term:
        if term.data != (r"\propto",) or term.args[1].op != "mul":
            return term
        factors = [factor for factor in term.args[1].args if factor.op != "num"]
        return term.with_args((term.args[0], mul(*factors))) if factors else term

    return change


def _times_of_day(parts: list[Term]) -> Change | None:
    """Hours and minutes with a colon as a decimal number, if the pair has one: ``12:30`` and ``12.30``."""
    if not any(part.op == "num" and part.value.denominator > 1 for part in parts):
        return None
    return lambda term: (
        num(term.args[0].value + term.args[1].value / 100)
        if term.op == "op" and term.data == ":" and all(_is_part_of_a_time(arg) for arg in term.args)
        else term
    )


def _hours_and_minutes(parts: list[Term]) -> Change | None:
    r"""``12\text{ h }30`` as ``12:30``, and that as a sum, if the pair has hours: ``12\text{ h }30\text{ min}``."""
    has_hours = unit("h") in parts
    if not has_hours and not any(part in _HOURS for part in parts):
        return None

    def change(term: Term) -> Term:
        if term.op == "juxt" and len(term.args) == 3 and term.args[1] in _HOURS:
            term = op(":", term.args[0], term.args[2])
        is_time = term.op == "op" and term.data == ":" and all(map(_is_part_of_a_time, term.args))
        if not has_hours or not is_time or len(term.args) != 2:
            return term
        return add(*(mul(value, unit(word)) for value, word in zip(term.args, ("h", "min"), strict=True)))

    return change


_HOURS = frozenset(Term("text", word) for word in ("h", "hr", "Uhr"))


def _is_part_of_a_time(term: Term) -> bool:
    return term.op == "num" and term.value.denominator == 1 and 0 <= term.value < 60


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


def _divisions_with_remainder(parts: list[Term]) -> Change | None:
    r"""``7\div2=3\cdots1`` as ``7=2\times3+1``, if the pair has one remainder."""
    dotted = sum(part.op == "op" and part.data == "juxt..." for part in parts)
    if dotted != 1 or any(map(_has_remainder_in_words, parts)):
        return None

    def change(term: Term) -> Term:
        if not _is_division_with_remainder(term):
            return term
        (dividend, divisor), (quotient, _, rest) = term.args[0].args, term.args[1].args
        return Term("chain", ("=",), (dividend, add(mul(inverse(divisor), quotient), rest)))

    return change


def _is_division_with_remainder(term: Term) -> bool:
    if term.op != "chain" or term.data != ("=",) or term.args[0].op != "mul" or len(term.args[0].args) != 2:
        return False
    result = term.args[1]
    return (
        result.op == "op"
        and result.data == "juxt..."
        and [arg.op for arg in result.args] == ["num", "const", "num"]
    )


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


def _conjugates(parts: list[Term]) -> Change | None:
    """Bars as conjugates, of which nothing is computed, if the pair has absolute values or parts of complex numbers."""
    barred = {part.args[0] for part in parts if _is_barred(part)}
    if not barred or not any(map(_measures_complex, parts)):
        return None
    return lambda term: op("conjugate", *term.args) if _is_barred(term) else term


def _is_barred(term: Term) -> bool:
    return term.op == "op" and term.data == r"\bar" and term.args[0].op == "name"


def _measures_complex(term: Term) -> bool:
    if term.op == "fn":
        return term.data == "abs"
    return term.op == "app" and term.args[0].data in (r"\operatorname{Re}", r"\operatorname{Im}")


def _rounded(parts: list[Term]) -> Change | None:
    """Square brackets as the whole part of a number, if the pair has such a part."""
    if not any(part.op == "fn" and part.data == "floor" for part in parts):
        return None
    return lambda term: fn("floor", *term.args) if term.op == "op" and term.data == "[]" else term


def _shares_in_words(parts: list[Term]) -> Change | None:
    r"""``1\text{ in }5`` and ``20\text{ out of }50`` as fractions."""

    def change(term: Term) -> Term:
        if term.op != "juxt" or len(term.args) != 3 or term.args[1] not in _SHARES:
            return term
        part, _, whole = term.args
        return mul(part, inverse(whole)) if part.op == whole.op == "num" else term

    return change if any(part in _SHARES for part in parts) else None


_SHARES = frozenset(Term("text", words) for words in ("in", "out of", "of every", "per"))


CHANGES = (
    _shares_in_words,
    _common_divisors,
    _common_multiples,
    _hours_and_minutes,
    _times_of_day,
    _proportions,
    _proportional,
    _powers_of_programs,
    _bases,
    _roman_numerals,
    _divisions_with_remainder,
    _remainders,
    _long_divisions,
    _nearest,
    _uncertainties,
    _conjugates,
    _rounded,
)
"""What is looked for in the parts of a pair, in this order."""
