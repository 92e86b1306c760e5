"""Boxes of the constructs of a formula (fractions, scripts, roots, fences, tables) from the boxes of their parts.

Lengths are in em, x runs to the right and y downwards from a baseline at y = 0; `size` is the scale that a construct
is written in.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from hmer_suite.handwriting.boxes import (
    AXIS,
    Box,
    GlyphChooser,
    PlacedBox,
    PlacedGlyph,
    WritingStyle,
    around,
    shifted,
)


class Constructs:
    """Builds boxes with one writer's glyphs and style; `rng` decides how far lengths deviate from the style."""

    def __init__(self, choose: GlyphChooser, style: WritingStyle, rng: random.Random):
        self.choose = choose
        self.style = style
        self.rng = rng

    def loose(self, length: float) -> float:
        """A length with the writer's random deviation, never less than a third of what was meant."""
        if not self.style.looseness:
            return length
        return length * max(0.33, 1.0 + self.style.looseness * self.rng.gauss(0.0, 1.0))

    def script_size(self, size: float) -> float:
        """Scale of the scripts of what is written at `size`."""
        script = self.style.script if size > 0.95 else 0.5 + 0.5 * self.style.script
        return max(self.style.smallest, size * script)

    # --- single glyphs --------------------------------------------------------------------------------------

    def glyph(self, token: str, size: float) -> Box:
        """The box of a token's glyph."""
        glyph = self.choose(token)
        placed = PlacedGlyph(glyph, -glyph.left * size, 0.0, size, size)
        width = (glyph.right - glyph.left) * size
        return Box(width, -glyph.top * size, glyph.bottom * size, [(0.0, 0.0, placed)])

    def stretched(self, token: str, width: float, top: float, bottom: float) -> Box:
        """A glyph made to fill the given width and the height from `top` down to `bottom`."""
        glyph = self.choose(token)
        wide, high = glyph.right - glyph.left, glyph.bottom - glyph.top
        # A bar has no height and a stroke no width to stretch: their own scale stays near one.
        sx = width / wide if wide > 0.15 else 1.0
        sy = (bottom - top) / high if high > 0.15 else 1.0
        if top == bottom:
            sy = min(1.0, 0.12 / max(high, 1e-6))
        y = (top + bottom) / 2 - sy * (glyph.top + glyph.bottom) / 2
        x = width / 2 - sx * (glyph.left + glyph.right) / 2
        return Box(width, -top, bottom, [(0.0, 0.0, PlacedGlyph(glyph, x, y, sx, sy))])

    def fence(self, token: str, up: float, down: float, size: float) -> Box:
        """A delimiter around ink that reaches `up` and `down`; a full stop is an invisible one."""
        if token == ".":
            return EMPTY
        plain = self.glyph(token, size)
        if not self.style.growing_fences or up + down <= 1.15 * (plain.up + plain.down):
            return plain
        margin = self.loose(0.06 * size)
        height = up + down + 2 * margin
        width = plain.width * min(1.8, (height / (plain.up + plain.down)) ** 0.5)
        return self.stretched(token, max(width, 0.02), -up - margin, down + margin)

    # --- scripts --------------------------------------------------------------------------------------------

    def limits(self, base: Box, below: Box, above: Box, size: float) -> Box:
        """Scripts centred below and above a base."""
        width = max(base.width, below.width, above.width)
        parts: list[PlacedBox] = [((width - base.width) / 2, 0.0, base)]
        if above.parts:
            y = -base.up - self.loose(0.12 * size) - above.down
            parts.append(((width - above.width) / 2, y, above))
        if below.parts:
            y = base.down + self.loose(0.12 * size) + below.up
            parts.append(((width - below.width) / 2, y, below))
        return around(parts)

    def scripts(self, base: Box, below: Box, above: Box, size: float) -> Box:
        """Scripts at the right of a base."""
        if not base.parts:
            base = Box(0.0, 0.6 * size, 0.0, [])
        style = self.style
        parts: list[PlacedBox] = [(0.0, 0.0, base)]
        gap = self.loose(0.5 * style.gap) * size
        raised = max(base.up - self.loose(style.raised) * size, 0.42 * size)
        # What hangs below the script's baseline (a fraction, say) must not reach down into the base's line.
        raised = max(raised, above.down + 0.3 * size)
        lowered = max(
            base.down + 0.05 * size if base.down > 0.5 * size else 0.0, self.loose(style.lowered) * size
        )
        lowered = max(lowered, below.up - 0.3 * size)
        if above.parts:
            parts.append((base.width + gap, -raised, above))
        if below.parts:
            if above.parts:
                lowered = max(lowered, below.up - raised + above.down + 0.08 * size)
            parts.append((base.width + gap, lowered, below))
        return around(parts)

    # --- fractions, roots and tables ------------------------------------------------------------------------

    def fraction(self, above: Box, below: Box, size: float, *, bar: bool) -> Box:
        """One box over another, about the axis, with or without a bar."""
        overhang = self.loose(self.style.overhang) * size
        width = max(above.width, below.width, 0.3 * size) + 2 * overhang
        axis = -AXIS * size
        parts: list[PlacedBox] = []
        top = axis - self.loose(self.style.fraction_gap) * size - above.down
        bottom = axis + self.loose(self.style.fraction_gap) * size + below.up
        parts.append((self._centred(width, above.width, overhang), top, above))
        if bar:
            parts.append((0.0, 0.0, self.stretched("\\frac", width, axis, axis)))
        parts.append((self._centred(width, below.width, overhang), bottom, below))
        return around(parts)

    def _centred(self, width: float, inner: float, overhang: float) -> float:
        """Start of a box that a writer centres by eye."""
        shift = self.rng.uniform(-0.6, 0.6) * overhang if self.style.looseness else 0.0
        return (width - inner) / 2 + shift

    def root(self, radicand: Box, size: float) -> tuple[Box, float]:
        """A square root, and the width of its hook, above which an index may be written."""
        glyph = self.choose("\\sqrt")
        top = -max(radicand.up, 0.6 * size) - self.loose(0.17) * size
        bottom = max(radicand.down, 0.0) + self.loose(0.04) * size
        sy = (bottom - top) / (glyph.bottom - glyph.top)
        # A tall radical's hook is not as wide as it is high.
        sx = min(sy, (0.5 + 0.5 * sy / size) * size)
        hook = (glyph.hook - glyph.left) * sx
        start = hook + self.loose(0.1) * size
        width = start + radicand.width + self.loose(0.08) * size
        bar = (width - hook) / max(glyph.right - glyph.hook, 0.05)
        sign = PlacedGlyph(glyph, -glyph.left * sx, bottom - sy * glyph.bottom, sx, sy, bar)
        return around(
            [(0.0, 0.0, Box(width, -top, bottom, [(0.0, 0.0, sign)])), (start, 0.0, radicand)]
        ), hook

    def indexed_root(self, root: Box, index: Box, hook: float, size: float) -> Box:
        """A root with its index above the hook, at the left."""
        overlap = min(0.75 * hook, index.width)
        height = root.up + root.down
        y = root.down - max(0.55 * height, 0.5 * size) - index.down
        return around(
            [(max(index.width - overlap, 0.0), 0.0, root), (max(overlap - index.width, 0.0), y, index)]
        )

    def table(self, cells: Sequence[Sequence[Box]], size: float, *, centred: bool = True) -> Box:
        """Boxes in rows and columns, their middle on the axis."""
        count = max(map(len, cells))
        widths = [max((row[i].width for row in cells if i < len(row)), default=0.0) for i in range(count)]
        parts: list[PlacedBox] = []
        y = 0.0
        for number, row in enumerate(cells):
            if number:
                y += max(max(box.up for box in row), 0.4 * size) + self.loose(0.35 * size)
            x = 0.0
            for box, width in zip(row, widths, strict=False):
                parts.append((x + (width - box.width) / 2 * centred, y, box))
                x += width + self.loose(0.6 * size)
            y += max(max(box.down for box in row), 0.0)
        whole = around(parts)
        return shifted(whole, (whole.up - whole.down) / 2 - AXIS * size)

    # --- marks and frames -----------------------------------------------------------------------------------

    def between(self, fences: Sequence[str], inside: Sequence[Box], size: float) -> Box:
        """Boxes between delimiters that grow with them: one more delimiter than boxes."""
        up, down = max(box.up for box in inside), max(box.down for box in inside)
        up, down = max(up, 0.7 * size), max(down, 0.0)
        parts: list[PlacedBox] = []
        x = 0.0
        for number, token in enumerate(fences):
            fence = self.fence(token, up, down, size)
            parts.append((x, 0.0, fence))
            x += fence.width + self.loose(0.6 * self.style.gap) * size
            if number < len(inside):
                parts.append((x, 0.0, inside[number]))
                x += inside[number].width + self.loose(0.6 * self.style.gap) * size
        return around(parts)

    def marked(self, token: str, inner: Box, size: float, *, above: bool, wide: bool) -> Box:
        """A box with a mark above or below it, which is stretched to the box's width if it is `wide`."""
        gap = self.loose(0.1) * size
        if wide:
            plain = self.choose(token)
            width = max(inner.width, 0.3 * size)
            height = min(plain.bottom - plain.top, 0.3) * size
            mark = self.stretched(token, width, -height, 0.0)
        else:
            mark = self.glyph(token, size)
        y = -inner.up - gap - mark.down if above else max(inner.down, 0.0) + gap + mark.up
        width = max(inner.width, mark.width)
        return around([((width - inner.width) / 2, 0.0, inner), ((width - mark.width) / 2, y, mark)])

    def boxed(self, inner: Box, size: float) -> Box:
        """A box in a frame."""
        gap = self.loose(0.15) * size
        top, bottom, width = -inner.up - gap, inner.down + gap, inner.width + 2 * gap
        return around([(0.0, 0.0, self.stretched("\\square", width, top, bottom)), (gap, 0.0, inner)])

    def struck(self, lines: Sequence[str], inner: Box) -> Box:
        """A box struck out by glyphs that are stretched over it."""
        strokes = [self.stretched(token, inner.width, -inner.up, inner.down) for token in lines]
        return around([(0.0, 0.0, box) for box in (inner, *strokes)])


EMPTY = Box(0.0, 0.0, 0.0, [])
"""The box of what leaves no ink."""
