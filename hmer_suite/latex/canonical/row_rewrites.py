"""Rewrites of runs of neighbours in a row."""

from __future__ import annotations

from dataclasses import replace

from hmer_suite.latex.automaton import CLASS_OF
from hmer_suite.latex.canonical.rewrite_types import Items, RowRewrites
from hmer_suite.latex.canonical.spacing import ORD_FONTS, UPRIGHT, has_switch, is_ord, spacing_of
from hmer_suite.latex.canonical.unicode import UNICODE_SCRIPTS
from hmer_suite.latex.characters import character, is_letter
from hmer_suite.latex.constructs import BIG_OPERATORS, FONT_SWITCHES, INTEGRALS, NEGATIONS, NO_DELIMITER
from hmer_suite.latex.nodes import Command, Fenced, Group, Infix, Node, Row, Scripts, Sized, Symbol
from hmer_suite.latex.token_classes import CLASSES

ROWS = RowRewrites()


def _is_symbol(item: Node, name: str) -> bool:
    return isinstance(item, Symbol) and item.name == name


@ROWS.add("negation", r"\not =", r"\neq")
def _negation(items: Items, style: str) -> Items | None:
    r"""``\not`` in front of ``=`` is ``\neq``."""
    out: Items = []
    for item in items:
        if out and _is_symbol(item, "=") and _is_symbol(out[-1], "\\not"):
            out[-1] = Symbol(NEGATIONS["="])
        else:
            out.append(item)
    return None if len(out) == len(items) else out


@ROWS.add("dots", r"a + \dots + b", r"a + \cdots + b")
def _dots(items: Items, style: str) -> Items | None:
    r"""``\dots`` is ``\cdots`` in front of an operator or a relation and ``\ldots`` elsewhere (amsldoc 2.1, 4.3)."""
    following = [*items, None][1:]
    out: Items = [
        Symbol(_dots_before(item.name, after)) if isinstance(item, Symbol) and item.name in DOTS else item
        for item, after in zip(items, following, strict=True)
    ]
    return None if out == items else out


DOTS = frozenset(r"\dots \dotsc \dotso".split())
"""Dots that what follows them gives their height, or a space behind them."""


def _dots_before(dots: str, item: Node | None) -> str:
    base = item.base if isinstance(item, Scripts) else item
    if dots != "\\dots":
        spaced = isinstance(base, Symbol) and (spacing_of(base) in ("close", "punct") or base.name == ".")
        return dots if spaced else "\\ldots"
    if not isinstance(base, Symbol):
        return "\\ldots"
    if base.name in _CENTRED_BEFORE or spacing_of(base) in ("bin", "rel"):
        return "\\cdots"
    # In front of a closing delimiter amsmath adds a thin space, which neither of the two commands does.
    return "\\dots" if spacing_of(base) == "close" else "\\ldots"


_CENTRED_BEFORE = BIG_OPERATORS | INTEGRALS - {r"\oiint", r"\oiiint"} | {r"\smallint", r"\intop"}
r"""Operators that amsmath marks for ``\cdots`` in front of them; esint's are not among them."""


@ROWS.add("space-scripts", r"x \, ^ 2", r"x \, { } ^ { 2 }")
def _space_scripts(items: Items, style: str) -> Items | None:
    """Scripts of white space stand beside it, on an empty base."""
    out: Items = []
    for item in items:
        if (
            isinstance(item, Scripts)
            and isinstance(item.base, Symbol)
            and CLASS_OF[item.base.name] == "SPACE"
        ):
            out += (item.base, replace(item, base=Group()))
        else:
            out.append(item)
    return None if len(out) == len(items) else out


@ROWS.add("row-braces", "a { b } c", "a b c")
def _row_braces(items: Items, style: str) -> Items | None:
    """Braces are dropped around a whole row, and around items that are ordinary atoms at both ends."""
    if not any(isinstance(item, Group) for item in items):
        return None
    out = list(items)
    while True:
        opened = _inner_opened(whole_row_opened(out, style) or out)
        if opened == out:
            return None if out == items else out
        out = opened


def whole_row_opened(items: Items, style: str) -> Items | None:
    """The items of a row that is one group; None for other rows, and where the braces are needed."""
    if len(items) != 1 or not isinstance(group := items[0], Group) or not group.items:
        return None
    first = group.items[0]
    base = first.base if isinstance(first, Scripts) else first
    # After a row break, a bracket or star without braces would be read as that command's own.
    needed = base in (Symbol("["), Symbol("*")) or any(map(_is_break, group.items))
    return None if needed else list(group.items)


def _is_break(item: Node) -> bool:
    return isinstance(item, Symbol) and CLASS_OF[item.name] == "ROWBREAK"


def _inner_opened(items: Items) -> Items:
    """The items without the braces that can be dropped around single ones."""
    out: Items = []
    for index, item in enumerate(items):
        if isinstance(item, Group) and _may_open(item, items, index):
            out.extend(item.items)
        else:
            out.append(item)
    return out


