"""Training logs, and the curves of one or several runs as a picture."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from hmer_suite.errors import InputError
from hmer_suite.files import read_lines
from hmer_suite.report.figure import COLOURS, SOFT, new_figure, plain_axes, save_png

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

Points = tuple[list[int], list[float]]
"""Steps and values of a curve."""


@dataclass(frozen=True, slots=True)
class TrainingLog:
    """Entries of a run's log: those of training in `steps` and those of validation, each in order of ``step``."""

    name: str
    steps: tuple[dict, ...]
    validations: tuple[dict, ...]

    def curve(self, key: str) -> Points:
        """Steps and values of a key of the training entries."""
        rows = [row for row in self.steps if _is_number(row.get(key))]
        return [row["step"] for row in rows], [row[key] for row in rows]

    def validation(self, key: str) -> Points:
        """Steps and values of a key of the validation entries."""
        rows = [row for row in self.validations if _is_number(row["validation"].get(key))]
        return [row["step"] for row in rows], [row["validation"][key] for row in rows]


def read_log(path: str | Path) -> TrainingLog:
    """Read a run's ``log.jsonl``; the run has the name of the folder that holds it.

    An incomplete last line is left out: the run may be writing it. Raises `InputError` for any other line
    that is not an object with a ``step``.
    """
    lines = read_lines(path)
    rows = []
    for number, line in enumerate(lines, 1):
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            if number == len(lines):
                break
            raise InputError(f"{path}:{number}: not JSON: {error.msg}") from None
        if not isinstance(row, dict) or not _is_number(row.get("step")):
            raise InputError(f"{path}:{number}: not an object with a step: {line[:80]}")
        rows.append(row)
    return TrainingLog(
        name=Path(path).resolve().parent.name,
        steps=tuple(row for row in rows if "validation" not in row),
        validations=tuple(row for row in rows if isinstance(row.get("validation"), dict)),
    )


def draw_curves(logs: Sequence[str | Path], out: str | Path) -> None:
    """Draw loss, expression rate, WER and learning rate of the logs of one or several runs as a PNG file."""
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    runs = [read_log(path) for path in logs]
    figure = new_figure(11, 7)
    figure.set_layout_engine(ConstrainedLayoutEngine(w_pad=0.12, h_pad=0.1))
    (loss, rate), (wer, speed) = figure.subplots(2, 2)
    for index, run in enumerate(runs):
        colour = COLOURS[index % len(COLOURS)]
        _draw_loss(loss, run, colour)
        _draw_validation(rate, run.validation("exprate"), colour, "highest", len(runs) == 1)
        _draw_line(rate, run.validation("valid"), colour, 1.0, dashed=True, opacity=0.55)
        _draw_validation(wer, run.validation("wer"), colour, "lowest", len(runs) == 1)
        _draw_line(speed, run.curve("lr"), colour, 1.4)
    _finish(
        loss, "loss", "training, smoothed" + (", and validation (dashed)" if _validates_loss(runs) else "")
    )
    _finish(rate, "expression rate", "validation, %; dashed: valid LaTeX")
    _finish(wer, "token error rate (WER)", "validation, % of tokens")
    _finish(speed, "learning rate", "")
    _scale(loss, rate, wer, runs)
    if len(runs) > 1:
        handles = [_handle(COLOURS[i % len(COLOURS)]) for i in range(len(runs))]
        names = [_with_best(run) for run in runs]
        figure.legend(handles, names, loc="outside upper center", ncols=min(3, len(runs)), frameon=False)
    save_png(figure, out)


