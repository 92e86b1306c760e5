"""Strokes of equally many points, as networks read them.

Shapes: S strokes of a formula, P points of a stroke.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hmer_suite.specs.samples import InkSample


def resample(traces: Sequence[np.ndarray], points: int) -> np.ndarray:
    """Traces (n, 2) resampled to strokes (S, P, 2) of float64, with points equally spaced along each.

    A trace without extent becomes one point, repeated.
    """
    counts = np.array([len(trace) for trace in traces])
    path = np.concatenate(traces).astype(np.float64)
    ends = np.cumsum(counts) - 1
    starts = ends - counts + 1
    steps = np.hypot(*np.diff(path, axis=0, prepend=path[:1]).T)
    # One unit of length is inserted between traces, so that the distance along all of them always increases there.
    steps[starts] = 1.0
    along = np.cumsum(steps)
    shares = np.linspace(0.0, 1.0, points)
    wanted = along[starts, None] + (along[ends] - along[starts])[:, None] * shares
    return np.stack([np.interp(wanted, along, path[:, axis]) for axis in (0, 1)], axis=-1)


def strokes_of(ink: InkSample, points: int) -> np.ndarray:
    """Strokes (S, P, 2) in symbol heights, with the origin at the left edge and the vertical middle of the formula."""
    return centred(resample(ink.traces, points) / (ink.unit or 1.0))


def centred(strokes: np.ndarray) -> np.ndarray:
    """The strokes with the origin at the left edge and the vertical middle of the formula."""
    low, high = strokes.min(axis=(0, 1)), strokes.max(axis=(0, 1))
    return strokes - (low[0], (low[1] + high[1]) / 2)
