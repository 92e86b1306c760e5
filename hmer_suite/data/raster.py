"""From pen traces to images.

Traces are arrays (n, 2) of x and y in any unit, y down. Images are (H, W) uint8, 0 paper and 255 ink.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hmer_suite.recogniser import Preprocessing

if TYPE_CHECKING:
    import numpy as np

MAX_PIXELS = 160_000


@dataclass(frozen=True, slots=True)
class Drawing:
    """How ink is drawn.

    `symbol_height`: pixels that a typical full-size symbol is high. `stroke`: width of the pen as a part of
    that. `padding`: pixels of paper on each side. `max_pixels`: larger images are shrunk, their aspect kept.
    `canvas`: where given, ink is scaled to fit a square of so many pixels a side instead, by
    ``scale = (canvas - 2 * padding) / max(width, height)``.
    """

    symbol_height: float = 32
    stroke: float = 0.08
    padding: int = 4
    max_pixels: int = MAX_PIXELS
    canvas: int | None = None

    @classmethod
    def of(cls, preprocessing: Preprocessing) -> Drawing:
        """The drawing that a recogniser's preprocessing asks for."""
        return cls(
            symbol_height=preprocessing.symbol_height,
            padding=preprocessing.padding,
            max_pixels=preprocessing.max_pixels,
        )


def draw(traces: Sequence[np.ndarray], drawing: Drawing | None = None) -> np.ndarray:
    """An anti-aliased image (H, W) of the traces, uint8, 0 paper to 255 ink; a trace of one point is a dot."""
    import cv2
    import numpy as np

    drawing = drawing or Drawing()
    low, high = _bounds(traces)
    scale = _scale(traces, high - low, drawing)
    pen = max(1.0, drawing.stroke * _symbol_pixels(traces, scale, drawing))
    margin = drawing.padding + pen / 2
    width, height = (int(np.ceil(extent * scale + 2 * margin)) for extent in high - low)
    # Twice the size with a pen of whole pixels, then averaged: thickness in steps of half a pixel.
    image = np.zeros((2 * height, 2 * width), np.uint8)
    for trace in traces:
        points = ((trace - low) * scale + margin) * (2 * _UNIT) - _UNIT / 2
        curve = np.round(points).astype(np.int32).reshape(-1, 1, 2)
        cv2.polylines(image, [curve], False, 255, max(1, round(2 * pen)), cv2.LINE_AA, _SHIFT)
    return cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)


_SHIFT = 4
_UNIT = 1 << _SHIFT
"""Parts of a pixel that OpenCV reckons with."""


def _bounds(traces: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    import numpy as np

    points = np.concatenate(traces).astype(np.float64)
    return points.min(axis=0), points.max(axis=0)


def _symbol_pixels(traces: Sequence[np.ndarray], scale: float, drawing: Drawing) -> float:
    return symbol_height(traces) * scale if drawing.canvas else drawing.symbol_height


def _scale(traces: Sequence[np.ndarray], extent: np.ndarray, drawing: Drawing) -> float:
    """Pixels a unit of ink."""
    largest = float(extent.max()) or 1.0
    if drawing.canvas:
        return (drawing.canvas - 2 * drawing.padding) / largest
    scale = drawing.symbol_height / symbol_height(traces)
    room = 2 * drawing.padding + drawing.stroke * drawing.symbol_height
    area = (extent[0] * scale + room) * (extent[1] * scale + room)
    while area > drawing.max_pixels:
        scale *= 0.99 * (drawing.max_pixels / area) ** 0.5
        area = (extent[0] * scale + room) * (extent[1] * scale + room)
    return scale


def symbol_height(traces: Sequence[np.ndarray]) -> float:
    """Height of a typical full-size symbol, in units of the ink, from the traces alone."""
    import numpy as np

    boxes = np.array([(*trace.min(axis=0), *trace.max(axis=0)) for trace in traces], dtype=np.float64)
    return symbol_height_of_boxes(boxes)


def symbol_height_of_boxes(boxes: np.ndarray) -> float:
    """The same from boxes (n, 4) of pen strokes or connected components: left, top, right, bottom."""
    import numpy as np

    widths, heights = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    sizes = np.maximum(heights, np.minimum(widths, 1.5 * heights.max()))
    sizes = sizes[sizes > 0.25 * sizes.max()]
    return float(np.median(sizes)) if len(sizes) and sizes.max() > 0 else 1.0
