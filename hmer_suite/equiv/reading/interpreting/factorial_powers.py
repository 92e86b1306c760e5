r"""Signs of falling and rising factorials, ``(n)_k`` and ``n^{\underline k}``, and of a positive part, ``(x)_+``."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from hmer_suite.equiv.reading.factors.kept_brackets import is_kept, without_kept
from hmer_suite.equiv.terms import (
    EMPTY,
    MINUS_ONE,
    ONE,
    ZERO,
    Term,
    add,
    fn,
    inverse,
    mul,
    negative,
    num,
    rewrite,
)

_Factorial = Callable[[Term, Term], Term]
_MAX_FACTORS = 8


def with_factorial_powers(left: Term, right: Term) -> Iterator[tuple[Term, Term]]:
    """The pair with ``(n)_k`` as a falling factorial, and as a rising one; nothing if it has no such sign.

    Nor if the sides have the same shape: then the letters tell.
    """
    if [part.op for part in left.walk()] == [part.op for part in right.walk()]:
        return
    for bracketed in (_falling, _rising):

        def change(term: Term, bracketed: _Factorial = bracketed) -> Term:
            return _written_out(term, bracketed)

        pair = rewrite(left, change), rewrite(right, change)
        if pair != (left, right):
            yield without_kept(pair[0]), without_kept(pair[1])


def _written_out(term: Term, bracketed: _Factorial) -> Term:
    if term.op == "sub":
        base, index = term.args
        if index == EMPTY:
            return fn("max", base, ZERO)
        of_number = base.op == "num" and index.op != "num"  # otherwise the base of its digits
        return bracketed(base, index) if is_kept(base) or of_number else term
    if term.op != "pow" or term.args[0].op not in ("name", "num") or term.args[1].op != "op":
        return term
    base, exponent = term.args
    power = _POWERS.get(exponent.label)
    return power(base, exponent.args[0]) if power is not None else term


def _falling(base: Term, count: Term) -> Term:
    if count.op == "num" and 0 <= count.value <= _MAX_FACTORS and count.value.denominator == 1:
        return mul(ONE, *(add(base, num(-step)) for step in range(int(count.value))))
    return mul(fn("factorial", base), inverse(fn("factorial", add(base, negative(count)))))


def _rising(base: Term, count: Term) -> Term:
    return _falling(add(base, count, MINUS_ONE), count)


_POWERS = {r"\underline": _falling, r"\bar": _rising, r"\overline": _rising}
"""Marks of an exponent that make it that of a factorial."""
