r"""Values at points: exact if rational, otherwise balls that contain them; mpmath is the oracle."""

from __future__ import annotations

import math
from fractions import Fraction

import mpmath
import pytest
from flint import arb, ctx, fmpq

from hmer_suite.equiv.reading.interpreting.interpretations import general_reading
from hmer_suite.equiv.reading.reader import TermReader
from hmer_suite.equiv.terms import Term
from hmer_suite.equiv.values import (
    FIRST_CONSTANT_SEED,
    FIRST_PEAK_SEED,
    SEEDS,
    Outside,
    Point,
    Singular,
    Unknown,
    apart,
    at_growing_precision,
    certainly_nonzero,
)
from hmer_suite.latex.canonical.canoniser import canonical_tree
from hmer_suite.latex.tokens import split
from hmer_suite.latex.tree import parse


@pytest.fixture(autouse=True)
def digits():
    """64 bits for the balls, 50 digits for the oracle, both restored afterwards."""
    before = ctx.prec
    ctx.prec = 64
    with mpmath.workdps(50):
        yield
    ctx.prec = before


def read(latex: str) -> Term:
    """A formula in the general reading: ``f(x)`` is the value of a function."""
    term = TermReader().read(canonical_tree(parse(split(latex))))
    return general_reading(term, term)[0]


def value(latex: str, point: Point | None = None):
    return (point or Point(0)).value(read(latex))


def fraction(number: fmpq) -> Fraction:
    return Fraction(int(number.p), int(number.q))


def placed(seed: int, **letters: Fraction | int) -> Point:
    """A point at which some letters have given values."""
    point = Point(seed)
    for letter, number in letters.items():
        point.letters[letter] = fmpq(Fraction(number).numerator, Fraction(number).denominator)
    return point


def holds(ball, expected: mpmath.mpf) -> bool:
    """Whether a ball contains a number that is known to about 45 digits."""
    error = max(1, abs(expected)) * mpmath.mpf("1e-44")
    return arb(ball).overlaps(arb(mpmath.nstr(expected, 48), mpmath.nstr(error, 5)))


EXACT = [
    (r"x+\frac12y", lambda x, y: x + y / 2),
    (r"\frac{x^2-y}{xy+1}", lambda x, y: (x * x - y) / (x * y + 1)),
    ("x^{-3}", lambda x, y: x**-3),
    (r"\sqrt{x^2}", lambda x, y: abs(x)),
    (r"\sqrt[3]{-8x^3}", lambda x, y: -2 * x),
    ("|x-y|", lambda x, y: abs(x - y)),
    (r"\lfloor x\rfloor+\lceil y\rceil", lambda x, y: math.floor(x) + math.ceil(y)),
    (r"\max(x,y)-\min(x,y)", lambda x, y: max(x, y) - min(x, y)),
    (r"\operatorname{sgn}(x-y)", lambda x, y: (x > y) - (x < y)),
    (r"\binom73x", lambda x, y: 35 * x),
    ("5!y", lambda x, y: 120 * y),
    (r"\sum_{k=1}^4x^k", lambda x, y: x + x**2 + x**3 + x**4),
    (r"\sum_{i=1}^3\sum_{j=1}^iij", lambda x, y: 1 + 2 * 3 + 3 * 6),
    (r"\prod_{k=1}^3(x+k)", lambda x, y: (x + 1) * (x + 2) * (x + 3)),
    (r"\frac{d}{dx}(x^3+2x)", lambda x, y: 3 * x * x + 2),
    (r"\frac{d^2}{dx^2}x^4", lambda x, y: 12 * x * x),
    (r"\begin{vmatrix}x&1&0\\2&y&1\\1&0&x\end{vmatrix}", lambda x, y: x * x * y - 2 * x + 1),
    (r"\begin{cases}x,&x>y\\y,&x\le y\end{cases}", max),
    (r"\lim_{t\to2}\frac{t^2-4}{t-2}x", lambda x, y: 4 * x),
    (r"\lim_{n\to\infty}\frac{xn+1}{n-2}", lambda x, y: x),
    (r"\lim_{n\to\infty}\frac1n", lambda x, y: 0),
    (r"\sin0+\cos0", lambda x, y: 1),
    ("50\\%x", lambda x, y: x / 2),
]


