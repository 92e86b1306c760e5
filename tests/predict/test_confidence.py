"""Calibration: fitted probabilities, the error of calibration by hand, accuracy of the most confident."""

from __future__ import annotations

import numpy as np
import pytest

from hmer_suite.predict.confidence import Evidence, calibration_error, coverage, fit, reliability


def test_fitting_finds_the_model_that_drew_the_samples():
    rng = np.random.default_rng(0)
    features = rng.normal(size=(20_000, 2))
    probability = 1 / (1 + np.exp(-(0.5 + features @ [1.5, -0.7])))
    found = fit(features, (rng.random(20_000) < probability).astype(float))
    assert found.bias == pytest.approx(0.5, abs=0.08)
    assert found.slopes == pytest.approx((1.5, -0.7), abs=0.08)


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_samples_that_are_all_right_or_all_wrong_can_be_fitted(value: float):
    found = fit(np.zeros((30, 1)), np.full(30, value))
    assert abs(found([0.0]) - value) < 0.05


def test_fitted_confidence_is_calibrated_where_the_probability_was_not():
    rng = np.random.default_rng(1)
    logprob = -rng.exponential(2.0, 5_000)
    right = (rng.random(5_000) < 0.9 * np.exp(logprob / 4)).astype(float)
    features = np.array([Evidence(value, value / 2, 1.0).features() for value in logprob])
    found = fit(features, right)
    said = np.array([found(row) for row in features])
    assert calibration_error(said, right) < 3 < calibration_error(np.exp(logprob), right)


def test_calibration_error_by_hand():
    said = np.array([0.05, 0.15, 0.95, 0.95])
    right = np.array([0.0, 1.0, 1.0, 0.0])
    # Intervals: 0.05 off once, 0.85 off once, |1 - 1.9| = 0.9 over two.
    assert calibration_error(said, right) == pytest.approx(100 * (0.05 + 0.85 + 0.9) / 4)
    assert reliability(said, right) == [(0.05, 0.0, 1), (0.15, 1.0, 1), (0.95, 0.5, 2)]
    assert calibration_error(np.array([1.0]), np.array([1.0])) == 0


def test_coverage_takes_the_most_confident_first():
    said, right = np.array([0.1, 0.9, 0.5, 0.7]), np.array([0.0, 1.0, 0.0, 1.0])
    assert coverage(said, right, [0.25, 0.5, 0.75, 1.0]) == pytest.approx([100, 100, 200 / 3, 50])
