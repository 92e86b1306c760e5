r"""Exchanged ink: training formulas whose symbols are replaced by others that somebody wrote.

Two things happen to a formula all of whose symbols are marked and linked to their tokens. A class may be renamed:
all its occurrences together become another class of like shape and size, rare ones preferred, and the label changes
with them. And a symbol may be replaced by another sample of its class. New strokes take the place and the size of
the old ones, so that the layout stays a writer's own, and the label stays valid and canonical. With `Rates.parts` a
formula may first get a part of another one: a numerator for a numerator (`hmer_suite.handwriting.exchanged_parts`).

Rare classes are what a recogniser lacks most: seven in ten formulas of CROHME 2013 hold a token that fewer than 200 of
the 8,835 training formulas have.
"""

from __future__ import annotations

import random
from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import accumulate

import numpy as np

from hmer_suite.handwriting.exchanged_parts import Donors
from hmer_suite.ink.linked import LinkedInk, ink_of
from hmer_suite.ink.marks import InkSample


@dataclass(frozen=True, slots=True)
class Rates:
    """How much is exchanged. Shares are drawn for each formula, evenly from 0 up to what stands here.

    `renamed` is a share of classes, `replaced` one of symbols; `same_source` is the probability that a new symbol
    comes from the collection that the formula is of. Among kin a class that n training formulas hold is drawn with
    weight ``(n + smoothing) ** -rarity``. `parts` is the probability that a part of a formula is exchanged.
    """

    renamed: float = 0.8
    replaced: float = 0.6
    same_source: float = 0.7
    smoothing: float = 20.0
    rarity: float = 0.6
    parts: float = 0.0


_KIN = (
    r"a c e m n o r s u v w x z \alpha \pi \sigma i",
    r"g j p q y \gamma \mu \phi",
    r"b d f h k l t \beta \theta \lambda \Delta A B C E F G H I L M N P R S T V X Y 0 1 2 3 4 5 6 7 8 9",
    r"= < > \leq \geq \neq \in \rightarrow",
    r"+ - \pm \times \div",
    r"\sin \cos \tan \log",
    r"\forall \exists",
)
"""Classes of like shape and size, each of which can stand where another one does."""

_BRACKETS = (("(", ")"), ("[", "]"), ("\\{", "\\}"))
_FLAT = frozenset(r"- \frac = . , \cdot \cdots \ldots \rightarrow \prime '".split())
"""Tokens whose height says little of their size: they are fitted by their longer side."""

_FIXED = frozenset(("\\sqrt",))
"""Tokens that reach around others and keep their strokes."""

_WIDER = 1.35
"""A new symbol is at most so many times as wide as the old one, which counts as at least half as wide as high."""


@dataclass(frozen=True, slots=True, eq=False)
class Glyph:
    """The strokes of one marked symbol, one after the other in `points` (n, 2), the middle of its box at 0."""

    points: np.ndarray
    lengths: tuple[int, ...]
    width: float
    height: float


