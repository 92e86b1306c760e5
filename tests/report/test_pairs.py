"""Confusions of pairs in words, with the samples that they name."""

from __future__ import annotations

import pytest

from hmer_suite.report.pairs import pair_in_words, pair_rows
from hmer_suite.scores.pair_confusions import SymbolPair
from hmer_suite.scores.score import score


@pytest.mark.parametrize(
    ("pair", "words"),
    [
        (("x", "Sup", "2"), "`x` with superscript `2`"),
        (("-", "Right", "-"), "`-` then `-`"),
        (("-", "Below", "2"), "fraction bar with `2` below"),
        ((r"\sum", "Below", "i"), r"`\sum` with `i` below"),
        (("x", None, "y"), "`x` and `y` apart"),
        (("-", None, None), "`-`, the second not read"),
        ((None, None, "-"), "`-`, the first not read"),
        ((None, None, None), "neither read"),
    ],
)
def test_pairs_in_words(pair, words):
    assert pair_in_words(SymbolPair(*pair)) == words


def test_rows_of_two_systems_name_their_samples():
    references = ["x ^ { 2 }", "x ^ { 2 }", "a b"]
    systems = {
        name: score(read, references, ids=["a", "b", "c"], semantics=False)
        for name, read in (("one", ["x 2", "x 2", "a b"]), ("two", ["x ^ { 2 }", "z ^ { 2 }", "a b"]))
    }
    (row,), groups = pair_rows(systems)
    assert row.pair == "`x` with superscript `2`" and [one.samples for one in row.wrong] == [2, 1]
    assert [[(read.words, read.samples) for read in found] for found in row.readings] == [
        [("`x` then `2`", 2)],
        [("`z` with superscript `2`", 1)],
    ]
    assert groups == {
        "one: x with superscript 2 read otherwise": ("a", "b"),
        "one: x with superscript 2 read as x then 2": ("a", "b"),
        "two: x with superscript 2 read otherwise": ("b",),
        "two: x with superscript 2 read as z with superscript 2": ("b",),
    }
