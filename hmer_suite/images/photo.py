"""Photos, scans and screenshots of a formula, as they come, to images as recognisers want them.

Nothing has to be prepared by the user: orientation, transparency, colour, polarity, lighting, noise, the lines of
ruled paper, the place on the page, the size of the symbols and the width of the pen are all seen to. An image that
was drawn by `hmer_suite.ink.raster` comes through nearly unchanged.

Shapes: H W height and width in pixels. Darkness is a float from 0, the paper, to 1, black.
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING

from hmer_suite.images.background import (
    against,
    evened,
    ink_level,
    noise_of,
    uniform_paper,
    without_lines,
)
from hmer_suite.images.components import WEAK, Pieces, find_pieces, stroke_widths, with_pen
from hmer_suite.images.files import fitted_size
from hmer_suite.ink.raster import Drawing, draw
from hmer_suite.ink.symbol_height import symbol_height_of_boxes
from hmer_suite.specs.recogniser import Preprocessing

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image

_MOST_PIXELS = 3_000_000
"""Larger photos are shrunk to that area first: their symbols are still larger than anybody wants them."""

_KEPT_SCALE = 1.25
"""A clean image whose symbols are too large or too small by no more than this keeps its pixels."""

_MOST_ENLARGED = 8.0
"""Scale at most: what is smaller still is no symbol."""

_KEPT_STROKE = 1.3
"""A pen that is too thick or too thin by no more than this stays as it is."""


def normalise(
    image: Image | np.ndarray, preprocessing: Preprocessing | None = None, name: str = "image"
) -> np.ndarray:
    """An image of a formula (H, W) of uint8, 0 paper to 255 ink, cropped and scaled as `preprocessing` wants.

    `image` is Pillow's, or an array (H, W), (H, W, 3) or (H, W, 4) of uint8 as image files have it: ink may be
    darker or lighter than the paper.

    Raises:
        BlankError: there is no ink; the message begins with `name`.
    """
    import numpy as np

    want = preprocessing or Preprocessing()
    grey = _shrunk(_grey(image))
    paper = uniform_paper(grey)
    darkness, pieces = _find_ink(grey, paper, name)
    height = _symbol_height(pieces, want)
    scale = min(want.symbol_height / max(height, 1.0), _MOST_ENLARGED)
    if paper is not None and 1 / _KEPT_SCALE < scale < _KEPT_SCALE:
        scale = 1.0
    left, top = pieces.boxes[:, :2].min(axis=0)
    right, bottom = pieces.boxes[:, 2:].max(axis=0)
    cropped = darkness[top:bottom, left:right]
    height, width = fitted_size(*cropped.shape, scale, want)
    size = (width - 2 * want.padding, height - 2 * want.padding)
    drawn = _scaled(cropped, size, pieces.stroke, _pen(want) if want.pen else None)
    return np.pad(np.round(255 * drawn).astype(np.uint8), want.padding)


def _find_ink(grey: np.ndarray, paper: float | None, name: str) -> tuple[np.ndarray, Pieces]:
    """Darkness (H, W) of ink, 0 beside it and about 1 in the middle of strokes, and its pieces.

    `paper` is its grey value where a program drew the image, None for a photo.
    """
    import cv2
    import numpy as np

    clean = paper is not None
    darkness = against(grey, paper) if clean else evened(grey)
    noise = 0.0 if clean else noise_of(darkness)
    level = ink_level(darkness, noise, name)
    calm = darkness if noise < 0.01 else cv2.GaussianBlur(darkness, (0, 0), 1.0 if noise < 0.05 else 1.5)
    pieces = find_pieces(without_lines(calm, level, noise / 2), level, clean, name)
    low = 0.0 if clean else min(0.25 * level, max(0.12 * level, 3 * noise))
    high = level if clean else 0.85 * level
    return np.where(pieces.mask, np.clip((darkness - low) / (high - low), 0, 1), 0), pieces


# ---------------------------------------------------------------- to grey


def _grey(image: Image | np.ndarray) -> np.ndarray:
    """Grey values (H, W) of uint8, upright, whatever the mode of the image."""
    import numpy as np
    from PIL import Image, ImageOps

    if isinstance(image, np.ndarray):
        image = Image.fromarray(image)
    image = ImageOps.exif_transpose(image)
    if image.mode in ("I", "F", "I;16", "I;16B", "I;16L"):
        return _stretched(np.asarray(image, np.float32))
    if "A" in image.getbands() or "a" in image.getbands() or "transparency" in image.info:
        return _on_paper(np.asarray(image.convert("RGBA")))
    return np.asarray(image.convert("L") if image.mode == "L" else image.convert("RGB").convert("L"))


def _stretched(values: np.ndarray) -> np.ndarray:
    """Grey values of more than eight bits, from their own darkest to their own lightest."""
    import numpy as np

    values = np.nan_to_num(values)
    low, high = float(values.min()), float(values.max())
    return np.round((values - low) * (255 / (high - low or 1.0))).astype(np.uint8)


def _on_paper(image: np.ndarray) -> np.ndarray:
    """Grey values of an image (H, W, 4) with transparency, laid on white, or on black where its ink is light."""
    import cv2
    import numpy as np

    grey = cv2.cvtColor(image, cv2.COLOR_RGBA2GRAY).astype(np.float32)
    alpha = image[:, :, 3].astype(np.float32) / 255
    ink = (grey * alpha).sum() / max(1.0, float(alpha.sum()))
    paper = 0.0 if ink > 160 and float(alpha.mean()) < 0.9 else 255.0
    return np.round(grey * alpha + paper * (1 - alpha)).astype(np.uint8)


def _shrunk(grey: np.ndarray) -> np.ndarray:
    import cv2

    shrink = (_MOST_PIXELS / grey.size) ** 0.5
    if shrink >= 1:
        return grey
    return cv2.resize(grey, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)


# ---------------------------------------------------------------- to the size that is wanted


def _symbol_height(pieces: Pieces, want: Preprocessing) -> float:
    """Height in pixels of a full-size symbol of the image."""
    import numpy as np

    if not want.pen:
        return _PRINTED * symbol_height_of_boxes(pieces.boxes)
    # Symbols of ink are measured from the middle of the pen to the middle of the pen.
    return symbol_height_of_boxes(pieces.boxes - pieces.stroke / 2 * np.array([-1, -1, 1, 1]))


_PRINTED = 0.845
"""Print is higher by its boxes than by the height of its letters (`hmer_suite.printing.draw.SYMBOL_HEIGHT`):
this brings the median of 60 formulas of im2latex-100k to one."""

_FINE = 3
"""How many times the size that is wanted strokes have while their width is changed."""


@cache
def _pen(want: Preprocessing) -> float:
    """Width in pixels of the pen that ink is drawn with, measured as that of a photo is."""
    import numpy as np

    turn = np.linspace(0, 2 * np.pi, 60)
    drawn = draw([np.stack([np.cos(turn), np.sin(turn)], axis=1)], Drawing.of(want)) / 255
    mask = (drawn > WEAK).astype(np.uint8)
    return float(stroke_widths(drawn, mask, mask, 2)[0][1])


def _scaled(darkness: np.ndarray, size: tuple[int, int], stroke: float, pen: float | None) -> np.ndarray:
    """Ink at `size` (width, height), its strokes brought to the width `pen`, or left as they are."""
    import cv2
    import numpy as np

    scale = size[0] / darkness.shape[1]
    have = stroke * scale
    keep = pen is None or 1 / _KEPT_STROKE < pen / have < _KEPT_STROKE
    if size == darkness.shape[::-1] and keep:
        return darkness
    # Thinned to less than half, strokes of uneven width would come apart.
    change = 0 if keep else _FINE * max(pen - have, -have / 2)
    # A wider pen reaches further: there must be room for it.
    room = math.ceil(max(0, change) / 2)
    large = (_FINE * size[0] - 2 * room, _FINE * size[1] - 2 * room)
    interpolation = cv2.INTER_AREA if large[0] < darkness.shape[1] else cv2.INTER_CUBIC
    drawn = cv2.resize(darkness, (max(1, large[0]), max(1, large[1])), interpolation=interpolation)
    if scale > 1:
        # Enlarged edges are soft.
        drawn = (drawn - 0.5) * min(scale, 3) + 0.5
    drawn = np.pad(np.clip(drawn, 0, 1), room)
    if change:
        drawn = with_pen(drawn, change)
    return cv2.resize(drawn, size, interpolation=cv2.INTER_AREA)
