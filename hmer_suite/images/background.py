"""Background of an image: the grey values of paper under uneven light, and ruled lines, both removed from the ink.

Shapes: H W height and width in pixels. Darkness is a float from 0, the paper, to 1, black; `level` is that of ink.
"""

from __future__ import annotations

import math

import cv2
import numpy as np

from hmer_suite.errors import BlankError
from hmer_suite.images.components import WEAK, disc, stroke_widths, weighted_quantile

_LEAST_DARKNESS = 0.06
"""Least darkness of ink."""


# ---------------------------------------------------------------- lighting


def uniform_background(grey: np.ndarray) -> float | None:
    """The grey value of the paper if the border of the image is uniform, as programs draw it; otherwise None."""
    rim = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    value = float(np.median(rim))
    alike = np.abs(grey - value) <= 2
    on_rim = np.abs(rim - value) <= 2
    return value if on_rim.mean() > 0.9 and alike.mean() > 0.3 else None


def darkness_on(grey: np.ndarray, paper: float) -> np.ndarray:
    """Darkness of an image on paper of one grey value; light ink on dark paper is inverted."""
    if float(grey.mean()) > paper:
        grey, paper = 255 - grey, 255 - paper
    return np.clip((paper - grey.astype(np.float32)) / max(paper, 1.0), 0, 1)


def darkness_of_photo(grey: np.ndarray) -> np.ndarray:
    """Darkness of a photo relative to the paper's local grey value; chalk on a board is inverted."""
    small = _small(grey)
    light = _is_light_on_dark(small)
    paper = 255 - _background(255 - small) if light else _background(small)
    paper = cv2.resize(paper, grey.shape[::-1], interpolation=cv2.INTER_LINEAR)
    difference = (grey - paper) if light else (paper - grey)
    return difference / np.maximum(paper, 16)


def _small(grey: np.ndarray) -> np.ndarray:
    shrink = min(1.0, 400 / max(grey.shape))
    return cv2.resize(grey, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)


def _is_light_on_dark(small: np.ndarray) -> bool:
    """Whether light details contrast with their surroundings more than dark ones; edges of shadows do both."""
    values = small.astype(np.float32)
    around = cv2.GaussianBlur(values, (0, 0), 10)
    return float((((values - around) / (around + 16)) ** 3).sum()) > 0


_WIDEST = 61
"""Widest pen, in pixels of the small image, whose strokes are distinguished from the paper."""


def _background(small: np.ndarray) -> np.ndarray:
    """Grey values of the paper under dark ink, by a closing, which keeps edges of shadows and fills strokes."""
    calm = cv2.medianBlur(small, 3)
    reach = int(np.clip(2.5 * _widest_stroke(calm), 9, _WIDEST)) | 1
    closed = cv2.morphologyEx(calm, cv2.MORPH_CLOSE, disc(reach), borderType=cv2.BORDER_REPLICATE)
    paper = cv2.GaussianBlur(closed.astype(np.float32), (0, 0), 1.5)
    # A closing picks the lightest grains of the paper.
    return paper * float(np.median(small / np.maximum(paper, 1)))


def _widest_stroke(calm: np.ndarray) -> float:
    """The 90th percentile of stroke widths, in pixels of a small image."""
    hat = cv2.morphologyEx(calm, cv2.MORPH_BLACKHAT, disc(_WIDEST), borderType=cv2.BORDER_REPLICATE)
    dark = (hat > max(8.0, _otsu(hat[hat > 8]) if (hat > 8).any() else 8.0)).astype(np.uint8)
    count, labels = cv2.connectedComponents(dark, connectivity=8)
    widths, rims = stroke_widths(dark, dark, labels, count)
    strokes = (widths < _WIDEST / 2) & (np.arange(count) > 0)
    return weighted_quantile(widths[strokes], rims[strokes], 0.9) if strokes.any() else 0.0


def noise_of(darkness: np.ndarray) -> float:
    """Standard deviation of the paper's noise, from the median difference between neighbouring pixels."""
    differences = np.abs(np.diff(darkness[::2], axis=1))
    return float(np.median(differences) if differences.size else 0) * 1.4826 / 2**0.5


def ink_level(darkness: np.ndarray, noise: float, name: str) -> float:
    """Darkness of typical ink: the mean of the darker of two classes of pixels that are not paper.

    Raises:
        InputError: there are no such pixels; the message begins with `name`.
    """
    candidates = darkness[darkness > max(_LEAST_DARKNESS, 5 * noise)]
    if candidates.size < 4:
        raise BlankError(f"{name}: blank image: no ink found")
    return float(candidates[candidates >= _otsu(candidates)].mean())


