"""The engine beside other tools on the same pairs: what each decides, how often wrongly, and in what time.

How often a tool is wrong is estimated from pairs that were judged by hand: of each tool's verdicts of each kind those
that come first in the order of their digests. `tools/reports/judged_sample.tsv` has one word for each, ``same``,
``other`` or ``debatable``, given without a look at any verdict.
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
FIRST = 30
"""Verdicts of one kind of one tool that are checked by hand."""


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

    def checked(self, contender: Contender, verdict: str) -> list[Sample]:
        """Unequal pairs with that verdict whose truth is looked up, the first in the order of digests."""
        found = [sample for sample, said in self.unequal(contender) if said.verdict == verdict]
        return sorted(found, key=key)[:FIRST]


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
    """Pairs of which the table wants the truth and nobody has said it."""
    known = words()
    wanted = [
        s for c in contest.contenders for verdict in (EQUAL, DIFFERENT) for s in contest.checked(c, verdict)
    ]
    return list({key(sample): sample for sample in wanted if key(sample) not in known}.values())


COLUMNS = (
    "", "both sides read", "decided of the unequal", "judged EQUAL of the unequal", "wrong EQUAL of those checked",
    "wrong DIFFERENT of those checked", "wrong of the decided, estimated", "median per pair", "p99 per pair",
    "all pairs", "median, p99 in multiples of ours",
)  # fmt: skip


def contest_table(contest: Contest) -> str:
    """A row for each tool."""
    ours = _ranked(contest.contenders[0])
    return table(COLUMNS, [_row(contest, contender, ours) for contender in contest.contenders])


def _row(contest: Contest, contender: Contender, ours: Sequence[float]) -> tuple[Cell, ...]:
    unequal = contest.unequal(contender)
    counts = {said: sum(v.verdict == said for _, v in unequal) for said in (EQUAL, DIFFERENT)}
    wrong = {said: _wrong(contest.checked(contender, said), said) for said in (EQUAL, DIFFERENT)}
    decided = sum(counts.values())
    estimate = sum(counts[said] * errors / judged for said, (errors, judged) in wrong.items() if judged)
    times = _ranked(contender)
    return (
        contender.name,
        f"{sum(v.reason != 'unparsed' for v in contender.verdicts):,} of {len(contender.verdicts):,}",
        f"{100 * decided / len(unequal):.1f} %",
        f"{counts[EQUAL]} of {len(unequal)}",
        *(f"{errors} of {judged}" for errors, judged in wrong.values()),
        f"{100 * estimate / decided:.1f} %" if decided else "",
        *(f"{1000 * quantile(times, share):.1f} ms" for share in (0.5, 0.99)),
        f"{sum(times):.1f} s",
        ", ".join(f"{quantile(times, share) / quantile(ours, share):.0f}" for share in (0.5, 0.99)),
    )


def _ranked(contender: Contender) -> list[float]:
    return sorted(verdict.seconds for verdict in contender.verdicts)


def _wrong(samples: Sequence[Sample], verdict: str) -> tuple[int, int]:
    """How many of the judged pairs contradict a verdict, and how many are judged; debatable ones contradict nothing."""
    known = words()
    said = [known[key(sample)] for sample in samples if key(sample) in known]
    return said.count("other" if verdict == EQUAL else "same"), len(said)


def contest_section(contest: Contest, files: str) -> str:
    """The part on other tools."""
    return section(
        "Other tools",
        f"{len(contest.samples):,} pairs, drawn by seed from {files}, each with every tool in one run, one at a time "
        f"in a process that is ended after {PATIENCE:g} s (ours after {SECONDS:g} s). Decided are EQUAL and DIFFERENT. "
        "What is wrong was told by hand from the verdicts of each kind that come first in the order of their digests "
        f"(`tools/reports/judged_sample.tsv`); {len(unjudged(contest))} pairs wait for a judgement.",
        contest_table(contest),
    )
