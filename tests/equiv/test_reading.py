r"""Reading: the term of each construct, nothing lost on the way, and the share of real labels that is read."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from hmer_suite.equiv.decide import decide
from hmer_suite.equiv.reading.choices import ALTERNATIVES, ReadingChoices
from hmer_suite.equiv.reading.reader import TermReader
from hmer_suite.equiv.terms import Term
from hmer_suite.handwriting.formulas import sample_formula
from hmer_suite.latex.canonical.canoniser import canonical_tree
from hmer_suite.latex.tokens import join, split
from hmer_suite.latex.tree import LatexSyntaxError, parse
from tests.steps import steps


def read(latex: str | list[str], **choices: str) -> Term:
    """The term of a formula, with the readings that are chosen."""
    tokens = split(latex) if isinstance(latex, str) else latex
    return TermReader(ReadingChoices(**choices)).read(canonical_tree(parse(tokens)))


def show(term: Term) -> str:
    """A term in few characters: ``fn.sin(x)``, ``chain[= <](a, b, 3)``, ``<pi>``; ``_`` is nothing."""
    if term.op in ("num", "name"):
        return str(term.data)
    if term.op == "const":
        return f"<{term.data}>"
    if term.op in ("empty", "text"):
        return "_" if term.op == "empty" else f'"{term.data}"'
    data = term.data
    kind = "" if data is None else f"[{' '.join(map(str, data))}]" if isinstance(data, tuple) else f".{data}"
    return f"{term.op}{kind}({', '.join(map(show, term.args))})"


READINGS = {
    "numbers": [
        ("1 2 3", "123"),
        ("3.14", "157/50"),
        ("0.10", "1/10"),
        (".5", "1/2"),
        ("1{,}000", "1000"),
        ("1{,}5", "3/2"),
        ("1,00", "list(1, 00)"),
        ("007", "007"),
        (r"0.\overline{3}", "1/3"),
        (r"0.1\dot{4}2\dot{5}", "712/4995"),
        (r"50\%", "mul(50, 1/100)"),
        (r"30^\circ", "mul(30, <deg>)"),
        (r"30\degree", "mul(30, <deg>)"),
        ("-2", "-2"),
        ("--2", "2"),
        ("10^{10^{10}}", "pow(10, pow(10, 10))"),
        ("2004!", "fn.factorial(2004)"),
        (r"\binom{10^9}{2}", "fn.binom(pow(10, 9), 2)"),
    ],
    "products, fractions, powers": [
        ("2xy", "mul(2, x, y)"),
        (r"2\times x", "mul(2, x)"),
        (r"\frac ab", "mul(a, pow(b, -1))"),
        (r"a\over b", "mul(a, pow(b, -1))"),
        ("a/b", "mul(a, pow(b, -1))"),
        (r"a\div b", "mul(a, pow(b, -1))"),
        ("a:b", "op.:(a, b)"),
        ("a-b", "add(a, mul(-1, b))"),
        ("a-(-b)", "add(a, mul(-1, mul(-1, b)))"),
        ("+x", "x"),
        ("x^12", "mul(pow(x, 1), 2)"),
        ("x^{12}", "pow(x, 12)"),
        ("-x^2", "mul(-1, pow(x, 2))"),
        ("(a+b)^2", "pow(add(a, b), 2)"),
        ("{ab}^2", "mul(a, pow(b, 2))"),
        (r"\sqrt2x", "mul(pow(2, pow(2, -1)), x)"),
        (r"\sqrt[3]{x}", "pow(x, pow(3, -1))"),
        ("n!", "fn.factorial(n)"),
        ("n!!", "op.!!(n)"),
        ("2x!^2", "mul(2, pow(fn.factorial(x), 2))"),
        (r"\binom nk", "fn.binom(n, k)"),
        (r"n\choose k", "fn.binom(n, k)"),
        (r"x\pm y", "add(x, mul(<sign>, y))"),
        (r"\mp 2", "mul(-1, <sign>, 2)"),
        (r"a\oplus b", r"op.\oplus(a, b)"),
        (r"f\circ g", r"op.\circ(f, g)"),
        (r"\vec a\cdot\vec b", r"op.\cdot(op.\vec(a), op.\vec(b))"),
        (r"\boldsymbol a\boldsymbol b", r"ordered(\boldsymbol{a}, \boldsymbol{b})"),
        (r"\hat H\psi", r"ordered(op.\hat(H), \psi)"),
    ],
    "functions": [
        (r"\sin x", "fn.sin(x)"),
        (r"\sin 2x", "fn.sin(mul(2, x))"),
        (r"\sin2\pi x", "fn.sin(mul(2, <pi>, x))"),
        (r"\sin x+1", "add(fn.sin(x), 1)"),
        (r"\sin x\cos y", "mul(fn.sin(x), fn.cos(y))"),
        (r"\sin(x)y", "mul(fn.sin(x), y)"),
        (r"\sin^2x", "pow(fn.sin(x), 2)"),
        (r"\sin-x", "fn.sin(mul(-1, x))"),
        (r"\ln x", "fn.ln(x)"),
        (r"\log_2 8", "mul(fn.ln(8), pow(fn.ln(2), -1))"),
        (r"\log_2(x+1)", "mul(fn.ln(add(x, 1)), pow(fn.ln(2), -1))"),
        (r"\lg x", "mul(fn.ln(x), pow(fn.ln(10), -1))"),
        (r"\exp(x)", "pow(<e>, x)"),
        (r"\operatorname{sgn}x", "fn.sgn(x)"),
        (r"\operatorname{rank}(A)", r"app.sure(\operatorname{rank}, A)"),
        (r"\mathrm{sin}x", "fn.sin(x)"),
        (r"\max(a,b)", "fn.max(a, b)"),
        (r"\max_xf(x)", r"big.\max(app.maybe(f, x), x, _, _)"),
        (r"\gcd(a,b)", "fn.gcd(a, b)"),
        ("s i n (x)", "fn.sin(x)"),
        ("sinx", "fn.sin(x)"),
        ("|x||y|", "mul(fn.abs(x), fn.abs(y))"),
        (r"\left|\frac ab\right|", "fn.abs(mul(a, pow(b, -1)))"),
        (r"\lfloor x\rfloor", "fn.floor(x)"),
        (r"\lceil x\rceil", "fn.ceil(x)"),
        (r"\|v\|", "op.norm(v)"),
        ("f(x)", "app.maybe(f, x)"),
        ("f(x+1)", "app.maybe(f, add(x, 1))"),
        ("f(x,y)", "app.sure(f, x, y)"),
        ("f(2)", "app.sure(f, 2)"),
        ("a(x+1)", "mul(a, add(x, 1))"),
        ("f^2(x)", "app.maybe(op.iterate(f, 2), x)"),
        ("f^{(n)}(x)", "app.maybe(op.^()(f, n), x)"),
        ("P(X=2)", "app.sure(P, chain[=](X, 2))"),
    ],
    "names, indices, primes, accents": [
        ("x_1", "sub(x, 1)"),
        ("x_{12}", "sub(x, 12)"),
        ("x_{ij}", "sub(x, juxt(i, j))"),
        ("x_{i+1}", "sub(x, add(i, 1))"),
        ("x_{i,j}", "sub(x, list(i, j))"),
        ("x_{y_1}", "sub(x, sub(y, 1))"),
        ("x_1^2", "pow(sub(x, 1), 2)"),
        (r"x_{\text{max}}", 'sub(x, "max")'),
        ("{}_nC_k", "mul(sub(_, n), sub(C, k))"),
        ("x'", "op.'(x)"),
        (r"y^{\prime\prime}", "op.''(y)"),
        ("f'^2", "pow(op.'(f), 2)"),
        ("f'(x)", "app.maybe(op.'(f), x)"),
        ("x^*", "op.^*(x)"),
        ("x^+", "op.^+(x)"),
        ("x^{(2)}", "op.^()(x, 2)"),
        (r"\mathbb R", r"\mathbb{R}"),
        (r"\mathbf x", r"\mathbf{x}"),
        (r"\mathrm{kg}", r"\mathrm{kg}"),
        (r"\mathrm e", "<e>"),
        (r"\hat x", r"op.\hat(x)"),
        (r"\vec v", r"op.\vec(v)"),
        (r"\overline{AB}", r"op.\bar(juxt(A, B))"),
        (r"\angle ABC", r"op.\angle(juxt(A, B, C), _)"),
        ("dx", "op.d(x)"),
        (r"\Delta x", r"op.\Delta(x)"),
    ],
    "sums, limits, integrals, derivatives": [
        (r"\sum_{i=1}^na_i", "sum(sub(a, i), i, 1, n)"),
        (r"\sum_{i=1}^ni+1", "add(sum(i, i, 1, n), 1)"),
        (r"\sum_ia_i", "sum(sub(a, i), i, _, _)"),
        (r"\sum_{i\in I}a_i", r"sum(sub(a, i), i, op.\in(I), _)"),
        (r"\sum F", r"op.\sum(F, _, _)"),
        (r"\sum_{i<j}a_{ij}", r"op.\sum(sub(a, juxt(i, j)), chain[<](i, j), _)"),
        (r"\prod_{k=1}^nk", "prod(k, k, 1, n)"),
        (r"\bigcup_{i=1}^nA_i", r"big.\bigcup(sub(A, i), i, op.=(1), n)"),
        (r"\lim_{x\to0}x^2", "lim(pow(x, 2), x, 0, _)"),
        (r"\lim_{x\to0^+}\ln x", "lim(fn.ln(x), x, op.^+(0), _)"),
        (r"\lim_{n\to\infty}a_n", "lim(sub(a, n), n, <inf>, _)"),
        (r"\int_0^1x\,dx", r"int.\int(x, x, 0, 1)"),
        (r"\int x\,\mathrm dx", r"int.\int(x, x, _, _)"),
        (r"\int dx\,x", r"int.\int(x, x, _, _)"),
        (r"\int\frac{dx}{x}", r"int.\int(mul(1, pow(x, -1)), x, _, _)"),
        (r"\int_0^1x\,dx+1", r"add(int.\int(x, x, 0, 1), 1)"),
        (r"\int_0^1\int_0^2xy\,dx\,dy", r"int.\int(int.\int(mul(x, y), x, 0, 2), y, 0, 1)"),
        (r"\iint_Df\,dx\,dy", r"int.\iint+(int.\iint(f, x, D, _), y, _, _)"),
        (r"\oint_CF\,dz", r"int.\oint(F, z, C, _)"),
        (r"\int f", r"op.\int(f, _, _)"),
        (r"\frac{dy}{dx}", "deriv.d(y, x, 1)"),
        (r"\frac d{dx}x^2", "deriv.d(pow(x, 2), x, 1)"),
        (r"\frac{d^2y}{dx^2}", "deriv.d(y, x, 2)"),
        (
            r"\frac{\partial^2f}{\partial x\partial y}",
            r"deriv.\partial(deriv.\partial(f, x, 1), y, 1)",
        ),
        (r"\partial_xf", r"deriv.\partial(f, x, 1)"),
        (r"\partial_{x^{}}f", r"deriv.\partial(f, x, 1)"),
        (r"\nabla\cdot F", r"op.\nabla\cdot(F)"),
        (r"\left.x^2\right|_0^1", "op.at(pow(x, 2), 0, 1)"),
    ],
    "statements": [
        ("a=b=c", "chain[= =](a, b, c)"),
        (r"a<b\le c", r"chain[< \leq](a, b, c)"),
        (r"a\not=b", r"chain[\neq](a, b)"),
        (r"x\not\in A", r"chain[\notin](x, A)"),
        (r"A\implies B", r"chain[\Rightarrow](A, B)"),
        ("=x", "chain[=](_, x)"),
        (r"A\xrightarrow{f}B", r"chain[\overset { f } { \rightarrow }](A, B)"),
        (r"2H_2\rightarrow O", r"chain[\rightarrow](mul(2, sub(H, 2)), O)"),
        (r"a\equiv b\pmod n", r"chain[\equiv](a, mul(b, op.\pmod(n)))"),
        (r"p\land q", r"ac.\wedge(p, q)"),
        (r"p\lor q\land r", r"ac.\vee(p, ac.\wedge(q, r))"),
        (r"\neg p", r"op.\neg(p)"),
        (r"\forall x\in A:x>0", r"list(chain[\in](op.\forall(x), A), chain[>](x, 0))"),
        ("a=1,b=2", "list(chain[=](a, 1), chain[=](b, 2))"),
        (r"x=1\text{ where }y=2", 'list(chain[=](x, 1), "where", chain[=](y, 2))'),
        (r"x_1,\ldots,x_n", "list(sub(x, 1), <dots>, sub(x, n))"),
        (r"1+2+\cdots+n", "op.+...(1, 2, <dots>, n)"),
        ("x.", "x"),
    ],
    "collections": [
        ("(1,2)", "tuple[( (](1, 2)"),
        ("[1,2)", "tuple[[ (](1, 2)"),
        ("[0,1[", "tuple[[ (](0, 1)"),
        ("]0,1[", "tuple[( (](0, 1)"),
        ("(x)", "x"),
        (r"\{1,2\}", "set(1, 2)"),
        (r"\{\}", "set()"),
        (r"\{x:x>0\}", "set(op.builder(#set0, chain[>](#set0, 0)))"),
        (
            r"\{t\in\mathbb R\mid t>0\}",
            r"set(op.builder(chain[\in](#set0, \mathbb{R}), chain[>](#set0, 0)))",
        ),
        (r"A\cup B", r"ac.\cup(A, B)"),
        (r"A\setminus B", r"op.\setminus(A, B)"),
        (r"\begin{pmatrix}1&2\\3&4\end{pmatrix}", "matrix[(( 2](1, 2, 3, 4)"),
        (r"\left(\begin{array}{cc}1&2\\3&4\end{array}\right)", "matrix[(( 2](1, 2, 3, 4)"),
        (r"\begin{bmatrix}1&2\\3\end{bmatrix}", "matrix[(( 2](1, 2, 3, _)"),
        (r"\begin{vmatrix}a&b\\c&d\end{vmatrix}", "det.2(a, b, c, d)"),
        (
            r"\begin{cases}x,&x>0\\0,&x\le0\end{cases}",
            r"cases.2(x, chain[>](x, 0), 0, chain[\leq](x, 0))",
        ),
        (r"\begin{aligned}a&=b\\c&=d\end{aligned}", "list(chain[=](a, b), chain[=](c, d))"),
        (r"\text{max height}", '"max height"'),
        (r"\mathrm{H_2O}", r"mul(sub(\mathrm{H}, 2), \mathrm{O})"),
    ],
}


@pytest.mark.parametrize(
    ("latex", "expected"), [pair for table in READINGS.values() for pair in table], ids=lambda text: text
)
def test_reading(latex, expected):
    assert show(read(latex)) == expected


TWO_WAYS = [
    ("a/bc", "slash", "mul(a, pow(mul(b, c), -1))", "mul(mul(a, pow(b, -1)), c)"),
    (r"\sin xy", "argument", "fn.sin(mul(x, y))", "mul(fn.sin(x), y)"),
    (r"2\frac12", "mixed", "mul(2, mul(1, pow(2, -1)))", "add(2, mul(1, pow(2, -1)))"),
    (r"\log x", "log", "fn.ln(x)", "mul(fn.ln(x), pow(fn.ln(10), -1))"),
    (r"\sin^{-1}x", "inverse", "fn.arcsin(x)", "pow(fn.sin(x), -1)"),
    ("1,000", "thousands", "1000", "list(1, 000)"),
    (r"\sin(x)^2", "power", "pow(fn.sin(x), 2)", "fn.sin(pow(x, 2))"),
    (r"\partial_xuv", "operand", r"deriv.\partial(mul(u, v), x, 1)", r"mul(deriv.\partial(u, x, 1), v)"),
    ("a+b:2", "colon", "op.:(add(a, b), 2)", "add(a, mul(b, pow(2, -1)))"),
    (r"\sum_ka_k+k", "body", "add(sum(sub(a, k), k, _, _), k)", "sum(add(sub(a, k), k), k, _, _)"),
    (r"-7\bmod3", "modulo", r"mul(-1, op.\bmod(7, 3))", r"op.\bmod(-7, 3)"),
    (
        r"A\subset B\cup C\subset D",
        "union",
        r"chain[\subset \subset](A, ac.\cup(B, C), D)",
        r"ac.\vee(chain[\subset](A, B), chain[\subset](C, D))",
    ),
]


@pytest.mark.parametrize(("latex", "choice", "first", "second"), TWO_WAYS, ids=lambda text: text)
def test_what_can_be_read_in_two_ways_is_and_says_so(latex, choice, first, second):
    reader = TermReader()
    assert show(reader.read(canonical_tree(parse(split(latex))))) == first
    assert reader.used == {choice}
    (other,) = set(ALTERNATIVES[choice]) - {getattr(ReadingChoices(), choice)}
    assert show(read(latex, **{choice: other})) == second


def test_every_choice_has_an_example():
    assert {choice for _, choice, _, _ in TWO_WAYS} == set(ALTERNATIVES)


def test_numbers_of_more_than_4000_digits_stay_names():
    assert read("1" * 4000).op == "num"
    assert read("1" * 4001).op == "name"


def test_bars_that_pair_in_two_ways_are_a_doubt():
    for latex, doubt in (("|x|y|z|", True), ("|x||y|", False), ("|x|+|y|", False)):
        reader = TermReader()
        reader.read(canonical_tree(parse(split(latex))))
        assert bool(reader.doubts) is doubt


@pytest.mark.parametrize(
    "spellings",
    [
        (r"\frac12", r"\frac{1}{2}", r"\dfrac12", r"{1\over2}", "1/2"),
        (r"a\le b", r"a\leq b", r"a\leqslant b"),
        (r"\int_0^1f(x)\,dx", r"\int\limits_0^1f(x)\mathrm{d}x", r"\int_{0}^{1}f\left(x\right)dx"),
        (r"x\cdot y", r"x\times y", "xy", r"x\,y", "{x}{y}"),
        (r"\tan x", r"\tg x", r"\operatorname{tan}x", r"\mathrm{tan}x"),
        (r"\{x:x>0\}", r"\{x\mid x>0\}", r"\{x|x>0\}", r"\left\{x\,\middle|\,x>0\right\}"),
        (r"[0,1[", r"\left[0,1\right[", r"[0,1)"),
        ("y''", r"y^{\prime\prime}", r"y^{''}"),
        (r"x\neq y", r"x\ne y", r"x\not=y"),
    ],
    ids=lambda group: group[0],
)
def test_spellings_of_the_same_thing_are_read_the_same(spellings):
    assert len({show(read(latex)) for latex in spellings}) == 1


NAMES = [
    *(
        "x",
        "X",
        r"\mathbf x",
        r"\mathbb x",
        r"\mathcal x",
        r"\mathrm x",
        r"\chi",
        r"\hat x",
        r"\bar x",
        r"\vec x",
    ),
    *("x_1", "x_2", "x_{12}", "x_{21}", "x_i", "x_j", "x_{ij}", "x_{ji}", "x_I", r"x_{\mathrm{i}}", "x^1_2"),
    *(
        "x'",
        "x''",
        "x^*",
        "x^+",
        r"x^\dagger",
        "x_{+}",
        "x_{i+1}",
        "x_{i-1}",
        "x_{i,1}",
        "x_{i1}",
        "x_{1i}",
        r"\dot x",
    ),
]


def test_case_font_index_and_mark_tell_names_apart():
    assert len({show(read(latex)) for latex in NAMES}) == len(NAMES)


# --- nothing is lost ---------------------------------------------------------------------------------------------

FREE = {r"\times", r"\cdot", r"\limits"}
"""Tokens of the samples that do not affect the term: product signs, and the position of bounds."""


def formulas(seed: int, count: int) -> list[list[str]]:
    """Sampled formulas without zeros and ones, which often can be left out: ``1x``, ``x^1``, ``2.50``."""
    rng = random.Random(seed)
    return [
        ["7" if t == "1" else "8" if t == "0" else t for t in sample_formula(rng).split()]
        for _ in range(count)
    ]


def without(tokens: list[str], index: int) -> list[str]:
    return tokens[:index] + tokens[index + 1 :]


def is_free(tokens: list[str], index: int) -> bool:
    """Whether a token may be left out: also the ``^`` before a prime."""
    return tokens[index] in FREE or tokens[index : index + 3] == ["^", "{", r"\prime"]


def test_no_token_is_dropped_in_silence():
    changed = 0
    for tokens in formulas(seed=20, count=70):
        term = read(tokens)
        for index in range(len(tokens)):
            try:
                other = read(without(tokens, index))
            except LatexSyntaxError:
                continue
            assert other != term or is_free(tokens, index), f"{tokens[index]} of {join(tokens)}"
            changed += other != term
    assert changed > 500


def test_a_token_less_is_never_equal():
    rng = random.Random(5)
    for tokens in formulas(seed=21, count=50):
        index = rng.randrange(len(tokens))
        verdict = decide(join(tokens), join(without(tokens, index)))
        assert verdict.verdict != "EQUAL" or is_free(tokens, index), f"{tokens[index]} of {join(tokens)}"


def test_exchanged_neighbours_are_another_term():
    """Terms keep the order of what was written; whether it matters is decided later."""
    signs = {"+", "-", "=", "<", ">", r"\pm", r"\leq", "/"}
    for tokens in formulas(seed=22, count=60):
        term = read(tokens)
        for index, pair in enumerate(pairwise(tokens)):
            if len(set(pair)) == 2 and all(token.isalnum() or token in signs for token in pair):
                other = read([*tokens[:index], *reversed(pair), *tokens[index + 2 :]])
                assert other != term, f"{pair} in {join(tokens)}"


@pytest.mark.parametrize(
    "latex", ["10^{10^{10^{10}}}", "2004!", r"\binom{10^9}{5\cdot10^8}", "((9!)!)!", "9" * 5000]
)
def test_nothing_is_computed_on_the_way_in(latex):
    """A tower of powers would never end; each of these is read in fewer steps than one computed digit a step takes."""
    assert steps(lambda: read(latex)) < 400 * len(latex) + 40_000


# --- real labels -------------------------------------------------------------------------------------------------

SAMPLE = 300


def is_opaque(text: str) -> bool:
    """Whether a label is not read, or read as words alone or as an unknown sign about one thing."""
    try:
        term = read(text)
    except LatexSyntaxError:
        return True
    return term.op in ("text", "empty") or (term.op == "op" and len(term.args) < 2)


@pytest.mark.parametrize(
    ("source", "least"), [("crohme", 98), ("hme100k", 98), ("mathwriting", 98), ("im2latex", 90)]
)
def test_share_of_real_labels_that_is_read(shared, source, least):
    labels = real_labels(shared, source)
    labels = labels[:: max(1, len(labels) // SAMPLE)]
    share = 100 * sum(not is_opaque(label) for label in labels) / len(labels)
    print(f"{source}: {share:.2f} % of {len(labels)} labels")
    assert share >= least


def real_labels(shared, source: str) -> list[str]:
    from hmer_suite.predictions.files import read_references

    files = {
        "hme100k": "predictions/tamer-hme100k-a.json",
        "mathwriting": "predictions/unimumer-3b-mathwriting-a.json",
    }
    if source in files:
        return list(read_references(shared / files[source]).references)
    if source == "im2latex":
        return (shared / "im2latex/test-a.formulas.norm.txt").read_text("utf-8").splitlines()
    captions = (shared / "crohme/captions-train.txt").read_text("utf-8").splitlines()
    return [line.split("\t")[1] for line in captions]