@pytest.mark.parametrize(("latex", "expected"), EXACT, ids=[latex for latex, _ in EXACT])
@pytest.mark.parametrize("seed", [0, 4])
def test_rational_values_are_exact(latex, expected, seed):
    point = Point(seed)
    x, y = (fraction(point.letter(letter)) for letter in "xy")
    found = value(latex, point)
    assert isinstance(found, fmpq)
    assert fraction(found) == expected(x, y)


VALUE_LIMITS = {
    "summands": (r"\sum_{k=1}^{200}k", r"\sum_{k=1}^{201}k"),
    "order of a root": (r"\sqrt[10000]{x}", r"\sqrt[10001]{x}"),
}


@pytest.mark.parametrize(("within", "beyond"), VALUE_LIMITS.values(), ids=list(VALUE_LIMITS))
def test_values_are_computed_up_to_the_limits(within, beyond):
    value(within, placed(0, x=2))
    with pytest.raises(Singular):
        value(beyond, placed(0, x=2))


def test_factorials_are_exact_up_to_the_limit():
    assert isinstance(value("2000!"), fmpq)
    assert isinstance(value("2001!"), arb)


FUNCTIONS = [
    (r"\sin x", mpmath.sin),
    (r"\cos x", mpmath.cos),
    (r"\tan x", mpmath.tan),
    (r"\cot x", mpmath.cot),
    (r"\sec x", mpmath.sec),
    (r"\csc x", mpmath.csc),
    (r"\sinh x", mpmath.sinh),
    (r"\cosh x", mpmath.cosh),
    (r"\tanh x", mpmath.tanh),
    (r"\arctan x", mpmath.atan),
    (r"\arcsin\frac x9", lambda x: mpmath.asin(x / 9)),
    (r"\arccos\frac x9", lambda x: mpmath.acos(x / 9)),
    (r"\operatorname{arsinh}x", mpmath.asinh),
    (r"\operatorname{artanh}\frac x9", lambda x: mpmath.atanh(x / 9)),
    (r"\exp x", mpmath.exp),
    (r"\ln x", mpmath.log),
    (r"\log_2x", lambda x: mpmath.log(x, 2)),
    (r"\lg x", mpmath.log10),
    (r"\sqrt x", mpmath.sqrt),
    (r"\sqrt[3]{x}", mpmath.cbrt),
    (r"\sqrt[5]{x^3}", lambda x: mpmath.root(x, 5) ** 3),
    ("2^x", lambda x: mpmath.power(2, x)),
    ("x^x", lambda x: mpmath.power(x, x)),
    (r"\pi x", lambda x: mpmath.pi * x),
    (r"\mathrm e^{-x^2}", lambda x: mpmath.exp(-x * x)),
    (r"\sin30^\circ x", lambda x: mpmath.sin(mpmath.pi / 6 * x)),
    (r"|\cos x|", lambda x: abs(mpmath.cos(x))),
    ("2004!", lambda x: mpmath.factorial(2004)),
    (r"\binom{3000}{7}", lambda x: mpmath.binomial(3000, 7)),
    (r"\frac{\sin x}{1+\sqrt{1+x^2}}", lambda x: mpmath.sin(x) / (1 + mpmath.sqrt(1 + x * x))),
    (r"\frac d{dx}\frac{\sin x}{x}", lambda x: mpmath.cos(x) / x - mpmath.sin(x) / x**2),
    (r"\frac{d}{dx}x^x", lambda x: mpmath.power(x, x) * (mpmath.log(x) + 1)),
    (r"\lim_{t\to0}\frac{\sin xt}{t}", lambda x: x),
    (r"\sum_{k=1}^9\frac{\sin k}{x}", lambda x: sum(mpmath.sin(k) for k in range(1, 10)) / x),
]


@pytest.mark.parametrize(("latex", "oracle"), FUNCTIONS, ids=[latex for latex, _ in FUNCTIONS])
@pytest.mark.parametrize("precision", [64, 256])
def test_balls_contain_the_value_and_are_narrow(latex, oracle, precision):
    ctx.prec = precision
    for x in (Fraction(3, 7), Fraction(22, 9)):
        ball = arb(value(latex, placed(0, x=x)))
        assert holds(ball, oracle(mpmath.mpf(x.numerator) / x.denominator))
        assert ball.rel_accuracy_bits() > precision / 2


