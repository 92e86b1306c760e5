r"""Complex numbers, bound letters, what has no value, derivatives of products, signs, remainders, columns, labels."""

from __future__ import annotations

import pytest

from hmer_suite.equiv.decide import decide
from hmer_suite.equiv.verdict import DIFFERENT, EQUAL, UNDECIDED

EQUAL_PAIRS = [
    # cases with a comma
    (r"\begin{cases}t,t>2\\3,t\le2\end{cases}", r"\begin{cases}t,&t>2\\3,&t\le2\end{cases}"),
    (r"\begin{cases}t,\quad t>2\\3,\quad t\le2\end{cases}", r"\begin{cases}t,&t>2\\3,&t\le2\end{cases}"),
    (
        r"g(t)=\begin{cases}0,t<1\\4,\text{otherwise}\end{cases}",
        r"g(t)=\begin{cases}0&t<1\\4&\text{otherwise}\end{cases}",
    ),
    # complex numbers
    (r"|t|^2", "t^2"),
    (r"|z-5|", "|5-z|"),
    (r"\left|\frac3{1+j\omega}\right|", r"\frac3{|1+j\omega|}"),
    (r"(\mathrm e^{\mathrm it})^4", r"\mathrm e^{4\mathrm it}"),
    (r"\sum_{i=1}^n|t_i|^2", r"\sum_{i=1}^nt_i^2"),
    # bound letters
    (r"\forall n:n^4\ge n", r"\forall k:k^4\ge k"),
    (r"\{t\mid2<t<5\}", "(2,5)"),
    (r"\{n\in\mathbb N\mid n>4\}", r"\{t\in\mathbb N\mid t>4\}"),
    (r"\lim_{n\to\infty}\frac3n", r"\lim_{t\to\infty}\frac3t"),
    (r"\lim_{k\to\infty}b_k", r"\lim_{k\to+\infty}b_k"),
    (r"\lim_{t\to+\infty}\frac{t+5}t", "1"),
    (r"(-\infty,+\infty)", r"(-\infty,\infty)"),
    # what has a value, or is on both sides
    (r"\int_0^2t^3dt-\int_0^2t^3dt", "0"),
    (r"3\int_0^1\frac{dt}t-\int_0^1\frac{dt}t", r"2\int_0^1\frac{dt}t"),
    (r"v+\lim_{t\to0}g(t)=5", r"v=5-\lim_{t\to0}g(t)"),
    (r"\frac d{dt}\int g(t)dt", "g(t)"),
    # derivatives
    (r"\frac d{dt}t\cos t", r"\cos t-t\sin t"),
    (r"\frac d{dt}(t\cdot\cos t)", r"\cos t-t\sin t"),
    (r"\partial_t5t^3", "15t^2"),
    # signs and remainders
    (r"\sin(p\pm q)=\sin p\cos q\pm\cos p\sin q", r"\sin p\cos q\pm\sin q\cos p=\sin(p\pm q)"),
    (r"t=\frac{3\pm\sqrt7}2", r"t=\frac32\pm\frac{\sqrt7}2"),
    (r"(-8)\bmod5", "2"),
    # columns, numbers of equations, units
    (r"\overrightarrow{KL}=\binom42+\binom13", r"\overrightarrow{KL}=\binom55"),
    (r"\binom73", r"\binom74"),
    (r"\binom mk=\binom m{m-k}", r"\binom m{m-k}=\binom mk"),
    (r"\mathrm{N\,m}", r"\mathrm N\cdot\mathrm m"),
    (r"7\,\mathrm{m\,s^{-1}}", r"7\,\mathrm{m/s}"),
]
UNDECIDED_PAIRS = [
    (r"W\sim N_q(\mu,\Sigma)", r"W\sim\mathcal N_q(\mu,\Sigma)"),
    (r"W\sim\mathrm U_m", r"W\sim U_m"),
    # complex numbers
    (r"|e^{it}|^2", "e^{2it}"),
    (r"|u+iv|^2", "(u+iv)^2"),
    (r"\ln e^{it}", "it"),
    (r"(\mathrm e^{\mathrm it})^b", r"\mathrm e^{\mathrm ibt}"),
    (r"|\langle u|v\rangle|^2", r"\langle u|v\rangle^2"),
    (r"\int|\psi|^2dt=3", r"\int\psi^2dt=3"),
    (r"|\alpha|^2=5", r"\alpha^2=5"),
    ("|z|=6", r"z=\pm6"),
    (r"\{z:|z|<6\}", "(-6,6)"),
    # bound letters
    (r"\lim_{n\to\infty}\sin5\pi n", r"\lim_{t\to\infty}\sin5\pi t"),
    (r"\forall n:n^4\ge n", r"\forall t:t^4\ge t"),
    (r"\{n\mid n\ge4\}", r"[4,\infty)"),
    (r"\{n\mid n\ge4\}", r"\{t\mid t\ge4\}"),
    (r"\lim_{t\to\infty}e^{3t}", r"\lim_{t\to+\infty}e^{3t}"),
    (r"\lim_{t\to0}\frac5t=\infty", r"\lim_{t\to0}\frac5t=+\infty"),
    # what may have no value
    (r"\sum_{k=1}^\infty\frac5k-\sum_{k=1}^\infty\frac5k", "0"),
    (r"v=0\cdot\int_0^1\frac{dt}t", "v=0"),
    (r"\int g\,dt-\int g\,dt", "0"),
    (r"\frac{\Theta(m)}{\Theta(m)}", "1"),
    # derivatives
    (r"\partial_tg\,\partial_th", r"\partial_t(g\,\partial_th)"),
    (r"\partial_tg\,\partial_th", r"\partial_th\,\partial_tg"),
    (r"\partial_\nu\chi\,\partial^\nu\chi", r"\partial_\nu(\chi\,\partial^\nu\chi)"),
    (r"\nabla g\,h", r"\nabla(gh)"),
    (r"\frac d{dt}t\cdot\cos t", r"\cos t"),
    (r"\frac d{dt}t\cdot\cos t", r"\cos t-t\sin t"),
    # signs and remainders
    (r"v=\pm2\pm\sqrt3", r"v=\pm(2+\sqrt3)"),
    (r"\{(\pm4,\pm4)\}", r"\{(4,4),(-4,-4)\}"),
    (r"\pm v=\pm w", r"v=\pm w"),
    (r"\pm v=\pm7", "v=7"),
    (r"(\pm5,\pm7)", r"\pm(5,7)"),
    (r"-8\bmod5", "-3"),
    (r"-8\bmod5", "2"),
    (r"2-9\bmod4", "1"),
    # columns, bearings, numbers of equations, units
    (r"\vec v=\binom73", r"\vec v=\binom74"),
    (r"\binom vw=\binom73", r"\binom vw=\binom74"),
    (r"K\binom73", r"K\binom74"),
    (r"N40^\circ E", r"E40^\circ N"),
    (r"\mathrm S20^\circ\mathrm W", r"\mathrm W20^\circ\mathrm S"),
    (r"(3)\ v=6", "v=2"),
    (r"(3)\ v=6", "v=6"),
    (r"v+w=5\cdots(2)", "v+w=5"),
    (r"v=5\quad(2)", "v=5"),
    (r"b)\ v=5", "v=5"),
    (r"7\,\mathrm{m\,s}", r"7\,\mathrm{ms}"),
    (r"\mathrm{m\,s^{-2}}", r"\mathrm{ms^{-2}}"),
]
DIFFERENT_PAIRS = [
    (r"W\sim N_q(\mu,\Sigma)", r"W\sim\mathcal N_r(\mu,\Sigma)"),
    (r"\begin{cases}t,t>2\\3,t\le2\end{cases}", r"\begin{cases}t,&t>2\\5,&t\le2\end{cases}"),
    (r"|\psi|^2", r"3\psi^2"),
    ("|z|=6", "|z|=7"),
    (r"\{n\mid n\ge4\}", r"\{t\mid t\ge5\}"),
    (r"\lim_{t\to\infty}g(t)=4", r"\lim_{t\to+\infty}g(t)=5"),
    ("v+O(t)", "w+O(t)"),
    (r"\frac d{dt}t\cdot\cos t", r"\cos t+5t"),
    (r"v=\pm2\pm\sqrt3", r"v=\pm2\pm\sqrt5"),
    (r"\pm v=\pm7", r"v=\pm5"),
    (r"(\pm5,\pm7)", r"\pm(5,6)"),
    (r"-8\bmod5", "1"),
    (r"\vec v=\binom73", r"\vec v=\binom86"),
    (r"N40^\circ E", r"N50^\circ E"),
    (r"(3)\ v=6", "v=7"),
    (r"v=5\quad(2)", "v=4"),
    (r"7\,\mathrm{m\,s^{-1}}", r"8\,\mathrm{ms^{-1}}"),
]


@pytest.mark.parametrize(
    ("a", "b", "verdict"),
    [(*pair, EQUAL) for pair in EQUAL_PAIRS]
    + [(*pair, UNDECIDED) for pair in UNDECIDED_PAIRS]
    + [(*pair, DIFFERENT) for pair in DIFFERENT_PAIRS],
)
def test_verdicts(a, b, verdict):
    assert decide(a, b).verdict == decide(b, a).verdict == verdict
