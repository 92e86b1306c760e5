"""Hostile formulas: each keeps within the limits of a pair, and no verdict is wrong."""

from __future__ import annotations

import pytest

from hmer_suite.equiv.sandbox.judge import Judge
from hmer_suite.equiv.verdict import DIFFERENT, EQUAL, UNDECIDED, Verdict
from tests.equiv.hostile import KINDS, Hostile, pairs

SECONDS = 0.25
ROUNDS = 8


@pytest.fixture(scope="module")
def judged() -> list[tuple[Hostile, Verdict]]:
    hostile = list(pairs(ROUNDS * len(KINDS), seed=2014))
    with Judge(2, seconds=SECONDS, memory=1 << 29) as judge:
        return list(zip(hostile, judge.judge((pair.a, pair.b) for pair in hostile), strict=True))


def test_all_kinds_are_there(judged):
    assert {pair.kind for pair, _ in judged} == set(KINDS)
    assert {pair.same for pair, _ in judged} == {True, False, None}


@pytest.mark.parametrize(("same", "lie"), [(True, DIFFERENT), (False, EQUAL)])
def test_no_verdict_is_wrong(judged, same: bool, lie: str):
    assert [(p.kind, p.a[:99], p.b[:99], v) for p, v in judged if p.same is same and v.verdict == lie] == []


def test_no_worker_crashes(judged):
    assert [(p.kind, p.a[:99], p.b[:99]) for p, v in judged if v.reason == "crash"] == []


def test_no_pair_takes_more_than_it_may(judged):
    assert max(v.seconds for _, v in judged) < SECONDS + 0.1


def test_most_are_decided_all_the_same(judged):
    assert sum(v.verdict != UNDECIDED for _, v in judged) > len(judged) / 4


def test_the_same_with_another_number_of_workers_and_in_another_order(judged):
    """Except for pairs at the very limit of their time, of which a busy machine has a few more."""
    some = judged[: 3 * len(KINDS)][::-1]
    with Judge(8, seconds=SECONDS, memory=1 << 29) as judge:
        again = list(judge.judge((pair.a, pair.b) for pair, _ in some))
    changed = [(p, v, w) for (p, v), w in zip(some, again, strict=True) if v != w]
    assert [change for change in changed if "timeout" not in (change[1].reason, change[2].reason)] == []
    assert len(changed) <= len(some) // 12
