"""Brackets are matched in broken sequences too."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmer_suite.latex.braces import braced_parts, match_brackets, match_tokens


@pytest.mark.parametrize(
    ("text", "pairs", "closings", "openings"),
    [
        ("", {}, [], []),
        ("{ a { b } }", {2: 4, 0: 5}, [], []),
        ("{ a } }", {0: 2}, [3], []),
        ("{ { a }", {1: 3}, [], [0]),
        ("} {", {}, [0], [1]),
    ],
)
def test_pairs_and_what_is_left(text: str, pairs: dict[int, int], closings: list[int], openings: list[int]):
    assert match_tokens(text.split()) == (pairs, closings, openings)
    assert list(match_tokens(text.split()).pairs) == list(pairs), "inner pairs come first"


def test_other_tokens_can_be_matched():
    tokens = r"\left ( \left ( x \right ) {".split()
    assert match_tokens(tokens, r"\left", r"\right") == ({2: 5}, [], [0])


@given(st.lists(st.sampled_from((1, 0, -1)), max_size=30))
def test_every_bracket_is_in_one_place(steps: list[int]):
    pairs, closings, openings = match_brackets(steps)
    placed = [*pairs, *pairs.values(), *closings, *openings]
    assert sorted(placed) == [index for index, step in enumerate(steps) if step]
    # What is left are closings, then openings: no two of them would make a pair.
    assert not closings or not openings or closings[-1] < openings[0]
    assert all(sum(steps[start : end + 1]) == 0 for start, end in pairs.items())


def test_a_second_argument_belongs_to_the_command_of_the_first():
    parts = braced_parts(r"\frac { a } { b } ^ { 2 } { }".split())
    assert list(parts) == [(r"\frac", 2, 3), (r"\frac2", 5, 6), ("^", 9, 10)]