INTEGRALS = [
    (r"\int_0^1x^2\,dx", lambda t: t**2, 0, 1),
    (r"\int_0^2\mathrm e^{-t^2}dt", lambda t: mpmath.exp(-t * t), 0, 2),
    (r"\int_1^3\frac{\sin u}{u}du", lambda u: mpmath.sin(u) / u, 1, 3),
    (r"\int_1^2\sqrt{\ln t+1}\,dt", lambda t: mpmath.sqrt(mpmath.log(t) + 1), 1, 2),
    (r"\int_0^{\frac\pi3}\tan\theta\,d\theta", mpmath.tan, 0, mpmath.pi / 3),
    (r"\int_2^1\frac{dx}{x}", lambda t: 1 / t, 2, 1),
]


@pytest.mark.parametrize(("latex", "body", "low", "high"), INTEGRALS, ids=[row[0] for row in INTEGRALS])
def test_integrals_contain_what_mpmath_integrates(latex, body, low, high):
    ball = value(latex)
    assert ball.overlaps(arb(mpmath.nstr(mpmath.quad(body, [low, high]), 30), "1e-20"))
    assert ball.rad() < 1e-6


OUTSIDE = [
    r"\sqrt{-x}",
    r"\sqrt{x-4}",
    r"\sqrt[4]{-1-x}",
    r"\ln(-x)",
    r"\ln(1-2x)",
    r"\arcsin(1+x)",
    r"\arccos2",
    r"x\sqrt{-1}",
]
SINGULAR = [
    r"\frac1{x-1}",
    "(x-1)^{-2}",
    "0^0",
    r"\ln(x-1)",
    r"\frac1{\sin^2x+\cos^2x-1}",
    r"\tan\frac\pi2",
    "(-x)!",
    r"\sqrt{\sin\pi}",
    r"\binom{x}{-1}",
    r"\lfloor\sin^2x+\cos^2x\rfloor",
    r"\sum_{k=1}^{x+\frac12}k",
    r"\sum_{k=1}^{10^9}k",
    r"\int_0^2\frac{dt}{t-1}",
    r"\begin{cases}1,&x>2\\0,&x<0\end{cases}",
]
UNKNOWN = [
    r"\text{words}",
    "(1,2)",
    "a=b",
    r"\infty",
    "1+2+\\cdots+n",
    r"\sum_{k=1}^\infty\frac1{k^2}",
    r"\lim_{n\to\infty}n^2",
    r"\int_0^\infty\mathrm e^{-t}dt",
    r"\int t\,dt",
    r"\lim_{t\to0}\sin\frac1t",
    r"\lim_{t\to0}\frac{|t|}t",
    r"\frac d{dx}\lfloor x\rfloor",
    r"\frac{d^5}{dx^5}x^6",
    r"A\times B",
    r"\int_0^1\int_0^1xy\,dx\,dy",
]


@pytest.mark.parametrize(
    ("latex", "refusal"),
    [
        *((latex, Outside) for latex in OUTSIDE),
        *((latex, Singular) for latex in SINGULAR),
        *((latex, Unknown) for latex in UNKNOWN),
    ],
)
def test_where_there_is_no_value_the_reason_is_told(latex, refusal):
    with pytest.raises(refusal):
        value(latex, placed(0, x=1))


def test_boundaries_of_domains_have_their_values():
    at_zero = placed(0, x=0)
    assert value(r"\sqrt x", at_zero) == 0
    assert value("|x|", at_zero) == 0
    assert value(r"\ln1", at_zero) == 0
    assert holds(value(r"\arcsin1"), mpmath.pi / 2)


# --- letters and unknown functions -------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_point():
    latex = r"f(x,y)+a_n\sin z+g'(t)"
    for seed in range(SEEDS):
        try:
            first = value(latex, Point(seed))
        except Unknown:
            continue
        assert str(first) == str(value(latex, Point(seed)))
    assert len({str(Point(seed).letter("x")) for seed in range(SEEDS)}) == SEEDS


def test_first_points_are_positive_and_later_ones_have_both_signs():
    letters = "abcdefghxyz"
    assert all(Point(seed).letter(letter) > 0 for seed in range(3) for letter in letters)
    signs = {Point(seed).letter(letter) > 0 for seed in range(3, SEEDS) for letter in letters}
    assert signs == {True, False}


