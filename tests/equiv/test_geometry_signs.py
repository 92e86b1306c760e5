r"""Signs of geometry, of vectors and of matrices: two of one notion are no difference, other points or letters are."""

from __future__ import annotations

import pytest

from hmer_suite.equiv.decide import decide
from hmer_suite.equiv.verdict import DIFFERENT, EQUAL, UNDECIDED

EQUAL_PAIRS = [
    (r"\vartriangle KLM", r"\triangle KLM"),
    (r"\overset{\frown}{KL}", r"\wideparen{KL}"),
    (r"\angle KLM", r"\angle MLK"),
]
UNDECIDED_ANGLES = [
    (r"m\angle KLM", r"\angle KLM"),
    (r"m\angle KLM=40^\circ", r"\angle KLM=40^\circ"),
    (r"\sphericalangle KLM", r"\angle KLM"),
    (r"\measuredangle KLM", r"\measuredangle MLK"),
    (r"K\hat LM=40^\circ", r"\angle KLM=40^\circ"),
    (r"K\hat LM", r"\widehat{MLK}"),
    (r"\angle\mathrm{KLM}=40^\circ", r"\angle KLM=40^\circ"),
    (r"\angle L=40^\circ", r"L=40^\circ"),
    (r"\angle KLM=40^\circ", r"L=40^\circ"),
    (r"\angle(\vec v,\vec w)", r"\angle(\vec w,\vec v)"),
    (r"(\widehat{\vec v,\vec w})", r"\angle(\vec v,\vec w)"),
    (r"\cos\langle\vec v,\vec w\rangle", r"\cos\angle(\vec w,\vec v)"),
    (r"\angle KLM=90^\circ", r"KL\perp LM"),
    (r"\angle K\cong\angle L", r"\angle K=\angle L"),
]
UNDECIDED_LINES = [
    (r"\overset{\frown}{KL}+\overset{\frown}{LK}=360^\circ", r"2\overset{\frown}{KL}=360^\circ"),
    (r"\overset{\frown}{KL}", r"\widehat{LK}"),
    (r"\overline{KL}\cong\overline{MN}", "KL=MN"),
    (r"m\overline{KL}=3", r"\overline{KL}=3"),
    (r"\overleftrightarrow{KL}\parallel\overleftrightarrow{MN}", r"LK\parallel MN"),
    (r"\overline{KL}^2+\overline{LM}^2=\overline{KM}^2", "KL^2+LM^2=KM^2"),
    (r"3\overline{KL}=\overline{MN}", "3KL=MN"),
    (r"|\overrightarrow{KL}|^2", "KL^2"),
    ("d(K,L)=3", "KL=3"),
    (r"\triangle KLM///\triangle NPQ", r"\triangle KLM\sim\triangle NPQ"),
    (r"\triangle KLM|||\triangle NPQ", r"\triangle KLM\sim\triangle NPQ"),
    (r"u\parallel v\parallel w", r"u\parallel w\parallel v"),
    (r"u\parallel v,v\parallel w", r"u\parallel v\parallel w"),
    (r"K\cong L\cong M", r"K\cong M\cong L"),
    (r"S_{\triangle KLM}", "S_{KLM}"),
    ("[KLM]=7", r"S_{\triangle KLM}=7"),
    (r"\odot M", r"\text{circle }M"),
    (r"\triangle s=7", r"\Delta s=7"),
]
DIFFERENT_LINES = [
    (r"\widehat{KLM}=40^\circ", r"\widehat{KLN}=40^\circ"),
    (r"m\angle KLM", r"\angle LKM"),
    (r"\angle L=40^\circ", r"M=40^\circ"),
    (r"\angle KLM=40^\circ", r"KL\perp LM"),
    (r"\angle KLM=90^\circ", r"KL\perp KM"),
    (r"\angle(\vec v,\vec w)", r"\angle(\vec v,\vec u)"),
    (r"\angle K\cong\angle L", r"\angle K=\angle M"),
    (r"\overset{\frown}{KL}", r"\overset{\frown}{KM}"),
    (r"\overleftrightarrow{KL}", r"\overleftrightarrow{KM}"),
    (r"\overleftrightarrow{KL}", r"\overline{KL}"),
    (r"\overline{KL}^2=\overline{MN}^2", "KL^2=MP^2"),
    ("d(K,L)=3", "KM=3"),
    (r"\triangle KLM|||\triangle NPQ", r"\triangle KLM\sim\triangle NPR"),
    (r"u\parallel v\parallel w", r"u\parallel v\parallel t"),
    (r"u\parallel v,v\parallel w", r"u\parallel v,t\parallel w"),
    (r"S_{\triangle KLM}", "S_{KLN}"),
    ("[KLM]=7", r"S_{\triangle KLM}=5"),
    (r"\triangle s=7", r"\Delta t=7"),
]


@pytest.mark.parametrize(("a", "b"), EQUAL_PAIRS)
def test_equal(a: str, b: str) -> None:
    assert decide(a, b).verdict == EQUAL


@pytest.mark.parametrize(("a", "b"), UNDECIDED_ANGLES + UNDECIDED_LINES)
def test_no_difference_rests_on_the_sign(a: str, b: str) -> None:
    assert decide(a, b).verdict == UNDECIDED


@pytest.mark.parametrize(("a", "b"), DIFFERENT_LINES)
def test_others_differ(a: str, b: str) -> None:
    assert decide(a, b).verdict == DIFFERENT
