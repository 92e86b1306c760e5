"""Connected pieces of ink: where they are, how wide their strokes are, and which of them are no ink.

Shapes: H W height and width in pixels, n number of pieces. Darkness is a float from 0, the paper, to 1, black.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hmer_suite.errors import BlankError

if TYPE_CHECKING:
    import numpy as np

WEAK, STRONG = 0.4, 0.65
"""Darkness of ink at the least, and somewhere in each connected piece of it, as parts of typical ink's."""

_MOST_CHANGED = 40
"""Pixels that a stroke is made wider or narrower at most."""


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """Connected pieces of ink: `mask` (H, W) with a rim around them, `boxes` (n, 4) of left, top, right, bottom.

    `stroke` is the width of the pen in pixels.
    """

    mask: np.ndarray
    boxes: np.ndarray
    stroke: float


def find_pieces(darkness: np.ndarray, level: float, clean: bool, name: str) -> Pieces:
    """The pieces of ink of darkness `level`; of an image that is not `clean` without dirt and shadows.

    Raises:
        BlankError: there are none; the message begins with `name`.
    """
    import cv2
    import numpy as np

    amount = np.clip(darkness / level, 0, 1)
    weak = (amount > WEAK).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(weak, connectivity=8)
    widths, rims = stroke_widths(amount, weak, labels, count)
    good = np.bincount(labels[amount > STRONG], minlength=count) > 0
    good[0] = False
    if not good.any():
        raise BlankError(f"{name}: blank image: no ink found")
    long = good & (rims > 0.1 * rims[good].max())
    stroke = weighted_quantile(widths[long], rims[long], 0.5)
    if not clean:
        good &= ~_rubbish(_measured(amount, weak, labels, stats), weak.shape, stroke)
    if not good.any():
        raise BlankError(f"{name}: blank image: no ink found, only specks and stains")
    left, top, wide, high = stats[good, :4].T
    reach = 1 if clean else max(1, round(stroke / 3))
    mask = cv2.dilate(good[labels].astype(np.uint8), np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)) > 0
    return Pieces(mask, np.stack([left, top, left + wide, top + high], axis=1), stroke)


def stroke_widths(
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


def weighted_quantile(values: np.ndarray, weights: np.ndarray, part: float) -> float:
    """The value below which `part` of all weights lie."""
    import numpy as np

    order = np.argsort(values)
    total = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(total, part * total[-1])])


def with_pen(drawn: np.ndarray, change: float) -> np.ndarray:
    """Strokes wider by `change` pixels, or narrower where it is negative."""
    import cv2

    kernel = disc(1 + round(min(abs(change), _MOST_CHANGED)))
    return cv2.dilate(drawn, kernel) if change > 0 else cv2.erode(drawn, kernel)


def disc(width: int) -> np.ndarray:
    """A disc for morphology."""
    import cv2

    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width))


# ---------------------------------------------------------------- what is no ink


@dataclass(frozen=True, slots=True, eq=False)
class _Measures:
    """Of each piece (n,): its sides, area, width of strokes, and amount of ink a pixel.

    `leaning` is the part of the rim that lies on the sides of the picture; `core` is a function that says which
    pieces have room for a disc of so many pixels.
    """

    left: np.ndarray
    top: np.ndarray
    right: np.ndarray
    bottom: np.ndarray
    area: np.ndarray
    width: np.ndarray
    amount: np.ndarray
    leaning: np.ndarray
    core: Callable[[int], np.ndarray]


def _measured(amount: np.ndarray, mask: np.ndarray, labels: np.ndarray, stats: np.ndarray) -> _Measures:
    import cv2
    import numpy as np

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
        leaning=np.bincount(sides, minlength=count) / np.maximum(rims, 1),
        core=core,
    )


def _rubbish(pieces: _Measures, shape: tuple[int, int], stroke: float) -> np.ndarray:
    """Which pieces (n,) are specks, stains, shadows or edges."""
    speck = pieces.area < 0.4 * stroke**2
    rubbish = speck | _stains(pieces, stroke) | _edges(pieces, shape, stroke)
    return rubbish | _far_specks(pieces, rubbish, stroke)


def _stains(pieces: _Measures, stroke: float) -> np.ndarray:
    """Shadows and hands that reach into the picture.

    A shadow in the corner has the picture's sides for half of its rim, ink that was cut off only its end.
    """
    odd = (pieces.width > 1.2 * stroke) | (pieces.area < 4 * stroke**2)
    shadow = (pieces.amount < 0.78) & (pieces.leaning > 0.38) & odd
    return shadow | (pieces.core(int(3 * stroke) | 1) & (pieces.leaning > 0.2))


def _edges(pieces: _Measures, shape: tuple[int, int], stroke: float) -> np.ndarray:
    """The edge of the sheet or of the table: long, along a side of the picture or from one side to the other."""
    import numpy as np

    height, width = shape
    level = ((pieces.left == 0) & (pieces.right == width), pieces.top, pieces.bottom, height)
    upright = ((pieces.top == 0) & (pieces.bottom == height), pieces.left, pieces.right, width)
    edge = np.zeros(len(pieces.area), bool)
    for across, near, far, size in (level, upright):
        outer = np.where(across, 0.25, 0.03) * size
        edge |= (far < outer) | (near > size - outer)
    longest = np.maximum(pieces.right - pieces.left, pieces.bottom - pieces.top)
    return edge & (pieces.leaning > 0) & (longest > 30 * stroke)


def _far_specks(pieces: _Measures, rubbish: np.ndarray, stroke: float) -> np.ndarray:
    """Small things far from everything else: dirt, not dots."""
    import numpy as np

    small = pieces.area < 2.5 * stroke**2
    large = ~(small | rubbish)
    large[0] = False
    if not large.any():
        return np.zeros(len(small), bool)
    reach = 12 * stroke
    left, top = pieces.left[large].min() - reach, pieces.top[large].min() - reach
    right, bottom = pieces.right[large].max() + reach, pieces.bottom[large].max() + reach
    beside = (pieces.right < left) | (pieces.left > right)
    return small & (beside | (pieces.bottom < top) | (pieces.top > bottom))
