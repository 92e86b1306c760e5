from __future__ import annotations

import random
from itertools import product
from math import sqrt
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hmer_suite.errors import InputError, PairingError, UsageError
from hmer_suite.scores import bootstrap
from hmer_suite.scores.bootstrap import (
    Resampling,
    holm,
    intervals,
    intervals_of,
    mcnemar,
    paired_bootstrap,
    paired_permutation,
    resampled_rates,
)
from hmer_suite.scores.rates import RATE_PARTS, Counts, count

NORMAL = NormalDist()


def sample(edits: int, tokens: int = 10) -> Counts:
    """A sample of so many reference tokens, so many of them substituted, one character each."""
    return count(["y"] * edits + ["x"] * (tokens - edits), ["x"] * tokens)


def systems(generator: random.Random, n: int, better: float) -> tuple[list[Counts], list[Counts]]:
    """Two systems on n samples, whose errors go together and of which the second makes fewer."""
    sizes = [generator.randint(4, 30) for _ in range(n)]
    first = [generator.choice([0, 0, 0, 1, 2, 4]) for _ in range(n)]
    second = [max(0, edits - (generator.random() < better)) for edits in first]
    return [
        [sample(min(edits, size), size) for edits, size in zip(errors, sizes, strict=True)]
        for errors in (first, second)
    ]


# ------------------------------------------------------------------------------ intervals


@pytest.mark.parametrize(("n", "right"), [(200, 100), (986, 401), (986, 815)])
def test_expression_rate_interval_is_that_of_the_binomial(n, right):
    """The number right in a resample is binomial: the quantiles are known in closed form."""
    stats = pytest.importorskip("scipy.stats")
    counts = [sample(0)] * right + [sample(5)] * (n - right)
    low, high = intervals(counts, Resampling(resamples=4000))["exprate"]
    wanted = 100 * stats.binom(n, right / n).ppf([0.025, 0.975]) / n
    tolerance = 0.12 * sqrt(right * (n - right) / n) / n * 100  # about two standard errors of such a quantile
    assert (low, high) == pytest.approx(tuple(wanted), abs=tolerance + 100 / n)


def test_error_rate_interval_is_that_of_the_ratio_estimator():
    """Delta method: the variance of a ratio of sums, Cochran, Sampling Techniques, ch. 6."""
    counts, _ = systems(random.Random(1), 1500, 0)
    edits, sizes = np.array([(c.edits, c.reference_tokens) for c in counts], dtype=float).T
    ratio = edits.sum() / sizes.sum()
    deviation = np.std(edits - ratio * sizes) / sizes.mean() / sqrt(len(counts))
    low, high = intervals(counts, Resampling(resamples=4000))["wer"]
    assert low == pytest.approx(100 * (ratio - 1.96 * deviation), abs=12 * deviation)
    assert high == pytest.approx(100 * (ratio + 1.96 * deviation), abs=12 * deviation)


def test_intervals_agree_with_scipy():
    stats = pytest.importorskip("scipy.stats")
    counts, _ = systems(random.Random(2), 300, 0)
    columns = [[c.edits for c in counts], [c.reference_tokens for c in counts]]

    def wer(edits, sizes, axis):
        return 100 * edits.sum(axis=axis) / sizes.sum(axis=axis)

    theirs = stats.bootstrap(
        columns, wer, paired=True, method="percentile", n_resamples=4000, rng=np.random.default_rng(1)
    ).confidence_interval
    ours = intervals(counts, Resampling(resamples=4000))["wer"]
    assert ours == pytest.approx(tuple(theirs), abs=0.1 * (theirs.high - theirs.low))


def test_every_rate_has_an_interval_around_it(real):
    _, predictions, references = real("wap")
    found = intervals(list(map(count, predictions, references)))
    assert list(found) == list(RATE_PARTS)
    published = {"exprate": 40.67, "le1": 58.32, "le2": 67.65, "le3": 74.04, "wer": 25.04, "cer": 23.49}
    for rate, value in published.items():
        low, high = found[rate]
        assert low < value < high
    assert found["exprate"][1] - found["exprate"][0] == pytest.approx(6.13, abs=0.4)  # 2 * 1.96 sqrt(pq/n)


