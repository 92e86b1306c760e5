"""The attacks in short: some tries of those that need no process of their own, from a fixed seed."""

from __future__ import annotations

import ast
from collections import Counter

import pytest

from tools.chaos import fuzz
from tools.chaos.attacks import ATTACKS, Attack
from tools.chaos.labels import broken_promise, broken_tokens
from tools.chaos.lines import LINES, ROOT, Line, results_of, rows_of
from tools.chaos.run import report, run_attack
from tools.chaos.skip import Skipped

SHORT = {
    "mutated labels": 300,
    "hostile pairs": 10,
    "flipped bytes": 90,
    "kill -9 of serve": 5,
    "full disk": 6,
}
"""Tries by attack; the zoo and kills of other commands have tests of their own."""


@pytest.mark.parametrize("attack", [a for a in ATTACKS if a.name in SHORT], ids=lambda attack: attack.name)
def test_nothing_fails(attack: Attack):
    tally = run_attack(attack, seed=16, seconds=600, most=SHORT[attack.name])
    assert tally.failed == []
    if tally.skipped:
        pytest.skip(tally.skipped)
    assert tally.tried == SHORT[attack.name]


@pytest.mark.parametrize("target", fuzz.CHECKS)
def test_fuzzing_without_atheris(target: str):
    assert fuzz.without_atheris(target, seconds=600, seed=16, most=400) == 400


def test_an_attack_that_cannot_be_made_says_why():
    def refuse(rng, folder):
        raise Skipped("no disk")
        yield None

    tally = run_attack(Attack("disk", "something", 1.0, refuse), seed=3, seconds=600)
    assert (tally.tried, tally.failed, tally.skipped) == (0, [], "no disk")
    assert "no disk" in report([tally], [], "--seed 3")


def test_a_failure_is_reported():
    def fail(rng, folder):
        yield None
        yield "x: broken\nhere"
        raise ValueError("of the attack")

    tally = run_attack(Attack("odd", "something", 1.0, fail), seed=3, seconds=600)
    page = report([tally], [], "--seed 3")
    assert (tally.tried, len(tally.failed)) == (2, 2)
    assert "`x: broken here`" in page and "ValueError: of the attack" in page


def test_promises_are_looked_at(monkeypatch):
    monkeypatch.setattr("tools.chaos.labels.canonical", lambda text: text + " x")
    assert broken_promise("x") == "canonical spelling is stable"


def test_promises_on_tokens_are_looked_at(monkeypatch):
    assert broken_tokens("x ^ {") is None
    monkeypatch.setattr("tools.chaos.labels.split", lambda text: [*text.split(), "x"])
    assert broken_tokens("x") == "tokens cover no more than the text"


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.holds[:40])
def test_what_has_to_hold_names_attacks_and_tests_that_exist(line):
    assert line.attacks or line.tests
    assert set(line.attacks) <= {attack.name for attack in ATTACKS}
    for test in line.tests:
        file, _, name = test.partition("::")
        functions = [
            node.name for node in ast.parse((ROOT / file).read_text("utf-8")).body if hasattr(node, "name")
        ]
        assert name in functions, test


def test_every_attack_is_in_a_line():
    assert {name for line in LINES for name in line.attacks} == {attack.name for attack in ATTACKS}


JUNIT = """<testsuites><testsuite>
<testcase classname="tests.a.test_b" name="test_c[1]"/>
<testcase classname="tests.a.test_b" name="test_c[2]"><failure message="no"/></testcase>
<testcase classname="tests.a.test_b" name="test_d"><skipped/></testcase>
</testsuite></testsuites>"""


def test_cases_are_counted_for_each_line_and_skipped_ones_are_not_tried():
    tried, failed = results_of(JUNIT)
    lines = [
        Line("c holds", ("labels",), ("tests/a/test_b.py::test_c",)),
        Line("d holds", (), ("tests/a/test_b.py::test_d",)),
    ]
    assert rows_of(tried + Counter(labels=7), failed, lines) == [
        ("c holds", "labels", 7, 0),
        ("", "`tests/a/test_b.py`", 2, 1),
        ("d holds", "`tests/a/test_b.py`", 0, 0),
    ]
