from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings

from hmer_suite.latex.automaton import MAX_NESTING, is_valid
from hmer_suite.latex.canonical.canoniser import (
    REWRITES,
    canonical,
    canonical_tokens,
    canonical_tree,
    rewrites_digest,
)
from hmer_suite.latex.tokens import split
from hmer_suite.latex.tree import parse
from tests.latex.strategies import formulas


@pytest.mark.parametrize("rewrite", REWRITES, ids=lambda rewrite: rewrite.name)
def test_the_example_of_each_rewrite(rewrite):
    extra = () if rewrite.default else (rewrite.name,)
    fired: Counter[str] = Counter()
    canonical_tree(parse(rewrite.before), extra=extra, fired=fired)
    assert fired[rewrite.name] >= 1
    assert canonical(rewrite.before, extra=extra) == canonical(rewrite.after, extra=extra)
    assert rewrite.doc


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        (r"\frac12", r"\frac { 1 } { 2 }"),
        ("x^a_b", "x _ { b } ^ { a }"),
        ("x'", r"x ^ { \prime }"),
        ("x^{'}", r"x ^ { { } ^ { \prime } }"),
        (r"a \le b", r"a \leq b"),
        (r"\sum\limits_{i}^{n} i", r"\sum _ { i } ^ { n } i"),
        (r"\int\limits_0^1", r"\int \limits _ { 0 } ^ { 1 }"),
        (r"\int\nolimits_0^1", r"\int _ { 0 } ^ { 1 }"),
        (r"\frac{\sum\limits_i}{2}", r"\frac { \sum \limits _ { i } } { 2 }"),
        (r"\dfrac12 + \frac{\dfrac12}{3}", r"\frac { 1 } { 2 } + \frac { \dfrac { 1 } { 2 } } { 3 }"),
        (r"\frac{\tfrac12}{3}", r"\frac { \frac { 1 } { 2 } } { 3 }"),
        (r"{\bf x} + {\cal N}_f", r"\mathbf { x } + { \mathcal { N } } _ { f }"),
        (r"a \dots b, \dots , c", r"a \ldots b , \ldots , c"),
        (r"a + \dots + b", r"a + \cdots + b"),
        (r"( \dots )", r"( \dots )"),
        (r"\left( \dots + a, \dots \right)", r"\left ( \cdots + a , \dots \right )"),
        (
            r"\mathrm{a} {\mathbf{b}} {\partial x} \partial",
            r"\mathrm { a } \mathbf { b } \partial x \partial",
        ),
        (r"\begin{matrix} {a} & {b} \\ \end{matrix}", r"\begin{matrix} a & b \end{matrix}"),
        (r"\frac\dots 3", r"\frac { \ldots } { 3 }"),
        (r"k ' ^ \dots", r"k ^ { \prime \ldots }"),
        ("k'^{²}", r"k ^ { \prime ^ { 2 } }"),
        (r"k {\frac{=}{2}} y", r"k \frac { = } { 2 } y"),
        (r"k {\mathbf{y}^2} z", r"k \mathbf { y } ^ { 2 } z"),
        # Styles: an argument of an accent or a cell of `aligned` has that of its surroundings, other cells are text.
        (r"\hat{\dfrac57}", r"\hat { \frac { 5 } { 7 } }"),
        (r"\stackrel{\dfrac57}{\dfrac57}", r"\stackrel { \dfrac { 5 } { 7 } } { \frac { 5 } { 7 } }"),
        (r"\begin{aligned}\dfrac57\end{aligned}", r"\begin{aligned} \frac { 5 } { 7 } \end{aligned}"),
        (r"\begin{matrix}\tfrac57\end{matrix}", r"\begin{matrix} \frac { 5 } { 7 } \end{matrix}"),
        # A group that is closed again does not hide a bracket that would end the argument.
        (r"\sqrt[{\frac57]}]{y}", r"\sqrt [ { \frac { 5 } { 7 } ] } ] { y }"),
        (r"\text{{p} $k^3$}", r"\text { { p } ~ $ k ^ { 3 } $ }"),
        (r"\text { p \thinspace q }", r"\text { p \, q }"),
        # A script stays with its operator when the limits go.
        (r"\sum\limits^k", r"\sum ^ { k }"),
        (r"\sum\limits", r"\sum"),
        (r"\operatorname*{lim}_k", r"\lim _ { k }"),
        (r"\dotso k", r"\ldots k"),
        (r"\dotsc {=}", r"\ldots { = }"),
        # A letter in a script has the font of its base; a script is set lower on `g H` than on `H`.
        (r"\mathrm{B_{k}}", r"\mathrm { B } _ { \mathrm { k } }"),
        (r"\mathrm{gH_2}", r"\mathrm { g } \mathrm { H } _ { 2 }"),
        (r"\left( a \right) {b}", r"\left ( a \right ) b"),
        (r"\sqrt[\rbrack]{y}", r"\sqrt [ { ] } ] { y }"),
        (r"\smash[b]y + \smash{2}", r"\smash [ b ] { y } + \smash { 2 }"),
        # As in amsfonts, an argument of its own; `\mit` and `\cal` are switches.
        (r"\frak{ab}c", r"\mathfrak { a b } c"),
        (r"{\frak g} + \frak h", r"\mathfrak { g } + \mathfrak { h }"),
        (r"{\mit ab} \Bbb Q \bold{ab}c", r"{ \mit a b } \mathbb { Q } \mathbf { a b } c"),
        # The ends are drawn elsewhere than the centre.
        (r"\cfrac[l]{1}{2} + \cfrac[c]34", r"\cfrac [ l ] { 1 } { 2 } + \cfrac { 3 } { 4 }"),
        (
            r"\root 3 \of x + \root{n+1}\of{\root]^2\of k}",
            r"\sqrt [ 3 ] { x } + \sqrt [ n + 1 ] { \sqrt [ { ] ^ { 2 } } ] { k } }",
        ),
        (
            r"\genfrac{}{}{}{}12 + \genfrac{}{}{}{0}12 + \genfrac..{}1ab",
            r"\frac { 1 } { 2 } + \frac { 1 } { 2 } + \tfrac { a } { b }",
        ),
        (r"\genfrac(){0pt}{}{n}{k} \genfrac{(}{)}{0em}{1}{n}{k}", r"\binom { n } { k } \tbinom { n } { k }"),
        (
            r"k \genfrac[]{0pt}{}{n}{k} \genfrac{\lbrace}{\rbrace}{0pt}{0}{n}{k}",
            r"k { n \brack k } { n \brace k }",
        ),
        (r"k \genfrac{}{}{0pt}{}{\bf n}{k}", r"k { \mathbf { n } \atop k }"),
        (r"k \genfrac{}{}{0pt}{}{\displaystyle n}{k}", r"k { \displaystyle n \atop k }"),
        (
            r"\frac{\genfrac{}{}{0pt}{1}ab}{\genfrac{}{}{}{1}kb}",
            r"\frac { a \atop b } { \frac { k } { b } }",
        ),
        # The model of a colour stays, since the numbers mean another one without.
        (r"\textcolor[rgb]{1,0,0}x", r"\textcolor [ r g b ] { 1 , 0 , 0 } { x }"),
        (r"k{\color[HTML]{FF0000}{x}}", r"k { \color [ H T M L ] { F F 0 0 0 0 } x }"),
        (
            r"\begin{tabular}{c|c} $\dfrac57$ & {k} $=$ \\ \end{tabular}",
            r"\begin{tabular} { c | c } \dfrac { 5 } { 7 } & k { = } \end{tabular}",
        ),
        (
            r"\begin{flalign*} a&=\dfrac57 \\ \end{flalign*}",
            r"\begin{flalign*} a & = \frac { 5 } { 7 } \end{flalign*}",
        ),
        (
            r"\sideset{^b_a}{'}\sum\limits_n k",
            r"\sideset { _ { a } ^ { b } } { ^ { \prime } } \sum _ { n } k",
        ),
        (r"\sideset{}{{}'}{\sum} k", r"\sideset { } { { } ^ { \prime } } \sum k"),
        (r"\prescript{14}6C", r"\prescript { 14 } { 6 } { C }".replace("14", "1 4")),
        (r"{n \brack k} \atop m", r"{ n \brack k } \atop m"),
        (r"z{^{2}} + k{}^3 - 7{}_1", r"z ^ { 2 } + k ^ { 3 } - 7 _ { 1 }"),
        (r"\mathrm{Al_2O_3}", r"\mathrm { A l } _ { 2 } \mathrm { O } _ { 3 }"),
        (r"\mathbf{v_{i}w}", r"\mathbf { v } _ { \mathbf { i } } \mathbf { w }"),
        ("γ ÷ ω ≥ ℤ", r"\gamma \div \omega \geq \mathbb { Z }"),
        ("𝑏＋𝛽＝𝐛", r"b + \beta = \mathbf { b }"),
        ("y³₂ − ∑₀⁹ k", r"y _ { 2 } ^ { 3 } - \sum _ { 0 } ^ { 9 } k"),
        ("g′ + h″", r"g \prime + h \prime \prime"),
        (r"\frac ℕ ∞ ^ ℚ", r"\frac { \mathbb { N } } { \infty } ^ { \mathbb { Q } }"),
        (r"\text{ω ω}", r"\text { ω ~ ω }"),
    ],
)
def test_spellings(latex: str, expected: str):
    assert canonical(latex) == expected


