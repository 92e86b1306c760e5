"""Labels from typed LaTeX and from MathML, and which of the two is believed."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given

from hmer_suite.data.sources.crohme import find_part, inkml_files
from hmer_suite.errors import InputError
from hmer_suite.ink.inkml import InkDocument, TraceGroup, parse_inkml
from hmer_suite.ink.labels import label, label_of_mathml, label_of_truth, symbol_label
from hmer_suite.latex.automaton import is_valid
from hmer_suite.latex.canonical.canoniser import canonical
from hmer_suite.latex.tokens import join
from tests.latex.strategies import formulas


def ink(truth: str | None = None, mathml: str | None = None, symbols: str = "") -> InkDocument:
    groups = tuple(TraceGroup(symbol, (place,)) for place, symbol in enumerate(symbols.split()))
    return InkDocument(
        "f", (), truth, None if mathml is None else fromstring(f"<math>{mathml}</math>"), groups
    )


@pytest.mark.parametrize(
    ("truth", "expected"),
    [
        ("$x^{2M}$", "x ^ { 2 M }"),
        (r"$\mathrm{M}_2 = 299\ 792\,458$", "M _ { 2 } = 2 9 9 7 9 2 4 5 8"),
        (r"{ \mbox { SiA } } _ { \sigma }", r"S i A _ { \sigma }"),
        (r"\left( \frac a b \right]", r"( \frac { a } { b } ]"),
        (r"\left. x \right|", "x |"),
        (r"\Bigg( x \bigr)", "( x )"),
        (r"a \over b", r"\frac { a } { b }"),
        (r"\mathrm{sin} x + \operatorname{log} y", r"\sin x + \log y"),
        (r"\sqrt[n]{{x}}", r"\sqrt [ n ] { x }"),
        ("e_{ f_{ g_h } }", "e _ { f _ { g _ { h } } }"),
        ("{{f}_{z}}^{q}", "f _ { z } ^ { q }"),
        ("f^{'}", r"f ^ { \prime }"),
        ("f'^{2} g^{''}", r"f ^ { \prime 2 } g ^ { \prime \prime }"),
        ("{y'}^2", r"y ^ { \prime 2 }"),
        ("{x^a}^b", "{ x ^ { a } } ^ { b }"),
        ("2 _ {} , x^{2}_{}", "2 , x ^ { 2 }"),
        (r"\int\limits_{0}^{1} \sum\limits_i", r"\int \limits _ { 0 } ^ { 1 } \sum _ { i }"),
        ("$a+b", "a + b"),
        (r"\!x+\!y", "x + y"),
        (
            r"\begin{matrix} {a} & \mbox{b} \\ c & d \end{matrix}",
            r"\begin{matrix} a & b \\ c & d \end{matrix}",
        ),
        (r"\text{if } x", "i f x"),
        ("", ""),
    ],
)
def test_typed_truth(truth: str, expected: str) -> None:
    assert label_of_truth(truth) == expected


@pytest.mark.parametrize(
    ("mathml", "expected"),
    [
        ("<mrow><mi>a</mi><mrow><mo>+</mo><mn>12</mn></mrow></mrow>", "a + 1 2"),
        ("<mfrac><mi>a</mi><mrow><mi>b</mi><mi>c</mi></mrow></mfrac>", r"\frac { a } { b c }"),
        ("<msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup>", "x _ { i } ^ { 2 }"),
        ("<msqrt><mi>x</mi><mo>+</mo><mi>y</mi></msqrt>", r"\sqrt { x + y }"),
        ("<mroot><mi>x</mi><mn>3</mn></mroot>", r"\sqrt [ 3 ] { x }"),
        ("<munder><mo>im</mo><mi>x</mi></munder>", r"\lim _ { x }"),
        (
            "<munderover><mo>int</mo><mn>0</mn><mi>infin</mi></munderover>",
            r"\int \limits _ { 0 } ^ { \infty }",
        ),
        ("<munderover><mo>sum</mo><mn>0</mn><mi>n</mi></munderover>", r"\sum _ { 0 } ^ { n }"),
        ("<mrow><mi>a</mi><mo>le</mo><mi>b</mi><mo>ctdot</mo></mrow>", r"a \leq b \cdots"),
        ("<mo>\\lt</mo>", "<"),
        ("<mo>{</mo>", r"\{"),
        ("<mi>sin</mi>", r"\sin"),
        ("<mo>...</mo>", r"\ldots"),
        ("<mstyle><mi>\\alpha</mi></mstyle>", r"\alpha"),
        ('<m:mi xmlns:m="http://www.w3.org/1998/Math/MathML">x</m:mi>', "x"),
    ],
)
def test_mathml(mathml: str, expected: str) -> None:
    assert label_of_mathml(fromstring(f"<math>{mathml}</math>")) == expected


@pytest.mark.parametrize(
    ("mathml", "message"),
    [
        ("<msub><mi>x</mi></msub>", "MathML element msub with 1 children"),
        ("<mtable><mtr/></mtable>", "MathML element mtr with 0 children"),
        ("<mrow>" * 500 + "<mi>x</mi>" + "</mrow>" * 500, "nested more than 200 deep"),
        ("<msub><msub><mi>x</mi><mi>a</mi></msub><mi>b</mi></msub>", "not valid LaTeX"),
    ],
)
def test_mathml_without_counterpart(mathml: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        label_of_mathml(fromstring(f"<math>{mathml}</math>"))


X_I = "<msub><mi>x</mi><mi>i</mi></msub>"


@pytest.mark.parametrize(
    ("truth", "mathml", "symbols", "expected"),
    [
        ("x", X_I, "x i", "x _ { i }"),
        ("x_i", "<mi>x</mi>", "x i", "x _ { i }"),
        # Both have the symbols that are marked, or none are: what was typed is believed.
        ("x^i", X_I, "x i", "x ^ { i }"),
        ("x^i", "<mi>x</mi>", "", "x ^ { i }"),
        # Annotators mark fraction bars as minus, dots one by one and one kind of dots.
        (r"\frac{x}{i}", X_I, "x i -", r"\frac { x } { i }"),
        (r"\cdots x", "<mrow><mo>.</mo><mi>x</mi></mrow>", ". . . x", r"\cdots x"),
        (r"\cdots x", "<mrow><mo>ctdot</mo></mrow>", r"\ldots x", r"\cdots x"),
        (r"a \cdot b", "<mi>a</mi>", "a . b", r"a \cdot b"),
        # One of the two cannot be read.
        ("x_{i", X_I, "", "x _ { i }"),
        ("x^i", "<msub><mi>x</mi></msub>", "", "x ^ { i }"),
        (None, X_I, "", "x _ { i }"),
        ("x^i", None, "", "x ^ { i }"),
        (None, None, "x", ""),
        ("", None, "", ""),
    ],
)
def test_the_marked_ink_is_referee(
    truth: str | None, mathml: str | None, symbols: str, expected: str
) -> None:
    assert label(ink(truth, mathml, symbols)) == expected


def test_nothing_that_can_be_read_is_an_error() -> None:
    with pytest.raises(InputError, match="f: MathML element msub"):
        label(ink("x^^", "<msub/>"))


def test_symbols() -> None:
    assert [symbol_label(text) for text in ("x", r"\lt", r"\sqrt", " { ")] == ["x", "<", r"\sqrt", r"\{"]


@pytest.mark.parametrize(
    ("truth", "seen"),
    [
        (r"\sqrt[\mathrm{\\}]{x}", r"\sqrt [ { \\ } ] { x }"),
        (r"\sqrt[{]}]{x}", r"\sqrt [ { ] } ] { x }"),
        (r"\sqrt[\mathrm{3}]{x}", r"\sqrt [ 3 ] { x }"),
    ],
)
def test_indices_of_roots_keep_the_braces_that_they_need(truth: str, seen: str) -> None:
    assert label_of_truth(truth) == seen


@given(formulas())
def test_labels_are_valid_canonical_and_stable(tokens: list[str]) -> None:
    once = label_of_truth(join(tokens))
    assert canonical(once) == once
    assert is_valid(once.split())
    assert label_of_truth(once) == once


@pytest.mark.parametrize(("split", "captions", "every"), [("train", "train", 10), ("test", "test2014", 1)])
def test_published_captions(shared: Path, split: str, captions: str, every: int) -> None:
    """At least 99 % are equal in canonical spelling; `reports/labels.md` lists the others of all files."""
    lines = (shared / f"crohme/captions-{captions}.txt").read_text().splitlines()
    published = dict(line.split("\t") for line in lines)
    files = list(inkml_files(find_part(shared / "crohme", split)))[::every]
    inks = [parse_inkml(data, PurePosixPath(name).stem) for name, data in files if data]
    equal = sum(label(item) == canonical(published[item.id]) for item in inks)
    assert equal >= 0.99 * len(inks) > 0.99 * len(published) / every - 2
