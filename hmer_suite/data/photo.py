"""Photos, scans and screenshots of a formula, as they come, to images as recognisers want them.

Nothing has to be prepared by the user: orientation, transparency, colour, polarity, lighting, noise, the lines of
ruled paper, the place on the page, the size of the symbols and the width of the pen are all seen to. An image that
was drawn by `hmer_suite.data.raster` comes through nearly unchanged.

Shapes: H W height and width in pixels. Darkness is a float from 0, the paper, to 1, black.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from hmer_suite.data.pictures import fitted_size
from hmer_suite.data.raster import Drawing, draw, symbol_height_of_boxes
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

_MOST_ENLARGED = 8.0
"""Scale at most: what is smaller still is no symbol."""

_KEPT_STROKE = 1.3
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
    height = symbol_height_of_boxes(ink.boxes - ink.stroke / 2 * np.array([-1, -1, 1, 1]))
    scale = min(want.symbol_height / max(height, 1.0), _MOST_ENLARGED)
    if ink.clean and 1 / _KEPT_SCALE < scale < _KEPT_SCALE:
        scale = 1.0
    left, top = ink.boxes[:, :2].min(axis=0)
    right, bottom = ink.boxes[:, 2:].max(axis=0)
    cropped = ink.darkness[top:bottom, left:right]
    height, width = fitted_size(*cropped.shape, scale, want)
    size = (width - 2 * want.padding, height - 2 * want.padding)
    drawn = _scaled(cropped, size, ink.stroke, _pen(want))
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
    smooth = _without_lines(smooth, level, noise / 2)
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
    return np.clip((paper - grey.astype(np.float32)) / max(paper, 1.0), 0, 1)


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
    return float(np.median(differences) if differences.size else 0) * 1.4826 / 2**0.5


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


_STEEPEST = 0.12
"""Slope of ruled lines at most, about seven degrees."""

_COVERED = 0.65
"""Part of the picture's width that a ruled line is seen in at least."""

_LEAST_RULED = 40
"""Pixels of height and width from which on an image may show ruled paper."""

_FAINT = 0.2
"""Darkness of ruled lines at the least, as a part of the ink's."""

_FAINTER = 0.8
"""Darkness below which ruled lines are told from ink by it, as a part of the ink's."""


def _without_lines(darkness: np.ndarray, level: float, noise: float) -> np.ndarray:
    """Darkness without the lines of ruled or squared paper, but with the strokes that cross them."""
    import numpy as np

    if min(darkness.shape) < _LEAST_RULED:
        return darkness
    faint = darkness > max(_FAINT * level, 4 * noise)
    level_lines, level_limit = _ruled(darkness, faint, level)
    upright_lines, upright_limit = _ruled(darkness.T, faint.T, level)
    lines = level_lines | upright_lines.T
    if not lines.any():
        return darkness
    limit = max(level_limit, upright_limit)
    rest = (darkness > _WEAK * level) & ~lines
    ink = lines & (darkness > limit)
    if limit > 0.9 * level:
        # Lines as dark as ink: what goes on above and below is ink that crosses them.
        ink = _crossed(level_lines, rest) | _crossed(upright_lines, rest.T).T
    return np.where(lines & ~ink, 0, darkness)


