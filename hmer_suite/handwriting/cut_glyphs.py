"""Symbols cut from real ink, grouped by writer, as glyphs for `hmer_suite.handwriting.placement`.

A symbol is cut along its group of traces, moved to the baseline and scaled to the size that its token has among the
drawn glyphs: ink alone does not tell a base from a script. Ambiguous symbols are left out: groups of tokens that an
ink has more or less often than its label, and shapes unlike all others of their token.
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
    """A token with its strokes (n, 2) in units of the ink that it was cut from, and that ink's writer and source."""

    token: str
    strokes: tuple[np.ndarray, ...]
    writer: str
    source: str

    @property
    def extent(self) -> np.ndarray:
        """Width and height."""
        return np.ptp(np.concatenate(self.strokes), axis=0)


@dataclass(frozen=True, slots=True, eq=False)
class GlyphCollection:
    """Glyphs by token, for each writer (with the source), for each source, and for all together."""

    writers: tuple[tuple[str, Glyphs], ...]
    sources: Mapping[str, Glyphs]
    all_writers: Glyphs
    _bounds: tuple[int, ...] = field(repr=False)

    @classmethod
    def of(cls, symbols: Iterable[CutSymbol]) -> GlyphCollection:
        """The glyphs of symbols, grouped by writer and source."""
        writers: dict[tuple[str, str], dict[str, list[Glyph]]] = defaultdict(lambda: defaultdict(list))
        sources: dict[str, dict[str, list[Glyph]]] = defaultdict(lambda: defaultdict(list))
        all_writers: dict[str, list[Glyph]] = defaultdict(list)
        for symbol in symbols:
            glyph = glyph_of_ink(symbol)
            for group in (writers[symbol.source, symbol.writer], sources[symbol.source], all_writers):
                group[symbol.token].append(glyph)
        sizes = (sum(map(len, glyphs.values())) for glyphs in writers.values())
        return cls(
            tuple((source, dict(glyphs)) for (source, _), glyphs in writers.items()),
            {source: dict(glyphs) for source, glyphs in sources.items()},
            dict(all_writers),
            tuple(accumulate(sizes)),
        )

    def __len__(self) -> int:
        return self._bounds[-1] if self._bounds else 0

    def of_random_writer(self, rng: Random) -> WriterGlyphs:
        """The glyphs of a random writer, drawn in proportion to the number of its symbols."""
        source, glyphs = self.writers[bisect(self._bounds, rng.random() * self._bounds[-1])]
        return WriterGlyphs(source, (glyphs, self.sources[source], self.all_writers), rng)


@dataclass(frozen=True, slots=True, eq=False)
class WriterGlyphs:
    """Random glyphs of one writer; for tokens that it lacks, those of its source, then those of all writers."""

    source: str
    by_preference: tuple[Glyphs, ...]
    rng: Random

    def __call__(self, token: str) -> Glyph:
        """A random glyph for a token; `LayoutError` names a token that no writer has."""
        for glyphs in self.by_preference:
            if choices := glyphs.get(token):
                return choices[int(self.rng.random() * len(choices))]
        raise missing(token)


# --- cutting ---------------------------------------------------------------------------------------------------

_SPELLINGS = {"\\lt": "<", "\\gt": ">"}
"""Group labels that are spelt differently in formulas."""

_AMBIGUOUS = {".": ("\\cdot",), "\\ldots": ("\\cdots",)}
"""Group labels that are also used for other tokens."""


def cut(ink: InkDocument, label: str) -> Iterator[CutSymbol]:
    """The symbols of an ink whose token its label confirms."""
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
        groups["\\frac"], groups["-"] = _split_bars(bars, others, tokens["\\frac"])
    for name, found in groups.items():
        token = _token_of_group(name, tokens)
        if token is not None and len(found) == tokens[token]:
            yield from (CutSymbol(token, strokes, writer, ink.source) for strokes in found)


def _token_of_group(name: str, tokens: Counter[str]) -> str | None:
    """The token that a group's name denotes in a formula with these tokens; None if it is ambiguous or absent."""
    possible = [token for token in (name, *_AMBIGUOUS.get(name, ())) if tokens[token]]
    return possible[0] if len(possible) == 1 else None


def _split_bars(
    bars: list[tuple[np.ndarray, ...]], others: list[tuple[np.ndarray, ...]], fractions: int
) -> tuple[list[tuple[np.ndarray, ...]], list[tuple[np.ndarray, ...]]]:
    """Horizontal bars split into fraction bars, which are wide with ink above and below, and minus signs."""
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
"""Tokens whose shape depends on their neighbours."""

_FEWEST = 12
"""Least number of symbols of a token for outliers to be detected."""


def without_outliers(symbols: Sequence[CutSymbol]) -> list[CutSymbol]:
    """The symbols without those whose aspect ratio is unlike their token's, which are mostly wrong groups."""
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
"""Tokens aligned by their top, since the length of their descender varies between writers."""

_TOLERANCE = 0.008
"""Distance in em from the line between its neighbours under which a point is left out."""


@lru_cache(maxsize=512)
def _typical_box(token: str) -> tuple[float, float, float]:
    """Median width, top and bottom of a token's drawn glyphs, in em; `LayoutError` if it has none."""
    glyphs = variants().get(token)
    if glyphs is None and CLASSES.get(token) == "NAMEDOP":
        glyphs = (word(token, [variants()[letter][0] for letter in token[1:]]),)
    if glyphs is None:
        raise missing(token)
    shapes = np.array([(glyph.right - glyph.left, glyph.top, glyph.bottom) for glyph in glyphs])
    width, top, bottom = np.median(shapes, axis=0)
    return float(width), float(top), float(bottom)


def glyph_of_ink(symbol: CutSymbol) -> Glyph:
    """A cut symbol as a glyph in em, placed on its baseline."""
    import cv2  # not for the commands that only list data sources

    width, top, bottom = _typical_box(symbol.token)
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
    """Scale in em per unit of ink, mostly from the height; from the longer side for flat symbols."""
    wide, high = (float(value) or 1e-9 for value in extent)
    if height < 0.2:
        by_size = max(width, height) / max(wide, high)
        return min(by_size, 0.3 / high)
    if width < 0.2:
        return height / high
    return (height / high) ** 0.7 * (width / wide) ** 0.3


def _hook(strokes: Sequence[np.ndarray]) -> float | None:
    """Start of a radical's bar, from the left of its ink; None if there is no bar to stretch."""
    points = np.concatenate(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    width, height = high - low
    lowest = points[points[:, 1].argmax(), 0]
    beginning = points[(points[:, 0] > lowest) & (points[:, 1] < low[1] + 0.2 * height), 0]
    if not len(beginning) or not height:
        return None
    hook = float(beginning.min() - low[0])
    return hook if 0 < hook < width - 0.3 * height else None
