from __future__ import annotations

import pytest

from hmer_suite.repairs.rules import cut_off


def cleaned(line: str) -> str:
    tokens = line.split()
    doomed = set(cut_off.removals(tokens))
    return " ".join(token for index, token in enumerate(tokens) if index not in doomed)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("x + \\frac {", "x +"),
        ("x + \\frac", "x +"),
        ("x ^", "x"),
        ("\\sum _ { i = 1 } ^ {", "\\sum _ { i = 1 }"),
        ("a = \\sqrt {", "a ="),
        ("a = \\left (", "a ="),
        ("a = \\left", "a ="),
        ("a = \\begin{matrix}", "a ="),
        ("a = \\frac { \\sqrt { x ^ {", "a = \\frac { \\sqrt { x"),
        ("a {", "a"),
        ("{ x } {", "{ x }"),
        ("\\frac { \\frac {", ""),
    ],
)
def test_removes_empty_beginnings(line, expected):
    assert cleaned(line) == expected


@pytest.mark.parametrize(
    "line",
    [
        "",
        "x +",
        "1 + 2 =",
        "\\frac { 1 } {",
        "\\frac 1 {",
        "\\frac { 1",
        "\\sqrt [ 3 ] {",
        "x \\right )",
        "x }",
        "\\int",
        "x '",
        "\\frac { } { }",
    ],
)
def test_leaves_content_alone(line):
    assert cleaned(line) == line
