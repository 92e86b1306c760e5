r"""The readings side by side of notation that can be read in two ways, neither of which contains the other."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReadingChoices:
    r"""One reading for each kind of ambiguous notation.

    Attributes:
        slash: ``wide``: ``a/bc`` is a/(bc); ``narrow``: (a/b)c.
        argument: ``wide``: ``\sin x y`` is the sine of xy; ``narrow``: sin(x) y.
        mixed: ``sum``: ``2\frac12`` is two and a half; ``product``: one.
        log: ``e``, ``10``: the base of a ``\log`` without one.
        inverse: ``function``: ``\sin^{-1}x`` is the inverse sine; ``reciprocal``: 1/sin x.
        thousands: ``number``: ``1,000`` is a thousand; ``list``: one and zero.
        power: ``outside``: ``\sin(x)^2`` is the square of the sine; ``inside``: the sine of the square.
        modulo: ``last``: ``-7\bmod3`` is minus 7 mod 3; ``all``: the remainder of -7.
        operand: ``all``: ``\partial_xuv`` is the derivative of uv; ``first``: that of u, times v.
        union: ``sides``: ``A\subset B\cup C\subset D`` is a chain; ``statements``: A in B, or C in D.
        body: ``first``: ``\lim_xx^2+x`` is a limit plus x; ``all``: the limit of the sum.
        colon: ``ratio``: ``3+4:2`` is the ratio of 7 to 2; ``division``: five.
    """

    slash: str = "wide"
    argument: str = "wide"
    mixed: str = "product"
    log: str = "e"
    inverse: str = "function"
    thousands: str = "number"
    power: str = "outside"
    operand: str = "all"
    modulo: str = "last"
    union: str = "sides"
    body: str = "first"
    colon: str = "ratio"


ALTERNATIVES = {
    "slash": ("wide", "narrow"),
    "argument": ("wide", "narrow"),
    "mixed": ("product", "sum"),
    "log": ("e", "10"),
    "inverse": ("function", "reciprocal"),
    "thousands": ("number", "list"),
    "power": ("outside", "inside"),
    "operand": ("all", "first"),
    "modulo": ("last", "all"),
    "union": ("sides", "statements"),
    "body": ("first", "all"),
    "colon": ("ratio", "division"),
}
"""The values of each field of `ReadingChoices`, the default first."""
