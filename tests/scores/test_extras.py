"""Rules and metrics of plugins in scores."""

from __future__ import annotations

import pytest

from hmer_suite.repairs.rules import RULES, Rule
from hmer_suite.scores.executors import local_pool
from hmer_suite.scores.score import score
from hmer_suite.scores.validity import validity
from hmer_suite.specs.metric import MetricSpec


def stutters(tokens):
    return [i for i in range(1, len(tokens)) if tokens[i] == tokens[i - 1] == "+"]


STUTTER = Rule("stutter", "of a test", stutters, by_default=False)
PREDICTIONS = ["{ 1 + + 1", "x^2", None]
REFERENCES = ["1 + 1", "x ^ { 2 }", "y"]


def test_a_rule_is_applied_by_repair_and_named_in_the_signature():
    plain, ruled = score(PREDICTIONS, REFERENCES), score(PREDICTIONS, REFERENCES, rules=[STUTTER])
    assert (plain.repaired.exprate, ruled.repaired.exprate) == pytest.approx((100 / 3, 200 / 3))
    assert plain.canonical == ruled.canonical
    assert plain.signature.repair != ruled.signature.repair and ruled.rules == ("stutter",)


def test_a_rule_that_is_on_by_default_changes_nothing():
    default = next(rule for rule in RULES if rule.by_default)
    plain, ruled = score(PREDICTIONS, REFERENCES), score(PREDICTIONS, REFERENCES, rules=[default])
    assert str(plain.signature) == str(ruled.signature)


def test_a_rule_works_in_other_processes():
    with local_pool(2) as pool:
        assert score(
            PREDICTIONS, REFERENCES, rules=[STUTTER], executor=pool
        ).repaired.exprate == pytest.approx(200 / 3)


def test_without_references_a_rule_counts_in_the_edits():
    assert validity(["{ 1 + + 1"])["repair_edits"] == {"1": 1}
    assert validity(["{ 1 + + 1"], [STUTTER])["repair_edits"] == {"2": 1}


def test_a_metric_sees_canonical_spelling_and_is_named_in_the_signature():
    seen = []

    def measure(predictions, references):
        seen.append((list(predictions), list(references)))
        return 100 / 3

    found = score(PREDICTIONS, REFERENCES, metrics=[MetricSpec("third", "of a test", measure)])
    assert seen == [(["{ 1 + + 1", "x ^ { 2 }", None], REFERENCES)]
    assert found.metrics == {"third": 33.3333} == found.to_json()["metrics"]
    assert "|metric:exprate+wer+cer+third|" in str(found.signature)
    assert "metrics" not in score(PREDICTIONS, REFERENCES).to_json()


def test_a_metric_may_ask_for_tokens_as_given():
    seen = []

    def measure(predictions, references):
        seen.append((list(predictions), list(references)))
        return 0.0

    score(PREDICTIONS, REFERENCES, metrics=[MetricSpec("plain", "of a test", measure, spelling="given")])
    assert seen == [(["{ 1 + + 1", "x ^ 2", None], REFERENCES)]
