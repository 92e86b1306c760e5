from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given

from hmer_suite.latex.automaton import MAX_NESTING
from hmer_suite.latex.nodes import Row, Symbol
from hmer_suite.latex.token_classes import CLASSES
from hmer_suite.latex.tree import LatexSyntaxError, parse
from hmer_suite.mathml import to_mathml
from tests.latex.strategies import formulas

# MathML Core, section 2.1.2 to 3.8: the elements that browsers lay out.
CORE = frozenset(
    "math merror mfrac mi mmultiscripts mn mo mover mpadded mphantom mroot mrow ms mspace msqrt mstyle msub "
    "msubsup msup mtable mtd mtext mtr munder munderover none".split()
)
ARGUMENTS = {
    "mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "munder": 2, "mover": 2, "msubsup": 3, "munderover": 3,
}  # fmt: skip


def element(latex: str, *, display: bool = True) -> ET.Element:
    """The drawing as a tree with plain names; well-formed and laid out by Core, or the test fails."""
    root = ET.fromstring(to_mathml(parse(latex), display))
    for node in root.iter():
        node.tag = node.tag.partition("}")[2]
        assert node.tag in CORE
        assert ARGUMENTS.get(node.tag, len(node)) == len(node), ET.tostring(node)
    return root


def sketch(latex: str, *, display: bool = True) -> str:
    """Elements and texts in brackets, without attributes, spaces and lone rows."""
    return _sketch(element(latex, display=display)[0])


def _sketch(node: ET.Element) -> str:
    parts = [child for child in node if child.tag != "mspace"]
    if not parts:
        return f"{node.tag}:{node.text}" if node.text else node.tag
    return f"{node.tag}({' '.join(map(_sketch, parts))})"


