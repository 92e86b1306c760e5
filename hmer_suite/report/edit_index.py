"""Samples of each kind of edit and of each confusion of tokens, for one or several systems."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from hmer_suite.report.sample_data import Groups
from hmer_suite.report.score_samples import DrawnFormula, alignment, draw_token
from hmer_suite.scores.edit_distance import DELETION, INSERTION, MATCH, SUBSTITUTION
from hmer_suite.scores.errors_by_kind import Edit, kind_of
from hmer_suite.scores.results import Scores

KINDS = {
    "lookalike": "a symbol for one that looks like it",
    "symbol": "a symbol for another",
    "missing": "a symbol left out",
    "added": "a symbol added",
    "structure": "structure",
}
"""Kinds of edits in words."""

TOP = 15
"""Most confusions of tokens in a table of several systems."""

_HEADINGS = {SUBSTITUTION: "Substituted", DELETION: "Left out", INSERTION: "Added"}


@dataclass(frozen=True, slots=True)
class EditIndex:
    """Edits of one system by kind, and the ids of the samples by kind and by edit, in the order of the samples."""

    edits: Counter[str]
    by_kind: Mapping[str, list[str]]
    by_edit: Mapping[Edit, list[str]]


@dataclass(frozen=True, slots=True)
class LinkedCount:
    """Edits, the number of samples that have them, and the name of the group of these samples."""

    edits: int
    samples: int
    group: str


@dataclass(frozen=True, slots=True)
class ConfusionRow:
    """A token read as another, and for each system the samples that show it; None where a token is missing."""

    reference: DrawnFormula
    prediction: DrawnFormula
    cells: tuple[LinkedCount, ...]


def edit_index(scores: Scores) -> EditIndex:
    """The edits of the wrong predictions in canonical spelling."""
    edits: Counter[str] = Counter()
    by_kind: dict[str, list[str]] = defaultdict(list)
    by_edit: dict[Edit, list[str]] = defaultdict(list)
    for sample in scores.samples:
        aligned = None if sample.canonical.exact else alignment(sample)
        pairs = [] if aligned is None else [pair for pair in aligned.pairs() if pair[0] != MATCH]
        kinds = Counter(map(kind_of, pairs))
        edits.update(kinds)
        for kind in kinds:
            by_kind[kind].append(sample.id)
        for edit in set(pairs):
            by_edit[edit].append(sample.id)
    return EditIndex(edits, by_kind, by_edit)


def kind_rows(found: Mapping[str, EditIndex]) -> tuple[list[tuple[str, list[LinkedCount]]], Groups]:
    """For each kind of edit its words and a cell for each system, and the groups of samples."""
    groups: Groups = {}
    rows = []
    for kind, words in KINDS.items():
        cells = []
        for name, index in found.items():
            group = f"{_whose(name, found)}{words}"
            ids = index.by_kind.get(kind, [])
            groups |= {group: ids} if ids else {}
            cells.append(LinkedCount(index.edits[kind], len(ids), group))
        rows.append((words, cells))
    return rows, groups


def confusion_tables(found: Mapping[str, EditIndex]) -> tuple[list[tuple[str, list[ConfusionRow]]], Groups]:
    """For each step the confusions that most samples of all systems show, and the groups of samples."""
    total: Counter[Edit] = Counter()
    for index in found.values():
        total.update({edit: len(ids) for edit, ids in index.by_edit.items()})
    groups: Groups = {}
    tables = []
    for step, heading in _HEADINGS.items():
        ranked = sorted(
            (edit for edit in total if edit[0] == step), key=lambda edit: (-total[edit], str(edit))
        )
        if ranked:
            tables.append((heading, [_confusion_row(edit, found, groups) for edit in ranked[:TOP]]))
    return tables, groups


def _confusion_row(edit: Edit, found: Mapping[str, EditIndex], groups: Groups) -> ConfusionRow:
    """The row of one confusion, whose samples are added to *groups*."""
    cells = []
    for name, index in found.items():
        ids = index.by_edit.get(edit, [])
        group = f"{_whose(name, found)}{_in_words(edit)}"
        groups |= {group: ids} if ids else {}
        cells.append(LinkedCount(len(ids), len(ids), group))
    return ConfusionRow(draw_token(edit[1]), draw_token(edit[2]), tuple(cells))


def _in_words(edit: Edit) -> str:
    _, reference, prediction = edit
    if reference is None:
        return f"{prediction} added"
    return f"{reference} left out" if prediction is None else f"{reference} read as {prediction}"


def _whose(name: str, found: Mapping[str, EditIndex]) -> str:
    return f"{name}: " if len(found) > 1 else ""
