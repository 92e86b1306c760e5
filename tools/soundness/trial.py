"""Verdicts on generated pairs, counted by kind, construct and step while they come in."""

from __future__ import annotations

import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import islice

from hmer_suite.equiv.sandbox.judge import Judge
from hmer_suite.equiv.verdict import DIFFERENT, EQUAL, UNDECIDED, Verdict
from tests.equiv.bed.pairs import REWRITE, SAME_KINDS, Pair, pair
from tools.reports.markdown import Cell

CHUNK = 2_000
"""Pairs that are made before they are judged, so that one kind does not fill the memory."""


def forbidden(kind: str) -> str:
    """The verdict that a pair of that kind must never get."""
    return DIFFERENT if kind in SAME_KINDS else EQUAL


@dataclass(slots=True)
class Tally:
    """Verdicts and seconds of the pairs in one row of a table."""

    verdicts: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)

    def add(self, verdict: Verdict) -> None:
        """Count one verdict."""
        self.verdicts[verdict.verdict] += 1
        self.seconds.append(verdict.seconds)

    def cells(self) -> tuple[Cell, ...]:
        """The figures of the row."""
        counts = [self.verdicts[verdict] for verdict in (EQUAL, DIFFERENT, UNDECIDED)]
        total = self.verdicts.total()
        return (total, *counts, 100 * counts[-1] / total, 1e3 * statistics.median(self.seconds))


@dataclass(slots=True)
class Trial:
    """Results for one kind of pair: in all, by construct, by step and by source."""

    kind: str
    all: Tally = field(default_factory=Tally)
    constructs: defaultdict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    steps: defaultdict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    sources: defaultdict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    unsound: list[tuple[Pair, Verdict]] = field(default_factory=list)
    undecided: list[tuple[Pair, Verdict]] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)
    given_up: int = 0
    discarded: int = 0

    def add(self, made: Pair | None, verdict: Verdict | None) -> None:
        """Count a pair and its verdict; both are None where no pair could be made."""
        if made is None or verdict is None:
            self.given_up += 1
            return
        self.discarded += made.discarded
        self.all.add(verdict)
        self.constructs[made.construct].add(verdict)
        if made.source:
            self.sources[made.source].add(verdict)
        for step in self._steps(made):
            self.steps[step].add(verdict)
        if verdict.verdict == forbidden(self.kind):
            self.unsound.append((made, verdict))
        elif verdict.verdict == UNDECIDED:
            self.undecided.append((made, verdict))
            self.reasons[verdict.reason] += 1

    def _steps(self, made: Pair) -> set[str]:
        """What a pair is counted under: every rewrite, the last step of a mutant, the rule of a pair made by a rule."""
        if self.kind == REWRITE:
            return set(made.steps)
        return {made.steps[-1] if self.kind == "mutation" else made.steps[0]}


def _made(task: tuple[str, int]) -> Pair | None:
    return pair(*task)


def run(kind: str, count: int, start: int, workers: int | None) -> Trial:
    """Make `count` pairs from seed `start` on, and judge them; unsound ones are shown as they are found."""
    trial = Trial(kind)
    tasks = ((kind, seed) for seed in range(start, start + count))
    began = time.perf_counter()
    with ProcessPoolExecutor(workers) as makers, Judge(workers) as judge:
        while chunk := list(islice(tasks, CHUNK)):
            made = list(makers.map(_made, chunk, chunksize=50))
            verdicts = judge.judge((p.left, p.right) for p in made if p is not None)
            before = len(trial.unsound)
            for each in made:
                trial.add(each, next(verdicts) if each is not None else None)
            _progress(trial, count, time.perf_counter() - began, trial.unsound[before:])
    return trial


def _progress(trial: Trial, count: int, seconds: float, found: list[tuple[Pair, Verdict]]) -> None:
    for line in failures(iter(found)):
        print(line, file=sys.stderr)
    done = trial.all.verdicts.total() + trial.given_up
    print(
        f"{trial.kind}: {done:,} of {count:,}, {len(trial.unsound)} unsound, {seconds:.0f} s",
        file=sys.stderr,
        flush=True,
    )


def failures(found: Iterator[tuple[Pair, Verdict]]) -> Iterator[str]:
    """A line per pair, with the name from which it can be made again."""
    for made, verdict in found:
        steps = ", ".join((made.construct, *made.steps) if made.construct not in made.steps else made.steps)
        said = f"{verdict.verdict} ({verdict.how}{', ' + verdict.reason if verdict.reason else ''})"
        yield f"{made.kind}:{made.seed} [{steps}] `` {made.left} `` and `` {made.right} ``: {said}"
