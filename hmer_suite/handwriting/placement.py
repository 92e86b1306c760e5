r"""Formulas in two dimensions: the places and sizes of the glyphs of a parse tree.

Lengths are in em, the height of a full-size capital letter or digit; x runs to the right, y downwards, and the baseline
of a line is y = 0. The caller chooses the glyph of each token and the writer's style, so that the same layout serves
drawn glyphs and glyphs that were cut from real ink.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import assert_never

from hmer_suite.handwriting.boxes import (
    AXIS,
    Box,
    GlyphChooser,
    LayoutError,
    PlacedBox,
    PlacedGlyph,
    WritingStyle,
    around,
    placed_glyphs,
)
from hmer_suite.handwriting.constructs import EMPTY, Constructs
from hmer_suite.latex.constructs import (
    BARS,
    BINOMIALS,
    BRACES_ABOVE,
    BRACES_BELOW,
    BRACKETS,
    DISPLAY_LIMITS,
    INFIX_FENCES,
    MARKS_ABOVE,
    MARKS_BELOW,
    OPENING_OF,
    environment_fences,
)
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
from hmer_suite.latex.token_classes import CLASSES, SPACING_CLASSES


def layout(tree: Row, choose: GlyphChooser, style: WritingStyle, rng: random.Random) -> list[PlacedGlyph]:
    """The placed glyphs of a parsed formula, in writing order; its baseline starts at the origin.

    Raises:
        LayoutError: a construct has no layout, or a token no glyph; the message names it.
    """
    box = _Layout(Constructs(choose, style, rng)).row(tree.items, 1.0)
    return list(placed_glyphs(box, 0.0, 0.0))


_SPACES = {
    "\\": 0.3,
    "~": 0.3,
    "\\,": 0.15,
    "\\:": 0.2,
    "\\;": 0.28,
    "\\!": -0.1,
    "\\quad": 0.9,
    "\\qquad": 1.7,
}
_SPACES |= {"\\enspace": 0.45, "\\enskip": 0.45, "\\space": 0.3, "\\hfill": 0.5}
_FIXED_ACCENTS = frozenset(
    r"\hat \check \tilde \acute \grave \dot \ddot \dddot \ddddot \breve \mathring \d".split()
)
_UNCHANGED = frozenset(r"\smash \mathllap \mathrlap \mathclap \llap \rlap \clap \vcenter \lefteqn".split())
_STRIKES = {"\\cancel": ("/",), "\\bcancel": ("\\backslash",), "\\xcancel": ("/", "\\backslash")}
_SIZES = {"big": 1.3, "Big": 1.8, "bigg": 2.3, "Bigg": 2.8}
_STACKED = DISPLAY_LIMITS | BRACES_ABOVE | BRACES_BELOW


class _Layout:
    """Builds the box of each node, with one method for each kind; `size` is the scale that it is written in."""

    def __init__(self, make: Constructs):
        self.make = make
        self.style = make.style

    # --- rows -----------------------------------------------------------------------------------------------

    def node(self, node: Node | None, size: float) -> Box:
        match node:
            case None:
                return EMPTY
            case Symbol():
                return self.symbol(node, size)
            case Group() | Row() | Text() | Math():
                return self.row(node.items, size)
            case Scripts():
                return self.scripts(node, size)
            case Command():
                return self.command(node, size)
            case Primes():
                raised = () if node.raised is None else (node.raised,)
                return self.row((*[Symbol("\\prime")] * node.count, *raised), size)
            case Fenced():
                return self.fenced(node, size)
            case Infix():
                return self.infix(node, size)
            case Sized():
                return self.sized(node, size)
            case Environment():
                return self.environment(node, size)
            case Line():
                raise LayoutError(f"no layout for {node.kind}")
            case _:
                assert_never(node)

    def row(self, items: Sequence[Node], size: float) -> Box:
        if any(map(_is_break, items)):
            return self.lines(items, size)
        pairs = _pairs(items)
        fences = {index for pair in pairs for index in pair}
        boxes = {index: self.node(item, size) for index, item in enumerate(items) if index not in fences}
        for opening, closing in pairs:
            between = [boxes[index] for index in range(opening + 1, closing) if index in boxes]
            inner = [box for box in between if box.parts]
            up = max((box.up for box in inner), default=0.0)
            down = max((box.down for box in inner), default=0.0)
            for index in (opening, closing):
                boxes[index] = self.fence_item(items[index], up, down, size)
        return self.beside(items, [boxes[index] for index in range(len(items))], size)

    def fence_item(self, item: Node, up: float, down: float, size: float) -> Box:
        fence = self.make.fence(_fence_token(item), up, down, size)
        return self.beside_base(fence, item.sub, item.sup, size) if isinstance(item, Scripts) else fence

    def beside(self, items: Sequence[Node], boxes: Sequence[Box], size: float) -> Box:
        """Boxes in a row, spaced by their spacing classes."""
        parts: list[PlacedBox] = []
        x = 0.0
        before: str | None = None
        for item, box in zip(items, boxes, strict=True):
            spacing = _spacing(item)
            if isinstance(item, Symbol) and spacing == "space":
                x += _SPACES.get(item.name, 0.0) * size
                continue
            if not box.parts:
                continue
            if before is not None:
                x += self.gap(before, spacing) * size
            parts.append((x, 0.0, box))
            x += box.width
            before = spacing
        return around(parts) if parts else EMPTY

    def gap(self, before: str, after: str) -> float:
        """Space in em between two items, from their spacing classes."""
        style = self.style
        if "rel" in (before, after):
            return self.make.loose(style.relation_gap)
        if before == "bin" or (after == "bin" and before not in ("open", "punct")):
            return self.make.loose(style.operator_gap)
        if before == "punct" or before == "op" or after == "op":
            return self.make.loose(style.gap + 0.09)
        if before == "open" or after == "close":
            return self.make.loose(0.8 * style.gap)
        return self.make.loose(style.gap)

    def lines(self, items: Sequence[Node], size: float) -> Box:
        rows: list[list[Node]] = [[]]
        for item in items:
            if _is_break(item):
                rows.append([])
            else:
                rows[-1].append(item)
        return self.make.table([[self.row(row, size)] for row in rows], size, centred=False)

    # --- one method a kind ----------------------------------------------------------------------------------

    def symbol(self, node: Symbol, size: float) -> Box:
        if CLASSES.get(node.name) in ("SPACE", "STYLE", "HLINE"):
            return EMPTY
        return self.make.glyph(node.name, size)

    def scripts(self, node: Scripts, size: float) -> Box:
        base, sub, sup = node.base, node.sub, node.sup
        box = self.node(base, size)
        name = base.name if isinstance(base, Symbol | Command) else ""
        if node.limits == "\\limits" or (
            not node.limits and name in _STACKED and (self.style.stacked_limits or CLASSES[name] != "LARGEOP")
        ):
            return self.stacked(box, sub, sup, size)
        return self.beside_base(box, sub, sup, size)

    def stacked(self, base: Box, sub: Node | None, sup: Node | None, size: float) -> Box:
        return self.make.limits(base, *self.in_script_size(sub, sup, size), size)

    def beside_base(self, base: Box, sub: Node | None, sup: Node | None, size: float) -> Box:
        return self.make.scripts(base, *self.in_script_size(sub, sup, size), size)

    def in_script_size(self, sub: Node | None, sup: Node | None, size: float) -> tuple[Box, Box]:
        small = self.make.script_size(size)
        return self.node(sub, small), self.node(sup, small)

    def command(self, node: Command, size: float) -> Box:
        method = _COMMANDS.get(CLASSES.get(node.name, ""))
        if method is None:
            raise LayoutError(f"no layout for {node.name}")
        return method(self, node, size)

    def fraction(self, node: Command, size: float) -> Box:
        above, below = node.arguments
        smaller = size if node.name == "\\dfrac" else max(self.style.smallest, size * self.inner(size))
        if node.name in BINOMIALS:
            return self.stack_fenced(above, below, ("(", ")"), smaller, size)
        return self.make.fraction(self.node(above, smaller), self.node(below, smaller), size, bar=True)

    def inner(self, size: float) -> float:
        """Relative scale of numerators and denominators, which are hardly smaller in handwriting."""
        return 0.92 if size > 0.95 else 0.97

    def stack_fenced(
        self, above: Node, below: Node, fences: tuple[str, str], smaller: float, size: float
    ) -> Box:
        inside = self.make.fraction(self.node(above, smaller), self.node(below, smaller), size, bar=False)
        return self.make.between(fences, [inside], size)

    def radical(self, node: Command, size: float) -> Box:
        index = node.optional
        root, hook = self.make.root(self.node(node.arguments[0], size), size)
        if index is None or not index.items:
            return root
        smaller = self.make.script_size(self.make.script_size(size))
        return self.make.indexed_root(root, self.node(index, smaller), hook, size)

    def stack(self, node: Command, size: float) -> Box:
        label, base = node.arguments
        above = node.name != "\\underset"
        return self.stacked(self.node(base, size), None if above else label, label if above else None, size)

    def accent(self, node: Command, size: float) -> Box:
        inner = self.node(node.arguments[0], size)
        name = node.name
        if name in MARKS_ABOVE:
            return self.make.marked(name, inner, size, above=True, wide=name not in _FIXED_ACCENTS)
        if name in MARKS_BELOW:
            return self.make.marked(name, inner, size, above=False, wide=name not in _FIXED_ACCENTS)
        if name in _UNCHANGED:
            return inner
        if name in ("\\phantom", "\\hphantom", "\\vphantom"):
            return Box(inner.width if name != "\\vphantom" else 0.0, 0.0, 0.0, [])
        if name == "\\boxed":
            return self.make.boxed(inner, size)
        if name in _STRIKES:
            return self.make.struck(_STRIKES[name], inner)
        if name in ("\\pmod", "\\pod"):
            return self.modulo(node, size)
        if name == "\\substack":
            return inner
        raise LayoutError(f"no layout for {name}")

    def modulo(self, node: Command, size: float) -> Box:
        word = [Symbol(letter) for letter in "mod"] if node.name == "\\pmod" else []
        word_box = self.row([*word, Symbol("\\;"), node.arguments[0]], size)
        return self.make.between(("(", ")"), [word_box], size)

    def font(self, node: Command, size: float) -> Box:
        return self.node(node.arguments[0], size)

    def named(self, node: Command, size: float) -> Box:
        inner = self.node(node.arguments[0], size)
        if node.name in BRACES_ABOVE:
            return self.make.marked(node.name, inner, size, above=True, wide=True)
        if node.name in BRACES_BELOW:
            return self.make.marked(node.name, inner, size, above=False, wide=True)
        return inner

    def text(self, node: Command, size: float) -> Box:
        argument = node.arguments[-1]
        inner = self.node(argument, size)
        return self.make.boxed(inner, size) if node.name == "\\fbox" else inner

    def raw(self, node: Command, size: float) -> Box:
        if node.name.startswith(("\\hspace", "\\vspace", "\\label", "\\color", "\\pagecolor", "\\cline")):
            return EMPTY
        raise LayoutError(f"no layout for {node.name}")

    def coloured(self, node: Command, size: float) -> Box:
        return self.node(node.arguments[1], size)

    def arrow(self, node: Command, size: float) -> Box:
        below, above = node.optional, node.arguments[0]
        boxes = self.in_script_size(below, above, size)
        width = max(boxes[0].width, boxes[1].width, 0.6 * size) + 0.3 * size
        glyph = self.make.choose(node.name)
        height = (glyph.bottom - glyph.top) * size
        base = self.make.stretched(node.name, width, -AXIS * size - height / 2, -AXIS * size + height / 2)
        return self.stacked(base, below, above, size)

    def sized(self, node: Sized, size: float) -> Box:
        height = _SIZES[node.name[1:].rstrip("lrm")] * size
        return self.make.fence(node.delimiter.name, height / 2 + AXIS * size, height / 2 - AXIS * size, size)

    def fenced(self, node: Fenced, size: float) -> Box:
        fences = [delimiter.name for delimiter in (node.left, *node.middles, node.right)]
        inside = [self.row(row.items, size) for row in node.rows]
        return self.make.between(fences, inside, size)

    def infix(self, node: Infix, size: float) -> Box:
        above, below = node.before, node.after
        smaller = size * self.inner(size)
        fences = INFIX_FENCES.get(node.name)
        if fences:
            return self.stack_fenced(above, below, fences, smaller, size)
        boxes = self.node(above, smaller), self.node(below, smaller)
        return self.make.fraction(*boxes, size, bar=node.name == "\\over")

    def environment(self, node: Environment, size: float) -> Box:
        smaller = size if size < 0.95 else 0.95 * size
        cells = [[self.node(cell, smaller) for cell in line.cells] for line in node.lines]
        name = node.name.rstrip("*")
        aligned = name.startswith(("align", "split", "eqnarray", "cases", "dcases"))
        inside = self.make.table(cells, smaller, centred=not aligned)
        fences = environment_fences(name)
        return self.make.between(fences, [inside], size) if fences else inside


_COMMANDS: dict[str, Callable[[_Layout, Command, float], Box]] = {
    "ACCENT": _Layout.accent,
    "CFRAC": _Layout.fraction,
    "FONT": _Layout.font,
    "FRAC": _Layout.fraction,
    "OPERATORNAME": _Layout.named,
    "PRIMITIVE": _Layout.font,
    "COLOR": _Layout.raw,
    "RAW": _Layout.raw,
    "RAWMATH": _Layout.coloured,
    "SMASH": _Layout.accent,
    "SQRT": _Layout.radical,
    "STACK": _Layout.stack,
    "TEXT": _Layout.text,
    "XARROW": _Layout.arrow,
}


def _spacing(item: Node) -> str:
    """Spacing class of an item (TeXbook, ch. 18), ``space`` for white space."""
    if isinstance(item, Scripts) and item.base is not None:
        return _spacing(item.base)
    if isinstance(item, Symbol):
        if CLASSES.get(item.name) == "SPACE":
            return "space"
        return SPACING_CLASSES.get(item.name, "ord")
    return "op" if isinstance(item, Command) and CLASSES.get(item.name) == "OPERATORNAME" else "ord"


def _fence_token(item: Node) -> str:
    base = item.base if isinstance(item, Scripts) else item
    return base.name if isinstance(base, Symbol) else ""


def _is_break(item: Node) -> bool:
    return isinstance(item, Symbol) and CLASSES.get(item.name) == "ROWBREAK"


def _pairs(items: Sequence[Node]) -> list[tuple[int, int]]:
    """Indices of matching delimiters, inner pairs first."""
    tokens = [_fence_token(item) for item in items]
    pairs: list[tuple[int, int]] = []
    waiting: list[int] = []
    for index, token in enumerate(tokens):
        if token in BRACKETS:
            waiting.append(index)
        elif token in OPENING_OF:
            # Half-open intervals pair a bracket with a parenthesis.
            if waiting and tokens[waiting[-1]] in BRACKETS:
                pairs.append((waiting.pop(), index))
        elif token in BARS:
            if waiting and tokens[waiting[-1]] == token:
                pairs.append((waiting.pop(), index))
            elif token in tokens[index + 1 :]:
                waiting.append(index)
    return pairs
