"""All repairs within one edit of the cheapest: against trying everything, on real damage, and within bounds."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hmer_suite.latex.automaton import CLASS_OF, is_valid
from hmer_suite.repairs import near_repairs
from hmer_suite.repairs.near_repairs import MAX_PREFIXES, MAX_REPAIRS, _NearSearch
from tests.repairs.oracle import every_repair
from tests.repairs.strategies import STRUCTURE


@pytest.mark.parametrize(
    ("text", "among"),
    [
        (r"b ^ \sqrt 7", [r"b ^ { \sqrt 7 }", r"b \sqrt 7", "b ^ 7"]),
        ("k ^ { 2 = m", ["k ^ { 2 } = m", "k ^ { 2 = } m", "k ^ { 2 = m }", "k ^ 2 = m"]),
        (r"\begin{cases} a & b", [r"\begin{cases} a & b \end{cases}", "a b"]),
        ("k ^ 2 ^ 3", ["k ^ { 2 ^ 3 }", "{ k ^ 2 } ^ 3", "k ^ 2 3"]),
        (r"\aplha + k", [r"\alpha + k", "+ k"]),
    ],
)
def test_what_may_have_been_meant_is_among_them(text: str, among: list[str]):
    found = near_repairs(text)
    assert found.exhaustive
    outputs = [" ".join(output) for output in found.outputs]
    assert set(among) <= set(outputs)
    assert len(set(outputs)) == len(outputs)


def test_a_valid_formula_is_its_only_repair():
    found = near_repairs("x ^ { 2 }")
    assert (found.cost, found.outputs, found.exhaustive) == (0, (("x", "^", "{", "2", "}"),), True)


def test_no_edit_is_to_spare():
    assert all("y" in output for output in near_repairs("y = x ^ { 2").outputs)


def test_unknown_commands_stay_where_they_are_permitted():
    assert near_repairs(r"\foo ^ 2", permit_unknown=True).outputs == ((r"\foo", "^", "2"),)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(STRUCTURE), max_size=6))
@example(["^", r"\frac"])
def test_they_are_all_that_trying_everything_finds(words: list[str]):
    found = near_repairs(words)
    assert all(map(is_valid, found.outputs))
    if found.cost > 2:  # three edits and one anywhere are more than a test can try
        return
    searched = {tuple(CLASS_OF[token] for token in output) for output in found.outputs}
    tried = every_repair(words, found.cost + 1)
    assert searched <= tried or not found.exhaustive
    assert not found.exhaustive or searched == tried


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from(STRUCTURE), max_size=40))
def test_what_is_listed_is_valid_and_bounded(words: list[str]):
    found = near_repairs(words)
    assert all(map(is_valid, found.outputs))
    assert len(found.outputs) <= MAX_REPAIRS


def test_the_search_ends_by_counting():
    words = ["x", "^", "{", *"a+b=" * 120]
    search = _NearSearch([CLASS_OF[word] for word in words], {}, 2)
    search.run()
    # One place may go over, by what may be inserted into it.
    assert search.kept < 1.2 * MAX_PREFIXES
    assert not near_repairs(words).exhaustive
