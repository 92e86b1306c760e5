"""Figures of one look: colours, a canvas without matplotlib's global state, PNG files written whole."""

from __future__ import annotations

import warnings
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from hmer_suite.files import write_whole

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, SOFT, LINE = "#1b1e23", "#5a6270", "#d5dae1"
"""Letters, letters that matter less, and rules."""

COLOURS = ("#1d5fbf", "#d9630b", "#1a8a5a", "#8b4fb3", "#b8336a", "#7d6608", "#0e8c99", "#555b66")
"""Of things that stand beside each other."""


def new_figure(width: float, height: float, **options) -> Figure:
    """A figure of so many inches at 100 dots an inch."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=100, facecolor="white", **options)
    FigureCanvasAgg(figure)
    return figure


def plain_axes(axes: Axes, title: str, remark: str = "") -> None:
    """Title and remark above the axes, two thin spines, a faint grid behind."""
    axes.set_title(title, loc="left", fontsize=12, fontweight="bold", color=INK)
    axes.set_title(remark, loc="right", fontsize=9, color=SOFT)
    axes.grid(color=LINE, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(colors=SOFT, labelsize=9)
    for name, spine in axes.spines.items():
        spine.set_visible(name in ("left", "bottom"))
        spine.set_color(LINE)


def draw_ink(axes: Axes, image: np.ndarray, extent: tuple[float, float, float, float]) -> None:
    """An image (H, W; 0 paper, 255 ink) as dark on light at `extent`: left, right, bottom, top."""
    look = {"cmap": "gray", "vmin": 0, "vmax": 255, "interpolation": "antialiased", "aspect": "auto"}
    axes.imshow(255 - image, extent=extent, zorder=2, **look)  # patches have 1


def save_png(figure: Figure, out: str | Path) -> None:
    """Write the figure, whole or not at all."""
    buffer = BytesIO()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing")  # labels may hold any character
        figure.savefig(buffer, format="png")
    write_whole(out, buffer.getvalue())
