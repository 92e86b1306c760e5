r"""The rules that make pairs of formulas: each applies, says why, and makes LaTeX; the identities hold."""

from __future__ import annotations

import random

import pytest

from hmer_suite.latex.automaton import is_valid
from hmer_suite.latex.tokens import split
from tests.equiv.bed.formula import depths, equation, expression, has_braces, is_balanced, text
from tests.equiv.bed.labels import RANDOM, SOURCES, drawn_from, formulas
from tests.equiv.bed.oracle import agree
from tests.equiv.bed.pairs import APART, APART_RULES, RULES, SAME, SAME_RULES, has_labels, pair
from tests.equiv.bed.same import braces, drawn
from tests.equiv.bed.same.identities import IDENTITIES, identity
from tests.equiv.bed.same.signs import unicode_signs
from tests.equiv.bed.same.statements import joined, summands
from tests.equiv.bed.terms import captures

ROUNDS = 8
"""Pairs of each rule that are looked at."""


def made_by(kind: str, rule: int) -> list:
    rules = len(RULES[kind])
    return [made for turn in range(ROUNDS) if (made := pair(kind, rule + turn * rules))]


@pytest.mark.parametrize(("kind", "rules"), [(SAME, SAME_RULES), (APART, APART_RULES)])
def test_every_rule_applies(kind, rules):
    for number, rule in enumerate(rules):
        assert made_by(kind, number), rule.name


def test_every_rule_says_why():
    for rule in (*SAME_RULES, *APART_RULES):
        assert rule.why.endswith(".") or "``" in rule.why, rule.name
        assert len(rule.why.split()) >= 3, rule.name
    for rules in (SAME_RULES, APART_RULES):
        assert len({rule.name for rule in rules}) == len(rules)


UNKNOWN = ("names of functions by operatorname", "empty and whole")
"""Rules with commands that documents define for themselves."""


@pytest.mark.parametrize("kind", [SAME, APART])
def test_first_formulas_are_valid(kind):
    """A second one need not be: it may have lost a brace, or name a command that nobody defined."""
    for seed in range(3 * len(RULES[kind])):
        made = pair(kind, seed)
        assert made is None or made.left != made.right
        if made and made.construct != braces.GROUP and made.steps[0] not in UNKNOWN:
            assert is_valid(split(made.left)), (made.steps, made.left)


@pytest.mark.parametrize("name", IDENTITIES)
def test_identities_hold(name):
    told = []
    for seed in range(ROUNDS):
        left, right = identity(name, random.Random(f"{name}:{seed}"))
        if not (captures(left) or captures(right)):
            told.append(agree(left, right, seed))
    assert False not in told
    assert True in told


def test_pairs_of_rules_can_be_made_again():
    for kind in (SAME, APART):
        assert [pair(kind, seed) for seed in range(60)] == [pair(kind, seed) for seed in range(60)]


def test_random_formulas_are_latex():
    for tokens in formulas(RANDOM)[:300]:
        assert is_valid(split(text(tokens))) and has_braces(tokens)


def test_labels_are_drawn_with_a_token():
    if not has_labels():
        pytest.skip("needs the real labels in ../shared/data, which are not distributed with the project")
    rng = random.Random(0)
    for source in SOURCES:
        found = [drawn_from(source, ("\\frac", "\\sqrt"), rng) for _ in range(20)]
        assert any(found) and all({"\\frac", "\\sqrt"} & set(tokens) for tokens in found if tokens)


def equation_of(latex: str) -> list[str] | None:
    sides = equation(tuple(latex.split()))
    return None if sides is None else [text(side) for side in sides]


def test_equations_are_told_from_other_statements():
    assert equation_of("y = a _ { k = 1 } + 2") == ["y", "a _ { k = 1 } + 2"]
    for other in (
        "a = b = c",
        "x = 1 , 2",
        "x \\in A = B",
        "f ( x = 1 )",
        "x = \\pm 2",
        "= 2",
        "( x = 2",
        "n = 1 ; 2",
    ):
        assert equation_of(other) is None, other


def test_expressions_are_told_from_statements():
    assert expression(tuple("a ( b + c ) ^ { 2 }".split()))
    for other in ("a < b", "a , b", "| a |", "a ) + (", "1 + \\cdots", "\\forall x"):
        assert not expression(tuple(other.split())), other


def test_terms_of_a_sum():
    parts = summands(tuple("- a + ( b - c ) d ^ { - 2 } - 3".split()))
    assert parts is not None
    assert list(map(text, parts)) == ["- a", "+ ( b - c ) d ^ { - 2 }", "- 3"]
    assert text(joined(parts[::-1])) == "- 3 + ( b - c ) d ^ { - 2 } - a"
    assert summands(tuple("\\sum a + b".split())) is None


def test_depths_and_balance():
    assert depths(tuple("( a [ b ] )".split())) == [0, 1, 1, 2, 1, 0]
    assert not is_balanced(tuple("( a ]".split()))


def test_unicode_signs_come_from_the_table():
    signs = unicode_signs()
    assert signs["\\pi"] == [("π",)] and signs["\\cup"] == [("∪",)]
    assert "\\epsilon" not in signs  # two signs look like it


def test_drawn_alike_keeps_names_whole():
    """No rule of notation touches the argument of a font or a name."""
    tokens = tuple("\\operatorname { a b } + \\mathrm { c d }".split())
    for rule in drawn.RULES:
        for seed in range(5):
            sides = rule.apply(tokens, random.Random(seed))
            assert sides is None or text(sides[1]).find("{ a b }") >= 0 <= text(sides[1]).find("{ c d }"), (
                rule.name
            )
