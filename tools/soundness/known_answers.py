"""Test the equivalence engine on random pairs with known answers (`tests/equiv/bed`).

    python -m tools.soundness.known_answers --mutations 100000 --rewrites 20000 --out reports/soundness.md
    python -m tools.soundness.known_answers --one mutation:4711

Exits with 1 if any verdict is unsound: a mutation EQUAL, a rewrite DIFFERENT, or a verdict on ambiguous notation that
not all of its readings allow.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from hmer_suite.equiv.decide import decide
from hmer_suite.equiv.sandbox.judge import Judge
from hmer_suite.equiv.verdict import DIFFERENT, EQUAL, UNDECIDED, Verdict
from tests.equiv.bed import double_life
from tests.equiv.bed.pairs import MUTATION, REWRITE, Pair, pair

CHUNK = 2_000
MOST_FAILURES = 40
UNSOUND = {REWRITE: DIFFERENT, MUTATION: EQUAL}

DEFINITION = r"""
A *rewrite* is a random expression or statement against itself after one to six steps that keep the meaning; a
*mutation* is one after up to four such steps and one that changes it, as proved by an oracle (mpmath at 50 digits,
over the reals) that is independent of the engine. Mutants that the oracle could not prove different were discarded;
formulas without a value at any of its points were drawn again. Ambiguous notation has several plausible readings and
a set of allowed verdicts. A single pair can be generated from its name:
`python -m tools.soundness.known_answers --one mutation:4711`. Milliseconds are those of the decision in the worker.
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

    def row(self, name: str) -> str:
        """The row of a Markdown table."""
        counts = " | ".join(f"{self.verdicts[verdict]:,}" for verdict in (EQUAL, DIFFERENT, UNDECIDED))
        undecided = 100 * self.verdicts[UNDECIDED] / self.verdicts.total()
        median = 1e3 * statistics.median(self.seconds)
        return f"| {name} | {self.verdicts.total():,} | {counts} | {undecided:.2f} | {median:.2f} |"


@dataclass(slots=True)
class Trial:
    """The verdicts on one kind of pair: all, by construct and by step."""

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
        """Count one pair; None if no mutant could be proved different."""
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
    """Generate *count* pairs from seed *start* on and judge them."""
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
    """The verdicts on ambiguous notation, and a line for each that is not allowed."""
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


HEADER = [
    "| {} | pairs | EQUAL | DIFFERENT | UNDECIDED | undecided % | median ms |",
    "|---|--:|--:|--:|--:|--:|--:|",
]


def table(title: str, tallies: Mapping[str, Tally]) -> list[str]:
    """The lines of a Markdown table, one row for each tally."""
    return [HEADER[0].format(title), HEADER[1], *(tallies[name].row(name) for name in sorted(tallies)), ""]


def failures(found: Iterable[tuple[Pair, Verdict]]) -> Iterator[str]:
    """A line for each pair, with the name from which it can be generated."""
    for made, verdict in islice(found, MOST_FAILURES):
        steps = ", ".join(made.steps)
        said = f"{verdict.verdict} ({verdict.how}{', ' + verdict.reason if verdict.reason else ''})"
        yield f"- {made.kind}:{made.seed} [{made.construct}: {steps}] `{made.left}` and `{made.right}`: {said}"


def section(trial: Trial) -> list[str]:
    """The lines of the report on one kind of pair."""
    reasons = ", ".join(f"{name} {count}" for name, count in trial.reasons.most_common()) or "none"
    lost = f"{trial.discarded + trial.unproved:,} mutants discarded as unproved, {trial.unproved:,} pairs given up."
    return [
        f"## {trial.kind.capitalize()}s",
        "",
        *table("all", {trial.kind: trial.all}),
        f"Undecided by reason: {reasons}. " + (lost if trial.kind == MUTATION else ""),
        "",
        *table("construct", trial.constructs),
        *table("mutation" if trial.kind == MUTATION else "rewrite, anywhere among the steps", trial.steps),
        f"Unsound: {len(trial.unsound)}.",
        *failures(trial.unsound),
        "",
        "The first undecided pairs:",
        "",
        *failures(trial.undecided[:10]),
        "",
    ]


def show(name: str) -> int:
    """Print one pair and its verdict; return the exit code."""
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
        "--mutations", type=int, default=100_000, help="pairs that differ (default %(default)s)"
    )
    parser.add_argument(
        "--rewrites", type=int, default=20_000, help="pairs that mean the same (default %(default)s)"
    )
    parser.add_argument("--start", type=int, default=0, help="first seed (default %(default)s)")
    parser.add_argument("--workers", type=int, help="number of processes (default: one for each core)")
    parser.add_argument("--one", metavar="KIND:SEED", help="generate one pair and show its verdict")
    parser.add_argument("--out", type=Path, help="file for the report")
    options = parser.parse_args()
    if options.one:
        return show(options.one)
    began = time.perf_counter()
    lines = ["# Soundness of the equivalence engine", "", DEFINITION.strip(), ""]
    unsound = []
    for kind, count in ((MUTATION, options.mutations), (REWRITE, options.rewrites)):
        if not count:
            continue
        trial = run(kind, count, options.start, options.workers)
        lines += section(trial)
        unsound += trial.unsound
    tally, wrong = double_lives(10, options.workers)
    lines += ["## Ambiguous notation", "", *table("all", {"ambiguous notation": tally})]
    lines += [f"Not allowed: {len(wrong)}.", *(f"- {line}" for line in wrong[:MOST_FAILURES]), ""]
    command = f"python -m tools.soundness.known_answers --mutations {options.mutations} --rewrites {options.rewrites}"
    command += f" --start {options.start}" if options.start else ""
    lines += [f"Written by `{command}` in {time.perf_counter() - began:.0f} s."]
    report = "\n".join(lines) + "\n"
    print(report)
    if options.out:
        options.out.write_text(report, encoding="utf-8")
    return int(bool(unsound or wrong))


if __name__ == "__main__":
    raise SystemExit(main())
