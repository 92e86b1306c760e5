r"""Signs around statements and signs left alone: ``2.x=3``, ``x=3.y=1``, ``=x+1=3``, ``2(x+1=4``."""

from __future__ import annotations

from collections.abc import Sequence

from hmer_suite.equiv.reading.operators import LEVEL, RELATION
from hmer_suite.equiv.reading.respelling.changed_tokens import with_tokens
from hmer_suite.latex.token_classes import CLASSES
from hmer_suite.latex.tree import Node, unparse

_STOPS = frozenset((".", ",", ":", ")", "、", "。"))
_STRAY = frozenset((".", ",", ":", "、", "。", r"\cdot", "·", "="))
_ROUND = frozenset(("(", ")"))
_LONGEST = 2
"""Most digits of an item's number."""


def with_items_listed(tree: Node) -> Node:
    """The tree with a comma after the number of an item in front, whatever sets it apart: ``2.x=3``, ``(2)x=3``."""
    tokens = unparse(tree)
    is_open = tokens[:1] == ["("]
    end = start = int(is_open)
    while end < len(tokens) and tokens[end].isdecimal():
        end += 1
    rest = tokens[end + 1 :]
    is_set_apart = tokens[end : end + 1] == [")"] if is_open else _STOPS.intersection(tokens[end : end + 1])
    is_statement = bool(rest) and not rest[0].isdecimal() and _relates(rest)
    if not (0 < end - start <= _LONGEST and is_set_apart and is_statement):
        return tree
    return with_tokens(tree, [*tokens[start:end], ",", *rest])


def with_stops_as_commas(tree: Node) -> Node:
    """The tree with a comma for a full stop between two statements: ``x=4.y=3``."""
    tokens = unparse(tree)
    kept = list(tokens)
    for place in range(1, len(tokens) - 1):
        is_decimal = tokens[place - 1].isdecimal() and tokens[place + 1].isdecimal()
        is_stop = tokens[place] == "." and not is_decimal
        if is_stop and _relates(tokens[:place]) and _relates(tokens[place:]):
            kept[place] = ","
    return with_tokens(tree, kept)


def without_stray_signs(tree: Node) -> Node:
    """The tree of a statement without signs at its ends that join or end something that is not there."""
    tokens = unparse(tree)
    start, end = 0, len(tokens)
    while start < end and tokens[start] in _STRAY:
        start += 1
    while start < end and tokens[end - 1] in _STRAY:
        end -= 1
    return with_tokens(tree, tokens[start:end]) if _relates(tokens[start:end]) else tree


def same_but_for_unmatched_brackets(left: Node, right: Node) -> bool:
    """Whether the sides differ in round brackets alone, and a side has one whose partner is missing."""
    sides = unparse(left), unparse(right)
    ours, theirs = ([token for token in side if token not in _ROUND] for side in sides)
    return ours == theirs and any(map(_has_unmatched, sides))


def _has_unmatched(tokens: Sequence[str]) -> bool:
    """Whether a round bracket has no partner; square ones may be one, as in an interval."""
    opened: list[str] = []
    for token in tokens:
        if token in ("(", "["):
            opened.append(token)
        elif token in (")", "]"):
            if token == ")" and not opened:
                return True
            opened[-1:] = []
    return "(" in opened


def _relates(tokens: Sequence[str]) -> bool:
    """Whether the tokens have a relation outside braces."""
    depth = 0
    for token in tokens:
        depth += (CLASSES.get(token) == "LBRACE") - (CLASSES.get(token) == "RBRACE")
        if not depth and LEVEL.get(token) == RELATION:
            return True
    return False
