"""Pictures of training: the curves of one or several runs, and samples with what was read in them.

Drawn with matplotlib's Agg canvas and without its global state, so that a program that plots is not disturbed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from hmer_suite.errors import InputError
from hmer_suite.files import read_lines
from hmer_suite.report.figure import (
    COLOURS,
    INK,
    LINE,
    SOFT,
    draw_ink,
    new_figure,
    plain_axes,
    save_png,
)
from hmer_suite.scores.edit_distance import MATCH, align

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes

RIGHT, WRONG = "#1a7f37", "#c0271b"
ONLY_LABEL, ONLY_PREDICTION = ("#7a2e00", "#fbdcc8"), ("#0b3d80", "#d3e6ff")
"""Letters and ground of tokens that only one side has, as in the HTML report."""

Best = Callable[[Iterable[float]], float]
"""`max` or `min`: which of a curve's values is the best."""

# ------------------------------------------------------------------------------------------------- curves


@dataclass(frozen=True, slots=True)
class Log:
    """What a run logged: `steps` while it trained, `validations` between, each in order of `step`."""

    name: str
    steps: tuple[dict, ...]
    validations: tuple[dict, ...]

    def curve(self, key: str) -> tuple[list[int], list[float]]:
        """Steps and values of a key of training."""
        rows = [row for row in self.steps if _is_number(row.get(key))]
        return [row["step"] for row in rows], [row[key] for row in rows]

    def validation(self, key: str) -> tuple[list[int], list[float]]:
        """Steps and values of a key of validation."""
        rows = [row for row in self.validations if _is_number(row["validation"].get(key))]
        return [row["step"] for row in rows], [row["validation"][key] for row in rows]


def read_log(path: str | Path) -> Log:
    """A run's ``log.jsonl``; the run is named like the folder around it.

    A last line that is not whole is left out: the run may be writing it. Raises `InputError` for any other line
    that is no object with a ``step``.
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
    return Log(
        name=Path(path).resolve().parent.name,
        steps=tuple(row for row in rows if "validation" not in row),
        validations=tuple(row for row in rows if isinstance(row.get("validation"), dict)),
    )


def draw_curves(logs: Sequence[str | Path], out: str | Path) -> None:
    """Draw loss, expression rate, WER and learning rate of some runs' logs, one over the other, as a PNG file."""
    runs = [read_log(path) for path in logs]
    figure = new_figure(11, 7, layout="constrained")
    figure.get_layout_engine().set(w_pad=0.12, h_pad=0.1)
    (loss, rate), (wer, speed) = figure.subplots(2, 2)
    for index, run in enumerate(runs):
        colour = COLOURS[index % len(COLOURS)]
        _draw_loss(loss, run, colour)
        _draw_validation(rate, run, "exprate", colour, max, len(runs) == 1)
        _draw_line(rate, *run.validation("valid"), colour, linestyle=(0, (4, 2)), linewidth=1.0, alpha=0.55)
        _draw_validation(wer, run, "wer", colour, min, len(runs) == 1)
        _draw_line(speed, *run.curve("lr"), colour, linewidth=1.4)
    _finish(
        loss, "loss", "training, smoothed" + (", and validation (dashed)" if _validates_loss(runs) else "")
    )
    _finish(rate, "expression rate", "validation, % of samples; dashed: valid LaTeX")
    _finish(wer, "token error rate (WER)", "validation, % of tokens")
    _finish(speed, "learning rate", "")
    _scale(loss, rate, wer, runs)
    if len(runs) > 1:
        handles = [_handle(COLOURS[i % len(COLOURS)]) for i in range(len(runs))]
        names = [_with_best(run) for run in runs]
        figure.legend(handles, names, loc="outside upper center", ncols=min(3, len(runs)), frameon=False)
    save_png(figure, out)


