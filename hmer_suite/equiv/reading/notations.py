r"""Two notations of one thing in a pair: bars and ``\det``, ``\angle A`` and ``\angle BAC``, ``\bar z`` beside ``|z|``.

They are written alike before a difference is looked for, so that it does not rest on the notation.
"""

from __future__ import annotations

from collections.abc import Callable

from hmer_suite.equiv.reading.products import is_capital
from hmer_suite.equiv.terms import Grid, Term, name, op, rewrite

Change = Callable[[Term], Term]


def written_alike(left: Term, right: Term) -> tuple[Term, Term]:
    """The pair with notations that may mean the same written alike."""
    parts = [part for side in (left, right) for part in side.walk() if part.op in _CONCERNED]
    if not parts:
        return left, right
    changes = [change for find in _NOTATIONS if (change := find(parts)) is not None]
    for change in changes:
        left, right = rewrite(left, change), rewrite(right, change)
    return left, right


_CONCERNED = frozenset(("op", "fn", "app", "matrix"))
"""Ops of the terms that have two notations."""
_DET = name(r"\det")


def _determinants(parts: list[Term]) -> Change | None:
    """Bars around matrices as determinants, if the pair has a determinant in words."""
    if not any(part.op == "app" and part.args[0] == _DET for part in parts):
        return None

    def change(term: Term) -> Term:
        bars = term.op == "fn" and term.data == "abs" and any(map(_may_be_matrix, term.args[0].walk()))
        return Term("app", "sure", (_DET, *term.args)) if bars else term

    return change


def _may_be_matrix(term: Term) -> bool:
    return is_capital(term) or (term.op == "name" and term.label.startswith((r"\mathbf", r"\boldsymbol")))


_ANGLES = frozenset((r"\angle", r"\measuredangle", r"\sphericalangle"))


def _corners(term: Term) -> tuple[Term, ...]:
    """The letters of an angle; empty for any other term."""
    is_angle = term.op == "op" and term.data in _ANGLES and bool(term.args) and term.args[0].op == "juxt"
    return term.args[0].args if is_angle else ()


def _angles(parts: list[Term]) -> Change | None:
    """Angles with three letters by their vertex, if the pair has an angle at one of these in a single letter."""
    vertices = {corners[0] for part in parts if len(corners := _corners(part)) == 1}
    if not vertices:
        return None

    def change(term: Term) -> Term:
        corners = _corners(term)
        if len(corners) != 3 or corners[1] not in vertices:
            return term
        return term.with_args((Term("juxt", None, corners[1:2]), *term.args[1:]))

    return change


def _conjugates(parts: list[Term]) -> Change | None:
    """Bars as conjugates, of which nothing is computed, if the pair has absolute values or parts of complex numbers."""
    barred = {part.args[0] for part in parts if _is_barred(part)}
    if not barred or not any(map(_measures_complex, parts)):
        return None
    return lambda term: op("conjugate", *term.args) if _is_barred(term) else term


def _is_barred(term: Term) -> bool:
    return term.op == "op" and term.data == r"\bar" and term.args[0].op == "name"


def _measures_complex(term: Term) -> bool:
    if term.op == "fn":
        return term.data == "abs"
    return term.op == "app" and term.args[0].data in (r"\operatorname{Re}", r"\operatorname{Im}")


def _columns(parts: list[Term]) -> Change | None:
    """Binomial coefficients as columns of two numbers, which are drawn alike, if the pair has such a column."""
    if not any(part.op == "matrix" and part.width == 1 and len(part.args) == 2 for part in parts):
        return None

    def change(term: Term) -> Term:
        binomial = term.op == "fn" and term.data == "binom"
        return Term("matrix", Grid("((", 1), term.args) if binomial else term

    return change


_NOTATIONS = (_columns, _determinants, _angles, _conjugates)
