r"""Normal forms: terms that must share one, terms that must not, and random polynomials against sympy."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from hmer_suite.equiv.forms import Forms, Intractable, Undefined
from hmer_suite.equiv.reading.reader import TermReader
from hmer_suite.equiv.terms import Term, add, inverse, mul, name, num, power
from hmer_suite.latex.canonical.canoniser import canonical_tree
from hmer_suite.latex.tokens import split
from hmer_suite.latex.tree import parse


def read(latex: str) -> Term:
    return TermReader().read(canonical_tree(parse(split(latex))))


def agree(left: str, right: str) -> bool:
    """Whether the difference of two formulas is zero in normal form."""
    forms = Forms()
    return forms.add(forms.form(read(left)), forms.negative(forms.form(read(right)))).num.is_zero()


def conditions(latex: str) -> set[str]:
    """The kinds of conditions on the domain of a formula."""
    forms = Forms()
    forms.form(read(latex))
    return {kind for kind, _ in forms.conditions}


SAME = [
    ("(x+y)^3", "x^3+3x^2y+3xy^2+y^3"),
    (r"\frac{x^2-1}{x-1}", "x+1"),
    (r"\frac1x+\frac1y", r"\frac{x+y}{xy}"),
    (r"\frac{1}{1+\frac1x}", r"\frac{x}{x+1}"),
    ("1.25", r"\frac54"),
    (r"\sqrt8", r"2\sqrt2"),
    (r"\sqrt6", r"\sqrt2\sqrt3"),
    (r"\frac1{\sqrt2}", r"\frac{\sqrt2}2"),
    (r"\frac1{1+\sqrt2}", r"\frac{1-\sqrt2}{1-2}"),
    (r"\sqrt[3]{-8}", "-2"),
    (r"\sqrt{\sqrt x}", r"\sqrt[4]{x}"),
    (r"\sqrt{x^2y^4}", "|x|y^2"),
    (r"\sqrt{x^2+2x+1}", "|x+1|"),
    ("|-2x|", "2|x|"),
    ("|x|^2", "x^2"),
    ("|xy|", "|x||y|"),
    ("2^{n+1}", r"2\cdot2^n"),
    ("4^n", "2^{2n}"),
    ("6^n", "2^n3^n"),
    ("a^{m+n}", "a^ma^n"),
    (r"\exp(x)\exp(-x)", "1"),
    (r"(\exp x)^2", r"\exp(2x)"),
    (r"\ln\exp(x)", "x"),
    (r"\ln8", r"3\ln2"),
    (r"\ln\frac16", r"-\ln2-\ln3"),
    (r"\ln\mathrm e", "1"),
    (r"\ln x^3", r"3\ln x"),
    (r"\log_28", "3"),
    (r"\sin^2x+\cos^2x", "1"),
    (r"\sin2x", r"2\sin x\cos x"),
    (r"\cos2x", r"2\cos^2x-1"),
    (r"\sin(x+y)", r"\sin x\cos y+\cos x\sin y"),
    (r"\cos(-x)", r"\cos x"),
    (r"\sin(x-\pi)", r"-\sin x"),
    (r"\cos\frac\pi3", r"\frac12"),
    (r"\sin45^\circ", r"\frac{\sqrt2}2"),
    (r"\tan x\cos x", r"\sin x"),
    (r"\cosh^2x-\sinh^2x", "1"),
    (r"\arctan(-x)", r"-\arctan x"),
    ("(n+1)!", "(n+1)n!"),
    (r"\frac{n!}{(n-2)!}", "n(n-1)"),
    ("5!", "120"),
    (r"\binom52", "10"),
    (r"\binom n2", r"\frac{n(n-1)}2"),
    (r"\binom nk", r"\binom n{n-k}"),
    (r"\max(a,b)", r"\max(b,a)"),
    (r"\lfloor-\frac12\rfloor", "-1"),
    (r"\sum_{k=1}^3k^2", "14"),
    (r"\sum_{k=1}^nk", r"\frac{n(n+1)}2"),
    (r"\sum_{k=0}^nk^2", r"\frac{n(n+1)(2n+1)}6"),
    (r"\sum_{k=1}^nca_k", r"c\sum_{i=1}^na_i"),
    (r"\sum_{k=1}^n(a_k+b_k)", r"\sum_{k=1}^na_k+\sum_{k=1}^nb_k"),
    (r"\sum_{i=1}^n\sum_{j=1}^mx_{i,j}", r"\sum_{k=1}^n\sum_{l=1}^mx_{k,l}"),
    (r"\prod_{k=1}^4k", "24"),
    (r"\int_0^1x\,dx", r"\int_0^1t\,dt"),
    (r"\int_0^1(x+1)\,dx", r"\int_0^1dx+\int_0^1x\,dx"),
    (r"\int_0^1x\,dx", r"-\int_1^0x\,dx"),
    (r"\frac d{dx}x^3", "3x^2"),
    (r"\frac{d^2}{dx^2}\sin x", r"-\sin x"),
    (r"\begin{vmatrix}a&b\\c&d\end{vmatrix}", "ad-bc"),
]


@pytest.mark.parametrize(("left", "right"), SAME, ids=lambda text: text)
def test_what_is_equal_has_no_difference(left, right):
    assert agree(left, right)


APART = [
    ("x", "X"),
    ("x+1", "x-1"),
    (r"\sqrt{x^2}", "x"),
    (r"\sqrt{x+y}", r"\sqrt x+\sqrt y"),
    (r"\sqrt2", "1.41421356237"),
    (r"\pi", "3.14159265358979"),
    ("|x+y|", "|x|+|y|"),
    ("2^{mn}", "2^{m+n}"),
    ("a^{b^c}", "a^{bc}"),
    ("2^{99}", "2^{98}"),
    (r"\ln(x+y)", r"\ln x+\ln y"),
    (r"(\ln x)^2", r"\ln x^2"),
    (r"\log_2x", r"\log_3x"),
    (r"\sin x", r"\cos x"),
    (r"\sin x^2", r"\sin^2x"),
    (r"\sin^2x-\cos^2x", "1"),
    (r"\tan^2x+\cos^2x", "1"),
    (r"\sin\frac\pi5", r"\frac12"),
    ("(2n)!", "2n!"),
    ("2004!", "2006!"),
    (r"\binom nk", r"\binom kn"),
    (r"\max(a,b)", r"\min(a,b)"),
    (r"\lfloor x\rfloor", r"\lceil x\rceil"),
    (r"\sum_{k=1}^na_k", r"\sum_{k=0}^na_k"),
    (r"\sum_{k=1}^na_kb_k", r"\sum_{k=1}^na_k\sum_{k=1}^nb_k"),
    (r"\sum_{k=1}^na_{k,j}", r"\sum_{j=1}^na_{k,j}"),
    (r"\int_0^1x\,dx", r"\int_1^0x\,dx"),
    (r"\int f\,d\alpha", r"\int f\,dx"),
    (r"\int x\,dx", r"\int t\,dt"),
    (r"\int_0^\infty(f(x)+g(x))dx", r"\int_0^\infty f(x)dx+\int_0^\infty g(x)dx"),
    (r"\begin{vmatrix}a&b\\c&d\end{vmatrix}", "ad+bc"),
    (r"\infty-\infty", "0"),
    (r"0\cdot\infty", "0"),
    ("x_{12}", "x_{21}"),
]


@pytest.mark.parametrize(("left", "right"), APART, ids=lambda text: text)
def test_what_differs_has_one(left, right):
    assert not agree(left, right)


@pytest.mark.parametrize(
    ("latex", "kinds"),
    [
        ("x+y", set()),
        (r"\frac1x", set()),  # an isolated point
        (r"\sqrt x", {"nonnegative"}),
        (r"\sqrt x\sqrt x", {"nonnegative"}),
        (r"\sqrt[4]{x}", {"nonnegative"}),
        (r"\sqrt[3]{x}", set()),
        (r"\sqrt{x^2}", set()),
        (r"\sqrt{x^2+1}", set()),
        (r"\sqrt{|x|}", set()),
        (r"\sqrt{\exp x}", set()),
        (r"\sqrt{x^2-1}", {"nonnegative"}),
        (r"\sqrt2", set()),
        (r"\ln x", {"nonnegative"}),
        (r"\ln2", set()),
        (r"\ln\exp x", set()),
        ("x^y", {"base"}),
        ("2^y", set()),
        (r"\arcsin x", {"unit"}),
        (r"\arctan x", set()),
    ],
    ids=str,
)
def test_conditions_of_the_domain(latex, kinds):
    assert conditions(latex) == kinds


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        (r"\sqrt x", r"\sqrt{2x}", True),
        (r"\sqrt{x^3}", r"\sqrt x", True),
        (r"\sqrt{\frac1x}", r"\sqrt x", True),
        (
            r"\ln x",
            r"\sqrt x",
            True,
        ),  # the point zero is a boundary, where the one has a value and the other none
        (r"\sqrt x", r"\sqrt{-x}", False),
        (r"\sqrt{xy}", r"\sqrt x\sqrt y", False),
        (r"\ln x^2", r"\ln x", False),
    ],
)
def test_domains_that_are_the_same_ask_for_the_same(left, right, same):
    forms = Forms()
    asked = []
    for latex in (left, right):
        forms.conditions = set()
        forms.form(read(latex))
        asked.append(forms.conditions)
    assert (asked[0] == asked[1]) is same


def test_absolute_values_are_resolved_where_the_domain_determines_them():
    forms = Forms()
    ratio = forms.form(read(r"|x|+\ln x"))
    assert forms.on_domain(ratio).key == forms.form(read(r"x+\ln x")).key
    without = Forms()
    assert without.on_domain(without.form(read("|x|"))).key != without.form(read("x")).key


@pytest.mark.parametrize(
    "latex", [r"\frac10", r"\frac x{x-x}", "0^{-1}", "(x-x)^{-2}", r"\frac1{\sin^2x+\cos^2x-1}"]
)
def test_division_by_zero_is_undefined(latex):
    with pytest.raises(Undefined):
        Forms().form(read(latex))


@pytest.mark.parametrize(
    "latex",
    [
        "(a+b+c+d)^{40}(e+f+g+h)^{40}",
        "+".join(f"x_{{{index}}}" for index in range(200)),
        "0^0",
    ],
    ids=["many terms", "many letters", "zero to the zero"],
)
def test_what_is_too_large_or_a_convention_has_no_form(latex):
    with pytest.raises(Intractable):
        Forms().form(read(latex))


@pytest.mark.parametrize(
    "latex", ["10^{10^{10}}", "(x+1)^{10^9}", r"\binom{10^9}{5\cdot10^8}", "((9!)!)!", "x^{10^{99}}"]
)
def test_what_cannot_be_computed_stays_as_it_is(latex):
    assert agree(latex, f"{latex}+1-1")
    assert not agree(latex, f"{latex}+1")


LIMITS = {
    "factorials of numbers": ("100!", "100\\cdot99!", "101!", "101\\cdot100!"),
    "shifts of factorials": (r"\frac{(n+12)!}{(n+11)!}", "n+12", r"\frac{(n+13)!}{(n+12)!}", "n+13"),
    "multiples of an angle": (
        r"\sin6x", r"\sin5x\cos x+\cos5x\sin x", r"\sin7x", r"\sin6x\cos x+\cos6x\sin x"
    ),
    "sums written out": (
        r"\sum_{k=1}^{12}\sin k", "+".join(rf"\sin{k}" for k in range(1, 13)),
        r"\sum_{k=1}^{13}\sin k", "+".join(rf"\sin{k}" for k in range(1, 14)),
    ),
    "sums of powers": (
        r"\sum_{k=1}^{n+1}k^{12}", r"\sum_{k=1}^nk^{12}+(n+1)^{12}",
        r"\sum_{k=1}^{n+1}k^{13}", r"\sum_{k=1}^nk^{13}+(n+1)^{13}",
    ),
    "powers of sums": ("(x+1)^{64}", "(x+1)^{32}(x+1)^{32}", "(x+1)^{65}", "(x+1)^{32}(x+1)^{33}"),
    "powers of letters": ("x^{10000}", "(x^{5000})^2", "x^{10001}", "(x^{5000})^2x"),
    "orders of derivatives": (
        r"\frac{d^3}{dx^3}x^4", "24x", r"\frac{d^4}{dx^4}x^5", "120x"
    ),
    "determinants": (
        r"\begin{vmatrix}a&0&0&0\\0&b&0&0\\0&0&c&0\\0&0&0&d\end{vmatrix}", "abcd",
        r"\begin{vmatrix}a&0&0&0&0\\0&b&0&0&0\\0&0&c&0&0\\0&0&0&d&0\\0&0&0&0&1\end{vmatrix}", "abcd",
    ),
    "factored radicands": (
        r"\sqrt{(x+1)^{56}y^4}", "(x+1)^{28}y^2", r"\sqrt{(x+1)^{56}y^4z}", r"(x+1)^{28}y^2\sqrt z"
    ),
}  # fmt: skip


@pytest.mark.parametrize(("within", "same", "beyond", "not_found"), LIMITS.values(), ids=list(LIMITS))
def test_terms_are_expanded_up_to_the_limits(within, same, beyond, not_found):
    """Both pairs are equal, but beyond the limit the form is opaque, so that large terms cost little time."""
    assert agree(within, same)
    assert not agree(beyond, not_found)


def test_kernels_are_limited():
    forms = Forms()
    letters = [name(f"x{index}") for index in range(49)]
    forms.form(add(*letters[:48]))
    with pytest.raises(Intractable):
        forms.form(letters[48])


# --- random polynomials and fractions, sympy as the oracle -------------------------------------------------------

LETTERS = "xyz"
Pair = tuple[Term, sympy.Expr]
"""The same expression as a term and in sympy."""


def combined(children: st.SearchStrategy[Pair]) -> st.SearchStrategy[Pair]:
    several = st.lists(children, min_size=2, max_size=3)
    return st.one_of(
        several.map(lambda pairs: (add(*(p[0] for p in pairs)), sympy.Add(*(p[1] for p in pairs)))),
        several.map(lambda pairs: (mul(*(p[0] for p in pairs)), sympy.Mul(*(p[1] for p in pairs)))),
        st.tuples(children, st.integers(0, 3))
        .filter(lambda drawn: drawn[1] > 0)
        .map(lambda drawn: (power(drawn[0][0], num(drawn[1])), drawn[0][1] ** drawn[1])),
    )


numbers = st.fractions(-3, 3, max_denominator=3).map(
    lambda value: (num(value), sympy.Rational(value.numerator, value.denominator))
)
letters = st.sampled_from(LETTERS).map(lambda letter: (name(letter), sympy.Symbol(letter)))
polynomials = st.recursive(letters | numbers, combined, max_leaves=6)
quotients = st.tuples(polynomials, polynomials).map(
    lambda drawn: (
        mul(drawn[0][0], inverse(drawn[1][0])),
        drawn[0][1] / drawn[1][1] if drawn[1][1] != 0 else sympy.zoo,
    )
)


def as_term(expression: sympy.Expr) -> Term:
    """An expanded sympy polynomial as a term."""
    summands = []
    for monomial, coefficient in sympy.Poly(expression, *map(sympy.Symbol, LETTERS)).terms():
        factors = [power(name(letter), num(degree)) for letter, degree in zip(LETTERS, monomial, strict=True)]
        summands.append(mul(num(Fraction(int(coefficient.p), int(coefficient.q))), *factors))
    return add(*summands)


@settings(max_examples=25)
@given(polynomials)
def test_a_polynomial_and_what_sympy_expands_it_to_share_a_form(pair):
    forms = Forms()
    assert forms.form(pair[0]).key == forms.form(as_term(sympy.expand(pair[1]))).key


@settings(max_examples=25)
@given(polynomials, polynomials)
def test_two_polynomials_share_a_form_exactly_when_sympy_expands_them_alike(first, second):
    forms = Forms()
    same = forms.form(first[0]).key == forms.form(second[0]).key
    assert same == (sympy.expand(first[1] - second[1]) == 0)


@settings(max_examples=25)
@given(quotients, quotients)
def test_sums_of_fractions_against_sympy(first, second):
    forms = Forms()
    total = add(first[0], second[0])
    try:
        ratio = forms.form(total)
    except Undefined:
        assert any(
            sympy.expand(pair[1].as_numer_denom()[1]) == 0 or pair[1] is sympy.zoo for pair in (first, second)
        )
        return
    above, below = sympy.cancel(sympy.together(first[1] + second[1])).as_numer_denom()
    expected = mul(as_term(sympy.expand(above)), inverse(as_term(sympy.expand(below))))
    assert ratio.key == forms.form(expected).key


@settings(max_examples=25)
@given(quotients)
def test_the_term_of_a_form_has_that_form(pair):
    forms = Forms()
    try:
        ratio = forms.form(pair[0])
    except Undefined:
        return
    assert forms.form(forms.term(ratio)).key == ratio.key
