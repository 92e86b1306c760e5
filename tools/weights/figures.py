"""The figures of a model card: the table of a report, what `predict` does by default first."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import dropwhile, takewhile

from hmer_suite.cli.predict import BEAM

_SEARCH = "greedy" if BEAM.default == 1 else f"beam {BEAM.default}"
DEFAULT_DECODING = f"{_SEARCH}, constrained"
"""The default decoding for recognisers of formulas, in the words of reports."""


RATES = {"canonical ExpRate": "ExpRate {} (canonical)", "BLEU-4": "BLEU-4 {}", "accuracy": "accuracy {}"}
"""Columns that may be quoted, the first that a table has, and the words to quote them with."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The first table of a report about splits or ways of decoding; `rows` begin with the default on the test split."""

    head: tuple[str, ...]
    rule: str
    rows: tuple[tuple[str, ...], ...]

    def value(self, column: str) -> str:
        """The cell of *column* in the first row; empty if there is no such column."""
        return self.rows[0][self.head.index(column)] if column in self.head else ""

    @property
    def quoted(self) -> str:
        """The figure of the default decoding, such as ``ExpRate 62.98 (canonical) on CROHME 2014``."""
        column = next(name for name in RATES if name in self.head)
        quoted = RATES[column].format(self.value(column))
        if samples := self.value("formulas"):
            quoted += f" on {samples} formulas"
        return f"{quoted} on {split}" if (split := self.value("split")) else quoted

    def __str__(self) -> str:
        lines = [_line(self.head), self.rule, *map(_line, self.rows)]
        return "\n".join(lines)


def default_decoding(found: Figures) -> str:
    """The decoding of ``hmer-suite predict`` without options: recognisers of symbols are not held to the grammar."""
    return DEFAULT_DECODING if "decoding" in found.head else f"{_SEARCH}, free"


def _line(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"


def figures(report: str) -> Figures:
    """The figures in the text of a report or card; the last split is the test split."""
    lines = dropwhile(lambda line: not line.startswith(("| split", "| decoding")), report.splitlines())
    head, rule, *rows = takewhile(lambda line: line.startswith("|"), lines)
    names = _cells(head)
    found = [dict(zip(names, _cells(row), strict=True)) for row in rows]
    splits = [row.get("split", "") for row in found]
    test = max(splits)

    def rank(row: dict[str, str]) -> tuple[bool, bool]:
        return row.get("decoding", DEFAULT_DECODING) != DEFAULT_DECODING, row.get("split", "") != test

    return Figures(names, rule, tuple(tuple(row.values()) for row in sorted(found, key=rank)))


def _cells(line: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in line.strip().strip("|").split("|"))


def on_board(name: str, leaderboard: str, section: str) -> dict[str, str]:
    """The row of recogniser *name* in its default decoding, of a section of the leaderboard."""
    part = leaderboard.split(f"\n## {section}\n")[1].split("\n## ")[0]
    table = [_cells(line) for line in part.splitlines() if line.startswith("|")]
    (row,) = [row for row in table if row[:2] == (name, DEFAULT_DECODING)]
    return dict(zip(table[0], row, strict=True))
