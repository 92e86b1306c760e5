r"""Labels of notes and exercises: numbers of items, stops between statements, stray signs, missing brackets, words."""

from __future__ import annotations

import pytest

from hmer_suite.equiv.decide import decide
from hmer_suite.equiv.verdict import DIFFERENT, EQUAL, UNDECIDED

EQUAL_PAIRS = [
    ("t=4或t=7", r"t=4\text{或}t=7"),
    ("8元", r"8\text{元}"),
    (r"\mbox{$t=4$}", "t=4"),
    (r"\fbox{$t=4$}", "t=4"),
    (r"\text{so $t=4$, as $v>7$}", r"\text{so }t=4\text{, as }v>7"),
    ("(2)=t", "2=t"),
    ("(2)(t+1)=6", "2(t+1)=6"),
    ("(3)+t=8", "3+t=8"),
]
UNDECIDED_PAIRS = [
    ("4,t=9", "4.t=9"),
    (r"3t=6,t=2", r"3t=6\Rightarrow t=2"),
    (r"\begin{aligned}3t&=6\\t&=2\end{aligned}", r"3t=6\Rightarrow t=2"),
    ("(4)t=9", "4.t=9"),
    ("(4)t=9", "t=9"),
    ("(4)t=9", "4t=9"),
    ("4、t=9", "4.t=9"),
    ("(4)v_n=n^3", "4)v_n=n^3"),
    (r"KL=3MN.KN=7", "KL=3MN,KN=7"),
    (r"\log_3(1,5)", r"\log_3(1.5)"),
    (r"\cdot v=t-4", "v=t-4"),
    (":v=t-4", "v=t-4"),
    ("、v=t-4", "v=t-4"),
    (r"v=t-4\cdot", "v=t-4"),
    ("=v=t-4", "v=t-4"),
    ("g(t", "g(t)"),
    ("3(t+1=6", "3(t+1)=6"),
    ("(t+4)(t-7", "(t+4)(t-7)"),
    (")3t+1=4", "3t+1=4"),
    ("t>4且t<7", "4<t<7"),
    ("t=4或t=7", r"t=4\text{ or }t=7"),
    (r"t=4\text{ o }t=7", r"t=4\text{ or }t=7"),
    (r"\text{解：}t=4", "t=4"),
    (r"解：t=4", "t=4"),
]
DIFFERENT_PAIRS = [
    ("4,t=9", "4.t=8"),
    (r"3t=6,t=2", r"3t=6\Rightarrow t=3"),
    (r"\mbox{$t=4$}", "t=7"),
    (r"\fbox{$t=4$}", "t=7"),
    ("4.t=9", "5.t=9"),
    (r"KL=3MN.KN=7", "KL=3MN,KN=8"),
    (r"\log_3(1,5)", r"\log_3(1.6)"),
    ("(1,5)", "1.5"),
    (r"\cdot v=t-4", "v=t-5"),
    ("=v=4", "v=7"),
    ("3(t+1=6", "3(t+2)=6"),
    ("(0,4]", "(0,4)"),
    ("4t=9", "t=9"),
    (r"t=4\text{ o }t=7", r"t=4\text{ or }t=8"),
]


@pytest.mark.parametrize(("one", "other"), EQUAL_PAIRS)
def test_what_says_the_same_is_equal(one, other):
    assert decide(one, other).verdict == decide(other, one).verdict == EQUAL


@pytest.mark.parametrize(("one", "other"), UNDECIDED_PAIRS)
def test_a_stray_sign_is_no_certain_difference(one, other):
    assert decide(one, other).verdict == decide(other, one).verdict == UNDECIDED


@pytest.mark.parametrize(("one", "other"), DIFFERENT_PAIRS)
def test_what_else_differs_is_different(one, other):
    assert decide(one, other).verdict == decide(other, one).verdict == DIFFERENT
