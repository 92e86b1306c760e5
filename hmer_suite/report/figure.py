"""Shared parts of figures: colours, axes, ink, cards and text; a canvas without matplotlib's global state."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from hmer_suite.files import write_whole

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, SOFT, LINE = "#1b1e23", "#5a6270", "#d5dae1"
"""Colours of text, of secondary text, and of rules."""

COLOURS = ("#1d5fbf", "#d9630b", "#1a8a5a", "#8b4fb3", "#b8336a", "#7d6608", "#0e8c99", "#555b66")
"""Categorical palette."""

DPI = 100
"""Pixels an inch of every figure."""

_ADVANCE = 0.602
"""Width of a letter of DejaVu Sans Mono, in parts of the font size."""


def new_figure(width: float, height: float, layout: Literal["constrained"] | None = None) -> Figure:
    """An empty white figure of `width` by `height` inches; with `layout` matplotlib places the axes."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=DPI, facecolor="white", layout=layout)
    FigureCanvasAgg(figure)
    return figure


def new_canvas(width: float, height: float) -> tuple[Figure, Axes]:
    """A figure of `width` by `height` pixels and axes without ticks that cover it; `finish_canvas` sets its limits."""
    figure = new_figure(width / DPI, height / DPI)
    axes = figure.add_axes((0, 0, 1, 1), frameon=False)
    axes.set(xticks=[], yticks=[])
    return figure, axes


def finish_canvas(figure: Figure, axes: Axes, out: str | Path) -> None:
    """Set pixel coordinates with y pointing down, after images, which set limits of their own, and write the PNG."""
    width, height = (side * DPI for side in figure.get_size_inches())
    axes.set(xlim=(0, width), ylim=(height, 0))
    save_png(figure, out)


def plain_axes(axes: Axes, title: str, remark: str = "") -> None:
    """Style axes: title on the left, remark on the right, two thin spines, and a faint grid."""
    axes.set_title(title, loc="left", fontsize=12, fontweight="bold", color=INK)
    axes.set_title(remark, loc="right", fontsize=9, color=SOFT)
    axes.grid(color=LINE, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(colors=SOFT, labelsize=9)
    for name, spine in axes.spines.items():
        spine.set_visible(name in ("left", "bottom"))
        spine.set_color(LINE)


def draw_ink(axes: Axes, image: np.ndarray, extent: tuple[float, float, float, float]) -> None:
    """Draw an image (H, W; 0 paper, 255 ink) as dark on light at `extent`: left, right, bottom, top."""
    axes.imshow(
        255 - image,
        extent=extent,
        zorder=2,  # patches have 1
        cmap="gray",
        vmin=0,
        vmax=255,
        interpolation="antialiased",
        aspect="auto",
    )


def draw_box(
    axes: Axes,
    corner: tuple[float, float],
    size: tuple[float, float],
    colour: str,
    radius: float,
    edge: str | None = None,
) -> None:
    """Draw a filled box from its upper left `corner`, `size` being (width, height); `edge` colours an outline."""
    from matplotlib.patches import FancyBboxPatch

    style = f"round,pad=0,rounding_size={radius:g}" if radius else "square,pad=0"
    outline = {"linewidth": 0.0} if edge is None else {"linewidth": 1.0, "edgecolor": edge}
    axes.add_patch(FancyBboxPatch(corner, *size, boxstyle=style, facecolor=colour, **outline))


def write_monospace(
    axes: Axes, place: tuple[float, float], text: str, colour: str, advance: float, bold: bool = False
) -> None:
    """Write text from `place`, the middle of its left edge, in letters `advance` pixels wide."""
    if text.strip():
        axes.text(
            *place,
            text,
            color=colour,
            family="DejaVu Sans Mono",
            fontsize=advance / _ADVANCE * 72 / DPI,
            fontweight="bold" if bold else "normal",
            va="center_baseline",
            parse_math=False,
        )


def card_corners(
    heights: Sequence[float], columns: int, width: float, gap: float, top: float
) -> tuple[list[tuple[float, float]], float]:
    """Upper left corner of each card, placed in the column that is shortest so far, and the height of the sheet.

    Cards are `width` pixels wide and `gap` pixels apart; `top` is where the columns begin.
    """
    bottoms = [top] * columns
    corners = []
    for height in heights:
        column = bottoms.index(min(bottoms))
        corners.append((gap + column * (width + gap), bottoms[column]))
        bottoms[column] += height + gap
    return corners, max(bottoms)


def save_png(figure: Figure, out: str | Path) -> None:
    """Write the figure as a PNG file, whole or not at all."""
    buffer = BytesIO()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing")  # labels may hold any character
        figure.savefig(buffer, format="png")
    write_whole(out, buffer.getvalue())