def attributes(latex: str, tag: str, *, display: bool = True) -> dict[str, str]:
    """Attributes of the first *tag* in the drawing."""
    found = element(latex, display=display).find(f".//{tag}")
    assert found is not None
    return dict(found.attrib)


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        ("x", "mi:x"),
        ("3 . 1 4", "mn:3.14"),
        ("1 2 x", "mrow(mn:12 mi:x)"),
        ("1 .", "mrow(mn:1 mi:.)"),
        (r"\sin x", "mrow(mi:sin mi:x)"),
        ("x _ 1 ^ 2", "msubsup(mi:x mn:1 mn:2)"),
        ("x ^ 2 _ 1", "msubsup(mi:x mn:1 mn:2)"),
        ("^ 2", "msup(mrow mn:2)"),
        ("f '", "msup(mi:f mpadded(mo:′))"),
        (r"f ^ { \prime \prime }", "msup(mi:f mpadded(mo:″))"),
        ("f ' ^ 2", "msup(mi:f mrow(mpadded(mo:′) mn:2))"),
        (r"f ^ { \prime 2 }", "msup(mi:f mrow(mpadded(mo:′) mn:2))"),
        (r"\frac 1 2", "mfrac(mn:1 mn:2)"),
        (r"a \over b", "mfrac(mi:a mi:b)"),
        (r"\binom n k", "mrow(mo:( mfrac(mi:n mi:k) mo:))"),
        (r"{ n \choose k }", "mrow(mo:( mfrac(mi:n mi:k) mo:))"),
        (r"\sqrt x", "msqrt(mi:x)"),
        (r"\sqrt [ 3 ] { x + 1 }", "mroot(mrow(mi:x mo:+ mn:1) mn:3)"),
        (r"\hat x", "mover(mi:x mo:ˆ)"),
        (r"\underbrace { x } _ n", "munder(munder(mi:x mo:⏟) mi:n)"),
        (r"\stackrel a =", "mover(mo:= mi:a)"),
        (r"\underset a b", "munder(mi:b mi:a)"),
        (r"\left( x \right.", "mrow(mo:( mi:x)"),
        (r"\left\{ x \middle| y \right\}", "mrow(mo:{ mi:x mo:| mi:y mo:})"),
        (r"\big(", "mpadded(mo:()"),
        (r"\not =", "mo:≠"),
        (r"\not \subset x", "mrow(mo:⊄ mi:x)"),
        (r"\mathbb { R }", "mi:ℝ"),
        (r"\cfrac [ l ] { 1 } { x }", "mfrac(mstyle(mn:1) mstyle(mi:x))"),
        (r"\genfrac { ( } { ) } { 1 p t } { 0 } { a } { b }", "mrow(mo:( mfrac(mi:a mi:b) mo:))"),
        (r"\begin{tabular} { c } $ x $ \\ y \end{tabular}", "mtable(mtr(mtd(mi:x)) mtr(mtd(mi:y)))"),
        (r"\begin{flalign} x & y \end{flalign}", "mtable(mtr(mtd(mi:x) mtd(mrow(mrow mi:y))))"),
        (r"\sideset { } { _ 2 } \sum _ x", "munder(mrow(mpadded(mphantom(mo:∑)) msub(mo:∑ mn:2)) mi:x)"),
        (r"\sideset { ^ 1 } { } \sum", "mrow(msup(mpadded(mphantom(mo:∑)) mn:1) mo:∑)"),
        (r"\prescript { 4 } { 2 } { x }", "mrow(msubsup(mpadded(mphantom(mi:x)) mn:2 mn:4) mi:x)"),
        (r"\root 3 \of x", "mroot(mi:x mn:3)"),
        (r"\frak { g k } m", "mrow(mrow(mi:𝔤 mi:𝔨) mi:m)"),
        (r"\mathbf { x 1 }", "mrow(mi:𝐱 mn:𝟏)"),
        (r"{ \cal L } x", "mrow(mi:ℒ mi:x)"),
        (r"\mathrm { d e f }", "mi:def"),
        (r"\operatorname { s n } x", "mrow(mi:sn mi:x)"),
        (r"\text{if $x$}", "mrow(mtext:if\u00a0 mi:x)"),
        (r"\xrightarrow [ b ] { a }", "munderover(mo:→ mrow(mi:b) mrow(mi:a))"),
        (r"x \pmod n", "mrow(mi:x mrow(mo:( mi:mod mi:n mo:)))"),
        (r"\begin{matrix} a & b \\ c \end{matrix}", "mtable(mtr(mtd(mi:a) mtd(mi:b)) mtr(mtd(mi:c) mtd))"),
        (r"a \\ b", "mtable(mtr(mtd(mi:a)) mtr(mtd(mi:b)))"),
        (r"\phantom x", "mphantom(mi:x)"),
        (r"\textstyle \sum _ i", "mrow(mstyle(msub(mo:∑ mi:i)))"),
        (r"a \displaystyle b \scriptstyle c", "mrow(mi:a mi:b mstyle(mi:c))"),
        (r"\boxed x", "mrow(mi:x)"),
        ("中 文", "mtext:中文"),
    ],
)
def test_drawing(latex: str, expected: str):
    assert sketch(latex) == expected


@pytest.mark.parametrize(
    ("latex", "in_display", "in_text"),
    [
        (r"\sum _ i", "munder", "msub"),
        (r"\sum \nolimits _ i", "msub", "msub"),
        (r"\sum \limits _ i", "munder", "munder"),
        (r"\lim _ i", "munder", "msub"),
        (r"\sin _ i", "msub", "msub"),
        (r"\int _ i", "msub", "msub"),
        (r"\int \limits _ i", "munder", "munder"),
        (r"\operatorname* { f } _ i", "munder", "msub"),
        (r"\operatorname { f } _ i", "msub", "msub"),
        (r"\mathop { f } _ i", "munder", "msub"),
        (r"\underbrace x _ i", "munder", "munder"),
    ],
)
def test_limits_follow_the_style(latex: str, in_display: str, in_text: str):
    assert element(latex, display=True)[0].tag == in_display
    assert element(latex, display=False)[0].tag == in_text


