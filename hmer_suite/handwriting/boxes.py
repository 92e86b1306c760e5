"""Boxes of placed glyphs, and what a writer's style sets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from hmer_suite.errors import InputError


class LayoutError(InputError):
    """A construct that has no layout, or a token that has no glyph."""


@dataclass(frozen=True, slots=True, eq=False)
class Glyph:
    """A symbol's strokes, one after the other in `points` (n, 2), with the number of points of each in `lengths`.

    The box is that of the ink, relative to the baseline at y = 0. `hook` says where the bar of a radical begins:
    what lies right of it stretches with the radicand. `smooth` (m, n), if given, turns control points into the
    curve of m points that is drawn, and `curve` are its strokes' lengths.
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
class Placed:
    """A glyph on the page: point p of it comes to (x + width * p.x, y + height * p.y).

    What lies right of a radical's hook is scaled by `bar` instead, from the hook on.
    """

    glyph: Glyph
    x: float
    y: float
    width: float
    height: float
    bar: float = 0.0


@dataclass(frozen=True, slots=True)
class Style:
    """How a writer places symbols; lengths in em, `looseness` the relative standard deviation of each of them."""

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


Choose = Callable[[str], Glyph]
"""Gives the glyph of a token; raises `LayoutError` where there is none."""


AXIS = 0.42
"""Height of fraction bars and of the middle of operators above the baseline."""


@dataclass(frozen=True, slots=True, eq=False)
class Box:
    """Ink placed relative to its own origin; it reaches `up` above and `down` below the baseline.

    `parts` are boxes or single glyphs, each placed relative to its (x, y).
    """

    width: float
    up: float
    down: float
    parts: Sequence[tuple[float, float, Box | Placed]]


Part = tuple[float, float, Box]
"""A box placed at (x, y)."""


def placed_glyphs(box: Box, x: float, y: float) -> Iterator[Placed]:
    """All glyphs of a box whose origin is placed at (x, y), in writing order."""
    for dx, dy, child in box.parts:
        if isinstance(child, Placed):
            yield Placed(
                child.glyph, child.x + x + dx, child.y + y + dy, child.width, child.height, child.bar
            )
        else:
            yield from placed_glyphs(child, x + dx, y + dy)


def around(parts: Sequence[Part]) -> Box:
    """The box around boxes placed at (x, y)."""
    width = max(x + box.width for x, _, box in parts)
    up = max(box.up - y for _, y, box in parts)
    down = max(box.down + y for _, y, box in parts)
    return Box(width, up, down, parts)


def shifted(box: Box, y: float) -> Box:
    """The box moved down by `y`."""
    return Box(box.width, box.up - y, box.down + y, [(0.0, y, box)])