def test_same_seed_same_intervals_and_level_widens():
    counts, _ = systems(random.Random(3), 100, 0)
    assert intervals(counts) == intervals(counts)
    assert intervals(counts) != intervals(counts, Resampling(seed=1))
    narrow, wide = (intervals(counts, Resampling(level=level))["wer"] for level in (80, 99))
    assert wide[0] < narrow[0] < narrow[1] < wide[1]


@pytest.mark.parametrize("cells", [1, 7, 1000])
def test_memory_blocks_do_not_change_the_numbers(monkeypatch, cells):
    counts, _ = systems(random.Random(4), 37, 0)
    whole = intervals(counts)
    monkeypatch.setattr(bootstrap, "_CELLS", cells)
    assert intervals(counts) == whole


def test_equal_rows_are_counted_together_without_changing_a_number(monkeypatch):
    counts, _ = systems(random.Random(4), 60, 0)
    together = intervals(counts * 3)
    matrix = bootstrap._matrix(counts * 3)
    distinct, place = bootstrap._distinct_rows(matrix)
    assert len(distinct) <= len(counts) and np.array_equal(distinct[place], matrix)
    monkeypatch.setattr(bootstrap, "_distinct_rows", lambda matrix: (matrix, np.arange(len(matrix))))
    assert intervals(counts * 3) == together


def test_rows_that_share_a_hash_stay_apart(monkeypatch):
    monkeypatch.setattr(bootstrap, "_hashes", lambda matrix: np.zeros(len(matrix), np.uint64))
    matrix = np.array([[1, 2], [2, 1], [1, 2]], float)
    distinct, place = bootstrap._distinct_rows(matrix)
    assert np.array_equal(distinct[place], matrix)


def test_columns_share_their_resamples():
    first, second = systems(random.Random(5), 80, 0.5)
    both = intervals_of({"a": first, "b": second})
    assert both == {"a": intervals(first), "b": intervals(second)}


def test_empty_references_have_rates_in_every_resample():
    counts = [count([], []), count(["x"], []), count(["x"], ["x"])]
    rates = resampled_rates({"": counts}, Resampling(resamples=200))[""]["wer"]
    assert np.isfinite(rates).all()
    assert {0.0, 100.0} <= set(rates)


def test_nothing_to_resample():
    with pytest.raises(InputError, match="0 samples"):
        intervals([])


def test_columns_of_different_samples():
    with pytest.raises(PairingError, match="'b': 2"):
        intervals_of({"a": [sample(0)], "b": [sample(0)] * 2})


@pytest.mark.parametrize("settings", [{"resamples": 0}, {"permutations": 0}, {"level": 0}, {"level": 100}])
def test_settings_that_make_no_sense(settings):
    with pytest.raises(UsageError):
        Resampling(**settings)


# ------------------------------------------------------------------------------ paired tests


def test_paired_bootstrap_is_near_its_normal_limit():
    """Differences of single samples are -1, 0 or 1; their mean is nearly normal with known variance."""
    both, only_first, only_second, neither = 500, 40, 62, 200
    first = [sample(0)] * (both + only_first) + [sample(3)] * (only_second + neither)
    second = [sample(0)] * both + [sample(3)] * only_first + [sample(0)] * only_second + [sample(3)] * neither
    n = both + only_first + only_second + neither
    difference = (only_second - only_first) / n
    deviation = sqrt(((only_first + only_second) / n - difference**2) / n)
    found = paired_bootstrap(first, second, resampling=Resampling(resamples=5000))
    assert found.difference == pytest.approx(100 * difference)
    assert found.interval == pytest.approx(
        (100 * (difference - 1.96 * deviation), 100 * (difference + 1.96 * deviation)), abs=15 * deviation
    )
    assert found.p == pytest.approx(2 * (1 - NORMAL.cdf(difference / deviation)), abs=0.02)


@pytest.mark.parametrize("rate", ["exprate", "wer"])
def test_a_system_does_not_differ_from_itself(rate):
    counts, _ = systems(random.Random(6), 50, 0)
    same = paired_bootstrap(counts, counts, rate)
    assert (same.difference, same.interval, same.p) == (0.0, (0.0, 0.0), 1.0)
    assert paired_permutation(counts, counts, rate) == 1.0


