"""Ink in which each symbol is linked to its token in the label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hmer_suite.ink.marks import shape
from hmer_suite.specs.samples import InkSample, Mark


@dataclass(frozen=True, slots=True, eq=False)
class LinkedSymbol:
    """A symbol of a formula: the index of its token in the label, its strokes, and when each was written.

    Times are indices of strokes in the ink, or fractions between two of them for strokes inserted later.
    """

    token: int
    strokes: tuple[np.ndarray, ...]
    times: tuple[float, ...]

    def rewritten(self, strokes: Sequence[np.ndarray]) -> LinkedSymbol:
        """The symbol with other strokes, written at the times of its own; surplus ones are written with the last.

        Hence a dot or a bar that was written late stays late.
        """
        times = tuple(self.times[min(number, len(self.times) - 1)] for number in range(len(strokes)))
        return LinkedSymbol(self.token, tuple(strokes), times)


@dataclass(frozen=True, slots=True, eq=False)
class LinkedInk:
    """A formula as tokens and symbols, in the order in which the symbols were begun.

    `source` is the collection that it is from. `symbols` is empty unless all ink is marked and linked to tokens, one
    symbol each.
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
        """Height of a full-size symbol in units of the ink."""
        return self.ink.unit


def ink_of(symbols: Sequence[LinkedSymbol], tokens: Sequence[str], unit: float) -> InkSample:
    """The marked ink of symbols, with the strokes in the order of their times."""
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
