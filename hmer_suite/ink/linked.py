"""Ink whose every symbol is known to be a token of its label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hmer_suite.ink.marks import InkSample, Mark, shape


@dataclass(frozen=True, slots=True, eq=False)
class LinkedSymbol:
    """A symbol of a formula: the place of its token in the label, its strokes, and when each was written.

    Times are places in the ink, or lie between two of them for strokes that came in later.
    """

    token: int
    strokes: tuple[np.ndarray, ...]
    times: tuple[float, ...]

    def rewritten(self, strokes: Sequence[np.ndarray]) -> LinkedSymbol:
        """Other strokes in place of its own, written when those were; more of them come with the last.

        So a dot or a bar that was written late stays late.
        """
        times = tuple(self.times[min(number, len(self.times) - 1)] for number in range(len(strokes)))
        return LinkedSymbol(self.token, tuple(strokes), times)


@dataclass(frozen=True, slots=True, eq=False)
class LinkedInk:
    """A formula as tokens and symbols, in the order in which the symbols were begun.

    `unit` is the height of a full-size symbol, `source` the collection it is of. `symbols` is empty where the ink is
    not marked and linked throughout; `ink` still holds it then.
    """

    ink: InkSample
    tokens: tuple[str, ...]
    source: str
    symbols: tuple[LinkedSymbol, ...]

    @classmethod
    def of(cls, ink: InkSample, label: str, source: str) -> LinkedInk:
        """The ink with its label."""
        linked = ink.fully_marked and all(mark.token >= 0 for mark in ink.marks)
        once = len({mark.token for mark in ink.marks}) == len(ink.marks)
        marks = sorted(ink.marks, key=lambda mark: min(mark.traces)) if linked and once else []
        symbols = (
            LinkedSymbol(
                mark.token, tuple(ink.traces[trace] for trace in mark.traces), tuple(map(float, mark.traces))
            )
            for mark in marks
        )
        return cls(ink, tuple(label.split()), source, tuple(symbols))

    @property
    def unit(self) -> float:
        """Height of a full-size symbol."""
        return self.ink.unit


def ink_of(symbols: Sequence[LinkedSymbol], tokens: Sequence[str], unit: float) -> InkSample:
    """The ink of symbols, marked, its strokes in the order of their times."""
    written = [
        (time, number, stroke)
        for number, symbol in enumerate(symbols)
        for time, stroke in zip(symbol.times, symbol.strokes, strict=True)
    ]
    written.sort(key=lambda stroke: stroke[0])
    places: list[list[int]] = [[] for _ in symbols]
    for place, (_, number, _) in enumerate(written):
        places[number].append(place)
    marks = tuple(
        Mark(shape(tokens[symbol.token]), tuple(found), symbol.token)
        for symbol, found in zip(symbols, places, strict=True)
    )
    return InkSample(tuple(stroke for *_, stroke in written), unit, marks)
