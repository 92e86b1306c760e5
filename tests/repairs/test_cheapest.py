"""The cheapest repair is the cheapest, and the one pass always ends valid."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hmer_suite.latex import token_model
from hmer_suite.latex.automaton import CLASS_OF, is_valid
from hmer_suite.repairs.cheapest import Search
from hmer_suite.repairs.one_pass import repair_in_one_pass
from hmer_suite.repairs.ranking import RepairRanker
from hmer_suite.repairs.repair import apply_steps, replacements
from tests.repairs.oracle import repairable
from tests.repairs.strategies import STRUCTURE, any_tokens, structural_tokens


def search(words, budget=50_000):
    classes = [CLASS_OF[word] for word in words]
    return Search(classes, replacements(words, classes)[0], budget).run()


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(STRUCTURE), max_size=8))
@example([r"\begin{matrix}", "x", r"\hline", r"\hline", "2", r"\end{matrix}"])
@example(["x", r"\hline", r"\hline", r"\hline", r"\hline"])
def test_nothing_is_cheaper_than_the_cheapest_repair(words):
    lattice = search(words)
    assert lattice.complete
    # Three edits anywhere are a million formulas for the obvious search; two bound what is dearer.
    assert not repairable([CLASS_OF[word] for word in words], min(lattice.cost - 1, 2))
    classes = [CLASS_OF[word] for word in words]
    steps = RepairRanker(words, replacements(words, classes)[1], token_model.shipped()).choose(lattice)
    assert len(steps) == lattice.cost
    assert is_valid(apply_steps(steps, words))


@pytest.mark.parametrize(
    ("text", "cost"),
    [
        ("x ^ { 2 }", 0),
        ("x ^ { 2", 1),
        ("x ^ { 2 } }", 1),
        ("x ^ { 2 {", 2),
        (r"\sqrt \sqrt { 5 }", 1),
        ("x ^ 2 ^ 3", 1),
        (r"\begin{matrix} a & b", 1),
        (r"\begin{matrix} a \end{cases}", 1),
        ("a & b & c & d", 2),
        (r"\left ( x", 1),
        (r"\foo", 1),
        ("{ $ $ }", 1),
        ("{ $ $", 2),
        ("{ $ x $ } { $ y $ }", 2),
        (r"\begin{matrix} a & b \hline \hline c \end{matrix}", 1),
        (r"\begin{matrix} \sqrt \hline \hline \hline c \end{matrix}", 1),
        (r"\begin{matrix} a + \sqrt \hline \hline \hline c \end{matrix}", 2),
        (r"a \hline \hline b", 2),
        (r"a \hline \hline \hline \hline", 2),
    ],
)
def test_cost_of_known_damage(text, cost):
    assert search(text.split()).cost == cost


@pytest.mark.parametrize(
    "text",
    [
        "[ { ] .",
        r"\begin{matrix} ^ .",
        "{ ^ [ %",
        r"\text \right \over \limits }",
        "{ ( {",
        r"\begin{array} ( _",
        r"] \begin{matrix} \begin{cases}",
        r"\left {",
        r"\begin{cases} \over \begin{cases} \hat [",
        "] { [ [ {",
    ],
)
def test_one_pass_over_little_damage_costs_no_more_than_the_search(text):
    words = text.split()
    classes = [CLASS_OF[word] for word in words]
    assert len(repair_in_one_pass(classes, replacements(words, classes)[0], 2)) == search(words).cost


@pytest.mark.parametrize("text", [r"{ \sqrt [ { [", r"[ { \sqrt [ [ {", r"{ x { \sqrt [ [ ["])
def test_one_pass_closes_optional_arguments_with_one_edit_more_at_most(text):
    words = text.split()
    classes = [CLASS_OF[word] for word in words]
    assert len(repair_in_one_pass(classes, {}, 2)) <= search(words).cost + 1


def test_every_cheapest_repair_is_in_the_lattice():
    lattice = search("a + x ^ { 2".split())
    states = lattice.states()
    arcs = [(operation, cls, source.position) for state in states for source, operation, cls in state.arcs]
    assert {arc for arc in arcs if arc[0] != "read"} == {
        ("insert", "RBRACE", 5),
        ("insert", "RBRACE", 6),
        ("delete", "LBRACE", 4),
    }


def test_a_bracket_that_closes_nothing_may_go_or_be_opened_before():
    states = search("a }".split()).states()
    arcs = {(operation, cls, source.position) for state in states for source, operation, cls in state.arcs}
    assert {arc for arc in arcs if arc[0] != "read"} == {
        ("insert", "LBRACE", 0),
        ("insert", "LBRACE", 1),
        ("delete", "RBRACE", 1),
    }


def test_a_search_without_budget_gives_up():
    assert search("x ^ { 2".split(), budget=1) is None


@settings(max_examples=200, deadline=None)
@given(st.one_of(structural_tokens, any_tokens), st.integers(1, 6))
def test_the_sweep_ends_valid(words, width):
    classes = [CLASS_OF[word] for word in words]
    possible, spellings = replacements(words, classes)
    ranker = RepairRanker(words, spellings, token_model.shipped())
    steps = [ranker.spell(*edit) for edit in repair_in_one_pass(classes, possible, width)]
    assert is_valid(apply_steps(steps, words))
