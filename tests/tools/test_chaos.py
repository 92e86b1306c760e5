"""The attacks in short: some tries of those that need no process of their own, from a fixed seed."""

from __future__ import annotations

import pytest

from tools.chaos.attacks import ATTACKS, Attack, broken_promise
from tools.chaos.run import report, run_attack

SHORT = {"mutated labels": 300, "hostile pairs": 10, "flipped bytes": 40}
"""Tries by attack; the zoo and kills of commands have tests of their own."""


@pytest.mark.parametrize("attack", [a for a in ATTACKS if a.name in SHORT], ids=lambda attack: attack.name)
def test_nothing_fails(attack: Attack):
    tally = run_attack(attack, seed=16, seconds=600, most=SHORT[attack.name])
    assert tally.failed == []
    assert tally.tried == SHORT[attack.name]


def test_a_failure_is_reported():
    def fail(rng, folder):
        yield None
        yield "x: broken\nhere"
        raise ValueError("of the attack")

    tally = run_attack(Attack("odd", "something", 1.0, fail), seed=3, seconds=600)
    page = report([tally], 0.1, 3)
    assert (tally.tried, len(tally.failed)) == (2, 2)
    assert "`x: broken here`" in page and "ValueError: of the attack" in page


def test_promises_are_looked_at(monkeypatch):
    monkeypatch.setattr("tools.chaos.attacks.canonical", lambda text: text + " x")
    assert broken_promise("x") == "canonical spelling is stable"