@pytest.mark.parametrize(
    "latex",
    [
        "a { = } b",
        "a { , } b",
        "{ - } x",
        "a + { } + b",
        r"{ \displaystyle x } y",
        "{ a b } ^ { 2 }",
        r"a \, b",
        r"\left ( x \right )",
        r"| x |",
        r"\mid x \mid",
        r"\bar { { x } } _ { 2 }",
        "{ f } _ { 2 }",
        r"\begin{matrix} \dfrac { 5 } { 7 } \end{matrix}",
        r"\begin{smallmatrix} \tfrac { 5 } { 7 } \end{smallmatrix}",
        r"\sqrt [ \dfrac { 5 } { 7 } ] { x }",
        r"\xrightarrow [ \dfrac { 5 } { 7 } ] { \dfrac { 3 } { 4 } }",
        r"\substack { \dfrac { 5 } { 7 } \\ b }",
        r"{ \sum _ { i } } x",
        r"\operatorname { f o o }",
        r"\operatorname { l i m }",
        r"\large { a } b",
        r"a { \mathrm { + } } b",
        r"p , \dotsc , q",
        # Without the braces KaTeX would set both as one run of text.
        r"\mathrm { a } { \mathrm { b } }",
        r"{ \mathrm { a } } \mathrm { b }",
        r"\partial { \partial x }",
        r"\mathbf { a } { \mathbf { b } ^ { 2 } }",
        # A break of its own, a bracket that would end the argument, a row that would be dropped.
        r"\begin{matrix} { x \\ y } & z \end{matrix}",
        r"\sqrt [ { \\ } ] { y }",
        r"\xrightarrow [ { ] } ] { y }",
        r"\begin{matrix} a \\ \\ \\ \end{matrix}",
        # Scripts that would be set elsewhere, and an accent over something else than one letter.
        "f { } _ { 2 }",
        r"\mathrm { S } { } ^ { 2 }",
        r"\bar { x { } }",
        r"\widehat { { a b } c }",
        # A letter of a font keeps its spelling inside another font; raised signs without a base are letters.
        r"\mathsf { ℝ }",
        "² y",
        # In front of `\right`, `\dots` draws a space that no other dots draw.
        r"\left ( a , \dots \right )",
        r"\left [ \dots \middle | \dots \right ]",
        # Delimiters of a fraction grow otherwise than fences; a bar of another thickness; a style that is not around.
        r"\genfrac { ( } { ) } { } { } { n } { k }",
        r"\genfrac { } { } { 1 p t } { } { n } { k }",
        r"\genfrac { } { } { 0 p t } { 1 } { n } { k }",
        r"\genfrac { } { } { } { 2 } { n } { k }",
        r"\genfrac { } { } { 0 p t } { } { \tiny n } { k }",
    ],
)
def test_what_draws_differently_stays(latex: str):
    assert canonical(latex) == latex


