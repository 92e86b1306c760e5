"""Distances to the end against a breadth-first search that looks at every continuation."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hmer_suite.latex import shortest_ending as module
from hmer_suite.latex.automaton import CLASS_OF, DEAD, Configuration, Grammar, grammar
from hmer_suite.latex.shortest_ending import NEVER, CostToEnd, ShortestEnding
from hmer_suite.latex.token_classes import CLASSES
from tests.latex.strategies import formulas

COMMON = frozenset(
    """RBRACE LBRACE SUP SUB CHAR DELIM FRAC SQRT COLUMN RBRACK LBRACK SYMBOL
    LARGEOP NAMEDOP BAR LIMITS PRIME""".split()
)
ALL = frozenset(CLASSES.values())

SHIFTY = r"""
start: X pair Z | W pair V | OPEN start CLOSE
pair: Y | Y Z Z Z
%declare X Y Z W V OPEN CLOSE
"""
"""Behind `X Y` the rules let one Z end it. The table reads on into the pair instead, which wants two more and then
another; only the lookahead says so, because behind `W Y` the same state may finish the pair."""


def nearest(configuration: Configuration, classes: frozenset[str], depth: int) -> int:
    """Tokens to the end, by looking at everything up to so many tokens away."""
    layer, seen = {configuration}, {configuration}
    for tokens in range(depth + 1):
        if any(c.accepts for c in layer):
            return tokens
        layer = {c[cls] for c in layer for cls in classes if c[cls] is not DEAD} - seen
        seen |= layer
    return NEVER


def walk(classes: list[str], of: Grammar | None = None) -> Configuration:
    configuration = (of or grammar()).start
    for cls in classes:
        configuration = configuration[cls]
    return configuration


@pytest.mark.parametrize(
    ("prefix", "tokens"),
    [
        ("", 0),
        ("x", 0),
        ("x ^", 1),
        (r"\frac", 2),
        (r"\frac { 1 }", 1),
        (r"\frac { \sqrt [ 3 ] { x ^ { 2", 4),
        (r"\sqrt [", 2),
        (r"\left", 3),
        (r"\left ( { x", 3),
        (r"\begin{array}", 2),
        (r"\begin{array} { c } a & \text { $", 3),
        (r"{ " * 60, 60),
        (r"\sqrt [ " * 400, 800),
    ],
)
def test_known_distances(prefix: str, tokens: int):
    configuration = walk([CLASS_OF[token] for token in prefix.split()])
    assert ShortestEnding(grammar(), ALL, 2000)(configuration) == tokens


@pytest.mark.parametrize(
    ("prefix", "classes", "tokens"),
    [
        ("{ x", ALL - {"RBRACE"}, NEVER),
        (r"\left ( x", ALL - {"RIGHT"}, NEVER),
        (r"\left", ALL - {"RIGHT"}, NEVER),
        (r"\frac", ALL - {"RBRACE"}, 2),
        (r"\frac", {"FRAC", "LBRACE", "RBRACE"}, 4),
        (r"\frac", {"FRAC", "LBRACE"}, NEVER),
        (r"\sqrt [", {"SQRT", "LBRACK", "RBRACK"}, 2),
        (r"\sqrt [", {"SQRT", "LBRACK", "LBRACE", "RBRACE"}, NEVER),
        (r"\begin{array}", {"BEGIN_ARRAY", "LBRACE", "RBRACE", "END_ARRAY"}, 3),
    ],
)
def test_only_classes_that_there_are(prefix: str, classes: set[str], tokens: int):
    configuration = walk([CLASS_OF[token] for token in prefix.split()])
    assert ShortestEnding(grammar(), classes, 100)(configuration) == tokens


def test_what_lies_beyond_the_limit_is_out_of_reach():
    deep = walk(["LBRACE"] * 5)
    assert ShortestEnding(grammar(), ALL, 5)(deep) == 5
    assert ShortestEnding(grammar(), ALL, 4)(deep) == NEVER


@settings(max_examples=60)
@given(formulas(), st.data())
def test_exact_on_prefixes_of_formulas(tokens: list[str], data):
    """The number of the fast search is the number of the search that looks at everything."""
    used = [CLASS_OF[token] for token in tokens]
    prefix = used[: data.draw(st.integers(0, len(used)))]
    others = data.draw(st.sets(st.sampled_from(sorted(COMMON)), max_size=6))
    configuration = walk(prefix)
    assert ShortestEnding(grammar(), others.union(prefix), 3)(configuration) == nearest(
        configuration, others.union(prefix), 3
    )


@settings(max_examples=60)
@given(st.lists(st.sampled_from(sorted(ALL)), min_size=1, max_size=12), st.sets(st.sampled_from(sorted(ALL))))
def test_every_answer_is_one_more_than_that_of_the_best_step(prefix: list[str], classes: set[str]):
    """What the mask relies on: behind a number there is a way of that length, and behind none there is none."""
    configuration = grammar().start
    for cls in prefix:
        configuration = configuration if configuration[cls] is DEAD else configuration[cls]
    classes = classes.union(prefix)
    closing = ShortestEnding(grammar(), classes, 60)
    while (here := closing(configuration)) not in (0, NEVER):
        following = min((configuration[cls] for cls in classes), key=closing)
        assert closing(following) == here - 1
        configuration = following
    assert configuration.accepts == (here == 0)
    if here == NEVER:
        assert all(closing(configuration[cls]) >= 60 for cls in classes)


def test_nesting_counts(monkeypatch):
    """Where no more groups may be opened, what needs a group is out of reach, and ways round it are found."""
    monkeypatch.setattr("hmer_suite.latex.automaton.MAX_NESTING", 3)
    small = Grammar(grammar().source, grammar().table)
    classes = frozenset({"LBRACE", "RBRACE", "FRAC", "SUP", "TEXT", "NAMEDOP", "OPERATORNAME"})
    closing = ShortestEnding(small, classes, 30)
    assert closing(walk(["LBRACE"] * 2 + ["FRAC"], small)) == 4  # a NAMEDOP each, and two closing braces
    assert closing(walk(["LBRACE"] * 2 + ["TEXT"], small)) == 4
    assert closing(walk(["LBRACE"] * 3 + ["TEXT"], small)) == NEVER
    for prefix in (
        ["LBRACE"] * 3 + ["SUP"],
        ["LBRACE"] * 2 + ["SUP"],
        ["LBRACE", "OPERATORNAME", "LBRACE", "FRAC"],
    ):
        configuration = walk(prefix, small)
        assert closing(configuration) == nearest(configuration, classes, 9)


def test_exact_where_the_table_takes_less_than_the_rules():
    shifty = Grammar(SHIFTY)
    classes = frozenset("X Y Z W V OPEN CLOSE".split())
    closing, outlook = ShortestEnding(shifty, classes, 12), CostToEnd(shifty.table, classes)
    assert outlook(walk(["X", "Y"], shifty)) == 1
    assert closing(walk(["X", "Y"], shifty)) == 4
    layer, differ = {shifty.start}, 0
    for _ in range(6):
        for configuration in layer:
            exact = nearest(configuration, classes, 12)
            assert closing(configuration) == exact >= outlook(configuration)
            differ += exact != outlook(configuration)
        layer = {c[cls] for c in layer for cls in classes if c[cls] is not DEAD}
    assert differ > 5


def test_a_walk_that_takes_too_long_is_given_up(monkeypatch):
    monkeypatch.setattr(module, "MAX_STEPS", 3)
    closing = ShortestEnding(grammar(), ALL, 100)
    assert closing(walk(["LBRACE"] * 8)) == NEVER
    assert closing(walk(["LBRACE"])) == 1


def test_the_bound_is_exact_for_our_own_grammar():
    """So no walk ever turns back there, and masks cost next to nothing."""
    closing, outlook = ShortestEnding(grammar(), COMMON, 100), CostToEnd(grammar().table, COMMON)
    layer = {grammar().start}
    for _ in range(3):
        assert all(closing(c) == outlook(c) for c in layer)
        layer = {c[cls] for c in layer for cls in COMMON if c[cls] is not DEAD}


def test_forgetting_changes_no_answer():
    closing = ShortestEnding(grammar(), COMMON, 100)
    configuration = walk(["FRAC", "LBRACE", "SQRT"])
    before = closing(configuration)
    closing.forget()
    assert closing(configuration) == before
