"""What looks alike and what does not."""

from __future__ import annotations

import numpy as np

from hmer_suite.scores.metrics.visual import METRIC, alike, visual, visual_matches
from hmer_suite.testing import MetricContract

ALIKE = [
    (r"x ^ { 2 } \, + 1", "x ^ 2 + 1"),
    (r"\operatorname { s i n } x", r"\sin x"),
    (r"{ a \over b }", r"\frac { a } { b }"),
    ("a ^ { j } _ { i }", "a _ { i } ^ { j }"),
    (r"\left( x \right)", "( x )"),
    (r"a \quad b", "a b"),
]
DIFFERENT = [
    ("x .", "x ,"),
    ("x .", "x"),
    ("x = 1", "x = l"),
    ("x - y", "x _ { - } y"),
    (r"\phi", r"\varphi"),
    ("x ^ { 2 }", "x _ { 2 }"),
    ("x ^ { y } z", "x ^ { y z }"),
    (r"\frac { a } { b }", r"\frac { b } { a }"),
]


def test_spelling_does_not_show():
    for pair, same in zip(ALIKE, visual_matches(*zip(*ALIKE, strict=True)), strict=True):
        assert same, pair


def test_other_signs_and_other_places_show():
    for pair, same in zip(DIFFERENT, visual_matches(*zip(*DIFFERENT, strict=True)), strict=True):
        assert not same, pair


def test_what_cannot_be_drawn_is_wrong_unless_it_is_the_same():
    predictions = [r"\frac { a", "x", r"\frac { a", None, ""]
    references = ["a", r"\frac { a", r"\frac { a", "x", "x"]
    assert visual_matches(predictions, references) == [False, False, True, False, False]
    assert visual(predictions, references) == 20.0


def test_columns_differ_by_five_pixels():
    ink = np.zeros((9, 3), bool)
    ink[:, 1] = True
    four, five = ink.copy(), ink.copy()
    four[:4, 0], five[:5, 0] = True, True
    assert alike(ink, four) and not alike(ink, five)
    assert alike(ink[:-4], ink) and not alike(ink[:-5], ink), "white fills up the lower picture"
    assert not alike(ink, ink[:, :2])


class TestContract(MetricContract):
    spec = METRIC