def test_each_change_is_counted_once_under_the_name_of_its_rewrite():
    fired: Counter[str] = Counter()
    canonical_tree(parse(split(r"\le \ge \frac 1 { 2 }")), fired=fired)
    assert fired == {"synonyms": 2, "argument-braces": 1}


def test_rewrites_are_named_by_eight_hexadecimal_digits():
    assert re.fullmatch("[0-9a-f]{8}", rewrites_digest())


def test_white_space_goes_on_request_and_nothing_else():
    assert canonical(r"a \, { b } \quad { - } c", extra=["spacing"]) == "a b { - } c"


def test_what_the_grammar_refuses_comes_back_as_its_tokens():
    assert canonical("x^{2") == "x ^ { 2"


def test_unknown_rewrite_is_refused():
    with pytest.raises(ValueError, match="no such rewrite: nonsense"):
        canonical("x", extra=["nonsense"])


@settings(deadline=None)
@given(formulas())
def test_a_second_pass_changes_nothing_and_the_result_is_valid(tokens: list[str]):
    once = canonical_tokens(tokens)
    assert is_valid(once)
    assert canonical_tokens(once) == once


@pytest.mark.parametrize("name", ["im2latex/test-a.formulas.norm.txt", "im2latex/val.formulas.norm.txt"])
def test_a_second_pass_changes_nothing_on_real_labels(shared: Path, name: str):
    for line in (shared / name).read_text("utf-8").splitlines()[:1500]:
        once = canonical(line)
        assert canonical(once) == once
        assert is_valid(split(once)) == is_valid(split(line))


@pytest.mark.parametrize(
    "opening", ["x ^ \\frac { ", "\\begin{matrix} a & ", "\\text { $ ", "{ ", "\\left ( ", "\\sqrt [ { "]
)
def test_the_deepest_formulas_that_are_valid_do_not_recurse_too_far(opening: str):
    closing = {
        "x": "} { 2 } ",
        "\\b": "\\end{matrix} ",
        "\\t": "$ } ",
        "{ ": "} ",
        "\\l": "\\right ) ",
        "\\s": "} ] 2 ",
    }
    close = next(text for start, text in closing.items() if opening.startswith(start))
    depths = [n for n in range(1, MAX_NESTING + 1) if is_valid((opening * n + "x " + close * n).split())]
    deepest = opening * depths[-1] + "x " + close * depths[-1]
    assert canonical_tokens(canonical(deepest).split()) == canonical(deepest).split()


def test_a_raised_sign_behind_a_style_has_nothing_to_stand_on():
    assert canonical("x \\displaystyle \u00b2") == "x \\displaystyle \u00b2"


@pytest.mark.parametrize(
    "text", ["", r"\left.\right.", r"x\left.\right.", r"\frac{\left.\right.}{}", "{}", r"\sqrt{}"]
)
def test_rows_that_are_empty_have_a_spelling_with_every_rewrite(text: str):
    every = [rewrite.name for rewrite in REWRITES]
    once = canonical(text, extra=every)
    assert canonical(once, extra=every) == once
