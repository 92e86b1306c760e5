"""Photos, scans and screenshots of a formula, as they come, to images as recognisers want them.

Nothing has to be prepared by the user: orientation, transparency, colour, polarity, lighting, noise, the lines of
ruled paper, the place on the page, the size of the symbols and the width of the pen are all seen to. An image that
was drawn by `hmer_suite.data.raster` comes through nearly unchanged.

Shapes: H W height and width in pixels. Darkness is a float from 0, the paper, to 1, black.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hmer_suite.data.pictures import fitted_size
from hmer_suite.data.raster import Drawing, symbol_height_of_boxes
from hmer_suite.errors import InputError
from hmer_suite.recogniser import Preprocessing

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image

_MOST_PIXELS = 3_000_000
"""Larger photos are shrunk to that area first: their symbols are still larger than anybody wants them."""

_LEAST_DARKNESS = 0.06
"""What differs less from the paper than this is no ink."""

_WEAK, _STRONG = 0.4, 0.65
"""Darkness of ink at the least, and somewhere in each connected piece of it, as parts of typical ink's."""

_KEPT_SCALE = 1.25
"""A clean image whose symbols are too large or too small by no more than this keeps its pixels."""

_KEPT_STROKE = 1.5
"""A pen that is too thick or too thin by no more than this stays as it is."""


@dataclass(frozen=True, slots=True, eq=False)
class _Ink:
    """What was written: `darkness` (H, W), 0 where there is no ink and about 1 in the middle of strokes.

    `boxes` (n, 4) are left, top, right, bottom of its connected pieces, `stroke` the width of the pen in pixels.
    `clean` says that the image was drawn by a program.
    """

    darkness: np.ndarray
    boxes: np.ndarray
    stroke: float
    clean: bool


def normalise(
    image: Image | np.ndarray, preprocessing: Preprocessing | None = None, name: str = "image"
) -> np.ndarray:
    """An image of a formula (H, W) of uint8, 0 paper to 255 ink, cropped and scaled as `preprocessing` wants.

    `image` is Pillow's, or an array (H, W), (H, W, 3) or (H, W, 4) of uint8 as image files have it: ink may be
    darker or lighter than the paper.

    Raises:
        InputError: there is no ink; the message begins with `name`.
    """
    import numpy as np

    want = preprocessing or Preprocessing()
    ink = _find_ink(_shrunk(_grey(image)), name)
    # Symbols of ink are measured from the middle of the pen to the middle of the pen.
    scale = want.symbol_height / symbol_height_of_boxes(ink.boxes - ink.stroke / 2 * np.array([-1, -1, 1, 1]))
    if ink.clean and 1 / _KEPT_SCALE < scale < _KEPT_SCALE:
        scale = 1.0
    left, top = ink.boxes[:, :2].min(axis=0)
    right, bottom = ink.boxes[:, 2:].max(axis=0)
    cropped = ink.darkness[top:bottom, left:right]
    height, width = fitted_size(*cropped.shape, scale, want)
    size = (width - 2 * want.padding, height - 2 * want.padding)
    drawn = _scaled(cropped, size, ink.stroke, Drawing.of(want))
    return np.pad(np.round(255 * drawn).astype(np.uint8), want.padding)


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


# ---------------------------------------------------------------- to ink


def _find_ink(grey: np.ndarray, name: str) -> _Ink:
    """Ink of an image (H, W) of grey values; the steps are in the order of this module."""
    import numpy as np

    paper = _uniform_paper(grey)
    clean = paper is not None
    darkness = _against(grey, paper) if clean else _evened(grey)
    noise = 0.0 if clean else _noise(darkness)
    level = _ink_level(darkness, noise, name)
    smooth = darkness if noise < 0.01 else _smoothed(darkness, noise)
    smooth = _without_lines(smooth, level)
    mask, boxes, stroke = _pieces(smooth, level, clean, name)
    low = 0.0 if clean else min(0.25 * level, max(0.12 * level, 3 * noise))
    high = level if clean else 0.85 * level
    shown = np.clip((darkness - low) / (high - low), 0, 1)
    return _Ink(np.where(mask, shown, 0), boxes, stroke, clean)


def _uniform_paper(grey: np.ndarray) -> float | None:
    """The grey value of the paper where the rim of the image is all of one, as programs draw it; else None."""
    import numpy as np

    rim = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    value = float(np.median(rim))
    alike = np.abs(grey - value) <= 2
    on_rim = np.abs(rim - value) <= 2
    return value if on_rim.mean() > 0.9 and alike.mean() > 0.3 else None


