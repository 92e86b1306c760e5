"""Tracing: pen strokes from a drawing of ink.

The drawing is enlarged and thinned to a skeleton. Where branches of the skeleton meet, those with the smallest turn are
taken for one stroke, so that the bar of a T is whole and an x is two strokes that cross. The pen's path cannot be
recovered everywhere: a line that was written twice is traced once, and a filled loop becomes a short stroke.

Within this package points are complex numbers, x to the right and y (imaginary) down, in pixels of the enlarged
drawing; depth is the distance from a pixel of ink to the nearest paper.
"""

from __future__ import annotations

import numpy as np

from hmer_suite.ink.tracing.joining import curves_of
from hmer_suite.ink.tracing.measures import InkMeasures, enlarged
from hmer_suite.ink.tracing.reading_order import in_reading_order
from hmer_suite.ink.tracing.settings import Tracing
from hmer_suite.ink.tracing.skeleton import branches_of, thin
from hmer_suite.ink.tracing.smoothing import trace_of

__all__ = ["Tracing", "trace"]


def trace(image: np.ndarray, tracing: Tracing | None = None) -> tuple[np.ndarray, ...]:
    """Traces (n, 2) of float32, in pixels from the image's corner, of the strokes in a drawing (H, W) of uint8.

    0 is paper and 255 ink, as in `hmer_suite.ink.raster`. Strokes are in reading order: from left to right, and from
    top to bottom where some are above each other. Their direction is the usual one of a pen: to the right or down,
    and for closed strokes from the top, anticlockwise. Equal images have equal traces; a blank one has none.
    """
    tracing = tracing or Tracing()
    large, mask = enlarged(image, tracing)
    if not mask.any():
        return ()
    lines = thin(mask)
    measures = InkMeasures.of(large, mask, lines)
    curves = curves_of(branches_of(lines), measures, tracing)
    return tuple(in_reading_order([trace_of(curve, measures.pen, tracing) for curve in curves]))
