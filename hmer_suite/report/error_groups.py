"""Rates of groups of samples, by length, depth and structure of the reference, with bootstrap intervals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from hmer_suite.report.sample_data import Groups
from hmer_suite.scores.bootstrap import Interval, in_order_of_ids, intervals
from hmer_suite.scores.errors_by_kind import SampleGroup, by_length, structures
from hmer_suite.scores.rates import Counts, Rates, total
from hmer_suite.scores.results import Scores
from hmer_suite.scores.sample import Sample

LENGTH_SUFFIX = " tokens"
"""What follows the label of a length in the name of its group."""


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group of samples with its rates and their 95 % intervals, all in percent."""

    label: str
    ids: tuple[str, ...]
    rates: Rates
    exprate: Interval
    wer: Interval

    @property
    def samples(self) -> int:
        """Number of samples."""
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class GroupTable:
    """A table of groups: caption, heading of its first column, rows, and the WER of the longest bar.

    *kind* and *suffix* make the links to samples: ``structure``, or ``group`` with the label followed by the suffix.
    """

    caption: str
    heading: str
    groups: Sequence[GroupRow]
    kind: str = "structure"
    suffix: str = ""

    @property
    def longest(self) -> float:
        return max(group.wer[1] for group in self.groups)


def group_tables(scores: Scores) -> list[GroupTable]:
    """Tables by length, by depth of scripts and by structure, in canonical spelling."""
    members = _by_label(scores.samples)
    rows = [_row(group, members[group.label]) for group in scores.by_structure]
    deep = [row for row in rows if row.label.startswith("scripts, depth")]
    others = [row for row in rows if row not in deep]
    tables = [GroupTable("By length of the reference", "tokens", _by_length(scores), "group", LENGTH_SUFFIX)]
    if deep:
        tables.append(GroupTable("By depth of scripts in the reference", "depth", deep))
    if others:
        tables.append(GroupTable("By what the reference contains", "structure", others))
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
    ids = tuple(sample.id for sample in samples)
    return GroupRow(group.label, ids, Rates.of(total(counts)), found["exprate"], found["wer"])


def length_groups(tables: Sequence[GroupTable]) -> Groups:
    """The samples of each length by the name of their group."""
    return {
        f"{row.label}{table.suffix}": row.ids
        for table in tables
        if table.kind == "group"
        for row in table.groups
    }


@dataclass(frozen=True, slots=True)
class SystemCell:
    """One system's rates on a group of samples, and the samples that it alone gets right, with their group's name."""

    row: GroupRow
    only_right: tuple[str, ...]
    group: str


@dataclass(frozen=True, slots=True)
class ComparedGroup:
    """A group of samples with a cell for each system."""

    label: str
    samples: int
    cells: tuple[SystemCell, ...]


@dataclass(frozen=True, slots=True)
class ComparedTable:
    """A table of groups with several systems."""

    table: GroupTable
    groups: tuple[ComparedGroup, ...]


def compared_tables(systems: Mapping[str, Scores]) -> list[ComparedTable]:
    """The tables of `group_tables` with all *systems*, which have the same references, side by side."""
    columns = [group_tables(scores) for scores in systems.values()]
    alone = _only_right(systems)
    return [
        ComparedTable(
            tables[0],
            tuple(
                ComparedGroup(rows[0].label, rows[0].samples, tuple(_cells(tables[0], rows, alone)))
                for rows in zip(*(table.groups for table in tables), strict=True)
            ),
        )
        for tables in zip(*columns, strict=True)
    ]


def _cells(
    table: GroupTable, rows: Sequence[GroupRow], alone: Mapping[str, frozenset[str]]
) -> Iterator[SystemCell]:
    for row, (name, right) in zip(rows, alone.items(), strict=True):
        group = f"only {name} right, {row.label}{table.suffix}"
        yield SystemCell(row, tuple(one for one in row.ids if one in right), group)


def _only_right(systems: Mapping[str, Scores]) -> dict[str, frozenset[str]]:
    """Ids that each system alone gets right."""
    right = {
        name: frozenset(sample.id for sample in scores.samples if sample.canonical.exact)
        for name, scores in systems.items()
    }
    return {
        name: mine - frozenset().union(*(theirs for other, theirs in right.items() if other != name))
        for name, mine in right.items()
    }


def compared_groups(tables: Sequence[ComparedTable]) -> Groups:
    """The samples of each cell and of each length by the names of their groups."""
    found = length_groups([one.table for one in tables])
    cells = [cell for one in tables for group in one.groups for cell in group.cells]
    return found | {cell.group: cell.only_right for cell in cells if cell.only_right}
