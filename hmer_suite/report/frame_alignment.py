"""Alignment of frames and tokens of a CTC recogniser as a picture below the image.

Shapes: H W height and width of the image in pixels, L tokens, T frames.

Each token has a row, in reading order, so a formula read from left to right runs down to the right. Stacked parts, as
in a fraction, share columns of the image, and the network has to spread their tokens over the frames there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from hmer_suite.report.figure import INK, LINE, SOFT, draw_ink, new_figure, save_png

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, slots=True, eq=False)
class FrameAlignment:
    """Probability `held` (L, T) of each token at each frame, and that of the blank, `blank` (T,).

    The T frames have equal widths and cover `width` pixels of the image from its left edge.
    """

    held: np.ndarray
    blank: np.ndarray
    width: float


def draw_alignment(
    image: np.ndarray, alignment: FrameAlignment, tokens: Sequence[str], out: str | Path
) -> None:
    """Write a PNG file: an image (H, W; 0 paper, 255 ink) above its alignment, a row for each of its tokens.

    Each row is scaled to its largest probability: a token on which the network does not insist, such as a brace that
    the grammar closes at the end, has its probability spread over all frames where it may lie, and is seen there.

    Raises `ValueError` if the alignment has another number of rows.
    """
    if len(tokens) != len(alignment.held):
        raise ValueError(f"{len(alignment.held)} rows for {len(tokens)} tokens")
    height, width = image.shape
    inches = min(14.0, max(5.0, width / 40))
    heights = [max(0.6, inches * height / width), 0.25, 0.2 * len(tokens)]
    figure = new_figure(inches + 1.2, sum(heights) + 0.8)
    paper, blanks, rows = figure.subplots(
        3, 1, sharex=True, gridspec_kw={"height_ratios": heights, "hspace": 0.25 / max(heights)}
    )
    figure.subplots_adjust(
        left=1.1 / (inches + 1.2), right=0.98, top=0.97, bottom=0.55 / (sum(heights) + 0.8)
    )
    draw_ink(paper, image, (0, width, height, 0))
    _bare(paper, [])
    _strips(blanks, alignment.blank[None], alignment.width, "Greys", ["blank"])
    _strips(rows, scaled_rows(alignment.held), alignment.width, "Oranges", tokens)
    for edge in range(len(tokens) + 1):
        rows.axhline(edge, color=LINE, linewidth=0.4)
    rows.set_xlim(0, width)
    rows.set_xlabel("pixels", color=SOFT, fontsize=9)
    rows.tick_params(axis="x", labelbottom=True)
    save_png(figure, out)


def scaled_rows(held: np.ndarray) -> np.ndarray:
    """Rows (L, T) divided by their largest values; a row of zeros stays."""
    most = held.max(1, keepdims=True)
    return held / np.where(most > 0, most, 1)


def _strips(axes: Axes, values: np.ndarray, width: float, colours: str, names: Sequence[str]) -> None:
    """Draw rows of probabilities, the first at the top, stretched over `width` pixels."""
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
    """Remove all ticks except the names of rows."""
    escaped = [name.replace("$", r"\$") for name in names]
    axes.set_yticks([i + 0.5 for i in range(len(names))], escaped, fontsize=9, color=INK, family="monospace")
    axes.tick_params(length=0, labelbottom=False, colors=SOFT)
    for spine in axes.spines.values():
        spine.set_color(LINE)
