"""Test the equivalence engine on pairs whose answer is known (`tests/equiv/bed`); writes reports/soundness.md.

    python -m tools.soundness.known_answers --equal 100000 --different 100000 --out reports/soundness.md
    python -m tools.soundness.known_answers --one mutation:4711

Exits 1 if any verdict is unsound: a pair of the bed for EQUAL that is EQUAL, one of the bed for DIFFERENT that is
DIFFERENT, or an ambiguous letter judged as if it had one meaning.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable, Mapping
from itertools import islice
from pathlib import Path

from hmer_suite.equiv.decide import decide
from hmer_suite.equiv.sandbox.judge import Judge
from hmer_suite.equiv.verdict import DIFFERENT, EQUAL, UNDECIDED
from tests.equiv.bed import apart, double_life, same
from tests.equiv.bed.pairs import (
    APART,
    APART_KINDS,
    APART_LABEL,
    IDENTITY,
    MUTATION,
    REWRITE,
    RULES,
    SAME,
    SAME_KINDS,
    SAME_LABEL,
    has_labels,
    pair,
)
from tools.reports.common import cores, write_or_print
from tools.reports.markdown import bullets, page, section, table
from tools.soundness.trial import Tally, Trial, failures, forbidden, run

MOST_FAILURES = 40
MOST_UNDECIDED = 3

SHARES = {
    EQUAL: {MUTATION: 0.4, APART: 0.35, APART_LABEL: 0.25},
    DIFFERENT: {REWRITE: 0.15, IDENTITY: 0.15, SAME: 0.25, SAME_LABEL: 0.45},
}
"""How the pairs of each bed are shared among its kinds."""

KINDS = {
    MUTATION: "a random expression or statement against itself after up to four steps that keep the meaning and one "
    "that changes it, proved to do so by the test bed's own oracle (mpmath at 50 digits, over the reals), which is "
    "independent of the engine; what it could not prove different was discarded",
    APART: "notation that must not be read too freely, with random formulas",
    APART_LABEL: "the same, with labels of published data sets",
    REWRITE: "a random expression or statement against itself after one to six steps that keep the meaning",
    IDENTITY: "both sides of an identity of random terms",
    SAME: "a random formula, or one drawn for the rule, beside itself in other notation",
    SAME_LABEL: "a label of a published data set beside itself in other notation",
}

DEFINITION = """
The bed for EQUAL holds pairs that do not mean the same, or not surely: none may be EQUAL. The bed for DIFFERENT holds
pairs that mean the same: none may be DIFFERENT. All are drawn by seed, none from anybody's list of cases. A single
pair is made again from its name: `python -m tools.soundness.known_answers --one same-label:4711`. Milliseconds are
those of the decision in the worker.
"""


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


HEAD = ("pairs", EQUAL, DIFFERENT, UNDECIDED, "undecided %", "median ms")


def tally_table(title: str, tallies: Mapping[str, Tally]) -> str:
    """A row for each tally, by name."""
    return table((title, *HEAD), [(name, *tallies[name].cells()) for name in sorted(tallies)])


def rule_table(trial: Trial) -> str:
    """A row for each rule, with the reason for its answer."""
    rules = {rule.name: rule for rule in RULES[trial.kind]}
    names = [name for name in rules if name in trial.steps]
    rows = [(rules[name].group, name, rules[name].why, *trial.steps[name].cells()) for name in names]
    return table(("kind", "rule", "why", *HEAD), rows)


def bed_section(title: str, trials: Iterable[Trial], excluded: Iterable[str]) -> str:
    """The part of the report on one bed."""
    trials = list(trials)
    unsound = sum(len(trial.unsound) for trial in trials)
    return section(
        title,
        bullets(f"*{trial.kind}*: {KINDS[trial.kind]}." for trial in trials),
        tally_table("all", {trial.kind: trial.all for trial in trials}),
        f"Unsound: {unsound}.",
        "Excluded are:",
        bullets(excluded),
        *map(trial_section, trials),
    )


def trial_section(trial: Trial) -> str:
    """The part of the report on one kind of pair."""
    reasons = ", ".join(f"{name} {count}" for name, count in trial.reasons.most_common()) or "none"
    lost = f" {trial.discarded:,} mutants discarded as unproved." if trial.kind == MUTATION else ""
    details = [rule_table(trial)] if trial.kind in RULES else [tally_table("construct", trial.constructs)]
    if trial.kind in (MUTATION, REWRITE):
        details.append(tally_table("step", trial.steps))
    return section(
        trial.kind.capitalize(),
        f"Undecided by reason: {reasons}.{lost} {trial.given_up:,} pairs could not be made.",
        tally_table("source", trial.sources) if len(trial.sources) > 1 else "",
        *details,
        f"Unsound: {len(trial.unsound)}.",
        bullets(failures(islice(trial.unsound, MOST_FAILURES))),
        "The first pairs that stayed undecided:" if trial.undecided else "",
        bullets(failures(islice(trial.undecided, MOST_UNDECIDED))),
        level=3,
    )


def double_section(tally: Tally, wrong: list[str]) -> str:
    """The part of the report on letters with a double life."""
    return section(
        "Letters with a double life",
        "Notation with several plausible readings, each pair with the verdicts that are allowed.",
        tally_table("all", {"double life": tally}),
        f"Not allowed: {len(wrong)}.",
        bullets(wrong[:MOST_FAILURES]),
    )


def show(name: str) -> int:
    """Print one pair and its verdict; returns the exit code."""
    kind, _, seed = name.partition(":")
    if kind not in KINDS or not seed.isdigit():
        print(f"{name}: a pair is named KIND:SEED, with one of the kinds {', '.join(KINDS)}", file=sys.stderr)
        return 2
    made = pair(kind, int(seed))
    if made is None:
        print("no pair could be made of that seed")
        return 0
    verdict = decide(made.left, made.right)
    print(f"{made.construct}: {', '.join(made.steps)}\n{made.left}\n{made.right}\n{verdict}")
    return int(verdict.verdict == forbidden(kind))


def counts(bed: str, pairs: int) -> dict[str, int]:
    """How many pairs of each kind of a bed are made; those of labels only where there are labels."""
    shares = {
        kind: share for kind, share in SHARES[bed].items() if has_labels() or not kind.endswith("label")
    }
    return {kind: round(pairs * share / sum(shares.values())) for kind, share in shares.items()}


def parser() -> argparse.ArgumentParser:
    """The command's options."""
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument(
        "--equal", type=int, default=100_000, help="pairs of the bed for EQUAL (default: %(default)s)"
    )
    made.add_argument(
        "--different", type=int, default=100_000, help="pairs of the bed for DIFFERENT (default: %(default)s)"
    )
    made.add_argument("--start", type=int, default=0, help="first seed (default: %(default)s)")
    made.add_argument("--workers", type=int, help="processes (default: one per core)")
    made.add_argument("--one", metavar="KIND:SEED", help="make one pair again and show its verdict")
    made.add_argument("--out", type=Path, help="report to write (default: standard output)")
    return made


