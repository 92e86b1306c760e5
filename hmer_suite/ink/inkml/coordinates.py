"""Coordinates of InkML traces: X to the right and Y down, in one unit, on the canvas where there is one."""

from __future__ import annotations

from functools import partial

import numpy as np

from hmer_suite.ink.document import check_coordinates
from hmer_suite.ink.inkml.channels import DEFAULT_FORMAT, Channel, TraceFormat, length_ratio
from hmer_suite.ink.inkml.contexts import Context
from hmer_suite.ink.inkml.points import Points


class CoordinateReader:
    """Turns the points of traces into coordinates in the unit of the first trace's X."""

    def __init__(self) -> None:
        self._unit: Channel | None = None
        self._factors: dict[tuple[TraceFormat, str], float] = {}

    def read(self, points: Points, context: Context) -> np.ndarray:
        """Coordinates (points, 2) as float64; NaN where one was not reported.

        Raises `InputError` for a coordinate that is not finite, and for axes in units that have no common measure.
        """
        mapped: dict[str, np.ndarray] = {}
        if context.transform is not None:
            names = tuple(channel.name for channel in points.format.regular)
            mapped = context.transform.apply(partial(_checked_column, points), names)
        found = np.empty((len(points), 2))
        for place, axis in enumerate(("X", "Y")):
            values = mapped[axis] if axis in mapped else points.column(axis)
            # The numbers of a transform are the canvas's; without one it is the trace format that says what they mean.
            meaning = (context.canvas or DEFAULT_FORMAT) if axis in mapped else context.format
            factor = self._factor(axis, meaning, points.where)
            # Adding zero turns negative zeros into zeros.
            found[:, place] = values if factor == 1 else values * factor + 0.0
        _check(found, points)
        return found

    def _factor(self, axis: str, meaning: TraceFormat, where: str) -> float:
        """Units of the ink in one step of a channel, negative for X to the left and Y upwards."""
        if (meaning, axis) not in self._factors:
            channel = meaning.find(axis) or Channel(axis)
            self._unit = self._unit or channel
            self._factors[meaning, axis] = channel.sign * length_ratio(channel, self._unit, where)
        return self._factors[meaning, axis]


def _checked_column(points: Points, name: str) -> np.ndarray:
    found = points.column(name)
    _check(found, points)
    return found


def _check(values: np.ndarray, points: Points) -> None:
    """Check all values of a trace but those that were not reported."""
    check_coordinates(values if points.numbers is not None else values[~np.isnan(values)], points.where)