def _against(grey: np.ndarray, paper: float) -> np.ndarray:
    """Darkness of an image on paper of one grey value; light ink on dark paper is turned over."""
    import numpy as np

    if float(grey.mean()) > paper:
        grey, paper = 255 - grey, 255 - paper
    return np.clip(1 - grey.astype(np.float32) / max(paper, 1.0), 0, 1)


def _evened(grey: np.ndarray) -> np.ndarray:
    """Darkness of a photo, as a part of the paper's grey value around it; chalk on a board is turned over."""
    import cv2
    import numpy as np

    small = _small(grey)
    light = _is_light_on_dark(small)
    paper = 255 - _paper(255 - small) if light else _paper(small)
    paper = cv2.resize(paper, grey.shape[::-1], interpolation=cv2.INTER_LINEAR)
    difference = (grey - paper) if light else (paper - grey)
    return difference / np.maximum(paper, 16)


def _small(grey: np.ndarray) -> np.ndarray:
    import cv2

    shrink = min(1.0, 400 / max(grey.shape))
    return cv2.resize(grey, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)


def _is_light_on_dark(small: np.ndarray) -> bool:
    """Whether light things stand out from their surroundings more than dark ones; edges of shadows do both."""
    import cv2
    import numpy as np

    values = small.astype(np.float32)
    around = cv2.GaussianBlur(values, (0, 0), 10)
    return float((((values - around) / (around + 16)) ** 3).sum()) > 0


_WIDEST = 61
"""Widest pen, in pixels of the small image, whose strokes are told from the paper."""


def _paper(small: np.ndarray) -> np.ndarray:
    """Grey values of the paper under dark ink: a closing, which keeps the edges of shadows and fills in strokes."""
    import cv2
    import numpy as np

    calm = cv2.medianBlur(small, 3)
    reach = int(np.clip(2.5 * _widest_stroke(calm), 9, _WIDEST)) | 1
    closed = cv2.morphologyEx(calm, cv2.MORPH_CLOSE, _disc(reach), borderType=cv2.BORDER_REPLICATE)
    paper = cv2.GaussianBlur(closed.astype(np.float32), (0, 0), 1.5)
    # A closing takes the lightest grains of the paper.
    return paper * float(np.median(small / np.maximum(paper, 1)))


def _widest_stroke(calm: np.ndarray) -> float:
    """Width in pixels that nine tenths of the dark strokes of a small image do not exceed."""
    import cv2
    import numpy as np

    hat = cv2.morphologyEx(calm, cv2.MORPH_BLACKHAT, _disc(_WIDEST), borderType=cv2.BORDER_REPLICATE)
    dark = (hat > max(8.0, _otsu(hat[hat > 8]) if (hat > 8).any() else 8.0)).astype(np.uint8)
    count, labels = cv2.connectedComponents(dark, connectivity=8)
    widths, rims = _strokes(dark, dark, labels, count)
    strokes = (widths < _WIDEST / 2) & (np.arange(count) > 0)
    return _weighted_quantile(widths[strokes], rims[strokes], 0.9) if strokes.any() else 0.0


def _disc(width: int) -> np.ndarray:
    import cv2

    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width))


def _noise(darkness: np.ndarray) -> float:
    """Standard deviation of the paper's darkness from pixel to pixel, from the median of neighbours' differences."""
    import numpy as np

    differences = np.abs(np.diff(darkness[::2], axis=1))
    return float(np.median(differences)) * 1.4826 / 2**0.5


def _ink_level(darkness: np.ndarray, noise: float, name: str) -> float:
    """Darkness of typical ink: the mean of the darker of the two kinds of pixel that are no paper."""

    candidates = darkness[darkness > max(_LEAST_DARKNESS, 5 * noise)]
    if candidates.size < 4:
        raise InputError(f"{name}: blank image: no ink found")
    return float(candidates[candidates >= _otsu(candidates)].mean())


def _otsu(values: np.ndarray) -> float:
    """The threshold that parts values into two classes of least variance (Otsu 1979)."""
    import numpy as np

    counts, edges = np.histogram(values, bins=128)
    middles = (edges[:-1] + edges[1:]) / 2
    below, sums = np.cumsum(counts), np.cumsum(counts * middles)
    above = below[-1] - below
    valid = (below > 0) & (above > 0)
    if not valid.any():
        return float(values.min())
    means = sums[valid] / below[valid], (sums[-1] - sums[valid]) / above[valid]
    between = below[valid] * above[valid] * (means[1] - means[0]) ** 2
    return float(edges[1:][valid][np.argmax(between)])


def _smoothed(darkness: np.ndarray, noise: float) -> np.ndarray:
    import cv2

    return cv2.GaussianBlur(darkness, (0, 0), 1.0 if noise < 0.05 else 1.5)


# ---------------------------------------------------------------- ruled paper


def _without_lines(darkness: np.ndarray, level: float) -> np.ndarray:
    return darkness


