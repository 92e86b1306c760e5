"""Calibration of confidences as a picture: reliability diagram, and accuracy against coverage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hmer_suite.report.figure import COLOURS, LINE, SOFT, new_figure, plain_axes, save_png

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, slots=True)
class CalibrationCurve:
    """Calibration of one set of readings.

    `bins` are (mean confidence, accuracy, number of readings) of each interval of confidence; `kept` are (share,
    accuracy in percent) of the most confident readings.
    """

    bins: Sequence[tuple[float, float, int]]
    kept: Sequence[tuple[float, float]]


def draw_calibration(curves: Mapping[str, CalibrationCurve], out: str | Path) -> None:
    """Draw reliability and accuracy against coverage of each named set of readings as a PNG file."""
    figure = new_figure(11, 4.6, layout="constrained")
    left, right = figure.subplots(1, 2)
    _reliability(left, curves)
    _coverage(right, curves)
    save_png(figure, out)


def _reliability(axes: Axes, curves: Mapping[str, CalibrationCurve]) -> None:
    plain_axes(axes, "Reliability", "area: number of readings")
    axes.plot([0, 100], [0, 100], color=LINE, linewidth=1)
    for (name, curve), colour in zip(curves.items(), COLOURS, strict=False):
        said, right, sizes = ([row[column] for row in curve.bins] for column in range(3))
        axes.plot([100 * x for x in said], [100 * y for y in right], color=colour, linewidth=1.2, label=name)
        axes.scatter(
            [100 * x for x in said], [100 * y for y in right], [max(6, n / 2) for n in sizes], colour
        )
    axes.set_xlabel("confidence, %", color=SOFT)
    axes.set_ylabel("readings that are right, %", color=SOFT)
    axes.legend(frameon=False, fontsize=9)


def _coverage(axes: Axes, curves: Mapping[str, CalibrationCurve]) -> None:
    plain_axes(axes, "Accuracy of the most confident", "")
    for (name, curve), colour in zip(curves.items(), COLOURS, strict=False):
        axes.plot(
            [100 * share for share, _ in curve.kept],
            [rate for _, rate in curve.kept],
            color=colour,
            label=name,
        )
    axes.set_xlabel("share of readings, %", color=SOFT)
    axes.set_ylabel("of them right, %", color=SOFT)
    axes.legend(frameon=False, fontsize=9)
