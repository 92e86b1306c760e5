"""Symbols cut from real ink, sorted by the hand that wrote them, as glyphs for `hmer_suite.handwriting.placement`.

A symbol is cut along its group of traces, moved to the baseline and scaled to the size that its token has among
the drawn glyphs: ink alone does not tell a base from a script. What cannot be told apart is left out: groups
where an ink has more or fewer of a token than its label, and shapes unlike all others of their token.
"""

from __future__ import annotations

from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate
from random import Random

import numpy as np

from hmer_suite.handwriting.boxes import Glyph
from hmer_suite.handwriting.drawn_glyphs import missing, variants, word
from hmer_suite.ink.inkml import InkDocument
from hmer_suite.latex.token_classes import CLASSES

Glyphs = Mapping[str, Sequence[Glyph]]


@dataclass(frozen=True, slots=True, eq=False)
class CutSymbol:
    """A token with its strokes (n, 2) in units of the ink it was cut from, and the writer and source of that."""

    token: str
    strokes: tuple[np.ndarray, ...]
    writer: str
    source: str

    @property
    def extent(self) -> np.ndarray:
        """Width and height."""
        return np.ptp(np.concatenate(self.strokes), axis=0)


@dataclass(frozen=True, slots=True, eq=False)
class Inkwell:
    """Glyphs by token: of each hand, of each source (those of like style), and of all."""

    hands: tuple[tuple[str, Glyphs], ...]
    sources: Mapping[str, Glyphs]
    everyone: Glyphs
    _bounds: tuple[int, ...] = field(repr=False)

    @classmethod
    def of(cls, symbols: Iterable[CutSymbol]) -> Inkwell:
        """Sorts symbols by writer and source."""
        hands: dict[tuple[str, str], dict[str, list[Glyph]]] = defaultdict(lambda: defaultdict(list))
        sources: dict[str, dict[str, list[Glyph]]] = defaultdict(lambda: defaultdict(list))
        everyone: dict[str, list[Glyph]] = defaultdict(list)
        for symbol in symbols:
            glyph = glyph_of_ink(symbol)
            for shelf in (hands[symbol.source, symbol.writer], sources[symbol.source], everyone):
                shelf[symbol.token].append(glyph)
        sizes = (sum(map(len, glyphs.values())) for glyphs in hands.values())
        return cls(
            tuple((source, dict(glyphs)) for (source, _), glyphs in hands.items()),
            {source: dict(glyphs) for source, glyphs in sources.items()},
            dict(everyone),
            tuple(accumulate(sizes)),
        )

    def __len__(self) -> int:
        return self._bounds[-1] if self._bounds else 0

    def hand(self, rng: Random) -> Hand:
        """A hand, drawn by how much ink there is of it."""
        source, glyphs = self.hands[bisect(self._bounds, rng.random() * self._bounds[-1])]
        return Hand(source, (glyphs, self.sources[source], self.everyone), rng)


@dataclass(frozen=True, slots=True, eq=False)
class Hand:
    """One writer's glyphs, with those of the same source and then of anyone for what that writer never wrote."""

    source: str
    shelves: tuple[Glyphs, ...]
    rng: Random

    def __call__(self, token: str) -> Glyph:
        """Any of the glyphs for a token; `LayoutError` names one that nobody wrote."""
        for shelf in self.shelves:
            glyphs = shelf.get(token)
            if glyphs:
                return glyphs[int(self.rng.random() * len(glyphs))]
        raise missing(token)


# --- cutting ---------------------------------------------------------------------------------------------------

_SPELLINGS = {"\\lt": "<", "\\gt": ">"}
"""Group labels that are spelt differently in formulas."""

_AMBIGUOUS = {".": ("\\cdot",), "\\ldots": ("\\cdots",)}
"""Group labels that also stand for other tokens."""


def cut(ink: InkDocument, label: str) -> Iterator[CutSymbol]:
    """The symbols of an ink that its label vouches for."""
    tokens = Counter(label.split())
    writer = ink.writer or ink.id.rpartition("-")[0]
    groups: dict[str, list[tuple[np.ndarray, ...]]] = defaultdict(list)
    for group in ink.groups:
        strokes = tuple(ink.traces[place] for place in group.traces)
        if strokes:
            groups[_SPELLINGS.get(group.label, group.label)].append(strokes)
    bars = groups.pop("-", [])
    if len(bars) == tokens["-"] + tokens["\\frac"]:
        others = [strokes for found in groups.values() for strokes in found]
        groups["\\frac"], groups["-"] = _told_apart(bars, others, tokens["\\frac"])
    for name, found in groups.items():
        token = _meant(name, tokens)
        if token is not None and len(found) == tokens[token]:
            yield from (CutSymbol(token, strokes, writer, ink.source) for strokes in found)


def _meant(name: str, tokens: Counter[str]) -> str | None:
    """The token that a group's name stands for in a formula with these tokens; None if there are two."""
    possible = [token for token in (name, *_AMBIGUOUS.get(name, ())) if tokens[token]]
    return possible[0] if len(possible) == 1 else None


