"""Connected components of ink: their boxes and stroke widths, and which of them are not ink.

Shapes: H W height and width in pixels, n number of components. Darkness is a float from 0, the paper, to 1, black.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from hmer_suite.errors import BlankError

WEAK, STRONG = 0.4, 0.65
"""Least darkness of ink, and of the darkest pixel of each component, relative to typical ink of a pen."""

_MOST_CHANGED = 40
"""Largest change of a stroke's width in pixels."""


@dataclass(frozen=True, slots=True, eq=False)
class InkComponents:
    """Connected components of ink.

    `mask` (H, W) covers them with a margin, `boxes` (n, 4) are their left, top, right and bottom, and `stroke` is the
    width of the pen in pixels.
    """

    mask: np.ndarray
    boxes: np.ndarray
    stroke: float


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Least darkness of ink, and of the darkest pixel of each component, relative to typical ink."""

    weak: float = WEAK
    strong: float = STRONG


PEN = Thresholds()
"""Those of strokes of a pen, which are as dark along all of their length."""

PRINT = Thresholds(0.2, 0.24)
"""Those of clean print: in small print a thin rule, spread over two rows of pixels, is a quarter as dark as a stem."""


def find_components(
    darkness: np.ndarray, level: float, clean: bool, name: str, least: Thresholds = PEN
) -> InkComponents:
    """The components of ink of darkness `level`, without dirt and shadows unless the image is `clean`.

    Raises:
        BlankError: there are none; the message begins with `name`.
    """
    amount = np.clip(darkness / level, 0, 1)
    weak = (amount > least.weak).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(weak, connectivity=8)
    widths, rims = stroke_widths(amount, weak, labels, count)
    good = np.bincount(labels[amount > least.strong], minlength=count) > 0
    good[0] = False
    if not good.any():
        raise BlankError(f"{name}: blank image: no ink found")
    long = good & (rims > 0.1 * rims[good].max())
    stroke = weighted_quantile(widths[long], rims[long], 0.5)
    if not clean:
        good &= ~_not_ink(_measured(amount, weak, labels, stats), weak.shape, stroke)
    if not good.any():
        raise BlankError(f"{name}: blank image: no ink found, only specks and stains")
    left, top, wide, high = stats[good, :4].T
    reach = 1 if clean else max(1, round(stroke / 3))
    mask = cv2.dilate(good[labels].astype(np.uint8), np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)) > 0
    return InkComponents(mask, np.stack([left, top, left + wide, top + high], axis=1), stroke)


def stroke_widths(
    amount: np.ndarray, mask: np.ndarray, labels: np.ndarray, count: int
) -> tuple[np.ndarray, np.ndarray]:
    """Stroke width and perimeter in pixels, both (count,), of each connected component of `mask`.

    The width of strokes is twice their area, in which each pixel counts by its `amount` of ink, over the perimeter.
    """
    flat = labels.ravel()
    area = np.bincount(flat, weights=amount.ravel(), minlength=count)
    inner = cv2.erode(mask, cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3)), borderValue=0)
    rim = np.bincount(flat, weights=(mask - inner).ravel(), minlength=count)
    # Pixels of the border also touch at corners: at an average slope it is longer than their number.
    return 2 * area / np.maximum(1.1 * rim, 1), 1.1 * rim


def weighted_quantile(values: np.ndarray, weights: np.ndarray, part: float) -> float:
    """The value below which a fraction `part` of the total weight lies."""
    order = np.argsort(values)
    total = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(total, part * total[-1])])


def with_stroke_width(drawn: np.ndarray, change: float) -> np.ndarray:
    """Strokes widened by `change` pixels, or narrowed if it is negative."""
    kernel = disc(1 + round(min(abs(change), _MOST_CHANGED)))
    return cv2.dilate(drawn, kernel) if change > 0 else cv2.erode(drawn, kernel)


def disc(width: int) -> np.ndarray:
    """A disc as a structuring element."""
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width))


# ---------------------------------------------------------------- components that are not ink


@dataclass(frozen=True, slots=True, eq=False)
class _Measures:
    """Measures of each component (n,): its box, area, stroke width, and mean amount of ink per pixel.

    `at_border` is the part of the perimeter that is on the border of the picture; `core` returns the mask of components
    that a disc of the given width fits into.
    """

    left: np.ndarray
    top: np.ndarray
    right: np.ndarray
    bottom: np.ndarray
    area: np.ndarray
    width: np.ndarray
    amount: np.ndarray
    at_border: np.ndarray
    core: Callable[[int], np.ndarray]


def _measured(amount: np.ndarray, mask: np.ndarray, labels: np.ndarray, stats: np.ndarray) -> _Measures:
    count = len(stats)
    left, top, wide, high, area = stats.T
    widths, rims = stroke_widths(mask, mask, labels, count)
    sides = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])

    def core(size: int) -> np.ndarray:
        return np.bincount(labels[cv2.erode(mask, disc(size), borderValue=0) > 0], minlength=count) > 0

    return _Measures(
        left=left,
        top=top,
        right=left + wide,
        bottom=top + high,
        area=area,
        width=widths,
        amount=np.bincount(labels.ravel(), weights=amount.ravel(), minlength=count) / area,
        at_border=np.bincount(sides, minlength=count) / np.maximum(rims, 1),
        core=core,
    )


def _not_ink(components: _Measures, shape: tuple[int, int], stroke: float) -> np.ndarray:
    """Mask (n,) of components that are specks, stains, shadows or edges."""
    speck = components.area < 0.4 * stroke**2
    not_ink = speck | _stains(components, stroke) | _edges(components, shape, stroke)
    return not_ink | _far_specks(components, not_ink, stroke)


def _stains(components: _Measures, stroke: float) -> np.ndarray:
    """Mask (n,) of shadows, fingers and the like that extend into the picture.

    A shadow in the corner has about half of its perimeter on the border, ink that was cut off only its end.
    """
    odd = (components.width > 1.2 * stroke) | (components.area < 4 * stroke**2)
    shadow = (components.amount < 0.78) & (components.at_border > 0.38) & odd
    return shadow | (components.core(int(3 * stroke) | 1) & (components.at_border > 0.2))


def _edges(components: _Measures, shape: tuple[int, int], stroke: float) -> np.ndarray:
    """Mask (n,) of edges of the sheet or table: long, along a border of the picture or from one to the other."""
    height, width = shape
    level = ((components.left == 0) & (components.right == width), components.top, components.bottom, height)
    upright = (
        (components.top == 0) & (components.bottom == height),
        components.left,
        components.right,
        width,
    )
    edge = np.zeros(len(components.area), bool)
    for across, near, far, size in (level, upright):
        outer = np.where(across, 0.25, 0.03) * size
        edge |= (far < outer) | (near > size - outer)
    longest = np.maximum(components.right - components.left, components.bottom - components.top)
    return edge & (components.at_border > 0) & (longest > 30 * stroke)


def _far_specks(components: _Measures, not_ink: np.ndarray, stroke: float) -> np.ndarray:
    """Mask (n,) of small components far from all others, which are dirt rather than dots."""
    small = components.area < 2.5 * stroke**2
    large = ~(small | not_ink)
    large[0] = False
    if not large.any():
        return np.zeros(len(small), bool)
    reach = 12 * stroke
    left, top = components.left[large].min() - reach, components.top[large].min() - reach
    right, bottom = components.right[large].max() + reach, components.bottom[large].max() + reach
    beside = (components.right < left) | (components.left > right)
    return small & (beside | (components.bottom < top) | (components.top > bottom))
