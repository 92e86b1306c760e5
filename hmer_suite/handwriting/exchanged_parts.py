r"""Exchanged parts: a braced part of a formula replaced by another formula's, such as a numerator for a numerator.

The new strokes are placed where the old ones were, scaled to the formula's full-size symbols, or smaller where they
would need much more room. The rest of the formula stays in place.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from hmer_suite.ink.linked import LinkedInk, LinkedSymbol
from hmer_suite.latex.braces import braced_parts

WIDER, HIGHER = 1.25, 1.25
"""Largest ratios of a new part's width and height to the old one's."""

LONGER = 4
"""Largest number of tokens by which a new part may exceed twice the length of the old one."""

SMALLEST = 0.6
"""Least relative scale of a new part; a smaller one would be illegible."""

TRIES = 4
"""Donors tried until one fits."""

_CENTRED = ("\\frac", "\\frac2", "\\sqrt")
"""Roles whose parts are centred; others start at the left edge of the old part."""


@dataclass(frozen=True, slots=True, eq=False)
class BracedPart:
    """Tokens `start` to `end` (exclusive) of a formula: the content of a pair of braces."""

    formula: LinkedInk
    start: int
    end: int

    def symbols(self) -> list[LinkedSymbol]:
        """The symbols of these tokens, in the formula's order."""
        return [symbol for symbol in self.formula.symbols if self.start <= symbol.token < self.end]


@dataclass(frozen=True, slots=True, eq=False)
class Donors:
    """The braced parts of training formulas, keyed by role."""

    parts: Mapping[str, Sequence[BracedPart]] = field(default_factory=dict)

    @classmethod
    def of(cls, formulas: Sequence[LinkedInk]) -> Donors:
        """The parts of all formulas whose symbols are linked."""
        parts: dict[str, list[BracedPart]] = defaultdict(list)
        for formula in formulas:
            for role, start, end in braced_parts(formula.tokens) if formula.symbols else ():
                parts[role].append(BracedPart(formula, start, end))
        return cls(dict(parts))

    def exchanged(self, formula: LinkedInk, rng: random.Random) -> LinkedInk:
        """The formula with one of its parts exchanged, or unchanged if no donor fits."""
        own = list(braced_parts(formula.tokens))
        if not own:
            return formula
        role, start, end = own[int(rng.random() * len(own))]
        old, others = BracedPart(formula, start, end), self.parts.get(role, ())
        for _ in range(TRIES if others else 0):
            new = others[int(rng.random() * len(others))]
            if new.end - new.start <= 2 * (end - start) + LONGER and old.symbols() and new.symbols():
                natural, scale = formula.unit / new.formula.unit, _scale(new, old)
                if scale >= SMALLEST * natural:
                    return _with(formula, old, new, centred=role in _CENTRED)
        return formula


def _with(formula: LinkedInk, old: BracedPart, new: BracedPart, centred: bool) -> LinkedInk:
    tokens = (
        *formula.tokens[: old.start],
        *new.formula.tokens[new.start : new.end],
        *formula.tokens[old.end :],
    )
    later = (new.end - new.start) - (old.end - old.start)
    fresh = _fitted(new, old, centred)
    symbols: list[LinkedSymbol] = []
    for symbol in formula.symbols:
        if old.start <= symbol.token < old.end:
            symbols += fresh
            fresh = []
        else:
            moved = symbol.token + (later if symbol.token >= old.end else 0)
            symbols.append(replace(symbol, token=moved))
    return replace(formula, tokens=tokens, symbols=tuple(symbols))


def _scale(new: BracedPart, old: BracedPart) -> float:
    """Scale of a part that replaces another one."""
    low, high = _box(old.symbols())
    new_low, new_high = _box(new.symbols())
    room = np.maximum(high - low, 0.5 * old.formula.unit) * (WIDER, HIGHER)
    extent = np.maximum(new_high - new_low, 1e-6)
    return min(old.formula.unit / new.formula.unit, *(room / extent).tolist())


def _fitted(new: BracedPart, old: BracedPart, centred: bool) -> list[LinkedSymbol]:
    """The symbols of a part, moved and scaled to replace another one."""
    low, high = _box(old.symbols())
    new_low, new_high = _box(new.symbols())
    scale = _scale(new, old)
    target, origin = (low + high) / 2, (new_low + new_high) / 2
    if not centred:
        target[0], origin[0] = low[0], new_low[0]
    times = _times(new.symbols(), old.symbols())
    return [
        LinkedSymbol(
            symbol.token + old.start - new.start,
            tuple(((stroke - origin) * scale + target).astype(np.float32) for stroke in symbol.strokes),
            tuple(times[time] for time in symbol.times),
        )
        for symbol in new.symbols()
    ]


def _times(new: Sequence[LinkedSymbol], old: Sequence[LinkedSymbol]) -> dict[float, float]:
    """New times of a part's strokes by their own times: all are written with the first stroke of the old part."""
    own = sorted(time for symbol in new for time in symbol.times)
    first = min(time for symbol in old for time in symbol.times)
    return {time: first + number / (len(own) + 1) for number, time in enumerate(own)}


def _box(symbols: Sequence[LinkedSymbol]) -> tuple[np.ndarray, np.ndarray]:
    points = np.concatenate([stroke for symbol in symbols for stroke in symbol.strokes])
    return points.min(axis=0), points.max(axis=0)
