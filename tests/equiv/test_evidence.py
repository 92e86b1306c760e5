r"""Kinds of notation in which a verdict must not be concluded: EQUAL where something may differ, DIFFERENT where the
same may be meant; beside each kind neighbours that stay decided."""

from __future__ import annotations

import pytest

from hmer_suite.equiv.decide import decide
from hmer_suite.equiv.verdict import DIFFERENT, EQUAL, UNDECIDED

NOT_EQUAL = {
    "relations without sides": [
        (r"\le", r"\ge", DIFFERENT),
        (r"\subset", r"\supset", DIFFERENT),
        (r"\boxed{<}", r"\boxed{>}", DIFFERENT),
        (r"a_{<}", r"a_{>}", DIFFERENT),
        (r"\overset{\leftarrow}{p}", r"\overset{\rightarrow}{p}", DIFFERENT),
        ("=7", "7=", UNDECIDED),
    ],
    "poles": [
        (r"\frac{s^2-16}{s-4}=8", "s=4", DIFFERENT),
        (r"\frac{2s}{s}=s+2", "s=0", DIFFERENT),
        (r"\frac{s^3}{s^2}\le0", r"s\le0", DIFFERENT),
        (r"\frac1s\ne3", r"1\ne3s", DIFFERENT),
        (r"\frac{\sin w}{\sin w}=\cos w", r"1=\cos w", DIFFERENT),
        (r"\frac{pq}{q}=5", "p=5", UNDECIDED),
    ],
    "constant factors": [
        (r"k\pi=3k", r"k\pi=4k", UNDECIDED),
        (r"k\sqrt2<k", r"k\sqrt3<k", UNDECIDED),
        ("2(p+q)=3(p+q)", "2(p+q)=7(p+q)", UNDECIDED),
    ],
    "what need not commute": [
        (r"\hat a\hat b", r"\hat b\hat a", UNDECIDED),
        (r"\hat a\cdot\hat b", r"\hat b\cdot\hat a", UNDECIDED),
        (r"c^\dagger c", r"cc^\dagger", UNDECIDED),
        ("w^Tz", "zw^T", UNDECIDED),
        (r"w^{\mathrm T}z", r"zw^{\mathrm T}", UNDECIDED),
        (r"U\Sigma V^T", r"V^TU\Sigma", UNDECIDED),
        ("QDQ^{-1}", "D", UNDECIDED),
        ("(ST)^{-1}=T^{-1}S^{-1}", "(ST)^{-1}=S^{-1}T^{-1}", UNDECIDED),
        (r"\delta q", r"q\delta", UNDECIDED),
    ],
    "products of sets": [
        (r"\mathbb Z\times\mathbb R", r"\mathbb R\times\mathbb Z", DIFFERENT),
        (r"[1,2]\times[4,7]", r"[4,7]\times[1,2]", DIFFERENT),
        (r"\{a\}\times\{b\}", r"\{b\}\times\{a\}", DIFFERENT),
        (r"\mathbb C^{2\times4}", r"\mathbb C^{4\times2}", DIFFERENT),
        (r"T^1\times S^2", r"S^2\times T^1", UNDECIDED),
        (r"M_{p\times q}", r"M_{q\times p}", DIFFERENT),
    ],
    "words in italics": [
        (r"\mathit{act}", r"\mathit{cat}", DIFFERENT),
        (r"\mathit{in}", "ni", UNDECIDED),
    ],
    "spaces between numbers": [
        (r"12\ 7", "127", DIFFERENT),
        (r"4\;5", "45", DIFFERENT),
        (r"15\ 250", "15250", UNDECIDED),
    ],
    "segments": [
        (r"\frac{AC}{BC}", r"\frac{AD}{BD}", UNDECIDED),
        (r"\frac{AC}{AB}=2", r"\frac{DC}{DB}=2", UNDECIDED),
    ],
    "temperatures": [
        (r"90^\circ\mathrm C", r"\frac\pi2\mathrm C", DIFFERENT),
        (r"90^\circ C", r"\frac\pi2C", DIFFERENT),
        (r"90\degree C", r"\frac\pi2C", DIFFERENT),
    ],
}
STILL_EQUAL = {
    "relations": [("p>q", "q<p"), (r"A\subset B", r"B\supset A"), (r"p\ne q", r"q\ne p")],
    "poles": [
        (r"\frac2s=5", "2=5s"),
        (r"\frac{s}{s^2+4}=1", "s=s^2+4"),
        (r"\frac{s^2}{s}>0", "s>0"),
        (r"y=\frac1{\frac1p+\frac1q}", r"y=\frac{pq}{p+q}"),
        (r"\frac{s^2-9}{s-3}", "s+3"),
        (r"\frac{p+2}4=\frac q2", "p+2=2q"),
    ],
    "constant factors": [
        (r"(p+q)\pi=2", r"2=\pi p+\pi q"),
        (r"k\pi=3k", r"3k=\pi k"),
        (r"2p=4q", "p=2q"),
    ],
    "what commutes": [
        ("3p\\cdot2", "6p"),
        ("CD", "DC"),
        (r"\hat ax", r"x\hat a"),
        ("2w^Tz", r"w^T2z"),
        (r"\frac12\hat a\hat b", r"\frac{\hat a\hat b}2"),
        ("p^{-1}q", "qp^{-1}"),
    ],
    "products of numbers": [(r"m\times n", "nm"), (r"10^{2\times3}", "10^6"), (r"4\times5", "20")],
    "letters in italics": [(r"\mathit{p}q", "pq")],
    "groups of digits": [(r"15\,250", "15250"), (r"2\ p", "2p"), (r"0.123\,456", "0.123456")],
    "segments": [
        (r"\frac{AC}{BC}", r"\frac{CA}{CB}"),
        ("AC+AD", "A(C+D)"),
        (r"\frac{ac}{bc}", r"\frac ab"),
    ],
    "degrees": [
        (r"45^\circ", r"\frac\pi4"),
        (r"15\,^\circ\mathrm C", r"15^\circ\mathrm C"),
        (r"15^\circ\text{C}", r"15^\circ\mathrm{C}"),
    ],
    "spellings": [
        (r"\bar v", r"\overline v"),
        (r"\hat v", r"\widehat v"),
        (r"\vec{PQ}", r"\overrightarrow{PQ}"),
        (r"p,\cdot\cdot\cdot,q", r"p,\cdots,q"),
        (r"7\mathrm{~kg}", r"7\,\mathrm{kg}"),
        (r"\textcolor{blue}{v+1}", "v+1"),
        (r"p\nleq q", "p>q"),
        (r"\text{Answer: }v=3", r"\text{Answer: }3=v"),
        ("v_{}", "v"),
        ("{pq}_k", "pq_k"),
    ],
}
NOT_DIFFERENT = {
    "known functions": [
        (r"\operatorname{lcm}(4,6)", "12"),
        (r"\operatorname{floor}(3.7)", "3"),
        (r"\Gamma(5)", "24"),
        (r"\gcd(12,18)", r"\gcd(18,30)"),
        ("C_6^2", "15"),
        ("A_5^2", "20"),
        (r"\overline{1+\mathrm i}", r"1-\mathrm i"),
        (r"10^\circ15'", r"10.25^\circ"),
        ("(1101)_2", "13"),
    ],
    "words": [
        (r"\text{False}", "False"),
        (r"3\pi\text{ mm}", r"3\pi mm"),
        (r"5\times2\text{ kg}", r"10\text{ kg}"),
    ],
    "Unicode": [("σ", r"\sigma"), ("p≥q", r"p\geq q"), ("p∈B", r"p\in B")],
    "another kind": [
        (r"\{p\mid p<1\}", r"(-\infty,1)"),
        (r"\{\pm3\}", r"\{3,-3\}"),
        ("p=4,5", "p=4,p=5"),
        (r"\{1,2\}\cup\{4\}", r"\{1,2,4\}"),
        (r"\begin{cases}p&p\ge0\\-p&p<0\end{cases}", "|p|"),
        ("0,3", r"\frac3{10}"),
        ("2.5e4", "25000"),
        ("4'500", "4500"),
        (r"p=\pm6", "p=6,-6"),
        (r"p\ne4", r"p<4\text{ or }p>4"),
    ],
    "commands that are not known": [(r"\N", r"\mathbb N"), (r"\arcosh v", r"\operatorname{arcosh}v")],
}
STILL_DIFFERENT = [
    ("f(2)", "5"),
    (r"\det A", r"\det B"),
    (r"\text{up}", r"\text{pu}"),
    (r"3\text{ kg}", r"3\text{ g}"),
    ("C_6^2", "C_7^2"),
    (r"\{1,2\}", r"\{1,3\}"),
    ("62_8", "628"),
    ("p{2", "p{3"),
    ("p=2+2=4", "p=2+2=6"),
    ("p=4=4", "p=q=4"),
]


