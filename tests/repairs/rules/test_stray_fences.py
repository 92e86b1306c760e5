from __future__ import annotations

import pytest

from hmer_suite.latex.constructs import BRACKETS
from hmer_suite.repairs.rules import stray_fences


def cleaned(line: str) -> str:
    tokens = line.split()
    doomed = set(stray_fences.removals(tokens))
    return " ".join(token for index, token in enumerate(tokens) if index not in doomed)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("a + b \\right )", "a + b )"),
        ("a + b \\right .", "a + b"),
        ("\\left \\{ x = 1", "\\{ x = 1"),
        ("\\left . x = 1", "x = 1"),
        ("\\left ( a \\right ) + b \\right ]", "\\left ( a \\right ) + b ]"),
        ("a \\right", "a"),
    ],
)
def test_removes_fences_without_partner(line, expected):
    assert cleaned(line) == expected


@pytest.mark.parametrize(("opening", "closing"), BRACKETS.items())
def test_knows_every_pair_of_brackets(opening: str, closing: str):
    assert cleaned(f"a + b \\right {closing}") == f"a + b {closing}"
    assert cleaned(f"\\left {opening} a + b") == f"{opening} a + b"
    assert cleaned(f"{opening} a \\right {closing}") == f"{opening} a \\right {closing}"


def test_a_bracket_may_be_spelt_in_two_ways():
    line = "\\{ x \\right \\rbrace"
    assert cleaned(line) == line


@pytest.mark.parametrize(
    "line",
    [
        "",
        "\\left ( a \\right )",
        "\\left ( a \\right ]",
        "\\left \\{ a \\right .",
        "\\left ( \\left ( a \\right ) \\right )",
        # The brace is what is missing here, not a fence.
        "\\left ( \\frac { a \\right )",
        # The bracket that lacks its fence is there.
        "( x \\right )",
        "\\left [ x ]",
        "| x \\right |",
        "( a )",
    ],
)
def test_leaves_pairs_alone(line):
    assert cleaned(line) == line