def smooth(values: Sequence[float], reach: float) -> np.ndarray:
    """Weighted mean of each value's neighbours, Gaussian with a standard deviation of `reach` places."""
    import numpy as np

    values = np.asarray(values, dtype=float)
    offsets = np.arange(-min(int(3 * reach), len(values)), min(int(3 * reach), len(values)) + 1)
    kernel = np.exp(-0.5 * (offsets / max(reach, 1e-9)) ** 2)
    middle = slice(len(offsets) // 2, len(offsets) // 2 + len(values))
    return np.convolve(values, kernel)[middle] / np.convolve(np.ones(len(values)), kernel)[middle]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _validates_loss(runs: Sequence[Log]) -> bool:
    return any(run.validation("loss")[0] for run in runs)


def _draw_loss(axes: Axes, run: Log, colour: str) -> None:
    steps, values = run.curve("loss")
    axes.plot(steps, values, color=colour, linewidth=0.8, alpha=0.25)
    _draw_line(axes, steps, smooth(values, len(values) / 60) if values else [], colour, linewidth=1.8)
    _draw_line(axes, *run.validation("loss"), colour, linestyle=(0, (4, 2)), linewidth=1.4)


def _draw_validation(axes: Axes, run: Log, key: str, colour: str, best: Best, written: bool) -> None:
    """A curve with a point for each validation, the best one ringed, and written down if `written`."""
    steps, values = run.validation(key)
    _draw_line(
        axes, steps, values, colour, linewidth=1.6, markersize=3.5 if len(steps) < 60 else 0, marker="o"
    )
    if not values:
        return
    place = values.index(best(values))
    axes.plot(steps[place], values[place], "o", markersize=8, markerfacecolor="none", markeredgecolor=colour)
    if written:
        below = best is min and values[place] > 0.15 * max(values)  # but not on the axis
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


def _draw_line(axes: Axes, steps: Sequence[float], values: Sequence[float], colour: str, **style) -> None:
    """A line, or a point where there is one value only."""
    if len(values) == 1:
        style["marker"], style["markersize"] = "o", 4
    axes.plot(steps, values, color=colour, **style)


def _finish(axes: Axes, title: str, remark: str) -> None:
    plain_axes(axes, title, remark)
    axes.set_xlabel("step", color=SOFT, fontsize=9)
    axes.margins(x=0.02, y=0.1)
    axes.xaxis.set_major_formatter("{x:,.0f}")
    if not any(len(line.get_xdata()) for line in axes.lines):
        axes.text(0.5, 0.5, "nothing yet", transform=axes.transAxes, ha="center", color=SOFT)


def _scale(loss: Axes, rate: Axes, wer: Axes, runs: Sequence[Log]) -> None:
    """Losses on a logarithmic scale, rates from 0, the time axis common to all."""
    losses = [value for run in runs for value in run.curve("loss")[1]]
    if losses and min(losses) > 0 and max(losses) > 5 * min(losses):
        from matplotlib.ticker import LogLocator, NullLocator

        loss.set_yscale("log")
        loss.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        loss.yaxis.set_minor_locator(NullLocator())
        loss.yaxis.set_major_formatter("{x:g}")
    rate.set_ylim(0, 105)
    errors = [value for run in runs for value in run.validation("wer")[1]]
    wer.set_ylim(0, min(150.0, 1.1 * max(errors)) if errors and max(errors) else 100)
    last = max((row["step"] for run in runs for row in run.steps + run.validations), default=1)
    for axes in loss.figure.axes:
        axes.set_xlim(0, 1.03 * max(last, 1))


def _with_best(run: Log) -> str:
    steps, values = run.validation("exprate")
    return (
        f"{run.name}: {max(values):.2f} % at step {steps[values.index(max(values))]:,}"
        if values
        else run.name
    )


def _handle(colour: str):
    from matplotlib.lines import Line2D

    return Line2D([], [], color=colour, linewidth=2)


# ------------------------------------------------------------------------------------------------ samples

WIDTH, GAP, PAD = 760, 24, 16
"""Pixels: width of a sample's card, space between cards, space within one."""

LETTER, LINE_HEIGHT = 9.0, 21
"""Pixels from letter to letter of the fixed-width font, and from line to line."""

BETWEEN = 6
"""Pixels between pairs of lines."""

NAME_WIDTH = 7
"""Letters of the names in front of the lines."""

MAX_IMAGE, MAX_LINES = 150, 8
"""Pixels of an image's height at most, and lines of tokens; what is beyond is counted."""

_ADVANCE = 0.602  # of DejaVu Sans Mono, in parts of its size


@dataclass(frozen=True, slots=True)
class _Cell:
    """Aligned tokens, one above the other; where one side has none its text is empty."""

    label: str
    prediction: str
    differs: bool

    @property
    def width(self) -> int:
        return max(len(self.label), len(self.prediction)) + 1


_Side = tuple[str, list[tuple[str, _Cell]], tuple[str, str]]
"""Name, tokens with their cells, and colours for those that differ."""


@dataclass(frozen=True, slots=True, eq=False)
class _Card:
    name: str
    image: np.ndarray
    right: bool
    lines: tuple[tuple[_Cell, ...], ...]
    more: int
    shown: tuple[int, int]

    @property
    def height(self) -> int:
        rows = sum(len(_sides(line, number, self.right)) for number, line in enumerate(self.lines))
        between = 0 if self.right else BETWEEN * len(self.lines)
        text = (rows + (self.more > 0)) * LINE_HEIGHT + between
        return 2 * PAD + LINE_HEIGHT + 8 + self.shown[0] + 12 + text


def draw_samples(rows: Sequence[tuple[str, np.ndarray, str, str]], out: str | Path) -> None:
    """Draw samples as a PNG file, each with its image, label and prediction, aligned token by token.

    `rows` are (id, image (H, W) of uint8 with 0 paper and 255 ink, label, prediction), both texts spaced tokens.
    Tokens that differ are coloured; very long texts are cut, saying by how many tokens.
    """
    cards = [_card(*row) for row in rows]
    places, height = _places(cards)
    width = 2 * WIDTH + 3 * GAP
    figure = new_figure(width / 100, height / 100)
    axes = figure.add_axes((0, 0, 1, 1), frameon=False)
    axes.set(xticks=[], yticks=[])
    _draw_legend(axes, sum(card.right for card in cards), len(cards))
    for card, (x, y) in zip(cards, places, strict=True):
        _draw_card(axes, card, x, y)
    axes.set(xlim=(0, width), ylim=(height, 0))  # after the images, which set their own
    save_png(figure, out)


def _places(cards: Sequence[_Card]) -> tuple[list[tuple[int, int]], int]:
    """Where each card's corner goes, in two columns of which the shorter one is filled, and the height of all."""
    bottoms = [GAP + LINE_HEIGHT, GAP + LINE_HEIGHT]
    places = []
    for card in cards:
        column = bottoms.index(min(bottoms))
        places.append((GAP + column * (WIDTH + GAP), bottoms[column]))
        bottoms[column] += card.height + GAP
    return places, max(bottoms)


def _card(name: str, image: np.ndarray, label: str, prediction: str) -> _Card:
    aligned = align(prediction.split(), label.split())
    cells = [_Cell(theirs or "", ours or "", step != MATCH) for step, theirs, ours in aligned.pairs()]
    lines = list(_wrapped([_short(cell) for cell in cells]))
    right = not aligned.distance
    most = MAX_LINES if right else MAX_LINES // 2
    more = sum(map(len, lines[most:]))
    scale = min((WIDTH - 2 * PAD) / image.shape[1], MAX_IMAGE / image.shape[0], 1.5)
    shown = (round(image.shape[0] * scale), round(image.shape[1] * scale))
    return _Card(name, image, right, tuple(lines[:most]), more, shown)


def _short(cell: _Cell) -> _Cell:
    """A token longer than any command is cut, or it would leave its card."""
    label, prediction = (
        text if len(text) <= 24 else text[:23] + "…" for text in (cell.label, cell.prediction)
    )
    return _Cell(label, prediction, cell.differs)


def _wrapped(cells: Sequence[_Cell]) -> Iterator[tuple[_Cell, ...]]:
    """Cells in lines that fit into a card; one empty line where there is no cell."""
    room = int((WIDTH - 2 * PAD) / LETTER) - NAME_WIDTH
    line: list[_Cell] = []
    used = 0
    for cell in cells:
        if line and used + cell.width > room + 1:
            yield tuple(line)
            line, used = [], 0
        line.append(cell)
        used += cell.width
    yield tuple(line)


def _draw_legend(axes: Axes, right: int, number: int) -> None:
    _write(axes, GAP, GAP, f"{right} of {number} right", INK, bold=True)
    x = GAP + 22 * LETTER
    for text, (ink, ground) in (("only in the label", ONLY_LABEL), ("only predicted", ONLY_PREDICTION)):
        _ground(axes, x - 4, GAP, len(text) * LETTER + 8, ground)
        _write(axes, x, GAP, text, ink)
        x += (len(text) + 3) * LETTER


def _draw_card(axes: Axes, card: _Card, x: float, y: float) -> None:
    from matplotlib.patches import FancyBboxPatch

    colour, height = RIGHT if card.right else WRONG, card.height
    style = "round,pad=0,rounding_size=8"
    axes.add_patch(
        FancyBboxPatch((x, y), WIDTH, height, boxstyle=style, facecolor="white", edgecolor=LINE, linewidth=1)
    )
    axes.add_patch(
        FancyBboxPatch((x, y + 8), 4, height - 16, boxstyle="square,pad=0", facecolor=colour, lw=0)
    )
    x, y = x + PAD, y + PAD + LINE_HEIGHT / 2
    _write(axes, x, y, "✓" if card.right else "✗", colour, bold=True, size=1.3)
    _write(axes, x + 2.2 * LETTER, y, card.name[:70], SOFT)
    y += LINE_HEIGHT / 2 + 8
    high, wide = card.shown
    draw_ink(axes, card.image, (x, x + wide, y + high, y))
    y += high + 12 + LINE_HEIGHT / 2
    for number, line in enumerate(card.lines):
        for name, tokens, colours in _sides(line, number, card.right):
            _write(axes, x, y, name, SOFT)
            _draw_tokens(axes, tokens, x + NAME_WIDTH * LETTER, y, colours)
            if not any(token for token, _ in tokens):
                _write(axes, x + NAME_WIDTH * LETTER, y, "(nothing)", SOFT)
            y += LINE_HEIGHT
        y += 0 if card.right else BETWEEN
    if card.more:
        _write(axes, x + NAME_WIDTH * LETTER, y, f"... and {card.more:,} more tokens", SOFT)


def _sides(line: Sequence[_Cell], number: int, right: bool) -> list[_Side]:
    """What to write for line `number` of a card: one side where both are alike, and none that is empty.

    The first line has both in any case, so that one sees where nothing was read.
    """
    label, read = [(cell.label, cell) for cell in line], [(cell.prediction, cell) for cell in line]
    if right:
        return [("" if number else "both", label, ONLY_LABEL)]
    sides = [("label", label, ONLY_LABEL), ("read", read, ONLY_PREDICTION)]
    return [side for side in sides if not number or any(token for token, _ in side[1])]


def _draw_tokens(
    axes: Axes, tokens: Sequence[tuple[str, _Cell]], x: float, y: float, colours: tuple[str, str]
) -> None:
    """Tokens of one side; neighbours of one colour are one text, which is much faster."""
    ink, ground = colours
    for differs, run in groupby(tokens, key=lambda pair: pair[1].differs):
        text = ""
        for token, cell in run:
            if differs and token:
                _ground(axes, x + len(text) * LETTER - 3, y, len(token) * LETTER + 6, ground)
            text += token.ljust(cell.width)
        _write(axes, x, y, text.rstrip(), ink if differs else INK)
        x += len(text) * LETTER


def _ground(axes: Axes, x: float, y: float, width: float, colour: str) -> None:
    from matplotlib.patches import FancyBboxPatch

    style = "round,pad=0,rounding_size=4"
    corner = (x, y - LINE_HEIGHT / 2 + 1)
    axes.add_patch(
        FancyBboxPatch(corner, width, LINE_HEIGHT - 2, boxstyle=style, facecolor=colour, linewidth=0)
    )


def _write(
    axes: Axes, x: float, y: float, text: str, colour: str, bold: bool = False, size: float = 1.0
) -> None:
    """Text in a fixed-width font from (x, y), the middle of its left edge, LETTER pixels a letter."""
    if text.strip():
        axes.text(
            x,
            y,
            text,
            color=colour,
            family="DejaVu Sans Mono",
            fontsize=size * LETTER / _ADVANCE * 72 / 100,
            fontweight="bold" if bold else "normal",
            va="center_baseline",
            parse_math=False,
        )
