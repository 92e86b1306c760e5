r"""Notation that two authors, or two hands, write in two ways: what is read alike, and what proves no difference.

Beside each kind stand neighbours that stay DIFFERENT.
"""

from __future__ import annotations

import pytest

from hmer_suite.equiv.decide import decide
from hmer_suite.equiv.verdict import DIFFERENT, EQUAL, UNDECIDED

ALIKE = {
    "a plus after a function without an argument": [
        (r"\tan+\cot", r"\cot+\tan"),
        (r"p\cos+q\sin", r"q\sin+p\cos"),
        (r"\operatorname{min}-\operatorname{max}", r"\min-\max"),
        (r"\mathrm{cos}-w", r"\cos-w"),
        (r"\cos-w", r"\cos(-w)"),
        (r"\max A-\min B", r"-\min B+\max A"),
    ],
    "colours": [
        (r"p\textcolor{blue}{+}q", "p+q"),
        (r"p\textcolor{blue}{=}q", "q=p"),
        (r"\textcolor{blue}{4}7", "47"),
        (r"\textcolor{blue}{(}p+q\textcolor{blue}{)}r", "(p+q)r"),
        (r"\textcolor{blue}{\cos}w", r"\cos w"),
        (r"\int w^2\textcolor{green}{d}w", r"\int w^2\,dw"),
        (r"\colorbox{yellow}{$p+q$}", "q+p"),
    ],
    "fonts switched on inside a row": [
        (r"p+\bf q", r"p+\mathbf q"),
        (r"\bf P\bf w=q", r"\mathbf{Pw=q}"),
        (r"p+\it q", "p+q"),
    ],
    "fonts around accents": [(r"\mathbf{\hat n}", r"\hat{\mathbf n}")],
    "accents": [
        (r"\overset{\to}{w}", r"\vec w"),
        (r"\overset{\sim}{w}", r"\tilde w"),
        (r"\stackrel{\wedge}{w}", r"\hat w"),
        (r"\dot{\dot w}", r"\ddot w"),
        (r"p\stackrel{?}{=}q", r"p\overset{\:?}{=}q"),
    ],
    "derivatives with a slash": [
        ("dw/dt", r"\frac{dw}{dt}"),
        (r"\partial^2h/\partial w^2", r"\frac{\partial^2h}{\partial w^2}"),
        ("d/dw(w^3)", r"\frac d{dw}w^3"),
    ],
    "rows that go on": [
        (r"\begin{aligned}v&=3+4\\&=7\end{aligned}", "v=3+4=7"),
        (r"v<3+4\\=7", "v<3+4=7"),
        (r"\text{Let }v=7\\=3+4", r"\text{Let }v=7=3+4"),
        (r"\begin{array}{rcl}v&=&3+4\\&=&7\end{array}", "v=3+4=7"),
        (r"\begin{align*}&(p+q)^2\\&=p^2+2pq+q^2\end{align*}", "(p+q)^2=p^2+2pq+q^2"),
    ],
    "names of functions in letters": [
        (r"\operatorname{Var}(Y)", "Var(Y)"),
        (r"\mathrm{rank}(M)=3", "rank(M)=3"),
    ],
    "bars": [(r"\mid w\mid", "|w|"), (r"3\mid w-1\mid=2", "3|w-1|=2"), (r"F_{||}", r"F_\parallel")],
    "signs that bind more tightly than a relation": [
        (r"d\omega=\alpha\wedge\beta", r"\alpha\wedge\beta=d\omega")
    ],
    "operators": [
        (r"\mathop{\lim}_{w\to0}h", r"\lim_{w\to0}h"),
        (r"\mathop{\rm lim}_{w\to0}h", r"\lim_{w\to0}h"),
        (r"\mathop{max}_wh(w)", r"\max_wh(w)"),
    ],
    "one side": [(r"w\to2^+", r"w\to2+")],
    "per mille": [(r"7\text{‰}", "0.007")],
}
NOT_CERTAIN = {
    "a sign after a function": [
        (r"\cos+w", r"\cos w"),
        ("H+exp", "exp+H"),
        (r"\max-\min", r"-\min+\max"),
        ("exp-w", r"\exp(-w)"),
    ],
    "scripts between factors": [("b{}_2N=w", "b_2N=w"), (r"S{}_\Delta K", r"S_\Delta K"), ("P{}_2Q", "P_2Q")],
    "the scope of a font": [
        (r"{\cal R}(w)", r"\cal R(w)"),
        (r"h+{\cal R}(w)", r"h+\cal R(w)"),
        (r"{\bf F}=m", r"\bf F=m"),
    ],
    "forms of a letter": [
        (r"\phi+1", r"\varphi+1"),
        (r"\epsilon>0", "ε>0"),
        (r"\mathbf w", r"\boldsymbol w"),
        (r"\mathcal H=3", r"\mathscr H=3"),
        (r"\mathbf F=m\mathbf g", r"\vec F=m\vec g"),
        (r"3\hat i-\hat k", r"3\mathbf i-\mathbf k"),
        (r"w\in\mathbb Q", r"w\in\mathbf Q"),
        (r"n\in N", r"n\in\mathbb N"),
        (r"\mathbb P(M)", "P(M)"),
        (r"\mathbb P(M)=P", "P(M)=P"),
        ("D(Y)=2", r"\operatorname{Var}(Y)=2"),
        (r"\operatorname{rank}M", "r(M)"),
    ],
    "a word for a letter": [
        (r"\text{speed}=\frac st", r"v=\frac st"),
        (r"\mathrm{Volume}=w^3", "V=w^3"),
        (r"w^2+\text{const}", "w^2+K"),
    ],
    "letters in a font, each in its own": [
        (r"\mathfrak h\mathfrak k", r"\mathfrak k\mathfrak h"),
        (r"\frac{\mathfrak h}{\mathfrak k}", r"\mathfrak h\mathfrak k^{-1}"),
        (r"\mathcal R\mathcal S_2=5", r"\mathcal S_2\mathcal R=5"),
    ],
    "commas in an index": [("b_{2,1}", "b_{21}"), ("b_{m,n}", "b_{mn}")],
    "struck-out parts": [(r"\frac{\cancel3w}{\cancel3}", "w"), (r"\cancel w", "w")],
    "braces with what stands at their tips": [
        (r"\underbrace{p+q}_{n}", "p+q"),
        (r"\overbrace{p+q}^{2}", "p+q"),
        (r"\underbrace{w+\cdots+w}_{n}", "nw"),
    ],
    "angles": [
        (r"\widehat{KLM}=40^\circ", r"\angle KLM=40^\circ"),
        (r"\hat L=40^\circ", r"\angle KLM=40^\circ"),
        ("<K=40^\\circ", r"\angle K=40^\circ"),
    ],
    "large operators": [(r"\prod_kw_k", r"\Pi_kw_k")],
    "derivatives": [("w'=3t", "dw/dt=3t"), ("w''+w=0", r"\frac{d^2w}{dt^2}+w=0")],
    "choices": [("6C2", "15")],
    "least common multiples": [("[6,8]=24", r"\operatorname{lcm}(6,8)=24")],
    "limits from one side": [(r"w\downarrow2", r"w\to2^+")],
    "unit matrices": [("M^{-1}M", "E"), ("MM^{-1}=I", "M^{-1}M=I")],
    "relations with a label": [(r"p\overset{!}{=}q", r"q\overset{!}{=}p")],
    "points": [("K(3,1)", "K=(3,1)")],
    "dots": [(r"w+\cdots+w", "nw")],
    "a side, or a proposition": [(r"K=L\wedge M", r"L\wedge M=K")],
}
APART = [
    (r"\tan w+\cot w", r"\tan w+\sec w"),
    (r"\textcolor{blue}{4}7", "48"),
    (r"p\textcolor{blue}{+}q", "p-q"),
    (r"p+\bf q", "p+q"),
    (r"p+\cal Q", "p+Q"),
    (r"{\cal R}(w)", r"\cal T(w)"),
    (r"\phi+1", r"\varphi+2"),
    (r"\phi+\varphi", r"2\phi"),
    (r"\mathbf w", "w"),
    (r"\vec w", r"\hat w"),
    (r"\mathbf F=m\mathbf g", r"\vec F=m\vec h"),
    (r"\mathcal H", "H"),
    (r"\mathfrak{so}_3", r"\mathfrak{su}_3"),
    (r"\mathbb{RP}^2", r"\mathbb{RP}^4"),
    (r"n\in N", r"n\in\mathbb Z"),
    (r"\text{speed}=5", "v=6"),
    (r"\text{cost}=5", r"\text{gain}=5"),
    ("b_{m,n}", "b_{m,k}"),
    (r"\underbrace{p+q}_{n}", "p+r"),
    (r"\overbrace{p+q}^{2}", "(p+q)^2"),
    (r"\widehat{KLM}=40^\circ", r"\angle LKM=40^\circ"),
    ("dw/dt", "dw/ds"),
    (r"\begin{aligned}v&=3+4\\&=7\end{aligned}", "v=3+4=8"),
    (r"v=1\\=2", r"v=1\\w=2"),
    (r"\operatorname{Var}(Y)", "Var(Z)"),
    (r"\mid w\mid", "w"),
    (r"\mid w\mid", r"\mid v\mid"),
    ("F_{||}=w", r"F_\parallel=2w"),
    ("[6,8]=24", r"\operatorname{lcm}(6,8)=48"),
    (r"w\downarrow2", r"w\to2^-"),
    ("M^{-1}M=E", "M^{-1}M=2E"),
    ("K(3,1)", "K=(3,2)"),
    (r"\overset{\to}{w}", "w"),
    (r"p\overset{!}{=}q", r"p\overset{!}{=}r"),
    (r"7\text{‰}", "0.07"),
    ("1+2+\\cdots+n", "1+2+\\cdots+m"),
]


def _pairs(kinds: dict[str, list[tuple[str, str]]]) -> list[tuple[str, str]]:
    return [pair for pairs in kinds.values() for pair in pairs]


@pytest.mark.parametrize(("one", "other"), _pairs(ALIKE))
def test_two_ways_of_writing_one_thing_are_equal(one: str, other: str):
    assert decide(one, other).verdict == decide(other, one).verdict == EQUAL


@pytest.mark.parametrize(("one", "other"), _pairs(NOT_CERTAIN))
def test_what_may_be_the_same_is_undecided(one: str, other: str):
    assert decide(one, other).verdict == decide(other, one).verdict == UNDECIDED


@pytest.mark.parametrize(("one", "other"), APART)
def test_neighbours_stay_different(one: str, other: str):
    assert decide(one, other).verdict == decide(other, one).verdict == DIFFERENT


def test_names_that_letters_spell_stay_letters_before_a_sign():
    assert decide("H+exp", "H+exp").verdict == EQUAL
    assert decide("exp+H", "exp+K").verdict != EQUAL


def test_a_row_in_a_font_is_equal_to_itself_in_another_order():
    assert decide(r"\cal R+w", r"\mathcal{w+R}").verdict == EQUAL
