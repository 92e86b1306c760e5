r"""Recombined ink: new formulas written with symbols cut from real ink.

The formulas are training labels, training labels with parts exchanged and symbols replaced, and formulas of the
weighted grammar (`hmer_suite.handwriting.formulas`), laid out as synthetic handwriting is. All symbols of a formula
come from one writer as far as that writer has them, otherwise from writers of the same source.
"""

from __future__ import annotations

import random
from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate

import numpy as np

from hmer_suite.errors import InputError
from hmer_suite.handwriting.cut_glyphs import GlyphCollection, Glyphs
from hmer_suite.handwriting.formulas import sample_formula
from hmer_suite.handwriting.placement import layout
from hmer_suite.handwriting.weighted_choice import WeightedChoice
from hmer_suite.handwriting.writers import Writer, WrittenFormula, marks_of_glyphs, pen_traces, sampled_writer
from hmer_suite.latex.braces import braced_parts
from hmer_suite.latex.canonical.canoniser import canonical
from hmer_suite.latex.nodes import Group, Row, Symbol, walk
from hmer_suite.latex.tree import parse, unparse

LONGEST = 70
"""Default for the largest number of tokens that a formula may reach by exchanging parts."""

_UNCHANGED, _RECOMBINED = 0.25, 0.75
"""Cumulative probabilities of an unchanged training label and of a recombined one; the rest come from the grammar."""


@dataclass(frozen=True, slots=True)
class Span:
    """Tokens `start` to `end` (exclusive) of label number `label`: the content of a pair of braces."""

    label: int
    start: int
    end: int


@dataclass(frozen=True, slots=True, eq=False)
class FormulaRecombiner:
    """Makes new formulas from training labels; `donors` are their braced parts, keyed by role."""

    labels: tuple[tuple[str, ...], ...]
    donors: Mapping[str, Sequence[Span]]
    alternatives: Mapping[str, WeightedChoice]
    longest: int = LONGEST

    @classmethod
    def of(
        cls, labels: Iterable[str], glyphs: Glyphs | None = None, longest: int = LONGEST
    ) -> FormulaRecombiner:
        """The recombiner of those labels that can be written with `glyphs`, or of all if that is None.

        Raises:
            InputError: there is no such label.
        """
        split = (tuple(label.split()) for label in labels)
        writable = tuple(tokens for tokens in split if glyphs is None or _writable(tokens, glyphs))
        if not writable:
            raise InputError("none of the labels can be written with the symbols that were cut from the ink")
        donors: dict[str, list[Span]] = defaultdict(list)
        for number, tokens in enumerate(writable):
            for role, start, end in braced_parts(tokens):
                donors[role].append(Span(number, start, end))
        return cls(writable, dict(donors), _alternatives(writable), longest)

    def __call__(self, rng: random.Random) -> str:
        """A new canonical formula."""
        tokens = self.labels[int(rng.random() * len(self.labels))]
        for _ in range(int(rng.random() * 3)):
            tokens = self._exchanged(tokens, rng)
        replaced = self._replaced(tokens, rng)
        return canonical(" ".join(replaced))

    def _exchanged(self, tokens: tuple[str, ...], rng: random.Random) -> tuple[str, ...]:
        """The tokens with one braced part replaced by another label's part of the same role."""
        parts = list(braced_parts(tokens))
        if not parts:
            return tokens
        role, start, end = parts[int(rng.random() * len(parts))]
        donors = self.donors[role]
        donor = donors[int(rng.random() * len(donors))]
        new = (*tokens[:start], *self.labels[donor.label][donor.start : donor.end], *tokens[end:])
        return new if len(new) <= self.longest else tokens

    def _replaced(self, tokens: Sequence[str], rng: random.Random) -> list[str]:
        """The tokens with some symbols replaced by similar ones, consistently within the formula."""
        share = rng.random() * 0.6
        names: dict[str, str] = {}
        for token in dict.fromkeys(tokens):
            if token in self.alternatives and rng.random() < share:
                names[token] = self.alternatives[token](rng)
        return [names.get(token, token) for token in tokens]