def smooth(values: Sequence[float], deviation: float) -> np.ndarray:
    """Values smoothed by a Gaussian kernel with a standard deviation of `deviation` places."""
    offsets = np.arange(-min(int(3 * deviation), len(values)), min(int(3 * deviation), len(values)) + 1)
    kernel = np.exp(-0.5 * (offsets / max(deviation, 1e-9)) ** 2)
    middle = slice(len(offsets) // 2, len(offsets) // 2 + len(values))
    return np.convolve(values, kernel)[middle] / np.convolve(np.ones(len(values)), kernel)[middle]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _validates_loss(runs: Sequence[TrainingLog]) -> bool:
    return any(run.validation("loss")[0] for run in runs)


def _draw_loss(axes: Axes, run: TrainingLog, colour: str) -> None:
    steps, values = run.curve("loss")
    axes.plot(steps, values, color=colour, linewidth=0.8, alpha=0.25)
    smoothed = smooth(values, len(values) / 60).tolist() if values else []
    _draw_line(axes, (steps, smoothed), colour, 1.8)
    _draw_line(axes, run.validation("loss"), colour, 1.4, dashed=True)


def _draw_validation(
    axes: Axes, curve: Points, colour: str, best: Literal["highest", "lowest"], labelled: bool
) -> None:
    """Draw a curve with a point for each validation and a ring around the best, labelled if `labelled`."""
    steps, values = curve
    _draw_line(axes, curve, colour, 1.6, marker_size=3.5 if len(steps) < 60 else 0)
    if not values:
        return
    place = values.index(max(values) if best == "highest" else min(values))
    axes.plot(steps[place], values[place], "o", markersize=8, markerfacecolor="none", markeredgecolor=colour)
    if labelled:
        below = best == "lowest" and values[place] > 0.15 * max(values)  # but not on the axis
        axes.annotate(
            f"{values[place]:.2f}",
            (steps[place], values[place]),
            xytext=(0, -9 if below else 9),
            textcoords="offset points",
            ha="right" if place > len(values) / 2 else "left",
            va="top" if below else "bottom",
            color=colour,
            fontweight="bold",
        )


def _draw_line(
    axes: Axes,
    curve: Points,
    colour: str,
    width: float,
    *,
    dashed: bool = False,
    opacity: float = 1.0,
    marker_size: float = 0.0,
) -> None:
    """Draw a line, or a point for a single value."""
    steps, values = curve
    size = 4 if len(values) == 1 else marker_size
    axes.plot(
        steps,
        values,
        color=colour,
        linewidth=width,
        linestyle=(0, (4, 2)) if dashed else "-",
        alpha=opacity,
        marker="o" if size else "",
        markersize=size,
    )


def _finish(axes: Axes, title: str, remark: str) -> None:
    plain_axes(axes, title, remark)
    axes.set_xlabel("step", color=SOFT, fontsize=9)
    axes.margins(x=0.02, y=0.1)
    axes.xaxis.set_major_formatter("{x:,.0f}")
    if not any(np.size(line.get_xdata()) for line in axes.lines):
        axes.text(0.5, 0.5, "nothing yet", transform=axes.transAxes, ha="center", color=SOFT)


def _scale(loss: Axes, rate: Axes, wer: Axes, runs: Sequence[TrainingLog]) -> None:
    """Scale the axes: losses logarithmically where they span much, rates from 0, steps alike everywhere."""
    losses = [value for run in runs for value in run.curve("loss")[1]]
    if losses and min(losses) > 0 and max(losses) > 5 * min(losses):
        from matplotlib.ticker import LogLocator, NullLocator

        loss.set_yscale("log")
        loss.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        loss.yaxis.set_minor_locator(NullLocator())
        loss.yaxis.set_major_formatter("{x:g}")
    rate.set_ylim(0, 105)
    errors = [value for run in runs for value in run.validation("wer")[1]]
    highest = max(errors, default=0.0)
    wer.set_ylim(0, min(150.0, 1.1 * highest) if highest else 100)
    last = max((row["step"] for run in runs for row in run.steps + run.validations), default=1)
    for axes in loss.figure.axes:
        axes.set_xlim(0, 1.03 * max(last, 1))


def _with_best(run: TrainingLog) -> str:
    steps, values = run.validation("exprate")
    return (
        f"{run.name}: {max(values):.2f} % at step {steps[values.index(max(values))]:,}"
        if values
        else run.name
    )


def _handle(colour: str) -> Line2D:
    from matplotlib.lines import Line2D

    return Line2D([], [], color=colour, linewidth=2)
