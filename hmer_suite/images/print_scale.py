"""Symbol height of print: that at which the boxes of its connected components are most likely.

Boxes of print have typical sizes relative to the font: a small letter, a digit, a minus, a dot, each full size or in a
script. `print_boxes.npz`, written by `tools/weights/print_scale.py`, has the logarithm of their density over the
logarithms of width and height; a formula's boxes are taken as independent.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np

TABLE = Path(__file__).parent / "print_boxes.npz"

_LEAST, _STEP, _CELLS = float(np.log(0.05)), 0.06, 108
"""The table's first logarithm of a length in symbol heights, the distance of its cells, and their number."""

_TRIED = np.arange(-0.9, 0.905, 0.02)
"""Logarithms of the heights that are tried, relative to a first estimate."""

_SMOOTH = 1.5
"""Standard deviation in cells by which the density is smoothed."""

_UNSEEN = 1e-4
"""Density of boxes that were never seen, relative to a row of the table."""


@dataclass(frozen=True, slots=True, eq=False)
class BoxTable:
    """The logarithm of the density of boxes over the logarithms of width and of height, in symbol heights."""

    log_density: np.ndarray

    @classmethod
    def of(cls, pictures: Iterable[tuple[np.ndarray, float]]) -> BoxTable:
        """The table of boxes (n, 4), each with the height of the symbols of its picture."""
        counts = np.zeros((_CELLS, _CELLS))
        for boxes, height in pictures:
            np.add.at(counts, tuple(_cells(_log_sizes(boxes) - np.log(height))), len(boxes) ** -0.5)
        smooth = cv2.GaussianBlur(counts, (0, 0), _SMOOTH) + _UNSEEN * counts.sum() / _CELLS
        return cls(np.log(smooth / smooth.sum()))

    def symbol_height(self, boxes: np.ndarray, first: float) -> float:
        """The most likely height in pixels of full-size symbols, given boxes (n, 4) and a first estimate."""
        heights = np.log(first) + _TRIED
        cells = _cells(_log_sizes(boxes)[:, None, :] - heights[None, :, None])
        return float(np.exp(heights[self.log_density[tuple(cells)].sum(axis=0).argmax()]))


def _log_sizes(boxes: np.ndarray) -> np.ndarray:
    """Logarithms (n, 2) of widths and heights."""
    return np.log(np.maximum(boxes[:, 2:] - boxes[:, :2], 1).astype(np.float64))


def _cells(logs: np.ndarray) -> np.ndarray:
    """Rows and columns (2, ...) of the table for logarithms (..., 2)."""
    places = np.clip(np.rint((logs - _LEAST) / _STEP), 0, _CELLS - 1).astype(np.intp)
    return np.moveaxis(places, -1, 0)


@cache
def box_table() -> BoxTable:
    """The table that ships."""
    with np.load(TABLE) as stored:
        return BoxTable(stored["log_density"].astype(np.float64))