def excerpt(formula: str, rng: random.Random, longest: int) -> str:
    """Random neighbouring items of a formula, at most `longest` tokens; a single symbol if none are so short."""
    nodes = list(walk(parse(formula)))
    rows = [node.items for node in nodes if isinstance(node, Row | Group) and len(node.items) > 1]
    bounds = list(accumulate(map(len, rows)))
    for _ in range(_TRIES if rows else 0):
        items = rows[bisect(bounds, rng.random() * bounds[-1])]
        start = int(rng.random() * len(items))
        tokens: list[str] = []
        for item in items[start:]:
            more = unparse(item)
            if len(tokens) + len(more) > longest or (tokens and rng.random() < _ENDS):
                break
            tokens += more
        if tokens:
            return canonical(" ".join(tokens))
    return next((node.name for node in nodes if isinstance(node, Symbol) and node.name), formula)


_TRIES, _ENDS = 20, 0.12
"""Attempts at an excerpt, and the probability that it ends after each of its items."""

_ALIKE = (
    "0 1 2 3 4 5 6 7 8 9",
    r"a b c e f g h i j k l m n o p q r s t u v w x y z \alpha \beta \gamma \theta \phi \mu \sigma \lambda \pi",
    r"A B C E F G H I L M N P R S T V X Y \Delta",
    r"+ - \times \div \pm \cdot /",
    r"= < > \leq \geq \neq \rightarrow \in",
    r"\sin \cos \tan \log",
    r"\ldots \cdots",
    r"\infty \pi a b n",
    r"\forall \exists",
)
"""Symbols that can replace each other; one that is in several lines belongs to the first."""


def _alternatives(labels: Iterable[Sequence[str]]) -> dict[str, WeightedChoice]:
    """For each symbol, the choice among similar ones, weighted by the root of their frequency to favour rare ones."""
    counts = Counter(token for tokens in labels for token in tokens)
    alternatives: dict[str, WeightedChoice] = {}
    for line in _ALIKE:
        known = [token for token in line.split() if counts[token]]
        choice = WeightedChoice.of(known, (counts[token] ** 0.5 for token in known))
        for token in known:
            alternatives.setdefault(token, choice)
    return alternatives


_STRUCTURE = frozenset("{ } ^ _ \\limits".split())


def _writable(tokens: Iterable[str], glyphs: Glyphs) -> bool:
    return all(token in glyphs or token in _STRUCTURE for token in tokens)


@lru_cache(maxsize=64)
def _habits(seed: int, number: int) -> Writer:
    """A synthetic writer's layout, with almost no deformation of the symbols themselves."""
    writer = sampled_writer(seed, number)
    return replace(
        writer,
        slant=0.0,
        bend=0.3 * writer.bend,
        wobble=0.0,
        hook=0.0,
        unsteady=0.7 * writer.unsteady,
        style=replace(writer.style, looseness=0.8 * writer.style.looseness),
    )


@dataclass(frozen=True, slots=True, eq=False)
class InkRecombiner:
    """Writes formulas with glyphs that were cut from real ink."""

    glyphs: GlyphCollection
    formulas: FormulaRecombiner

    def __call__(self, seed: int, number: int) -> WrittenFormula:
        """Sample `number` of the series of that seed, determined by these two and the ink."""
        rng = random.Random(f"recombined {seed} {number}")
        formula = self._formula(rng)
        chance = np.random.default_rng((seed, number, 11))
        habits = _habits(seed, int(rng.random() * 64))
        places = layout(parse(formula), self.glyphs.of_random_writer(rng), habits.style, rng)
        return WrittenFormula(
            formula, pen_traces(places, habits, chance), habits.pen, marks_of_glyphs(places)
        )

    def _formula(self, rng: random.Random) -> str:
        kind = rng.random()
        if kind >= _RECOMBINED:
            formula = sample_formula(rng)
            if _writable(formula.split(), self.glyphs.all_writers):
                return formula
        if kind >= _UNCHANGED:
            return self.formulas(rng)
        labels = self.formulas.labels
        return " ".join(labels[int(rng.random() * len(labels))])
