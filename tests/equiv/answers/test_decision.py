"""Verdicts on answers: each switch forgives what it says, names it, and nothing else."""

from __future__ import annotations

import pytest

from hmer_suite.equiv.answers.decision import decide_answers
from hmer_suite.equiv.answers.lists import can_be_paired, entries
from hmer_suite.equiv.answers.switches import Answers, parse_answers
from hmer_suite.equiv.answers.units import split_unit
from hmer_suite.equiv.decide import decide
from hmer_suite.equiv.verdict import Verdict
from hmer_suite.errors import UsageError

E, D, U = "EQUAL", "DIFFERENT", "UNDECIDED"

CASES = [
    ("boxed", r"So \boxed{\frac12}", "0.5", E, ""),
    ("boxed", r"\boxed{2}. Wait, no: \boxed{3}", "3", U, ""),
    ("boxed", r"\boxed{2}. Wait, no: \boxed{3}", "7", D, ""),
    ("boxed", r"\boxed{31} and \boxed{37}", "31", D, ""),
    ("boxed", r"\boxed{1", "1", U, ""),
    ("prose", "The answer is 6, because 3 divides it.", "6", U, ""),
    ("prose", "The answer is 6, because 3 divides it.", "8", U, ""),
    ("prose", "The answer is not 6.", "6", U, ""),
    ("prose,boxed", "The answer is $2x$.", r"\boxed{x+x}", E, ""),
    ("unordered", "4,7,9", "9,4,7", E, "unordered"),
    ("unordered", "4,7,9", "9,4,8", D, "unordered"),
    ("unordered", r"\frac12\text{ and }3", "3;0.5", E, "unordered"),
    ("unordered", "x=4,7", "x=7,x=4", E, ""),  # solutions have no order anyway
    ("unordered", "4,4,7", "4,7,7", D, "unordered"),
    ("unordered", "(4,7)", "(7,4)", D, ""),
    ("unordered", "4,7", "4", D, ""),
    ("unordered", "13,500", "500,13", U, ""),
    ("units", r"12\text{ kg}", "12", E, "units"),
    ("units", r"12\text{ kg}", r"12\text{ g}", D, ""),
    ("units", r"12\text{ kg}", "13", D, "units"),
    ("units", r"9\,\mathrm{m/s}^2", "9", E, "units"),
    ("units", r"12\text{ pears}", "12", E, "units"),
    ("units", "40^\\circ", "40", E, "units"),
    ("units", r"40\%", "40", E, "units"),
    ("units", r"40\%", "0.4", E, ""),
    ("units", r"\$40", "40", E, "units"),
    ("units", "12 kg", "12", E, "units"),
    ("units", "12k", "12", D, ""),
    ("units", r"12\mathrm{e}", "12", D, ""),
    ("tolerance=0.01", "3.14", r"\pi", E, "tolerance"),
    ("tolerance=0.0001", "3.14", r"\pi", D, ""),
    ("tolerance=0.01", "x=3.14", r"x=\pi", E, "tolerance"),
    ("tolerance=0.01", "x=3.14", r"y=\pi", D, ""),
    ("tolerance=0.5", "1", "2", E, "tolerance"),
    ("tolerance=0.49", "1", "2", D, ""),
    ("tolerance=0.01", "1.001a", "a", D, ""),
    ("tolerance=0.01", "0.001", "0", D, ""),
    ("tolerance=0.01,unordered,units", r"1.41\text{ cm}, 5", r"5, \sqrt2", E, "unordered,tolerance,units"),
]


@pytest.mark.parametrize(("switches", "a", "b", "right", "forgave"), CASES)
def test_case(switches: str, a: str, b: str, right: str, forgave: str):
    for pair in ((a, b), (b, a)):
        verdict = decide_answers(*pair, switches)
        assert (verdict.verdict, ",".join(verdict.answers.forgave)) == (right, forgave)
        assert ",".join(verdict.answers.switches) == ",".join(parse_answers([switches]).names())


def test_words_that_change_a_number_are_no_units():
    assert split_unit(r"5 \mathrm { ~ c m }") == ("5", "cm")
    for text in (
        r"5\text{ million}",
        r"101\text{ base 2}",
        r"5\text{ or more}",
        r"x\text{ pears}",
        r"\text{ cm}",
    ):
        assert split_unit(text) == (text, "")


def test_without_switches_nothing_changes():
    assert decide_answers("x", "y") == decide("x", "y")
    assert decide("x", "y").answers is None
    assert "answers" not in decide("x", "y").to_json()


def test_a_verdict_survives_json():
    verdict = decide_answers(r"\boxed{3\text{ cm}}", "3", "boxed,units")
    assert Verdict.from_json(verdict.to_json()) == verdict


def test_no_depth_of_boxes_is_too_deep():
    assert decide_answers(r"\boxed{" * 5000 + "x" + "}" * 5000, "x", "boxed").verdict == E


def test_entries():
    assert entries(r"(1,2), \{3;4\}; 5 or 6") == ["(1,2)", r"\{3;4\}", "5", "6"]
    assert entries("1,000") == ["1,000"]


def test_pairing_takes_more_than_the_first_fit():
    assert can_be_paired([[True, True], [True, False]])
    assert not can_be_paired([[True, False], [True, False]])


def test_switches():
    assert parse_answers(["boxed, units", "tolerance=1e-3"]) == Answers(
        boxed=True, units=True, tolerance=0.001
    )
    assert Answers().options() == {}
    for wrong in ("boxed=1", "tolerance", "tolerance=x", "tolerance=2", "tolerance=nan", "units,fence"):
        with pytest.raises(UsageError, match=r"tolerance|fences"):
            parse_answers([wrong])
