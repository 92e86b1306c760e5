"""Images drawn from pen traces.

Traces are arrays (n, 2) of x and y in any unit, y down. Images are (H, W) uint8, 0 paper and 255 ink.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hmer_suite.ink.symbol_height import symbol_height
from hmer_suite.specs.recogniser import Preprocessing


@dataclass(frozen=True, slots=True)
class Drawing:
    """Parameters of drawing ink.

    `symbol_height`: height in pixels of a typical full-size symbol. `stroke`: width of the pen relative to that, at
    least one pixel. `padding`: pixels of paper on each side. `max_pixels`: larger images are reduced, with the same
    aspect. `canvas`: if given, the ink is fitted into a square with a side of that many pixels, whatever the size of
    its symbols, by ``scale = (canvas - 2 * padding) / max(width, height)``.
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

    The image is as large as the padded ink, in canvas mode too. `symbol` is the height of a full-size symbol in units
    of the ink, by default estimated from the traces.
    """
    import cv2  # not for commands that only list data sources

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
        # OpenCV draws almost nothing for a line without length.
        if len(curve) < 3 and np.abs(curve[0] - curve[-1]).max() < _PARTS:
            radius = round((pen * factor / 2 - 0.3) * _PARTS)
            cv2.circle(large, tuple(map(int, curve[0])), max(1, radius), 255, -1, cv2.LINE_AA, _SHIFT)
    return cv2.resize(large, (width, height), interpolation=cv2.INTER_AREA)


def in_pixels(
    traces: Sequence[np.ndarray], drawing: Drawing, symbol: float | None = None
) -> tuple[tuple[np.ndarray, ...], float]:
    """The traces in pixels of the image that `draw` makes, and the height of a full-size symbol in pixels."""
    points = np.concatenate(traces).astype(np.float64)
    low = points.min(axis=0)
    symbol = symbol or symbol_height(traces)
    scale, pen = _scale(symbol, points.max(axis=0) - low, drawing)
    margin = _margin(pen, drawing)
    return tuple(((trace - low) * scale + margin).astype(np.float32) for trace in traces), symbol * scale


_SHIFT = 4
_PARTS = 1 << _SHIFT
"""Fraction of a pixel in which OpenCV takes coordinates."""


def _enlargement(pen: float) -> tuple[int, float]:
    """OpenCV's thickness, and the enlargement at which it is as wide as the pen.

    OpenCV draws anti-aliased lines only in widths of about 1.3, 3.3, 5.3 ... pixels.
    """
    step = max(0, math.ceil((_LEAST * pen - 1.3) / 2))
    return max(1, 2 * step), (2 * step + 1.3) / pen


_LEAST = 1.6
"""Least enlargement, before averaging, at which lines become smooth."""


def _curves(points: np.ndarray, lengths: np.ndarray) -> list[np.ndarray]:
    """Points (n, 2) divided into traces, without those in the same pixel as the one before."""
    ends = np.cumsum(lengths)
    path = np.concatenate(([0], np.abs(np.diff(points, axis=0)).sum(axis=1).cumsum() // _PARTS))
    keep = np.concatenate(([True], path[1:] != path[:-1]))
    keep[ends - 1] = keep[ends[:-1]] = True
    stops = keep.cumsum()[ends - 1]
    kept = points[keep]
    return [kept[start:stop] for start, stop in zip((0, *stops[:-1]), stops, strict=True)]


def _scale(symbol: float, extent: np.ndarray, drawing: Drawing) -> tuple[float, float]:
    """Scale in pixels per unit of ink, and width of the pen in pixels."""
    if drawing.canvas is not None:
        scale = (drawing.canvas - 2 * drawing.padding) / (float(extent.max()) or 1.0)
    else:
        scale = drawing.symbol_height / symbol
    while True:
        pen = max(1.0, drawing.stroke * symbol * scale)
        width, height = _size(extent * scale, _margin(pen, drawing))
        # The smallest images are mostly padding, which does not shrink.
        if width * height <= drawing.max_pixels or float(extent.max()) * scale < 1:
            return scale, pen
        scale *= 0.995 * (drawing.max_pixels / (width * height)) ** 0.5


def _margin(pen: float, drawing: Drawing) -> float:
    """Distance in pixels from the edge of the image to the middle of the pen."""
    return drawing.padding + (pen / 2 if drawing.canvas is None else 0)


def _size(extent: np.ndarray, margin: float) -> tuple[int, int]:
    """Width and height of the image of ink with an extent in pixels."""
    width, height = np.ceil(np.round(extent + 2 * margin, 6)).astype(int)
    return max(1, int(width)), max(1, int(height))
