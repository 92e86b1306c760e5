r"""A few thousand generated pairs: those that mean the same are never DIFFERENT, others never EQUAL.

`make soundness` does the same with a hundred thousand pairs and writes ``reports/soundness.md``.
"""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest

from hmer_suite.equiv.decide import decide
from tests.equiv.bed import double_life
from tests.equiv.bed.pairs import MUTATION, REWRITE, pair

REWRITES, MUTATIONS, SHARDS = 1500, 2500, 5


def explain(made, verdict) -> str:
    return f"{made.kind}:{made.seed} {'+'.join(made.steps)}\n{made.left}\n{made.right}\n{verdict}"


@cache
def trial(kind: str, shard: int) -> tuple[Counter[str], list[str]]:
    """Verdicts on one shard, and the pairs with one that is unsound."""
    total = {REWRITE: REWRITES, MUTATION: MUTATIONS}[kind] // SHARDS
    wrong = {REWRITE: "DIFFERENT", MUTATION: "EQUAL"}[kind]
    counts: Counter[str] = Counter()
    unsound = []
    for seed in range(shard * total, (shard + 1) * total):
        made = pair(kind, seed)
        if made is not None:
            verdict = decide(made.left, made.right)
            counts[verdict.verdict] += 1
            if verdict.verdict == wrong:
                unsound.append(explain(made, verdict))
    return counts, unsound


@pytest.mark.parametrize("shard", range(SHARDS))
def test_rewrites_are_never_different(shard):
    _, unsound = trial(REWRITE, shard)
    assert not unsound, "\n\n".join(unsound)


@pytest.mark.parametrize("shard", range(SHARDS))
def test_mutations_are_never_equal(shard):
    _, unsound = trial(MUTATION, shard)
    assert not unsound, "\n\n".join(unsound)


def share(kind: str, verdict: str) -> float:
    """Percentage of one verdict over all shards."""
    total = sum((trial(kind, shard)[0] for shard in range(SHARDS)), Counter())
    return 100 * total[verdict] / total.total()


def test_few_pairs_stay_undecided():
    assert share(REWRITE, "EQUAL") >= 97
    assert share(REWRITE, "UNDECIDED") < 3
    assert share(MUTATION, "UNDECIDED") < 3


@pytest.mark.parametrize("template", range(len(double_life.TEMPLATES)))
def test_letters_with_a_double_life(template):
    for draw in range(4):
        double = double_life.instance(template + draw * len(double_life.TEMPLATES))
        verdict = decide(double.left, double.right)
        assert verdict.verdict in double.allowed, f"{double.left}   {double.right}   {double.why}\n{verdict}"