@dataclass(frozen=True, slots=True, eq=False)
class Exchange:
    """Exchanges the ink of a training set. `glyphs` are by token, and by source and token."""

    formulas: tuple[LinkedInk, ...]
    glyphs: Mapping[str, Sequence[Glyph]]
    glyphs_of_source: Mapping[tuple[str, str], Sequence[Glyph]]
    kin: Mapping[str, tuple[tuple[str, ...], tuple[float, ...]]]
    rates: Rates = Rates()
    donors: Donors = field(default_factory=Donors)

    @classmethod
    def of(
        cls, inks: Sequence[InkSample], labels: Sequence[str], sources: Sequence[str], rates: Rates = Rates()
    ) -> Exchange:
        """From the ink of a training set, with its labels in canonical tokens and the names of its collections."""
        formulas = tuple(map(LinkedInk.of, inks, labels, sources))
        glyphs: dict[str, list[Glyph]] = defaultdict(list)
        of_source: dict[tuple[str, str], list[Glyph]] = defaultdict(list)
        for formula in formulas:
            for symbol in formula.symbols:
                token = formula.tokens[symbol.token]
                glyph = _cut(symbol.strokes)
                glyphs[token].append(glyph)
                of_source[formula.source, token].append(glyph)
        counts = Counter(token for label in labels for token in set(label.split()))
        donors = Donors.of(formulas) if rates.parts else Donors()
        return cls(formulas, dict(glyphs), dict(of_source), _kin(counts, glyphs, rates), rates, donors)

    def __len__(self) -> int:
        return len(self.formulas)

    def __call__(self, index: int, rng: random.Random) -> tuple[InkSample, str]:
        """Training formula `index` with some of its symbols exchanged, and its label."""
        formula = self.formulas[index]
        if not formula.symbols:
            return formula.ink, " ".join(formula.tokens)
        if self.rates.parts and rng.random() < self.rates.parts:
            formula = self.donors.exchanged(formula, rng)
        names = self._renamed(formula, rng)
        tokens = tuple(names.get(token, token) for token in formula.tokens)
        share = self.rates.replaced * rng.random()
        symbols = []
        for symbol in formula.symbols:
            old, new = formula.tokens[symbol.token], tokens[symbol.token]
            if new != old or (old not in _FIXED and rng.random() < share):
                glyph = self._glyph(new, formula.source, rng)
                symbol = symbol.rewritten(_put(glyph, symbol.strokes, flat=old in _FLAT))
            symbols.append(symbol)
        return ink_of(symbols, tokens, formula.unit), " ".join(tokens)

    def _renamed(self, formula: LinkedInk, rng: random.Random) -> dict[str, str]:
        """New names of some tokens, those that are written wherever they stand; no two tokens become one.

        The brackets around the index of a root are in the label and not in the ink.
        """
        share = self.rates.renamed * rng.random()
        taken = set(formula.tokens)
        names: dict[str, str] = {}
        marked = Counter(formula.tokens[symbol.token] for symbol in formula.symbols)
        written = {token for token, count in marked.items() if count == formula.tokens.count(token)}
        for token in marked:
            if token in written and token in self.kin and rng.random() < share:
                new = _drawn(self.kin[token], rng)
                if new not in taken:
                    taken.add(new)
                    names[token] = new
        if rng.random() < share:
            names |= self._other_brackets(formula.tokens, written, rng)
        return names

    def _other_brackets(
        self, tokens: Sequence[str], written: Set[str], rng: random.Random
    ) -> dict[str, str]:
        """One kind of brackets for another where every one has its partner, and none of the new kind is there yet."""
        old, new = rng.choice(_BRACKETS), rng.choice(_BRACKETS)
        paired = set(old) <= written and tokens.count(old[0]) == tokens.count(old[1])
        free = not set(new) & set(tokens) and all(bracket in self.glyphs for bracket in new)
        return dict(zip(old, new, strict=True)) if paired and free else {}

    def _glyph(self, token: str, source: str, rng: random.Random) -> Glyph:
        near = self.glyphs_of_source.get((source, token))
        glyphs = near if near and rng.random() < self.rates.same_source else self.glyphs[token]
        return glyphs[int(rng.random() * len(glyphs))]


def _kin(
    counts: Mapping[str, int], glyphs: Mapping[str, Sequence[Glyph]], rates: Rates
) -> dict[str, tuple[tuple[str, ...], tuple[float, ...]]]:
    """For each token the tokens that it may become, with cumulative weights."""
    kin = {}
    for tokens in _KIN:
        known = tuple(token for token in tokens.split() if token in glyphs)
        bounds = tuple(accumulate((counts[token] + rates.smoothing) ** -rates.rarity for token in known))
        kin |= {token: (known, bounds) for token in known}
    return kin


def _drawn(choices: tuple[tuple[str, ...], tuple[float, ...]], rng: random.Random) -> str:
    tokens, bounds = choices
    return tokens[bisect(bounds, rng.random() * bounds[-1])]


def _cut(strokes: Sequence[np.ndarray]) -> Glyph:
    points = np.concatenate(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    width, height = (high - low).tolist()
    return Glyph(points - (low + high) / 2, tuple(map(len, strokes)), width, height)


def _put(glyph: Glyph, strokes: Sequence[np.ndarray], flat: bool) -> list[np.ndarray]:
    """The strokes of a glyph in the place of `strokes`, those of a `flat` token or not."""
    points = np.concatenate(strokes) if len(strokes) > 1 else strokes[0]
    low, high = points.min(axis=0), points.max(axis=0)
    width, height = (high - low).tolist()
    scale = _by_longer_side(glyph, width, height) if flat else _by_height(glyph, width, height)
    placed = glyph.points * np.float32(scale) + (low + high) / 2
    ends = list(accumulate(glyph.lengths))
    return [placed[start:end] for start, end in zip((0, *ends), ends, strict=False)]


def _by_height(glyph: Glyph, width: float, height: float) -> float:
    """The factor of size that makes a glyph as high as a box, and little wider."""
    if not glyph.height or not glyph.width or not height:
        return _by_longer_side(glyph, width, height)
    return min(height / glyph.height, _WIDER * max(width, height / 2) / glyph.width)


def _by_longer_side(glyph: Glyph, width: float, height: float) -> float:
    """The factor of size that makes the longer side of a glyph that of a box."""
    longer = max(glyph.width, glyph.height)
    return max(width, height) / longer if longer and max(width, height) else 0.0
