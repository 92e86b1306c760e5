"""Slips that people and recognisers make, each mended so that nothing visible is lost or invented."""

from __future__ import annotations

import pytest

from hmer_suite.repairs import repair
from hmer_suite.repairs.slips import mended
from tests.repairs.test_repair import check_promises

ENVIRONMENTS = {
    r"\begin{bmatrx} p & q \end{bmatrx}": r"\begin{bmatrix} p & q \end{bmatrix}",
    r"\begin{vmatix} p \\ q \end{vmatix}": r"\begin{vmatrix} p \\ q \end{vmatrix}",
    r"\begin{cass} p & q \\ r & s \end{cass}": r"\begin{cases} p & q \\ r & s \end{cases}",
    r"\begin{algned} p & q \\ r & s": r"\begin{aligned} p & q \\ r & s \end{aligned}",
    r"\begin{tabular*}{lr} p & q \end{tabular*}": r"\begin{array} { l r } p & q \end{array}",
    r"\begi{cases} p & q \end{cases}": r"\begin{cases} p & q \end{cases}",
    r"\begin{bmatrix} p \\ q \edn{bmatrix}": r"\begin{bmatrix} p \\ q \end{bmatrix}",
    r"p & q \\ r & s \end{vmatrix}": r"\begin{vmatrix} p & q \\ r & s \end{vmatrix}",
    r"| A | = p & q \\ r & s \end{vmatrix}": r"| A | = \begin{vmatrix} p & q \\ r & s \end{vmatrix}",
    r"p & = q \\ r & = s \end{aligned}": r"\begin{aligned} p & = q \\ r & = s \end{aligned}",
}
ENTITIES = {
    "p&lt;3": "p < 3",
    r"3 & l t ; p \le 5": r"3 < p \le 5",
    r"\frac{p &gt; q}{3}": r"\frac { p > q } { 3 }",
    r"\begin{matrix} p &amp; q \end{matrix": r"\begin{matrix} p & q \end{matrix}",
}
CUT_OFF = {
    r"\begin{bmatrix} p \\ q \end{bma": r"\begin{bmatrix} p \\ q \end{bmatrix}",
    r"\begin{cases} p \\ q \end{": r"\begin{cases} p \\ q \end{cases}",
    r"z ^ { \begin{matrix} p \end": r"z ^ { \begin{matrix} p \end{matrix} }",
    r"z + \begin{vm": "z +",
    r"\begin{array} { l l l l l l l l": r"\begin{array} { l l l l l l l l } \end{array}",
    "e^{a^{b^{c^{d^{f^{g^{h^{i^{j^{k": "e ^ { a ^ { b ^ { c ^ { d ^ { f ^ { g ^ { h ^ { i ^ { j ^ { k"
    + " }" * 10,
}
DELIMITERS = {
    r"\left{ p - q \right}": r"\left \{ p - q \right \}",
    r"\left\{ p \right}": r"\left \{ p \right \}",
    r"\biggl{ p \biggr}": r"\biggl \{ p \biggr \}",
    r"\left{\begin{matrix} p \\ q \end{matrix}\right.": r"\left \{ \begin{matrix} p \\ q \end{matrix} \right .",
    r"\left( { p } \right": r"\left ( { p } \right )",
    r"{ \left ( p \right }": r"{ \left ( p \right ) }",
    r"\left\lceil p \right": r"\left \lceil p \right \rceil",
    r"\left[ \left\| p \right \right]": r"\left [ \left \| p \right \| \right ]",
    r"\left\{ \begin{array}{c} p \\ q \end{array} \right": r"\left \{ \begin{array} { c } p \\ q \end{array} \right .",
    r"\left. g ' | _ { 3 }": r"\left . g ' \right | _ { 3 }",
    r"\left. p + q": "p + q",
    r"\left. p + q \right": r"\left . p + q \right |",
    r"p \right. + q": "p + q",
    r"\{ \begin{matrix} p \end{matrix} \right.": r"\left \{ \begin{matrix} p \end{matrix} \right .",
}
NAMES = {
    r"\tanz": r"\tan z",
    r"3\mut^2": r"3 \mu t ^ 2",
    r"p\capq": r"p \cap q",
    r"\mathcalF": r"\mathcal F",
    r"\cosphi": r"\cos \phi",
    r"\alhpa": r"\alpha",
    r"\righ": "",
    r"\left( p \righ )": r"\left ( p \right )",
    r"\infinity": r"\infty",
    r"\hat{p} + \overbar{q}": r"\hat { p } + \bar { q }",
    r"\csch z": r"\operatorname { c s c h } z",
    r"\vect{p}": r"\vec { p }",
}
ROOTS = {
    r"\sqrt [ 5 { z }": r"\sqrt [ 5 ] { z }",
    r"\sqrt [ k } { z } + 1": r"\sqrt [ k ] { z } + 1",
}
TEXT = {
    r"\text{p \ne q}": r"\text { p ~ $ \ne $ ~ q }",
    r"\mbox{kg m^{-2}}": r"\mbox { k g ~ m $ ^ { - 2 } $ }",
    r"\text{CO_{2}}": r"\text { C O $ _ { 2 } $ }",
    r"\text{\beta^2}": r"\text { $ \beta ^ 2 $ }",
    r"\text{p_q $ r^2 $}": r"\text { p \_ q ~ $ r ^ 2 $ }",
    r"\text{\frac{1}{2} m}": r"\text { $ \frac { 1 } { 2 } $ ~ m }",
}
SCRIPTS = {
    r"\sum _ { k = 0 } _ { 9 } k": r"\sum _ { k = 0 } ^ { 9 } k",
    r"\oint ^ { C } ^ { D } f": r"\oint ^ { C } _ { D } f",
    r"\prod \limits _ { k } _ { 9 } k": r"\prod \limits _ { k } ^ { 9 } k",
    "z" + " ^ { 3 }" * 7: "z ^ { 3 }",
    r"z _ { k - 1 = w": "z _ { k - 1 } = w",
    r"z ^ { 3 + w ^ { 3 } = 1": "z ^ { 3 } + w ^ { 3 } = 1",
    r"\sum _ { k = 1 ^ { 9 } k": r"\sum _ { k = 1 } ^ { 9 } k",
    r"\overline P Q }": r"\overline { P Q }",
    r"\hat p } + q": r"\hat { p } + q",
    r"\hat { p } } + q": r"\hat { p } + q",
}
ALL = ENTITIES | ENVIRONMENTS | CUT_OFF | DELIMITERS | NAMES | ROOTS | TEXT | SCRIPTS


@pytest.mark.parametrize(("text", "output"), ALL.items())
def test_slips(text: str, output: str):
    assert repair(text).output == output
    check_promises(text)


@pytest.mark.parametrize(
    "text",
    [
        r"\left { p } \right )",  # these braces are needed as braces
        r"\big { ( } p",
        r"\sqrt [ 3 ] { z } + \text { p $ q ^ 2 $ }",
        r"\int _ 0 ^ 1 \left . p \right |",
    ],
)
def test_what_is_no_slip_stays(text: str):
    assert list(mended(text.split()).tokens) == text.split()


def test_commands_stay_where_unknown_ones_are_permitted():
    assert repair(r"\cosx ^ {2", permit_unknown=True).output == r"\cosx ^ { 2 }"


def test_reasons_say_what_the_slip_was():
    assert "backslash" in repair(r"\left{ p \right\}").edits[0].why
    assert "without a space" in repair(r"1 + \cosz").edits[0].why
    assert "cut off" in repair(r"\begin{cases} p \end{ca").edits[0].why
