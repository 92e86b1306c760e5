r"""Angles named by three points, ``\angle ABC``, as one number, like a letter; degrees with a zero, ``60^0``."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile

from hmer_suite.equiv.reading.operators import ANGLES
from hmer_suite.equiv.terms import EMPTY, Term, name, rewrite
from hmer_suite.latex.tree import Node, unparse


def with_named_angles(left: Term, right: Term) -> tuple[Term, Term]:
    r"""The pair with letters for angles between three points.

    Not so for an angle that may also be named by its vertex alone: ``\angle B`` and ``\angle ABC``.
    """
    figures = [
        part for side in (left, right) for part in side.walk() if part.op == "op" and part.data in ANGLES
    ]
    if not figures:
        return left, right
    vertices = {part.args[0] for part in figures if not _is_between_points(part)}
    vertices |= {vertex for part in vertices for vertex in part.args}

    def change(term: Term) -> Term:
        if not _is_between_points(term) or term.args[0].args[1] in vertices:
            return term
        return name(f"{term.label} {''.join(map(_spelling, term.args[0].args))}")

    return rewrite(left, change), rewrite(right, change)


def _is_between_points(term: Term) -> bool:
    """Whether a term is the sign of an angle before three letters."""
    if term.op != "op" or term.data not in ANGLES or len(term.args) != 2 or term.args[1] != EMPTY:
        return False
    return term.args[0].op == "juxt" and len(term.args[0].args) == 3


def _spelling(point: Term) -> str:
    return point.label if point.op == "name" else repr(point)


def zeros_for_degrees_differ(left: Node, right: Node) -> bool:
    """Whether the sides have unlike numbers to the power of zero, which may be degrees: ``60^0``."""
    return sorted(_raised_to_zero(left)) != sorted(_raised_to_zero(right))


def _raised_to_zero(tree: Node) -> Iterator[str]:
    """The whole numbers above ten, but for powers of ten, with a zero for an exponent."""
    tokens = unparse(tree)
    for place in range(2, len(tokens) - 3):
        if tokens[place : place + 4] == ["^", "{", "0", "}"]:
            digits = "".join(takewhile(str.isdecimal, reversed(tokens[:place])))[::-1]
            if len(digits) > 1 and digits.rstrip("0") != "1":
                yield digits
