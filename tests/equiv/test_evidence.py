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
    "bras and kets": [
        (r"|w\rangle\langle v|", r"\langle v|w\rangle", UNDECIDED),
        (r"H|w\rangle", r"|w\rangle H", UNDECIDED),
    ],
    "measures": [
        (r"5\text{ m }2\text{ cm}", r"2\text{ m }5\text{ cm}", DIFFERENT),
        (r"5\text{ m }2\text{ cm}", r"502\text{ cm}", UNDECIDED),
        (r"1\text{ km}", r"1000\text{ m}", UNDECIDED),
    ],
    "syllables": [("天明", "明天", UNDECIDED)],
    "fonts": [
        (r"\mathcal{MN}", r"\mathcal{NM}", UNDECIDED),
        (r"\mathrm K\mathrm L", r"\mathrm L\mathrm K", DIFFERENT),
    ],
    "products": [
        (
            r"\begin{pmatrix}1&1\\0&1\end{pmatrix}\begin{pmatrix}1&0\\1&1\end{pmatrix}",
            r"\begin{pmatrix}1&0\\1&1\end{pmatrix}\begin{pmatrix}1&1\\0&1\end{pmatrix}",
            DIFFERENT,
        ),
        (r"3\boxed4", "12", UNDECIDED),
    ],
    "side conditions": [
        (r"y=kx(k>0)", r"y=kx(k<0)", DIFFERENT),
        (r"y=kx(k>0)", r"y=kx", DIFFERENT),
    ],
    "segments": [
        (r"\frac{AC}{BC}", r"\frac{AD}{BD}", UNDECIDED),
        (r"\frac{AC}{AB}=2", r"\frac{DC}{DB}=2", UNDECIDED),
        (r"KL\cdot MN=KM^2", r"KM\cdot LN=KM^2", UNDECIDED),
        (r"KL\times MN", r"KM\times LN", UNDECIDED),
        (r"KL^2\cdot MN^2", r"(KL\cdot MN)^2", UNDECIDED),
        (r"KL^2+LM^2=KM^2", r"LK^2+ML^2=MK^2", UNDECIDED),
    ],
    "lengths between digits": [
        (r"71\hspace{2cm}5", "715", DIFFERENT),
        (r"71\phantom{0}5", "715", DIFFERENT),
        (r"71\text{ }5", "715", UNDECIDED),
    ],
    "framed relations": [
        (r"0\cdot w\boxed\Rightarrow3", r"0\cdot w\boxed\Leftarrow3", DIFFERENT),
        (r"w\underline{<}z", r"w\underline{>}z", DIFFERENT),
    ],
    "full stops in front": [(". w=1", "w=1", UNDECIDED), (".7", "7", DIFFERENT)],
    "dashes": [("8–3", "5", UNDECIDED)],
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
    "bras and kets": [
        (r"\langle w|", r"\left\langle w\right|"),
        (r"|w\rangle", r"\left|w\right\rangle"),
        (r"\langle w|H|v\rangle", r"\left\langle w\right|H\left|v\right\rangle"),
        (r"\langle w|v\rangle", r"\left\langle w\middle|v\right\rangle"),
        (r"|w\rangle\langle w|", r"\left|w\right\rangle\left\langle w\right|"),
        (r"\langle w|+\langle v|", r"\langle v|+\langle w|"),
    ],
    "norms": [
        ("||w||", r"\|w\|"),
        (r"\parallel w\parallel", r"\|w\|"),
        (r"\left|\left|w\right|\right|_2", r"\lVert w\rVert_2"),
        ("||v|-|w||", r"\left||v|-|w|\right|"),
        ("KL||MN", r"KL\parallel MN"),
    ],
    "integrals": [
        (r"\int\int w", r"\iint w"),
        (r"\int\int_Dw\,dp\,dq", r"\iint_Dw\,dp\,dq"),
        (r"\int\int\int w", r"\int\iint w"),
        (r"\int\frac{4\cdot dp}p", r"\int\frac4pdp"),
        (r"\int p\cdot dp", r"\int p\,dp"),
        (r"\int(p^2\,dp)", r"\int p^2\,dp"),
        (r"\int_1^2g(p)(dp)", r"\int_1^2g(p)\,dp"),
    ],
    "fonts": [
        (r"\mathrm{C_2H_6}", r"\mathrm C_2\mathrm H_6"),
        (r"\mathrm{NO_2}", r"\mathrm N\mathrm O_2"),
        (r"\mathrm{kg\cdot m}", r"\mathrm{kg}\cdot\mathrm m"),
        (r"\mathbf{p+q}", r"\mathbf q+\mathbf p"),
        (r"\mathbf{PQ}", r"\mathbf P\mathbf Q"),
        (r"\mathrm{rank}(P)", r"\operatorname{rank}(P)"),
        (r"\text{lcm}(6,9)", "18"),
    ],
    "side conditions": [
        (r"y=kx+m(k\ne0)", r"y=m+kx(k\neq0)"),
        (r"h(p)=2p+1(p>3)", r"h(p)=1+2p(p>3)"),
        (r"y=2p(p\ge0)", r"y=2p(0\le p)"),
        (r"p=n\pi+1(n\in\mathbb Z)", r"p=1+n\pi\quad(n\in\mathbb Z)"),
        (r"y=2p(p\ge0)", r"y=2p,p\ge0"),
        (r"\frac13=P(X=2)", r"P(2=X)=\frac13"),
    ],
    "segments that are the same": [(r"KL\cdot MN=KM^2", r"LK\cdot NM=KM^2")],
    "scripts beside": [
        (r"w{}_{k,m}", r"w_{k,m}"),
        (r"w_3{}^2", "w_3^2"),
        (r"\sum_{k=1}^n w{}_k", r"\sum_{k=1}^n w_k"),
        ("{7w}^2", "7w^2"),
        (r"2{40}^\circ", r"240^\circ"),
    ],
    "signs typed for others": [
        ("w–3=5", "w-3=5"),
        ("3·14=42", r"3\cdot14=42"),
        (r"3\cdotp5", "15"),
        ("20°15′", r"20.25^\circ"),
        (r"w^\perp", r"w^\bot"),
        ("p_1+p_2+...+p_n", r"p_1+p_2+\cdots+p_n"),
        (r"\xrightarrow{90\degree}", r"\xrightarrow{90^\circ}"),
    ],
    "wide spaces beside operators": [(r"w=\quad5", "w=5"), (r"g(v,w\quad+1)", "g(v,w+1)")],
    "words beside statements": [
        (r"w=3v\text{ holds}", r"3v=w\text{ holds}"),
        (r"\mathrm{Hence}~w+v=3", r"\mathrm{Hence}~3=v+w"),
        (r"\mathrm{Hence}~(w+v)k=3", r"\mathrm{Hence}~3=k(v+w)"),
        (r"5, 9\text{ and }11", "5, 9, 11"),
    ],
    "names in text": [
        (r"\text{lim}_{v\to1}v^3=1", r"\lim_{v\to1}v^3=1"),
        (r"\operatorname{lim}_{v\to1}v", r"\lim_{v\to1}v"),
        (r"4\text{ln}w", r"4\ln w"),
    ],
    "dots in an index": [(r"b_{2n}", r"b_{2\cdot n}"), (r"b_{2n+1}=4", r"4=b_{2\cdot n+1}")],
    "units": [
        (r"3\times2\text{ kg}", r"6\text{ kg}"),
        (r"3\text{ cm}+4\text{ cm}", r"7\mathrm{~cm}"),
        (r"60\mathrm{~km}/\mathrm h", r"60\text{ km/h}"),
        (r"9\text{ m/s}^2", r"9\,\mathrm{m\,s^{-2}}"),
        (r"2\text{ pears}+3\text{ pears}", r"5\text{ pears}"),
        (r"2\text{ cm}\cdot3\text{ cm}", r"6\text{ cm}^2"),
    ],
    "values": [
        (r"\gcd(18,12)", "6"),
        (r"\max\{4,9\}", "9"),
        (r"23\bmod5", "3"),
        (r"\Gamma(6)", "120"),
        (r"\Gamma(n+1)", "n!"),
        (r"\overline{4-3\mathrm i}", r"4+3\mathrm i"),
        (r"\Im(4-3\mathrm i)", "-3"),
        (r"\mathrm e^{3\pi\mathrm i}", "-1"),
        (r"\mathrm e^{\mathrm i\frac\pi2}", r"\mathrm i"),
        (r"20^\circ45'", r"20.75^\circ"),
        (r"20^\circ7'30''", r"20.125^\circ"),
        (r"\left.p^2\right|_1^3", "8"),
        (r"\boxed{12}", "12"),
        ("3*w", "3w"),
    ],
    "matrices": [
        (r"\begin{pmatrix}5&1\end{pmatrix}", r"\begin{bmatrix}5&1\end{bmatrix}"),
        (
            r"\begin{pmatrix}5\\1\end{pmatrix}-\begin{pmatrix}2\\1\end{pmatrix}",
            r"\begin{pmatrix}3\\0\end{pmatrix}",
        ),
        (r"3\begin{pmatrix}5&1\end{pmatrix}", r"\begin{pmatrix}15&3\end{pmatrix}"),
        (r"\begin{pmatrix}1&2\\0&1\end{pmatrix}^2", r"\begin{pmatrix}1&4\\0&1\end{pmatrix}"),
        (r"\begin{pmatrix}5&1\end{pmatrix}^T", r"\begin{pmatrix}5\\1\end{pmatrix}"),
    ],
    "congruences": [
        (r"p\equiv q\pmod m", r"q\equiv p\pmod m"),
        (r"p\equiv q\pmod m", r"q\equiv p\;(\mathrm{mod}\ m)"),
    ],
    "derivatives": [
        (r"\partial_ug", r"\frac{\partial g}{\partial u}"),
        (r"\partial_xx^3", "3x^2"),
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
    "norms": [(r"\|3w\|", r"3\|w\|"), (r"\|w\|", "|w|")],
    "events": [
        (r"P(N)+P(\bar N)", "1"),
        ("P(N^c)", r"P(\overline N)"),
        (r"P(X\ge4)", "1-P(X<4)"),
        (r"P(M|N)", r"\frac{P(M\cap N)}{P(N)}"),
        (r"\mathbb E[X+Y]", r"\mathbb E[X]+\mathbb E[Y]"),
        (r"\operatorname{Var}(3X)", r"9\operatorname{Var}(X)"),
        (r"F_X(w)=Pr(X\le w)", r"F_X(w)=\Pr(X\le w)"),
    ],
    "fields": [
        (r"\nabla\times(\nabla h)", "0"),
        (r"\nabla\cdot(F+G)", r"\nabla\cdot F+\nabla\cdot G"),
        (r"\nabla^2h", r"\Delta h"),
        (r"\operatorname{div}G", r"\nabla\cdot G"),
    ],
    "vectors": [
        (r"\vec{KL}", r"-\vec{LK}"),
        (r"\overrightarrow{KL}+\overrightarrow{LM}", r"\overrightarrow{KM}"),
    ],
    "conjugates": [(r"\overline{v+w}", r"\bar v+\bar w"), (r"w\bar w", "|w|^2")],
    "matrices": [("(K^T)^T", "K"), ("|K|", r"\det K"), ("K^*", r"K^\dagger")],
    "figures": [(r"\angle K", r"\angle LKM"), (r"\triangle KLM", r"\triangle LMK")],
    "signs": [(r"\neg\neg q", "q"), (r"\mathbb Q^+", r"\mathbb Q_+"), ("20'", r"\frac13^\circ")],
    "brackets": [("[5.2]", "5"), ("(gh)(w)", "g(w)h(w)"), ("C(6,2)", "15")],
    "bold digits": [(r"w^{\boldsymbol3}", "w^3"), (r"w>\boldsymbol{0}", "w>0")],
    "lists with a word": [(r"4,6\text{ or }9", "4,6,9"), (r"\text{No roots}", "No~roots")],
    "words": [
        (r"\text{False}", "False"),
        (r"4\mathrm g", "4g"),
        ("4, 7, and 9", r"4, 7, \text{ and } 9"),
        (r"\text{sin}w", r"\sin w"),
        (r"15\text{ km/h}", r"15\mathrm{km}/\mathrm h"),
        (r"\$2,500", r"\$2500"),
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
    (r"\langle w|", r"\langle v|"),
    (r"\|w\|", r"\|v\|"),
    (r"\int4\cdot dp", r"\int5\cdot dp"),
    (r"\mathrm{H_2O}", r"\mathrm{H_2S}"),
    (r"3\text{ kg}", r"4\text{ kg}"),
    (r"3.6\text{ km/h}", r"2\text{ m/s}"),
    ("b_{2n}", "b_{3n}"),
    (r"\gcd(18,12)", "9"),
    (r"20^\circ45'", r"20.45^\circ"),
    (r"\overline{v+w}", r"\overline v+w"),
    (r"\vec{KL}", r"\vec{LK}"),
    ("P(M)", "P(N)"),
    (r"\begin{pmatrix}5&1\end{pmatrix}", r"\begin{pmatrix}5\\1\end{pmatrix}"),
    ("f(2)", "5"),
    (r"\det A", r"\det B"),
    (r"\text{up}", r"\text{pu}"),
    (r"3\text{ kg}", r"3\text{ g}"),
    ("C_6^2", "C_7^2"),
    (r"\{1,2\}", r"\{1,3\}"),
    ("62_8", "628"),
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


@pytest.mark.parametrize(
    ("one", "other", "witness"),
    [
        ("w+1", "w+2", {"w"}),
        ("b_{3n}=1", "b_{3n}=2", {"b_{3n}", "n"}),
        (r"\lim_{x\to0}g(x)=1", r"\lim_{x\to0}g(x)=2", {r"\lim_{t \rightarrow 0} g(t)"}),
        (r"\sum_{i=1}^nb_i=1", r"\sum_{i=1}^nb_i=2", {r"\sum_{t=1}^{n} b_{t}"}),
        (r"1+2+\cdots+n=w", r"1+2+\cdots+n=2w", {r"1+2+\ldots+n", "w"}),
    ],
)
def test_a_witness_is_spelt_as_people_write(one, other, witness):
    found = decide(one, other)
    assert found.verdict == DIFFERENT
    assert set(found.witness) == witness


def test_a_witness_is_simple_if_a_simple_one_is_there():
    assert set(decide("v+w", "v-w").witness.values()) <= {str(number) for number in range(2, 13)}


def test_mixed_derivatives_in_another_order_are_no_difference():
    assert decide(r"\frac d{ds}\frac d{dt}q", r"\frac d{dt}\frac d{ds}q").verdict != DIFFERENT


@pytest.mark.parametrize("blank", [r"\mathrm{~~}", r"\mathbf{}", r"\mathrm{\,}^2", r"\mathit{\quad}+1"])
def test_a_font_around_white_space_is_read(blank):
    assert decide(blank, "x").verdict != EQUAL


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("(g|_U)|_V=g|_V", "g|_V=(g|_U)|_V"),
        ("g|_U=h|_U", "h|_U=g|_U"),
        (r"g(x)|_0^1=c", r"c=\left.g(x)\right|_0^1"),
        (r"9\min", r"9\text{min}"),
        (r"R_{}{}_\Lambda PQ", r"R_\Lambda PQ"),
    ],
)
def test_closing_bars_and_words_beside_operators_are_read(one, other):
    assert decide(one, other).verdict == decide(other, one).verdict == EQUAL


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (r"v=\mathrm k(k\ge2)", r"\mathrm k=v(k\ge2)"),
        (r"v=\mathrm k+\alpha(k\ge2)", r"v=\alpha+\mathrm k(k\ge2)"),
        (r"T=8\min+2", r"T=8\text{ min}+2"),
        (r"t=j\pi,j\in\mathbb Z", r"t=m\pi,m\in\mathbb Z"),
        (r"t=2+3m,\quad m\in\mathbb Z", r"t=2+3n,\quad n\in\mathbb Z"),
        (r"b_n=3n,n\in\mathbb N", r"b_k=3k,k\in\mathbb N"),
        (r"t=m\pi(m\in\mathbb Z)", r"t=n\pi(n\in\mathbb Z)"),
        ("p=>q", r"p\Rightarrow q"),
        (r"p+g|_U=h", r"h=p+g|_U"),
    ],
)
def test_what_ends_in_doubt_is_not_different(one, other):
    assert decide(one, other).verdict != DIFFERENT
    assert decide(other, one).verdict != DIFFERENT


