"""How TeX spaces an atom, and which groups change that."""

from __future__ import annotations

from collections.abc import Sequence

from hmer_suite.latex.token_classes import CLASSES, SPACING_CLASSES
from hmer_suite.latex.tree import Node


def spacing_of(node: Node) -> str:
    """Spacing class of an item (TeXbook, ch. 18), or ``none`` where it cannot be told or has none."""
    if node.kind == "symbol":
        cls = CLASSES.get(node.name, "CHAR")
        return "none" if cls in ("SPACE", "STYLE", "ROWBREAK") else SPACING_CLASSES.get(node.name, "ord")
    if node.kind == "group":
        return "ord"
    if node.kind == "scripts":
        return "ord" if node.children[0] is None else spacing_of(node.children[0])
    if node.kind == "fenced":
        return "inner"
    if node.kind == "command":
        return _COMMAND_SPACING.get(CLASSES.get(node.name, ""), "none")
    return "none"


_COMMAND_SPACING = {"FRAC": "ord", "SQRT": "ord", "ACCENT": "ord", "FONT": "none", "OPERATORNAME": "op"}


ORD_FONTS = frozenset(
    "\\mathrm \\mathit \\mathbf \\mathsf \\mathtt \\mathcal \\mathbb \\mathfrak \\mathscr \\mathnormal".split()
)


def is_ord(node: Node) -> bool:
    """Whether the item is surely an ordinary atom, whatever stands beside it."""
    if node.kind == "command" and node.name in ORD_FONTS:
        inner = node.children[1].children or (node.children[1],)
        return is_ord(inner[0]) and is_ord(inner[-1]) and not has_switch(inner)
    if node.kind == "scripts" and node.children[0] is not None:
        return not node.name and is_ord(node.children[0])
    return spacing_of(node) == "ord" and not _is_bar(node)


def _is_bar(node: Node) -> bool:
    return node.kind == "symbol" and CLASSES.get(node.name) in ("BAR", "MDELIM")


def has_switch(items: Sequence[Node]) -> bool:
    """Whether a style, font or colour switch among the items would reach beyond removed braces."""
    return any(
        item.kind == "infix"
        or (item.kind == "symbol" and CLASSES.get(item.name) in ("STYLE", "ROWBREAK"))
        or (item.kind == "command" and item.name == "\\color")
        for item in items
    )


def plain_name(node: Node) -> str | None:
    """The characters of an argument that holds nothing else, such as the ``l i m`` of an operator's name."""
    items = node.children if node.kind in ("group", "text") else (node,)
    if all(item.kind == "symbol" and len(item.name) == 1 for item in items):
        return "".join(item.name for item in items)
    return None
