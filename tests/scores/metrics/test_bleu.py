"""BLEU against sacrebleu, and by hand."""

from __future__ import annotations

import math
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmer_suite.scores.metrics.bleu import METRIC, corpus_bleu
from hmer_suite.testing import MetricContract

texts = st.lists(st.sampled_from("abcd"), max_size=9).map(" ".join)


@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=6))
def test_it_is_what_sacrebleu_computes(pairs):
    sacrebleu = pytest.importorskip("sacrebleu")
    predictions, references = map(list, zip(*pairs, strict=True))
    theirs = sacrebleu.corpus_bleu(predictions, [references], tokenize="none", force=True).score
    assert corpus_bleu(predictions, references) == pytest.approx(theirs, abs=1e-9)


def test_by_hand():
    # 5 of 5, 3 of 4, 1 of 3 and none of 2 n-grams match; the last counts as one of 4. One token is too short.
    found = corpus_bleu(["a b c d b"], ["a b c b d d"])
    precisions = (100 * 5 / 5, 100 * 2 / 4, 100 * 1 / 3, 100 / 4)
    assert found == pytest.approx(math.exp(1 - 6 / 5) * math.prod(precisions) ** 0.25)


def test_it_counts_over_the_corpus_and_not_over_samples():
    assert corpus_bleu(["a b c d", "x"], ["a b c d", "y"]) == pytest.approx(100 * (4 / 5) ** 0.25)


def test_it_reads_tokens_as_given():
    assert METRIC.spelling == "given"


class TestContract(MetricContract):
    spec = METRIC
    perfect: ClassVar = pytest.approx(100.0)  # a mean of logarithms
