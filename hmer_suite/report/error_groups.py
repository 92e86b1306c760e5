"""Rates of groups of samples, by length, depth and structure of the reference, with bootstrap intervals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from hmer_suite.scores.bootstrap import Interval, in_order_of_ids, intervals
from hmer_suite.scores.errors_by_kind import SampleGroup, by_length, structures
from hmer_suite.scores.rates import Counts, Rates, total
from hmer_suite.scores.results import Scores
from hmer_suite.scores.sample import Sample


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group of samples with its rates and their 95 % intervals, all in percent."""

    label: str
    samples: int
    rates: Rates
    exprate: Interval
    wer: Interval


@dataclass(frozen=True, slots=True)
class GroupTable:
    """A table of groups: caption, heading of its first column, rows, and the WER of the longest bar.

    *linked* tells whether the labels are structures that the page can search for.
    """

    caption: str
    heading: str
    groups: Sequence[GroupRow]
    linked: bool = False

    @property
    def longest(self) -> float:
        return max(group.wer[1] for group in self.groups)


def group_tables(scores: Scores) -> list[GroupTable]:
    """Tables by length, by depth of scripts and by structure, in canonical spelling."""
    members = _by_label(scores.samples)
    rows = [_row(group, members[group.label]) for group in scores.by_structure]
    deep = [row for row in rows if row.label.startswith("scripts, depth")]
    others = [row for row in rows if row not in deep]
    tables = [GroupTable("By length of the reference", "tokens", _by_length(scores))]
    if deep:
        tables.append(GroupTable("By depth of scripts in the reference", "depth", deep, linked=True))
    if others:
        tables.append(GroupTable("By what the reference contains", "structure", others, linked=True))
    return tables


def _by_label(samples: Sequence[Sample]) -> dict[str, list[Sample]]:
    found: dict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        for label in structures(sample.spelled_reference.split()):
            found[label].append(sample)
    return found


def _by_length(scores: Scores) -> list[GroupRow]:
    found: dict[str, list[Sample]] = defaultdict(list)
    for sample in scores.samples:
        found[by_length([sample.canonical])[0].label].append(sample)
    return [_row(group, found[group.label]) for group in scores.by_length]


def _row(group: SampleGroup, samples: Sequence[Sample]) -> GroupRow:
    counts: list[Counts] = in_order_of_ids([s.id for s in samples], [s.canonical for s in samples])
    found = intervals(counts)
    return GroupRow(group.label, len(samples), Rates.of(total(counts)), found["exprate"], found["wer"])
