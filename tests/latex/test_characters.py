from __future__ import annotations

import re

import pytest

from hmer_suite.latex.canonical.canoniser import canonical
from hmer_suite.latex.canonical.unicode import UNICODE
from hmer_suite.latex.characters import character, in_font
from hmer_suite.latex.constructs import ALPHABETS
from hmer_suite.latex.token_classes import CLASSES
from hmer_suite.latex.tokens import split

DRAWN = ("SYMBOL", "CHAR", "DELIM", "MDELIM", "LARGEOP", "NAMEDOP", "COLUMN", "AT", "BAR", "LBRACK", "RBRACK")

# pylatexenc writes plain text: ASCII for mathematics, other sizes of shapes; in the last line it is wrong.
# Behind the sign stands ours.
DIFFERENT = dict(
    pair.split("=")
    for pair in r"""
    \prime=′ \mid=∣ \cdot=⋅ \hbar=ℏ \bullet=• \dotsb=⋯ \dotsi=⋯ \dotsm=⋯ \lvert=| \rvert=|
    \triangledown=▽ \blacksquare=■ \blacktriangle=▲ \blacktriangledown=▼ \vartriangle=△ \blacktriangleleft=◀
    \blacktriangleright=▶ \diamond=⋄ \bigoplus=⨁ \bigotimes=⨂ \barwedge=⊼ \textasciicircum=^
    \preceq=⪯ \succeq=⪰ \eth=ð \th=th
    """.split()
)


@pytest.mark.parametrize("cls", DRAWN)
def test_every_symbol_has_a_character(cls: str):
    assert [token for token, known in CLASSES.items() if known == cls and character(token) is None] == []


def test_characters_agree_with_pylatexenc():
    latex2text = pytest.importorskip("pylatexenc.latex2text")
    specs = latex2text.get_default_latex_context_db()
    differ, compared = {}, 0
    for token, cls in CLASSES.items():
        theirs = getattr(specs.get_macro_spec(token[1:]), "simplify_repl", None)
        if cls not in DRAWN or not token.startswith("\\") or not isinstance(theirs, str) or not theirs:
            continue
        compared += 1
        if character(token).replace("\u2009", " ") != theirs:
            differ[token] = character(token)
    assert compared > 400
    assert {token: ours for token, ours in differ.items() if DIFFERENT.get(token) != ours} == {}


@pytest.mark.parametrize(
    ("text", "font", "expected"),
    [
        ("x", "BOLD", "𝐱"),
        ("B", "SCRIPT", "ℬ"),
        ("g", "SCRIPT", "ℊ"),
        ("R", "DOUBLE-STRUCK", "ℝ"),
        ("k", "DOUBLE-STRUCK", "𝕜"),
        ("C", "FRAKTUR", "ℭ"),
        ("α", "BOLD ITALIC", "𝜶"),
        ("Γ", "BOLD", "𝚪"),
        ("ϵ", "BOLD ITALIC", "𝝐"),
        ("7", "BOLD ITALIC", "𝟕"),
        ("7", "MONOSPACE", "𝟽"),
        ("+", "BOLD", None),
        ("中", "BOLD", None),
    ],
)
def test_alphabets(text: str, font: str, expected: str | None):
    assert in_font(text, font) == expected


def test_every_alphabet_has_the_latin_letters():
    fonts = {font for font in ALPHABETS.values() if font not in ("", "UPRIGHT")}
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    assert [(font, letter) for font in fonts for letter in letters if in_font(letter, font) is None] == []


def test_most_of_the_table_of_unicode_is_what_pylatexenc_says():
    latexencode = pytest.importorskip("pylatexenc.latexencode")
    theirs = latexencode.get_builtin_uni2latex_dict()
    compared = 0
    for sign, spelling in UNICODE.items():
        said = re.sub(r"\\ensuremath\{(.*)\}", r"\1", theirs.get(ord(sign), ""))
        if split(canonical(said)) == list(spelling):
            compared += 1
    assert compared > 650


def test_the_table_of_unicode_is_sorted_and_canonical():
    assert list(UNICODE) == sorted(UNICODE)
    spellings = [" ".join(spelling) for spelling in UNICODE.values() if spelling[0] not in "^_"]
    assert [spelling for spelling in spellings if canonical(spelling) != spelling] == []
