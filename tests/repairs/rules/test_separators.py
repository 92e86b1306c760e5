from __future__ import annotations

import pytest

from hmer_suite.repairs.rules import separators


def cleaned(line: str) -> str:
    tokens = line.split()
    doomed = set(separators.removals(tokens))
    return " ".join(token for index, token in enumerate(tokens) if index not in doomed)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("| x | ^ | { | 2 | } |", "x ^ { 2 }"),
        ("x | ^ | { | 2 | }", "x ^ { 2 }"),
        ("a | = | b | + | c", "a = b + c"),
        # Bars of the formula survive: each has a separator on either side.
        ("| | | x | _ | { | 1 | } | | |", "| x _ { 1 } |"),
        ("| | | a | | | + | | | b | ^ | { | 2 | } | | |", "| a | + | b ^ { 2 } |"),
        # One separator of fifteen is missing.
        ("| \\frac | { | a | } | { | b | } | = c | + | d | - | e |", "\\frac { a } { b } = c + d - e"),
    ],
)
def test_removes_separators(line, expected):
    assert cleaned(line) == expected


@pytest.mark.parametrize(
    "line",
    [
        "",
        "|",
        "x",
        "| x |",
        "| x | + | y |",
        "| x | + | y | = | z |",
        "| x | - | y | + | z | = | 1 | - | 2 |",
        "a | b | c",
        "P ( A | B )",
        "\\{ x | x > 0 \\}",
        "| a _ { n + 1 } | \\leq | a _ { n } |",
        "\\frac { | x | } { | y | }",
        "\\left | x \\right |",
        "| | x | - | y | |",
        "| | | | | | | |",
        "x ^ | { 2 }",
        # The second bar of |a| has lost both its separators and looks like one.
        "| | | a | = | b | ^ | { | 2 | } |",
    ],
)
def test_leaves_bars_alone(line):
    assert cleaned(line) == line


def test_takes_tuples():
    assert separators.removals(("a", "|", "=", "|", "b")) == [1, 3]
