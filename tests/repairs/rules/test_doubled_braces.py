from __future__ import annotations

import pytest

from hmer_suite.repairs.rules import doubled_braces


def cleaned(line: str) -> str:
    tokens = line.split()
    doomed = set(doubled_braces.removals(tokens))
    return " ".join(token for index, token in enumerate(tokens) if index not in doomed)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("{ { x } }", "{ x }"),
        ("\\sqrt { { x + 1 } }", "\\sqrt { x + 1 }"),
        ("{ { { { x } } } }", "{ x }"),
        ("x ^ { { a { { b } } } }", "x ^ { a { b } }"),
    ],
)
def test_keeps_the_outer_pair(line, expected):
    assert cleaned(line) == expected


@pytest.mark.parametrize(
    "line",
    [
        "",
        "{ x }",
        "{ { x } y }",
        "{ { x } { y } }",
        "\\frac { { a } _ { 1 } } { 2 }",
        # A brace too many: any pairing is a guess.
        "\\frac { { x } } } { 2 }",
        "\\frac { { { x } } { 2 }",
    ],
)
def test_leaves_other_groups_alone(line):
    assert cleaned(line) == line
