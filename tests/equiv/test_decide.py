r"""The decision: each step to a verdict, witnesses checked by sympy, and properties that always hold."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import combinations

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from hmer_suite.equiv.decide import decide
from hmer_suite.equiv.verdict import (
    AMBIGUOUS,
    DIFFERENT,
    EQUAL,
    UNDECIDED,
    UNPROVEN,
    Answer,
    ComparedAnswers,
    Verdict,
)

WAYS = [
    ("x + 1", "x+1", EQUAL, "identical", ""),
    (r"\frac12", r"\frac{1}{2}", EQUAL, "canonical", ""),
    ("x_1^2", "x^2_1", EQUAL, "canonical", ""),
    ("x+1", "1+x", EQUAL, "structural", ""),
    ("a=b", "b=a", EQUAL, "structural", ""),
    ("a<b", "b>a", EQUAL, "structural", ""),
    (r"\{1,2\}", r"\{2,1\}", EQUAL, "structural", ""),
    (r"\sum_ia_i", r"\sum_ka_k", EQUAL, "structural", ""),
    (r"\int_0^1x\,dx", r"\int_0^1t\,dt", EQUAL, "structural", ""),
    (r"A\cup B", r"B\cup A", EQUAL, "structural", ""),
    ("x(y+1)", "xy+x", EQUAL, "symbolic", ""),
    (r"\sin^2x+\cos^2x", "1", EQUAL, "symbolic", ""),
    ("2x=4y", "x=2y", EQUAL, "symbolic", ""),
    ("2x+4y-3=0", r"y=-\frac12x+\frac34", EQUAL, "symbolic", ""),
    ("-x<3", "x>-3", EQUAL, "symbolic", ""),
    ("(1+1,x)", "(2,x)", EQUAL, "symbolic", ""),
    ("x", "y", DIFFERENT, "numeric", ""),
    (
        r"1-\frac1{\mathrm e}",
        r"1+\frac1{\mathrm e}",
        DIFFERENT,
        "structural",
        "",
    ),  # no letters: nothing to witness
    ("x=2y", "x=3y", DIFFERENT, "numeric", ""),
    ("x<y", r"x\le y", DIFFERENT, "numeric", ""),
    ("(1,2)", "(2,1)", DIFFERENT, "structural", ""),
    (r"\{1,2\}", r"\{1,2,3\}", DIFFERENT, "structural", ""),
    ("1+1=2", "2+2=4", DIFFERENT, "structural", ""),
    ("x", "x=1", DIFFERENT, "structural", ""),
    (r"\text{old age}", r"\text{young age}", DIFFERENT, "structural", ""),
    ("f(x+1)", "fx+f", UNDECIDED, "unsupported", AMBIGUOUS),
    ("a/bc", r"\frac{a}{bc}", UNDECIDED, "unsupported", AMBIGUOUS),
    (r"2\frac12", r"\frac52", UNDECIDED, "unsupported", AMBIGUOUS),
    ("|p|q|r|", "|p|q|r|+0", UNDECIDED, "unsupported", AMBIGUOUS),
    ("|x|y|z|", "|x||y|z", UNDECIDED, "unsupported", AMBIGUOUS),
    ("x^2=0", "x=0", UNDECIDED, "unsupported", UNPROVEN),
    ("x^{2", "x^2", UNDECIDED, "unparsed", "unparsed"),
    ("x^{2", "x^{3", UNDECIDED, "unparsed", "unparsed"),  # one of them is the reference
    ("x^{2", "x^3", DIFFERENT, "unparsed", ""),
    # Dropping a token is the cheapest repair, and braces are the right one.
    (r"z^\sqrt5", r"z^{\sqrt5}", UNDECIDED, "unparsed", "unparsed"),
    (r"z^\sqrt5", "z+5", DIFFERENT, "unparsed", ""),
    ("m^{3=n", "m^{3}=n", UNDECIDED, "unparsed", "unparsed"),
    ("m^{3=n", "m^{5}=n", DIFFERENT, "unparsed", ""),
    ("k^{3=m^{3(m+p)}", "k^{3}=m^{3}(m+p)", UNDECIDED, "unparsed", "unparsed"),  # a brace has moved
    ("x^{2", "x^{2", EQUAL, "identical", ""),
    ("x ^ { 2", "x^{2", EQUAL, "identical", ""),
]


@pytest.mark.parametrize(("left", "right", "verdict", "how", "reason"), WAYS)
def test_verdict_way_and_reason(left, right, verdict, how, reason):
    for pair in ((left, right), (right, left)):
        found = decide(*pair)
        assert (found.verdict, found.how, found.reason) == (verdict, how, reason)
        assert found.seconds >= 0
        assert (found.witness is not None) <= (found.verdict == DIFFERENT)


def test_verdicts_and_reasons_go_together():
    for left, right, *_ in WAYS:
        found = decide(left, right)
        assert (found.verdict == UNDECIDED) == bool(found.reason)
        assert found.verdict != EQUAL or found.how in ("identical", "canonical", "structural", "symbolic")
        assert found.how != "numeric" or found.witness


# --- witnesses ---------------------------------------------------------------------------------------------------

EXPRESSIONS = [
    ("x^2+1", "x^2-1", "x**2+1", "x**2-1"),
    ("2x+3y", "3x+2y", "2*x+3*y", "3*x+2*y"),
    ("(x+y)^2", "x^2+y^2", "(x+y)**2", "x**2+y**2"),
    (r"\frac{x+1}{x-1}", r"\frac{x-1}{x+1}", "(x+1)/(x-1)", "(x-1)/(x+1)"),
    (r"\frac1x+\frac1y", r"\frac1{x+y}", "1/x+1/y", "1/(x+y)"),
    (r"\sqrt{x^2}", "x", "sqrt(x**2)", "x"),
    (r"\sqrt{x+y}", r"\sqrt x+\sqrt y", "sqrt(x+y)", "sqrt(x)+sqrt(y)"),
    (r"\sqrt{xy}", r"\sqrt x\sqrt y", "sqrt(x*y)", "sqrt(x)*sqrt(y)"),
    ("|x|", "x", "Abs(x)", "x"),
    ("|x+y|", "|x|+|y|", "Abs(x+y)", "Abs(x)+Abs(y)"),
    ("2^{a+b}", "2^{ab}", "2**(a+b)", "2**(a*b)"),
    (r"\sin(x+y)", r"\sin x+\sin y", "sin(x+y)", "sin(x)+sin(y)"),
    (r"\sin^2x", r"\sin x^2", "sin(x)**2", "sin(x**2)"),
    (r"\tan^2x+\cos^2x", "1", "tan(x)**2+cos(x)**2", "1"),
    (r"\cos2x", r"2\cos x", "cos(2*x)", "2*cos(x)"),
    (r"\ln(xy)", r"\ln x+\ln y", "log(x*y)", "log(x)+log(y)"),
    (r"\ln x^2", r"2\ln x", "log(x**2)", "2*log(x)"),
    (r"\ln(x+y)", r"\ln x\ln y", "log(x+y)", "log(x)*log(y)"),
    (r"\exp(x+y)", r"\exp x+\exp y", "exp(x+y)", "exp(x)+exp(y)"),
    (r"\arctan x", r"\frac1{\tan x}", "atan(x)", "1/tan(x)"),
    ("(n+1)!", "n!+1", "factorial(n+1)", "factorial(n)+1"),
    (r"\binom nk", r"\binom{n}{k+1}", "binomial(n,k)", "binomial(n,k+1)"),
    (r"\sum_{k=1}^nk^2", r"\frac{n(n+1)}2", "n*(n+1)*(2*n+1)/6", "n*(n+1)/2"),
    (r"\sum_{k=1}^nx^k", r"\sum_{k=0}^nx^k", "(x**(n+1)-x)/(x-1)", "(x**(n+1)-1)/(x-1)"),
    (r"\int_0^at^2\,dt", r"\int_0^at\,dt", "a**3/3", "a**2/2"),
    (r"\frac d{dx}x^3", r"\frac d{dx}x^2", "3*x**2", "2*x"),
    (r"\begin{vmatrix}a&b\\c&d\end{vmatrix}", "ad+bc", "a*d-b*c", "a*d+b*c"),
    (r"\lfloor x\rfloor", r"\lceil x\rceil", "floor(x)", "ceiling(x)"),
    (r"\max(a,b)", "a", "Max(a,b)", "a"),
    (r"\sqrt[3]{x}", r"\sqrt x", "real_root(x,3)", "sqrt(x)"),
]


def at(witness, expression: str) -> sympy.Expr:
    """A sympy expression at a witness; its text is from the tables above, not from a user."""
    letters = {letter: sympy.Symbol(letter, real=True) for letter in "abcdknxy"}
    values = {letters[letter]: sympy.Rational(value) for letter, value in witness.items()}
    return sympy.sympify(expression, locals=letters).subs(values)


def is_number(value: sympy.Expr) -> bool:
    return bool(value.is_finite) and bool(value.is_real)


@pytest.mark.parametrize(("left", "right", "ours", "theirs"), EXPRESSIONS)
def test_at_a_witness_two_expressions_differ(left, right, ours, theirs):
    verdict = decide(left, right)
    assert (verdict.verdict, verdict.how) == (DIFFERENT, "numeric")
    first, second = at(verdict.witness, ours), at(verdict.witness, theirs)
    if is_number(first) and is_number(second):
        assert abs(sympy.N(first - second, 40)) > sympy.Float("1e-25")
    else:
        assert is_number(first) or is_number(second)  # the domains differ


STATEMENTS = [
    ("x=2y", "x=3y", "Eq(x,2*y)", "Eq(x,3*y)"),
    ("x^2=4", "x=2", "Eq(x**2,4)", "Eq(x,2)"),
    ("x^2=9", "x^3=27", "Eq(x**2,9)", "Eq(x**3,27)"),
    ("3x-y+13=0", "3x+4y+14=0", "Eq(3*x-y+13,0)", "Eq(3*x+4*y+14,0)"),
    ("y=x^2+1", "y=x^2-1", "Eq(y,x**2+1)", "Eq(y,x**2-1)"),
    ("a+b=2c", "a-b=2c", "Eq(a+b,2*c)", "Eq(a-b,2*c)"),
    (r"\frac xa=b", r"\frac xb=a+1", "Eq(x/a,b)", "Eq(x/b,a+1)"),
    (r"c^2=a^2+b^2", r"c=a+b", "Eq(c**2,a**2+b**2)", "Eq(c,a+b)"),
    ("x<y", r"x\le y", "x<y", "x<=y"),
    ("-x<3", "x<-3", "-x<3", "x<-3"),
    ("2x+y<1", "2x-y<1", "2*x+y<1", "2*x-y<1"),
    (r"x\ne1", "x=1", "Ne(x,1)", "Eq(x,1)"),
    ("0<x<1", "0<x<2", "And(0<x,x<1)", "And(0<x,x<2)"),
    ("x^2<4", "x<2", "x**2<4", "x<2"),
]


@pytest.mark.parametrize(("left", "right", "ours", "theirs"), STATEMENTS)
def test_at_a_witness_one_statement_holds_and_the_other_does_not(left, right, ours, theirs):
    """A letter alone on a side may be missing in the witness: the other sides are two values for it."""
    verdict = decide(left, right)
    assert (verdict.verdict, verdict.how) == (DIFFERENT, "numeric")
    first, second = at(verdict.witness, ours), at(verdict.witness, theirs)
    missing = first.free_symbols | second.free_symbols
    if missing:
        (letter,) = missing
        assert first.lhs == second.lhs == letter
        first, second = first.subs(letter, first.rhs), second.subs(letter, first.rhs)
    assert {bool(first), bool(second)} == {True, False}


WAYS_TO_SAY = [
    [r"G=0", "|G|=0", "G^2=0", r"|G|\le0", r"G^2\le0", r"\sqrt{G^2}=0", "G=-G", r"G\le0\land G\ge0"],
    [r"G\ne0", "|G|>0", "G^2>0", r"G^2\ne0", r"G<0\lor G>0", r"\neg(G=0)"],
    [r"G\le0", r"-G\ge0", r"G^3\le0", "|G|=-G", r"\sqrt{G^2}=-G", r"G\le-G", r"G<0\lor G=0"],
    [r"G<0", "-G>0", "G^3<0", "G|G|<0", "G<-G", r"\frac1{G}<0", r"\frac1{G}\le0"],
]


@pytest.mark.parametrize("gap", ["(2x-y)", r"(\sin x)", "a_n"])
@pytest.mark.parametrize("ways", WAYS_TO_SAY, ids=lambda ways: ways[0])
def test_ways_to_say_the_same_are_never_different(gap, ways):
    """They hold at the same points, except for poles of 1/G, so that no point can be a witness."""
    statements = [way.replace("G", gap) for way in ways]
    for left, right in combinations(statements, 2):
        assert decide(left, right).verdict != DIFFERENT, (left, right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("x^2=y^2", r"x=\pm y"),
        ("|x|<2", "-2<x<2"),
        ("x^3=8", "x=2"),
        (r"\frac1x=\frac1y", "x=y"),
        ("x^{mn}=1", "(x^m)^n=1"),
        ("x^{mn}", "(x^m)^n"),
        (r"\angle ABC", r"\angle CBA"),
        (r"\lim_{h\to0}\frac{f(x+h)-f(x)}h", "f'(x)"),
        (r"\sum_{k=0}^{n-1}a_{k+1}", r"\sum_{k=1}^na_k"),
    ],
)
def test_other_pairs_that_no_point_tells_apart(left, right):
    assert decide(left, right).verdict != DIFFERENT
    assert decide(right, left).verdict != DIFFERENT


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (
            r"\sum_{k=1}^\infty(a_k+b_k)",
            r"\sum_{k=1}^\infty a_k+\sum_{k=1}^\infty b_k",
        ),
        (r"\int_0^\infty(f(x)+g(x))dx", r"\int_0^\infty f(x)dx+\int_0^\infty g(x)dx"),
        (r"\lim_{n\to\infty}a_nb_n", r"\lim_{n\to\infty}a_n\lim_{n\to\infty}b_n"),
        (r"\sum_{k=1}^\infty(-1)^k", r"-\frac12"),
        (r"\int_{-1}^1\frac{dx}x", "0"),
        (r"\int_{-1}^1\frac{dx}{x^2}", "-2"),
        (r"\lim_{x\to0}f(x)", "f(0)"),
        (r"\lim_{x\to0}\frac1x", r"\lim_{x\to0}\frac2x"),
        (r"\int_a^by\,f(x)\,dx", r"y\int_a^bf(x)\,dx"),  # y may depend on x
        (r"\frac d{dx}(xy)", "y"),
        (r"\int_0^1x^ndx", r"\frac1{n+1}"),  # n = -2
        (r"\int_1^x\frac{dt}t", r"\ln|x|"),
        (r"\exp(\ln x)", "x"),
        ("(x^2)^{1/2}", "x"),
        ("(x^a)^b", "x^{ab}"),
        (r"\arctan x+\arctan\frac1x", r"\frac\pi2"),
        (r"\left[0,1\right[", "[0,1]"),
        ("3x=5x", "3x=7x"),
    ],
)
def test_what_holds_only_sometimes_is_never_equal(left, right):
    assert decide(left, right).verdict != EQUAL
    assert decide(right, left).verdict != EQUAL


def test_a_witness_may_be_a_stretch_that_holds_a_solution():
    verdict = decide(r"\cos x=x", r"\cos x=x+1")
    words = verdict.witness["x"].split()
    assert (verdict.verdict, words[0], words[2]) == (DIFFERENT, "between", "and")
    x = sympy.Symbol("x")
    low, high = (float(sympy.Rational(word)) for word in words[1::2])
    solution = sympy.nsolve(sympy.cos(x) - x, 0.7)
    assert low - 1e-6 < solution < high + 1e-6 < low + 1


# --- what always holds -------------------------------------------------------------------------------------------


def test_the_same_pair_has_the_same_verdict_in_another_process():
    """Verdicts do not depend on hashes, nor on what was decided before."""
    pairs = [(left, right) for left, right, *_ in [*WAYS, *EXPRESSIONS[::4], *STATEMENTS[::4]]]
    program = (
        "import json, sys; from hmer_suite.equiv.decide import decide\n"
        "pairs = json.load(sys.stdin)\n"
        "print(json.dumps([decide(*pair).to_json() | {'seconds': 0} for pair in pairs[::-1]][::-1]))"
    )
    there = subprocess.run(
        [sys.executable, "-c", program],
        input=json.dumps(pairs),
        env=os.environ | {"PYTHONHASHSEED": "7"},
        capture_output=True,
        text=True,
        check=True,
    )
    here = [decide(*pair).to_json() | {"seconds": 0} for pair in pairs]
    assert json.loads(there.stdout) == here


@pytest.mark.parametrize("depth", [600, 3000])
def test_what_is_nested_too_deep_is_undecided(depth):
    for opening, closing in (("(", ")"), ("[", "]"), ("|", "|")):
        left, right = (f"{opening * depth}{body}{closing * depth}" for body in ("x+y", "y+x"))
        verdict = decide(left, right)
        assert verdict.verdict == UNDECIDED
    verdict = decide("(" * depth + "x" + ")" * depth, "(" * depth + "y" + ")" * depth)
    assert (verdict.verdict, verdict.how, verdict.reason) == (UNDECIDED, "unsupported", "depth")


def test_too_many_readings_are_undecided():
    """Seven ambiguities make 128 readings, of which a sample proves nothing."""
    doubtful = r"a/bc+\sin xy+2\frac12+\log x+\sin^{-1}x+\cos(x)^2"
    verdict = decide(doubtful, doubtful.replace("a/bc", r"\frac{a}{bc}"))
    assert (verdict.verdict, verdict.reason) == (UNDECIDED, AMBIGUOUS)


@pytest.mark.parametrize(("edits", "verdict"), [(2, DIFFERENT), (9, UNDECIDED)])
def test_what_has_too_many_repairs_is_undecided(edits, verdict):
    found = decide("{" * edits + "x", "y")
    assert (found.verdict, found.how) == (verdict, "unparsed")


def test_sixteen_readings_are_decided_and_thirty_two_are_not():
    ambiguous = ["a/bc", r"\sin xy", r"2\frac12", r"\log x", r"\sin^{-1}x"]
    for number, verdict in ((4, EQUAL), (5, UNDECIDED)):
        terms = ambiguous[:number]
        assert decide("+".join(terms), "+".join(reversed(terms))).verdict == verdict


INVALID = ["x^", r"\frac{1}", "{x", "x}", "x^2^3", r"\left(x", r"\begin{cases}x", "&", r"\sqrt", "x_1_2"]


def test_the_same_invalid_text_is_identical_and_any_other_is_not_equal():
    for left in INVALID:
        assert decide(left, left).how == "identical"
        for right in ("x", *INVALID):
            assert (decide(left, right).verdict == EQUAL) == (left == right), (left, right)


SOUP = [
    *r"x y 1 2 0 . , = < ( ) [ ] | ! ' + - / ^ _ { } & : ; f e i d".split(),
    *r"\frac \sqrt \sum \int \lim \sin \log \pi \infty \to \{ \} \left( \right) \cdot \times \pm \leq \in \cup".split(),
    *r"\forall \hat \vec \mathrm \text \partial \ldots \prime \binom \neg \Rightarrow \% \circ \max \det \mid".split(),
]


@settings(max_examples=100, derandomize=True)
@given(st.lists(st.sampled_from(SOUP), max_size=9), st.integers(0, 8), st.sampled_from(SOUP))
def test_any_tokens_get_a_verdict_that_does_not_depend_on_the_order(tokens, place, other):
    changed = [*tokens[:place], other, *tokens[place + 1 :]]
    left, right = " ".join(tokens), " ".join(changed)
    verdict = decide(left, right)
    assert verdict.verdict in (EQUAL, DIFFERENT, UNDECIDED)
    assert decide(right, left).verdict == verdict.verdict


@pytest.mark.parametrize(
    "answers", [None, ComparedAnswers(("boxed",), (Answer("3", ("boxed",)),), (), ("boxed",))]
)
def test_a_verdict_is_its_json_and_does_not_depend_on_the_time_it_took(answers):
    verdict = Verdict(DIFFERENT, "numeric", {"x": "2"}, seconds=0.5, answers=answers)
    assert Verdict.from_json(json.loads(json.dumps(verdict.to_json()))) == verdict
    assert verdict == Verdict(DIFFERENT, "numeric", {"x": "2"}, seconds=2.5, answers=answers)
    assert verdict != Verdict(DIFFERENT, "numeric", {"x": "3"}, seconds=0.5, answers=answers)


def test_of_two_chains_sympy_proves_side_after_side():
    chain, closed = r"a=\sum_{n=1}^\infty\frac1{n^2}=b", r"a=\frac{\pi^2}6=b"
    assert decide(chain, closed).verdict == EQUAL
    assert decide(chain, r"a=\frac{\pi^2}7=b").verdict != EQUAL
    assert decide(r"\sum_{n=1}^\infty\frac1{n^2}=a", r"a=\frac{\pi^2}6").verdict == EQUAL


def test_letters_may_be_the_words_of_the_other_side():
    assert decide(r"\text{No root}", "No~root").verdict == UNDECIDED
    assert decide(r"\text{No root}", "No~route").verdict == DIFFERENT
