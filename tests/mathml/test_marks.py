"""Marked tokens: each belongs to what draws it, and marks change nothing else."""

from __future__ import annotations

import re

import pytest

from hmer_suite.latex.tree import parse, unparse
from hmer_suite.mathml import to_mathml


def marked(latex: str, *tokens: int) -> list[tuple[str, str]]:
    """Element and places of every mark."""
    drawing = to_mathml(parse(latex), marks=tokens)
    return re.findall(r'<(\w+)[^>]* class="mark" data-token="([\d ]+)"', drawing.replace("<", " <"))


@pytest.mark.parametrize(
    ("latex", "token", "element"),
    [
        ("x ^ { 2 }", "2", "mn"),
        ("x ^ { 2 }", "^", "mrow"),
        (r"\sqrt { x }", "x", "mi"),
        (r"\sqrt { x }", r"\sqrt", "mrow"),
        (r"\left ( x \right )", "(", "mrow"),
        (r"\text { a b }", "b", "mrow"),
        (r"\begin{matrix} a & b \end{matrix}", "b", "mi"),
        (r"\sum _ { i } i", r"\sum", "mo"),
        ("x , y", ",", "mo"),
    ],
)
def test_a_token_is_marked_where_it_is_drawn(latex: str, token: str, element: str):
    place = unparse(parse(latex)).index(token)
    assert marked(latex, place) == [(element, str(place))]


def test_equal_symbols_are_told_apart():
    assert marked("x + x + x", 2) == [("mi", "2")]
    assert marked(r"\frac { x } { x }", 5) == [("mi", "5")]


def test_a_marked_digit_stands_alone_in_its_number():
    assert "<mn>1</mn>" in to_mathml(parse("1 2 3"), marks=[1])
    assert '<mn class="mark" data-token="1">2</mn>' in to_mathml(parse("1 2 3"), marks=[1])


def test_tokens_of_one_construct_share_its_mark():
    assert marked("x ^ { 2 }", 1, 2, 4) == [("mrow", "1 2 4")]


@pytest.mark.parametrize(
    "latex", [r"f ' _ { 3 } \not = \hat { a } \quad b", r"\frac { 1 } { \left | x \right | } \binom n k"]
)
def test_without_its_marks_a_drawing_is_the_same_but_for_joined_digits(latex: str):
    tree = parse(latex)
    plain = to_mathml(tree, marks=range(len(unparse(tree))))
    texts = [re.sub("<[^>]*>", "", drawing) for drawing in (plain, to_mathml(tree))]
    assert texts[0] == texts[1]