@pytest.mark.parametrize("rate", ["exprate", "wer"])
def test_a_clear_difference_is_found_whichever_comes_first(rate):
    first, second = systems(random.Random(7), 400, 0.8)
    resampling = Resampling(resamples=999, permutations=999)
    assert paired_bootstrap(first, second, rate, resampling).p == pytest.approx(0.001)
    assert paired_permutation(first, second, rate, resampling) == pytest.approx(0.001)
    assert paired_permutation(second, first, rate, resampling) == paired_permutation(
        first, second, rate, resampling
    )
    forth, back = (
        paired_bootstrap(first, second, rate, resampling),
        paired_bootstrap(second, first, rate, resampling),
    )
    assert forth.difference == -back.difference
    assert forth.interval == pytest.approx((-back.interval[1], -back.interval[0]))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=9))
def test_permutation_p_tends_to_that_of_all_sign_flips(errors):
    first, second = [sample(a) for a, _ in errors], [sample(b) for _, b in errors]
    differences = [b - a for a, b in errors]
    flips = [
        sum(s * d for s, d in zip(signs, differences, strict=True))
        for signs in product((-1, 1), repeat=len(errors))
    ]
    exact = sum(abs(total) >= abs(sum(differences)) for total in flips) / len(flips)
    assert paired_permutation(first, second, "wer") == pytest.approx(exact, abs=0.025)


def test_permutation_agrees_with_scipy():
    stats = pytest.importorskip("scipy.stats")
    first, second = systems(random.Random(8), 120, 0.06)
    edits = [[c.edits for c in counts] for counts in (first, second)]
    theirs = stats.permutation_test(
        edits,
        lambda a, b, axis: np.sum(b - a, axis=axis),
        permutation_type="samples",
        n_resamples=9999,
        rng=np.random.default_rng(1),
    ).pvalue
    assert paired_permutation(first, second, "wer") == pytest.approx(theirs, abs=0.02)


@pytest.mark.parametrize(("only_first", "only_second"), [(10, 18), (30, 30), (40, 62), (1, 4)])
def test_permutation_of_the_expression_rate_tends_to_mcnemar(only_first, only_second):
    first = [sample(0)] * only_first + [sample(2)] * only_second
    second = [sample(2)] * only_first + [sample(0)] * only_second
    assert paired_permutation(first, second) == pytest.approx(mcnemar(only_first, only_second), abs=0.015)


@given(st.integers(0, 200), st.integers(0, 200))
def test_mcnemar_is_the_binomial_test(only_first, only_second):
    stats = pytest.importorskip("scipy.stats")
    number = only_first + only_second
    wanted = stats.binomtest(only_first, number).pvalue if number else 1.0
    assert mcnemar(only_first, only_second) == pytest.approx(wanted, rel=1e-9)


def test_mcnemar_by_hand():
    assert mcnemar(0, 0) == mcnemar(3, 3) == 1.0
    assert mcnemar(0, 5) == mcnemar(5, 0) == 2 / 32
    assert mcnemar(1, 5) == 2 * 7 / 64
    assert 0 <= mcnemar(0, 20_000) < 1e-300


def test_holm_by_hand():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx((0.03, 0.06, 0.06, 0.02))
    assert holm([0.6, 0.7]) == (1.0, 1.0)
    assert holm([]) == ()


@given(st.lists(st.floats(0, 1), max_size=8))
def test_holm_lies_between_the_p_values_and_bonferroni(p_values):
    for ours, p in zip(holm(p_values), p_values, strict=True):
        assert p <= ours <= min(1.0, p * len(p_values))


def test_unknown_rate():
    with pytest.raises(UsageError, match=r"'bleu'.*exprate"):
        paired_permutation([sample(0)], [sample(0)], "bleu")


def test_other_references():
    with pytest.raises(PairingError, match="sample 0 has 10 reference tokens for one system and 9"):
        paired_permutation([sample(0)], [sample(0, 9)], "wer")
    with pytest.raises(PairingError, match="1 against 2"):
        paired_permutation([sample(0)], [sample(0)] * 2)
