"""Lazy sequences behave as lists do."""

from __future__ import annotations

import pytest

from hmer_suite.lazy_sequence import ChainedSequence, PickedSequence

ITEMS = list("abcdef")


@pytest.mark.parametrize(
    "sequence", [ChainedSequence(["ab", [], "c", "def"]), PickedSequence("fedcba", [5, 4, 3, 2, 1, 0])]
)
def test_it_is_indexed_as_a_list_is(sequence):
    assert list(sequence) == ITEMS and len(sequence) == 6
    assert [sequence[-number] for number in range(1, 7)] == ITEMS[::-1]
    assert sequence[1:5:2] == ["b", "d"] and sequence[9:] == []
    for index in (6, -7):
        with pytest.raises(IndexError):
            sequence[index]
