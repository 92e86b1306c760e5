r"""Orders of derivatives, what may depend on a variable, exponents that may be indices, and rare spellings."""

from __future__ import annotations

import pytest

from hmer_suite.equiv.decide import decide
from hmer_suite.equiv.verdict import DIFFERENT, EQUAL, UNDECIDED

EQUAL_PAIRS = [
    (r"\frac{\partial^3g}{\partial w^2\partial v}", r"\frac{\partial^3g}{\partial v\partial w^2}"),
    (r"\frac{d^{k+1}g}{dw^{k+1}}", r"\frac{d^{1+k}g}{dw^{1+k}}"),
    (
        r"\frac{\partial^{k+m}g}{\partial w^k\partial v^m}",
        r"\frac{\partial^{m+k}g}{\partial w^k\partial v^m}",
    ),
    (r"\frac d{dw}(kw^2+m)", "2kw"),
    (r"\frac d{dw}w^3", "3w^2"),
    (r"\frac d{dt}w^3", r"3w^2\frac{dw}{dt}"),
    (r"\frac d{dt}(vw)", r"v\frac{dw}{dt}+w\frac{dv}{dt}"),
    ("v^0", "1"),
    (r"W^0\to l\nu", r"W^0\to\nu l"),
    ("e^{kt}", "e^{tk}"),
    ("3^{vw}", "3^{wv}"),
    ("(1+q)^{kt}", "(1+q)^{tk}"),
    ("v^{3kw}", "v^{3wk}"),
    ("2G^{vw}h", "2hG^{vw}"),
    ("G_{[vw]}", "G_{[vw]}"),
    ("G_{(vw)}", "G_{(wv)}"),
    ("R=Prt", "R=Ptr"),
    ("rk(v+w)", "kr(v+w)"),
    (r"\operatorname{tr}(G)", "tr(G)"),
    (r"g^{\prime}{}^{\prime}(w)", "g''(w)"),
    ("{PO_4}^{3-}", "PO_4^{3-}"),
    ("{kw_1}^2", "kw_1^2"),
    (r"\{w:w<4\}", r"\{w\colon w<4\}"),
    (r"\oplus_{s=1}^kW_s", r"\bigoplus_{s=1}^kW_s"),
    (r"\underset{w\to4}{\lim}g(w)", r"\lim_{w\to4}g(w)"),
    (r"\underset{w\to4}{\operatorname{lim}}g(w)", r"\lim_{w\to4}g(w)"),
    (r"\overset k{\underset{s=1}\sum}v_s", r"\sum_{s=1}^kv_s"),
    (r"\underset w{\arg\max}g(w)", r"\arg\max_wg(w)"),
    (r"45^\degree", r"45^\circ"),
    (r"v\xlongequal{}w", "v=w"),
    (r"\sum_{s=2}^{s=k}v_s", r"\sum_{s=2}^kv_s"),
    (r"\int_{w=2}^{w=3}g(w)dw", r"\int_2^3g(w)dw"),
]
UNDECIDED_PAIRS = [
    (r"\frac{\partial g}{\partial v\partial w}", r"\frac{\partial^2g}{\partial v\partial w}"),
    (r"\frac{d^kv}{dw^m}", r"\frac{d^mv}{dw^m}"),
    (r"\frac{\partial^2g}{\partial w^i\partial w^j}", r"\frac{\partial^2g}{\partial w^i\partial w^k}"),
    (r"\frac d{dt}w^3", "0"),
    (r"\frac d{dt}(kw)", r"k\frac{dw}{dt}"),
    (r"\frac{d(J\omega)}{dt}", r"J\frac{d\omega}{dt}"),
    (r"\partial_t(\rho w)", r"\partial_t(\rho z)"),
    (r"\frac d{dt}(t\bar w)", r"\bar w"),
    (r"W^0\to l\nu", r"Z^0\to l\nu"),
    ("M^1", "M"),
    (r"h\in D^0", r"h\in E^0"),
    ("v^0-w^0", "0"),
    ("G^1_1=q", "G_1=q"),
    (r"\frac{\partial h}{\partial\theta^1}", r"\frac{\partial h}{\partial\theta}"),
    ("G^{vw}", "G^{wv}"),
    (r"\omega^{st}=-\omega^{ts}", r"\omega^{ts}=-\omega^{ts}"),
    (r"\mathrm{Cu}^{IX}", r"\mathrm{Cu}^{XI}"),
    ("G^{red}", "G^{der}"),
    ("h^{st}(w)", "h^{ts}(w)"),
    ("w^{(k)3}", "w^{3k}"),
    ("w^{k3}", "w^{3k}"),
    ("G^{(vw)}", "G^{vw}"),
    ("G_{[vw]}", "G_{(vw)}"),
    (r"\int_0^13\,dw", r"\int_0^13\,d\times"),
    (r"\sqrt[k]1=w", r"\sqrt[m]1=w"),
    (r"q(w;\mu)", r"q(w,\mu)"),
    ("tr(GH)", "rt(GH)"),
    ("erf(w)", "fer(w)"),
    ("rot G", "tor G"),
    ("{w'}_1", "w'_1"),
    ("{w^2}_1", "w_1^2"),
    ("G{}_v{}^w", "G_v^w"),
    (r"{\bf w}_k", r"\mathbf{w_k}"),
    (r"\varGamma(w)", r"\Gamma(w)"),
    (r"^4\sqrt w", r"\sqrt[4]w"),
    ("V_{lk}", r"V_{\ell k}"),
    (r"\chi_{k,e}", r"\chi_{ke}"),
    (r"\prod_{s=1}^kv_sw_s", r"\prod_{s=1}^kv_s\prod_{s=1}^kw_s"),
    (r"\Gamma^3(w)", r"\Gamma(w)^3"),
    (r"w=4\quad(2.7)", "w=4"),
    (r"w=4\quad(2.7)", r"w=4\quad(2.8)"),
    (r"w=\cos t\qquad(*)", r"w=\cos t"),
    (r"w=4\textcircled{3}", "w=4"),
    ("3)w=4", "w=4"),
    ("w=1(mm)", "w=(mm)"),
    ("w=4:", "w=4"),
]
DIFFERENT_PAIRS = [
    (r"\frac{d^3v}{dw^2}", r"\frac{d^2v}{dw^2}"),
    (r"\frac{d^3v}{dw^2}", r"\frac{d^3v}{dw^3}"),
    (r"\frac{d^3v}{dw^3}", r"\frac{d^2v}{dw^2}"),
    (r"\frac{d^3}{dw^2}w^4", r"12w^2"),
    (r"\frac{d^3v}{dw^2}", r"\frac{d^3s}{dw^2}"),
    (r"\frac d{dw}(kw^2+m)", "3kw"),
    ("M^1", "M^2"),
    ("v^0=kt", "v^1=kt"),
    (r"\frac{\partial h}{\partial w^1}=0", r"\frac{\partial h}{\partial w^1}=1"),
    ("G^{vw}", "G^{vz}"),
    ("G^{s,vw}", "G^{s,wv}"),
    ("h^{iv}(w)", "h^{v}(w)"),
    ("G_{[vw]}", "G_{[wv]}"),
    ("G_{s[vw]}", "G_{s[wv]}"),
    ("tr(GH)=4", "tr(GH)=3"),
    (r"q(w;\mu)", r"q(w;\nu)"),
    ("{w'}_1+v", "w'_2+v"),
    (r"l+\ell", r"2\ell"),
    (r"\chi_{k,e}", r"\chi_{ek}"),
    (r"\underset{w\to4}{\lim}g(w)", r"\lim_{w\to3}g(w)"),
    (r"\overset k{\underset{s=1}\sum}v_s", r"\sum_{s=2}^kv_s"),
    (r"\sum_{s=2}^{s=k}v_s", r"\sum_{s=2}^{k+1}v_s"),
    (r"\Gamma^3(w)", r"\Gamma(w)^2"),
    (r"^4\sqrt w", r"\sqrt[5]w"),
    (r"G^\degree", r"G^2"),
    (r"w=4\quad(2.7)", "w=5"),
    (r"w=4\quad(2.7)", r"w=5\quad(2.7)"),
    ("w=1(mm)", "w=2(mm)"),
    ("w=h(2)", "w=h"),
]


@pytest.mark.parametrize(("one", "other"), EQUAL_PAIRS)
def test_equal(one, other):
    assert decide(one, other).verdict == decide(other, one).verdict == EQUAL


@pytest.mark.parametrize(("one", "other"), UNDECIDED_PAIRS)
def test_undecided(one, other):
    assert decide(one, other).verdict == decide(other, one).verdict == UNDECIDED


@pytest.mark.parametrize(("one", "other"), DIFFERENT_PAIRS)
def test_different(one, other):
    assert decide(one, other).verdict == decide(other, one).verdict == DIFFERENT
