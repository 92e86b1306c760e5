"""Where frames become tokens: the image, and below it, column under column, which token holds which frame.

Shapes: H W height and width of the image in pixels, L tokens, T frames.

Tokens stand below each other in reading order, so a reading from left to right runs down to the right. Where
something stands above something else, as in a fraction, the network has to wait, and it shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hmer_suite.report.figure import INK, LINE, SOFT, draw_ink, new_figure, save_png

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes


@dataclass(frozen=True, slots=True, eq=False)
class FrameAlignment:
    """How probably each token holds each frame, `held` (L, T), how probable the blank is there, `blank` (T,).

    The T frames cover `width` pixels of the image from its left edge, each as many.
    """

    held: np.ndarray
    blank: np.ndarray
    width: float


def draw_alignment(
    image: np.ndarray, alignment: FrameAlignment, tokens: Sequence[str], out: str | Path
) -> None:
    """Write a PNG file: an image (H, W; 0 paper, 255 ink) above its tokens, of which there are as many as rows.

    Raises `ValueError` where there are not.
    """
    if len(tokens) != len(alignment.held):
        raise ValueError(f"{len(alignment.held)} rows for {len(tokens)} tokens")
    height, width = image.shape
    inches = min(14.0, max(5.0, width / 40))
    heights = [max(0.6, inches * height / width), 0.25, 0.2 * len(tokens)]
    figure = new_figure(inches + 1.2, sum(heights) + 0.8)
    paper, silence, rows = figure.subplots(
        3, 1, sharex=True, gridspec_kw={"height_ratios": heights, "hspace": 0.25 / max(heights)}
    )
    figure.subplots_adjust(
        left=1.1 / (inches + 1.2), right=0.98, top=0.97, bottom=0.55 / (sum(heights) + 0.8)
    )
    draw_ink(paper, image, (0, width, height, 0))
    _bare(paper, [])
    _strips(silence, alignment.blank[None], alignment.width, "Greys", ["blank"])
    _strips(rows, alignment.held, alignment.width, "Oranges", tokens)
    for edge in range(len(tokens) + 1):
        rows.axhline(edge, color=LINE, linewidth=0.4)
    rows.set_xlim(0, width)
    rows.set_xlabel("pixels", color=SOFT, fontsize=9)
    rows.tick_params(axis="x", labelbottom=True)
    save_png(figure, out)


def _strips(axes: Axes, values: np.ndarray, width: float, colours: str, names: Sequence[str]) -> None:
    """Rows of probabilities, the first at the top, spread over `width` pixels."""
    axes.imshow(
        values,
        extent=(0, width, len(values), 0),
        aspect="auto",
        interpolation="nearest",
        cmap=colours,
        vmin=0,
        vmax=1,
    )
    _bare(axes, names)


def _bare(axes: Axes, names: Sequence[str]) -> None:
    """No ticks but the names of rows."""
    escaped = [name.replace("$", r"\$") for name in names]
    axes.set_yticks([i + 0.5 for i in range(len(names))], escaped, fontsize=9, color=INK, family="monospace")
    axes.tick_params(length=0, labelbottom=False, colors=SOFT)
    for spine in axes.spines.values():
        spine.set_color(LINE)
