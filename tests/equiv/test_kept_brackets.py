r"""Brackets that may say something: square ones after a letter, those of an index, an order, a line, a whole part."""

from __future__ import annotations

import pytest

from hmer_suite.equiv.decide import decide
from hmer_suite.equiv.verdict import DIFFERENT, EQUAL, UNDECIDED

EQUAL_PAIRS = [
    ("h[g(t)]", "h(g(t))"),
    ("h[h(t)-2]", "h(h(t)-2)"),
    ("E[W]", "E(W)"),
    ("P[W>4]", "P(W>4)"),
    (r"\operatorname{Var}[W]", r"\operatorname{Var}(W)"),
    ("h[t_0,t_1]=4", "4=h[t_0,t_1]"),
    (r"\sin[t+s]", r"\sin(t+s)"),
    ("(110)_2", "110_2"),
    (r"W_{(2)}\ge W_{(1)}", r"W_{(1)}\le W_{(2)}"),
    ("T_{(pq)}", "T_{(qp)}"),
    ("z^{(2/3)}", "z^{2/3}"),
    ("3^{(k+1)}", "3^{k+1}"),
    ("z^{(k+2)}-z=0", "z^{(2+k)}=z"),
    (r"(KL)\perp(MN)", r"(MN)\perp(KL)"),
    ("y=(t+2)", "y=t+2"),
    ("y=(4)", "y=4"),
    ("(t+2)(t-2)", "t^2-4"),
    ("4[t+2]", "4t+8"),
    ("[t+s]w", "tw+sw"),
    (r"[t+s]\cdot w", "(t+s)w"),
    ("[t+s]/4", r"\frac{t+s}4"),
    ("w-[t+s]", "w-t-s"),
    ("[t-(s+2)]", "t-s-2"),
    ("[t+2]^2", "(t+2)^2"),
    ("[t+2]=4", "4=[2+t]"),
    (r"\int[t+2]\,dt", r"\int(t+2)dt"),
    (r"\sum_{m=1}^r[v_m+w_m]", r"\sum_{m=1}^r(v_m+w_m)"),
    (r"\lim_{t\to0}[h(t)+w]", r"\lim_{t\to0}(h(t)+w)"),
    (r"\frac{d}{dt}[t^2+t]", r"\frac{d}{dt}(t^2+t)"),
    (r"\left(\frac t2\right)=1", r"\frac t2=1"),
    (r"w=\left(\frac37\right)", r"w=\frac37"),
    (r"\left(\frac37\right)^2=\frac9{49}", r"\frac9{49}=\left(\frac37\right)^2"),
    (r"\left(\binom m4\right)^2", r"\binom m4^2"),
    (r"\left(\begin{array}{c|c}3&4\end{array}\right)", r"\left(\begin{array}{l|r}3&4\end{array}\right)"),
]
UNDECIDED_PAIRS = [
    ("C[2,3]", "C(2,3)"),
    (r"h\in C[p,q]", r"h\in C(p,q)"),
    ("L^p[2,3]", "L^p(2,3)"),
    (r"W\sim U[2,3]", r"W\sim U(2,3)"),
    (r"W\sim\operatorname{Unif}[2,3]", r"W\sim\operatorname{Unif}(2,3)"),
    ("g[t_0,t_1]", "g(t_0,t_1)"),
    (r"\mathbb Q[t]", r"\mathbb Q(t)"),
    ("s[m]=s(mT)", "s(m)=s(mT)"),
    ("g[t]", "g(t)"),
    ("W_{(2)}", "W_2"),
    (r"\mathbb Z_{(q)}", r"\mathbb Z_q"),
    ("b_{(2,4)}", "b_{2,4}"),
    ("b_{(m-1)}", "b_{m-1}"),
    ("T_{[pq]}", "T_{pq}"),
    ("(m)_r", "m_r"),
    (r"\frac{(b)_m}{m!}", r"\frac{b_m}{m!}"),
    ("(t)_+", "t_+"),
    (r"\operatorname{softmax}(w)_j=4", r"\operatorname{softmax}(w_j)=4"),
    (r"\sin(w)_j", r"\sin(w_j)"),
    ("z^{(m-2)}", "z^{m-2}"),
    ("v_j^{(m+1)}(t)", "v_j^{m+1}(t)"),
    (r"\ln^{(2)}m", r"\ln^2m"),
    (r"B_{\alpha;\beta}", r"B_{\alpha,\beta}"),
    ("(KL)=(MN)", "KL=MN"),
    ("[KL]=[MN]", "KL=MN"),
    (r"Q\in[KL]", r"Q\in(KL)"),
    ("d(Q,(KL))", "d(Q,[KL])"),
    (r"(KLM)\perp(Q)", r"KLM\perp Q"),
    (r"(d')\perp d", r"d'\perp d"),
    ("d(Q,(K))=4", "d(Q,K)=4"),
    ("(v_m)", "v_m"),
    ("[4t]", "4t"),
    ("w=[-t]", "w=-t"),
    ("[t+2]=4", "t+2=4"),
    ("[4t]+[t]", "4t+[t]"),
    ("[-3.5]", "-3.5"),
    ("[-3.5]", "-4"),
    (r"[\frac{11}2]", "5"),
    ("[e]", "2"),
    (r"[\sqrt5]", "2"),
    (r"\lfloor m/4\rfloor", "[m/4]"),
    (r"\lfloor t+2\rfloor", "[t+2]"),
    (r"b_{[m/4]}", r"b_{\lfloor m/4\rfloor}"),
    (r"\sum_{r=0}^{[m/4]}b_r", r"\sum_{r=0}^{m/4}b_r"),
    (r"\left(\frac37\right)=-1", r"\frac37=-1"),
    (r"\left(\frac bp\right)\equiv b^{\frac{p-1}2}\pmod p", r"\frac bp\equiv b^{\frac{p-1}2}\pmod p"),
    ("(m)_r", r"\frac{m!}{(m-r)!}"),
    ("(m)_2", "m(m+1)"),
    ("(m)_{r+1}", "(m)_r(m+r)"),
    ("(m)_2", "m(m-1)"),
    ("(1)_m", "m!"),
    (r"m^{\underline r}", r"\frac{m!}{(m-r)!}"),
    (r"m^{\overline r}", r"\frac{(m+r-1)!}{(m-1)!}"),
    ("(m)_r", r"m^{\underline r}"),
    ("(t)_+", r"\max(t,0)"),
    (r"\left(\!\!\binom mr\!\!\right)", r"\binom mr"),
    (r"\left(\!\!{m\choose r}\!\!\right)", r"{m\choose r}"),
    (
        r"\left[\begin{array}{c|cc}5&6&7\\8&9&0\end{array}\right]",
        r"\left[\begin{array}{cc|c}5&6&7\\8&9&0\end{array}\right]",
    ),
]
DIFFERENT_PAIRS = [
    ("C[2,3]", "C[2,4]"),
    ("g[t]", "h(t)"),
    ("g[t]", "g[w]"),
    ("W_{(1)}", "W_{(2)}"),
    ("W_{(1)}", "W_2"),
    ("W_{(1)}", "V_1"),
    ("(m)_r", "(m)_s"),
    ("(m)_r", "n_r"),
    ("z^{(m-2)}", "z^{(m-3)}"),
    ("z^{(m-2)}", "z^{m-3}"),
    (r"\ln^{(2)}m", r"\ln^{(2)}r"),
    (r"B_{\alpha;\beta}", r"B_{\alpha;\gamma}"),
    ("(KL)=(MN)", "(KL)=(MQ)"),
    ("(KL)=(MN)", "KL=MQ"),
    (r"(KL)\perp(MN)", r"(KL)\parallel(MN)"),
    (r"Q\in(K)", r"Q\notin K"),
    ("(v_m)", "w_m"),
    ("[4t]", "5t"),
    ("[4t]", "[5t]"),
    ("[t+2]=4", "t+2=5"),
    ("[t+s]=w", "t+s=r"),
    (r"\lfloor m/4\rfloor", "[m/5]"),
    (r"\operatorname{softmax}(w)_j=4", r"\operatorname{softmax}(w)_m=4"),
    (r"\left(\binom mr\right)", r"\binom ms"),
    (r"\left(\frac37\right)=-1", r"\left(\frac27\right)=-1"),
    (r"m^{\underline r}", r"\frac{s!}{(s-r)!}"),
    (r"m^{\underline3}", "m(m-1)"),
    ("(m)_r", "m+r"),
    ("(m)_r=4", "(n)_s=4"),
    ("(m)_3", "m(m-1)"),
    ("(1)_m", "(m+1)!"),
    ("(t)_+", r"\max(s,0)"),
    (r"\mathbb Q_+", r"\mathbb Q"),
]


@pytest.mark.parametrize(("left", "right"), EQUAL_PAIRS)
def test_equal(left: str, right: str) -> None:
    assert decide(left, right).verdict == EQUAL


@pytest.mark.parametrize(("left", "right"), UNDECIDED_PAIRS)
def test_undecided(left: str, right: str) -> None:
    assert decide(left, right).verdict == UNDECIDED


@pytest.mark.parametrize(("left", "right"), DIFFERENT_PAIRS)
def test_different(left: str, right: str) -> None:
    assert decide(left, right).verdict == DIFFERENT
