"""Placed glyphs, boxes of them, and a writer's style of placing them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from hmer_suite.errors import InputError


class LayoutError(InputError):
    """A construct that has no layout, or a token that has no glyph."""


@dataclass(frozen=True, slots=True, eq=False)
class Glyph:
    """A symbol's strokes, concatenated in `points` (n, 2), with the number of points of each in `lengths`.

    The box is that of the ink, relative to the baseline at y = 0. `hook` is the x at which the bar of a radical
    begins; everything right of it stretches with the radicand. `smooth` (m, n), if given, turns control points into
    the m points of the curve that is drawn, and `curve` has the number of these in each stroke.
    """

    token: str
    points: np.ndarray
    lengths: tuple[int, ...]
    left: float
    top: float
    right: float
    bottom: float
    hook: float = 0.0
    smooth: np.ndarray | None = None
    curve: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class PlacedGlyph:
    """A glyph on the page: its point p is drawn at (x + width * p.x, y + height * p.y).

    Right of a radical's hook, `bar` is the horizontal scale instead of `width`.
    """

    glyph: Glyph
    x: float
    y: float
    width: float
    height: float
    bar: float = 0.0


@dataclass(frozen=True, slots=True)
class WritingStyle:
    """A writer's way of placing symbols: lengths in em, and `looseness`, the relative standard deviation of each."""

    script: float = 0.68
    smallest: float = 0.4
    raised: float = 0.3
    lowered: float = 0.24
    gap: float = 0.14
    operator_gap: float = 0.2
    relation_gap: float = 0.28
    fraction_gap: float = 0.16
    overhang: float = 0.1
    looseness: float = 0.0
    stacked_limits: bool = True
    growing_fences: bool = True


GlyphChooser = Callable[[str], Glyph]
"""Returns the glyph for a token; raises `LayoutError` if there is none."""


AXIS = 0.42
"""Height above the baseline of fraction bars and of the centre of operators."""


@dataclass(frozen=True, slots=True, eq=False)
class Box:
    """Ink placed relative to its own origin; it reaches `up` above and `down` below the baseline.

    `parts` are boxes or single glyphs, each placed relative to its (x, y).
    """

    width: float
    up: float
    down: float
    parts: Sequence[tuple[float, float, Box | PlacedGlyph]]


PlacedBox = tuple[float, float, Box]
"""A box placed at (x, y)."""


def placed_glyphs(box: Box, x: float, y: float) -> Iterator[PlacedGlyph]:
    """All glyphs of a box whose origin is placed at (x, y), in writing order."""
    for dx, dy, child in box.parts:
        if isinstance(child, PlacedGlyph):
            yield PlacedGlyph(
                child.glyph, child.x + x + dx, child.y + y + dy, child.width, child.height, child.bar
            )
        else:
            yield from placed_glyphs(child, x + dx, y + dy)


def around(parts: Sequence[PlacedBox]) -> Box:
    """The box around boxes placed at (x, y)."""
    width = max(x + box.width for x, _, box in parts)
    up = max(box.up - y for _, y, box in parts)
    down = max(box.down + y for _, y, box in parts)
    return Box(width, up, down, parts)


def shifted(box: Box, y: float) -> Box:
    """The box moved down by `y`."""
    return Box(box.width, box.up - y, box.down + y, [(0.0, y, box)])
