from __future__ import annotations

import pytest

from hmer_suite.repairs.rules import runaway


def cleaned(line: str) -> str:
    tokens = line.split()
    doomed = set(runaway.removals(tokens))
    return " ".join(token for index, token in enumerate(tokens) if index not in doomed)


HALF = "+ \\frac { 1 } { 2 }"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("1 " * 200, "1"),
        ("a b | | | a" + " |" * 993, "a b | | | a |"),
        ("x = " + "\\alpha " * 16, "x = \\alpha"),
        ("x = " + "a b " * 8, "x = a b"),
        (f"x {HALF * 1} " + f"{HALF} " * 7, f"x {HALF}"),
        # The last copy was cut off.
        (f"x {HALF} " + f"{HALF} " * 9 + "+ \\frac {", f"x {HALF}"),
        # Inside the line, only what nobody writes; the copy that ends it joins on.
        ("\\frac { " + "1 " * 100 + "} { 2 }", "\\frac { 1 } { 2 }"),
        ("y " + "x + " * 40 + "x = 1", "y x + x = 1"),
        # A loop whose copies hold loops.
        (("1 " * 70 + "+ ") * 20, "1 +"),
        ("\\sqrt { " * 50, "\\sqrt {"),
        # The braces that are needed stay.
        ("\\sqrt { 1 " + "} " * 200, "\\sqrt { 1 }"),
        ("\\sqrt { \\sqrt { 1 " + "} " * 200, "\\sqrt { \\sqrt { 1 } }"),
    ],
)
def test_keeps_one_copy(line, expected):
    assert cleaned(line) == expected


@pytest.mark.parametrize(
    "line",
    [
        "",
        "x",
        "1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
        "\\frac { 1 0 } { 3 } = 3 . " + "3 " * 18 + "\\ldots",
        "x = " + "a b c " * 7 + "a b",
        "\\mathrm { d i a g } ( " + "1 , \\ " * 12 + "1 )",
        "n = 1 " + "~ " * 80 + "2",
        "n = 1 " + "~ " * 80,
        "\\begin{array} { " + "c " * 80 + "} x \\end{array}",
        "{ " * 100 + "x " + "} " * 100,
        "2 ^ { " * 30 + "2 " + "} " * 30,
    ],
)
def test_leaves_what_people_write(line):
    assert cleaned(line) == line.strip()


def test_runs_that_share_tokens_lose_none_of_them_twice():
    """The first run, of five tokens, ends in `{ x x`, with which the second begins."""
    line = "{ \\left x x x " * 33 + "{ x x . x " * 33
    once = cleaned(line)
    assert once == "{ \\left x x x { x x . x"
    assert cleaned(once) == once


def test_threshold_is_eight_repeats_over_sixteen_tokens():
    assert cleaned("= " + "1 " * 15) == "= " + " ".join("1" * 15)
    assert cleaned("= " + "1 " * 16) == "= 1"
    assert cleaned("= " + "a b c d " * 7) == "= " + "a b c d " * 6 + "a b c d"
    assert cleaned("= " + "a b c d " * 8) == "= a b c d"
