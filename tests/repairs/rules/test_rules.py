"""What every rule promises, and how rules are applied together."""

from __future__ import annotations

import importlib
import pkgutil
import random
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmer_suite.latex.tokens import split
from hmer_suite.repairs import rules
from hmer_suite.repairs.rules import DEFAULT_RULES, RULES, Rule, apply_rules
from tests.steps import steps

ALPHABET = [*"x1+|{}^_[]().~", "\\frac", "\\sqrt", "\\left", "\\right", "\\foo"]
loops = st.tuples(st.lists(st.sampled_from(ALPHABET), min_size=1, max_size=5), st.integers(1, 40)).map(
    lambda loop: loop[0] * loop[1]
)
lines = st.lists(loops, max_size=6).map(lambda parts: list(chain.from_iterable(parts)))

every_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)

WAP_COPIES = 992
"""Copies of `|` in the one line of WAP's output on CROHME 2014 that ran into the limit of 1,000 tokens."""


def is_subsequence(part, whole) -> bool:
    rest = iter(whole)
    return all(token in rest for token in part)


@every_rule
@given(tokens=lines)
def test_a_second_pass_finds_nothing(rule, tokens):
    once = apply_once(rule, tokens)
    assert list(rule.removals(once)) == []


def apply_once(rule: Rule, tokens: list[str]) -> list[str]:
    doomed = set(rule.removals(tokens))
    return [token for index, token in enumerate(tokens) if index not in doomed]


@given(tokens=lines)
def test_rules_together_only_delete_and_are_stable(tokens):
    result = apply_rules(tokens, RULES)
    assert is_subsequence(result.tokens, tokens)
    assert result.tokens == tuple(tokens[index] for index in result.positions)
    removed_at = [removal.at for removal in result.removed]
    assert sorted([*result.positions, *removed_at]) == list(range(len(tokens)))
    assert all(tokens[removal.at] == removal.token for removal in result.removed)
    assert apply_rules(result.tokens, RULES).removed == ()


@given(tokens=st.lists(st.text(min_size=1, max_size=4), max_size=60))
def test_any_text_is_accepted(tokens):
    assert is_subsequence(apply_rules(tokens, RULES).tokens, tokens)


def test_names_are_unique_and_every_module_is_registered():
    names = [f"{rules.__name__}.{module.name}" for module in pkgutil.iter_modules(rules.__path__)]
    modules = [importlib.import_module(name) for name in names]
    assert {module.RULE for module in modules if hasattr(module, "RULE")} == set(RULES)
    assert len({rule.name for rule in RULES}) == len(RULES)


def test_each_deletion_names_its_rule_and_place():
    (first, second, third) = apply_rules(["x", "^", "{", "}", "+", "1"], RULES).removed
    assert [(r.at, r.token, r.rule) for r in (first, second, third)] == [
        (1, "^", "empty-script"),
        (2, "{", "empty-script"),
        (3, "}", "empty-script"),
    ]
    assert first.why == "a script with nothing in it"


def test_rules_see_what_earlier_rules_left():
    assert apply_rules(["x", "^", "{", "{", "}", "}", "+", "\\frac", "{"], RULES).tokens == ("x", "+")


def test_a_stranger_can_add_a_rule():
    def removals(tokens):
        return [index for index, token in enumerate(tokens) if token == "."]

    rule = Rule("no-dots", "dots are not wanted", removals)
    assert apply_rules([".", "x", "."], (*RULES, rule)).tokens == ("x",)


def adversaries(n: int):
    chance = random.Random(2)
    yield "random", chance.choices(ALPHABET, k=n)
    yield "ones", ["1"] * n
    yield "nested", ["{"] * (n // 2) + ["}"] * (n // 2)
    yield "open", ["{"] * n
    yield "closed", ["}"] * n
    yield "scripts", ["^", "{"] * (n // 3) + ["}"] * (n // 3)
    yield "empty groups", ["{", "}"] * (n // 2)
    yield "short runs", [token for i in range(n // 16) for token in (*"a" * 15, str(i))]
    yield "brace runs", [token for i in range(n // 65) for token in (*"{" * 64, str(i))]
    yield "fences", ["\\left", "("] * (n // 2)
    short, long = ["a"], ["a", "b"]
    while len(long) < n:
        short, long = long, long + short
    yield "Fibonacci", long[:n]
    sevens, level = ["a"], 0
    while len(sevens) < n:
        sevens, level = sevens * 7 + [str(level)], level + 1
    yield "seven-fold", sevens[:n]


@every_rule
def test_steps_grow_with_the_number_of_tokens(rule):
    """Four times the tokens take some four times the steps; a quadratic walk takes sixteen times as many."""
    for (name, few), (_, many) in zip(adversaries(2_000), adversaries(8_000), strict=True):
        once = steps(lambda tokens=few: list(rule.removals(tokens)))
        assert steps(lambda tokens=many: list(rule.removals(tokens))) < 8 * once + 1000, name


def test_steps_of_all_rules_together_grow_with_the_number_of_tokens():
    tokens = random.Random(3).choices(ALPHABET, k=8_000)
    once = steps(lambda: apply_rules(tokens[:2_000], DEFAULT_RULES))
    assert steps(lambda: apply_rules(tokens, DEFAULT_RULES)) < 8 * once


def test_no_rule_changes_a_correct_caption(shared):
    for name in ("captions-train.txt", "captions-test2014.txt"):
        for line in (shared / "crohme" / name).read_text(encoding="utf-8").splitlines():
            tokens = split(line.partition("\t")[2])
            assert apply_rules(tokens, RULES).removed == (), line


def test_one_line_of_wap_ran_away(shared):
    lines = (shared / "predictions" / "wap-crohme2014.txt").read_text(encoding="utf-8").splitlines()
    removed = [apply_rules(line.split()[1:], DEFAULT_RULES).removed for line in lines]
    assert [len(removal) for removal in removed if removal] == [WAP_COPIES]