def _told_apart(
    bars: list[tuple[np.ndarray, ...]], others: list[tuple[np.ndarray, ...]], fractions: int
) -> tuple[list[tuple[np.ndarray, ...]], list[tuple[np.ndarray, ...]]]:
    """Fraction bars and minus signs: the former have ink above and below, and are wide."""
    if not fractions or fractions == len(bars):
        return (bars, []) if fractions else ([], bars)
    boxes = np.array([_box(strokes) for strokes in [*others, *bars]])
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2

    def likeness(strokes: tuple[np.ndarray, ...]) -> tuple[bool, float]:
        left, top, right, bottom = _box(strokes)
        over = (centres[:, 0] > left) & (centres[:, 0] < right)
        both = bool((over & (centres[:, 1] < top)).any() and (over & (centres[:, 1] > bottom)).any())
        return both, right - left

    ranked = sorted(bars, key=likeness, reverse=True)
    return ranked[:fractions], ranked[fractions:]


def _box(strokes: Sequence[np.ndarray]) -> tuple[float, float, float, float]:
    points = np.concatenate(strokes)
    return (*points.min(axis=0), *points.max(axis=0))


_STRETCHED = frozenset("\\frac \\sqrt - | ( ) [ ] \\{ \\} /".split())
"""Tokens whose shape follows what they stand at."""

_FEWEST = 12
"""So many symbols of a token are needed to say which of them are odd."""


def usual(symbols: Sequence[CutSymbol]) -> list[CutSymbol]:
    """The symbols without those whose aspect is far from that of their token: mostly wrong groups."""
    aspects: dict[str, list[float]] = defaultdict(list)
    values = []
    for symbol in symbols:
        width, height = symbol.extent
        values.append(float(np.log((width + 0.1 * height + 1e-9) / (height + 0.1 * width + 1e-9))))
        aspects[symbol.token].append(values[-1])
    limits = {token: _limits(found) for token, found in aspects.items() if token not in _STRETCHED}
    kept = []
    for symbol, value in zip(symbols, values, strict=True):
        low, high = limits.get(symbol.token, (-np.inf, np.inf))
        if low <= value <= high and not (symbol.token == "\\sqrt" and _hook(symbol.strokes) is None):
            kept.append(symbol)
    return kept


def _limits(values: Sequence[float]) -> tuple[float, float]:
    if len(values) < _FEWEST:
        return -np.inf, np.inf
    centre = float(np.median(values))
    spread = 0.25 + 4 * float(np.median(np.abs(np.array(values) - centre)))
    return centre - spread, centre + spread


# --- to glyphs -------------------------------------------------------------------------------------------------

_HANGING = frozenset("f g j p q y z \\beta \\gamma \\mu \\phi , \\prime".split())
"""Tokens whose top is the steadier end: writers give them long tails or none."""

_TOLERANCE = 0.008
"""Points that lie closer than this to the line between their neighbours, in em, are left out."""


@lru_cache(maxsize=512)
def _nominal(token: str) -> tuple[float, float, float]:
    """Width, top and bottom that a token usually has, in em; `LayoutError` where it has no glyph."""
    glyphs = variants().get(token)
    if glyphs is None and CLASSES.get(token) == "NAMEDOP":
        glyphs = (word(token, [variants()[letter][0] for letter in token[1:]]),)
    if glyphs is None:
        raise missing(token)
    shapes = np.array([(glyph.right - glyph.left, glyph.top, glyph.bottom) for glyph in glyphs])
    width, top, bottom = np.median(shapes, axis=0)
    return float(width), float(top), float(bottom)


def glyph_of_ink(symbol: CutSymbol) -> Glyph:
    """A cut symbol as a glyph, in em on its baseline."""
    import cv2

    width, top, bottom = _nominal(symbol.token)
    points = np.concatenate(symbol.strokes).astype(np.float64)
    low, high = points.min(axis=0), points.max(axis=0)
    scale = _scale(high - low, width, bottom - top)
    size = (high - low) * scale
    if bottom - top < 0.3:
        start = (top + bottom) / 2 - size[1] / 2
    else:
        start = top if symbol.token in _HANGING else bottom - size[1]
    strokes = []
    for stroke in symbol.strokes:
        placed = ((stroke - low) * scale + (0.0, start)).astype(np.float32)
        strokes.append(cv2.approxPolyDP(placed[:, None], _TOLERANCE, False)[:, 0])
    lengths = tuple(map(len, strokes))
    hook = _hook(strokes) if symbol.token == "\\sqrt" else None
    return Glyph(
        symbol.token,
        np.concatenate(strokes).astype(np.float64),
        lengths,
        0.0,
        float(start),
        float(size[0]),
        float(start + size[1]),
        hook=hook or 0.0,
        curve=lengths,
    )


def _scale(extent: np.ndarray, width: float, height: float) -> float:
    """Em a unit of ink: mostly by the height, by the width for what is flat."""
    wide, high = (float(value) or 1e-9 for value in extent)
    if height < 0.2:
        by_size = max(width, height) / max(wide, high)
        return min(by_size, 0.3 / high)
    if width < 0.2:
        return height / high
    return (height / high) ** 0.7 * (width / wide) ** 0.3


def _hook(strokes: Sequence[np.ndarray]) -> float | None:
    """Where the bar of a radical begins, from the left of its ink; None if there is no bar to stretch."""
    points = np.concatenate(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    width, height = high - low
    lowest = points[points[:, 1].argmax(), 0]
    beginning = points[(points[:, 0] > lowest) & (points[:, 1] < low[1] + 0.2 * height), 0]
    if not len(beginning) or not height:
        return None
    hook = float(beginning.min() - low[0])
    return hook if 0 < hook < width - 0.3 * height else None
