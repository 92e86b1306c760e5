r"""Recombined ink: formulas that nobody wrote, in symbols that somebody did.

The formulas are training labels, training labels with parts exchanged and symbols replaced, and formulas of the
weighted grammar (`hmer_suite.handwriting.formulas`); the layout is that of the synthetic handwriting. All symbols of a
formula come from one writer as far as that writer has them, else from writers of the same source.
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
from hmer_suite.handwriting.cut_glyphs import Glyphs, Inkwell
from hmer_suite.handwriting.formulas import sample_formula
from hmer_suite.handwriting.placement import layout
from hmer_suite.handwriting.writers import Writer, Written, marks, trace, writer
from hmer_suite.latex.braces import braced_parts
from hmer_suite.latex.canonical.canoniser import canonical
from hmer_suite.latex.nodes import Group, Row, Symbol, walk
from hmer_suite.latex.tree import parse, unparse

LONGEST = 70
"""Unless said otherwise, no formula is made with more tokens by exchanging parts."""

_UNCHANGED, _REMADE = 0.25, 0.75
"""Up to which of 0..1 a formula is a training label as it is, or one with parts exchanged; beyond, the grammar's."""


@dataclass(frozen=True, slots=True)
class Span:
    """Tokens between a pair of braces, from `start` up to `end`, of label number `label`."""

    label: int
    start: int
    end: int


@dataclass(frozen=True, slots=True, eq=False)
class Remaker:
    """Makes formulas out of training labels. `donors` are all braced parts of them, by what they are part of."""

    labels: tuple[tuple[str, ...], ...]
    donors: Mapping[str, Sequence[Span]]
    kin: Mapping[str, tuple[tuple[str, ...], tuple[float, ...]]]
    longest: int = LONGEST

    @classmethod
    def of(cls, labels: Iterable[str], glyphs: Glyphs | None = None, longest: int = LONGEST) -> Remaker:
        """From those labels that can be written with the glyphs, or from all of them.

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
        return cls(writable, dict(donors), _kin(writable), longest)

    def __call__(self, rng: random.Random) -> str:
        """A formula in canonical spelling."""
        tokens = self.labels[int(rng.random() * len(self.labels))]
        for _ in range(int(rng.random() * 3)):
            tokens = self._exchanged(tokens, rng)
        replaced = self._replaced(tokens, rng)
        return canonical(" ".join(replaced))

    def _exchanged(self, tokens: tuple[str, ...], rng: random.Random) -> tuple[str, ...]:
        """One braced part replaced by one of another label in the same role."""
        parts = list(braced_parts(tokens))
        if not parts:
            return tokens
        role, start, end = parts[int(rng.random() * len(parts))]
        donors = self.donors[role]
        donor = donors[int(rng.random() * len(donors))]
        new = (*tokens[:start], *self.labels[donor.label][donor.start : donor.end], *tokens[end:])
        return new if len(new) <= self.longest else tokens

    def _replaced(self, tokens: Sequence[str], rng: random.Random) -> list[str]:
        """Some symbols replaced by others of their kind, the same everywhere in the formula."""
        share = rng.random() * 0.6
        names: dict[str, str] = {}
        for token in dict.fromkeys(tokens):
            if token in self.kin and rng.random() < share:
                symbols, bounds = self.kin[token]
                names[token] = symbols[bisect(bounds, rng.random() * bounds[-1])]
        return [names.get(token, token) for token in tokens]


def cutting(formula: str, rng: random.Random, longest: int) -> str:
    """A piece of a formula, a few things that stand side by side somewhere in it, of at most `longest` tokens.

    Where nothing is so short, a single symbol.
    """
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
"""How often a piece is looked for, and the probability that it ends behind any of its items."""

_KINDS = (
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
"""Symbols that can stand for each other; those of several kinds go with the first."""


def _kin(labels: Iterable[Sequence[str]]) -> dict[str, tuple[tuple[str, ...], tuple[float, ...]]]:
    """For each symbol its kind, with cumulative weights: the roots of frequencies, so that rare ones come up more."""
    counts = Counter(token for tokens in labels for token in tokens)
    kin: dict[str, tuple[tuple[str, ...], tuple[float, ...]]] = {}
    for kind in _KINDS:
        known = tuple(token for token in kind.split() if counts[token])
        bounds = tuple(accumulate(counts[token] ** 0.5 for token in known))
        for token in known:
            kin.setdefault(token, (known, bounds))
    return kin


_STRUCTURE = frozenset("{ } ^ _ \\limits".split())


def _writable(tokens: Iterable[str], glyphs: Glyphs) -> bool:
    return all(token in glyphs or token in _STRUCTURE for token in tokens)


@lru_cache(maxsize=64)
def _habits(seed: int, number: int) -> Writer:
    """A writer's way of placing symbols, with almost nothing that would change their shapes."""
    hand = writer(seed, number)
    return replace(
        hand,
        slant=0.0,
        bend=0.3 * hand.bend,
        wobble=0.0,
        hook=0.0,
        unsteady=0.7 * hand.unsteady,
        style=replace(hand.style, looseness=0.8 * hand.style.looseness),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Recombiner:
    """Writes formulas with the symbols of an inkwell."""

    inkwell: Inkwell
    remaker: Remaker

    def __call__(self, seed: int, number: int) -> Written:
        """Sample `number` of the series of that seed; it depends on nothing else but the ink."""
        rng = random.Random(f"recombined {seed} {number}")
        formula = self._formula(rng)
        chance = np.random.default_rng((seed, number, 11))
        habits = _habits(seed, int(rng.random() * 64))
        places = layout(parse(formula), self.inkwell.hand(rng), habits.style, rng)
        return Written(formula, trace(places, habits, chance), habits.pen, marks(places))

    def _formula(self, rng: random.Random) -> str:
        kind = rng.random()
        if kind >= _REMADE:
            formula = sample_formula(rng)
            if _writable(formula.split(), self.inkwell.everyone):
                return formula
        if kind >= _UNCHANGED:
            return self.remaker(rng)
        labels = self.remaker.labels
        return " ".join(labels[int(rng.random() * len(labels))])
