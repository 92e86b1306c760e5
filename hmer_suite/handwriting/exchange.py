r"""Exchanged ink: training formulas with symbols replaced by samples from elsewhere in the training set.

Only formulas whose symbols are all marked and linked to their tokens are changed, in two ways. A class may be renamed:
all its occurrences become another class of similar shape and size, rare ones preferred, and the label changes with
them. A symbol may be replaced by another sample of its class. New strokes take the position and size of the old ones,
so the layout remains the writer's own and the label stays valid and canonical. With `Rates.parts` a formula may first
receive a part of another one, such as a numerator for a numerator (`hmer_suite.handwriting.exchanged_parts`).

Recognisers lack rare classes most: seven in ten formulas of CROHME 2013 hold a token that occurs in fewer than 200 of
the 8,835 training formulas.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import accumulate

import numpy as np

from hmer_suite.handwriting.exchanged_parts import Donors
from hmer_suite.handwriting.weighted_choice import WeightedChoice
from hmer_suite.ink.linked import LinkedInk, ink_of
from hmer_suite.specs.samples import InkSample


@dataclass(frozen=True, slots=True)
class Rates:
    """Amounts of exchange; the shares of a formula are uniform between 0 and the values given here.

    `renamed` is a share of classes, `replaced` one of symbols; `same_source` is the probability that a new symbol
    comes from the formula's own collection. A class found in n training formulas is drawn as an alternative with
    weight ``(n + smoothing) ** -rarity``. `parts` is the probability that a part of a formula is exchanged.
    """

    renamed: float = 0.8
    replaced: float = 0.6
    same_source: float = 0.7
    smoothing: float = 20.0
    rarity: float = 0.6
    parts: float = 0.0


_ALIKE = (
    r"a c e m n o r s u v w x z \alpha \pi \sigma i",
    r"g j p q y \gamma \mu \phi",
    r"b d f h k l t \beta \theta \lambda \Delta A B C E F G H I L M N P R S T V X Y 0 1 2 3 4 5 6 7 8 9",
    r"= < > \leq \geq \neq \in \rightarrow",
    r"+ - \pm \times \div",
    r"\sin \cos \tan \log",
    r"\forall \exists",
)
"""Classes of similar shape and size, which can replace each other within a line."""

_BRACKETS = (("(", ")"), ("[", "]"), ("\\{", "\\}"))
_FLAT = frozenset(r"- \frac = . , \cdot \cdots \ldots \rightarrow \prime '".split())
"""Tokens whose height says little about their size; they are scaled by their longer side."""

_FIXED = frozenset(("\\sqrt",))
"""Tokens that enclose others and keep their strokes."""

_WIDER = 1.35
"""Largest ratio of a new symbol's width to the old one's, which counts as at least half its height."""


@dataclass(frozen=True, slots=True, eq=False)
class CentredStrokes:
    """Strokes of one marked symbol, concatenated in `points` (n, 2), with the centre of its box at the origin."""

    points: np.ndarray
    lengths: tuple[int, ...]
    width: float
    height: float


@dataclass(frozen=True, slots=True, eq=False)
class Exchange:
    """Exchanges symbols within a training set; strokes are keyed by token, and by source and token."""

    formulas: tuple[LinkedInk, ...]
    strokes: Mapping[str, Sequence[CentredStrokes]]
    strokes_of_source: Mapping[tuple[str, str], Sequence[CentredStrokes]]
    alternatives: Mapping[str, WeightedChoice]
    rates: Rates = Rates()
    donors: Donors = field(default_factory=Donors)

    @classmethod
    def of(
        cls, inks: Sequence[InkSample], labels: Sequence[str], sources: Sequence[str], rates: Rates = Rates()
    ) -> Exchange:
        """The exchange for a training set: its ink, canonical labels, and the collection that each ink is from."""
        formulas = tuple(map(LinkedInk.of, inks, labels, sources))
        strokes: dict[str, list[CentredStrokes]] = defaultdict(list)
        of_source: dict[tuple[str, str], list[CentredStrokes]] = defaultdict(list)
        for formula in formulas:
            for symbol in formula.symbols:
                token = formula.tokens[symbol.token]
                sample = _centred(symbol.strokes)
                strokes[token].append(sample)
                of_source[formula.source, token].append(sample)
        counts = Counter(token for label in labels for token in set(label.split()))
        donors = Donors.of(formulas) if rates.parts else Donors()
        alternatives = _alternatives(counts, strokes, rates)
        return cls(formulas, dict(strokes), dict(of_source), alternatives, rates, donors)

    def __len__(self) -> int:
        return len(self.formulas)

    def __call__(self, index: int, rng: random.Random) -> tuple[InkSample, str]:
        """Training formula `index` with some of its symbols exchanged, and the label that goes with it."""
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
                sample = self._sample(new, formula.source, rng)
                symbol = symbol.rewritten(_placed(sample, symbol.strokes, flat=old in _FLAT))
            symbols.append(symbol)
        return ink_of(symbols, tokens, formula.unit), " ".join(tokens)

    def _renamed(self, formula: LinkedInk, rng: random.Random) -> dict[str, str]:
        """New tokens for some classes; no two classes are merged.

        Only tokens with ink at each of their occurrences are renamed: the brackets around the index of a root, for
        example, are in the label but not in the ink.
        """
        share = self.rates.renamed * rng.random()
        taken = set(formula.tokens)
        names: dict[str, str] = {}
        marked = Counter(formula.tokens[symbol.token] for symbol in formula.symbols)
        written = {token for token, count in marked.items() if count == formula.tokens.count(token)}
        for token in marked:
            if token in written and token in self.alternatives and rng.random() < share:
                new = self.alternatives[token](rng)
                if new not in taken:
                    taken.add(new)
                    names[token] = new
        if rng.random() < share:
            names |= self._other_brackets(formula.tokens, written, rng)
        return names

    def _other_brackets(self, tokens: Sequence[str], written: Set[str], rng: random.Random) -> dict[str, str]:
        """One kind of bracket for another if all are paired and the formula has none of the new kind yet."""
        old, new = rng.choice(_BRACKETS), rng.choice(_BRACKETS)
        paired = set(old) <= written and tokens.count(old[0]) == tokens.count(old[1])
        free = not set(new) & set(tokens) and all(bracket in self.strokes for bracket in new)
        return dict(zip(old, new, strict=True)) if paired and free else {}

    def _sample(self, token: str, source: str, rng: random.Random) -> CentredStrokes:
        near = self.strokes_of_source.get((source, token))
        samples = near if near and rng.random() < self.rates.same_source else self.strokes[token]
        return samples[int(rng.random() * len(samples))]


def _alternatives(
    counts: Mapping[str, int], strokes: Mapping[str, Sequence[CentredStrokes]], rates: Rates
) -> dict[str, WeightedChoice]:
    """For each token, the choice of tokens that it may become."""
    alternatives: dict[str, WeightedChoice] = {}
    for tokens in _ALIKE:
        known = [token for token in tokens.split() if token in strokes]
        weights = ((counts[token] + rates.smoothing) ** -rates.rarity for token in known)
        alternatives |= dict.fromkeys(known, WeightedChoice.of(known, weights))
    return alternatives


def _centred(strokes: Sequence[np.ndarray]) -> CentredStrokes:
    points = np.concatenate(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    width, height = (high - low).tolist()
    return CentredStrokes(points - (low + high) / 2, tuple(map(len, strokes)), width, height)


def _placed(sample: CentredStrokes, strokes: Sequence[np.ndarray], flat: bool) -> list[np.ndarray]:
    """A symbol's strokes moved and scaled to replace `strokes`; `flat` says how to measure the size of these."""
    points = np.concatenate(strokes) if len(strokes) > 1 else strokes[0]
    low, high = points.min(axis=0), points.max(axis=0)
    width, height = (high - low).tolist()
    scale = _by_longer_side(sample, width, height) if flat else _by_height(sample, width, height)
    placed = sample.points * np.float32(scale) + (low + high) / 2
    ends = list(accumulate(sample.lengths))
    return [placed[start:end] for start, end in zip((0, *ends), ends, strict=False)]


def _by_height(sample: CentredStrokes, width: float, height: float) -> float:
    """Scale that makes strokes as high as a box, and at most slightly wider."""
    if not sample.height or not sample.width or not height:
        return _by_longer_side(sample, width, height)
    return min(height / sample.height, _WIDER * max(width, height / 2) / sample.width)


def _by_longer_side(sample: CentredStrokes, width: float, height: float) -> float:
    """Scale that makes the longer side of strokes equal to that of a box."""
    longer = max(sample.width, sample.height)
    return max(width, height) / longer if longer and max(width, height) else 0.0