def test_whole_letters_take_whole_numbers():
    for seed in range(SEEDS):
        point = Point(seed, whole=frozenset("n"))
        assert point.letter("n").q == 1
    assert all(Point(seed, frozenset("n")).letter("n") >= 2 for seed in range(3))


def test_the_sign_of_plus_or_minus_takes_both_values_and_is_one_within_a_formula():
    assert {value(r"\pm1", Point(seed)) for seed in range(SEEDS)} == {1, -1}
    assert all(value(r"(a\pm b)-(a\pm b)", Point(seed)) == 0 for seed in range(SEEDS))
    assert all(value(r"\pm1\cdot(\mp1)", Point(seed)) == -1 for seed in range(SEEDS))


DIFFERENT_FUNCTIONS = [
    *(
        "f(x)-g(x)",
        "f(x)-f(y)",
        "f(x)-fx",
        "f(x)-f",
        "f(x,y)-f(y,x)",
        "f'(x)-f(x)",
        "f(2x)-2f(x)",
        "f_1(x)-f_2(x)",
    ),
    *("a_i-a_j", "a_1-a_2", "a_1-b_1", r"\hat a-a", "x'-x", "x_{ij}-x_{ji}"),
]


def test_unknown_functions_are_functions():
    point = Point(1)
    assert value("f(x)-f(x)", point) == 0
    assert value("f(x+1)-f(1+x)", point) == 0
    for different in DIFFERENT_FUNCTIONS:
        assert certainly_nonzero(value(different, Point(1))), different


def test_constant_functions_are_constants():
    for seed in range(FIRST_CONSTANT_SEED, FIRST_PEAK_SEED):
        assert value("f(x)-f(y)", Point(seed)) == 0
        assert certainly_nonzero(value("f_1(x)-f_2(x)", Point(seed)))
        assert value(r"\lim_{n\to\infty}a_n", Point(seed)) != 0
        assert value(r"\lim_{t\to\infty}f(t)-f(x)", Point(seed)) == 0


def test_peaks_make_infinite_sums_and_improper_integrals_finite():
    for seed in range(FIRST_PEAK_SEED, SEEDS):
        sums = [value(rf"\sum_{{k={first}}}^\infty a_k", Point(seed)) for first in range(9)]
        members = [value(f"a_{{{k}}}", Point(seed)) for k in range(9)]
        assert all(
            earlier == member + later for earlier, member, later in zip(sums, members, sums[1:], strict=False)
        )
        assert all(members[:4])
        assert members[8] == sums[8] == 0
        point = Point(seed)
        whole = value(r"\int_{-\infty}^\infty t^2f(t)dt", point)
        assert whole == point.peak_place**2 * value(r"\int_{-\infty}^\infty f(t)dt", point) != 0


def test_the_letters_that_were_needed_are_noted():
    point = Point(2)
    value(r"x+\sum_{k=1}^3ky", point)
    assert set(point.used) == {"x", "y"}


# --- comparing ---------------------------------------------------------------------------------------------------


def test_apart_means_certainly_different():
    assert apart(fmpq(1, 3), fmpq(1, 2))
    assert not apart(fmpq(1, 3), fmpq(2, 6))
    assert apart(arb(2).sqrt(), fmpq(1414213562373, 10**12))
    assert not apart(arb(2).sqrt() ** 2, fmpq(2))
    assert not apart(arb(0, 1), arb(1, 1))
    assert not apart(arb.nan(), arb(1))
    assert not apart(arb.pos_inf(), arb(1))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (r"\frac1{2004!}", r"\frac1{2006!}"),
        (r"\frac1{2^{99}}", r"\frac1{2^{98}}"),
        (r"\frac{2^{2005}+1}{3\cdot2^{2006}}", r"\frac16"),
        (r"\mathrm e^{\pi\sqrt{163}}", "262537412640768744"),
    ],
)
def test_growing_precision_tells_close_numbers_apart(left, right):
    first, second = read(left), read(right)
    assert at_growing_precision(lambda: apart(Point(0).value(first), Point(0).value(second)) or None)


def test_growing_precision_leaves_the_precision_as_it_was():
    ctx.prec = 97
    seen = []
    at_growing_precision(lambda: seen.append(ctx.prec))
    assert (seen, ctx.prec) == ([64, 256], 97)
