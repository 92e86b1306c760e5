"""From pen traces to images.

Traces are arrays (n, 2) of x and y in any unit, y down. Boxes are arrays (n, 4) of left, top, right, bottom.
Images are (H, W) uint8, 0 paper and 255 ink.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hmer_suite.specs.recogniser import Preprocessing

if TYPE_CHECKING:
    import numpy as np
from hmer_suite.ink.symbol_height import symbol_height


@dataclass(frozen=True, slots=True)
class Drawing:
    """How ink is drawn.

    `symbol_height`: pixels that a typical full-size symbol is high. `stroke`: width of the pen as a part of that,
    never under a pixel. `padding`: pixels of paper on each side. `max_pixels`: larger images are shrunk, their
    aspect kept. `canvas`: where given, symbols do not set the size; ink is made to fit a square of so many
    pixels a side, by ``scale = (canvas - 2 * padding) / max(width, height)``.
    """

    symbol_height: float = 32
    stroke: float = 0.09
    padding: int = 4
    max_pixels: int = 160_000
    canvas: int | None = None

    @classmethod
    def of(cls, preprocessing: Preprocessing) -> Drawing:
        """The drawing that a recogniser's preprocessing asks for."""
        return cls(
            symbol_height=preprocessing.symbol_height,
            padding=preprocessing.padding,
            max_pixels=preprocessing.max_pixels,
        )


def draw(
    traces: Sequence[np.ndarray], drawing: Drawing | None = None, symbol: float | None = None
) -> np.ndarray:
    """An anti-aliased image (H, W) of one or more traces; a trace of a single point is a dot.

    The image is as large as the ink with its padding, in canvas mode too. `symbol` is the height of a full-size
    symbol in units of the ink, where it is known from more than these traces.
    """
    import cv2
    import numpy as np

    drawing = drawing or Drawing()
    points = np.concatenate(traces).astype(np.float64)
    low = points.min(axis=0)
    extent = points.max(axis=0) - low
    scale, pen = _scale(symbol or symbol_height(traces), extent, drawing)
    margin = _margin(pen, drawing)
    width, height = _size(extent * scale, margin)
    thickness, factor = _enlargement(pen)
    large = np.zeros((round(height * factor), round(width * factor)), np.uint8)
    stretch = np.array(large.shape[::-1]) / (width, height)
    places = ((points - low) * scale + margin) * stretch * _PARTS - _PARTS / 2
    curves = _curves(np.round(places).astype(np.int32), np.array([len(trace) for trace in traces]))
    cv2.polylines(large, curves, False, 255, thickness, cv2.LINE_AA, _SHIFT)
    for curve in curves:
        # OpenCV draws nothing, or next to nothing, for a line without length.
        if len(curve) < 3 and np.abs(curve[0] - curve[-1]).max() < _PARTS:
            radius = round((pen * factor / 2 - 0.3) * _PARTS)
            cv2.circle(large, tuple(map(int, curve[0])), max(1, radius), 255, -1, cv2.LINE_AA, _SHIFT)
    return cv2.resize(large, (width, height), interpolation=cv2.INTER_AREA)


def in_pixels(
    traces: Sequence[np.ndarray], drawing: Drawing, symbol: float | None = None
) -> tuple[tuple[np.ndarray, ...], float]:
    """The traces where `draw` draws them, in pixels from the image's corner, and pixels a full-size symbol is high."""
    import numpy as np

    points = np.concatenate(traces).astype(np.float64)
    low = points.min(axis=0)
    symbol = symbol or symbol_height(traces)
    scale, pen = _scale(symbol, points.max(axis=0) - low, drawing)
    margin = _margin(pen, drawing)
    return tuple(((trace - low) * scale + margin).astype(np.float32) for trace in traces), symbol * scale


_SHIFT = 4
_PARTS = 1 << _SHIFT
"""Parts of a pixel that OpenCV reckons with."""


def _enlargement(pen: float) -> tuple[int, float]:
    """OpenCV's number for a thickness, and how many times as large to draw so that it is as wide as the pen.

    OpenCV draws smooth lines in widths of about 1.3, 3.3, 5.3 ... pixels and none between.
    """
    step = max(0, math.ceil((_LEAST * pen - 1.3) / 2))
    return max(1, 2 * step), (2 * step + 1.3) / pen


_LEAST = 1.6
"""Drawn so many times as large or more, then averaged, lines are smooth."""


def _curves(points: np.ndarray, lengths: np.ndarray) -> list[np.ndarray]:
    """Points (n, 2) by trace, without those within a pixel of the one before, which show nothing."""
    import numpy as np

    ends = np.cumsum(lengths)
    path = np.concatenate(([0], np.abs(np.diff(points, axis=0)).sum(axis=1).cumsum() // _PARTS))
    keep = np.concatenate(([True], path[1:] != path[:-1]))
    keep[ends - 1] = keep[ends[:-1]] = True
    stops = keep.cumsum()[ends - 1]
    kept = points[keep]
    return [kept[start:stop] for start, stop in zip((0, *stops[:-1]), stops, strict=True)]


def _scale(symbol: float, extent: np.ndarray, drawing: Drawing) -> tuple[float, float]:
    """Pixels a unit of ink, and pixels that the pen is wide."""
    if drawing.canvas is not None:
        scale = (drawing.canvas - 2 * drawing.padding) / (float(extent.max()) or 1.0)
    else:
        scale = drawing.symbol_height / symbol
    while True:
        pen = max(1.0, drawing.stroke * symbol * scale)
        width, height = _size(extent * scale, _margin(pen, drawing))
        # What is left of the smallest images is padding, which no scale makes smaller.
        if width * height <= drawing.max_pixels or float(extent.max()) * scale < 1:
            return scale, pen
        scale *= 0.995 * (drawing.max_pixels / (width * height)) ** 0.5


def _margin(pen: float, drawing: Drawing) -> float:
    """Pixels from the edge of the image to the middle of the pen."""
    return drawing.padding + (pen / 2 if drawing.canvas is None else 0)


def _size(extent: np.ndarray, margin: float) -> tuple[int, int]:
    """Width and height of the image of ink of so many pixels."""
    import numpy as np

    width, height = np.ceil(np.round(extent + 2 * margin, 6)).astype(int)
    return max(1, int(width)), max(1, int(height))


# --- how large a symbol is ------------------------------------------------------------------------------------
