"""Branches of a skeleton, the arms in which they leave a junction, and curves made of them."""

from __future__ import annotations

import cmath
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hmer_suite.ink.tracing.measures import InkMeasures
from hmer_suite.ink.tracing.skeleton import Skeleton


@dataclass(frozen=True, slots=True, eq=False)
class Branch:
    """A branch of the skeleton; `pixels`, `depths` and `free` describe its two ends.

    An end is free if it is not at a junction. `depth` is the least depth along the branch, `amount` the mean amount of
    ink along its middle half. A `double` branch was drawn out and back.
    """

    points: np.ndarray
    pixels: tuple[int, int]
    depths: tuple[float, float]
    free: tuple[bool, bool]
    depth: float
    amount: float
    double: bool = False

    @property
    def length(self) -> float:
        """Length along the points."""
        return float(np.abs(np.diff(self.points)).sum())


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Points of a stroke; if it is closed, the last point equals the first."""

    points: np.ndarray
    closed: bool = False


End = tuple[int, int]
"""Index of a branch, and 0 or 1 for its first or last point."""


@dataclass(frozen=True, slots=True, eq=False)
class Arm:
    """The way in which a branch leaves a junction.

    It leaves the disc of ink around the junction, `cut` points away, at `start` in `direction` (unit length).
    """

    end: End
    start: complex
    direction: complex
    cut: int


def branch_of(pixels: Sequence[int], skeleton: Skeleton, measures: InkMeasures) -> Branch:
    """The branch along pixels of a skeleton."""
    ends = pixels[0], pixels[-1]
    depths = measures.depths[pixels]
    return Branch(
        points=points_of(pixels, skeleton.width),
        pixels=ends,
        depths=(float(depths[0]), float(depths[-1])),
        free=(ends[0] in skeleton.ends, ends[1] in skeleton.ends),
        depth=float(depths.min()),
        amount=float(measures.amounts[pixels[len(pixels) // 4 : len(pixels) * 3 // 4 + 1]].mean()),
    )


def points_of(pixels: Sequence[int], width: int) -> np.ndarray:
    """Points (n,) of pixels given as ``y * width + x``."""
    rows, columns = np.divmod(pixels, width)
    return columns + 1j * rows


def arm_of(branches: Sequence[Branch], end: End, reach: float) -> Arm:
    """The arm of the branch that ends in `end`; its direction is taken over a length of `reach`."""
    branch = branches[end[0]]
    points = branch.points[:: 1 - 2 * end[1]]
    if branch.double:
        points = points[: len(points) // 2 + 1]
    far = np.abs(points - points[0])
    # Cuts at both ends must leave the middle of a short branch.
    cut = min(int(np.argmax(far > _DISTORTED * branch.depths[end[1]])) or len(points), (len(points) - 1) // 2)
    start = complex(points[cut])
    beyond = np.abs(points[cut:] - start)
    stop = complex(points[cut + (int(np.argmax(beyond > reach)) or len(beyond) - 1)])
    direction = (stop - start) or (start - complex(points[0])) or 1.0
    return Arm(end, start, direction / abs(direction), cut)


_DISTORTED = 1.2
"""Radius of the disc in which a junction distorts the skeleton, in depths of its centre."""


def sharpest_turn(arm: Arm, arms: Sequence[Arm]) -> float:
    """Largest angle in radians by which a pen turns into this arm of a junction from another one."""
    return max(abs(cmath.phase(-arm.direction / other.direction)) for other in arms if other is not arm)
