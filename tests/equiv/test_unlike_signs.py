r"""Pairs in which each side has a sign that the other lacks: no certain difference where one of them is rare."""

from __future__ import annotations

import pytest

from hmer_suite.equiv.decide import decide
from hmer_suite.equiv.verdict import DIFFERENT, UNDECIDED

UNDECIDED_PAIRS = [
    (r"\#M=7", "|M|=7"),
    (r"\operatorname{foo}t", r"\sin t"),
    (r"\operatorname{Ln}t=4", r"\ln t=4"),
    (r"\surd t", r"\sqrt t"),
    (r"\operatorname{cis}\phi", r"\cos\phi+i\sin\phi"),
    (r"\operatorname{toep}(4,5)", r"\begin{pmatrix}4&5\\5&4\end{pmatrix}"),
    (r"K\bowtie L", r"K\divideontimes L"),
    (r"\Gamma\Vdash\phi", r"\Gamma\Vvdash\phi"),
    (r"h\asymp g", r"h=\Theta(g)"),
    (r"t\leftarrow t+1", "t:=t+1"),
    (r"\complement M", "M^c"),
    (r"\hslash\omega", r"\hbar\omega"),
    (r"\nabla\times M", r"\operatorname{rot}M"),
]
DIFFERENT_PAIRS = [
    (r"M\cup N", r"M\cap N"),
    (r"k\parallel l", r"k\perp l"),
    (r"\bar t", r"\hat t"),
    (r"\forall t", r"\exists t"),
    (r"t_{\max}", r"t_{\min}"),
    (r"\operatorname{foo}t", r"\operatorname{bar}t"),
    (r"\sin t", r"\cos t"),
    (r"\#M", r"\#N"),
    (r"K\trianglelefteq L", r"L\trianglelefteq K"),
    (r"t\in M", r"t\notin M"),
    (r"\sum h", r"\prod h"),
    (r"12\text{ cm}", r"12\text{ kg}"),
]


@pytest.mark.parametrize(("left", "right"), UNDECIDED_PAIRS)
def test_a_rare_sign_against_another_is_no_certain_difference(left: str, right: str):
    assert decide(left, right).verdict == UNDECIDED


@pytest.mark.parametrize(("left", "right"), DIFFERENT_PAIRS)
def test_common_signs_and_other_letters_stay_different(left: str, right: str):
    assert decide(left, right).verdict == DIFFERENT
