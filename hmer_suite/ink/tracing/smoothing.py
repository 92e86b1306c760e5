"""Traces of curves: smoothed, in the direction of a pen, with equally spaced points."""

from __future__ import annotations

import math

import numpy as np

from hmer_suite.ink.tracing.branches import Curve
from hmer_suite.ink.tracing.measures import RIM
from hmer_suite.ink.tracing.settings import Tracing


def trace_of(curve: Curve, pen: float, tracing: Tracing) -> np.ndarray:
    """The trace (n, 2) of a curve in pixels of the drawing: smoothed, equally spaced, in the direction of a pen."""
    points = curve.points
    extent = max(np.ptp(points.real), np.ptp(points.imag))
    if extent <= tracing.dot * pen:
        points = np.array([points.mean()])
    else:
        points = _spaced(points, 1.0)
        points = _smoothed(_directed(points, curve.closed), curve.closed, tracing.smoothing * pen)
        points = _spaced(points, tracing.spacing * tracing.scale)
    # The centre of the first pixel is half a pixel from the corner of the rim.
    places = (points + (0.5 + 0.5j)) / tracing.scale - RIM * (1 + 1j)
    return np.stack([places.real, places.imag], axis=1).astype(np.float32)


def _spaced(points: np.ndarray, spacing: float) -> np.ndarray:
    """Points about `spacing` apart, at equal distances along a curve."""
    along = np.concatenate(([0.0], np.abs(np.diff(points)).cumsum()))
    wanted = np.linspace(0.0, along[-1], max(2, round(along[-1] / spacing) + 1))
    return np.interp(wanted, along, points)


def _directed(points: np.ndarray, closed: bool) -> np.ndarray:
    """The points in the most likely direction of the pen."""
    if not closed:
        step = points[-1] - points[0]
        return points if step.real + _DOWN * step.imag >= 0 else points[::-1]
    top = int(np.argmin(points[:-1].imag))
    turned = np.roll(points[:-1], -top)
    turned = np.append(turned, turned[0])
    quarter = max(1, len(turned) // 8)
    return turned if turned[quarter].real <= turned[-1 - quarter].real else turned[::-1]


_DOWN = 1.5
"""Weight of a step down, relative to one to the right, as evidence for the direction of a stroke."""


def _smoothed(points: np.ndarray, closed: bool, deviation: float) -> np.ndarray:
    """Points at distance 1, smoothed by a Gaussian; the ends of an open curve do not move."""
    reach = math.ceil(2.5 * deviation)
    if len(points) < 3:
        return points
    reach = min(reach, len(points) - 1)
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / deviation) ** 2)
    if closed:
        before, after = points[-1 - reach : -1], points[1 : reach + 1]
    else:
        before, after = (
            2 * points[0] - points[reach:0:-1],
            2 * points[-1] - points[-2 : -2 - reach : -1],
        )
    padded = np.concatenate([before, points, after])
    return np.convolve(padded, weights / weights.sum(), mode="valid")
