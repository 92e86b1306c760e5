r"""Commands that few formulas have: they are compared by their canonical spelling, or by a reading of their own."""

from __future__ import annotations

import pytest

from hmer_suite.equiv.decide import decide
from hmer_suite.equiv.verdict import DIFFERENT, EQUAL

ALIKE = [
    (r"\sideset{}{'}\sum_nh_n+k", r"k+\sideset{}{^\prime}\sum_nh_n"),
    (r"\prescript{14}{6}{C}", "{}^{14}_6C"),
    (r"\begin{tabular}{cc}$h$&$2k$\\0&1\end{tabular}", r"\begin{array}{cc}h&k+k\\0&1\end{array}"),
    (r"\begin{flalign*}h&=2k\\m&=n\end{flalign*}", r"\begin{align*}h&=k+k\\m&=n\end{align*}"),
    (r"h+\textcolor[rgb]{1,0,0}{k}", "k+h"),
    (r"\color[HTML]{0000FF}h+k", "k+h"),
    (r"\fcolorbox[rgb]{1,0,0}{1,1,1}{$h+k$}", "k+h"),
    (r"\genfrac(){0pt}{2}{n}{k}", r"\binom nk"),
    (r"\genfrac{}{}{2pt}{}{h}{k}", r"h\div k"),
    (r"m\genfrac(){}{}{h}{k}^2", r"\frac{mh^2}{k^2}"),
    (r"\genfrac[]{0pt}{2}{n}{k}+1", r"1+{n\brack k}"),
    (r"\root 3\of{8h}", r"2h^{\frac13}"),
    (r"\cfrac[l]{h}{2}", r"\frac h2"),
    (r"\cfrac[r]{h}{2+\cfrac[r]{k}{3}}", r"\cfrac{h}{2+\cfrac k3}"),
    (r"\frak g+k", r"k+\mathfrak{g}"),
]
APART = [
    (r"\prescript{14}{6}{C}", r"\prescript{14}{6}{N}"),
    (r"\begin{tabular}{cc}h&k\\0&1\end{tabular}", r"\begin{tabular}{cc}h&2k\\0&1\end{tabular}"),
    (r"\textcolor[rgb]{1,0,0}{h}", "k"),
    (r"\genfrac{}{}{2pt}{}{h}{k}", r"\frac kh"),
    (r"\genfrac(){}{}{h}{k}", r"\genfrac(){}{}{h}{2k}"),
    (r"\root 3\of h", r"\sqrt h"),
    (r"\cfrac[l]{h}{2}", r"\cfrac[l]{h}{3}"),
    (r"\frak{ab}c", r"\mathfrak{abc}"),
    (r"{\frak g}+k", "g+k"),
]


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_alike(one: str, other: str):
    assert decide(one, other).verdict == EQUAL


@pytest.mark.parametrize(("one", "other"), APART)
def test_apart(one: str, other: str):
    assert decide(one, other).verdict == DIFFERENT
