"""Weighted choices: drawn by weight, one random number each."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from hmer_suite.handwriting.weighted_choice import WeightedChoice


def test_words_are_drawn_in_proportion_to_their_weights():
    choice = WeightedChoice.parse("a=>6 b c=>3 ==>0")
    assert choice == WeightedChoice.of("abc=", (6, 1, 3, 0))
    rng = random.Random(0)
    counts = Counter(choice(rng) for _ in range(10_000))
    assert set(counts) == {"a", "b", "c"}
    assert [counts[word] / 10_000 for word in "abc"] == pytest.approx([0.6, 0.1, 0.3], abs=0.02)


def test_a_choice_takes_one_number_from_the_generator():
    first, second = random.Random(3), random.Random(3)
    WeightedChoice.parse("x y z")(first)
    second.random()
    assert first.random() == second.random()
