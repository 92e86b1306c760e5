r"""Numbers of equations and items beside a formula: ``v=3\qquad(4.2)``, ``1)\ v=3``, and punctuation after it."""

from __future__ import annotations

from collections.abc import Sequence

from hmer_suite.latex.nodes import Command, Node, Row, Symbol
from hmer_suite.latex.token_classes import CLASSES

_STOPS = frozenset((":", "：", "、"))
_MARKS = frozenset((".", "*", r"\ast", r"\star", r"\dagger", "'", "-"))


def without_numbering(tree: Node) -> Node:
    """The formula without the number that may be its own or that of an item, and without a colon at its end."""
    if not isinstance(tree, Row):
        return tree
    items = list(tree.items)
    if len(items) > 1 and _name(items[-1]) in _STOPS:
        items.pop()
    if len(items) > 1 and isinstance(items[-1], Command) and items[-1].name == r"\textcircled":
        items.pop()
    items = items[_length_of_item_number(items) : len(items) - _length_of_number(items)]
    return Row(tuple(items)) if items else tree


def _length_of_number(items: Sequence[Node]) -> int:
    """The number of items at the end that are a number in brackets after a space; 0 if there is none."""
    names = [_name(item) for item in items]
    if names[-1:] != [")"] or "(" not in names:
        return 0
    start = len(names) - 1 - names[::-1].index("(")
    inner = names[start + 1 : -1]
    numbered = 0 < len(inner) < 7 and all(name in _MARKS or name.isdecimal() for name in inner)
    return len(names) - start + 1 if start > 1 and numbered and _is_space(items[start - 1]) else 0


def _length_of_item_number(items: Sequence[Node]) -> int:
    """The number of items in front that are digits and a closing bracket, as in a list; 0 if there are none."""
    names = [_name(item) for item in items]
    length = next((place for place, name in enumerate(names) if not name.isdecimal()), 0)
    return length + 1 if length and names[length] == ")" and length + 1 < len(names) else 0


def _name(item: Node) -> str:
    return item.name if isinstance(item, Symbol) else ""


def _is_space(item: Node) -> bool:
    return CLASSES.get(_name(item)) == "SPACE"