def _ruled(darkness: np.ndarray, mask: np.ndarray, level: float) -> tuple[np.ndarray, float]:
    """Pixels (H, W) along straight lines from left to right that belong to the paper; what is darker there is ink."""
    import cv2
    import numpy as np

    shrink = min(1.0, 500 / mask.shape[1])
    part = cv2.resize(mask.astype(np.float32), None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    slope, rows = _parallel_lines(part > 0.2)
    strips = [_strip(mask, slope, row / shrink, 2 + 1 / shrink) for row in rows]
    found = np.logical_or.reduce(strips) if strips else np.zeros(mask.shape, bool)
    if not (found & mask).any():
        return np.zeros(mask.shape, bool), 0.0
    line_level = float(np.median(darkness[found & mask]))
    if len(strips) < 3 and line_level > _WEAK * level:
        # Fraction bars and other long strokes, of a picture that was cut out closely.
        return np.zeros(mask.shape, bool), 0.0
    return found, (line_level + level) / 2 if line_level < _FAINTER * level else level


def _crossed(lines: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """Pixels (H, W) of level lines with a stroke above and below: one that crosses the line."""
    import cv2
    import numpy as np

    if not lines.any():
        return lines
    begins = (np.diff(lines.astype(np.int8), axis=0) > 0).sum(axis=0).max()
    high = int(lines.sum(axis=0).max() / max(1, begins))
    kernel = np.ones((2 * high + 3, 3), np.uint8)
    above = cv2.dilate(rest.astype(np.uint8), kernel, anchor=(1, 2 * high + 2))
    below = cv2.dilate(rest.astype(np.uint8), kernel, anchor=(1, 0))
    return lines & (above > 0) & (below > 0)


def _parallel_lines(mask: np.ndarray) -> tuple[float, list[float]]:
    """Slope and rows, in the middle column, of parallel lines that cross a mask from side to side."""
    import numpy as np

    width = mask.shape[1]
    ys, xs = np.nonzero(mask)
    beyond = math.ceil(_STEEPEST * width)
    best = 0.0, 0.0
    for slope in np.arange(-_STEEPEST, _STEEPEST + 1e-9, 1 / width):
        rows = np.round(ys - slope * (xs - width / 2)).astype(int) + beyond
        covered = np.bincount(rows) / width
        strength = float((np.maximum(covered - 0.3, 0) ** 2).sum())
        if strength > best[0]:
            best = strength, float(slope)
    slope = best[1]
    return slope, _rows_of_lines(_levelled(mask, slope))


def _levelled(mask: np.ndarray, slope: float) -> np.ndarray:
    """A mask with its columns moved so that lines of that slope lie level; what leaves it is lost."""
    import numpy as np

    height, width = mask.shape
    rows = np.arange(height)[:, None] + np.round(slope * (np.arange(width) - width / 2)).astype(int)[None, :]
    inside = (rows >= 0) & (rows < height)
    return np.where(inside, mask[np.clip(rows, 0, height - 1), np.arange(width)[None, :]], False)


def _rows_of_lines(mask: np.ndarray) -> list[float]:
    """Rows of level lines: covered in six eighths of the width, and thin."""
    import numpy as np

    pairs = mask[:-1] | mask[1:]
    eighths = np.stack([part.mean(axis=1) for part in np.array_split(pairs, 8, axis=1)])
    covered = pairs.mean(axis=1)
    aside = np.pad(covered, 5, mode="edge")
    thin = np.maximum(aside[:-10], aside[10:]) < 0.5 * covered
    good = (covered > _COVERED) & (np.sort(eighths, axis=0)[2] > 0.5) & thin
    return [
        row + 0.5
        for row in np.nonzero(good)[0].tolist()
        if covered[row] == covered[max(0, row - 3) : row + 4].max() and not good[max(0, row - 1) : row].any()
    ]


def _strip(mask: np.ndarray, slope: float, row: float, reach: float) -> np.ndarray:
    """Pixels no further than `reach` above or below a line."""
    import numpy as np

    height, width = mask.shape
    line = row + slope * (np.arange(width) - width / 2)
    return np.abs(np.arange(height)[:, None] - line[None, :]) <= reach


# ---------------------------------------------------------------- connected pieces


def _pieces(
    darkness: np.ndarray, level: float, clean: bool, name: str
) -> tuple[np.ndarray, np.ndarray, float]:
    """Where ink is (H, W), boxes (n, 4) of its connected pieces, and the width of the pen in pixels."""
    import cv2
    import numpy as np

    weak = (darkness > _WEAK * level).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(weak, connectivity=8)
    widths, lengths = _strokes(np.clip(darkness / level, 0, 1), weak, labels, count)
    good = np.bincount(labels[darkness > _STRONG * level], minlength=count) > 0
    good[0] = False
    if not good.any():
        raise InputError(f"{name}: blank image: no ink found")
    long = good & (lengths > 0.1 * lengths[good].max())
    stroke = _weighted_quantile(widths[long], lengths[long], 0.5)
    if not clean:
        good &= ~_rubbish(stats, np.clip(darkness / level, 0, 1), weak, labels, stroke)
    if not good.any():
        raise InputError(f"{name}: blank image: no ink found, only specks and stains")
    mask = good[labels].astype(np.uint8)
    boxes = stats[good][:, [0, 1, 0, 1]] + np.pad(stats[good][:, [2, 3]], ((0, 0), (2, 0)))
    reach = 1 if clean else max(1, round(stroke / 3))
    mask = cv2.dilate(mask, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)) > 0
    return mask, boxes, stroke


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


def _rubbish(
    stats: np.ndarray, amount: np.ndarray, mask: np.ndarray, labels: np.ndarray, stroke: float
) -> np.ndarray:
    """Which pieces are specks, or stains, edges and shadows that run out of the picture."""
    import cv2
    import numpy as np

    height, width = mask.shape
    count = len(stats)
    left, top, wide, high, area = stats.T
    right, bottom = left + wide, top + high
    speck = area < 0.4 * stroke**2
    core = cv2.erode(mask, _disc(int(3 * stroke) | 1), borderValue=0)
    thick = np.bincount(labels[core > 0], minlength=count) > 0
    sides = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    widths, rims = _strokes(mask, mask, labels, count)
    leaning = np.bincount(sides, minlength=count) / np.maximum(rims, 1)
    # A shadow in the corner has the picture's sides for half of its rim, ink that was cut off only its end.
    soft = np.bincount(labels.ravel(), weights=amount.ravel(), minlength=count) < 0.78 * area
    shadow = soft & (leaning > 0.38) & ((widths > 1.2 * stroke) | (area < 4 * stroke**2))
    stain = shadow | (thick & (leaning > 0.2))
    # The edge of the sheet or of the table: long, along a side of the picture or from one side to the other.
    level = ((left == 0) & (right == width), top, bottom, height)
    upright = ((top == 0) & (bottom == height), left, right, width)
    edge = np.zeros(count, bool)
    for across, near, far, size in (level, upright):
        outer = np.where(across, 0.25, 0.03) * size
        edge |= (leaning > 0) & ((far < outer) | (near > size - outer))
    edge &= np.maximum(wide, high) > 30 * stroke
    rubbish = speck | stain | edge
    # Small things far from everything else are dirt, not dots.
    small = area < 2.5 * stroke**2
    large = ~(small | rubbish)
    large[0] = False
    if large.any():
        reach = 12 * stroke
        box = left[large].min(), top[large].min(), right[large].max(), bottom[large].max()
        far = (
            (right < box[0] - reach)
            | (bottom < box[1] - reach)
            | (left > box[2] + reach)
            | (top > box[3] + reach)
        )
        rubbish |= small & far
    return rubbish


# ---------------------------------------------------------------- to the size that is wanted


_FINE = 3
"""How many times the size that is wanted strokes have while their width is changed."""


@cache
def _pen(want: Preprocessing) -> float:
    """Width in pixels of the pen that ink is drawn with, measured as that of a photo is."""
    import numpy as np

    turn = np.linspace(0, 2 * np.pi, 60)
    drawn = draw([np.stack([np.cos(turn), np.sin(turn)], axis=1)], Drawing.of(want)) / 255
    mask = (drawn > _WEAK).astype(np.uint8)
    return float(_strokes(drawn, mask, mask, 2)[0][1])


_MOST_CHANGED = 40
"""Pixels that a stroke is made wider or narrower at most."""


def _scaled(darkness: np.ndarray, size: tuple[int, int], stroke: float, pen: float) -> np.ndarray:
    """Ink at `size` (width, height), its pen brought to the width that drawn ink has."""
    import cv2
    import numpy as np

    scale = size[0] / darkness.shape[1]
    have = stroke * scale
    keep = 1 / _KEPT_STROKE < pen / have < _KEPT_STROKE
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
        drawn = _with_pen(drawn, change)
    return cv2.resize(drawn, size, interpolation=cv2.INTER_AREA)


def _with_pen(drawn: np.ndarray, change: float) -> np.ndarray:
    """Strokes wider by `change` pixels, or narrower where it is negative."""
    import cv2

    kernel = _disc(1 + round(min(abs(change), _MOST_CHANGED)))
    return cv2.dilate(drawn, kernel) if change > 0 else cv2.erode(drawn, kernel)
