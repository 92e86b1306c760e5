"""Tuning of joint readings: weights and the prior are those with the best expression rate."""

from __future__ import annotations

import numpy as np
import pytest

from hmer_suite.predict.joining import Candidates, Joining
from hmer_suite.predict.prior import NO_PRIOR, Prior
from hmer_suite.specs.recogniser import Likelihood

joined = pytest.importorskip("tools.reports.joined")

ONE_CASE, MIXED = tuple("p + p".split()), tuple("p + P".split())
RIGHT, WRONG = tuple("x = 1".split()), tuple("x = 7".split())


def candidates(texts, *said: tuple[float, ...]) -> Candidates:
    """Of texts with their log-likelihoods for each member."""
    likelihoods = [[Likelihood(value, (value / 4,) * 4) for value in row] for row in said]
    return Candidates.of(texts, likelihoods, [texts[int(np.argmax(row))] for row in said])


def test_a_prior_is_chosen_where_it_reads_more():
    found = [candidates((MIXED, ONE_CASE), (-1.0, -1.1)), candidates((RIGHT, WRONG), (-0.5, -5.0))]
    tuned = joined.tune(found, [ONE_CASE, RIGHT], 1)
    assert joined.right(found, [ONE_CASE, RIGHT], tuned).tolist() == [1, 1]
    assert tuned.prior != NO_PRIOR


def test_a_member_that_misleads_weighs_little():
    found = [candidates((RIGHT, WRONG), (-1.0, -2.0), (-4.0, -0.5))] * 3
    tuned = joined.tune(found, [RIGHT] * 3, 2)
    assert joined.right(found, [RIGHT] * 3, tuned).all() and tuned.weights[1] <= 0.3


def test_rates_are_those_of_a_loop_over_samples():
    random = np.random.default_rng(3)
    texts = (RIGHT, WRONG, MIXED, ONE_CASE)
    found = [candidates(texts, *random.normal(-5, 2, (2, 4))) for _ in range(40)]
    labels = [texts[place] for place in random.integers(0, 4, 39)] + [("y",)]
    ranked = joined._Ranked.of(found, labels)
    for joining in (Joining((1.0, 0.3), 0.5), Joining((1.0, 1.0), 0.0, prior=Prior(0.2, 2.0))):
        number, likelihood = ranked.rate(joining)
        assert number == joined.right(found, labels, joining).sum()
        shares = []
        for one, label in zip(found, labels, strict=True):
            if label in one.texts:
                scores = one.scores(joining)
                shares.append(scores[one.texts.index(label)] - np.log(np.exp(scores).sum()))
        assert likelihood == pytest.approx(np.mean(shares))


def test_samples_without_texts_are_wrong_and_disturb_nothing():
    empty = Candidates.of((), [[]], (None,))
    found, labels = [empty, candidates((RIGHT,), (-1.0,)), empty], [RIGHT] * 3
    assert joined._Ranked.of(found, labels).rate(Joining.plain(1))[0] == 1
