"""Confusions of neighbouring symbols: pairs with their relation, as LgEval's confHist lists subgraphs of two symbols.

LgEval knows by their strokes which symbols of two label graphs are the same. LaTeX has no strokes: symbols are matched
by an alignment of both formulas in reading order, so that a symbol left out does not shift those after it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hmer_suite.predictions.label_graphs import APPLICATION, GAP, LabelGraph
from hmer_suite.scores.edit_distance import DELETION, INSERTION, align
from hmer_suite.scores.label_graphs import graph_of
from hmer_suite.scores.sample import Sample

READINGS = 5
"""Most readings of a pair that are listed."""

_INVISIBLE = (GAP, APPLICATION)
"""Labels that nothing on the paper stands for: a place without a symbol, and the application of a function."""


@dataclass(frozen=True, slots=True)
class SymbolPair:
    """Labels of two symbols and the relation by which the second hangs on the first.

    A label is None where the symbol was not read, the relation where the symbols are not neighbours.
    """

    first: str | None
    relation: str | None
    second: str | None


@dataclass(frozen=True, slots=True)
class PairReading:
    """What a pair was read as, how often, and the ids of the samples that show it."""

    pair: SymbolPair
    count: int
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PairConfusion:
    """A pair of the references that was not read as it is: in how many places, and the most frequent readings."""

    pair: SymbolPair
    count: int
    ids: tuple[str, ...]
    readings: tuple[PairReading, ...]


_Found = dict[SymbolPair, dict[SymbolPair, list[str]]]
"""Ids of samples, one for each occurrence, by the pair of the reference and what was read."""


def pair_confusions(samples: Sequence[Sample]) -> tuple[PairConfusion, ...]:
    """The pairs that were confused in predictions that are valid LaTeX, those of most samples first."""
    found: _Found = defaultdict(lambda: defaultdict(list))
    for sample in samples:
        if sample.prediction is None or sample.canonical.exact or not sample.raw.valid:
            continue
        graphs = graph_of(sample.spelled_prediction), graph_of(sample.spelled_reference)
        for wanted, read in confused_pairs(*graphs):
            found[wanted][read].append(sample.id)
    confusions = [_confusion(pair, readings) for pair, readings in found.items()]
    return tuple(sorted(confusions, key=lambda one: (-len(one.ids), -one.count, str(one.pair))))


def _confusion(pair: SymbolPair, readings: dict[SymbolPair, list[str]]) -> PairConfusion:
    """Ids are listed once, in the order of the samples."""
    ranked = sorted(
        (PairReading(read, len(ids), tuple(dict.fromkeys(ids))) for read, ids in readings.items()),
        key=lambda one: (-len(one.ids), -one.count, str(one.pair)),
    )
    ids = tuple(dict.fromkeys(name for names in readings.values() for name in names))
    return PairConfusion(pair, sum(map(len, readings.values())), ids, tuple(ranked[:READINGS]))


def confused_pairs(prediction: LabelGraph, reference: LabelGraph) -> Iterator[tuple[SymbolPair, SymbolPair]]:
    """Each pair of related symbols of the *reference* that was not read as it is, with what was read instead."""
    matched = _matched(prediction, reference)
    labels = {symbol.name: symbol.label for symbol in reference.symbols}
    theirs = {symbol.name: symbol.label for symbol in prediction.symbols}
    related = {(one.parent, one.child): one.relation for one in prediction.relations}
    for one in reference.relations:
        wanted = SymbolPair(labels[one.parent], one.relation, labels[one.child])
        if wanted.first in _INVISIBLE or wanted.second in _INVISIBLE:
            continue
        first, second = matched.get(one.parent), matched.get(one.child)
        if (second, first) in related and first and second:
            first, second = second, first
        relation = related.get((first, second)) if first and second else None
        found = SymbolPair(theirs.get(first or ""), relation, theirs.get(second or ""))
        if found != wanted:
            yield wanted, found


def _matched(prediction: LabelGraph, reference: LabelGraph) -> dict[str, str]:
    """Names of the symbols of the prediction by those of the reference with which they are aligned."""
    aligned = align(
        [symbol.label for symbol in prediction.symbols], [symbol.label for symbol in reference.symbols]
    )
    ours, theirs = iter(prediction.symbols), iter(reference.symbols)
    found = {}
    for step in aligned.steps:
        read = None if step == DELETION else next(ours)
        wanted = None if step == INSERTION else next(theirs)
        if read is not None and wanted is not None:
            found[wanted.name] = read.name
    return found
