"""Values of derivatives, determinants and piecewise definitions."""

from __future__ import annotations

from collections.abc import Callable

from flint import arb, fmpq

from hmer_suite.equiv.calculus import NotDerivable, derivative
from hmer_suite.equiv.terms import ONE, Term
from hmer_suite.equiv.values.balls import Singular, Unknown, Value, sign_of_ball
from hmer_suite.equiv.values.point import Point, Rule
from hmer_suite.equiv.values.spelling import spelling

_ORDER: dict[str, Callable[[int], bool]] = {
    "=": lambda side: side == 0,
    r"\neq": lambda side: side != 0,
    "<": lambda side: side < 0,
    ">": lambda side: side > 0,
    r"\leq": lambda side: side <= 0,
    r"\geq": lambda side: side >= 0,
}


def _derivative_value(point: Point, term: Term) -> Value:
    """A derivative by the rules; dy/dx of a letter y is a quotient of differentials, so that the chain rule holds."""
    what, variable, order = term.args
    if variable == what or variable.op != "name":
        raise Unknown("deriv")
    if what.op == "deriv" and what.args[0].op in ("name", "sub", "app"):
        variables = "|".join(sorted((str(variable.data), str(what.args[1].data))))  # in whatever order
        return point.generic(f"{term.data}{spelling(what.args[0])}|{variables}", [])
    if what.op not in ("name", "sub", "app"):
        return _derived(point, term)
    values = [] if what.op == "name" else [point.value(arg) for arg in what.args[1:]]
    ratio = point.generic(
        "d" + spelling(what if what.op == "name" else what.args[0]), values
    ) / point.generic("d" + spelling(variable), [])
    if term.data == "d" and order == ONE:
        return ratio
    return ratio * point.generic(f"order of {term.data}", [point.value(order)])


def _derived(point: Point, term: Term) -> Value:
    what, variable, order = term.args
    if order.op != "num" or order.data not in (1, 2, 3):
        raise Unknown("order")
    try:
        for _ in range(int(order.data)):
            what = derivative(what, variable, term.derivation)
    except NotDerivable as error:
        raise Unknown("deriv") from error
    return point.value(what)


def _determinant(point: Point, term: Term) -> Value:
    if term.width > 4:
        raise Unknown("det")
    return _minor(point, [point.value(arg) for arg in term.args], term.width)


def _minor(point: Point, cells: list[Value], width: int) -> Value:
    if width == 1:
        return cells[0]
    result: Value = fmpq(0)
    for column in range(width):
        rest = [cell for i, cell in enumerate(cells[width:]) if i % width != column]
        part = cells[column] * _minor(point, rest, width - 1)
        result = result + part if column % 2 == 0 else result - part
    return result


def _piecewise(point: Point, term: Term) -> Value:
    """The value in the first row whose condition holds."""
    if term.data != 2:
        raise Unknown("cases")
    for value, condition in zip(term.args[::2], term.args[1::2], strict=True):
        if condition.op in ("text", "empty") or _holds(point, condition):
            return point.value(value)
    raise Singular


def _holds(point: Point, condition: Term) -> bool:
    if condition.op == "list" and any(part.op == "text" for part in condition.args[1:]):
        raise Unknown("condition")  # x < 0 or x > 1
    parts = condition.args if condition.op in ("list", "ac") else (condition,)
    if condition.op == "ac" and condition.data != r"\wedge":
        raise Unknown("condition")
    return all(_holds_one(point, part) for part in parts if part.op != "text")


def _holds_one(point: Point, condition: Term) -> bool:
    if condition.op != "chain":
        raise Unknown("condition")
    values = [point.value(arg) for arg in condition.args]
    for sign, left, right in zip(condition.relations, values, values[1:], strict=False):
        gap = left - right
        if sign not in _ORDER or not isinstance(gap, fmpq | arb):
            raise Unknown("condition")
        side = sign_of_ball(gap)
        if side is None:
            raise Singular
        if not _ORDER[sign](side):
            return False
    return True


RULES: dict[str, Rule] = {
    "deriv": _derivative_value,
    "det": _determinant,
    "cases": _piecewise,
}
