"""Skeletons of drawn ink: lines one pixel wide along the middle of the strokes, and their branches.

Masks are (H, W) uint8, 0 paper and 1 ink. Pixels are neighbours if they share an edge or a corner.

Z. Guo, R. W. Hall, "Parallel thinning with two-subiteration algorithms", Communications of the ACM 32 (1989). OpenCV
has it only in a separate package (opencv-contrib); with a table of all 256 neighbourhoods it takes a few lines.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

_AROUND = ((0, -1), (1, -1), (1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1))
"""Steps (x, y) to the eight neighbours, clockwise from the one above; bit n of a neighbourhood is neighbour n."""

_WEIGHTS = np.array([[128, 1, 2], [64, 0, 4], [32, 16, 8]], np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Skeleton:
    """Branches of a skeleton; a pixel is ``y * width + x``.

    `branches` lead from an end or a junction to another one, both included; `rings` are closed and meet nothing;
    `points` are single pixels. `ends` are the pixels with one neighbour.
    """

    width: int
    branches: tuple[list[int], ...]
    rings: tuple[list[int], ...]
    points: tuple[int, ...]
    ends: frozenset[int]


def thin(mask: np.ndarray) -> np.ndarray:
    """The skeleton of a mask, as a mask."""
    lines = cv2.copyMakeBorder(mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    left = cv2.countNonZero(lines)
    while True:
        for table in _removable():
            lines = cv2.bitwise_and(lines, cv2.LUT(_neighbourhoods(lines), table))
        before, left = left, cv2.countNonZero(lines)
        if left == before:
            return lines[1:-1, 1:-1].copy()


def branches_of(lines: np.ndarray) -> Skeleton:
    """The branches of a skeleton made by `thin`."""
    padded = cv2.copyMakeBorder(lines, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    links = (cv2.LUT(_neighbourhoods(padded), _links()) * padded).ravel()
    width = padded.shape[1]
    pixels = np.flatnonzero(padded.ravel())
    degrees = _degrees()[links[pixels]]
    walk = _Walk(links.tobytes(), tuple(x + y * width for x, y in _AROUND))
    branches = [
        branch for node in pixels[(degrees == 1) | (degrees > 2)].tolist() for branch in walk.from_node(node)
    ]
    rings = walk.rings(set(pixels[degrees == 2].tolist()).difference(*branches))

    def unpadded(path: list[int]) -> list[int]:
        rows, columns = np.divmod(path, width)
        return ((rows - 1) * (width - 2) + columns - 1).tolist()

    return Skeleton(
        width - 2,
        tuple(map(unpadded, branches)),
        tuple(map(unpadded, rings)),
        tuple(unpadded(pixels[degrees == 0])),
        frozenset(unpadded(pixels[degrees == 1])),
    )


class _Walk:
    """Follows the lines of a skeleton; `links` holds for each pixel the bits of its neighbours."""

    def __init__(self, links: bytes, steps: tuple[int, ...]):
        self._links = links
        self._steps = [[step for bit, step in enumerate(steps) if code >> bit & 1] for code in range(256)]
        self._turns = [sum(steps) if len(steps) == 2 else None for steps in self._steps]
        self._taken: set[tuple[int, int]] = set()

    def from_node(self, node: int) -> Iterator[list[int]]:
        """The branches that leave an end or a junction and have not been followed from their other end."""
        for step in self._steps[self._links[node]]:
            if (node, node + step) not in self._taken:
                branch = self._along(node, node + step)
                self._taken.add((branch[-1], branch[-2]))
                yield branch

    def rings(self, rest: set[int]) -> list[list[int]]:
        """The closed lines through the pixels that lie on no branch."""
        rings = []
        while rest:
            start = min(rest)
            ring = self._along(start, start + self._steps[self._links[start]][0])[:-1]
            rest = rest.difference(ring)
            rings.append(ring)
        return rings

    def _along(self, start: int, here: int) -> list[int]:
        """Pixels from `start` through its neighbour `here` to the next end or junction, or back to `start`."""
        links, turns = self._links, self._turns
        path, before = [start, here], start
        while here != start and (turn := turns[links[here]]) is not None:
            # The two steps of a pixel within a line add up to `turn`, and one of them leads back.
            before, here = here, 2 * here + turn - before
            path.append(here)
        return path


def _neighbourhoods(mask: np.ndarray) -> np.ndarray:
    """For each pixel, the bits of the neighbours that are ink."""
    return cv2.filter2D(mask, -1, _WEIGHTS, borderType=cv2.BORDER_CONSTANT)


@cache
def _bits() -> np.ndarray:
    """Mask (8, 256) of the neighbours in each neighbourhood."""
    return (np.arange(256) >> np.arange(8)[:, None] & 1).astype(bool)


@cache
def _degrees() -> np.ndarray:
    """Number of neighbours (256,) in each neighbourhood."""
    return _bits().sum(axis=0)


@cache
def _links() -> np.ndarray:
    """Each neighbourhood (256,) without the diagonal neighbours that another neighbour also leads to."""
    bits = _bits().copy()
    for corner in (1, 3, 5, 7):
        bits[corner] &= ~(bits[corner - 1] | bits[(corner + 1) % 8])
    return (bits * (1 << np.arange(8))[:, None]).sum(axis=0).astype(np.uint8)


@cache
def _removable() -> tuple[np.ndarray, np.ndarray]:
    """For each half of an iteration, a table (256,) of neighbourhoods: 1 keeps the pixel, 0 removes it."""
    n, ne, e, se, s, sw, w, nw = _bits()
    runs = sum((~a & (b | c)).astype(int) for a, b, c in ((n, ne, e), (e, se, s), (s, sw, w), (w, nw, n)))
    sides = sum((a | b).astype(int) for a, b in ((nw, n), (ne, e), (se, s), (sw, w)))
    others = sum((a | b).astype(int) for a, b in ((n, ne), (e, se), (s, sw), (w, nw)))
    few = np.minimum(sides, others)
    border = (runs == 1) & (few >= 2) & (few <= 3)
    first, second = (n | ne | ~se) & e, (s | sw | ~nw) & w
    keep_first, keep_second = ((~(border & ~side)).astype(np.uint8) for side in (first, second))
    return keep_first, keep_second
