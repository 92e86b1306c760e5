r"""Derivatives, term by term.

A letter other than x is constant, unless the formula differentiates it somewhere, as in ``\frac{dy}{dx}``: then it
is a function of x, and its derivative a leaf ``deriv(y, x)``. A `Derivation` lists those letters.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from hmer_suite.equiv.terms import (
    MINUS_ONE,
    ONE,
    TWO,
    ZERO,
    Derivation,
    Term,
    add,
    const,
    fn,
    inverse,
    is_fixed,
    mul,
    num,
    power,
)


class NotDerivable(Exception):
    """No rule for a part of the term."""


def derivative(term: Term, variable: Term, kind: Derivation) -> Term:
    """The derivative of *term* by *variable*.

    Raises:
        NotDerivable: there is no rule for a part of it.
    """
    if term == variable:
        return ONE
    if variable not in term.walk() and is_fixed(term):
        return ZERO
    rule = _RULES.get(term.op)
    if rule is None:
        raise NotDerivable(term.op)
    return rule(term, variable, kind)


def _leaf(term: Term, variable: Term, kind: Derivation) -> Term:
    letters = {part.label for part in term.walk() if part.op == "name"}
    if variable not in term.walk() and letters.isdisjoint(kind.dependents):
        return ZERO
    return Term("deriv", kind, (term, variable, ONE))


def _again(term: Term, variable: Term, kind: Derivation) -> Term:
    if term.data != kind:
        raise NotDerivable("mixed")
    what, first, order = term.args
    if first == variable and order.op == "num":
        return Term("deriv", kind, (what, variable, num(order.value + 1)))
    if kind.sign == "d":
        raise NotDerivable("two variables")
    inner, outer = sorted(((first, order), (variable, ONE)), key=repr)  # partial derivatives commute
    return Term("deriv", kind, (Term("deriv", kind, (what, *inner)), *outer))


def _sum(term: Term, variable: Term, kind: Derivation) -> Term:
    return add(*(derivative(arg, variable, kind) for arg in term.args))


def _product(term: Term, variable: Term, kind: Derivation) -> Term:
    summands = []
    for index, arg in enumerate(term.args):
        others = [*term.args[:index], *term.args[index + 1 :]]
        summands.append(mul(derivative(arg, variable, kind), *others))
    return add(*summands)


def _power(term: Term, variable: Term, kind: Derivation) -> Term:
    base, exponent = term.args
    inner = derivative(base, variable, kind)
    growth = derivative(exponent, variable, kind)
    if growth == ZERO:
        return mul(exponent, power(base, add(exponent, MINUS_ONE)), inner)
    if base == const("e"):
        return mul(term, growth)
    return mul(term, add(mul(growth, fn("ln", base)), mul(exponent, inner, inverse(base))))


def _decorated(term: Term, variable: Term, kind: Derivation) -> Term:
    """A letter with an accent is another letter."""
    if len(term.args) != 1 or term.args[0].op != "name" or not _is_accent(str(term.data)):
        raise NotDerivable(term.data)
    if term.args[0].label in kind.dependents:
        raise NotDerivable(term.data)
    return ZERO


def _is_accent(sign: str) -> bool:
    """Whether a sign over or behind a letter makes another letter of it; dots and primes are derivatives."""
    return sign.startswith("^") or sign in _ACCENTS


_ACCENTS = frozenset(
    r"\bar \hat \tilde \vec \check \breve \acute \grave \mathring \overline \underline \overrightarrow".split()
)


def _antiderivative(term: Term, variable: Term, kind: Derivation) -> Term:
    body, along, *bounds = term.args
    if along != variable or any(bound.op != "empty" for bound in bounds):
        raise NotDerivable("int")
    return body


def _function(term: Term, variable: Term, kind: Derivation) -> Term:
    outer = _OUTER.get(term.label)
    if outer is None or len(term.args) != 1:
        raise NotDerivable(term.data)
    (argument,) = term.args
    return mul(outer(argument), derivative(argument, variable, kind))


_MINUS_HALF = num(Fraction(-1, 2))
_OUTER: dict[str, Callable[[Term], Term]] = {
    "sin": lambda x: fn("cos", x),
    "cos": lambda x: mul(MINUS_ONE, fn("sin", x)),
    "tan": lambda x: inverse(power(fn("cos", x), TWO)),
    "cot": lambda x: mul(MINUS_ONE, inverse(power(fn("sin", x), TWO))),
    "sinh": lambda x: fn("cosh", x),
    "cosh": lambda x: fn("sinh", x),
    "ln": inverse,
    "arctan": lambda x: inverse(add(ONE, power(x, TWO))),
    "arcsin": lambda x: power(add(ONE, mul(MINUS_ONE, power(x, TWO))), _MINUS_HALF),
    "arccos": lambda x: mul(MINUS_ONE, power(add(ONE, mul(MINUS_ONE, power(x, TWO))), _MINUS_HALF)),
}

_RULES: dict[str, Callable[[Term, Term, Derivation], Term]] = {
    "num": lambda term, variable, kind: ZERO,
    "const": lambda term, variable, kind: ZERO,
    "name": _leaf,
    "sub": _leaf,
    "app": _leaf,
    "deriv": _again,
    "add": _sum,
    "mul": _product,
    "pow": _power,
    "fn": _function,
    "op": _decorated,
    "int": _antiderivative,
}
