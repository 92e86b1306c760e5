r"""Signs of geometry, of vectors and of matrices: two of one notion are no difference, other points or letters are."""

from __future__ import annotations

import pytest

from hmer_suite.equiv.decide import decide
from hmer_suite.equiv.verdict import DIFFERENT, EQUAL, UNDECIDED

EQUAL_PAIRS = [
    (r"\vartriangle KLM", r"\triangle KLM"),
    (r"\overset{\frown}{KL}", r"\wideparen{KL}"),
    (r"\angle KLM", r"\angle MLK"),
    (r"\operatorname{diag}(3,4)", r"\begin{pmatrix}3&0\\0&4\end{pmatrix}"),
    (r"\begin{pmatrix*}[r]3&-4\\5&6\end{pmatrix*}", r"\begin{pmatrix}3&-4\\5&6\end{pmatrix}"),
    (r"\det\begin{pmatrix}v&w\\s&t\end{pmatrix}", "vt-ws"),
    (r"\operatorname{tr}\begin{pmatrix}3&4\\5&6\end{pmatrix}", "9"),
    (r"\sum_{j=1}^nv_jw_j", r"\sum_{k=1}^nv_kw_k"),
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
    (r"\triangle KLM", r"\angle KLM"),
    (r"\triangle KLM", r"\overline{KL}"),
    (r"\triangle KLM\cong\triangle NOP", r"\triangle KLM\cong\angle NOP"),
    (r"S_{\triangle KLM}=6", r"S_{\angle KLM}=6"),
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
UNDECIDED_COORDINATES = [
    (r"\vec v(3;4)", r"\vec v=(3;4)"),
    (r"\vec v\{3;4\}", r"\vec v=(3;4)"),
    (r"\vec v\begin{pmatrix}3\\4\end{pmatrix}", r"\vec v(3;4)"),
    (r"\vec v=[3,4]", r"\vec v=(3,4)"),
    ("K(3|4)", "K=(3,4)"),
    ("K(3|4|5)", "K(3,4,5)"),
    ("K(3,4)", "(3,4)"),
    ("5(3,4)", "(15,20)"),
    ("-(3,4)", "(-3,-4)"),
    ("(3,4)+(1,5)", "(4,9)"),
    (r"\vec v=5(3,4)", r"\vec v=(15,20)"),
    ("(v,w)=(3,4)+t(1,5)", "(v,w)=(3+t,4+5t)"),
    (r"(3,4)\cdot(1,5)", "23"),
    (r"\begin{cases}v=3+t\\w=4-t\end{cases}", r"\begin{cases}v=3+s\\w=4-s\end{cases}"),
    (r"\vec v=\vec w+t\vec u", r"\vec v=\vec w+s\vec u"),
]
DIFFERENT_COORDINATES = [
    (r"\vec v(3;4)", r"\vec v=(3;5)"),
    (r"\vec v=[3,4]", r"\vec v=(4,3)"),
    ("K(3|4)", "K=(3,5)"),
    ("K(3|4)", "L(3|4)"),
    ("K(3,4)", "(4,3)"),
    ("K(3,4)", "L=(3,4)"),
    ("K=[3,4]", "K=(3,4)"),
    ("5(3,4)", "(15,4)"),
    ("(3,4)+(1,5)", "(4,8)"),
    ("(v,w)=(3,4)+t(1,5)", "(v,w)=(3+t,4-5t)"),
    (r"(3,4)\cdot(1,5)", "19"),
    (r"\begin{cases}v=3+t\\w=4-t\end{cases}", r"\begin{cases}v=3+s\\w=4+s\end{cases}"),
    (r"\begin{cases}v=t\\w=4\end{cases}", r"\begin{cases}v=s\\w=4\end{cases}"),
]
UNDECIDED_ALGEBRA = [
    (r"(3\ 4\ 5)", "(3,4,5)"),
    (r"(3\,4\,5)", "(345)"),
    (r"\rho=(34)", r"\rho=(3\ 4)"),
    ("(3,4)(4,5)", "(4,5)(3,4)"),
    (r"(3\ 4)(4\ 5)", r"(4\ 5)(3\ 4)"),
    (r"\rho=\begin{pmatrix}1&2&3\\3&1&2\end{pmatrix}", r"\rho=(1\ 3\ 2)"),
    (r"\mathbb Q(\sqrt5,\sqrt7)", r"\mathbb Q(\sqrt7,\sqrt5)"),
    (r"\mathbb Q(\sqrt{12})", r"\mathbb Q(\sqrt3)"),
    (r"\langle r,s\mid r^4,s^2\rangle", r"\langle s,r\mid s^2,r^4\rangle"),
]
DIFFERENT_ALGEBRA = [
    (r"(3\ 4\ 5)", "(3,4,6)"),
    (r"\rho=(34)", r"\rho=(3\ 5)"),
    (r"\rho=\begin{pmatrix}1&2&3\\3&2&1\end{pmatrix}", r"\rho=(1\ 2)"),
    (r"\mathbb Q(\sqrt{12})", r"\mathbb Q(\sqrt2)"),
    (r"\langle r,s\mid r^4,s^2\rangle", r"\langle r,s\mid r^4,s^3\rangle"),
]
UNDECIDED_MATRICES = [
    (r"\begin{pmatrix}3&4\\&5\end{pmatrix}", r"\begin{pmatrix}3&4\\0&5\end{pmatrix}"),
    (r"\begin{pmatrix}3&4&5\end{pmatrix}", r"(3\ 4\ 5)"),
    (r"\begin{bmatrix}M&v\end{bmatrix}", "[M|v]"),
    (r"Mv=\lambda v", r"(M-\lambda I)v=0"),
    (r"\mathbf M\mathbf v=\lambda\mathbf v", r"(\mathbf M-\lambda\mathbf I)\mathbf v=\mathbf0"),
    ("M^2-4M+3I=0", "(M-E)(M-3E)=0"),
    (r"|M-\lambda I|=0", r"|M-\lambda E|=0"),
    ("I_k", "E_k"),
    ("KM=O", "KM=0"),
    ("K+M=O", "K=-M"),
    (r"\begin{pmatrix}K&O\\O&M\end{pmatrix}", r"\begin{pmatrix}K&0\\0&M\end{pmatrix}"),
    ("v^Tu", "u^Tv"),
    (r"\mathbf v^\top\mathbf u", r"\mathbf v\cdot\mathbf u"),
    ("v^TMv", "v^TM^Tv"),
    ("|M^T|", "|M|"),
    (r"(\lambda M)^T", r"\lambda M^T"),
    ("v^Tv", r"\|v\|_2^2"),
    (r"\|v-u\|_2", r"\|u-v\|_2"),
    (r"\|3v\|_\infty", r"3\|v\|_\infty"),
    (r"\|v\|_1", r"\|v\|"),
    (r"\|h\|_{L^p}", r"\|h\|_p"),
    ("v_1^Tv_2", "v_2^Tv_1"),
    ("(2M)^T", "2M^T"),
    ("(2KM)^T", "2M^TK^T"),
    ("(M+3I)^T", "M^T+3I"),
    (r"(M-\lambda I)^T", r"M^T-\lambda I"),
]
DIFFERENT_MATRICES = [
    ("v_1^Tv_2", "v_1^Tv_3"),
    ("(M+3I)^T", "M+3I"),
    ("(K+M)^T", "K^T-M^T"),
    ("(1+r)^T", "1+r^T"),
    (r"\begin{pmatrix}3&4\\&5\end{pmatrix}", r"\begin{pmatrix}3&4\\6&5\end{pmatrix}"),
    (r"\operatorname{diag}(3,4)", r"\begin{pmatrix}3&0\\0&5\end{pmatrix}"),
    (r"\det\begin{pmatrix}v&w\\s&t\end{pmatrix}", "vt+ws"),
    ("M^2-4M+3I=0", "(M-I)(M-4I)=0"),
    (r"|M-\lambda I|=0", r"|K-\lambda I|=0"),
    ("KM=I", "KN=I"),
    ("V=IR", "V=R"),
    ("P=I^2R", "P=R"),
    ("U=E-Ir", "U=E-r"),
    ("Y=C+I+G", "Y=C+1+G"),
    ("v_O", "v_0"),
    ("O=v", "0=v"),
    ("M^T", "M"),
    ("K^TM", "M^TK"),
    ("v^Tu", "v^Tw"),
    ("v^TMv", "v^TKv"),
    (r"\|v\|_1", r"\|v\|_2"),
    (r"\|v-u\|_2", r"\|v+u\|_2"),
]
UNDECIDED_INDICES = [
    ("v_iw_i", "v_jw_j"),
    (r"v^\mu v_\mu", r"v^\nu v_\nu"),
    (r"v_\mu w^\mu", r"v^\mu w_\mu"),
    (r"\partial_\mu K^\mu", r"\partial^\mu K_\mu"),
    ("M_{ij}v_j=w_i", "M_{ik}v_k=w_i"),
    (r"\sum_jM_{ij}v_j=w_i", "M_{ij}v_j=w_i"),
    (r"\epsilon_{ijk}", r"\epsilon_{kij}"),
    (r"dv\wedge dw", r"-dw\wedge dv"),
    ("I(X;Z)", "I(Z;X)"),
    ("H(X,Z)", "H(Z,X)"),
    (r"K+\overline KL", "K+L"),
    (r"K+\overline K", "1"),
    (r"K\oplus L", r"\overline KL+K\overline L"),
    (r"\overline K\,\overline L", r"\overline{KL}"),
]
DIFFERENT_INDICES = [
    ("v_iw_i", "v_iw_j"),
    (r"v_\mu w^\mu", r"v_\mu u^\mu"),
    (r"v_\mu w^\mu", r"v_\mu w_\mu"),
    (r"\partial_\mu K^\mu", r"\partial_\mu L^\mu"),
    ("M_{ij}v_j=w_i", "M_{ij}v_i=w_j"),
    ("v_nw_n", "v_mw_m"),
    (r"\sum_{j=1}^nv_jw_j", r"\sum_{j=0}^nv_jw_j"),
    (r"\epsilon_{ijk}", r"\epsilon_{jik}"),
    (r"dv\wedge dw", r"dw\wedge dv"),
    ("I(X;Z)", "I(X;Y)"),
    (r"K+\overline KL", "K+M"),
    (r"K+\overline KL", r"\overline K+L"),
]
UNDECIDED_PAIRS = [
    *UNDECIDED_ANGLES,
    *UNDECIDED_LINES,
    *UNDECIDED_COORDINATES,
    *UNDECIDED_ALGEBRA,
    *UNDECIDED_MATRICES,
    *UNDECIDED_INDICES,
]
DIFFERENT_PAIRS = [
    *DIFFERENT_LINES,
    *DIFFERENT_COORDINATES,
    *DIFFERENT_ALGEBRA,
    *DIFFERENT_MATRICES,
    *DIFFERENT_INDICES,
]


@pytest.mark.parametrize(("a", "b"), EQUAL_PAIRS)
def test_equal(a: str, b: str) -> None:
    assert decide(a, b).verdict == EQUAL


@pytest.mark.parametrize(("a", "b"), UNDECIDED_PAIRS)
def test_no_difference_rests_on_the_sign(a: str, b: str) -> None:
    assert decide(a, b).verdict == UNDECIDED


@pytest.mark.parametrize(("a", "b"), DIFFERENT_PAIRS)
def test_others_differ(a: str, b: str) -> None:
    assert decide(a, b).verdict == DIFFERENT
