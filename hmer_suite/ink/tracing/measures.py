"""Enlarged drawings, and the width of the pen and the amount of ink measured in them."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from hmer_suite.ink.tracing.settings import Tracing


def enlarged(image: np.ndarray, tracing: Tracing) -> tuple[np.ndarray, np.ndarray]:
    """The enlarged drawing with a rim of paper, and the mask of its ink."""
    rimmed = cv2.copyMakeBorder(image, RIM, RIM, RIM, RIM, cv2.BORDER_CONSTANT, value=0)
    large = cv2.resize(rimmed, None, fx=tracing.scale, fy=tracing.scale, interpolation=cv2.INTER_CUBIC)
    # Paper narrower than a pixel, in a loop or between two lines, is grey.
    filled = cv2.morphologyEx(large, cv2.MORPH_CLOSE, _GAP)
    return large, ((large >= tracing.level) & (filled - large < tracing.dip)).astype(np.uint8)


RIM = 1
"""Pixels of paper added around the drawing, so that ink at its edge has a depth."""


_GAP = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (7, 7))
"""Structuring element, in pixels of the enlarged drawing, that fills the narrow gaps between strokes."""


@dataclass(frozen=True, slots=True, eq=False)
class InkMeasures:
    """Width of the pen in pixels, and for each pixel (by its index) the depth and the amount of ink around it.

    An amount is 1 in the middle of a normal stroke, and more where two strokes overlap or run side by side.
    """

    pen: float
    depths: np.ndarray
    amounts: np.ndarray

    @classmethod
    def of(cls, large: np.ndarray, mask: np.ndarray, lines: np.ndarray) -> InkMeasures:
        """Measured from an enlarged drawing, its mask and its skeleton, none of them blank."""
        depths = cv2.distanceTransform(mask, cv2.DIST_L2, cv2.DIST_MASK_5)
        middle = lines > 0
        # The centre of the nearest pixel of paper is half a pixel beyond the edge of the ink.
        pen = max(1.0, 2 * float(np.median(depths[middle])) - 1)
        # Depths are quantised to pixels; the blurred drawing resolves a twentieth of the pen's width.
        blurred = cv2.GaussianBlur(large, (0, 0), 0.35 * pen)
        normal = float(np.median(blurred[middle]))
        return cls(pen, depths.ravel(), blurred.ravel() / np.float32(normal))
