from __future__ import annotations

import pytest

from hmer_suite.repairs.rules import empty_groups


def cleaned(line: str) -> str:
    tokens = line.split()
    doomed = set(empty_groups.removals(tokens))
    return " ".join(token for index, token in enumerate(tokens) if index not in doomed)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("x { } + 1", "x + 1"),
        ("{ }", ""),
        ("{ { } { } } x", "x"),
        ("\\frac { { } 1 } { 2 }", "\\frac { 1 } { 2 }"),
        ("\\frac { 1 } { 2 } { }", "\\frac { 1 } { 2 }"),
        ("x { } { } ^ { 2 }", "x { } ^ { 2 }"),
    ],
)
def test_removes_empty_groups(line, expected):
    assert cleaned(line) == expected


@pytest.mark.parametrize(
    "line",
    [
        "",
        "{ x }",
        "\\frac { } { 2 }",
        "\\frac 1 { }",
        "\\frac \\sqrt { 2 } { }",
        "\\sqrt [ 3 ] { }",
        "x ^ { }",
        "{ } ^ { 2 }",
        "x { } _ { 2 }",
        "{ } '",
        "\\unknown { } { }",
        "\\begin{array} { } x \\end{array}",
        "\\mathrm { }",
        # One brace too many, not an empty group.
        "x { } 2 }",
    ],
)
def test_leaves_needed_groups_alone(line):
    assert cleaned(line) == line
