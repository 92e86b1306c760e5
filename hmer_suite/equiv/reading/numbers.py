"""Numbers as they are written."""

from __future__ import annotations

from fractions import Fraction

from hmer_suite.equiv.terms import Term, name, num

MAX_DIGITS = 4000
"""Numbers with more digits stay names: converting them costs quadratic time."""


def number(digits: str) -> Term:
    """The number that *digits* write; ``1{,}000`` is a thousand, ``1{,}5`` one and a half."""
    head, *groups = digits.split("{,}")
    if groups and all(len(group.split(".")[0]) == 3 for group in groups):
        digits = head + "".join(groups)
    elif groups:
        digits = head + "." + "".join(groups)
    if len(digits) > MAX_DIGITS or (len(digits) > 1 and digits[0] == "0" and digits.isdecimal()):
        return name(digits)  # a leading zero is not written in numbers
    return num(Fraction(digits))
