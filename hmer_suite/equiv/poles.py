r"""Zeros of denominators: a statement does not hold where one of its sides divides by zero.

Normal forms cancel: ``\frac{t^2}{t}`` and ``t`` have the same. So denominators are collected from the terms as
written, before anything cancels.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flint import fmpq_mpoly

from hmer_suite.equiv.forms import MAX_DEGREE, Forms, Intractable, Ratio
from hmer_suite.equiv.reading.operators import ORDER_RELATIONS
from hmer_suite.equiv.terms import BINDERS, Term, fn

_POLES_OF_FUNCTIONS = {"tan": "cos", "sec": "cos", "cot": "sin", "csc": "sin"}
"""The function whose zeros are the poles of another."""
_HOLDING_AT = {"=": (0,), r"\neq": (-1, 1), "<": (-1,), ">": (1,), r"\leq": (-1, 0), r"\geq": (0, 1)}
"""The signs of the difference of both sides with which a relation holds."""

Factors = dict[str, fmpq_mpoly]
"""Irreducible polynomials by their text."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A relation between two expressions, its *gap* the difference of the sides in normal form."""

    sign: str
    sides: Sequence[Term]
    gap: Ratio


def divisors(sides: Sequence[Term]) -> Iterator[Term]:
    """The denominators with letters in expressions, as written, outside sums, integrals and limits."""
    waiting = list(sides)
    while waiting:
        part = waiting.pop()
        if part.op in BINDERS:
            continue
        waiting.extend(part.args)
        divisor: Term | None = None
        if part.op == "pow" and part.args[1].op == "num" and part.args[1].value < 0:
            divisor = part.args[0]
        elif part.op == "fn" and part.label in _POLES_OF_FUNCTIONS:
            divisor = fn(_POLES_OF_FUNCTIONS[part.label], *part.args)
        if divisor is not None and not _is_number(divisor):
            yield divisor


def poles(forms: Forms, statement: Statement) -> Factors:
    """The factors of the denominators in a statement, those included that cancel."""
    outside, forms.conditions = forms.conditions, set()
    try:
        denominators = [forms.form(divisor).num for divisor in divisors(statement.sides)]
    finally:
        forms.conditions = outside
    found: Factors = {}
    for polynomial in (*denominators, statement.gap.den):
        if polynomial.total_degree() > MAX_DEGREE:
            raise Intractable
        found |= {str(factor): factor for factor, _ in polynomial.factor()[1]}
    return found


def poles_do_not_matter(forms: Forms, first: Statement, second: Statement) -> bool:
    """Whether each statement surely fails at the poles that only the other has."""
    ours, theirs = poles(forms, first), poles(forms, second)
    return all(
        _fails_at(forms, statement, factor)
        for statement, own, others in ((first, ours, theirs), (second, theirs, ours))
        for text, factor in others.items()
        if text not in own
    )


def is_solved(left: Sequence[Term], right: Sequence[Term]) -> bool:
    """Whether two equations say what one letter or value of a function is, so that only the other sides count."""
    return any(
        letter in right and _is_alone(letter, left) and _is_alone(letter, right)
        for letter in left
        if letter.op in ("name", "sub", "app")
    )


def _is_alone(letter: Term, sides: Sequence[Term]) -> bool:
    head = letter
    while head.op in ("sub", "app"):
        head = head.args[0]
    return all(side == letter or head not in side.walk() for side in sides) and sides[0] != sides[1]


def _fails_at(forms: Forms, statement: Statement, factor: fmpq_mpoly) -> bool:
    """Whether a statement certainly does not hold where *factor* is zero."""
    if _is_never_zero(forms, factor):
        return True
    gap, holding = statement.gap, _HOLDING_AT[statement.sign]
    value = _value_at_zero(forms, gap, factor)
    if value is not None:
        return value not in holding
    if 0 not in holding:
        return gap.num.gcd(factor) == factor
    return statement.sign not in ORDER_RELATIONS and _have_no_common_zero(gap.num, factor)


def _is_never_zero(forms: Forms, factor: fmpq_mpoly) -> bool:
    """Whether a factor consists of numbers alone, or is a positive constant plus what is never negative."""
    ratio = Ratio(factor, forms.one.den)
    if all(_is_number(forms.terms[index]) for index in forms.occurring(ratio)):
        return True
    return any(not any(exponents) for exponents in ratio.num.to_dict()) and forms.evidently_positive(ratio)


def _is_number(term: Term) -> bool:
    return all(part.op in ("num", "add", "mul", "pow", "fn", "const") for part in term.walk())


def _value_at_zero(forms: Forms, gap: Ratio, factor: fmpq_mpoly) -> int | None:
    """The sign of *gap* where *factor* is zero, if the factor is linear in a letter and the gap constant there."""
    for index, degree in enumerate(factor.degrees()):
        if degree != 1 or not (slope := factor.derivative(index)).is_constant():
            continue
        rest = forms.compose(factor, index, forms.zero)
        place = forms.multiply(forms.negative(rest), forms.inverse(Ratio(slope, forms.one.den)))
        below = forms.compose(gap.den, index, place)
        if below.num.is_zero():
            continue
        value = forms.constant(forms.multiply(forms.compose(gap.num, index, place), forms.inverse(below)))
        if value is not None:
            return (value > 0) - (value < 0)
    return None


def _have_no_common_zero(first: fmpq_mpoly, second: fmpq_mpoly) -> bool:
    """Whether two polynomials in one and the same generator are coprime."""
    generators = {i for polynomial in (first, second) for i, n in enumerate(polynomial.degrees()) if n > 0}
    return len(generators) == 1 and first.gcd(second).is_constant()
