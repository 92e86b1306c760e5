"""Statistics of a data set as a table and as charts."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from hmer_suite.data.statistics import STRUCTURES, SetStats, Spread
from hmer_suite.errors import InputError
from hmer_suite.report.figure import (
    COLOURS,
    INK,
    LINE,
    SOFT,
    new_figure,
    plain_axes,
    save_png,
)
from hmer_suite.report.tables import table

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def stats_text(stats: Sequence[SetStats]) -> str:
    """The table that ``hmer-suite data stats`` prints."""
    return f"{table(_rows(stats))}\n\n{_symbols(stats)}"


def _symbols(stats: Sequence[SetStats]) -> str:
    lines = []
    for one in stats:
        frequent = [name for name in one.symbols if name not in ("{", "}")][:30]
        lines.append(f"{one.split}, most frequent: {' '.join(frequent)}")
        if one.new_symbols:
            lines.append(f"{one.split}, not in train: {' '.join(list(one.new_symbols)[:30])}")
    return "\n".join(lines)


def _rows(stats: Sequence[SetStats]) -> list[list[str]]:
    """Rows of a table with a column for each split, the first row its heading."""
    rows = [["", *(one.split for one in stats)]]
    for name, value in _FIGURES.items():
        rows.append([name, *(value(one) for one in stats)])
    for name in STRUCTURES:
        rows.append([f"with {name}, %", *(_share(one.structures[name], len(one.lengths)) for one in stats)])
    deepest = max((depth for one in stats for depth in one.depths), default=0)
    for level in range(deepest + 1):
        rows.append(
            [f"nested {level} deep, %", *(_share(one.depths.count(level), len(one.depths)) for one in stats)]
        )
    return rows


def _spread(values: Sequence[float]) -> str:
    if not values:
        return "-"
    found = Spread.of(values)
    return f"{found.median:,.0f} / {found.p95:,.0f} / {found.max:,.0f}"


def _share(count: int, n: int) -> str:
    return f"{100 * count / n:.1f}" if n else "-"


def _count(value: int | None) -> str:
    return "-" if value is None else f"{value:,}"


_FIGURES: dict[str, Callable[[SetStats], str]] = {
    "samples": lambda one: _count(one.n),
    "left out": lambda one: _count(one.left_out),
    "different formulas": lambda one: _count(one.distinct),
    "formulas that train has too": lambda one: _count(one.with_train),
    "tokens (median / 95 % / most)": lambda one: _spread(one.lengths),
    "height in pixels": lambda one: _spread([height for height, _ in one.sizes]),
    "width in pixels": lambda one: _spread([width for _, width in one.sizes]),
    "symbols": lambda one: _count(len(one.symbols)),
    "symbols seen less than 10 times": lambda one: _count(sum(n < 10 for n in one.symbols.values())),
    "symbols that train lacks": lambda one: _count(None if one.new_symbols is None else len(one.new_symbols)),
}

CHART_FILES = ("lengths.png", "sizes.png", "symbols.png", "structures.png")
"""Files that `draw_stats` writes."""

MOST_SYMBOLS = 70
"""Most symbols of the chart of symbols."""


def draw_stats(stats: Sequence[SetStats], out: str | Path) -> list[Path]:
    """Draw charts of the splits of a data set into folder `out`, and return the files."""
    folder = Path(out)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{folder}: cannot make the folder: {error.strerror}") from None
    drawn = (_draw_lengths, _draw_sizes, _draw_symbols, _draw_structures)
    paths = [folder / name for name in CHART_FILES]
    for path, draw in zip(paths, drawn, strict=True):
        draw([one for one in stats if one.n], path)
    return paths


def _draw_lengths(stats: Sequence[SetStats], path: Path) -> None:
    figure = new_figure(11, 4.2, layout="constrained")
    lengths, depths = figure.subplots(1, 2, width_ratios=(3, 2))
    longest = max((Spread.of(one.lengths).p95 for one in stats if one.lengths), default=1.0)
    wide = math.ceil(1.6 * longest / 40)
    _histogram(lengths, [one.lengths for one in stats], wide * math.ceil(1.6 * longest / wide) + 1, wide)
    plain_axes(lengths, "length", "tokens of a formula, % of formulas")
    deepest = max((max(one.depths) for one in stats if one.depths), default=0)
    groups = [str(level) for level in range(deepest + 1)]
    parts = [
        [_percent(one.depths.count(level), len(one.depths)) for level in range(deepest + 1)] for one in stats
    ]
    _bars(depths, groups, parts)
    plain_axes(depths, "nesting", "levels off the line, % of formulas")
    depths.grid(visible=False, axis="x")
    _legend(figure, stats)
    save_png(figure, path)


def _draw_sizes(stats: Sequence[SetStats], path: Path) -> None:
    from matplotlib.ticker import LogLocator, NullLocator

    figure = new_figure(11, 4.2, layout="constrained")
    places, areas = figure.subplots(1, 2, width_ratios=(3, 2))
    for index, one in enumerate(stats):
        heights, widths = zip(*one.sizes, strict=True)
        faint = min(0.7, max(0.12, 200 / len(heights)))
        places.scatter(widths, heights, s=7, alpha=faint, color=_colour(index), linewidths=0, rasterized=True)
    places.set(xscale="log", yscale="log", xlabel="width", ylabel="height")
    for axis in (places.xaxis, places.yaxis):
        axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.set_minor_locator(NullLocator())
        axis.set_major_formatter("{x:g}")
    plain_axes(places, "images", "pixels")
    pixels = [[height * width / 1000 for height, width in one.sizes] for one in stats]
    most = max(Spread.of(values).p95 for values in pixels) * 1.6
    _histogram(areas, pixels, most, most / 30)
    plain_axes(areas, "area", "thousand pixels, % of images")
    _legend(figure, stats)
    save_png(figure, path)


def _draw_symbols(stats: Sequence[SetStats], path: Path) -> None:
    """Draw the frequency in each split of the most frequent symbols of the first one."""
    named = [one for one in stats if one.symbols]
    names = [name for one in named[:1] for name in one.symbols if name not in ("{", "}")][:MOST_SYMBOLS]
    figure = new_figure(11, 5, layout="constrained")
    axes = figure.subplots()
    for index, one in enumerate(named):
        total = sum(one.symbols.values())
        rates = [1000 * one.symbols.get(name, 0) / total for name in names]
        if not index:
            axes.vlines(range(len(names)), 0.8 * min(rates), rates, color=LINE, linewidth=3)
        axes.plot(range(len(names)), rates, "o", markersize=5, color=_colour(index), alpha=0.85)
    axes.set(yscale="log", xlim=(-1, len(names)))
    axes.set_xticks(range(len(names)), names, rotation=90, family="DejaVu Sans Mono", parse_math=False)
    axes.yaxis.set_major_formatter("{x:g}")
    rest = sum(len(one.symbols) for one in named[:1]) - len(names)
    plain_axes(axes, "symbols", f"in a thousand tokens; braces and {rest:,} rarer ones are not shown")
    axes.grid(visible=False, axis="x")
    axes.tick_params(axis="x", colors=INK, length=0, labelsize=9)
    _legend(figure, stats)
    save_png(figure, path)


def _draw_structures(stats: Sequence[SetStats], path: Path) -> None:
    names = [name for name in STRUCTURES if any(one.structures[name] for one in stats)]
    figure = new_figure(11, 1.6 + 0.42 * max(len(names), 2), layout="constrained")
    axes = figure.subplots()
    parts = [[_percent(one.structures[name], len(one.lengths)) for name in names] for one in stats]
    _bars(axes, names, parts, flat=True)
    plain_axes(axes, "structures", "% of formulas that have one")
    axes.grid(visible=False, axis="y")
    axes.tick_params(axis="y", colors=INK, length=0, labelsize=10)
    _legend(figure, stats)
    save_png(figure, path)


def _colour(index: int) -> str:
    return COLOURS[index % len(COLOURS)]


def _percent(count: int, n: int) -> float:
    return 100 * count / n if n else 0.0


def _histogram(axes: Axes, columns: Sequence[Sequence[float]], most: float, wide: float) -> None:
    """Outline the shares of each column's values in bins of width `wide`; the last bin has all from `most` on."""
    import numpy as np

    edges = np.arange(0, most + wide / 2, wide)
    most = float(edges[-1])
    for index, values in enumerate(columns):
        if len(values):
            clipped = np.minimum(values, most - wide / 2)
            shares = 100 * np.histogram(clipped, edges)[0] / len(values)
            axes.stairs(shares, edges, color=_colour(index), linewidth=1.8)
            axes.stairs(shares, edges, color=_colour(index), fill=True, alpha=0.08)
    axes.set_xlim(0, most)
    if any(max(values, default=0) > most for values in columns):
        ticks = [tick for tick in axes.get_xticks() if tick < 0.93 * most]
        axes.set_xticks([*ticks, most], [*(f"{tick:g}" for tick in ticks), "more"])


