"""A contact sheet of a data set: images with their LaTeX and id below them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hmer_suite.latex.tokens import split
from hmer_suite.report.figure import (
    INK,
    LINE,
    SOFT,
    card_corners,
    draw_box,
    draw_ink,
    finish_canvas,
    new_canvas,
    write_monospace,
)
from hmer_suite.specs.samples import SampleSet

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes

COLUMNS, CARD, GAP, PAD = 4, 400, 14, 14
"""Columns of the sheet; pixels: width of a card, space between cards, space within one."""

LETTER, LINE_HEIGHT = 7, 16
"""Pixels: width of a letter of the monospaced font, a whole number as it is drawn, and height of a line."""

MAX_HEIGHT, MAX_LINES = 170, 4
"""Greatest height of an image in pixels, and most lines of a label; the rest is cut."""


@dataclass(frozen=True, slots=True, eq=False)
class _Card:
    """A sample to draw: `shown` is (height, width) of its image on the sheet, in pixels."""

    id: str
    source: str
    image: np.ndarray
    shown: tuple[float, float]
    lines: tuple[str, ...]

    @property
    def height(self) -> float:
        return 2 * PAD + self.shown[0] + 10 + LINE_HEIGHT * (1 + len(self.lines))


def draw_sheet(samples: SampleSet, out: str | Path, n: int = 40, title: str = "") -> None:
    """Draw `n` samples, evenly spread over the set, as a PNG file: image, LaTeX and id of each.

    All images have the same scale, except those that are too wide or too high for a card.
    """
    import numpy as np

    places = np.unique(np.linspace(0, len(samples) - 1, min(n, len(samples))).round().astype(int))
    cards = [
        _card(samples.ids[place], samples.sources[place], samples.images[place], samples.labels[place])
        for place in places.tolist()
    ]
    columns = min(COLUMNS, max(1, len(cards)))
    corners, height = card_corners([card.height for card in cards], columns, CARD, GAP, 2.0 * GAP + 16)
    figure, axes = new_canvas(columns * (CARD + GAP) + GAP, height)
    figure.set_facecolor("#eef0f3")
    shown = f"{len(cards)} of {len(samples):,} samples, {samples.split}"
    heading = f"{title}  {shown}" if title else shown
    write_monospace(axes, (GAP + 2, GAP + 10), heading, INK, 1.15 * LETTER)
    for card, (x, y) in zip(cards, corners, strict=True):
        _draw_card(axes, card, x, y)
    finish_canvas(figure, axes, out)


def _card(identifier: str, source: str, image: np.ndarray, label: str) -> _Card:
    scale = min(1.0, (CARD - 2 * PAD) / image.shape[1], MAX_HEIGHT / image.shape[0])
    lines = list(wrapped(label, int((CARD - 2 * PAD) / LETTER))) or ["(no label)"]
    if len(lines) > MAX_LINES:
        lines = [*lines[: MAX_LINES - 1], lines[MAX_LINES - 1][:-2] + " …"]
    return _Card(identifier, source, image, (image.shape[0] * scale, image.shape[1] * scale), tuple(lines))


def compact(label: str) -> str:
    """LaTeX with spaces only where it needs them."""
    text = ""
    for token in split(label):
        if text and token[:1].isalpha() and _ends_with_word(text):
            text += " "
        text += token
    return text


def _ends_with_word(text: str) -> bool:
    rest = text.rstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return rest != text and rest.endswith("\\")


def wrapped(label: str, room: int) -> Iterator[str]:
    """Lines of at most `room` letters of a label in compact spelling, broken between tokens where possible."""
    line = ""
    for token in split(label):
        longer = compact(f"{line} {token}") if line else token
        if len(longer) > room and line:
            yield line
            longer = token
        while len(longer) > room:
            yield longer[:room]
            longer = longer[room:]
        line = longer
    if line:
        yield line


def _draw_card(axes: Axes, card: _Card, x: float, y: float) -> None:
    draw_box(axes, (x, y), (CARD, card.height), "white", 6, edge=LINE)
    height, width = card.shown
    left, top = x + PAD, y + PAD
    draw_ink(axes, card.image, (left, left + width, top + height, top))
    top += height + 10 + LINE_HEIGHT / 2
    for number, line in enumerate(card.lines):
        write_monospace(axes, (left, top + number * LINE_HEIGHT), line, INK, LETTER)
    letters = int((CARD - 2 * PAD) / LETTER)
    name = card.id if card.source in ("", card.id) else f"{card.id}  {card.source}"
    place = (left, top + len(card.lines) * LINE_HEIGHT + 2)
    write_monospace(axes, place, name[-letters:], SOFT, LETTER)
