"""Drawn pages cropped to their ink, and ink padded to an image."""

from __future__ import annotations

import numpy as np

from hmer_suite.images.files import decode_png, fitted_size
from hmer_suite.printing.typst_markup import NoDrawing
from hmer_suite.specs.recogniser import Preprocessing


def cropped(file: bytes) -> np.ndarray | NoDrawing:
    """The ink of a page in an image file, dark on light, without the paper around it."""
    return cropped_ink(decode_png(file, "page"))


def cropped_ink(image: np.ndarray) -> np.ndarray | NoDrawing:
    """An image (H, W), 0 paper and 255 ink, without the paper around its ink."""
    import cv2  # not for commands that only list data sources

    left, top, width, height = cv2.boundingRect(image)
    if not width:
        return NoDrawing("nothing to be seen")
    return image[top : top + height, left : left + width]


def fit(ink: np.ndarray, preprocessing: Preprocessing) -> np.ndarray:
    """Ink with its padding, reduced if it is larger than the preprocessing allows."""
    import cv2  # not for commands that only list data sources

    pad = preprocessing.padding
    height, width = fitted_size(ink.shape[0], ink.shape[1], 1.0, preprocessing)
    size = (width - 2 * pad, height - 2 * pad)
    if size != ink.shape[::-1]:
        ink = cv2.resize(ink, size, interpolation=cv2.INTER_AREA)
    return np.pad(ink, pad)
