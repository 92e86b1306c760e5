r"""Formulas in two dimensions: a parse tree becomes glyphs with places and sizes.

Lengths are in em, the height of a capital letter or digit of full size; x runs to the right, y downwards, and a
line's baseline is y = 0. Which glyph stands for a token, and how loosely a writer places it, is the caller's:
the same layout serves drawn glyphs and ink that was cut from real formulas.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import assert_never

from hmer_suite.handwriting.arrangement import Arranger
from hmer_suite.handwriting.boxes import (
    AXIS,
    Box,
    Choose,
    LayoutError,
    Placed,
    Style,
    around,
    flatten_strokes,
)
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


def layout(tree: Row, choose: Choose, style: Style, rng: random.Random) -> list[Placed]:
    """Places of all glyphs of a parsed formula, in writing order; its baseline starts at the origin.

    Raises:
        LayoutError: names the construct that has no layout, or the token that has no glyph.
    """
    box = _Layout(choose, style, rng).row(tree.items, 1.0)
    return list(flatten_strokes(box, 0.0, 0.0))


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
_UNCHANGED = frozenset(r"\smash \mathllap \mathrlap \mathclap \llap \rlap \clap \vcenter \lefteqn".split())
_SIZES = {"big": 1.3, "Big": 1.8, "bigg": 2.3, "Bigg": 2.8}


_STACKED = DISPLAY_LIMITS | BRACES_ABOVE | BRACES_BELOW


class _Layout(Arranger):
    """Builds the box of each node; one method a kind of node, `size` being the scale that it is written in."""

    # --- leaves ---------------------------------------------------------------------------------------------

    # --- rows -----------------------------------------------------------------------------------------------

    def node(self, node: Node | None, size: float) -> Box:
        match node:
            case None:
                return self.nothing()
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
        boxes = [
            self.nothing() if index in fences else self.node(item, size) for index, item in enumerate(items)
        ]
        for opening, closing in pairs:
            inner = [box for box in boxes[opening + 1 : closing] if box.parts]
            up = max((box.up for box in inner), default=0.0)
            down = max((box.down for box in inner), default=0.0)
            for index in (opening, closing):
                boxes[index] = self.fence_item(items[index], up, down, size)
        return self.beside(items, boxes, size)

    def fence_item(self, item: Node, up: float, down: float, size: float) -> Box:
        fence = self.fence(_fence_token(item), up, down, size)
        return self.attach(fence, *self.scripts_of(item, size), size) if isinstance(item, Scripts) else fence

    def beside(self, items: Sequence[Node], boxes: Sequence[Box], size: float) -> Box:
        """Boxes in a row, with the space that their classes ask for."""
        parts: list[tuple[float, float, Box]] = []
        x = 0.0
        before: str | None = None
        for item, box in zip(items, boxes, strict=True):
            spacing = _spacing(item)
            if spacing == "space":  # scripts on white space are lost
                x += _SPACES.get(item.name, 0.0) * size if isinstance(item, Symbol) else 0.0
                continue
            if not box.parts:
                continue
            if before is not None:
                x += self.gap(before, spacing) * size
            parts.append((x, 0.0, box))
            x += box.width
            before = spacing
        return around(parts) if parts else self.nothing()

    def lines(self, items: Sequence[Node], size: float) -> Box:
        rows: list[list[Node]] = [[]]
        for item in items:
            if _is_break(item):
                rows.append([])
            else:
                rows[-1].append(item)
        return self.table([[self.row(row, size)] for row in rows], size, centred=False)

    # --- one method a kind ----------------------------------------------------------------------------------

    def symbol(self, node: Symbol, size: float) -> Box:
        if CLASSES.get(node.name) in ("SPACE", "STYLE", "HLINE"):
            return self.nothing()
        return self.glyph(node.name, size)

    def scripts(self, node: Scripts, size: float) -> Box:
        box = self.node(node.base, size)
        name = node.base.name if isinstance(node.base, Symbol | Command) else ""
        stacked = node.limits == "\\limits" or (
            not node.limits and name in _STACKED and (self.style.stacked_limits or CLASSES[name] != "LARGEOP")
        )
        below, above = self.scripts_of(node, size)
        return self.limits(box, below, above, size) if stacked else self.attach(box, below, above, size)

    def scripts_of(self, node: Scripts, size: float) -> tuple[Box, Box]:
        """The boxes of the subscript and the superscript."""
        small = self.smaller(size)
        return self.node(node.sub, small), self.node(node.sup, small)

    def command(self, node: Command, size: float) -> Box:
        method = _COMMANDS.get(CLASSES.get(node.name, ""))
        if method is None:
            raise LayoutError(f"no layout for {node.name}")
        return method(self, node, size)

    def fraction(self, node: Command, size: float) -> Box:
        above, below = node.arguments
        smaller = size if node.name == "\\dfrac" else max(self.style.smallest, size * self.inner(size))
        binomial = node.name in BINOMIALS
        parts = self.over(self.node(above, smaller), self.node(below, smaller), size, bar=not binomial)
        return self.between(("(", ")"), [parts], size) if binomial else parts

    def radical(self, node: Command, size: float) -> Box:
        index, radicand = node.optional, node.arguments[0]
        inner = self.node(radicand, size)
        glyph = self.choose("\\sqrt")
        top = -max(inner.up, 0.6 * size) - self.loose(0.17) * size
        bottom = max(inner.down, 0.0) + self.loose(0.04) * size
        sy = (bottom - top) / (glyph.bottom - glyph.top)
        # A tall radical's hook is not as wide as it is high.
        sx = min(sy, (0.5 + 0.5 * sy / size) * size)
        hook = (glyph.hook - glyph.left) * sx
        start = hook + self.loose(0.1) * size
        width = start + inner.width + self.loose(0.08) * size
        bar = (width - hook) / max(glyph.right - glyph.hook, 0.05)
        sign = Placed(glyph, -glyph.left * sx, bottom - sy * glyph.bottom, sx, sy, bar)
        parts = [(0.0, 0.0, Box(width, -top, bottom, [(0.0, 0.0, sign)])), (start, 0.0, inner)]
        whole = around(parts)
        if index is None or not index.items:
            return whole
        return self.indexed(whole, self.node(index, self.smaller(self.smaller(size))), hook, size)

    def stack(self, node: Command, size: float) -> Box:
        label, base = node.arguments
        box, mark = self.node(base, size), self.node(label, self.smaller(size))
        below, above = (self.nothing(), mark) if node.name != "\\underset" else (mark, self.nothing())
        return self.limits(box, below, above, size)

    def accent(self, node: Command, size: float) -> Box:
        inner = self.node(node.arguments[0], size)
        name = node.name
        if name in MARKS_ABOVE:
            return self.capped(name, inner, size, above=True)
        if name in MARKS_BELOW:
            return self.capped(name, inner, size, above=False)
        if name in _UNCHANGED:
            return inner
        if name in ("\\phantom", "\\hphantom", "\\vphantom"):
            return self.nothing(inner.width if name != "\\vphantom" else 0.0)
        if name == "\\boxed":
            return self.boxed(inner, size)
        if name in ("\\cancel", "\\bcancel", "\\xcancel"):
            return self.struck(name, inner)
        if name in ("\\pmod", "\\pod"):
            return self.modulo(node, size)
        if name == "\\substack":
            return inner
        raise LayoutError(f"no layout for {name}")

    def modulo(self, node: Command, size: float) -> Box:
        word = [Symbol(letter) for letter in "mod"] if node.name == "\\pmod" else []
        word_box = self.row([*word, Symbol("\\;"), node.arguments[0]], size)
        return self.between(("(", ")"), [word_box], size)

    def font(self, node: Command, size: float) -> Box:
        return self.node(node.arguments[0], size)

    def named(self, node: Command, size: float) -> Box:
        inner = self.node(node.arguments[0], size)
        if node.name in BRACES_ABOVE:
            return self.capped(node.name, inner, size, above=True)
        if node.name in BRACES_BELOW:
            return self.capped(node.name, inner, size, above=False)
        return inner

    def text(self, node: Command, size: float) -> Box:
        argument = node.arguments[-1]
        inner = self.node(argument, size)
        return self.boxed(inner, size) if node.name == "\\fbox" else inner

    def raw(self, node: Command, size: float) -> Box:
        if node.name.startswith(("\\hspace", "\\vspace", "\\label", "\\color", "\\pagecolor", "\\cline")):
            return self.nothing()
        raise LayoutError(f"no layout for {node.name}")

    def coloured(self, node: Command, size: float) -> Box:
        return self.node(node.arguments[1], size)

    def arrow(self, node: Command, size: float) -> Box:
        below, above = node.optional, node.arguments[0]
        small = self.smaller(size)
        boxes = self.node(below, small), self.node(above, small)
        width = max(boxes[0].width, boxes[1].width, 0.6 * size) + 0.3 * size
        glyph = self.choose(node.name)
        height = (glyph.bottom - glyph.top) * size
        base = self.stretched(node.name, width, -AXIS * size - height / 2, -AXIS * size + height / 2)
        # Laid out once more, since seeds must go on giving the formulas that they gave.
        return self.limits(base, self.node(below, small), self.node(above, small), size)

    def sized(self, node: Sized, size: float) -> Box:
        height = _SIZES[node.name[1:].rstrip("lrm")] * size
        return self.fence(node.delimiter.name, height / 2 + AXIS * size, height / 2 - AXIS * size, size)

    def fenced(self, node: Fenced, size: float) -> Box:
        fences = [delimiter.name for delimiter in (node.left, *node.middles, node.right)]
        inside = [self.row(row.items, size) for row in node.rows]
        return self.between(fences, inside, size)

    def infix(self, node: Infix, size: float) -> Box:
        above, below = node.before, node.after
        smaller = size * self.inner(size)
        fences = INFIX_FENCES.get(node.name)
        parts = self.over(
            self.node(above, smaller), self.node(below, smaller), size, bar=node.name == "\\over"
        )
        return self.between(fences, [parts], size) if fences else parts

    def environment(self, node: Environment, size: float) -> Box:
        smaller = size if size < 0.95 else 0.95 * size
        cells = [[self.node(cell, smaller) for cell in line.cells] for line in node.lines]
        name = node.name.rstrip("*")
        aligned = name.startswith(("align", "split", "eqnarray", "cases", "dcases"))
        inside = self.table(cells, smaller, centred=not aligned)
        fences = environment_fences(name)
        return self.between(fences, [inside], size) if fences else inside


_COMMANDS: dict[str, Callable[[_Layout, Command, float], Box]] = {
    "ACCENT": _Layout.accent,
    "FONT": _Layout.font,
    "FRAC": _Layout.fraction,
    "OPERATORNAME": _Layout.named,
    "PRIMITIVE": _Layout.font,
    "RAW": _Layout.raw,
    "RAWMATH": _Layout.coloured,
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
    """Places of delimiters that belong together, inner pairs first."""
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
