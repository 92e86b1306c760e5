"""Samples of a validation as a picture: image, label and prediction of each, aligned token by token."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

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
from hmer_suite.scores.edit_distance import MATCH, align

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes

RIGHT, WRONG = "#1a7f37", "#c0271b"
ONLY_LABEL, ONLY_PREDICTION = ("#7a2e00", "#fbdcc8"), ("#0b3d80", "#d3e6ff")
"""Text and background colour of tokens that only one side has, as in the HTML report."""

WIDTH, GAP, PAD = 760, 24, 16
"""Pixels: width of a sample's card, space between cards, space within one."""

LETTER, LINE_HEIGHT = 9.0, 21
"""Pixels: width of a letter of the monospaced font, height of a line."""

LINE_GAP = 6
"""Pixels between two pairs of lines."""

NAME_WIDTH = 7
"""Letters reserved for the name in front of a line."""

MAX_IMAGE, MAX_LINES = 150, 8
"""Greatest height of an image in pixels, and most lines of tokens; a note says how many tokens are not shown."""


@dataclass(frozen=True, slots=True)
class _TokenPair:
    """Aligned tokens, one above the other; the text of a side without a token is empty."""

    label: str
    prediction: str
    differs: bool

    @property
    def width(self) -> int:
        return max(len(self.label), len(self.prediction)) + 1


