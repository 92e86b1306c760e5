r"""Angles named by three points: ``\angle ABC`` is one number, like a letter, and ``\angle CBA`` is the same."""

from __future__ import annotations

from hmer_suite.equiv.reading.operators import ANGLES
from hmer_suite.equiv.terms import EMPTY, Term, name, rewrite


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
