from __future__ import annotations

import pytest

from hmer_suite.repairs.rules import empty_scripts


def cleaned(line: str) -> str:
    tokens = line.split()
    doomed = set(empty_scripts.removals(tokens))
    return " ".join(token for index, token in enumerate(tokens) if index not in doomed)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("x ^ { } + 1", "x + 1"),
        ("x _ { }", "x"),
        ("x _ { } ^ { 2 }", "x ^ { 2 }"),
        ("\\sum _ { i = 1 } ^ { } i", "\\sum _ { i = 1 } i"),
        ("x ^ { _ { } ^ { } }", "x"),
    ],
)
def test_removes_empty_scripts(line, expected):
    assert cleaned(line) == expected


@pytest.mark.parametrize(
    "line",
    [
        "",
        "x ^ { 2 }",
        "x ^ 2",
        "{ } ^ { 2 }",
        "\\frac { } { 2 }",
        "x ^ { { } }",
        "\\frac ^ { } { 2 }",
        # One brace too many, not an empty script.
        "x ^ { } 2 }",
        "x ^ { { } 2",
    ],
)
def test_leaves_the_rest_alone(line):
    assert cleaned(line) == line
