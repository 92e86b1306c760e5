"""Ink whose every symbol is known to be a token of its label."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from hmer_suite.ink.marks import InkSample, Mark, shape


@dataclass(frozen=True, slots=True, eq=False)
class Symbol:
    """A symbol of a formula: the place of its token in the label, and its strokes."""

    token: int
    strokes: tuple[np.ndarray, ...]


@dataclass(frozen=True, slots=True, eq=False)
class LinkedInk:
    """A formula as tokens and symbols, in the order in which the symbols were begun.

    `unit` is the height of a full-size symbol, `source` the collection it is of. `symbols` is empty where the ink is not
    marked and linked throughout; `ink` then still holds it.
    """

    ink: InkSample
    tokens: tuple[str, ...]
    source: str
    symbols: tuple[Symbol, ...]

    @classmethod
    def of(cls, ink: InkSample, label: str, source: str) -> LinkedInk:
        """The ink with its label."""
        linked = ink.fully_marked and all(mark.token >= 0 for mark in ink.marks)
        once = len({mark.token for mark in ink.marks}) == len(ink.marks)
        marks = sorted(ink.marks, key=lambda mark: min(mark.traces)) if linked and once else []
        symbols = (Symbol(mark.token, tuple(ink.traces[trace] for trace in mark.traces)) for mark in marks)
        return cls(ink, tuple(label.split()), source, tuple(symbols))

    @property
    def unit(self) -> float:
        """Height of a full-size symbol."""
        return self.ink.unit


def ink_of(symbols: Iterable[Symbol], tokens: Sequence[str], unit: float) -> InkSample:
    """The ink of symbols in their order, marked."""
    traces: list[np.ndarray] = []
    marks = []
    for symbol in symbols:
        places = tuple(range(len(traces), len(traces) + len(symbol.strokes)))
        traces += symbol.strokes
        marks.append(Mark(shape(tokens[symbol.token]), places, symbol.token))
    return InkSample(tuple(traces), unit, tuple(marks))
