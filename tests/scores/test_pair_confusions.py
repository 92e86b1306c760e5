"""Pairs of neighbouring symbols that are confused."""

from __future__ import annotations

import pytest

from hmer_suite.scores.label_graphs import graph_of
from hmer_suite.scores.pair_confusions import SymbolPair, confused_pairs, pair_confusions
from hmer_suite.scores.score import score


@pytest.mark.parametrize(
    ("prediction", "reference", "confused"),
    [
        ("x ^ { 2 }", "x ^ { 2 }", []),
        ("x 2", "x ^ { 2 }", [(("x", "Sup", "2"), ("x", "Right", "2"))]),
        ("z ^ { 2 }", "x ^ { 2 }", [(("x", "Sup", "2"), ("z", "Sup", "2"))]),
        ("x", "x ^ { 2 }", [(("x", "Sup", "2"), ("x", None, None))]),
        # An added symbol parts its neighbours, and does not shift those after it.
        ("a + b c", "a b c", [(("a", "Right", "b"), ("a", None, "b"))]),
        (r"\frac { a } { b }", r"\frac { a } { d }", [(("-", "Below", "d"), ("-", "Below", "b"))]),
        ("a", r"\sqrt { a }", [((r"\sqrt", "Inside", "a"), (None, None, "a"))]),
    ],
)
def test_pairs_that_are_not_read_as_they_are(prediction, reference, confused):
    found = list(confused_pairs(graph_of(prediction), graph_of(reference)))
    assert found == [(SymbolPair(*wanted), SymbolPair(*read)) for wanted, read in confused]


def test_confusions_are_ranked_by_samples_and_name_them():
    references = ["x ^ { 2 }", "x ^ { 2 } + x ^ { 2 }", "a b", "x ^ { 2 }", "x ^ { 2 }"]
    predictions = ["x 2", "x 2 + x 2", "a c", "{ x", None]
    found = pair_confusions(score(predictions, references, semantics=False).samples)
    assert [(one.pair, one.count, one.ids) for one in found] == [
        (SymbolPair("x", "Sup", "2"), 3, ("1", "2")),
        (SymbolPair("a", "Right", "b"), 1, ("3",)),
        (SymbolPair("x", "Right", "+"), 1, ("2",)),
    ]
    assert found[0].readings[0].pair == SymbolPair("x", "Right", "2")
    assert found[0].readings[0].count == 3
