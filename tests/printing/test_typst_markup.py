"""Every construct that our MathML has comes out of Typst as it should look."""

from __future__ import annotations

import numpy as np
import pytest

from hmer_suite.printing.draw import draw_printed
from hmer_suite.printing.typst_markup import NoDrawing, typst_of

DRAWN = r"""
x ^ { 2 } + y _ { i } ^ { j }
\frac { a } { \frac { b } { c } }
\sqrt { x } + \sqrt [ 3 ] { y }
\sum _ { i = 1 } ^ { n } \int _ { 0 } ^ { \infty } \oint f
\left ( \frac { a } { b } \right ] \left . x \right | _ { 0 }
\big ( \Big [ \bigg \{ \Bigg \langle
\hat { x } \widehat { a b c } \vec { v } \overline { A B } \underline { y } \ddot { q } \tilde { n }
\overbrace { a + b } ^ { n } \underbrace { c } _ { m } \overrightarrow { A B }
\begin{array} { l | c r } a & b & c \\ \hline d & e & f \end{array}
\left ( \begin{matrix} 1 & 0 \\ 0 & 1 \end{matrix} \right ) \begin{cases} x & y \\ z \end{cases}
\mathbf { x } \mathcal { L } \mathrm { T r } \mathbb { R } \mathfrak { g } \boldsymbol { \alpha } \Gamma
\text { if } \mbox { a "b" \ } \textbf { bold } \textit { it }
\stackrel { a } { = } \binom { n } { k } a \choose b
\sin x \lim _ { x \to 0 } \operatorname { f o o } y
a \, b \! c \quad d \hspace { 1 c m } e
x ' ^ 2 f '' \not = \neq \cancel { x } \boxed { y } \phantom { z } w
\displaystyle \sum \scriptstyle a \tiny b
\xrightarrow { n } \substack { a \\ b } \pmod { p } \smash { x } \rlap { / } D
""".strip().splitlines()


@pytest.fixture(scope="module")
def drawn():
    return dict(zip(DRAWN, draw_printed(DRAWN, 20), strict=True))


@pytest.mark.parametrize("formula", DRAWN)
def test_it_is_drawn(drawn, formula):
    assert isinstance(drawn[formula], np.ndarray), drawn[formula]
    assert drawn[formula].max() > 200


def sizes(*formulas: str, spaced: bool = True) -> list[tuple[int, int]]:
    """Heights and widths, symbols being about 100 pixels high."""
    return [image.shape for image in draw_printed(formulas, 100, spaced=spaced)]


def test_symbols_are_about_as_high_as_asked_for():
    (digit, capital, small) = sizes("1", "B", "x")
    assert 100 < digit[0] < 107 and 100 < capital[0] < 109 and 68 < small[0] < 74


def test_limits_stand_above_and_scripts_beside():
    (limits, scripts) = sizes(r"\sum \limits _ { i } ^ { n }", r"\sum \nolimits _ { i } ^ { n }")
    assert limits[0] > 1.3 * scripts[0] and limits[1] < scripts[1]


def test_large_operators_are_large_in_display_style():
    display, text = sizes(r"\sum", r"\textstyle \sum")
    assert display[0] > 1.3 * text[0]


def test_delimiters_grow_only_where_they_should():
    plain, grown, one_sided = sizes(
        "( x )", r"\left ( \frac { a } { b } \right )", r"\left . \frac { a } { b } \right )"
    )
    assert grown[0] > 1.8 * plain[0]
    (inner,) = sizes(r"\left . ( x ) + \frac { a } { b } \right |")
    (outer,) = sizes(r"\left ( ( x ) + \frac { a } { b } \right |")
    assert one_sided[0] > 1.8 * plain[0] and inner[1] < outer[1]


def test_spaces_are_those_of_tex_and_can_be_taken_out():
    relation, product, wide = sizes("x = y", "x y", r"x \quad y")
    assert relation[1] > product[1] + 100 and wide[1] == pytest.approx(product[1] + 155, abs=3)  # 10 pt
    assert sizes("x y", spaced=False) == sizes(r"x \quad y", spaced=False)


def test_what_has_no_width_lies_under_what_follows():
    slashed, plain, struck = sizes(r"\rlap { / } D", "D", r"\not D")
    assert slashed[1] == pytest.approx(plain[1], abs=12) and struck[1] == pytest.approx(plain[1], abs=12)
    assert slashed[0] > plain[0] < struck[0]


def test_arrows_are_as_long_as_what_stands_over_them():
    short, long = sizes(r"\xrightarrow { n }", r"\xrightarrow { n n n n n n }")
    assert long[1] > short[1] + 200


def test_alphabets_differ():
    images = draw_printed([r"\mathrm { B }", "B", r"\mathbf { B }", r"\mathcal { B }", r"\mathbb { B }"], 30)
    assert len({image.tobytes() for image in images}) == 5


@pytest.mark.parametrize(
    ("formula", "reason"),
    [(r"\frac { a", "not valid LaTeX"), ("", "nothing to draw"), (r"\rule { 1 c m } { 1 c m }", "a rule")],
)
def test_what_cannot_be_drawn_says_why(formula, reason):
    with pytest.raises(NoDrawing, match=reason):
        typst_of(formula)


def test_no_character_means_anything_to_typst():
    """What is code or markup there is a sign here."""
    for text in (r"\# \$ \_ \&", r'\text { " ] ) ; }', "a / b ; c , d", "` @ ~ * <", r"\backslash"):
        (image,) = draw_printed([text], 20)
        assert isinstance(image, np.ndarray), (text, image)
