"""Exact match with and without white space."""

from __future__ import annotations

import pytest

from hmer_suite.scores.metrics.exact import METRICS, exact, exact_without_spaces, without_spaces
from hmer_suite.testing import MetricContract

PAIRS = {
    "x + 1": "x + 1",
    r"x \, + 1": "x + 1",
    r"x \hspace { 1 c m } + 1": r"x \quad + 1",
    "x - 1": "x + 1",
}


def test_white_space_counts_or_not():
    assert exact(list(PAIRS), list(PAIRS.values())) == 25.0
    assert exact_without_spaces(list(PAIRS), list(PAIRS.values())) == 75.0
    assert exact([None, "x"], ["x", "x"]) == exact_without_spaces([None, "x"], ["x", "x"]) == 50.0


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (r"a \, b \; c ~ d \quad e \! f", "a b c d e f"),
        (r"a \hspace { 1 { . } 5 c m } b", "a b"),
        (r"a \hspace b", "a b"),
        (r"\hspace { 1 c m", ""),
        (r"\frac { a } { b }", r"\frac { a } { b }"),
        ("", ""),
    ],
)
def test_what_is_white_space(text, kept):
    assert without_spaces(text) == kept


class TestExact(MetricContract):
    spec = METRICS[0]


class TestExactWithoutSpaces(MetricContract):
    spec = METRICS[1]
