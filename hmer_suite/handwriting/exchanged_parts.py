r"""Exchanged parts: a formula with a braced part of another one, a numerator for a numerator, a script for a script.

The strokes of the other part come to the place of the old one, at the size that full-size symbols have in the formula,
made smaller where they would need much more room. The rest of the formula stays where it is.
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
"""A new part is at most so many times as wide and as high as the old one."""

LONGER = 4
"""A new part has at most so many tokens more than twice those of the old one."""

SMALLEST = 0.6
"""A part that would have to be made smaller than that is not taken: nobody could read it."""

TRIES = 4
"""Donors that are looked at for one that fits."""

_CENTRED = ("\\frac", "\\frac2", "\\sqrt")
"""Roles whose parts are centred; others begin where the old part began."""


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Tokens from `start` up to `end` of a formula, between braces."""

    formula: LinkedInk
    start: int
    end: int

    def symbols(self) -> list[LinkedSymbol]:
        """The symbols of its tokens, in their order."""
        return [symbol for symbol in self.formula.symbols if self.start <= symbol.token < self.end]


@dataclass(frozen=True, slots=True, eq=False)
class Donors:
    """The braced parts of training formulas, by what they are part of."""

    parts: Mapping[str, Sequence[Part]] = field(default_factory=dict)

    @classmethod
    def of(cls, formulas: Sequence[LinkedInk]) -> Donors:
        """All parts with ink of those formulas whose symbols are linked."""
        parts: dict[str, list[Part]] = defaultdict(list)
        for formula in formulas:
            for role, start, end in braced_parts(formula.tokens) if formula.symbols else ():
                parts[role].append(Part(formula, start, end))
        return cls(dict(parts))

    def exchanged(self, formula: LinkedInk, rng: random.Random) -> LinkedInk:
        """The formula with one of its parts exchanged, or as it is where it has none that fits."""
        own = list(braced_parts(formula.tokens))
        if not own:
            return formula
        role, start, end = own[int(rng.random() * len(own))]
        old, others = Part(formula, start, end), self.parts.get(role, ())
        for _ in range(TRIES if others else 0):
            new = others[int(rng.random() * len(others))]
            if new.end - new.start <= 2 * (end - start) + LONGER and old.symbols() and new.symbols():
                natural, scale = formula.unit / new.formula.unit, _scale(new, old)
                if scale >= SMALLEST * natural:
                    return _with(formula, old, new, centred=role in _CENTRED)
        return formula


def _with(formula: LinkedInk, old: Part, new: Part, centred: bool) -> LinkedInk:
    tokens = (*formula.tokens[: old.start], *new.formula.tokens[new.start : new.end], *formula.tokens[old.end :])
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


def _scale(new: Part, old: Part) -> float:
    """The factor of size of a part in the place of another one."""
    low, high = _box(old.symbols())
    new_low, new_high = _box(new.symbols())
    room = np.maximum(high - low, 0.5 * old.formula.unit) * (WIDER, HIGHER)
    extent = np.maximum(new_high - new_low, 1e-6)
    return min(old.formula.unit / new.formula.unit, *(room / extent).tolist())


def _fitted(new: Part, old: Part, centred: bool) -> list[LinkedSymbol]:
    """The symbols of a part in the place of another one."""
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
    """When strokes of a part are written that come in with the first stroke of another one, by their own times."""
    own = sorted(time for symbol in new for time in symbol.times)
    first = min(time for symbol in old for time in symbol.times)
    return {time: first + number / (len(own) + 1) for number, time in enumerate(own)}


def _box(symbols: Sequence[LinkedSymbol]) -> tuple[np.ndarray, np.ndarray]:
    points = np.concatenate([stroke for symbol in symbols for stroke in symbol.strokes])
    return points.min(axis=0), points.max(axis=0)
