r"""Sets, intervals, logic, systems, sequences: notations of one meaning, and differences that stay certain."""

from __future__ import annotations

import pytest

from hmer_suite.equiv.decide import decide
from hmer_suite.equiv.verdict import DIFFERENT, EQUAL, UNDECIDED

EQUAL_PAIRS = [
    # intervals
    (r"]3;8[", r"(3;8)"),
    (r"t\in]3;8]", r"3<t\le8"),
    (r"]-\infty;4]\cup]6;+\infty[", r"(-\infty,4]\cup(6,\infty)"),
    (r"t\in(-\infty;7\rangle", r"t\le7"),
    (r"\langle3,8)", r"[3,8)"),
    # set builders and bound letters
    (r"\{t\in\mathbb R;t>4\}", r"\{t\in\mathbb R\mid t>4\}"),
    (r"\{t\in\mathbb R,t>4\}", r"\{s\in\mathbb R:s>4\}"),
    (r"\{t\in\mathbb R\text{ s.t. }t>4\}", r"\{t\in\mathbb R\mid t>4\}"),
    (r"\{m^3\mid m\in\mathbb N\}", r"\{n^3\mid n\in\mathbb N\}"),
    (r"\{(s,t)\mid s<2t\}", r"\{(u,v)\mid u<2v\}"),
    (r"s\mapsto3s+t", r"v\mapsto3v+t"),
    (r"\arg\min_sh(s)", r"\arg\min_th(t)"),
    (r"\mathbb E_{s\sim q}[h(s)]", r"\mathbb E_{t\sim q}[h(t)]"),
    (r"(b_m)_{m\in\mathbb N}", r"(b_n)_{n\in\mathbb N}"),
    # progressions
    (r"t\equiv\frac\pi4\pmod\pi", r"t=\frac\pi4+n\pi,n\in\mathbb Z"),
    (r"m\equiv2\pmod5", r"m\equiv-3\pmod5"),
    (r"t=2k\pi\text{ or }t=\pi+2k\pi,k\in\mathbb Z", r"t=n\pi,n\in\mathbb Z"),
    (r"t=45^\circ+k\cdot180^\circ,k\in\mathbb Z", r"t=\frac\pi4+k\pi,k\in\mathbb Z"),
    (r"\{2m+1\mid m\in\mathbb Z\}", r"\{2n-3\mid n\in\mathbb Z\}"),
    # systems
    (r"\left[\begin{array}{l}t=3\\t=5\end{array}\right.", r"t=5\text{ or }t=3"),
    (
        r"\begin{cases}s=1+v\\t=2-v\end{cases}(v\in\mathbb R)",
        r"\begin{cases}s=1+v\\t=2-v\end{cases},v\in\mathbb R",
    ),
    # arrows
    (r"r\wedge s\to t", r"(r\wedge s)\to t"),
    (r"r\to s\vee t", r"r\to(s\vee t)"),
    (r"r\to s\leftrightarrow\neg r\vee s", r"(r\to s)\leftrightarrow(\neg r\vee s)"),
    # algebra of sets
    (r"(K\setminus L)\setminus M", r"K\setminus(L\cup M)"),
    (r"K\setminus L", r"K\setminus(K\cap L)"),
    (r"K\cap K", "K"),
    (r"K\cup\varnothing", "K"),
    (r"K\setminus K", r"\varnothing"),
    # lists and quantifiers
    (r"m,n\in\mathbb N", r"m\in\mathbb N,n\in\mathbb N"),
    (r"s,t<4", r"s<4,t<4"),
    (r"\forall s,t\in M,s+t=t+s", r"\forall s\in M,\forall t\in M,s+t=t+s"),
    (r"\exists t\in M\text{ s.t. }Q(t)", r"\exists t\in M:Q(t)"),
    (r"t^4\ge0\text{ for all }t\in\mathbb R", r"\forall t\in\mathbb R,t^4\ge0"),
    # labels
    (r"H_1:\mu\neq4", r"H_1:4\neq\mu"),
    (r"k:y=3x-2", r"k:3x-y-2=0"),
    ("q:t<5", "q:5>t"),
    # lines of one formula
    (r"\begin{aligned}h(t)&=u+v\\&\quad+w\end{aligned}", "h(t)=u+v+w"),
    (r"\begin{aligned}h(t)&=u+v-\\&w\end{aligned}", "h(t)=u+v-w"),
    (r"\begin{multline}h(t)=u\\-v\end{multline}", "h(t)=u-v"),
    (r"\begin{multline}h(t)=u-\\-v\end{multline}", "h(t)=u-v"),
    # relations and ratios
    (r"t\nleqslant5", "t>5"),
    (r"t\lneqq5", "t<5"),
    (r"K\lhd G", r"G\vartriangleright K"),
    (r"K\varsubsetneq L", r"K\subsetneq L"),
    ("k:l::m:n", "k:l=m:n"),
]
UNDECIDED_PAIRS = [
    (r"3\mathbb Z", r"\{3m\mid m\in\mathbb Z\}"),
    (r"t\in\langle3;8\rangle", r"3\le t\le8"),
    (r"\{h(t)\mid t\in M\}", "h(M)"),
    (r"\{(t,3t)\mid t\in\mathbb R\}", r"\{(s,t)\mid t=3s\}"),
    (r"\mathbb Q^+", r"\mathbb Q_{>0}"),
    (r"\mathbb R_0^+", r"\mathbb R_{\geq0}"),
    (r"\mathbb Q\setminus\{0\}", r"\mathbb Q_{\neq0}"),
    (r"t\in\mathbb Q", r"\mathbb Q"),
    (r"t\ne5", r"\mathbb R\setminus\{5\}"),
    (r"m\in\mathbb N", r"m=1,2,3,\ldots"),
    (r"t_{1,2}=\pm3", r"t_1=3,t_2=-3"),
    (r"t_{1/2}=4\pm1", r"t_1=5,t_2=3"),
    (r"t_1=t_2=6", r"t_{1,2}=6"),
    (r"t=k\pi\text{ or }t=\frac\pi2+k\pi", r"t=\frac{k\pi}2"),
    (r"\begin{cases}s+t=5&(1)\\s-t=3&(2)\end{cases}", r"\begin{cases}s+t=5\\s-t=3\end{cases}"),
    (
        r"\begin{cases}s+t=5&\textcircled1\\s-t=3&\textcircled2\end{cases}",
        r"\begin{cases}s+t=5\\s-t=3\end{cases}",
    ),
    (r"s=2\ \&\ t=3", "s=2,t=3"),
    (r"t^2=9\Rightarrow t=\pm3", r"t^2=9\to t=\pm3"),
    (r"r\leftrightarrow s", r"r\equiv s"),
    (r"\therefore t=2", r"\Rightarrow t=2"),
    (r"(K^c)^c", "K"),
    (r"K\cap\bar L", r"K\setminus L"),
    (r"3t=6\quad|:3", "3t=6"),
    (r"t=2\ \checkmark", "t=2"),
    (r"答：t=2", "t=2"),
    ("A,C,D", "ACD"),
    (r"B,C", r"\text{B and C}"),
    (r"t\in\varnothing", r"\text{no solution}"),
    (r"t=2\text{ oder }t=4", r"t=2\text{ or }t=4"),
    (r"t=2\text{ или }t=4", r"t=2\text{ or }t=4"),
    (r"\lnot(\forall t\in M,t>0)", r"\exists t\in M,t\le0"),
    (r"k:y=3x-2", "y=3x-2"),
    (
        r"h(t)=\begin{cases}1&t\in M\\0&t\notin M\end{cases}",
        r"h(t)=\begin{cases}1&t\in M\\0&\text{otherwise}\end{cases}",
    ),
    (r"b_1,b_2,\ldots,b_m", r"b_1,\ldots,b_m"),
    (r"2,4,\ldots", r"2,4,6,\ldots"),
    (r"k=1,\ldots,m", r"1\le k\le m"),
    (r"1\cdot2\cdot\ldots\cdot m", r"1\cdot2\cdots m"),
    ("b_{n+1}=3b_n+n", "b_n=3b_{n-1}+n-1"),
    (r"\{b_m\}_{m=1}^\infty", r"(b_m)_{m\geq1}"),
    (r"\sum_{k=1}^mt_k", r"\sum_kt_k"),
    (r"\sum_{k=1}^mt_k", r"\sum t_k"),
    ("s:t:v=1:2:4", "v:t:s=4:2:1"),
    (r"s\propto5t", r"s\propto t"),
    (r"\frac{KL}{NP}=\frac{LM}{PQ}", r"\frac{KL}{LM}=\frac{NP}{PQ}"),
    ("KL:KM=1:3", "KM=3KL"),
]
DIFFERENT_PAIRS = [
    (r"]3;8[", "[3;8]"),
    (r"\langle3;8)", r"\langle3;9)"),
    (r"t\in\langle3;8\rangle", r"3\le t\le9"),
    (r"\{t\in\mathbb R;t>4\}", r"\{t\in\mathbb R\mid t>5\}"),
    (r"s\mapsto3s+t", r"t\mapsto3t+t"),
    (r"\{(t,a)\mid t\in\mathbb R\}", r"\{(t,b)\mid t\in\mathbb R\}"),
    (r"\{2m+1\mid m\in\mathbb Z\}", r"\{2n\mid n\in\mathbb Z\}"),
    (r"\mathbb R_{>0}", r"\mathbb R_{\geq0}"),
    (r"\mathbb R^+", r"\mathbb R^-"),
    (r"t_{1,2}=\pm3", r"t_1=4,t_2=-4"),
    (r"m\equiv2\pmod5", r"m\equiv3\pmod5"),
    (r"t=k\pi,k\in\mathbb Z", r"t=2k\pi,k\in\mathbb Z"),
    (r"\left[\begin{array}{l}t=3\\t=5\end{array}\right.", r"t=3\text{ or }t=6"),
    (r"\begin{cases}s+t=5&(1)\\s-t=3&(2)\end{cases}", r"\begin{cases}s+t=5\\s-t=4\end{cases}"),
    (r"r\to s", r"r\Leftrightarrow s"),
    (r"r\to s", r"r\Leftarrow s"),
    (r"r\wedge s\to t", r"r\wedge(s\to t)"),
    (r"K\setminus L", r"L\setminus K"),
    (r"K\cap L^c", r"L\setminus K"),
    (r"3t=6\quad|:3", "3t=9"),
    ("A,C", "AB"),
    (r"s,t<4", r"s,t>4"),
    (r"\forall t\in M:Q(t)", r"\exists t\in M:Q(t)"),
    (r"H_0:\mu=0", r"H_1:\mu=0"),
    (r"k:y=3x-2", "k:y=3x+2"),
    (r"\begin{aligned}s&=1\\-t&=2\end{aligned}", "s=1-t=2"),
    (r"\begin{multline}h(t)=u\\-v\end{multline}", "h(t)=u+v"),
    (r"t\nleqslant5", r"t\geq5"),
    (r"K\lhd G", r"G\lhd K"),
    ("b_{n+1}=3b_n", "b_n=2b_{n-1}"),
    (r"\sum_{k=1}^mt_k", r"\sum_{k=0}^mt_k"),
    ("s:t:v=1:2:4", "s:t:v=1:2:5"),
    ("KL:KM=1:3", "KM=2KL"),
    (r"\{b_m\}_{m=1}^\infty", r"(c_m)_{m\geq1}"),
]


@pytest.mark.parametrize(("one", "other"), EQUAL_PAIRS)
def test_equal(one, other):
    assert decide(one, other).verdict == EQUAL


@pytest.mark.parametrize(("one", "other"), UNDECIDED_PAIRS)
def test_undecided(one, other):
    assert decide(one, other).verdict == UNDECIDED


@pytest.mark.parametrize(("one", "other"), DIFFERENT_PAIRS)
def test_different(one, other):
    assert decide(one, other).verdict == DIFFERENT


@pytest.mark.parametrize(
    ("one", "other"),
    [("s:t=3", "s=3t"), (r"t\to1\wedge s=2", r"s=2\wedge t\to1"), (r"uv", "vu")],
)
def test_everyday_notation_keeps_its_meaning(one, other):
    assert decide(one, other).verdict != DIFFERENT
