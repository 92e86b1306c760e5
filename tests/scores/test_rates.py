from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmer_suite.errors import InputError
from hmer_suite.scores.rates import Counts, Rates, count, percent, total

COUNTED = ["substitutions", "deletions", "insertions", "reference_tokens"]
KEYS = ["exprate", "le1", "le2", "le3", "wer", "cer", *COUNTED, "valid"]
tokens = st.lists(st.sampled_from(["x", r"\alpha", "{", "}"]), max_size=8)
samples = st.tuples(st.none() | tokens, tokens, st.booleans())


@pytest.mark.parametrize(
    ("name", "exprate", "le", "wer", "edits", "reference_tokens", "cer"),
    [
        ("wap", 40.67, (58.32, 67.65, 74.04), 25.04, 3980, 15897, 23.49),
        ("tamer", 69.77, (85.56, 90.82, 93.53), 3.83, 9516, 248717, 4.42),
        ("3b", 82.66, (90.37, 93.71, 96.45), 9.41, 1505, 15987, 7.45),
        ("7b", 83.87, (89.86, 93.61, 96.55), 2.81, 450, 15987, 2.88),
        ("mathwriting", 51.70, (67.53, 76.87, 84.24), 9.40, 6313, 67136, 10.97),
    ],
)
def test_published_figures(real, name, exprate, le, wer, edits, reference_tokens, cer):
    _, predictions, references = real(name)
    corpus = total(map(count, predictions, references))
    rates = Rates.of(corpus).to_json()
    assert rates["exprate"] == exprate
    assert (rates["le1"], rates["le2"], rates["le3"]) == le
    assert (rates["wer"], rates["cer"]) == (wer, cer)
    assert rates["substitutions"] + rates["deletions"] + rates["insertions"] == edits == corpus.edits
    assert rates["reference_tokens"] == reference_tokens


def test_json_keys():
    counts = count(list("x^{3}"), list("x^{2}"), valid=True)
    document = Rates.of(counts).to_json()
    assert list(document) == KEYS
    assert json.loads(json.dumps(document)) == document
    assert document == dict(zip(KEYS, [0.0, 100.0, 100.0, 100.0, 20.0, 20.0, 1, 0, 0, 5, 100.0], strict=True))


def test_two_decimals_in_the_json_and_full_precision_inside():
    counts = total([count(["x"], ["x"]), count(["y"], ["x"]), count(["y"], ["x"])])
    rates = Rates.of(counts)
    assert rates.exprate == pytest.approx(100 / 3, abs=1e-12)
    assert rates.to_json()["exprate"] == 33.33


def test_characters_are_those_of_the_joined_tokens():
    counts = count([r"\beta", "x"], [r"\alpha", "x"])
    assert counts.reference_characters == 7
    assert counts.character_edits == 4  # \beta is \alpha with l, p, h gone and a, b, e, t where there was a
    assert counts.edits == 1


@given(st.lists(samples))
def test_counts_add_up(drawn):
    each = [count(prediction, reference, valid=valid) for prediction, reference, valid in drawn]
    corpus = total(each)
    assert corpus == sum(each, Counts())
    assert corpus.edits == sum(sample.edits for sample in each)
    assert corpus.samples == len(drawn)
    assert corpus.exact <= corpus.within_1 <= corpus.within_2 <= corpus.within_3 <= corpus.samples


@given(samples)
def test_one_sample(drawn):
    prediction, reference, valid = drawn
    sample = count(prediction, reference, valid=valid)
    assert sample.exact == (prediction == reference)
    assert sample.predicted_tokens == len(prediction or [])
    assert sample.reference_tokens == len(reference)
    assert sample.valid == (valid and prediction is not None)
    if prediction is not None:
        within = [sample.within_1, sample.within_2, sample.within_3]
        assert within == [sample.edits <= k for k in (1, 2, 3)]


def test_a_list_and_a_tuple_of_the_same_tokens_match():
    assert count(("x", "y"), ["x", "y"]) == count(["x", "y"], ["x", "y"])


def test_missing_prediction_is_wrong_and_all_deleted():
    sample = count(None, ["a", "b"], valid=True)
    assert (sample.substitutions, sample.deletions, sample.insertions) == (0, 2, 0)
    assert (sample.exact, sample.within_1, sample.within_2, sample.valid) == (0, 0, 1, 0)
    assert sample.character_edits == sample.reference_characters == 2


def test_missing_prediction_of_a_short_reference_is_within_its_length():
    one, three = count(None, ["x"]), count(None, ["x", "+", "y"])
    assert (one.exact, one.within_1, one.within_2, one.within_3) == (0, 1, 1, 1)
    assert (three.within_1, three.within_2, three.within_3) == (0, 0, 1)


def test_missing_prediction_of_an_empty_reference_is_still_wrong():
    sample = count(None, [])
    assert (sample.samples, sample.exact, sample.within_3, sample.edits) == (1, 0, 0, 0)


def test_empty_reference():
    right, wrong = count([], []), count(["x", "y"], [])
    assert (right.exact, right.edits) == (1, 0)
    assert (wrong.exact, wrong.insertions, wrong.reference_tokens) == (0, 2, 0)
    assert Rates.of(right).wer == 0.0
    assert Rates.of(wrong).wer == 100.0
    assert Rates.of(wrong + count(["x"] * 4, ["x"] * 4)).wer == 50.0


def test_empty_prediction_of_a_one_symbol_reference_is_one_error():
    sample = count([], ["x"])
    assert (sample.exact, sample.within_1, sample.deletions) == (0, 1, 1)


def test_rates_of_nothing():
    with pytest.raises(InputError, match="0 references"):
        Rates.of(Counts())


def test_counts_add_only_to_counts():
    with pytest.raises(TypeError):
        Counts() + 1


@pytest.mark.parametrize(
    ("part", "whole", "wanted"), [(1, 4, 25.0), (0, 0, 0.0), (1, 0, 100.0), (3, 2, 150.0)]
)
def test_percent(part, whole, wanted):
    assert percent(part, whole) == wanted
