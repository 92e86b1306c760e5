r"""Formulas in two dimensions: the places and sizes of the glyphs of a parse tree.

Lengths are in em, the height of a full-size capital letter or digit; x runs to the right, y downwards, and the baseline
of a line is y = 0. The caller chooses the glyph of each token and the writer's style, so that the same layout serves
drawn glyphs and glyphs that were cut from real ink.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

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
from hmer_suite.latex.token_classes import CLASSES, SPACING_CLASSES
from hmer_suite.latex.tree import Node


def layout(tree: Node, choose: GlyphChooser, style: WritingStyle, rng: random.Random) -> list[PlacedGlyph]:
    """The placed glyphs of a parsed formula, in writing order; its baseline starts at the origin.

    Raises:
        LayoutError: a construct has no layout, or a token no glyph; the message names it.
    """
    box = _Layout(Constructs(choose, style, rng)).row(tree.children, 1.0)
    return list(placed_glyphs(box, 0.0, 0.0))


_CLOSING = {"(": ")", "[": "]", "\\{": "\\}", "\\lbrace": "\\rbrace", "\\langle": "\\rangle"}
_CLOSING |= {"\\lfloor": "\\rfloor", "\\lceil": "\\rceil", "\\lvert": "\\rvert", "\\lVert": "\\rVert"}
_OPENING = {close: opening for opening, close in _CLOSING.items()}
_BARS = frozenset({"|", "\\vert", "\\|", "\\Vert"})
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
_STACKED = frozenset(
    r"""\sum \prod \coprod \bigcup \bigcap \bigsqcup \bigvee \bigwedge \bigoplus \bigotimes \bigodot \biguplus
    \det \gcd \inf \injlim \lim \liminf \limsup \max \min \Pr \projlim \sup \varinjlim \varliminf \varlimsup
    \varprojlim \argmax \argmin \operatorname* \operatornamewithlimits \mathop \intop \overbrace \underbrace
    \overbracket \underbracket""".split()
)
_ABOVE = frozenset(
    r"""\hat \widehat \check \widecheck \tilde \widetilde \acute \grave \dot \ddot \dddot \ddddot \breve \bar \vec
    \mathring \overline \overrightarrow \overleftarrow \overleftrightarrow \Overrightarrow \overgroup
    \overlinesegment \overleftharpoon \overrightharpoon \widearc \overarc \wideparen \overparen""".split()
)
_BELOW = frozenset(
    r"\underline \underbar \underrightarrow \underleftarrow \underleftrightarrow \undergroup \underlinesegment "
    r"\utilde \underparen \d \b".split()
)
_FIXED_ACCENTS = frozenset(
    r"\hat \check \tilde \acute \grave \dot \ddot \dddot \ddddot \breve \mathring \d".split()
)
_UNCHANGED = frozenset(r"\smash \mathllap \mathrlap \mathclap \llap \rlap \clap \vcenter \lefteqn".split())
_FENCED_ENVIRONMENTS = {
    "pmatrix": ("(", ")"),
    "bmatrix": ("[", "]"),
    "Bmatrix": ("\\{", "\\}"),
    "vmatrix": ("|", "|"),
    "Vmatrix": ("\\|", "\\|"),
    "cases": ("\\{", "."),
    "dcases": ("\\{", "."),
    "rcases": (".", "\\}"),
    "drcases": (".", "\\}"),
}
_STRIKES = {"\\cancel": ("/",), "\\bcancel": ("\\backslash",), "\\xcancel": ("/", "\\backslash")}
_INFIX_FENCES = {"\\choose": ("(", ")"), "\\brace": ("\\{", "\\}"), "\\brack": ("[", "]")}
_SIZES = {"big": 1.3, "Big": 1.8, "bigg": 2.3, "Bigg": 2.8}


class _Layout:
    """Builds the box of each node, with one method for each kind; `size` is the scale that it is written in."""

    def __init__(self, make: Constructs):
        self.make = make
        self.style = make.style

    # --- rows -----------------------------------------------------------------------------------------------

    def node(self, node: Node | None, size: float) -> Box:
        if node is None:
            return EMPTY
        return _METHODS[node.kind](self, node, size)

    def row(self, items: Sequence[Node], size: float) -> Box:
        if any(item.kind == "symbol" and CLASSES.get(item.name) == "ROWBREAK" for item in items):
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
        if item.kind == "symbol":
            return self.make.fence(item.name, up, down, size)
        base, sub, sup = item.children
        return self.beside_base(self.make.fence(base.name, up, down, size), sub, sup, size)

    def beside(self, items: Sequence[Node], boxes: Sequence[Box], size: float) -> Box:
        """Boxes in a row, spaced by their spacing classes."""
        parts: list[PlacedBox] = []
        x = 0.0
        before: str | None = None
        for item, box in zip(items, boxes, strict=True):
            spacing = _spacing(item)
            if spacing == "space":
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
            if item.kind == "symbol" and CLASSES.get(item.name) == "ROWBREAK":
                rows.append([])
            else:
                rows[-1].append(item)
        return self.make.table([[self.row(row, size)] for row in rows], size, centred=False)

    # --- one method a kind ----------------------------------------------------------------------------------

    def symbol(self, node: Node, size: float) -> Box:
        if CLASSES.get(node.name) in ("SPACE", "STYLE", "HLINE"):
            return EMPTY
        return self.make.glyph(node.name, size)

    def group(self, node: Node, size: float) -> Box:
        return self.row(node.children, size)

    def primes(self, node: Node, size: float) -> Box:
        (raised,) = node.children
        symbols = [Node("symbol", "\\prime")] * len(node.name)
        return self.row((*symbols, *([raised] if raised is not None else [])), size)

    def scripts(self, node: Node, size: float) -> Box:
        base, sub, sup = node.children
        box = self.node(base, size)
        name = base.name if base is not None else ""
        if node.name == "\\limits" or (
            not node.name and name in _STACKED and (self.style.stacked_limits or CLASSES[name] != "LARGEOP")
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

    def command(self, node: Node, size: float) -> Box:
        method = _COMMANDS.get(CLASSES.get(node.name, ""))
        if method is None:
            raise LayoutError(f"no layout for {node.name}")
        return method(self, node, size)

    def fraction(self, node: Node, size: float) -> Box:
        _, above, below = node.children
        smaller = size if node.name == "\\dfrac" else max(self.style.smallest, size * self.inner(size))
        if node.name.endswith("binom"):
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

    def radical(self, node: Node, size: float) -> Box:
        index, radicand = node.children
        root, hook = self.make.root(self.node(radicand, size), size)
        if index is None or not index.children:
            return root
        smaller = self.make.script_size(self.make.script_size(size))
        return self.make.indexed_root(root, self.node(index, smaller), hook, size)

    def stack(self, node: Node, size: float) -> Box:
        _, label, base = node.children
        above = node.name != "\\underset"
        return self.stacked(self.node(base, size), None if above else label, label if above else None, size)

    def accent(self, node: Node, size: float) -> Box:
        inner = self.node(node.children[1], size)
        name = node.name
        if name in _ABOVE:
            return self.make.marked(name, inner, size, above=True, wide=name not in _FIXED_ACCENTS)
        if name in _BELOW:
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

    def modulo(self, node: Node, size: float) -> Box:
        word = [Node("symbol", letter) for letter in "mod"] if node.name == "\\pmod" else []
        word_box = self.row([*word, Node("symbol", "\\;"), node.children[1]], size)
        return self.make.between(("(", ")"), [word_box], size)

    def font(self, node: Node, size: float) -> Box:
        return self.node(node.children[1], size)

    def named(self, node: Node, size: float) -> Box:
        inner = self.node(node.children[1], size)
        if node.name in ("\\overbrace", "\\overbracket"):
            return self.make.marked(node.name, inner, size, above=True, wide=True)
        if node.name in ("\\underbrace", "\\underbracket"):
            return self.make.marked(node.name, inner, size, above=False, wide=True)
        return inner

    def text(self, node: Node, size: float) -> Box:
        argument = node.children[-1]
        inner = self.node(argument, size)
        return self.make.boxed(inner, size) if node.name == "\\fbox" else inner

    def raw(self, node: Node, size: float) -> Box:
        if node.name.startswith(("\\hspace", "\\vspace", "\\label", "\\color", "\\pagecolor", "\\cline")):
            return EMPTY
        raise LayoutError(f"no layout for {node.name}")

    def coloured(self, node: Node, size: float) -> Box:
        return self.node(node.children[2], size)

    def arrow(self, node: Node, size: float) -> Box:
        below, above = node.children
        boxes = self.in_script_size(below, above, size)
        width = max(boxes[0].width, boxes[1].width, 0.6 * size) + 0.3 * size
        glyph = self.make.choose(node.name)
        height = (glyph.bottom - glyph.top) * size
        base = self.make.stretched(node.name, width, -AXIS * size - height / 2, -AXIS * size + height / 2)
        return self.stacked(base, below, above, size)

    def sized(self, node: Node, size: float) -> Box:
        (delimiter,) = node.children
        height = _SIZES[node.name[1:].rstrip("lrm")] * size
        return self.make.fence(delimiter.name, height / 2 + AXIS * size, height / 2 - AXIS * size, size)

    def fenced(self, node: Node, size: float) -> Box:
        fences = [part.name for part in node.children if part.kind == "symbol"]
        inside = [self.node(part, size) for part in node.children if part.kind != "symbol"]
        return self.make.between(fences, inside, size)

    def infix(self, node: Node, size: float) -> Box:
        above, below = node.children
        smaller = size * self.inner(size)
        fences = _INFIX_FENCES.get(node.name)
        if fences:
            return self.stack_fenced(above, below, fences, smaller, size)
        boxes = self.node(above, smaller), self.node(below, smaller)
        return self.make.fraction(*boxes, size, bar=node.name == "\\over")

    def environment(self, node: Node, size: float) -> Box:
        smaller = size if size < 0.95 else 0.95 * size
        lines = [line.children[1:] for line in node.children[1:]]
        cells = [[self.node(cell, smaller) for cell in line] for line in lines]
        name = node.name.rstrip("*")
        aligned = name.startswith(("align", "split", "eqnarray", "cases", "dcases"))
        inside = self.make.table(cells, smaller, centred=not aligned)
        fences = _FENCED_ENVIRONMENTS.get(name)
        return self.make.between(fences, [inside], size) if fences else inside

    def unsupported(self, node: Node, size: float) -> Box:
        raise LayoutError(f"no layout for {node.name or node.kind}")


_METHODS: dict[str, Callable[[_Layout, Node, float], Box]] = {
    "command": _Layout.command,
    "environment": _Layout.environment,
    "fenced": _Layout.fenced,
    "group": _Layout.group,
    "infix": _Layout.infix,
    "line": _Layout.unsupported,
    "math": _Layout.group,
    "primes": _Layout.primes,
    "row": _Layout.group,
    "scripts": _Layout.scripts,
    "sized": _Layout.sized,
    "symbol": _Layout.symbol,
    "text": _Layout.group,
}
_COMMANDS: dict[str, Callable[[_Layout, Node, float], Box]] = {
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
    if item.kind == "scripts" and item.children[0] is not None:
        return _spacing(item.children[0])
    if item.kind == "symbol":
        if CLASSES.get(item.name) == "SPACE":
            return "space"
        return SPACING_CLASSES.get(item.name, "ord")
    return "op" if item.kind == "command" and CLASSES.get(item.name) == "OPERATORNAME" else "ord"


def _fence_token(item: Node) -> str:
    base = item.children[0] if item.kind == "scripts" else item
    return base.name if base is not None and base.kind == "symbol" else ""


def _pairs(items: Sequence[Node]) -> list[tuple[int, int]]:
    """Indices of matching delimiters, inner pairs first."""
    tokens = [_fence_token(item) for item in items]
    pairs: list[tuple[int, int]] = []
    waiting: list[int] = []
    for index, token in enumerate(tokens):
        if token in _CLOSING:
            waiting.append(index)
        elif token in _OPENING:
            # Half-open intervals pair a bracket with a parenthesis.
            if waiting and tokens[waiting[-1]] in _CLOSING:
                pairs.append((waiting.pop(), index))
        elif token in _BARS:
            if waiting and tokens[waiting[-1]] == token:
                pairs.append((waiting.pop(), index))
            elif token in tokens[index + 1 :]:
                waiting.append(index)
    return pairs
