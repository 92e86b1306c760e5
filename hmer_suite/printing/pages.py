"""Crops drawn pages and scales them to a set's symbol height."""

from __future__ import annotations

import numpy as np

from hmer_suite.images.files import fitted_size
from hmer_suite.printing.typst_markup import NoDrawing
from hmer_suite.specs.recogniser import Preprocessing


def cropped(file: bytes) -> np.ndarray | NoDrawing:
    """The ink of a page, dark on light in an image file, without the paper around it."""
    import cv2
    import numpy as np

    image = 255 - cv2.imdecode(np.frombuffer(file, np.uint8), cv2.IMREAD_GRAYSCALE)
    left, top, width, height = cv2.boundingRect(image)
    if not width:
        return NoDrawing("nothing to be seen")
    return image[top : top + height, left : left + width]


def fit(ink: np.ndarray, preprocessing: Preprocessing) -> np.ndarray:
    """Ink with its padding, shrunk where it is larger than the preprocessing allows."""
    import cv2
    import numpy as np

    pad = preprocessing.padding
    height, width = fitted_size(*ink.shape, 1.0, preprocessing)
    size = (width - 2 * pad, height - 2 * pad)
    if size != ink.shape[::-1]:
        ink = cv2.resize(ink, size, interpolation=cv2.INTER_AREA)
    return np.pad(ink, pad)
