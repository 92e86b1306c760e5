"""The scores in the shape of evaluate."""

from __future__ import annotations

import pytest

import hmer_suite as hs
from hmer_suite.errors import InputError, PairingError

PREDICTIONS, REFERENCES = ["x^2", r"\frac12", None, "y"], ["x ^ { 2 }", r"\frac { 1 } { 3 }", "z", "y"]


def test_rates_are_those_of_score():
    found = hs.evaluate_metric().compute(predictions=PREDICTIONS, references=REFERENCES)
    scores = hs.score(PREDICTIONS, REFERENCES, semantics=False)
    assert (found["exprate"], found["wer"], found["n"]) == (50.0, scores.canonical.to_json()["wer"], 4)
    assert found["raw_exprate"] == scores.raw.exprate and found["structure_exprate"] == 50.0
    assert found["signature"] == str(scores.signature) and "semantics_rate" not in found


def test_options_are_of_the_metric_or_of_the_call():
    metric = hs.evaluate_metric(repair=False)
    given = {"predictions": ["x+1"], "references": ["1+x"]}
    assert not any(name.startswith("repaired") for name in metric.compute(**given))
    assert metric.compute(**given, semantics=True)["semantics_rate"] == 100.0
    assert metric.compute(**given, repair=True)["repaired_exprate"] == 0.0


def test_samples_are_collected_and_forgotten():
    metric = hs.evaluate_metric()
    metric.add(prediction="x", reference="x")
    metric.add_batch(predictions=["y", None], references=["y", "z"])
    assert metric.compute()["exprate"] == pytest.approx(66.67)
    with pytest.raises(InputError):
        metric.compute()


def test_unequal_numbers_are_refused():
    metric = hs.evaluate_metric()
    with pytest.raises(InputError, match="2 predictions and 1 references"):
        metric.add_batch(predictions=["x", "y"], references=["x"])
    with pytest.raises(PairingError, match="1 predictions, 0 references"):
        metric.compute(predictions=["x"])
