"""Test the equivalence engine on pairs whose answer is known (`tests/equiv/bed`); writes reports/soundness.md.

    python -m tools.soundness.known_answers --mutations 100000 --rewrites 20000 --out reports/soundness.md
    python -m tools.soundness.known_answers --one mutation:4711

Exits 1 if any verdict is unsound: a mutation EQUAL, a rewrite DIFFERENT, or an ambiguous letter judged as if it had one
meaning.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from hmer_suite.equiv.decide import decide
from hmer_suite.equiv.sandbox.judge import Judge
from hmer_suite.equiv.verdict import DIFFERENT, EQUAL, UNDECIDED, Verdict
from tests.equiv.bed import double_life
from tests.equiv.bed.pairs import MUTATION, REWRITE, Pair, pair
from tools.reports.common import write_or_print
from tools.reports.markdown import Cell, bullets, page, section, table

CHUNK = 2_000
MOST_FAILURES = 40
UNSOUND = {REWRITE: DIFFERENT, MUTATION: EQUAL}

DEFINITION = r"""
A *rewrite* is a random expression or statement against itself after one to six steps that keep the meaning; a
*mutation* is one after up to four such steps and one that changes it, proved to do so by the test bed's own oracle
(mpmath at 50 digits, over the reals), which is independent of the engine. Pairs that the oracle could not prove
different were discarded; a formula for which it found no value anywhere was drawn again. Letters with a double life are
notation with several plausible readings, each with the verdicts that are allowed. A single pair is made again from its
name: `python -m tools.soundness.known_answers --one mutation:4711`. Milliseconds are those of the decision in the
worker.
"""


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
    """Results for one kind of pair: in all, by construct and by step."""

    kind: str
    all: Tally = field(default_factory=Tally)
    constructs: defaultdict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    steps: defaultdict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    unsound: list[tuple[Pair, Verdict]] = field(default_factory=list)
    undecided: list[tuple[Pair, Verdict]] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)
    unproved: int = 0
    discarded: int = 0

    def add(self, made: Pair | None, verdict: Verdict | None) -> None:
        """Count a pair and its verdict; both are None where no mutant could be proved different."""
        if made is None or verdict is None:
            self.unproved += 1
            return
        self.discarded += made.discarded
        self.all.add(verdict)
        self.constructs[made.construct].add(verdict)
        for step in set(made.steps) if self.kind == REWRITE else made.steps[-1:]:
            self.steps[step].add(verdict)
        if verdict.verdict == UNSOUND[self.kind]:
            self.unsound.append((made, verdict))
        elif verdict.verdict == UNDECIDED:
            self.undecided.append((made, verdict))
            self.reasons[verdict.reason] += 1


def _made(task: tuple[str, int]) -> Pair | None:
    return pair(*task)


def run(kind: str, count: int, start: int, workers: int | None) -> Trial:
    """Make `count` pairs from seed `start` on, and judge them."""
    trial = Trial(kind)
    tasks = ((kind, seed) for seed in range(start, start + count))
    with ProcessPoolExecutor(workers) as makers, Judge(workers) as judge:
        while chunk := list(islice(tasks, CHUNK)):
            made = list(makers.map(_made, chunk, chunksize=50))
            verdicts = judge.judge((p.left, p.right) for p in made if p is not None)
            for each in made:
                trial.add(each, next(verdicts) if each is not None else None)
    return trial


def double_lives(draws: int, workers: int | None) -> tuple[Tally, list[str]]:
    """The verdicts on letters with a double life, and the pairs whose verdict is not allowed."""
    doubles = [double_life.instance(seed) for seed in range(draws * len(double_life.TEMPLATES))]
    tally, wrong = Tally(), []
    with Judge(workers) as judge:
        verdicts = judge.judge((double.left, double.right) for double in doubles)
        for double, verdict in zip(doubles, verdicts, strict=True):
            tally.add(verdict)
            if verdict.verdict not in double.allowed:
                allowed = " or ".join(sorted(double.allowed))
                wrong.append(
                    f"`{double.left}` and `{double.right}`: {verdict.verdict}, not {allowed} ({double.why})"
                )
    return tally, wrong


def tally_table(title: str, tallies: dict[str, Tally]) -> str:
    """A row for each tally, by name."""
    head = (title, "pairs", EQUAL, DIFFERENT, UNDECIDED, "undecided %", "median ms")
    return table(head, [(name, *tallies[name].cells()) for name in sorted(tallies)])


def failures(found: Iterable[tuple[Pair, Verdict]]) -> Iterator[str]:
    """A line per pair, with the name from which it can be made again."""
    for made, verdict in islice(found, MOST_FAILURES):
        steps = ", ".join(made.steps)
        said = f"{verdict.verdict} ({verdict.how}{', ' + verdict.reason if verdict.reason else ''})"
        yield f"{made.kind}:{made.seed} [{made.construct}: {steps}] `{made.left}` and `{made.right}`: {said}"


def trial_section(trial: Trial) -> str:
    """The part of the report on one kind of pair."""
    reasons = ", ".join(f"{name} {count}" for name, count in trial.reasons.most_common()) or "none"
    mutations = trial.kind == MUTATION
    unproved = trial.discarded + trial.unproved
    discarded = f" {unproved:,} mutants discarded as unproved, {trial.unproved:,} pairs given up."
    return section(
        f"{trial.kind.capitalize()}s",
        tally_table("all", {trial.kind: trial.all}),
        f"Undecided by reason: {reasons}." + (discarded if mutations else ""),
        tally_table("construct", trial.constructs),
        tally_table("mutation" if mutations else "rewrite, wherever it is among the steps", trial.steps),
        f"Unsound: {len(trial.unsound)}.",
        bullets(failures(trial.unsound)),
        "The first pairs that stayed undecided:",
        bullets(failures(trial.undecided[:10])),
    )


def double_section(tally: Tally, wrong: list[str]) -> str:
    """The part of the report on letters with a double life."""
    return section(
        "Letters with a double life",
        tally_table("all", {"double life": tally}),
        f"Not allowed: {len(wrong)}.",
        bullets(wrong[:MOST_FAILURES]),
    )


def show(name: str) -> int:
    """Print one pair and its verdict; returns the exit code."""
    kind, _, seed = name.partition(":")
    if kind not in UNSOUND or not seed.isdigit():
        print(f"{name}: a pair is named rewrite:SEED or mutation:SEED", file=sys.stderr)
        return 2
    made = pair(kind, int(seed))
    if made is None:
        print("no mutant could be proved different")
        return 0
    verdict = decide(made.left, made.right)
    print(f"{made.construct}: {', '.join(made.steps)}\n{made.left}\n{made.right}\n{verdict}")
    return int(verdict.verdict == UNSOUND[kind])


def main() -> int:
    """Judge the pairs, print and write the report; return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--mutations", type=int, default=100_000, help="pairs that differ (default: %(default)s)"
    )
    parser.add_argument(
        "--rewrites", type=int, default=20_000, help="pairs that mean the same (default: %(default)s)"
    )
    parser.add_argument("--start", type=int, default=0, help="first seed (default: %(default)s)")
    parser.add_argument("--workers", type=int, help="processes (default: one per core)")
    parser.add_argument("--one", metavar="KIND:SEED", help="make one pair again and show its verdict")
    parser.add_argument("--out", type=Path, help="report to write (default: standard output)")
    given = parser.parse_args()
    if given.one:
        return show(given.one)
    began = time.perf_counter()
    counts = {MUTATION: given.mutations, REWRITE: given.rewrites}
    trials = [run(kind, count, given.start, given.workers) for kind, count in counts.items() if count]
    tally, wrong = double_lives(10, given.workers)
    command = (
        f"python -m tools.soundness.known_answers --mutations {given.mutations} --rewrites {given.rewrites}"
    )
    command += f" --start {given.start}" if given.start else ""
    text = page(
        "Soundness of the equivalence engine",
        command,
        DEFINITION.strip(),
        *map(trial_section, trials),
        double_section(tally, wrong),
        note=f" in {time.perf_counter() - began:.0f} s",
    )
    write_or_print(text, given.out)
    return int(bool(wrong or any(trial.unsound for trial in trials)))


if __name__ == "__main__":
    raise SystemExit(main())
