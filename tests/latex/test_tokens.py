from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmer_suite.latex.tokens import join, raw_tokens, split, tokens

LATEX_ISH = st.text(alphabet=st.sampled_from(list(r"\{}^_&$[]()ab12 '~%中\begint")), max_size=60)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"x_1^{2M}", "x _ 1 ^ { 2 M }"),
        (r"\frac12", r"\frac 1 2"),
        (r"\left(x\right.", r"\left ( x \right ."),
        (r"\left\{", r"\left \{"),
        (r"\operatorname{sin}", r"\operatorname { s i n }"),
        (r"\operatorname* {lim}", r"\operatorname* { l i m }"),
        (r"\begin { cases } a \end{cases}", r"\begin{cases} a \end{cases}"),
        (r"\begin{align*}a\end{align*}", r"\begin{align*} a \end{align*}"),
        ("中文", "中 文"),
        ("$x$", "x"),
        ("$$ x $$", "x"),
        (r"\[ x \]", "x"),
        (r"\( x \)", "x"),
        (r"a\!b", r"a \! b"),
        (r"\text{if }x", r"\text { i f ~ } x"),
        (r"\text { i f } x", r"\text { i f } x"),
        (r"\text{a $x y$}", r"\text { a ~ $ x y $ }"),
        (r"\kern 3 pt x", r"\kern3pt x"),
        (r"a \\[2pt] b", r"a \\[2pt] b"),
        (r"a \\ [ 2 ] b", r"a \\ [ 2 ] b"),
        (r"\hspace{1cm}", r"\hspace { 1 c m }"),
        (r"\hspace * { 1 c m }", r"\hspace* { 1 c m }"),
        ("", ""),
        ("$$", ""),
        ("$", "$"),
    ],
)
def test_tokens_of_spaced_and_of_typed_latex(text: str, expected: str):
    assert join(split(text)) == expected


def test_a_control_space_is_the_lone_backslash():
    assert split("a\\ b") == ["a", "\\", "b"] == split("a \\ b")


def test_places_count_characters_of_the_users_own_text():
    text = r"$ \frac12 $"
    assert [text[t.start : t.end] for t in tokens(text)] == [r"\frac", "1", "2"]


@given(LATEX_ISH)
def test_nothing_is_lost(text: str):
    """Every character is in a token, is white space, or belongs to the dollar signs around the whole."""
    covered = set()
    for token in tokens(text):
        covered.update(range(token.start, token.end))
    left = "".join(c for i, c in enumerate(text) if i not in covered and not c.isspace())
    assert left in ("", "$$", "$$$$", r"\[\]", r"\(\)")


@given(st.text(max_size=40))
def test_any_unicode_has_tokens_whose_spaced_form_has_the_same(text: str):
    once = split(text)
    assert split(join(once)) == once or "$" in text or "\\" in text


@given(LATEX_ISH)
def test_fast_and_careful_reading_agree(text: str):
    assert split(text) == [token.text for token in tokens(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x ^ { 2 }", ["x", "^", "{", "2", "}"]),
        (r"\left( x \right)", [r"\left(", "x", r"\right)"]),
        (r"\sqrt [ [object Object] ] { x }", [r"\sqrt", "[", "[object", "Object]", "]", "{", "x", "}"]),
        (r"\begin {pmatrix} 1 \end {pmatrix}", [r"\begin", "{pmatrix}", "1", r"\end", "{pmatrix}"]),
        ("x^2 + 1", ["x", "^", "2", "+", "1"]),
        (r"\frac {a} {b}", [r"\frac", "{", "a", "}", "{", "b", "}"]),
        ("2x+1", ["2", "x", "+", "1"]),
    ],
)
def test_raw_tokens_are_split_on_white_space_only_where_the_text_is_spaced(text: str, expected: list[str]):
    assert raw_tokens(text) == expected