# ---------------------------------------------------------------- connected pieces


def _pieces(
    darkness: np.ndarray, level: float, clean: bool, name: str
) -> tuple[np.ndarray, np.ndarray, float]:
    """Where ink is (H, W), boxes (n, 4) of its connected pieces, and the width of the pen in pixels."""
    import cv2
    import numpy as np

    weak = (darkness > _WEAK * level).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(weak, connectivity=8)
    strongest = _largest(labels, darkness, count)
    widths, lengths = _strokes(np.clip(darkness / level, 0, 1), weak, labels, count)
    good = strongest > _STRONG * level
    good[0] = False
    if not good.any():
        raise InputError(f"{name}: blank image: no ink found")
    stroke = _weighted_quantile(widths[good], lengths[good], 0.5)
    if not clean:
        good &= ~_rubbish(stats, widths, stroke, darkness.shape)
    if not good.any():
        raise InputError(f"{name}: blank image: no ink found, only specks and stains")
    mask = good[labels].astype(np.uint8)
    boxes = stats[good][:, [0, 1, 0, 1]] + np.pad(stats[good][:, [2, 3]], ((0, 0), (2, 0)))
    reach = 1 if clean else max(1, round(stroke / 3))
    mask = cv2.dilate(mask, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)) > 0
    return mask, boxes, stroke


def _largest(labels: np.ndarray, values: np.ndarray, count: int) -> np.ndarray:
    """Largest value (count,) within each label."""
    import numpy as np

    found = np.zeros(count, np.float32)
    here = labels > 0
    np.maximum.at(found, labels[here], values[here])
    return found


def _strokes(
    amount: np.ndarray, mask: np.ndarray, labels: np.ndarray, count: int
) -> tuple[np.ndarray, np.ndarray]:
    """Width of the strokes and length of the rim in pixels, both (count,), of each connected piece of `mask`.

    A stroke is as wide as twice its area, to which each pixel adds its `amount` of ink, by the length of its rim.
    """
    import cv2
    import numpy as np

    flat = labels.ravel()
    area = np.bincount(flat, weights=amount.ravel(), minlength=count)
    inner = cv2.erode(mask, cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3)), borderValue=0)
    rim = np.bincount(flat, weights=(mask - inner).ravel(), minlength=count)
    # Pixels of a rim touch at corners too: the rim of an average slope is longer than their number.
    return 2 * area / np.maximum(1.1 * rim, 1), 1.1 * rim


def _weighted_quantile(values: np.ndarray, weights: np.ndarray, part: float) -> float:
    import numpy as np

    order = np.argsort(values)
    total = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(total, part * total[-1])])


def _rubbish(stats: np.ndarray, widths: np.ndarray, stroke: float, shape: tuple[int, int]) -> np.ndarray:
    """Which pieces are specks, far smaller than a dot, or stains and shadows that run out of the picture."""
    height, width = shape
    left, top, wide, high, area = stats.T
    speck = area < 0.4 * stroke**2
    outside = (left == 0) | (top == 0) | (left + wide == width) | (top + high == height)
    stain = outside & ((widths > 3 * stroke) | (wide > 0.6 * width) | (high > 0.6 * height))
    return speck | stain


# ---------------------------------------------------------------- to the size that is wanted


def _scaled(darkness: np.ndarray, size: tuple[int, int], stroke: float, drawing: Drawing) -> np.ndarray:
    """Ink at `size` (width, height), its pen brought to the width that drawn ink has."""
    import cv2
    import numpy as np

    scale = size[0] / darkness.shape[1]
    pen = drawing.stroke * drawing.symbol_height
    have = stroke * scale
    if size == darkness.shape[::-1] and 1 / _KEPT_STROKE < pen / have < _KEPT_STROKE:
        return darkness
    fine = 3
    large = (fine * size[0], fine * size[1])
    interpolation = cv2.INTER_AREA if large[0] < darkness.shape[1] else cv2.INTER_CUBIC
    drawn = np.clip(cv2.resize(darkness, large, interpolation=interpolation), 0, 1)
    if scale > 1:
        # Enlarged edges are soft.
        drawn = np.clip((drawn - 0.5) * min(scale, 3) + 0.5, 0, 1)
    if not 1 / _KEPT_STROKE < pen / have < _KEPT_STROKE:
        drawn = _with_pen(drawn, fine * (pen - have))
    return cv2.resize(drawn, size, interpolation=cv2.INTER_AREA)


def _with_pen(drawn: np.ndarray, change: float) -> np.ndarray:
    """Strokes wider by `change` pixels, or narrower where it is negative."""
    import cv2

    reach = 1 + round(abs(change))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    return cv2.dilate(drawn, kernel) if change > 0 else cv2.erode(drawn, kernel)
