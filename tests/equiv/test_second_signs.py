r"""Second signs of one notion: ``\cup`` between statements, ``\neg`` and bars, letters as units, raised letters o."""

from __future__ import annotations

import pytest

from hmer_suite.equiv.decide import decide
from hmer_suite.equiv.verdict import DIFFERENT, EQUAL, UNDECIDED

EQUAL_PAIRS = [
    (r"t<4\cup t>7", r"t>7\vee t<4"),
    (r"t<4\cup t>7", r"t\in(-\infty,4)\cup(7,\infty)"),
    (r"t<4\cap t>0", "0<t<4"),
    (r"t=5\cup t=8", r"t\in\{5,8\}"),
    (r"0<t<1\cup4<t<5", r"t\in(0,1)\cup(4,5)"),
    (r"t\geq3\cup t\leq-3", r"|t|\geq3"),
    (r"M\cup N=K\cup L", r"L\cup K=N\cup M"),
    (r"45\overset{\circ}{}", r"45^\circ"),
    (r"45\mathring{}", r"45^\circ"),
    (r"\raisebox{3pt}{$t=4$}", "t=4"),
    (r"\lim_{t\to+0}h(t)", r"\lim_{t\to0^+}h(t)"),
    (r"t\to-0", "t\\to0-"),
    (r"KL||MN", r"KL\mid\mid MN"),
    (r"\lim_{t\to0}3", "3"),
    (r"12^\circ20'", r"12.\overline{3}^\circ"),
    (r"\operatorname*{arg\,max}_tg(t)", r"\arg\max_tg(t)"),
    (r"v^{'3}", "v'^3"),
    (r"\left\{\begin{array}{ll}t&t>1\\1&t\le1\end{array}\right.", r"\begin{cases}t&t>1\\1&t\le1\end{cases}"),
    (r"\left.\begin{array}{l}t=1\\s=2\end{array}\right\}", r"\begin{rcases}t=1\\s=2\end{rcases}"),
    (r"\begin{array}{l}t=1\\s=2\end{array}", r"\begin{aligned}t&=1\\s&=2\end{aligned}"),
    (r"\max_tg(t)", r"\max_sg(s)"),
]
UNDECIDED_PAIRS = [
    (r"M\subset N\cup K\subset L", r"K\subset L\cup M\subset N"),
    (r"M=N\cup K=L", r"M=K\cup N=L"),
    (r"t\in M\cup t\in N", r"t\in M\cup N"),
    (r"\mathbf{KL}", r"\vec{KL}"),
    (r"2\mathbf{KL}=\mathbf{MN}", r"2\overrightarrow{KL}=\overrightarrow{MN}"),
    (r"\colorbox{red}{t=4}", "t=4"),
    (r"\raisebox{3pt}{t=4}", "t=4"),
    ("45^o", r"45^\circ"),
    (r"45\overset{o}{}", r"45^\circ"),
    (r"\cos60^{\text{o}}", r"\frac12"),
    (r"0,\overline{6}", r"\frac23"),
    (r"M\subset N", r"M\subsetneq N"),
    (r"M\not\subset N", r"M\nsubseteq N"),
    (r"M\subsetneq N", r"M\subsetneqq N"),
    (r"\triangle KLM\cong\triangle PQR", r"\triangle KLM\equiv\triangle PQR"),
    (r"\triangle KLM\sim\triangle PQR", r"\triangle KLM\backsim\triangle PQR"),
    (r"M\oplus N", r"M\veebar N"),
    ("q'", r"\neg q"),
    (r"\overline q", r"\neg q"),
    (r"\overline{KL}", r"\overline K+\overline L"),
    (r"\overline{v_1+v_2}", r"\overline{v_1}+\overline{v_2}"),
    (r"W=\hbar\omega", r"W=\frac h{2\pi}\omega"),
    (r"\int_0^1h", r"\int_0^1h(t)dt"),
    (r"\mathbb EY", "E[Y]"),
    (r"\text{lcm}(k,m)", "[k,m]"),
    (r"\gcd(k,m)", "(k,m)"),
    (r"\ker h", r"\text{Ker}h"),
    (r"\arg v", r"\operatorname{Arg}v"),
    (r"Y\sim N(4,9)", r"Y\sim\mathcal N(4,9)"),
    (r"t\searrow0", r"t\to0^+"),
    ("10^{-3}m", r"1\text{ mm}"),
    ("4km", r"4000\text{ m}"),
    ("4m/s", r"4\text{ m/s}"),
    ("t_{1/2}=4", "t_{1,2}=4"),
    ("v_k=3k", "v(k)=3k"),
    (r"M=\{3k:k\in\mathbb Z\}", r"M=\{t:t=3k,k\in\mathbb Z\}"),
    (r"S_{\Delta KLM}=7", r"S_{\triangle MKL}=7"),
    ("k:l:m=2:3:5", "k:l:m=4:6:10"),
    (r"m\angle K=60^\circ", r"\angle K=60^\circ"),
    (r"v\propto t", "v=kt"),
    (r"\lim_{t\to0}h", r"\lim_{t\to\infty}h"),
    (r"\lim_{t\to0}y", "y"),
    (r"\max_tg", r"\max_sg"),
    ("4.000", "4000"),
    ("t=12.345,67", "t=12345.67"),
    (r"D=\triangle", r"D=\Delta"),
    (r"\odot K", r"\bigodot K"),
    (r"v^\star", "v^*"),
    (r"\cos\angle KLM", r"\cos L"),
    ("36cm^2", r"36\mathrm{cm}^2"),
    ("15℃", r"15^\circ\text{C}"),
]
DIFFERENT_PAIRS = [
    (r"t<4\cup t>7", r"t<4\cap t>7"),
    (r"t<4\cup t>7", r"t<4\cup t>8"),
    (r"\mathbf{KL}", r"\vec{LK}"),
    (r"\mathbf{KL}", "KL"),
    (r"\vec{}", r"\mathbf{KL}"),
    (r"\colorbox{red}{t=4}", "t=5"),
    ("45^o", r"50^\circ"),
    ("45^o", "45"),
    (r"t\overset{2}{}", r"\frac t2"),
    (r"1,\bar t", "4"),
    (r"M\subseteq N", r"M\subsetneq N"),
    (r"\triangle KLM\cong\triangle PQR", r"\triangle KLM\sim\triangle PQR"),
    ("q'", r"\neg t"),
    (r"\overline{s+t}", r"\overline s+\overline v"),
    ("h", r"\hbar"),
    (r"\int_0^1h", r"\int_0^2h(t)dt"),
    ("E(Y)", "D(Y)"),
    ("[k,m]", r"\gcd(k,m)"),
    (r"\ker h", r"\text{Ker}g"),
    (r"Y\sim N(4,9)", r"Y\sim\mathcal N(9,4)"),
    (r"\lim_{t\to-0}h(t)", r"\lim_{t\to0^+}h(t)"),
    ("4m", r"4\text{ s}"),
    ("t_{1/2}", "t_{1/3}"),
    (r"k\mid\mid m", r"k\mid m"),
    ("g_1(t)", "g_2(t)"),
    (r"\{3k:k\in\mathbb Z\}", r"\{4k:k\in\mathbb Z\}"),
    (r"S_{\Delta KLM}=7", r"S_{\triangle KLN}=7"),
    ("k:l:m=2:3:5", "k:l:m=4:6:9"),
    (r"m\angle K=60^\circ", r"\angle L=60^\circ"),
    (r"v\propto t", r"v\propto t^2"),
    ("4.000", "5000"),
    (r"D=\triangle", r"D=2\Delta"),
    (r"\odot K", r"\bigodot L"),
    (r"\cos\angle KLM", r"\cos K"),
    ("36cm^2", r"36\mathrm{cm}^3"),
    (r"12^\circ20'", r"12.\overline{2}^\circ"),
    ("0.400", "400"),
]


@pytest.mark.parametrize(("one", "other"), EQUAL_PAIRS)
def test_the_same_by_a_second_sign(one, other):
    assert decide(one, other).verdict == decide(other, one).verdict == EQUAL


@pytest.mark.parametrize(("one", "other"), UNDECIDED_PAIRS)
def test_perhaps_the_same_by_a_second_sign(one, other):
    assert decide(one, other).verdict == decide(other, one).verdict == UNDECIDED


@pytest.mark.parametrize(("one", "other"), DIFFERENT_PAIRS)
def test_a_neighbour_stays_different(one, other):
    assert decide(one, other).verdict == decide(other, one).verdict == DIFFERENT
