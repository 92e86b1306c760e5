"""Confidence: probabilities that a formula and its tokens are right, calibrated on validation samples.

A logistic model of a few features of a reading (J. Platt, "Probabilistic outputs for support vector
machines", 1999). With the log-likelihood alone it is the temperature of C. Guo et al., "On calibration of modern neural
networks" (ICML 2017, section 4.2); the least likely token and the agreement of joined recognisers add
information that a temperature does not have.

Shapes: n readings, F features.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

RIDGE = 1e-2
"""Weight of the ridge penalty on slopes when a calibration is fitted, so that few samples suffice."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Features of a reading for its confidence.

    `logprob` is its mean log-likelihood over members; `weakest` that of its least likely token; `agreement` the share
    of members, by weight, whose best reading it is.
    """

    logprob: float
    weakest: float
    agreement: float

    def features(self) -> tuple[float, ...]:
        """Inputs of the logistic model; large values are compressed."""
        return (-math.log1p(-self.logprob), -math.log1p(-4 * self.weakest), self.agreement)


@dataclass(frozen=True, slots=True)
class TokenEvidence:
    """Features of a token for its confidence: its log-probability, the formula's log-likelihood and agreement."""

    logprob: float
    formula: float
    agreement: float

    def features(self) -> tuple[float, ...]:
        """Inputs of the logistic model."""
        return (-math.log1p(-4 * self.logprob), -math.log1p(-self.formula), self.agreement)


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic model: the logit is `bias` plus features times `slopes`."""

    bias: float
    slopes: tuple[float, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "slopes", tuple(self.slopes))

    def __call__(self, features: Sequence[float]) -> float:
        """The probability for features (F,)."""
        value = self.bias + sum(a * b for a, b in zip(self.slopes, features, strict=True))
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, value))))


def fit(features: np.ndarray, right: np.ndarray) -> Calibration:
    """Maximum-likelihood calibration of `right` (n,) given features (n, F), by Newton's method."""
    design = np.concatenate([np.ones((len(features), 1)), features], axis=1)
    ridge = RIDGE * np.diag([0.0] + [1.0] * features.shape[1])
    values = np.zeros(design.shape[1])
    for _ in range(50):
        said = 1 / (1 + np.exp(-np.clip(design @ values, -30, 30)))
        gradient = design.T @ (right - said) - ridge @ values
        curvature = (design * (said * (1 - said))[:, None]).T @ design + ridge + 1e-9 * np.eye(len(values))
        step = np.linalg.solve(curvature, gradient)
        values += step
        if np.abs(step).max() < 1e-8:
            break
    return Calibration(float(values[0]), tuple(map(float, values[1:])))


def calibration_error(said: np.ndarray, right: np.ndarray, bins: int = 10) -> float:
    """Expected calibration error in percent: mean distance of confidence and accuracy, over `bins` equal intervals.

    C. Guo et al. 2017, equation 3. `said` (n,) are confidences, `right` (n,) whether each reading was right.
    """
    place = np.minimum((said * bins).astype(int), bins - 1)
    gaps = [abs(float((right - said)[place == number].sum())) for number in range(bins)]
    return 100 * sum(gaps) / max(1, len(said))


def reliability(said: np.ndarray, right: np.ndarray, bins: int = 10) -> list[tuple[float, float, int]]:
    """Mean confidence, accuracy and number of readings of each of `bins` equal intervals that has any."""
    place = np.minimum((said * bins).astype(int), bins - 1)
    found = [(place == number) for number in range(bins)]
    return [
        (float(said[each].mean()), float(right[each].mean()), int(each.sum())) for each in found if each.any()
    ]


def coverage(said: np.ndarray, right: np.ndarray, shares: Sequence[float]) -> list[float]:
    """Accuracy in percent of the most confident readings, for each of `shares` of them."""
    order = np.argsort(-said, kind="stable")
    counts = [max(1, round(share * len(said))) for share in shares]
    return [100 * float(right[order[:count]].mean()) for count in counts]
