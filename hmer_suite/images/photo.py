"""Photos, scans and screenshots of a formula normalised to images for recognisers.

Users need not prepare anything: orientation, transparency, colour, polarity, lighting, noise, the lines of ruled paper,
the position on the page, the size of the symbols and the width of the pen are all normalised. An image drawn by
`hmer_suite.ink.raster` remains nearly unchanged.

Shapes: H W height and width in pixels. Darkness is a float from 0, the paper, to 1, black.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from PIL import ImageOps
from PIL.Image import Image, fromarray

from hmer_suite.errors import InputError
from hmer_suite.images.background import (
    darkness_of_photo,
    darkness_on,
    ink_level,
    noise_of,
    uniform_background,
    without_ruled_lines,
)
from hmer_suite.images.components import (
    PEN,
    PRINT,
    WEAK,
    InkComponents,
    Thresholds,
    find_components,
    stroke_widths,
    with_stroke_width,
)
from hmer_suite.images.files import fitted_size
from hmer_suite.images.print_scale import box_table
from hmer_suite.ink.raster import Drawing, draw
from hmer_suite.ink.symbol_height import symbol_height_of_boxes
from hmer_suite.specs.recogniser import Preprocessing

_MOST_PIXELS = 3_000_000
"""Area to which larger photos are reduced first; their symbols are still larger than recognisers want."""

_KEPT_SCALE = 1.25
"""Largest factor by which the symbols of a clean image may be too large or too small to keep its pixels."""

_KEPT_SCALE_OF_PRINT = 1.06
"""The same for print, whose size is told more exactly."""

_MOST_ENLARGED = 8.0
"""Largest scale; anything smaller is not a symbol."""

_KEPT_STROKE = 1.3
"""Largest factor by which a pen may be too thick or too thin to stay as it is."""


@dataclass(frozen=True, slots=True, eq=False)
class LocatedImage:
    """A normalised image (H, W) of uint8, 0 paper to 255 ink, and the part of the upright picture that it shows.

    `box` has the left, top, right and bottom edge of the ink as shares of the picture's width and height; the image has
    its padding around that.
    """

    image: np.ndarray
    box: tuple[float, float, float, float]


def normalise(
    image: Image | np.ndarray, preprocessing: Preprocessing | None = None, name: str = "image"
) -> np.ndarray:
    """The image (H, W) of uint8, 0 paper to 255 ink, of a formula, cropped and scaled as `preprocessing` asks.

    Takes and raises the same as `locate`.
    """
    return locate(image, preprocessing, name).image


def locate(
    image: Image | np.ndarray, preprocessing: Preprocessing | None = None, name: str = "image"
) -> LocatedImage:
    """The normalised image of a formula, with its place in the picture.

    `image` is Pillow's, or an array (H, W), (H, W, 3) or (H, W, 4) of uint8 as in image files; ink may be darker or
    lighter than the paper.

    Raises:
        BlankError: there is no ink; the message begins with `name`.
        InputError: OpenCV cannot process an image of this shape.
    """
    try:
        return _normalised(image, preprocessing or Preprocessing(), name)
    except cv2.error as error:
        raise InputError(f"{name}: cannot be processed: {error.err}") from None


def _normalised(image: Image | np.ndarray, want: Preprocessing, name: str) -> LocatedImage:
    grey = _shrunk(_grey(image))
    paper = uniform_background(grey)
    darkness, components = _find_ink(grey, paper, want.pen, name)
    height = _symbol_height(components, want)
    scale = min(want.symbol_height / max(height, 1.0), _MOST_ENLARGED)
    kept = _KEPT_SCALE if want.pen else _KEPT_SCALE_OF_PRINT
    if paper is not None and 1 / kept < scale < kept:
        scale = 1.0
    left, top = components.boxes[:, :2].min(axis=0)
    right, bottom = components.boxes[:, 2:].max(axis=0)
    cropped = darkness[top:bottom, left:right]
    height, width = fitted_size(cropped.shape[0], cropped.shape[1], scale, want)
    size = (width - 2 * want.padding, height - 2 * want.padding)
    drawn = _scaled(cropped, size, components.stroke, _pen(want) if want.pen else None)
    rows, columns = darkness.shape
    box = (float(left / columns), float(top / rows), float(right / columns), float(bottom / rows))
    return LocatedImage(np.pad(np.round(255 * drawn).astype(np.uint8), want.padding), box)


def _find_ink(
    grey: np.ndarray, paper: float | None, pen: bool, name: str
) -> tuple[np.ndarray, InkComponents]:
    """Darkness (H, W) of ink, 0 elsewhere and about 1 in the middle of strokes, and its components.

    `paper` is the grey value of the paper if a program drew the image, None for a photo. The ink is that of a pen or
    print, which has thin rules and no ruled paper.
    """
    clean = paper is not None
    darkness = darkness_of_photo(grey) if paper is None else darkness_on(grey, paper)
    noise = 0.0 if clean else noise_of(darkness)
    level = ink_level(darkness, noise, name)
    blur = (1.0 if noise < 0.05 else 1.5) * (1.0 if pen else 0.6)
    calm = darkness if noise < 0.01 else cv2.GaussianBlur(darkness, (0, 0), blur)
    if pen:
        components = find_components(without_ruled_lines(calm, level, noise / 2), level, clean, name)
    else:
        components = find_components(calm, level, clean, name, _print_thresholds(noise / 2 / level))
    low = 0.0 if clean else min(0.25 * level, max(0.12 * level, 3 * noise))
    high = level if clean else 0.85 * level
    return np.where(components.mask, np.clip((darkness - low) / (high - low), 0, 1), 0), components


def _print_thresholds(noise: float) -> Thresholds:
    """Thresholds for print with noise of that standard deviation, relative to the ink: above most of the noise."""
    weak = min(max(PRINT.weak, 4 * noise), PEN.weak)
    return Thresholds(weak, min(max(PRINT.strong, 6 * noise), PEN.strong))


# ---------------------------------------------------------------- to grey


def _grey(image: Image | np.ndarray) -> np.ndarray:
    """Grey values (H, W) of uint8 of an image in any mode, upright."""
    if isinstance(image, np.ndarray):
        image = fromarray(image)
    image = ImageOps.exif_transpose(image)
    if image.mode in ("I", "F", "I;16", "I;16B", "I;16L"):
        return _stretched(np.asarray(image, np.float32))
    if "A" in image.getbands() or "a" in image.getbands() or "transparency" in image.info:
        return _on_paper(np.asarray(image.convert("RGBA")))
    return np.asarray(image.convert("L") if image.mode == "L" else image.convert("RGB").convert("L"))


def _stretched(values: np.ndarray) -> np.ndarray:
    """Grey values of more than eight bits, mapped from their own range to 0 to 255."""
    values = np.nan_to_num(values)
    low, high = float(values.min()), float(values.max())
    return np.round((values - low) * (255 / (high - low or 1.0))).astype(np.uint8)


def _on_paper(image: np.ndarray) -> np.ndarray:
    """Grey values of an image (H, W, 4) with transparency, on white, or on black if its ink is light."""
    grey = cv2.cvtColor(image, cv2.COLOR_RGBA2GRAY).astype(np.float32)
    alpha = image[:, :, 3].astype(np.float32) / 255
    ink = (grey * alpha).sum() / max(1.0, float(alpha.sum()))
    paper = 0.0 if ink > 160 and float(alpha.mean()) < 0.9 else 255.0
    return np.round(grey * alpha + paper * (1 - alpha)).astype(np.uint8)


def _shrunk(grey: np.ndarray) -> np.ndarray:
    shrink = (_MOST_PIXELS / grey.size) ** 0.5
    if shrink >= 1:
        return grey
    return cv2.resize(grey, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)


# ---------------------------------------------------------------- scaled


def _symbol_height(components: InkComponents, want: Preprocessing) -> float:
    """Height in pixels of a full-size symbol of the image."""
    if not want.pen:
        return box_table().symbol_height(
            components.boxes, _PRINTED * symbol_height_of_boxes(components.boxes)
        )
    # The height of symbols of ink is measured between the middles of strokes.
    return symbol_height_of_boxes(components.boxes - components.stroke / 2 * np.array([-1, -1, 1, 1]))


_PRINTED = 0.845
"""Ratio of the height of letters (`hmer_suite.printing.draw.SYMBOL_HEIGHT`) to that estimated from boxes of ink: the
median over 60 formulas of im2latex-100k; a first estimate."""

_FINE = 3
"""Enlargement, relative to the final size, at which the width of strokes is changed."""


@cache
def _pen(want: Preprocessing) -> float:
    """Width in pixels of the pen that ink is drawn with, measured as in a photo."""
    turn = np.linspace(0, 2 * np.pi, 60)
    drawn = draw([np.stack([np.cos(turn), np.sin(turn)], axis=1)], Drawing.of(want)) / 255
    mask = (drawn > WEAK).astype(np.uint8)
    return float(stroke_widths(drawn, mask, mask, 2)[0][1])


def _scaled(darkness: np.ndarray, size: tuple[int, int], stroke: float, pen: float | None) -> np.ndarray:
    """Ink scaled to `size` (width, height), with its strokes changed to the width `pen` unless they are close to it."""
    scale = size[0] / darkness.shape[1]
    have = stroke * scale
    change = 0.0
    if pen is not None and not 1 / _KEPT_STROKE < pen / have < _KEPT_STROKE:
        # Thinned to less than half, strokes of uneven width would break.
        change = _FINE * max(pen - have, -have / 2)
    elif size == darkness.shape[::-1]:
        return darkness
    # A wider pen needs more room.
    room = math.ceil(max(0, change) / 2)
    large = (_FINE * size[0] - 2 * room, _FINE * size[1] - 2 * room)
    interpolation = cv2.INTER_AREA if large[0] < darkness.shape[1] else cv2.INTER_CUBIC
    drawn = cv2.resize(darkness, (max(1, large[0]), max(1, large[1])), interpolation=interpolation)
    if scale > 1:
        # Enlarged edges are blurred.
        drawn = (drawn - 0.5) * min(scale, 3) + 0.5
    drawn = np.pad(np.clip(drawn, 0, 1), room)
    if change:
        drawn = with_stroke_width(drawn, change)
    return cv2.resize(drawn, size, interpolation=cv2.INTER_AREA)
