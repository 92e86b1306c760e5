r"""Scores of symbol layout trees, counted as CROHME's LgEval counts them.

Since CROHME 2019 (Mahdavi et al., ICDAR 2019, sec. IV) systems that write LaTeX are scored without looking
at strokes: a symbol is identified by its *path*, the relations that lead from the root of the layout tree to
it. Two trees are then two dictionaries from paths to labels, and nothing has to be searched or aligned. With
N and N' the paths and E and E' the pairs of related paths of the two trees, the number of **label-graph
errors** (D_B in LgEval; Zanibbi, Mouchere and Viard-Gaudin, DRR 2013) is

    errors = |paths in both whose labels differ| + |N xor N'| + |E xor E'|

so that a wrong symbol costs 1, and a missing or surplus one 2: itself and its relation. The *structure* is
right if N = N' and E = E', the *expression* if there is no error at all. `hmer_suite.scores.layout_tree` says
which parts of a formula become nodes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from operator import attrgetter, eq

from hmer_suite.errors import InputError
from hmer_suite.latex.nodes import Row
from hmer_suite.scores.layout_tree import EMPTY, LayoutTree, SymbolRow, layout_tree
from hmer_suite.scores.rates import percent


@dataclass(frozen=True, slots=True)
class LayoutCounts:
    """Counts of one sample, or of a sum of samples, from which structure scores are computed.

    *located* symbols have a path that the other tree has too; *matched* ones also have the same label.
    """

    samples: int = 0
    structure_right: int = 0
    expression_right: int = 0
    within_1: int = 0
    within_2: int = 0
    within_3: int = 0
    distance: int = 0
    symbols_reference: int = 0
    symbols_predicted: int = 0
    symbols_located: int = 0
    symbols_matched: int = 0
    relations_reference: int = 0
    relations_predicted: int = 0
    relations_matched: int = 0

    def __add__(self, other: LayoutCounts) -> LayoutCounts:
        if not isinstance(other, LayoutCounts):
            return NotImplemented
        return total_layout((self, other))


_FIELDS = tuple(LayoutCounts.__dataclass_fields__)


def total_layout(counts: Iterable[LayoutCounts]) -> LayoutCounts:
    """Sum of any number of counts."""
    counts = counts if isinstance(counts, Sequence) else list(counts)
    return LayoutCounts(*(sum(map(attrgetter(name), counts)) for name in _FIELDS))


@dataclass(frozen=True, slots=True)
class StructureScores:
    """Layout-tree scores over *n* references, percentages in full precision.

    ``exprate``: structure and symbols right; ``structure_rate``: structure right, whatever the symbols;
    ``le1`` .. ``le3``: at most 1 .. 3 label-graph errors (not token errors). Recall and precision pool the
    symbols (and relations) of all samples; a symbol is found if its path and label are.
    """

    n: int
    exprate: float
    structure_rate: float
    le1: float
    le2: float
    le3: float
    symbol_recall: float
    symbol_precision: float
    relation_recall: float
    relation_precision: float

    @classmethod
    def of(cls, counts: Iterable[LayoutCounts]) -> StructureScores:
        """Scores of samples, or of sums of them. Raises InputError if there is no sample."""
        found = total_layout(counts)
        n = found.samples
        if not n:
            raise InputError("nothing to score: there are 0 references")
        return cls(
            n=n,
            exprate=percent(found.expression_right, n),
            structure_rate=percent(found.structure_right, n),
            le1=percent(found.within_1, n),
            le2=percent(found.within_2, n),
            le3=percent(found.within_3, n),
            symbol_recall=_share(found.symbols_matched, found.symbols_reference),
            symbol_precision=_share(found.symbols_matched, found.symbols_predicted),
            relation_recall=_share(found.relations_matched, found.relations_reference),
            relation_precision=_share(found.relations_matched, found.relations_predicted),
        )

    def to_json(self) -> dict[str, float]:
        """Keys of ``structure`` in ``score``'s JSON, rates rounded to two decimals."""
        return {name: round(value, 2) for name, value in asdict(self).items() if name != "n"}


def _share(found: int, wanted: int) -> float:
    """Percentage of *wanted* that was found; as in LgEval, 100 if nothing was wanted."""
    return percent(found, wanted) if wanted else 100.0


def count_layout(prediction: Row | None, reference: Row | None, *, application: bool = True) -> LayoutCounts:
    """Counts of one sample from its parse trees; None stands for a missing text or one that is not valid LaTeX.

    Pass the same object twice if the token sequences are equal: it is laid out once. Without a prediction
    every symbol and relation of the reference is an error, and neither structure nor expression is
    right; without a reference nothing is right, and the sample is within no number of errors.
    """
    theirs = EMPTY if reference is None else layout_tree(reference, application=application)
    if prediction is reference and reference is not None:
        return _same(theirs.symbols, theirs.relations)
    ours = EMPTY if prediction is None else layout_tree(prediction, application=application)
    found = compare_layout(ours, theirs)
    if prediction is None or reference is None:
        found = replace(found, structure_right=0, expression_right=0)
        if reference is None or not found.distance:
            found = replace(found, within_1=0, within_2=0, within_3=0)
    return found


def compare_layout(prediction: LayoutTree, reference: LayoutTree) -> LayoutCounts:
    """Counts of one sample from its layout trees, in time linear in the smaller tree."""
    located, matched, relations = _overlap(prediction.root, reference.root)
    alone = prediction.symbols + reference.symbols - 2 * located
    unrelated = prediction.relations + reference.relations - 2 * relations
    distance = located - matched + alone + unrelated
    return LayoutCounts(
        samples=1,
        structure_right=int(not alone and not unrelated),
        expression_right=int(not distance),
        within_1=int(distance <= 1),
        within_2=int(distance <= 2),
        within_3=int(distance <= 3),
        distance=distance,
        symbols_reference=reference.symbols,
        symbols_predicted=prediction.symbols,
        symbols_located=located,
        symbols_matched=matched,
        relations_reference=reference.relations,
        relations_predicted=prediction.relations,
        relations_matched=relations,
    )


@lru_cache(maxsize=4096)
def _same(symbols: int, relations: int) -> LayoutCounts:
    """Counts of a prediction that equals its reference; cached, since most do and few sizes occur."""
    return LayoutCounts(1, 1, 1, 1, 1, 1, 0, *[symbols] * 4, *[relations] * 3)


def _overlap(ours: SymbolRow, theirs: SymbolRow) -> tuple[int, int, int]:
    """(symbols at paths that both trees have, those with equal labels, relations that both have)."""
    located = matched = second = 0
    pairs = [(ours, theirs)]
    for a, b in pairs:
        if None in a.labels or None in b.labels:
            both = [pair for pair in zip(a.labels, b.labels, strict=False) if None not in pair]
            located += len(both)
            matched += sum(x == y for x, y in both)
        else:
            located += min(len(a.labels), len(b.labels))
            matched += sum(map(eq, a.labels, b.labels))
        second += a.has_second and b.has_second
        pairs.extend((row, b.branches[at]) for at, row in a.branches.items() if at in b.branches)
    return located, matched, located - (ours.has_first and theirs.has_first) + second
