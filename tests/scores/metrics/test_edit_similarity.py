"""Edit similarity by hand."""

from __future__ import annotations

import pytest

from hmer_suite.scores.metrics.edit_similarity import METRIC, edit_similarity
from hmer_suite.testing import MetricContract


def test_it_is_pooled_over_the_corpus():
    # One edit of 2 tokens and two of 8; a mean over samples would be 62.5.
    predictions = [r"\alpha y", "a b c d e f"]
    references = [r"\alpha z", "a b c d e f g h"]
    assert edit_similarity(predictions, references) == pytest.approx(70.0)


def test_the_longer_side_is_the_unit():
    assert edit_similarity(["a a a a"], ["a"]) == pytest.approx(25.0)
    assert edit_similarity([None, ""], ["a", "a b"]) == 0.0


class TestContract(MetricContract):
    spec = METRIC
