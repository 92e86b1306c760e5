r"""A few thousand generated pairs: those that mean the same are never DIFFERENT, others never EQUAL.

`make soundness` does the same with a hundred thousand pairs of each and writes ``reports/soundness.md``.
"""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest

from hmer_suite.equiv.decide import decide
from hmer_suite.equiv.verdict import Verdict
from tests.equiv.bed import double_life
from tests.equiv.bed.pairs import (
    APART,
    APART_KINDS,
    APART_LABEL,
    IDENTITY,
    MUTATION,
    REWRITE,
    SAME,
    SAME_KINDS,
    SAME_LABEL,
    Pair,
    has_labels,
    pair,
)

PAIRS = {
    REWRITE: 500,
    IDENTITY: 340,
    SAME: 1100,
    SAME_LABEL: 600,
    MUTATION: 530,
    APART: 660,
    APART_LABEL: 210,
}
"""How many seeds of each kind are tried."""


def explain(made, verdict) -> str:
    return f"{made.kind}:{made.seed} {'+'.join(made.steps)}\n{made.left}\n{made.right}\n{verdict}"


@cache
def trial(kind: str) -> tuple[Counter[str], list[tuple[Pair, Verdict]]]:
    """Verdicts on the pairs of one kind, and the pairs with one that is unsound."""
    if kind.endswith("label") and not has_labels():
        pytest.skip("needs the real labels in ../shared/data, which are not distributed with the project")
    wrong = "DIFFERENT" if kind in SAME_KINDS else "EQUAL"
    counts: Counter[str] = Counter()
    unsound = []
    for seed in range(PAIRS[kind]):
        made = pair(kind, seed)
        if made is not None:
            verdict = decide(made.left, made.right)
            counts[verdict.verdict] += 1
            if verdict.verdict == wrong:
                unsound.append((made, verdict))
    return counts, unsound


def unexpected(kind: str) -> list[str]:
    """The unsound pairs of one kind, each as text."""
    return [explain(made, verdict) for made, verdict in trial(kind)[1]]


@pytest.mark.parametrize("kind", SAME_KINDS)
def test_what_means_the_same_is_never_different(kind):
    unsound = unexpected(kind)
    assert not unsound, "\n\n".join(unsound)


@pytest.mark.parametrize("kind", APART_KINDS)
def test_what_does_not_surely_mean_the_same_is_never_equal(kind):
    unsound = unexpected(kind)
    assert not unsound, "\n\n".join(unsound)


LEAST = {
    REWRITE: ("EQUAL", 97),
    IDENTITY: ("EQUAL", 90),
    SAME_LABEL: ("EQUAL", 50),
    MUTATION: ("DIFFERENT", 97),
}
"""The least share of what is decided, in per cent: an engine that decides nothing is sound, too."""


@pytest.mark.parametrize("kind", LEAST)
def test_few_pairs_stay_undecided(kind):
    counts, _ = trial(kind)
    verdict, least = LEAST[kind]
    assert 100 * counts[verdict] / counts.total() >= least


@pytest.mark.parametrize("template", range(len(double_life.TEMPLATES)))
def test_letters_with_a_double_life(template):
    for draw in range(4):
        double = double_life.instance(template + draw * len(double_life.TEMPLATES))
        verdict = decide(double.left, double.right)
        assert verdict.verdict in double.allowed, f"{double.left}   {double.right}   {double.why}\n{verdict}"
