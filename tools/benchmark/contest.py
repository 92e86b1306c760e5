"""The engine beside other tools on the same pairs: what each decides, how often wrongly, and in what time.

How often a tool is wrong is told from pairs that were judged by hand: `tools/reports/judged_sample.tsv` has one word
for each that is unequal in canonical spelling, ``same``, ``other`` or ``debatable``, given before any verdict was seen.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hmer_suite.equiv.sandbox.judge import SECONDS, Judge
from hmer_suite.equiv.verdict import DIFFERENT, EQUAL, Verdict
from hmer_suite.files import read_lines
from hmer_suite.scores.sample import Sample
from hmer_suite.scores.signature import digest
from tools.reports.common import quantile
from tools.reports.markdown import Cell, section, table

JUDGED = Path(__file__).parents[1] / "reports" / "judged_sample.tsv"
PATIENCE = 10.0
"""Seconds of CPU time that a pair may take with another tool."""

OURS = "hmer-suite"
OTHERS = {
    "Math-Verify": "math_verify",
    "latex2sympy2_extended, simplify": "latex2sympy2_extended",
    "sympy `parse_latex`, strict": "sympy_parse_latex",
}


@dataclass(frozen=True, slots=True)
class Contender:
    """A tool and its verdicts on the pairs of all, in their order."""

    name: str
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True)
class Contest:
    """The pairs, and what each tool made of them; our own verdicts come first."""

    samples: tuple[Sample, ...]
    contenders: tuple[Contender, ...]

    def unequal(self, contender: Contender) -> list[tuple[Sample, Verdict]]:
        """Pairs that differ in canonical spelling, with a tool's verdicts."""
        both = zip(self.samples, contender.verdicts, strict=True)
        return [(sample, verdict) for sample, verdict in both if not sample.canonical.exact]


def key(sample: Sample) -> str:
    """A digest of prediction and reference; a judgement holds for this pair only."""
    return digest(sample.prediction or "", sample.reference)


def drawn(samples: Iterable[Sample], count: int, seed: str) -> list[Sample]:
    """At most `count` samples with a prediction, drawn by `seed`, in their order."""
    asked = [sample for sample in samples if sample.prediction is not None]
    chosen = set(random.Random(seed).sample(range(len(asked)), min(count, len(asked))))
    return [sample for place, sample in enumerate(asked) if place in chosen]


def held(samples: Sequence[Sample]) -> Contest:
    """Every pair, one at a time, with each tool."""
    # A blank follows the reference: the judge would not ask about equal texts at all.
    pairs = [(sample.prediction or "", f"{sample.reference} ") for sample in samples]
    with Judge(1) as judge:
        contenders = [Contender(OURS, tuple(judge.judge(pairs)))]
    for name, function in OTHERS.items():
        decide = f"tools.benchmark.semantics:{function}"
        with Judge(1, seconds=PATIENCE, memory=4 << 30, decide=decide) as judge:
            contenders.append(Contender(name, tuple(judge.judge(pairs))))
    return Contest(tuple(samples), tuple(contenders))


def words() -> Mapping[str, str]:
    """The words that a person gave to pairs, by key."""
    return dict(line.split("\t")[:2] for line in read_lines(JUDGED)) if JUDGED.exists() else {}


def unjudged(contest: Contest) -> list[Sample]:
    """Unequal pairs of which nobody has said whether they mean the same."""
    known = words()
    waiting = {key(sample): sample for sample in contest.samples if not sample.canonical.exact}
    return [sample for digits, sample in waiting.items() if digits not in known]


COLUMNS = (
    "", "both sides read", "decided of the unequal", "EQUAL", "of these wrong", "DIFFERENT", "of these wrong",
    "wrong of the decided", "all pairs: median, p99", "in multiples of ours", "unequal pairs: median, p99",
    "in multiples of ours", "total",
)  # fmt: skip


def contest_table(contest: Contest) -> str:
    """A row for each tool."""
    return table(COLUMNS, [_row(contest, contender) for contender in contest.contenders])


def _row(contest: Contest, contender: Contender) -> tuple[Cell, ...]:
    unequal = contest.unequal(contender)
    counts = {said: sum(v.verdict == said for _, v in unequal) for said in (EQUAL, DIFFERENT)}
    wrong = {said: _wrong([s for s, v in unequal if v.verdict == said], said) for said in (EQUAL, DIFFERENT)}
    decided = sum(counts.values())
    ours = contest.contenders[0]
    seconds, our_seconds = ([v.seconds for v in each.verdicts] for each in (contender, ours))
    on_unequal, our_unequal = ([v.seconds for _, v in contest.unequal(each)] for each in (contender, ours))
    return (
        contender.name,
        f"{sum(v.reason != 'unparsed' for v in contender.verdicts):,} of {len(contender.verdicts):,}",
        f"{decided} of {len(unequal)} ({100 * decided / len(unequal):.1f} %)",
        *(count for said in (EQUAL, DIFFERENT) for count in (counts[said], wrong[said])),
        f"{100 * sum(wrong.values()) / decided:.1f} %" if decided else "",
        *_times(seconds, our_seconds),
        *_times(on_unequal, our_unequal),
        f"{sum(seconds):.1f} s",
    )


def _times(seconds: Sequence[float], ours: Sequence[float]) -> tuple[str, str]:
    """Median and 99th percentile, in milliseconds and in multiples of our own."""
    both = [(quantile(sorted(seconds), share), quantile(sorted(ours), share)) for share in (0.5, 0.99)]
    return ", ".join(f"{1000 * theirs:.2f} ms" for theirs, _ in both), ", ".join(
        f"{t / o:.0f}" for t, o in both
    )


def _wrong(samples: Sequence[Sample], verdict: str) -> int:
    """How many judged pairs contradict a verdict; debatable ones contradict nothing."""
    known = words()
    return [known.get(key(sample)) for sample in samples].count("other" if verdict == EQUAL else "same")


def contest_section(contest: Contest, files: str) -> str:
    """The part on other tools."""
    return section(
        "Other tools",
        f"{len(contest.samples):,} pairs, drawn by seed from {files}, each with every tool in one run, one at a time "
        f"in a process that is ended after {PATIENCE:g} s (ours after {SECONDS:g} s). Decided are EQUAL and DIFFERENT, "
        "of pairs that are unequal in canonical spelling. Whether these mean the same was told by hand, pair by pair "
        f"(`tools/reports/judged_sample.tsv`); {len(unjudged(contest))} wait for a judgement.",
        contest_table(contest),
    )
