"""Answers given in two ways: statements, lists and sets; values of inverse functions, nested roots, cut integrals."""

import pytest

from hmer_suite.equiv.decide import decide
from hmer_suite.equiv.verdict import DIFFERENT, EQUAL, UNDECIDED


def verdicts(one: str, other: str) -> set[str]:
    """The verdicts for a pair in both orders."""
    return {decide(one, other).verdict, decide(other, one).verdict}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (r"\arcsin\frac{\sqrt2}2", r"45^\circ"),
        (r"\arccos(-1)", r"\pi"),
        (r"\arctan(-\sqrt3)", r"-\frac\pi3"),
        (r"\arccos(-w)", r"\pi-\arccos w"),
        (r"\arcsin\frac14+\arccos\frac14", r"\frac\pi2"),
        (r"\sqrt{9-4\sqrt5}", r"\sqrt5-2"),
        (r"\sqrt{8+2\sqrt{15}}", r"\sqrt3+\sqrt5"),
        (r"\tan\frac w2", r"\frac{1-\cos w}{\sin w}"),
        (r"\cos w", r"1-2\sin^2\frac w2"),
        (r"\int_p^qh(w)\,dw+\int_q^rh(w)\,dw", r"\int_p^rh(w)\,dw"),
        (r"\int_1^3h(w)\,dw", r"\int_1^8h(w)\,dw-\int_3^8h(w)\,dw"),
        (r"(v,w)=(4,-5)", r"\begin{cases}v=4\\w=-5\end{cases}"),
        (r"w=4\text{ or }7", r"(w-4)(w-7)=0"),
        (r"\begin{cases}v+w=7\\v-w=2\end{cases}", r"\{\begin{array}{l}v-w=2\\v+w=7\end{array}"),
    ],
)
def test_equal(one, other):
    assert verdicts(one, other) == {EQUAL}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (r"\arcsin\frac14", r"\frac\pi6"),
        (r"\arcsin3", r"\frac\pi2"),
        (r"\sqrt{9-4\sqrt5}", r"2-\sqrt5"),
        (r"\cos(\arccos w)", "w"),
        (r"\int_p^qh(w)\,dw+\int_r^sh(w)\,dw", r"\int_p^sh(w)\,dw"),
        (r"(v,w)=(4,-5)", r"\begin{cases}v=4\\w=5\end{cases}"),
        ("w=4,7", r"\{4,8\}"),
        ("w>4", r"\{w\mid w>5\}"),
        ("w>4", r"(5,\infty)"),
        (r"w=4\text{ or }7", "w=7,5"),
        (r"B=\{4\}", r"\{4\}"),
        (r"\operatorname{rank}(B)", r"\operatorname{rank}(D)"),
        (r"\operatorname{dist}(v,w)", r"\operatorname{dist}(v,p)"),
        (r"b_{5n}=3", r"b_{5n}=4"),
        (r"E[Y^k]", r"E[y^k]"),
    ],
)
def test_different(one, other):
    assert verdicts(one, other) == {DIFFERENT}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("w>4", r"\{w\mid w>4\}"),
        ("w=4,7", r"\{7,4\}"),
        (r"w\in\{4,7\}", r"\{4,7\}"),
        (r"w=4\text{ and }7", "w=4,7"),
        (r"w=4\text{ or }7", "w=7,4"),
        ("v=4,w=5", "(4,5)"),
        (r"\mathbb N", r"\{1,2,3,\ldots\}"),
        (r"\mathbb R^+", r"(0,\infty)"),
        (r"\text{no solution}", r"\emptyset"),
        (r"\operatorname{rank}(B)", r"\operatorname{rank}(B^T)"),
        (r"\operatorname{span}(w)", r"\operatorname{span}(2w)"),
        (r"\operatorname{cov}(V,W)", r"\operatorname{cov}(W,V)"),
        (r"\operatorname{rank}(B)=k", r"\operatorname{rank}(B^T)=k"),
        ("C(m,k)", r"\binom mk"),
        (r"\int_1^2\frac1w\,dw", r"\int_1^{-1}\frac1w\,dw+\int_{-1}^2\frac1w\,dw"),
    ],
)
def test_perhaps_the_same(one, other):
    assert verdicts(one, other) == {UNDECIDED}