@pytest.mark.parametrize(
    ("value", "closed"),
    [
        (r"\sum_{k=1}^\infty\frac1{k^4}", r"\frac{\pi^4}{90}"),
        (r"\int_0^2t^3\,dt", "4"),
        (r"\lim_{t\to0}\frac{\sin3t}t", "3"),
        (r"\sum_{k=0}^\infty\frac1{3^k}", r"\frac32"),
    ],
)
@pytest.mark.parametrize(("statement", "same"), [("{}=w", "w={}"), ("2w+{}=v", "{}=v-2w"), ("{}=1", "1={}")])
def test_a_sum_or_integral_over_numbers_is_no_unknown(value: str, closed: str, statement: str, same: str):
    for ours, theirs in (
        (statement.format(value), same.format(closed)),
        (same.format(value), statement.format(closed)),
    ):
        assert decide(ours, theirs).verdict != DIFFERENT
    assert decide(f"{value}=w", f"w={closed}").verdict == EQUAL
    assert decide(f"{value}=3w", f"{value}=4w").verdict == DIFFERENT


@pytest.mark.parametrize(
    "spelt", [r"\operatorname{min}", r"\operatorname{m i n}", r"\mathrm{min}", r"\text{ min}"]
)
def test_a_minimum_of_nothing_is_a_word_however_it_is_spelt(spelt: str):
    assert decide(r"s=7\min", f"s=7{spelt}").verdict == EQUAL
    assert decide(r"s=7\min", f"s=8{spelt}").verdict == DIFFERENT


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (r"\int t^3\,dt", r"\frac{t^4}4+K"),  # a constant of integration
        (r"g'(t)", r"\frac{dg}{dt}"),
        (r"\det\begin{pmatrix}2&1\\1&1\end{pmatrix}", "1"),
        (r"\Gamma(4)", "6"),
        (r"\iint_S h\,dA", r"\int_S h\,dA"),
        (r"\oint_C\frac{dz}z", r"\int_C\frac{dz}z"),
    ],
)
@pytest.mark.parametrize("statement", ["{}", "w={}", "{}=w", "w-{}=0", "v<{}", r"v=\left({}\right)+w"])
def test_two_notations_of_one_value_make_no_difference_in_a_statement(ours: str, theirs: str, statement: str):
    assert (
        decide(statement.replace("{}", ours), statement.replace("{}", rf"\left({theirs}\right)")).verdict
        != DIFFERENT
    )


@pytest.mark.parametrize("bars", [r"\|", "||", r"\Vert", r"\shortparallel"])
def test_double_bars_in_a_superscript_mark_what_is_parallel(bars: str):
    assert decide(r"F_s^{\parallel}=2", f"F_s^{{{bars}}}=2").verdict == EQUAL
    assert decide(r"F_s^{\parallel}=2", r"F_s^{\perp}=2").verdict == DIFFERENT