def main() -> int:
    """Judge the pairs, print and write the report; return the exit code."""
    given = parser().parse_args()
    if given.one:
        return show(given.one)
    began = time.perf_counter()
    wanted = counts(EQUAL, given.equal) | counts(DIFFERENT, given.different)
    trials = {kind: run(kind, count, given.start, given.workers) for kind, count in wanted.items() if count}
    tally, wrong = double_lives(10, given.workers)
    total = sum(trial.all.verdicts.total() for trial in trials.values())
    command = f"python -m tools.soundness.known_answers --equal {given.equal} --different {given.different}"
    command += f" --start {given.start}" if given.start else ""
    text = page(
        "Soundness of the equivalence engine",
        command,
        DEFINITION.strip(),
        "" if has_labels() else "There were no labels of published data sets to make pairs of.",
        bed_section("Bed for EQUAL", (trials[k] for k in APART_KINDS if k in trials), apart.EXCLUDED),
        bed_section("Bed for DIFFERENT", (trials[k] for k in SAME_KINDS if k in trials), same.EXCLUDED),
        double_section(tally, wrong),
        note=f": {total:,} pairs in {time.perf_counter() - began:.0f} s on {cores()}",
    )
    write_or_print(text, given.out)
    return int(bool(wrong or any(trial.unsound for trial in trials.values())))


if __name__ == "__main__":
    raise SystemExit(main())
