"""Values of known functions: elementary functions, rounding, factorials."""

from __future__ import annotations

from collections.abc import Callable

from flint import acb, arb, arb_series, fmpq, fmpz

from hmer_suite.equiv.terms import Term
from hmer_suite.equiv.values.balls import (
    Outside,
    Singular,
    Unknown,
    Value,
    as_ball,
    is_real,
    real_part,
    sign_of_ball,
)
from hmer_suite.equiv.values.point import MAX_EXACT_FACTORIAL, Point, Rule


def _function(point: Point, term: Term) -> Value:
    rule = _FUNCTIONS.get(term.label)
    if rule is None:
        raise Unknown(term.label)
    return rule(point, *[point.value(arg) for arg in term.args])


def _logarithm(point: Point, x: Value) -> Value:
    if isinstance(x, fmpq) and x == 1:
        return fmpq(0)
    if point.complex and not (is_real(x) and sign_of_ball(real_part(x)) == 1):
        if acb(x).contains(0):
            raise Singular
        return acb(x).log(analytic=point.analytic)
    real = real_part(x)
    sign = sign_of_ball(real)
    if sign is None or sign == 0:
        raise Singular
    if sign < 0:
        raise Outside
    return arb(real).log()


def _inverse_sine(point: Point, x: Value, name: str) -> Value:
    ball = as_ball(x)
    if isinstance(ball, acb):
        raise Unknown(name)
    if ball > 1 or ball < -1:
        raise Outside
    result = getattr(ball, name)()
    if not result.is_finite():
        raise Singular
    return result


def _absolute_value(point: Point, x: Value) -> Value:
    if point.analytic:
        raise Unknown("abs")
    if isinstance(x, fmpq):
        return x if x >= 0 else -x
    return abs(x)


def _sign_of(point: Point, x: Value) -> Value:
    sign = None if isinstance(x, acb) else sign_of_ball(x)
    if sign is None:
        raise Singular
    return fmpq(sign)


def _rounded(point: Point, x: Value, up: bool = False) -> Value:
    if isinstance(x, acb):
        raise Unknown("floor")
    if isinstance(x, fmpq):
        return fmpq(x.ceil() if up else x.floor())
    whole = (x.ceil() if up else x.floor()).unique_fmpz()
    if whole is None:
        raise Singular
    return fmpq(whole)


def _extreme(point: Point, *values: Value, largest: bool = True) -> Value:
    reals = [value for value in values if not isinstance(value, acb)]
    if len(reals) < len(values):
        raise Unknown("max")
    result = reals[0]
    for value in reals[1:]:
        if isinstance(result, fmpq) and isinstance(value, fmpq):
            result = max(result, value) if largest else min(result, value)
        else:
            balls = arb(result), arb(value)
            result = balls[0].max(balls[1]) if largest else balls[0].min(balls[1])
    return result


def _factorial(point: Point, x: Value) -> Value:
    if isinstance(x, fmpq) and x.q == 1:
        if x < 0:
            raise Singular
        if x <= MAX_EXACT_FACTORIAL:
            return fmpq(fmpz.fac_ui(x.p))
    elif isinstance(x, fmpq):
        raise Singular
    ball = as_ball(x) + 1
    if isinstance(ball, acb):
        raise Unknown("factorial")
    if isinstance(x, arb) and x.rel_accuracy_bits() < 8:
        raise Singular
    result = ball.gamma()
    if not result.is_finite():
        raise Singular
    return result


def _binomial(point: Point, n: Value, k: Value) -> Value:
    if not (isinstance(n, fmpq) and isinstance(k, fmpq)) or n.q != 1 or k.q != 1 or n < 0 or k < 0:
        raise Singular
    if k > n:
        return fmpq(0)
    if n <= MAX_EXACT_FACTORIAL:
        return fmpq(fmpz.bin_uiui(int(n.p), int(k.p)))
    return _factorial(point, n) / (_factorial(point, k) * _factorial(point, n - k))


def _elementary(name: str) -> Callable[[Point, Value], Value]:
    """The rule for a function that is a method of FLINT's balls."""

    def rule(point: Point, x: Value) -> Value:
        if isinstance(x, fmpq) and x == 0:
            if name in ("sin", "tan", "sinh", "tanh", "atan", "asinh"):
                return fmpq(0)
            if name in ("cos", "cosh"):
                return fmpq(1)
        method = getattr(as_ball(x), name, None)
        if method is None:
            raise Unknown(name)
        result = method()
        if not isinstance(result, arb_series) and not result.is_finite():
            raise Singular
        return result

    return rule


_FUNCTIONS: dict[str, Callable[..., Value]] = {
    **{
        ours: _elementary(theirs)
        for ours, theirs in dict(
            sin="sin",
            cos="cos",
            tan="tan",
            cot="cot",
            sec="sec",
            csc="csc",
            sinh="sinh",
            cosh="cosh",
            tanh="tanh",
            coth="coth",
            sech="sech",
            csch="csch",
            arctan="atan",
            arsinh="asinh",
        ).items()
    },
    "arcsin": lambda point, x: _inverse_sine(point, x, "asin"),
    "arccos": lambda point, x: _inverse_sine(point, x, "acos"),
    "artanh": lambda point, x: _inverse_sine(point, x, "atanh"),
    "ln": _logarithm,
    "abs": _absolute_value,
    "sgn": _sign_of,
    "floor": _rounded,
    "ceil": lambda point, x: _rounded(point, x, up=True),
    "max": _extreme,
    "min": lambda point, *values: _extreme(point, *values, largest=False),
    "factorial": _factorial,
    "binom": _binomial,
}
RULES: dict[str, Rule] = {"fn": _function}