@pytest.mark.parametrize(
    ("latex", "spaces"),
    [
        ("a + b", [(".2222em", ".2222em")]),
        ("a = b", [(".2778em", ".2778em")]),
        ("a , b", [("0", ".1667em")]),
        ("- b", [("0", "0")]),
        ("a = - b", [(".2778em", "0"), (".2778em", "0")]),
        ("( - b", [("0", "0"), ("0", "0")]),
        ("a + + b", [(".2222em", "0"), (".2222em", "0")]),
        ("a | b", [("0", "0")]),
        (r"a \mid b", [(".2778em", ".2778em")]),
        ("x ^ { a + b }", [("0", "0")]),
        (r"a \mathbin { | } b", [(".2222em", ".2222em")]),
        ("a { = } b", [("0", "0")]),
        (r"a \, + b", [(".2222em", ".2222em")]),
    ],
)
def test_spaces_are_tex_s(latex: str, spaces: list[tuple[str, str]]):
    """TeXbook, ch. 18."""
    assert [(sign.get("lspace"), sign.get("rspace")) for sign in element(latex).iter("mo")] == spaces


@pytest.mark.parametrize(
    ("latex", "spaces"),
    [
        (r"\sin x", [".1667em"]),
        (r"x \sin x", [".1667em", ".1667em"]),
        (r"\sin ( x )", []),
        (r"\frac 1 2 \frac 1 2", []),
        (r"a \left( b \right) c", [".1667em", ".1667em"]),
        (r"a \, b", ["0.1667em"]),
    ],
)
def test_spaces_without_an_operator(latex: str, spaces: list[str]):
    assert [space.get("width") for space in element(latex).iter("mspace")] == spaces


def test_delimiters_grow_only_around_what_is_tall():
    assert attributes(r"\left( x \right)", "mo")["stretchy"] == "false"
    assert attributes(r"\left( \frac 1 2 \right)", "mo")["stretchy"] == "true"
    assert attributes("( x )", "mo")["stretchy"] == "false"


def test_capital_greek_is_upright_and_its_variant_is_not():
    assert attributes(r"\Gamma", "mi") == {"mathvariant": "normal"}
    assert attributes(r"\varGamma", "mi") == {}


def test_tables_know_columns_and_lines():
    cells = list(element(r"\begin{array}{|r|l} \hline a & b \\ c & d \\ \hline \end{array}").iter("mtd"))
    styles = [cell.get("style", "") for cell in cells]
    assert len(cells) == 4
    assert "text-align:right" in styles[0] and "text-align:left" in styles[1]
    assert all("border-left" in style for style in styles)
    assert "border-top" in styles[0] and "border-bottom" in styles[2] and "border-top" not in styles[2]


def test_colours_are_names_or_numbers_only():
    assert attributes(r"\textcolor{red}{x}", "mrow") == {"mathcolor": "red"}
    assert attributes(r"\color{blue} x", "mstyle")["mathcolor"] == "blue"
    assert attributes(r"\textcolor{url(x)}{x}", "mrow") == {}
    assert attributes(r"\textcolor[rgb]{1,.5,0}{x}", "mrow") == {"mathcolor": "#ff8000"}
    assert attributes(r"\colorbox[HTML]{00FF7f}{x}", "mrow") == {"mathbackground": "#00ff7f"}
    assert attributes(r"\color[gray]{0.2}x", "mstyle")["mathcolor"] == "#333333"
    assert attributes(r"\fcolorbox[RGB]{0,0,0}{0,0,255}{x}", "mrow/mrow") == {"mathbackground": "#0000ff"}
    assert attributes(r"\textcolor[cmyk]{0,1,1,0}{x}", "mrow") == {}


def test_text_is_escaped():
    source = to_mathml(parse(r"< \text{<script>\&} > \& "))
    assert "<script" not in source
    assert "".join(ET.fromstring(source).itertext()) == "<<script>&>&"


