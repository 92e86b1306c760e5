"""Tokens of a formula and the nodes that draw them, for drawings in which some tokens are marked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import fields, replace
from typing import Any, TypeVar

from hmer_suite.latex.nodes import (
    Construct,
    Fenced,
    Group,
    Line,
    Math,
    Node,
    Primes,
    Row,
    Sized,
    Symbol,
    Text,
)
from hmer_suite.latex.tree import unparse

_MAX_DEPTH = 60
"""Levels of a tree whose tokens are told apart; what is deeper is not drawn as mathematics."""

NodeT = TypeVar("NodeT", bound=Construct)


def marked_nodes(tree: Row, tokens: Collection[int]) -> tuple[Row, Mapping[int, str]]:
    """A copy of a tree, and by ``id`` of its nodes the places of those *tokens* that each of them draws.

    *tokens* are places in ``unparse(tree)``, and in the result numbers with spaces between them. A symbol stands for
    itself; a token that places others (``^``, ``\\frac``, a brace) belongs to the construct that it makes.
    The ids are valid as long as the copy lives.
    """
    copy = _copied(tree)
    found: dict[int, list[int]] = defaultdict(list)
    _Places(frozenset(tokens), found).visit(copy, None, 0, 0)
    return copy, {node: " ".join(map(str, places)) for node, places in found.items()}


def _copied(node: NodeT) -> NodeT:
    """A tree in which no two nodes are one object: the parser shares symbols."""
    changes: dict[str, Any] = {}
    for field in fields(node):  # type: ignore[arg-type]  # every construct is a dataclass
        value = getattr(node, field.name)
        if isinstance(value, Construct):
            changes[field.name] = _copied(value)
        elif isinstance(value, tuple):
            changes[field.name] = tuple(_copied(part) for part in value)
    return replace(node, **changes)  # type: ignore[type-var]


class _Places:
    """Walks a tree along its tokens and notes the wanted ones."""

    def __init__(self, wanted: frozenset[int], found: dict[int, list[int]]):
        self.wanted = wanted
        self.found = found

    def visit(self, node: Node, owner: Node | None, start: int, depth: int) -> None:
        """Note the tokens of a node that begins at token *start*; *owner* is the construct that it is a part of."""
        tokens = unparse(node)
        here = (
            node
            if owner is None or not isinstance(node, Group | Text | Row | Math | Line | Primes)
            else owner
        )
        at = 0
        for child in () if depth > _MAX_DEPTH else _drawn_children(node):
            inside = unparse(child)
            begin = _find(tokens, inside, at)
            self._note(here, range(start + at, start + begin))
            in_row = isinstance(node, Row | Group | Math)
            self.visit(child, None if in_row else here, start + begin, depth + 1)
            at = begin + len(inside)
        self._note(here, range(start + at, start + len(tokens)))

    def _note(self, node: Node, places: range) -> None:
        wanted = [place for place in places if place in self.wanted]
        if wanted:
            self.found[id(node)] += wanted


def _drawn_children(node: Node) -> list[Node]:
    """Parts that are drawn as nodes of their own: neither delimiters nor the letters of a text."""
    if isinstance(node, Text | Sized):
        return []
    return [
        child
        for child in node.children
        if child is not None and not (isinstance(node, Fenced) and isinstance(child, Symbol))
    ]


def _find(tokens: list[str], part: list[str], start: int) -> int:
    """The first place from *start* on where *part* stands in *tokens*."""
    for place in range(start, len(tokens) - len(part) + 1):
        if tokens[place : place + len(part)] == part:
            return place
    return start
