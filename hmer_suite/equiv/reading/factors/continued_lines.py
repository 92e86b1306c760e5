r"""Lines of one formula that is broken at an operator or a relation: ``a&=b\\&+c``, ``v=2+3\\=5``."""

from __future__ import annotations

from collections.abc import Sequence

from hmer_suite.equiv.reading.operators import LEVEL, RELATION
from hmer_suite.equiv.terms import EMPTY, NON_EXPRESSIONS, Term
from hmer_suite.latex.token_classes import CLASSES
from hmer_suite.latex.tree import Node

_OPERATORS = frozenset(("+", "-", r"\pm", r"\mp", r"\times", r"\cdot", r"\div"))
_SIGNS_OF_TERMS = frozenset(("-", r"\pm", r"\mp"))
"""Operators that may also begin a statement of its own."""


def with_continued_lines(lines: Sequence[list[Node | None]]) -> list[list[Node | None]]:
    """The lines, each that begins with an operator, or follows one, joined to the line before it."""
    joined: list[list[Node | None]] = []
    for line in lines:
        if joined and _goes_on(joined[-1], line):
            before, after = _drawn(joined[-1]), _drawn(line)
            repeated = _name(before[-1]) == _name(after[0])  # as Russian printers do at the end of a line
            joined[-1] = [*before, *after[repeated:]]
        else:
            joined.append(list(line))
    return joined


def _goes_on(before: Sequence[Node | None], line: Sequence[Node | None]) -> bool:
    first, last = (
        _name(drawn[end]) if (drawn := _drawn(row)) else "" for row, end in ((line, 0), (before, -1))
    )
    if not first or not last:
        return False
    if last in _OPERATORS | {"="}:
        return LEVEL.get(first) != RELATION
    if first not in _OPERATORS or not _relates(before):
        return False
    return first not in _SIGNS_OF_TERMS or not _relates(line)


def _relates(line: Sequence[Node | None]) -> bool:
    return any(LEVEL.get(_name(item)) == RELATION for item in line)


def _drawn(line: Sequence[Node | None]) -> list[Node]:
    """The items of a line but for the spaces around them."""
    items = [item for item in line if item is not None]
    while items and CLASSES.get(_name(items[0])) == "SPACE":
        items = items[1:]
    while items and CLASSES.get(_name(items[-1])) == "SPACE":
        items = items[:-1]
    return items


def _name(item: Node | None) -> str:
    """The sign that an item is, or some word for any other item."""
    return "" if item is None else item.name if item.kind == "symbol" else "item"


_CONTINUING = frozenset(("=", r"\neq", "<", ">", r"\leq", r"\geq", r"\approx", r"\equiv"))


def continued(rows: Sequence[Term]) -> tuple[Term, ...]:
    r"""The terms of rows, of which one that begins with a relation goes on with the row before it: ``v=2+3\\=5``."""
    out: list[Term] = []
    for row in rows:
        goes_on = row.op == "chain" and row.args[0] == EMPTY and row.relations[0] in _CONTINUING
        longer = _gone_on(out[-1], row) if goes_on and out else None
        out[-1:] = [*out[-1:], row] if longer is None else [longer]
    return tuple(out)


def _gone_on(before: Term, row: Term) -> Term | None:
    """A term that ends in the side that a row goes on with; None if it has no such side."""
    if before.op == "list":
        last = _gone_on(before.args[-1], row)
        return None if last is None else before.with_args((*before.args[:-1], last))
    if before.op == "chain" and not _may_go_on(before):
        return None
    if before.op in NON_EXPRESSIONS - {"chain"}:
        return None
    sides, signs = (before.args, before.relations) if before.op == "chain" else ((before,), ())
    return Term("chain", (*signs, *row.relations), (*sides, *row.args[1:]))


def _may_go_on(chain: Term) -> bool:
    return chain.args[-1] != EMPTY and _CONTINUING.issuperset(chain.relations)
