"""Boxes put beside, above, below and around each other, as loosely as a writer places them."""

from __future__ import annotations

import random
from collections.abc import Sequence

from hmer_suite.handwriting.boxes import AXIS, Box, Choose, Placed, Style, around, shifted

_FIXED_ACCENTS = frozenset(
    r"\hat \check \tilde \acute \grave \dot \ddot \dddot \ddddot \breve \mathring \d".split()
)


class Arranger:
    """Arranges the boxes of one formula in a writer's style; lengths are in em, `size` is the scale of a box."""

    def __init__(self, choose: Choose, style: Style, rng: random.Random):
        self.choose = choose
        self.style = style
        self.rng = rng

    def loose(self, length: float) -> float:
        """A length with this writer's random deviation, at least a third of the intended one."""
        if not self.style.looseness:
            return length
        return length * max(0.33, 1.0 + self.style.looseness * self.rng.gauss(0.0, 1.0))

    def smaller(self, size: float) -> float:
        script = self.style.script if size > 0.95 else 0.5 + 0.5 * self.style.script
        return max(self.style.smallest, size * script)

    def glyph(self, token: str, size: float) -> Box:
        glyph = self.choose(token)
        placed = Placed(glyph, -glyph.left * size, 0.0, size, size)
        width = (glyph.right - glyph.left) * size
        return Box(width, -glyph.top * size, glyph.bottom * size, [(0.0, 0.0, placed)])

    def stretched(self, token: str, width: float, top: float, bottom: float) -> Box:
        """A glyph made to fill the given width and the height from `top` down to `bottom` (y downwards)."""
        glyph = self.choose(token)
        wide, high = glyph.right - glyph.left, glyph.bottom - glyph.top
        # A bar has no height and a stroke no width to stretch: their own scale stays near one.
        sx = width / wide if wide > 0.15 else 1.0
        sy = (bottom - top) / high if high > 0.15 else 1.0
        if top == bottom:
            sy = min(1.0, 0.12 / max(high, 1e-6))
        y = (top + bottom) / 2 - sy * (glyph.top + glyph.bottom) / 2
        x = width / 2 - sx * (glyph.left + glyph.right) / 2
        return Box(width, -top, bottom, [(0.0, 0.0, Placed(glyph, x, y, sx, sy))])

    def fence(self, token: str, up: float, down: float, size: float) -> Box:
        """A delimiter around ink that reaches `up` and `down`; nothing for a full stop."""
        if token == ".":
            return Box(0.0, 0.0, 0.0, [])
        plain = self.glyph(token, size)
        if not self.style.growing_fences or up + down <= 1.15 * (plain.up + plain.down):
            return plain
        margin = self.loose(0.06 * size)
        height = up + down + 2 * margin
        width = plain.width * min(1.8, (height / (plain.up + plain.down)) ** 0.5)
        return self.stretched(token, max(width, 0.02), -up - margin, down + margin)

    def nothing(self, width: float = 0.0) -> Box:
        return Box(width, 0.0, 0.0, [])

    def gap(self, before: str, after: str) -> float:
        style = self.style
        if "rel" in (before, after):
            return self.loose(style.relation_gap)
        if before == "bin" or (after == "bin" and before not in ("open", "punct")):
            return self.loose(style.operator_gap)
        if before == "punct" or before == "op" or after == "op":
            return self.loose(style.gap + 0.09)
        if before == "open" or after == "close":
            return self.loose(0.8 * style.gap)
        return self.loose(style.gap)

    def table(self, cells: list[list[Box]], size: float, *, centred: bool = True) -> Box:
        """Boxes in rows and columns, their middle on the axis."""
        count = max(map(len, cells))
        widths = [max((row[i].width for row in cells if i < len(row)), default=0.0) for i in range(count)]
        parts: list[tuple[float, float, Box]] = []
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

    def limits(self, base: Box, below: Box, above: Box, size: float) -> Box:
        """A base with boxes centred below and above it; empty ones are left out."""
        width = max(base.width, below.width, above.width)
        parts = [((width - base.width) / 2, 0.0, base)]
        if above.parts:
            y = -base.up - self.loose(0.12 * size) - above.down
            parts.append(((width - above.width) / 2, y, above))
        if below.parts:
            y = base.down + self.loose(0.12 * size) + below.up
            parts.append(((width - below.width) / 2, y, below))
        return around(parts)

    def attach(self, base: Box, below: Box, above: Box, size: float) -> Box:
        """A base with a subscript and a superscript at its right; empty ones are left out."""
        if not base.parts:
            base = Box(0.0, 0.6 * size, 0.0, [])
        style = self.style
        parts = [(0.0, 0.0, base)]
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

    def inner(self, size: float) -> float:
        """Scale of numerators: in handwriting hardly smaller than the line."""
        return 0.92 if size > 0.95 else 0.97

    def over(self, above: Box, below: Box, size: float, *, bar: bool) -> Box:
        overhang = self.loose(self.style.overhang) * size
        width = max(above.width, below.width, 0.3 * size) + 2 * overhang
        axis = -AXIS * size
        parts: list[tuple[float, float, Box]] = []
        top = axis - self.loose(self.style.fraction_gap) * size - above.down
        bottom = axis + self.loose(self.style.fraction_gap) * size + below.up
        parts.append((self.middle(width, above.width, overhang), top, above))
        if bar:
            parts.append((0.0, 0.0, self.stretched("\\frac", width, axis, axis)))
        parts.append((self.middle(width, below.width, overhang), bottom, below))
        return around(parts)

    def middle(self, width: float, inner: float, overhang: float) -> float:
        """Left edge of a centred box, which a writer who does not measure misses a little."""
        shift = self.rng.uniform(-0.6, 0.6) * overhang if self.style.looseness else 0.0
        return (width - inner) / 2 + shift

    def between(self, fences: Sequence[str], inside: Sequence[Box], size: float) -> Box:
        """Boxes between delimiters that grow with them: one more delimiter than boxes."""
        up, down = max(box.up for box in inside), max(box.down for box in inside)
        up, down = max(up, 0.7 * size), max(down, 0.0)
        parts: list[tuple[float, float, Box]] = []
        x = 0.0
        for number, token in enumerate(fences):
            fence = self.fence(token, up, down, size)
            parts.append((x, 0.0, fence))
            x += fence.width + self.loose(0.6 * self.style.gap) * size
            if number < len(inside):
                parts.append((x, 0.0, inside[number]))
                x += inside[number].width + self.loose(0.6 * self.style.gap) * size
        return around(parts)

    def indexed(self, root: Box, index: Box, hook: float, size: float) -> Box:
        """A root with its index above the hook, at the left."""
        overlap = min(0.75 * hook, index.width)
        height = root.up + root.down
        y = root.down - max(0.55 * height, 0.5 * size) - index.down
        parts = [(max(index.width - overlap, 0.0), 0.0, root), (max(overlap - index.width, 0.0), y, index)]
        return around(parts)

    def capped(self, name: str, inner: Box, size: float, *, above: bool) -> Box:
        """A mark above or below, as wide as what it marks or as wide as it is."""
        gap = self.loose(0.1) * size
        if name in _FIXED_ACCENTS:
            mark = self.glyph(name, size)
        else:
            plain = self.choose(name)
            width = max(inner.width, 0.3 * size)
            height = min(plain.bottom - plain.top, 0.3) * size
            mark = self.stretched(name, width, -height, 0.0)
        y = -inner.up - gap - mark.down if above else max(inner.down, 0.0) + gap + mark.up
        width = max(inner.width, mark.width)
        return around([((width - inner.width) / 2, 0.0, inner), ((width - mark.width) / 2, y, mark)])

    def boxed(self, inner: Box, size: float) -> Box:
        gap = self.loose(0.15) * size
        top, bottom, width = -inner.up - gap, inner.down + gap, inner.width + 2 * gap
        return around([(0.0, 0.0, self.stretched("\\square", width, top, bottom)), (gap, 0.0, inner)])

    def struck(self, name: str, inner: Box) -> Box:
        tokens = {"\\cancel": ("/",), "\\bcancel": ("\\backslash",)}.get(name, ("/", "\\backslash"))
        lines = [self.stretched(token, inner.width, -inner.up, inner.down) for token in tokens]
        return around([(0.0, 0.0, box) for box in (inner, *lines)])
