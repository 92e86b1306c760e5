"""Confusions of neighbouring symbols in words, each with the samples that show it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from hmer_suite.predictions.label_graphs import BAR
from hmer_suite.report.sample_data import Groups
from hmer_suite.scores.pair_confusions import PairConfusion, SymbolPair, pair_confusions
from hmer_suite.scores.results import Scores

TOP = 20
"""Most pairs in a table."""

_WORDS = {
    "Right": "{} then {}",
    "Sup": "{} with superscript {}",
    "Sub": "{} with subscript {}",
    "Above": "{} with {} above",
    "Below": "{} with {} below",
    "Inside": "{} with {} inside",
}
"""Relations of layout trees in words."""


@dataclass(frozen=True, slots=True)
class LinkedReading:
    """What a pair was read as, in words, in how many samples, and the name of the group of those."""

    words: str
    samples: int
    group: str


@dataclass(frozen=True, slots=True)
class PairRow:
    """A pair that was confused, in words, and for each system all of its samples, then what it was read as."""

    pair: str
    wrong: tuple[LinkedReading, ...]
    readings: tuple[tuple[LinkedReading, ...], ...]


def pair_in_words(pair: SymbolPair) -> str:
    """A pair as text, symbols between backticks."""
    first, second = (None if label is None else f"`{label}`" for label in (pair.first, pair.second))
    if first is None or second is None:
        if first is None and second is None:
            return "neither read"
        return f"{second}, the first not read" if first is None else f"{first}, the second not read"
    if pair.relation is None:
        return f"{first} and {second} apart"
    if pair.relation in ("Above", "Below") and pair.first == BAR:
        first = "fraction bar"
    return _WORDS.get(pair.relation, f"{{}} {pair.relation} {{}}").format(first, second)


def pair_rows(systems: Mapping[str, Scores]) -> tuple[list[PairRow], Groups]:
    """The `TOP` most confused pairs of all systems on the same references, and the groups of their samples."""
    found = {
        name: {one.pair: one for one in pair_confusions(scores.samples)} for name, scores in systems.items()
    }
    whose = {name: f"{name}: " if len(systems) > 1 else "" for name in systems}
    total: Counter[SymbolPair] = Counter()
    for confusions in found.values():
        total.update({pair: len(one.ids) for pair, one in confusions.items()})
    groups: Groups = {}
    rows = []
    for pair in sorted(total, key=lambda pair: (-total[pair], str(pair)))[:TOP]:
        ones = [(whose[name], found[name].get(pair, PairConfusion(pair, 0, (), ()))) for name in systems]
        wrong = tuple(
            _linked(groups, "", f"{who}{_plain(pair)} read otherwise", one.ids) for who, one in ones
        )
        readings = tuple(tuple(_readings(groups, who, one)) for who, one in ones)
        rows.append(PairRow(pair_in_words(pair), wrong, readings))
    return rows, groups


def _readings(groups: Groups, who: str, one: PairConfusion) -> Iterator[LinkedReading]:
    for read in one.readings:
        group = f"{who}{_plain(one.pair)} read as {_plain(read.pair)}"
        yield _linked(groups, pair_in_words(read.pair), group, read.ids)


def _linked(groups: Groups, words: str, group: str, ids: Sequence[str]) -> LinkedReading:
    if ids:
        groups[group] = ids
    return LinkedReading(words, len(ids), group)


def _plain(pair: SymbolPair) -> str:
    return pair_in_words(pair).replace("`", "")
