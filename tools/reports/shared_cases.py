"""Verdicts on the cases that lie beside the checkout: pairs with the verdicts that are right; counts only are kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hmer_suite.equiv.sandbox.judge import Judge
from hmer_suite.equiv.verdict import DIFFERENT, EQUAL, UNDECIDED
from hmer_suite.files import read_lines
from tools.reports.markdown import table


@dataclass(frozen=True, slots=True)
class Case:
    """A pair with the verdicts that are right, its line in the file, and what was said."""

    line: int
    right: frozenset[str]
    said: str


def judged_cases(path: Path, workers: int) -> list[Case]:
    """The cases of a file with the columns right, first and second, judged."""
    rows = [line.split("\t") for line in read_lines(path)[1:]]
    with Judge(workers) as judge:
        verdicts = list(judge.judge((row[1], row[2]) for row in rows))
    return [
        Case(number, frozenset(row[0].split(" or ")), verdict.verdict)
        for number, (row, verdict) in enumerate(zip(rows, verdicts, strict=True), 2)
    ]


def cases_table(cases: Sequence[Case]) -> str:
    """How many cases of each right answer got which verdict."""
    order = sorted({case.right for case in cases}, key=lambda right: (len(right), sorted(right)))
    rows = []
    for right in order:
        said = Counter(case.said for case in cases if case.right == right)
        wrong = [case for case in wrong_cases(cases) if case.right == right]
        rows.append(
            (
                " or ".join(sorted(right)),
                said.total(),
                said[EQUAL],
                said[DIFFERENT],
                said[UNDECIDED],
                len(wrong),
            )
        )
    return table(("right", "cases", EQUAL, DIFFERENT, UNDECIDED, "wrong"), rows)


def wrong_cases(cases: Sequence[Case]) -> list[Case]:
    """Cases that were called EQUAL or DIFFERENT where that is not right; an open question is not wrong."""
    return [case for case in cases if case.said != UNDECIDED and case.said not in case.right]


def open_cases(cases: Sequence[Case]) -> list[Case]:
    """Cases that stay open though a verdict is right and UNDECIDED is not."""
    return [case for case in cases if case.said == UNDECIDED and UNDECIDED not in case.right]


def lines(cases: Sequence[Case]) -> str:
    """The lines of cases in their file, for those who have it."""
    return ", ".join(str(case.line) for case in cases) or "none"
