"""Values: exact rational numbers, and balls that certainly contain the true value."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flint import acb, arb, ctx, fmpq, fmpz

Value = fmpq | arb | acb

PRECISIONS = (64, 256)
"""Bits of the balls, tried in turn."""


class Unknown(Exception):
    """The value of the term cannot be computed."""


class Outside(Exception):
    """The point and all points near it are certainly outside the domain."""


class Singular(Exception):
    """There is no value at this point, but perhaps at others: a division by zero, a ball too wide."""


def is_real(value: Value) -> bool:
    """Whether a value is certainly real."""
    return not isinstance(value, acb) or value.imag == 0


def real_part(value: Value) -> fmpq | arb:
    """A value that must be real.

    Raises:
        Unknown: it is not certainly real.
    """
    if isinstance(value, acb):
        if value.imag != 0:
            raise Unknown("complex")
        return value.real
    return value


def sign_of_ball(value: fmpq | arb) -> int | None:
    """1, 0 or -1; None for a ball around zero."""
    if value > 0:
        return 1
    if value < 0:
        return -1
    return 0 if value == 0 else None


def magnitude(value: fmpq | arb) -> fmpq | arb:
    """The absolute value; a ball around zero stays as it is."""
    return -value if sign_of_ball(value) == -1 else value


def real_root(value: fmpq | arb, order: int) -> Value:
    """The root of a positive number, exact if it is rational and small."""
    root = _exact_root(value, order) if isinstance(value, fmpq) else None
    return arb(value).root(order) if root is None else root


def _exact_root(value: fmpq, order: int) -> fmpq | None:
    if order > 10 or int(value.p).bit_length() > 2000:
        return None
    roots = [fmpz(part).root(order) for part in (value.p, value.q)]
    return fmpq(roots[0], roots[1]) if roots[0] ** order == value.p and roots[1] ** order == value.q else None


def apart(left: Value, right: Value) -> bool:
    """Whether two values certainly differ."""
    if isinstance(left, fmpq) and isinstance(right, fmpq):
        return left != right
    if isinstance(left, acb) or isinstance(right, acb):
        a, b = acb(as_ball(left)), acb(as_ball(right))
        return a.is_finite() and b.is_finite() and not a.overlaps(b)
    x, y = arb(left), arb(right)
    return x.is_finite() and y.is_finite() and not x.overlaps(y)


def as_ball(value: Value) -> arb | acb:
    """A value as a ball."""
    return arb(value) if isinstance(value, fmpq) else value


def certainly_nonzero(value: Value) -> bool:
    """Whether a value is certainly not zero."""
    return apart(value, fmpq(0))


Found = TypeVar("Found")


def at_growing_precision(compute: Callable[[], Found | None]) -> Found | None:
    """The first result of *compute* that is not None, at each of `PRECISIONS`."""
    before = ctx.prec
    try:
        for precision in PRECISIONS:
            ctx.prec = precision
            result = compute()
            if result is not None:
                return result
    finally:
        ctx.prec = before
    return None


def value_text(value: Value) -> str:
    """A value as text for readers: exact, or eight digits."""
    if isinstance(value, fmpq):
        return str(value)
    return value.str(8, radius=False)