@dataclass(frozen=True, slots=True)
class _TextLine:
    """One side of a line of token pairs, with text and background colour of the tokens that differ."""

    name: str
    tokens: tuple[tuple[str, _TokenPair], ...]
    colours: tuple[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class _Card:
    """A sample to draw: `hidden` counts tokens that do not fit, `shown` is (height, width) of the image in pixels."""

    name: str
    image: np.ndarray
    right: bool
    lines: tuple[tuple[_TokenPair, ...], ...]
    hidden: int
    shown: tuple[int, int]

    @property
    def height(self) -> int:
        rows = sum(len(_sides(line, number, self.right)) for number, line in enumerate(self.lines))
        gaps = 0 if self.right else LINE_GAP * len(self.lines)
        text = (rows + (self.hidden > 0)) * LINE_HEIGHT + gaps
        return 2 * PAD + LINE_HEIGHT + 8 + self.shown[0] + 12 + text


def draw_samples(rows: Sequence[tuple[str, np.ndarray, str, str]], out: str | Path) -> None:
    """Draw samples as a PNG file, each with its image, label and prediction, aligned token by token.

    `rows` are (id, image (H, W) of uint8 with 0 paper and 255 ink, label, prediction), both texts spaced tokens.
    Tokens that differ are coloured; very long texts are cut, and a note counts the tokens left out.
    """
    cards = [_card(*row) for row in rows]
    corners, height = card_corners([card.height for card in cards], 2, WIDTH, GAP, GAP + LINE_HEIGHT)
    figure, axes = new_canvas(2 * WIDTH + 3 * GAP, height)
    _draw_legend(axes, sum(card.right for card in cards), len(cards))
    for card, (x, y) in zip(cards, corners, strict=True):
        _draw_card(axes, card, x, y)
    finish_canvas(figure, axes, out)


def _card(name: str, image: np.ndarray, label: str, prediction: str) -> _Card:
    aligned = align(prediction.split(), label.split())
    pairs = [_TokenPair(theirs or "", ours or "", step != MATCH) for step, theirs, ours in aligned.pairs()]
    lines = list(_wrapped([_short(pair) for pair in pairs]))
    right = not aligned.distance
    most = MAX_LINES if right else MAX_LINES // 2
    hidden = sum(map(len, lines[most:]))
    scale = min((WIDTH - 2 * PAD) / image.shape[1], MAX_IMAGE / image.shape[0], 1.5)
    shown = (round(image.shape[0] * scale), round(image.shape[1] * scale))
    return _Card(name, image, right, tuple(lines[:most]), hidden, shown)


def _short(pair: _TokenPair) -> _TokenPair:
    """The pair with tokens longer than any command cut, which would else leave their card."""
    label, prediction = (
        text if len(text) <= 24 else text[:23] + "…" for text in (pair.label, pair.prediction)
    )
    return _TokenPair(label, prediction, pair.differs)


def _wrapped(pairs: Sequence[_TokenPair]) -> Iterator[tuple[_TokenPair, ...]]:
    """Pairs in lines that fit into a card; one empty line if there are no pairs."""
    room = int((WIDTH - 2 * PAD) / LETTER) - NAME_WIDTH
    line: list[_TokenPair] = []
    used = 0
    for pair in pairs:
        if line and used + pair.width > room + 1:
            yield tuple(line)
            line, used = [], 0
        line.append(pair)
        used += pair.width
    yield tuple(line)


def _draw_legend(axes: Axes, right: int, number: int) -> None:
    write_monospace(axes, (GAP, GAP), f"{right} of {number} right", INK, LETTER, bold=True)
    x = GAP + 22 * LETTER
    for text, (ink, ground) in (("only in the label", ONLY_LABEL), ("only predicted", ONLY_PREDICTION)):
        _draw_background(axes, x - 4, GAP, len(text) * LETTER + 8, ground)
        write_monospace(axes, (x, GAP), text, ink, LETTER)
        x += (len(text) + 3) * LETTER


def _draw_card(axes: Axes, card: _Card, x: float, y: float) -> None:
    colour = RIGHT if card.right else WRONG
    draw_box(axes, (x, y), (WIDTH, card.height), "white", 8, edge=LINE)
    draw_box(axes, (x, y + 8), (4, card.height - 16), colour, 0)
    x, y = x + PAD, y + PAD + LINE_HEIGHT / 2
    write_monospace(axes, (x, y), "✓" if card.right else "✗", colour, 1.3 * LETTER, bold=True)
    write_monospace(axes, (x + 2.2 * LETTER, y), card.name[:70], SOFT, LETTER)
    y += LINE_HEIGHT / 2 + 8
    height, width = card.shown
    draw_ink(axes, card.image, (x, x + width, y + height, y))
    y = _draw_lines(axes, card, x, y + height + 12 + LINE_HEIGHT / 2)
    if card.hidden:
        place = (x + NAME_WIDTH * LETTER, y)
        write_monospace(axes, place, f"... and {card.hidden:,} more tokens", SOFT, LETTER)


def _draw_lines(axes: Axes, card: _Card, x: float, y: float) -> float:
    """Draw the texts of a card from (x, y) down, and return where the next line goes."""
    for number, line in enumerate(card.lines):
        for side in _sides(line, number, card.right):
            write_monospace(axes, (x, y), side.name, SOFT, LETTER)
            _draw_tokens(axes, side, x + NAME_WIDTH * LETTER, y)
            if not any(token for token, _ in side.tokens):
                write_monospace(axes, (x + NAME_WIDTH * LETTER, y), "(nothing)", SOFT, LETTER)
            y += LINE_HEIGHT
        y += 0 if card.right else LINE_GAP
    return y


def _sides(pairs: Sequence[_TokenPair], number: int, right: bool) -> list[_TextLine]:
    """Sides to write for line `number` of a card: one where both are alike, and none that is empty.

    The first line always has both, so that an empty prediction shows.
    """
    label = tuple((pair.label, pair) for pair in pairs)
    if right:
        return [_TextLine("" if number else "both", label, ONLY_LABEL)]
    read = tuple((pair.prediction, pair) for pair in pairs)
    sides = [_TextLine("label", label, ONLY_LABEL), _TextLine("read", read, ONLY_PREDICTION)]
    return [side for side in sides if not number or any(token for token, _ in side.tokens)]


def _draw_tokens(axes: Axes, side: _TextLine, x: float, y: float) -> None:
    """Draw the tokens of one side; neighbours of one colour become one text, which is much faster."""
    ink, ground = side.colours
    for differs, run in groupby(side.tokens, key=lambda entry: entry[1].differs):
        text = ""
        for token, pair in run:
            if differs and token:
                _draw_background(axes, x + len(text) * LETTER - 3, y, len(token) * LETTER + 6, ground)
            text += token.ljust(pair.width)
        write_monospace(axes, (x, y), text.rstrip(), ink if differs else INK, LETTER)
        x += len(text) * LETTER


def _draw_background(axes: Axes, x: float, y: float, width: float, colour: str) -> None:
    draw_box(axes, (x, y - LINE_HEIGHT / 2 + 1), (width, LINE_HEIGHT - 2), colour, 4)