def _bars(axes: Axes, names: Sequence[str], columns: Sequence[Sequence[float]], flat: bool = False) -> None:
    """Draw groups of labelled bars: a group for each name, a colour for each column; `flat` lays them down."""
    thick = 0.8 / max(len(columns), 1)
    for index, values in enumerate(columns):
        middle = [place + (index - (len(columns) - 1) / 2) * thick for place in range(len(names))]
        draw_bars = axes.barh if flat else axes.bar
        bars = draw_bars(middle, values, 0.88 * thick, color=_colour(index))
        labels = [_written(value) for value in values]
        axes.bar_label(bars, labels, padding=2, fontsize=8 if flat else 7, color=SOFT)
    if flat:
        axes.set_yticks(range(len(names)), names)
        axes.invert_yaxis()
        axes.margins(x=0.08, y=0.01)
    else:
        axes.set_xticks(range(len(names)), names)
        axes.margins(y=0.1)


def _written(value: float) -> str:
    return "" if not value else f"{value:.1f}" if value < 9.95 else f"{value:.0f}"


def _legend(figure: Figure, stats: Sequence[SetStats]) -> None:
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], linestyle="", marker="s", markersize=8, color=_colour(index))
        for index in range(len(stats))
    ]
    names = [f"{one.split} ({one.n:,})" for one in stats]
    legend = figure.legend(
        handles, names, loc="outside upper right", ncols=len(stats), frameon=False, fontsize=9
    )
    for text in legend.get_texts():
        text.set_color(INK)