def flat(kinds):
    return [case for cases in kinds.values() for case in cases]


@pytest.mark.parametrize(("one", "other", "verdict"), flat(NOT_EQUAL))
def test_what_may_differ_is_not_equal(one, other, verdict):
    assert decide(one, other).verdict == decide(other, one).verdict == verdict


@pytest.mark.parametrize(("one", "other"), flat(STILL_EQUAL))
def test_neighbours_stay_equal(one, other):
    assert decide(one, other).verdict == decide(other, one).verdict == EQUAL


@pytest.mark.parametrize(("one", "other"), flat(NOT_DIFFERENT))
def test_what_may_be_the_same_is_not_different(one, other):
    assert decide(one, other).verdict != DIFFERENT
    assert decide(other, one).verdict != DIFFERENT


@pytest.mark.parametrize(("one", "other"), STILL_DIFFERENT)
def test_neighbours_stay_different(one, other):
    assert decide(one, other).verdict == decide(other, one).verdict == DIFFERENT


@pytest.mark.parametrize(
    "formula",
    [
        r"2.\dot5.7",
        r"2.\dot57.\dot8",
        r"1{,}0002.\dot4",
        r"1{,}5.2",
        r"\frac d{ds}\frac d{dt}q",
        r"\frac{d^2}{ds^2}\frac d{dt}q",
        ">",
        "=",
        r"\text{so}",
        r"p^{}_{}",
    ],
)
def test_any_formula_gets_a_verdict(formula):
    assert decide(formula, "p+q").verdict != EQUAL


def test_mixed_derivatives_in_another_order_are_no_difference():
    assert decide(r"\frac d{ds}\frac d{dt}q", r"\frac d{dt}\frac d{ds}q").verdict != DIFFERENT
