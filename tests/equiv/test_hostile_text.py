"""Whatever comes, there is a verdict, in order, and no worker dies of an exception."""

from __future__ import annotations

import itertools
import logging

from hmer_suite.equiv.answers.switches import Answers
from hmer_suite.equiv.decide import decide
from hmer_suite.equiv.sandbox.judge import Judge
from tests.equiv.hostile_text import pairs

ODD = (
    r"2.\dot7.4",
    r"2.\dot7",
    r"2.7.4",
    r"\frac d{ds}\frac d{dt}h",
    r"\frac d{dt}\frac d{ds}h",
    r"\frac{d}{d}",
    "",
)
"""Spellings that stop on the way to a meaning: a number with two points, operators without their letters."""


def test_odd_spellings_have_a_verdict():
    for pair in itertools.product(ODD, repeat=2):
        assert decide(*pair).verdict in ("EQUAL", "DIFFERENT", "UNDECIDED")


def test_every_string_has_a_verdict(caplog):
    asked = list(pairs(40, seed=16))
    forgiving = Answers(True, True, True, True, True, 0.01).options()
    with Judge(2, seconds=0.1, memory=1 << 29) as judge, caplog.at_level(logging.WARNING, "hmer_suite"):
        verdicts = [*judge.judge(asked), *judge.judge(asked[:20], options=forgiving)]
    assert {verdict.verdict for verdict in verdicts} <= {"EQUAL", "DIFFERENT", "UNDECIDED"}
    assert len(verdicts) == 60 and "crash" not in {verdict.reason for verdict in verdicts}
    assert caplog.records == []
