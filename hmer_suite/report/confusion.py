"""A confusion matrix as a picture: rows are tokens written, columns tokens read, look-alikes side by side."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from hmer_suite.latex.characters import character
from hmer_suite.report.figure import COLOURS, INK, LINE, SOFT, new_figure, save_png

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.image import AxesImage

FAINTEST = 0.3
"""Percentage of a row from which a cell is coloured."""

WRITTEN_FROM = 10.0
"""Percentage of a row from which a confusion is labelled with its percentage."""

CELL = 0.165
"""Side of a cell in inches."""


def draw_confusions(counts: np.ndarray, tokens: Sequence[str], out: str | Path, title: str) -> None:
    """Draw a confusion matrix, each row in percent of the tokens written, as a PNG file.

    `counts` (C, C) says how often token i was read as token j. Tokens never written are left out. The colour scale is
    logarithmic, so that one in three hundred still shows.
    """
    written = np.flatnonzero(counts.sum(1))
    counts = counts[np.ix_(written, written)]
    shares = 100 * counts / counts.sum(1, keepdims=True)
    order = alike_together(shares)
    names = [tokens[written[place]] for place in order]
    shares = shares[np.ix_(order, order)]
    side = CELL * len(names)
    figure = new_figure(side + 2.0, side + 1.7, layout="constrained")
    axes = figure.subplots()
    image = _draw_cells(axes, shares)
    _label(axes, names)
    axes.set_title(title, loc="left", fontsize=12, fontweight="bold", color=INK)
    bar = figure.colorbar(image, ax=axes, fraction=0.02, pad=0.01, format="{x:g} %", extend="min")
    bar.outline.set_visible(False)
    bar.ax.tick_params(colors=SOFT, labelsize=9)
    save_png(figure, out)


def alike_together(shares: np.ndarray) -> list[int]:
    """Order of the classes in which classes often confused are neighbours; `shares` (C, C) are percentages of rows.

    Chains of classes are joined at their ends, the most confused first (single linkage).
    """
    strength = np.maximum(shares, shares.T)
    chains = {place: [place] for place in range(len(shares))}
    first, second = np.triu_indices(len(shares), 1)
    for number in np.argsort(-strength[first, second], kind="stable"):
        one, other = chains[int(first[number])], chains[int(second[number])]
        if one is not other:
            joined = _joined(one, other, strength)
            chains |= dict.fromkeys(joined, joined)
    return chains[0]


def _joined(one: list[int], other: list[int], strength: np.ndarray) -> list[int]:
    """Two chains joined, each possibly reversed, so that the ends that meet are the most confused."""
    ways = [(one, other), (one, other[::-1]), (one[::-1], other), (one[::-1], other[::-1])]
    left, right = max(ways, key=lambda way: strength[way[0][-1], way[1][0]])
    return left + right


def _draw_cells(axes: Axes, shares: np.ndarray) -> AxesImage:
    from matplotlib.colors import LinearSegmentedColormap, LogNorm

    colours = LinearSegmentedColormap.from_list("confusion", ["#eef3fb", COLOURS[0], "#0b2650"])
    shown = np.ma.masked_less(shares, FAINTEST)
    image = axes.imshow(shown, cmap=colours, norm=LogNorm(FAINTEST, 100))
    for row, column in zip(*np.nonzero(shares >= WRITTEN_FROM), strict=True):
        if row != column:
            text = f"{shares[row, column]:.0f}"
            axes.text(column, row, text, ha="center", va="center", fontsize=5.5, color="white")
    return image


def _label(axes: Axes, names: Sequence[str]) -> None:
    texts = [character(name) or name for name in names]
    family = "DejaVu Sans"
    axes.set_xticks(range(len(texts)), texts, rotation=90, fontsize=8, family=family, parse_math=False)
    axes.set_yticks(range(len(texts)), texts, fontsize=8, family=family, parse_math=False)
    axes.tick_params(length=0, colors=INK, top=True, labeltop=True, right=True, labelright=True)
    axes.set_xlabel("read as", color=SOFT)
    axes.set_ylabel("written", color=SOFT)
    for edge in range(len(texts) + 1):
        axes.axhline(edge - 0.5, color=LINE, linewidth=0.3)
        axes.axvline(edge - 0.5, color=LINE, linewidth=0.3)
    for spine in axes.spines.values():
        spine.set_color(LINE)