def test_what_cannot_be_drawn_is_written():
    drawn = to_mathml(Row((Symbol("\\foo"), Symbol("x"))))
    assert '<mtext class="unknown">\\foo</mtext><mi>x</mi>' in drawn


@pytest.mark.parametrize(
    "token", sorted(token for token in CLASSES if CLASSES[token] not in ("LEFT", "DOLLAR"))
)
def test_every_token_draws_where_it_is_valid_alone(token: str):
    drawn = 0
    for latex in (token, f"{token} x", f"{token} {{ x }}", f"{token} {{ x }} {{ y }}", f"x {token} y"):
        try:
            parse(latex)
        except LatexSyntaxError:
            continue
        assert not any(node.get("class") == "unknown" for node in element(latex).iter())
        drawn += 1
    structural = (
        "AMP",
        "HLINE",
        "INFIX",
        "LBRACE",
        "LIMITS",
        "MIDDLE",
        "RBRACE",
        "RIGHT",
        "SIDESET",
        "PRESCRIPT",
        "FCOLORBOX",
        "GENFRAC",
        "ROOT",
        "OF",
        "SUB",
        "SUP",
        "BIG",
        "RULE",
    )
    assert drawn or CLASSES[token] in structural or CLASSES[token].startswith(("BEGIN_", "END_", "RAW"))


@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        ("x ^ { ", "} "),
        (r"x ^ \frac { ", "} { 2 } "),
        (r"\left( \frac { ", r"} { 2 } \right) "),
        (r"\begin{matrix} a & ", r"\end{matrix} "),
        (r"\text { $ ", "$ } "),
        (r"\not { ", "} "),
        (r"{ a \\ ", "} "),
    ],
)
def test_the_deepest_nesting_is_drawn_in_bounded_depth(opening: str, closing: str):
    times = MAX_NESTING // (opening.count("{ ") + opening.count(r"\left") + opening.count(r"\begin"))
    root = element(opening * times + "x" + closing * times)
    assert _height(root) < 400
    assert "".join(root.itertext()).count("x") >= 1


def _height(root: ET.Element) -> int:
    height, level = 0, [root]
    while level:
        height += 1
        level = [child for node in level for child in node]
    return height


@given(formulas())
def test_any_formula_is_core_mathml(tokens: list[str]):
    element(" ".join(tokens))
    element(" ".join(tokens), display=False)


@given(formulas())
def test_symbols_are_neither_lost_nor_doubled(tokens: list[str]):
    """A letter that no operator's name has and digits come out as often as they went in.

    Fonts change letters, and the option of `\\smash` is not drawn.
    """
    wanted = Counter(token for token in tokens if token in ("y", "2", "7"))
    plain = [token for token in tokens if token not in (r"\mathbf", r"\bf", r"\cal", r"\smash")]
    found = Counter("".join(element(" ".join(plain)).itertext()))
    assert {letter: found[letter] for letter in wanted} == wanted


def _labels(data: Path) -> set[str]:
    captions = (data / "crohme/captions-test2014.txt").read_text(encoding="utf-8").splitlines()
    printed = (data / "im2latex/test-a.formulas.norm.txt").read_text(encoding="utf-8").splitlines()
    found = {line.split("\t")[1] for line in captions} | set(printed)
    for name in ("tamer-hme100k-a", "unimumer-3b-mathwriting-a"):
        entries = json.loads((data / f"predictions/{name}.json").read_text(encoding="utf-8"))
        found |= {entry["gt"] for entry in (entries.values() if isinstance(entries, dict) else entries)}
    return found


def test_real_labels_are_core_mathml(shared: Path):
    drawn = 0
    for label in sorted(_labels(shared))[::10]:
        try:
            parse(label)
        except LatexSyntaxError:
            continue
        root = element(label)
        assert not any(node.get("class") == "unknown" for node in root.iter()), label
        drawn += 1
    assert drawn > 1000
