"""Gains of canonical spelling, of repair and of comparing meaning, sample by sample."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hmer_suite.equiv.verdict import EQUAL
from hmer_suite.report.sample_data import Groups
from hmer_suite.scores.bootstrap import Interval, in_order_of_ids, paired_bootstrap
from hmer_suite.scores.rates import Counts
from hmer_suite.scores.results import Scores


@dataclass(frozen=True, slots=True)
class Step:
    """A step of scoring: percentages right before and after it, the 95 % interval of the difference, and its samples.

    `won` and `lost` are the ids that the step made right and wrong, `group` names them on the page.
    """

    words: str
    before: float
    after: float
    interval: Interval
    won: tuple[str, ...]
    lost: tuple[str, ...]
    group: str

    @property
    def won_group(self) -> str:
        return f"{self.group}: now right"

    @property
    def lost_group(self) -> str:
        return f"{self.group}: now wrong"


def steps_of(scores: Scores, name: str = "") -> list[Step]:
    """The steps that *scores* took; *name* is that of the system where there are several."""
    whose = f"{name}: " if name else ""
    raw, canonical = scores.counts("raw"), scores.counts("canonical")
    steps = [_step(scores, "canonical spelling of both sides", f"{whose}canonical spelling", raw, canonical)]
    if scores.repairs:
        repaired = scores.counts("repaired")
        steps.append(_step(scores, "repair of invalid predictions", f"{whose}repair", canonical, repaired))
    if scores.semantics is not None:
        meant = [
            _meant(count, sample.verdict is not None and sample.verdict.verdict == EQUAL)
            for count, sample in zip(canonical, scores.samples, strict=True)
        ]
        steps.append(_step(scores, "counting the same meaning as right", f"{whose}meaning", canonical, meant))
    return steps


def step_groups(steps: Sequence[Step]) -> Groups:
    """The samples of each step by the name of their group."""
    groups: Groups = {}
    for step in steps:
        groups |= {
            name: ids for name, ids in ((step.won_group, step.won), (step.lost_group, step.lost)) if ids
        }
    return groups


def _meant(count: Counts, equal: bool) -> Counts:
    return Counts(samples=count.samples, exact=int(equal))


def _step(scores: Scores, words: str, group: str, before: Sequence[Counts], after: Sequence[Counts]) -> Step:
    ids = [sample.id for sample in scores.samples]
    found = paired_bootstrap(in_order_of_ids(ids, before), in_order_of_ids(ids, after))
    changed = list(zip(ids, before, after, strict=True))
    return Step(
        words,
        100 * sum(count.exact for count in before) / len(ids),
        100 * sum(count.exact for count in after) / len(ids),
        found.interval,
        tuple(name for name, was, now in changed if now.exact > was.exact),
        tuple(name for name, was, now in changed if now.exact < was.exact),
        group,
    )
