"""Rewrites of runs of neighbours in a row."""

from __future__ import annotations

from hmer_suite.latex.canonical.rewrite import Items, Rewrites, braced_group, symbol_node
from hmer_suite.latex.canonical.spacing import ORD_FONTS, has_switch, is_ord, spacing_of
from hmer_suite.latex.constructs import BIG_OPERATORS, FONT_SWITCHES, INTEGRALS, NEGATIONS
from hmer_suite.latex.token_classes import CLASSES
from hmer_suite.latex.tree import Node

REWRITES = Rewrites()
"""Rewrites of the items of a row, in the order in which they are tried."""


@REWRITES.add("negation", "row", r"\not =", r"\neq")
def _negation(items: Items, style: str) -> Items | None:
    r"""``\not`` in front of ``=`` is ``\neq``."""
    out: Items = []
    for item in items:
        negated = NEGATIONS["="] if item.kind == "symbol" and item.name == "=" else None
        if negated and out and out[-1].kind == "symbol" and out[-1].name == "\\not":
            out[-1] = symbol_node(negated)
        else:
            out.append(item)
    return None if len(out) == len(items) else out


@REWRITES.add("dots", "row", r"a + \dots + b", r"a + \cdots + b")
def _dots(items: Items, style: str) -> Items | None:
    r"""``\dots`` is ``\cdots`` in front of an operator or a relation and ``\ldots`` elsewhere (amsldoc 2.1, 4.3)."""
    if not any(item.name == "\\dots" for item in items):
        return None
    following = [*items[1:], None]
    out = [
        symbol_node(_dots_before(behind)) if item.name == "\\dots" else item
        for item, behind in zip(items, following, strict=True)
    ]
    return None if out == items else out


def _dots_before(item: Node | None) -> str:
    base = item.children[0] if item is not None and item.kind == "scripts" else item
    if base is None or base.kind != "symbol":
        return "\\ldots"
    if base.name in _CENTRED_BEFORE or spacing_of(base) in ("bin", "rel"):
        return "\\cdots"
    # In front of a closing delimiter amsmath adds a thin space, which neither of the two commands does.
    return "\\dots" if spacing_of(base) == "close" else "\\ldots"


_CENTRED_BEFORE = BIG_OPERATORS | INTEGRALS - {r"\oiint", r"\oiiint"} | {r"\smallint", r"\intop"}
"""Operators that amsmath marks for ``\\cdots`` in front of them; esint's are not among them."""


@REWRITES.add("row-braces", "row", "a { b } c", "a b c")
def _row_braces(items: Items, style: str) -> Items | None:
    """Braces go around a whole row, and around items that are ordinary atoms at both ends."""
    if not any(item.kind == "group" for item in items):
        return None
    out = list(items)
    while True:
        opened = _opened(out)
        if opened == out:
            return None if out == items else out
        out = opened


def _opened(items: Items) -> Items:
    """The items without the braces that may go."""
    if len(items) == 1 and items[0].kind == "group" and items[0].children:
        # Behind a row break, a bracket or star without braces would be read as that command's own.
        first = items[0].children[0]
        return items if first.name in ("[", "*") else list(items[0].children)
    out: Items = []
    for index, item in enumerate(items):
        if item.kind == "group" and _may_open(item, items, index):
            out.extend(item.children)
        else:
            out.append(item)
    return out


def _may_open(group: Node, items: Items, index: int) -> bool:
    """Whether the braces of *group* can go without changing any space around or in it."""
    inner = group.children
    if inner:
        fuses = (index > 0 and _fuses(items[index - 1], inner[0])) or (
            index + 1 < len(items) and _fuses(inner[-1], items[index + 1])
        )
        return is_ord(inner[0]) and is_ord(inner[-1]) and not has_switch(inner) and not fuses
    before = index == 0 or is_ord(items[index - 1])
    behind = index + 1 == len(items) or is_ord(items[index + 1])
    return before and behind and len(items) > 1


@REWRITES.add("old-fraction", "row", r"{ a \over b }", r"\frac { a } { b }")
def _old_fraction(items: Items, style: str) -> Items | None:
    r"""``\over`` is ``\frac``, ``\choose`` is ``\binom``."""
    if len(items) != 1 or items[0].kind != "infix" or items[0].name not in _INFIX:
        return None
    before, behind = items[0].children
    return [
        Node(
            "command",
            _INFIX[items[0].name],
            (None, braced_group(*before.children), braced_group(*behind.children)),
        )
    ]


_INFIX = {"\\over": "\\frac", "\\choose": "\\binom"}


@REWRITES.add("old-font", "row", r"{ \bf x }", r"{ \mathbf { x } }")
def _old_font(items: Items, style: str) -> Items | None:
    r"""A font switch in front of all else in a group is the font command around the group."""
    if len(items) < 2 or items[0].kind != "symbol" or items[0].name not in _OLD_FONTS:
        return None
    rest = _row_braces(items[1:], style) or items[1:]
    return (
        None
        if has_switch(rest)
        else [Node("command", FONT_SWITCHES[items[0].name], (None, braced_group(*rest)))]
    )


_OLD_FONTS = frozenset(r"\bf \rm \cal \it \sf \tt".split())
"""Switches that KaTeX draws as the font command around the rest of the group."""


def _fuses(left: Node, right: Node) -> bool:
    """Whether KaTeX would set the two as one run of text, which drops the slant between them."""
    left = left.children[-1] if left.kind == "group" and left.children else left
    right = right.children[0] if right.kind == "group" and right.children else right
    base = right.children[0] if right.kind == "scripts" else right
    if base is None or left.name != base.name:
        return False
    return left.name in ORD_FONTS or left.name == "\\partial"


@REWRITES.add("spacing", "row", r"a \, b", "a b", default=False)
def _spacing_commands(items: Items, style: str) -> Items | None:
    """White space that was asked for goes."""
    kept = [item for item in items if not (item.kind == "symbol" and CLASSES.get(item.name) == "SPACE")]
    return None if len(kept) == len(items) else kept


@REWRITES.add("fence-size", "row", r"\left( x \right)", "( x )", default=False)
def _fence_size(items: Items, style: str) -> Items | None:
    r"""``\left``, ``\right`` and ``\big`` go from around their delimiters."""
    out: Items = []
    for item in items:
        if item.kind == "fenced":
            for part in item.children:
                out.extend(part.children if part.kind == "row" else (part,) if part.name != "." else ())
        elif item.kind == "sized":
            out.append(item.children[0])
        else:
            out.append(item)
    return None if out == items else out