def _may_open(group: Group, items: Items, index: int) -> bool:
    """Whether the braces of *group* can be dropped without changing any space around or in it."""
    inner = group.items
    if inner:
        fuses = (index > 0 and _fuses(items[index - 1], inner[0])) or (
            index + 1 < len(items) and _fuses(inner[-1], items[index + 1])
        )
        carried = isinstance(inner[0], Symbol) and inner[0].name in UNICODE_SCRIPTS
        sized = index > 0 and isinstance(switch := items[index - 1], Symbol) and switch.name in _READING_ON
        return is_ord(inner[0]) and is_ord(inner[-1]) and not (has_switch(inner) or fuses or carried or sized)
    before = index == 0 or is_ord(items[index - 1])
    after = index + 1 == len(items) or is_ord(items[index + 1])
    return before and after and len(items) > 1


_READING_ON = frozenset(
    r"\tiny \scriptsize \footnotesize \small \normalsize \large \Large \LARGE \huge \Huge \mod".split()
)
"""Size switches, which KaTeX makes a group of, spaced like what follows; ``\\mod`` takes that as its argument."""


def _fuses(left: Node, right: Node) -> bool:
    """Whether KaTeX would set the two as one run of text, which drops the slant between them."""
    if isinstance(left, Group) and left.items:
        left = left.items[-1]
    if isinstance(right, Group) and right.items:
        right = right.items[0]
    base = right.base if isinstance(right, Scripts) else right
    if not isinstance(left, Symbol | Command) or not isinstance(base, Symbol | Command):
        return False
    return left.name == base.name and (left.name in ORD_FONTS or left.name == "\\partial")


@ROWS.add("scripts-beside", "x { } ^ 2", "x ^ { 2 }")
def _scripts_beside(items: Items, style: str) -> Items | None:
    """Scripts on an empty base are those of the character in front; a subscript only where that has no slant."""
    out: Items = []
    for item in items:
        carried = _carried(out[-1], item) if out and isinstance(item, Scripts) else None
        if carried is None:
            out.append(item)
        else:
            out[-1] = carried
    return None if len(out) == len(items) else out


def _carried(base: Node, beside: Scripts) -> Scripts | None:
    """The scripts *beside* on *base*; None where they would be set elsewhere."""
    if beside.base != Group() or beside.limits or not isinstance(base, Symbol):
        return None
    one_glyph = CLASS_OF[base.name] in ("CHAR", "COLUMN", "DELIM", "RBRACK") or is_letter(
        character(base.name) or ""
    )
    level = beside.sub is None or base.name in UPRIGHT
    return (
        replace(beside, base=base) if one_glyph and level and spacing_of(base) in ("ord", "close") else None
    )


@ROWS.add("old-fraction", r"{ a \over b }", r"\frac { a } { b }")
def _old_fraction(items: Items, style: str) -> Items | None:
    r"""``\over`` is ``\frac``, ``\choose`` is ``\binom``."""
    if len(items) != 1 or not isinstance(infix := items[0], Infix) or infix.name not in _INFIX:
        return None
    return [Command(_INFIX[infix.name], (_argument(infix.before), _argument(infix.after)))]


def _argument(side: Row) -> Group:
    """A side as an argument, without the braces that an infix command in it needed there."""
    first = side.items[0] if len(side.items) == 1 else None
    braced = isinstance(first, Group) and any(isinstance(item, Infix) for item in first.items)
    return first if braced and isinstance(first, Group) else Group(side.items)


_INFIX = {"\\over": "\\frac", "\\choose": "\\binom"}


@ROWS.add("old-font", r"{ \bf x }", r"{ \mathbf { x } }")
def _old_font(items: Items, style: str) -> Items | None:
    r"""A font switch in front of all else in a group is the font command around the group."""
    if len(items) < 2 or not isinstance(switch := items[0], Symbol) or switch.name not in _OLD_FONTS:
        return None
    rest = whole_row_opened(items[1:], style) or items[1:]
    return None if has_switch(rest) else [Command(FONT_SWITCHES[switch.name], (Group(tuple(rest)),))]


_OLD_FONTS = frozenset(r"\bf \rm \cal \it \sf \tt".split())
"""Switches that KaTeX draws as the font command around the rest of the group."""


@ROWS.add("spacing", r"a \, b", "a b", default=False)
def _spacing_commands(items: Items, style: str) -> Items | None:
    """Explicit white space is dropped."""
    kept = [item for item in items if not (isinstance(item, Symbol) and CLASSES.get(item.name) == "SPACE")]
    return None if len(kept) == len(items) else kept


@ROWS.add("fence-size", r"\left( x \right)", "( x )", default=False)
def _fence_size(items: Items, style: str) -> Items | None:
    r"""``\left``, ``\right`` and ``\big`` are dropped in front of their delimiters."""
    out: Items = []
    for item in items:
        if isinstance(item, Fenced):
            for part in item.parts:
                out.extend(
                    part.items if isinstance(part, Row) else (part,) if part.name != NO_DELIMITER else ()
                )
        elif isinstance(item, Sized):
            out.append(item.delimiter)
        else:
            out.append(item)
    return None if out == items else out