def _otsu(values: np.ndarray) -> float:
    """The threshold that divides values into two classes of least variance (Otsu 1979)."""
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


# ---------------------------------------------------------------- ruled lines

_STEEPEST = 0.12
"""Largest slope of ruled lines, about seven degrees."""

_COVERED = 0.65
"""Least fraction of the picture's width in which a ruled line is visible."""

_LEAST_RULED = 40
"""Least height and width in pixels of an image that may show ruled paper."""

_LEAST_ROWS = 8
"""Least number of rows, in a picture reduced to 500 columns, in which a ruled line has paper above and below."""

_FAINT = 0.2
"""Least darkness of ruled lines, relative to the ink."""

_FAINTER = 0.8
"""Darkness, relative to the ink, below which ruled lines are distinguished from ink by it."""


def without_ruled_lines(darkness: np.ndarray, level: float, noise: float) -> np.ndarray:
    """Darkness without the lines of ruled or squared paper, but with the strokes that cross them."""
    if min(darkness.shape) < _LEAST_RULED:
        return darkness
    faint = darkness > max(_FAINT * level, 4 * noise)
    level_lines, level_limit = _ruled(darkness, faint, level)
    upright_lines, upright_limit = _ruled(darkness.T, faint.T, level)
    lines = level_lines | upright_lines.T
    if not lines.any():
        return darkness
    limit = max(level_limit, upright_limit)
    rest = (darkness > WEAK * level) & ~lines
    ink = lines & (darkness > limit)
    if limit > 0.9 * level:
        # Lines as dark as ink: only what continues above and below is ink that crosses them.
        ink = _crossed(level_lines, rest) | _crossed(upright_lines, rest.T).T
    return np.where(lines & ~ink, 0, darkness)


def _ruled(darkness: np.ndarray, mask: np.ndarray, level: float) -> tuple[np.ndarray, float]:
    """Mask (H, W) of ruled lines from left to right, and the darkness above which a pixel on them is ink."""
    shrink = min(1.0, 500 / mask.shape[1])
    part = cv2.resize(mask.astype(np.float32), None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    if len(part) < _LEAST_ROWS:
        return np.zeros(mask.shape, bool), 0.0
    slope, rows = _parallel_lines(part > 0.2)
    strips = [_strip(mask, slope, row / shrink, 2 + 1 / shrink) for row in rows]
    found = np.logical_or.reduce(strips) if strips else np.zeros(mask.shape, bool)
    if not (found & mask).any():
        return np.zeros(mask.shape, bool), 0.0
    line_level = float(np.median(darkness[found & mask]))
    if len(strips) < 3 and line_level > WEAK * level:
        # Fraction bars and other long strokes in a closely cropped picture.
        return np.zeros(mask.shape, bool), 0.0
    return found, (line_level + level) / 2 if line_level < _FAINTER * level else level


def _crossed(lines: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """Mask (H, W) of pixels on level lines with a stroke above and below, which crosses the line."""
    if not lines.any():
        return lines
    begins = (np.diff(lines.astype(np.int8), axis=0) > 0).sum(axis=0).max()
    high = int(lines.sum(axis=0).max() / max(1, begins))
    kernel = np.ones((2 * high + 3, 3), np.uint8)
    above = cv2.dilate(rest.astype(np.uint8), kernel, anchor=(1, 2 * high + 2))
    below = cv2.dilate(rest.astype(np.uint8), kernel, anchor=(1, 0))
    return lines & (above > 0) & (below > 0)


def _parallel_lines(mask: np.ndarray) -> tuple[float, list[float]]:
    """Slope of the parallel lines that cross a mask from side to side, and their rows in the middle column."""
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
    """A mask with its columns shifted so that lines of that slope become level; pixels that leave it are lost."""
    height, width = mask.shape
    rows = np.arange(height)[:, None] + np.round(slope * (np.arange(width) - width / 2)).astype(int)[None, :]
    inside = (rows >= 0) & (rows < height)
    return np.where(inside, mask[np.clip(rows, 0, height - 1), np.arange(width)[None, :]], False)


def _rows_of_lines(mask: np.ndarray) -> list[float]:
    """Rows of level lines, which are thin and visible in six eighths of the width."""
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
    """Mask of pixels at most `reach` above or below a line."""
    height, width = mask.shape
    line = row + slope * (np.arange(width) - width / 2)
    return np.abs(np.arange(height)[:, None] - line[None, :]) <= reach
