"""Rows of a parse tree as MathML: switches of style, scripts and limits, and the dispatch to what draws the rest.

The other modules of this package put their drawing functions into `DRAWERS` and `COMMANDS`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import assert_never

from hmer_suite.latex.constructs import ALPHABETS, BRACES_ABOVE, BRACES_BELOW, DISPLAY_LIMITS
from hmer_suite.latex.nodes import (
    Command,
    Environment,
    Fenced,
    Group,
    Infix,
    Line,
    Math,
    Node,
    Primes,
    Row,
    Scripts,
    Sized,
    Symbol,
    Text,
)
from hmer_suite.latex.token_classes import CLASSES, token_class
from hmer_suite.latex.tree import unparse
from hmer_suite.mathml.leaves import color_of, leaf
from hmer_suite.mathml.spacing import SPACE, MathStyle, SpacedElement, Styled, single
from hmer_suite.mathml.tables import draw_table

MAX_DEPTH = 40
"""Arguments and groups within each other that are drawn; what is deeper is written as LaTeX.

Scripts are unreadable long before, and browsers flatten documents of more than 512 levels."""


class Drawers:
    """The functions that draw the constructs of other modules, each of which puts its own here."""

    environment: Callable[[Environment, MathStyle], SpacedElement]
    fenced: Callable[[Fenced, MathStyle], SpacedElement]
    infix: Callable[[Infix, MathStyle], SpacedElement]
    sized: Callable[[Sized, MathStyle], SpacedElement]
    text: Callable[[Text, MathStyle], SpacedElement]


DRAWERS = Drawers()

COMMANDS: dict[str, Callable[[Command, MathStyle], SpacedElement]] = {}
"""The functions that draw commands, by token class."""


def draw_items(items: Sequence[Node], style: MathStyle) -> str:
    """Items as one element; ``\\\\`` among them starts a new line."""
    lines = lines_of(items)
    if len(lines) == 1:
        return single(draw_row(items, style), style)
    return draw_table([[single(draw_row(line, style), style)] for line in lines], ["left"], style)


def lines_of(items: Sequence[Node]) -> list[list[Node]]:
    """Items between the line breaks among them."""
    parts: list[list[Node]] = [[]]
    for item in items:
        if is_break(item):
            parts.append([])
        else:
            parts[-1].append(item)
    return parts


def is_break(node: Node) -> bool:
    r"""Whether the node is ``\\\\`` or one of its synonyms."""
    return isinstance(node, Symbol) and token_class(node.name) == "ROWBREAK"


def draw_row(items: Sequence[Node], style: MathStyle) -> list[Styled]:
    """The atoms of a row, each with the style it has: switches reach to the end of the row."""
    if style.depth >= MAX_DEPTH:
        return [(_as_written(items), style)]
    row: list[Styled] = []
    inner = replace(style, depth=style.depth + 1)
    negated = False
    for item in items:
        switched = _switched(item, inner)
        if switched is not None:
            inner = switched
        elif isinstance(item, Symbol) and item.name == "\\not":
            negated = True
        else:
            found = _negated(item, inner) if negated else [draw(item, inner)]
            row.extend((atom, inner) for atom in found)
            negated = False
    if negated:
        row.append((leaf("\\not", inner), inner))
    return row


def _as_written(items: Iterable[Node]) -> SpacedElement:
    tokens = [token for item in items for token in unparse(item)]
    return SpacedElement("ord", " ".join(tokens), "mtext", ' class="unknown"')


_STYLES = {
    "\\displaystyle": (True, 0),
    "\\textstyle": (False, 0),
    "\\scriptstyle": (False, 1),
    "\\scriptscriptstyle": (False, 2),
}
_SIZES = dict(
    zip(
        r"\tiny \scriptsize \footnotesize \small \normalsize \large \Large \LARGE \huge \Huge".split(),
        (0.5, 0.7, 0.8, 0.9, 1.0, 1.2, 1.44, 1.73, 2.07, 2.49),
        strict=True,
    )
)


def _switched(node: Node, style: MathStyle) -> MathStyle | None:
    """The style after a switch, or None where *node* is no switch."""
    if isinstance(node, Command) and node.name == "\\color":
        return replace(style, color=color_of(node.arguments[0], node.optional))
    if not isinstance(node, Symbol) or CLASSES.get(node.name) != "STYLE":
        return None
    if node.name in _STYLES:
        display, level = _STYLES[node.name]
        return replace(style, display=display, level=level)
    if node.name in _SIZES:
        return replace(style, size=_SIZES[node.name])
    return replace(style, font=ALPHABETS.get(node.name, style.font))


def _negated(node: Node, style: MathStyle) -> list[SpacedElement]:
    r"""The item after ``\not``, as a struck relation where there is such a character."""
    base = node.base if isinstance(node, Scripts) else node
    row = argument_row(base, style)
    atoms = []
    if len(row) == 1 and row[0][0].tag in ("mo", "mi") and len(row[0][0].body) == 1:
        atom = row[0][0]
        atom = replace(atom, body=unicodedata.normalize("NFC", atom.body + "\u0338"))
    else:
        atom = SpacedElement("ord", single(row, style))
        atoms.append(SpacedElement(SPACE, '<mpadded width="0"><mo lspace="0" rspace="0">/</mo></mpadded>'))
    return [*atoms, scripted(node, atom, style) if isinstance(node, Scripts) else atom]


def draw(node: Node, style: MathStyle) -> SpacedElement:
    """Any node as one atom, marked where *style* says so."""
    atom = _drawn(node, style)
    return atom.marked(style.marks[id(node)]) if id(node) in style.marks else atom


def _drawn(node: Node, style: MathStyle) -> SpacedElement:
    match node:
        case Symbol():
            return leaf(node.name, style)
        case Group() | Row() | Math():
            return SpacedElement("ord", draw_argument(node, style))
        case Scripts():
            return _scripts(node, style)
        case Command():
            return COMMANDS[CLASSES[node.name]](node, style)
        case Fenced():
            return DRAWERS.fenced(node, style)
        case Environment():
            return DRAWERS.environment(node, style)
        case Infix():
            return DRAWERS.infix(node, style)
        case Sized():
            return DRAWERS.sized(node, style)
        case Text():
            return DRAWERS.text(node, style)
        case Line() | Primes():
            raise TypeError(f"{node.kind} outside of what it belongs to")
        case _:
            assert_never(node)


def draw_argument(node: Node | None, style: MathStyle) -> str:
    """A group or a single item as one element."""
    return single(argument_row(node, style), style)


def argument_row(node: Node | None, style: MathStyle) -> list[Styled]:
    """The atoms of a group or of a single item."""
    if node is None:
        return []
    items = node.items if isinstance(node, Group | Row | Math) else (node,)
    if any(map(is_break, items)):
        return [(SpacedElement("ord", draw_items(items, style)), style)]
    return draw_row(items, style)


def row_spacing(row: Sequence[Styled]) -> str:
    """Spacing class of braces around one atom, for commands that have the class of their argument."""
    return row[0][0].spacing if len(row) == 1 else "ord"


def _scripts(node: Scripts, style: MathStyle) -> SpacedElement:
    base = node.base
    if base is None:
        return scripted(node, SpacedElement("ord", "<mrow></mrow>"), style)
    row = [(draw(base, style), style)]
    return scripted(node, SpacedElement(row_spacing(row), single(row, style)), style)


def scripted(node: Scripts, base: SpacedElement, style: MathStyle) -> SpacedElement:
    """Scripts of *node* on *base*: beside it, or over and under it where limits go there."""
    below = draw_argument(node.sub, style.script()) if node.sub is not None else ""
    above = _superscript(node.sup, style) if node.sup is not None else ""
    if not below and not above:
        return base
    stacked = _takes_limits(node, style)
    under, over = ("munder", "mover") if stacked else ("msub", "msup")
    tag = f"{under}{over[1:]}" if below and above else under if below else over
    return SpacedElement(base.spacing, f"<{tag}>{base.xml()}{below}{above}</{tag}>")


def _takes_limits(node: Scripts, style: MathStyle) -> bool:
    base = node.base
    if node.limits in ("\\limits", "\\nolimits"):
        return node.limits == "\\limits"
    if not isinstance(base, Symbol | Command):
        return False
    if base.name in BRACES_ABOVE or base.name in BRACES_BELOW:
        return True
    return style.display and base.name in DISPLAY_LIMITS


def _superscript(node: Node, style: MathStyle) -> str:
    """A superscript; primes in front of it are drawn at full size."""
    number, raised = _primes(node)
    if not number:
        return draw_argument(node, style.script())
    text = _PRIMES.get(number, "′" * number)
    # Fonts raise the prime by themselves: as a superscript like others it would be tiny, and too high.
    primes = (
        f'<mpadded voffset="-.35em" height=".4em" scriptlevel="{style.level}">'
        f'<mo lspace="0" rspace="0">{text}</mo></mpadded>'
    )
    inner = style.script()
    row = [(SpacedElement("ord", primes), inner), *draw_row(raised, inner)]
    return single(row, inner)


def _primes(node: Node) -> tuple[int, Sequence[Node]]:
    """Number of primes at the start of a superscript, and the items after them."""
    if isinstance(node, Primes):
        raised = node.raised
        if raised is None:
            return node.count, ()
        return node.count, raised.items if isinstance(raised, Group) else (raised,)
    items = node.items if isinstance(node, Group) else (node,)
    number = 0
    while number < len(items) and items[number] == _PRIME:
        number += 1
    return number, items[number:]


_PRIME = Symbol("\\prime")
_PRIMES = {1: "′", 2: "″", 3: "‴", 4: "⁗"}
