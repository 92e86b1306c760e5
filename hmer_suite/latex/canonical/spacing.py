"""TeX's spacing class of an item, and the groups that change it."""

from __future__ import annotations

from collections.abc import Sequence

from hmer_suite.latex.automaton import CLASS_OF
from hmer_suite.latex.nodes import Command, Fenced, Group, Infix, Node, Scripts, Symbol, Text
from hmer_suite.latex.token_classes import CLASSES, SPACING_CLASSES


def spacing_of(node: Node) -> str:
    """Spacing class of an item (TeXbook, ch. 18), or ``none`` where it cannot be told or has none."""
    match node:
        case Symbol():
            cls = CLASS_OF[node.name]
            if cls in ("SPACE", "STYLE", "ROWBREAK"):
                return "none"
            return SPACING_CLASSES.get(node.name, "ord")
        case Group() | Scripts(base=None):
            return "ord"
        case Command():
            return _COMMAND_SPACING.get(CLASSES.get(node.name, ""), "none")
        case Fenced():
            return "inner"
        case _:
            return "none"


_COMMAND_SPACING = {
    "FRAC": "ord",
    "CFRAC": "ord",
    "GENFRAC": "ord",
    "SQRT": "ord",
    "ACCENT": "ord",
    "SMASH": "ord",
    "FONT": "none",
    "OPERATORNAME": "op",
}


ORD_FONTS = frozenset(
    "\\mathrm \\mathit \\mathbf \\mathsf \\mathtt \\mathcal \\mathbb \\mathfrak \\mathscr \\mathnormal".split()
)
"""Fonts whose argument is spaced like its first and last atom."""


UPRIGHT = frozenset("0123456789")
"""Characters without slant, in italics too: a subscript is set at the same place whether or not it depends on it."""


def is_ord(node: Node) -> bool:
    """Whether the item is surely an ordinary atom, whatever its neighbours are."""
    if isinstance(node, Command) and node.name in ORD_FONTS:
        argument = node.arguments[0]
        inner = (argument.items if isinstance(argument, Group) else ()) or (argument,)
        return is_ord(inner[0]) and is_ord(inner[-1]) and not has_switch(inner)
    if isinstance(node, Scripts) and node.base is not None:
        return not node.limits and is_ord(node.base)
    return spacing_of(node) == "ord" and not _is_bar(node)


def _is_bar(node: Node) -> bool:
    return isinstance(node, Symbol) and CLASSES.get(node.name) in ("BAR", "MDELIM")


def has_switch(items: Sequence[Node]) -> bool:
    """Whether a style, font or colour switch among the items would reach beyond removed braces."""
    return any(
        isinstance(item, Infix)
        or (isinstance(item, Symbol) and CLASS_OF[item.name] in ("STYLE", "ROWBREAK"))
        or (isinstance(item, Command) and item.name == "\\color")
        for item in items
    )


def plain_name(node: Node) -> str | None:
    """The characters of an argument that holds nothing else, such as the ``l i m`` of an operator's name."""
    letters: list[str] = []
    for item in node.items if isinstance(node, Group | Text) else (node,):
        if not isinstance(item, Symbol) or len(item.name) != 1:
            return None
        letters.append(item.name)
    return "".join(letters)
