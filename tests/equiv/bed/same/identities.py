r"""Random identities of algebra, trigonometry, logarithms and sums, as terms that the bed's oracle can check.

Each holds wherever both sides are defined, and both are defined at the same points but for isolated ones: logarithms
and roots are therefore of what is surely positive.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction

from tests.equiv.bed.generate import Rng, letter, linear, monomial, number, simple, small
from tests.equiv.bed.terms import Name, Term, add, div, fn, mul, neg, num, power, sub, sym

Identity = Callable[[Rng], tuple[Term, Term]]
IDENTITIES: dict[str, Identity] = {}
"""Identities by name: each draws two sides that are equal."""

TWO, ONE, HALF = num(2), num(1), div(num(1), num(2))
PI = Term("const", (), r"\pi")


def _identity(function: Identity) -> Identity:
    IDENTITIES[function.__name__.strip("_").replace("_", " ")] = function
    return function


def identity(name: str, rng: random.Random) -> tuple[Term, Term]:
    """The two sides of the named identity, of random terms; within a sum or a product now and then."""
    own = Rng(str(rng.random()))
    left, right = IDENTITIES[name](own)
    chance, other, factor = own.random(), simple(own), small(own)
    if left.op != "rel" and chance < 0.15:
        left, right = add(other, left), add(right, other)
    elif left.op != "rel" and chance < 0.3:
        left, right = mul(factor, left), mul(right, factor)
    return (left, right) if own.random() < 0.5 else (right, left)


def _integer(value: int) -> Term:
    return num(value) if value >= 0 else neg(num(-value))


def _rational(value: Fraction) -> Term:
    over = num(abs(value.numerator))
    quotient = over if value.denominator == 1 else div(over, num(value.denominator))
    return neg(quotient) if value < 0 else quotient


# --- algebra ----------------------------------------------------------------------------------------------------


@_identity
def _square_of_a_sum(rng: Rng) -> tuple[Term, Term]:
    a, b = simple(rng), simple(rng)
    return power(add(a, b), 2), add(power(a, 2), mul(TWO, a, b), power(b, 2))


@_identity
def _cube_of_a_difference(rng: Rng) -> tuple[Term, Term]:
    a, b = letter(rng), simple(rng)
    terms = (power(a, 3), neg(mul(num(3), power(a, 2), b)), mul(num(3), a, power(b, 2)), neg(power(b, 3)))
    return power(sub(a, b), 3), add(*terms)


@_identity
def _difference_of_powers(rng: Rng) -> tuple[Term, Term]:
    a, b, n = letter(rng), simple(rng), rng.randint(2, 5)
    terms = [mul(power(a, n - 1 - k), power(b, k)) for k in range(1, n - 1)]
    factor = add(power(a, n - 1) if n > 2 else a, *terms, power(b, n - 1) if n > 2 else b)
    return sub(power(a, n), power(b, n)), mul(sub(a, b), factor)


@_identity
def _product_of_linear_factors(rng: Rng) -> tuple[Term, Term]:
    x, roots = letter(rng), [rng.randint(-9, 9) for _ in range(rng.randint(2, 3))]
    coefficients = [1]
    for root in roots:
        shifted = [*coefficients, 0]
        coefficients = [c - root * d for c, d in zip(shifted, [0, *coefficients], strict=True)]
    degree = len(roots)
    terms = [
        mul(_integer(c), power(x, degree - k)) if k < degree else _integer(c)
        for k, c in enumerate(coefficients)
    ]
    return mul(*(sub(x, _integer(root)) for root in roots)), add(*terms)


@_identity
def _completed_square(rng: Rng) -> tuple[Term, Term]:
    x, p, q = letter(rng), rng.randint(1, 9), rng.randint(-9, 9)
    left = add(power(x, 2), mul(num(2 * p), x), _integer(q))
    return left, add(power(add(x, num(p)), 2), _integer(q - p * p))


@_identity
def _partial_fractions(rng: Rng) -> tuple[Term, Term]:
    x = letter(rng)
    a, b = rng.sample(range(1, 9), 2)
    left = div(num(1), mul(add(x, num(a)), add(x, num(b))))
    return left, mul(_rational(Fraction(1, b - a)), sub(div(ONE, add(x, num(a))), div(ONE, add(x, num(b)))))


@_identity
def _fractions_of_fractions(rng: Rng) -> tuple[Term, Term]:
    a, b, c = letter(rng), letter(rng), linear(rng)
    return div(div(a, b), c), div(a, mul(b, c))


@_identity
def _polynomial_division(rng: Rng) -> tuple[Term, Term]:
    x, a = letter(rng), rng.randint(1, 9)
    b, c = rng.randint(-9, 9), rng.randint(-9, 9)
    value = a * a - b * a + c  # of x^2 + b x + c at -a
    left = div(add(power(x, 2), mul(_integer(b), x), _integer(c)), add(x, num(a)))
    return left, add(x, _integer(b - a), div(_integer(value), add(x, num(a))))


@_identity
def _powers(rng: Rng) -> tuple[Term, Term]:
    a, m, n = letter(rng), rng.randint(2, 5), rng.randint(2, 5)
    return rng.choice(
        (
            (power(power(a, m), n), power(a, m * n)),
            (mul(power(a, m), power(a, n)), power(a, m + n)),
            (div(power(a, m + n), power(a, n)), power(a, m)),
            (power(a, neg(num(n))), div(ONE, power(a, n))),
        )
    )


@_identity
def _roots(rng: Rng) -> tuple[Term, Term]:
    a, b, x = rng.randint(2, 9), rng.randint(2, 9), letter(rng)
    positive = add(power(x, 2), num(a))
    return rng.choice(
        (
            (Term("sqrt", (num(a * a * b),)), mul(num(a), Term("sqrt", (num(b),)))),
            (Term("sqrt", (power(x, 2),)), Term("abs", (x,))),
            (div(num(a), Term("sqrt", (num(a),))), Term("sqrt", (num(a),))),
            (mul(Term("sqrt", (positive,)), Term("sqrt", (positive,))), positive),
            (
                div(ONE, add(Term("sqrt", (positive,)), ONE)),
                div(sub(Term("sqrt", (positive,)), ONE), sub(positive, ONE)),
            ),
            (power(positive, HALF), Term("sqrt", (positive,))),
        )
    )


@_identity
def _absolute_values(rng: Rng) -> tuple[Term, Term]:
    a, b = letter(rng), simple(rng)
    bars = [Term("abs", (part,)) for part in (a, b)]
    return rng.choice(
        (
            (Term("abs", (mul(a, b),)), mul(*bars)),
            (Term("abs", (sub(a, b),)), Term("abs", (sub(b, a),))),
            (power(bars[0], 2), power(a, 2)),
            (Term("abs", (neg(b),)), bars[1]),
        )
    )


# --- trigonometry -----------------------------------------------------------------------------------------------


@_identity
def _addition_of_angles(rng: Rng) -> tuple[Term, Term]:
    a, b = letter(rng), simple(rng)
    sine, cosine = (lambda t: fn("sin", t)), (lambda t: fn("cos", t))
    return rng.choice(
        (
            (sine(add(a, b)), add(mul(sine(a), cosine(b)), mul(cosine(a), sine(b)))),
            (cosine(add(a, b)), sub(mul(cosine(a), cosine(b)), mul(sine(a), sine(b)))),
            (cosine(sub(a, b)), add(mul(cosine(a), cosine(b)), mul(sine(a), sine(b)))),
        )
    )


@_identity
def _double_angles(rng: Rng) -> tuple[Term, Term]:
    a = letter(rng)
    sine, cosine, twice = fn("sin", a), fn("cos", a), mul(TWO, a)
    return rng.choice(
        (
            (fn("sin", twice), mul(TWO, sine, cosine)),
            (fn("cos", twice), sub(ONE, mul(TWO, power(sine, 2)))),
            (fn("cos", twice), sub(power(cosine, 2), power(sine, 2))),
            (power(cosine, 2), div(add(ONE, fn("cos", twice)), TWO)),
            (fn("sin", mul(num(3), a)), sub(mul(num(3), sine), mul(num(4), power(sine, 3)))),
        )
    )


@_identity
def _pythagoras(rng: Rng) -> tuple[Term, Term]:
    a = simple(rng)
    return rng.choice(
        (
            (add(power(fn("sin", a), 2), power(fn("cos", a), 2)), ONE),
            (sub(ONE, power(fn("cos", a), 2)), power(fn("sin", a), 2)),
            (add(ONE, power(fn("tan", a), 2)), div(ONE, power(fn("cos", a), 2))),
            (sub(power(fn("cosh", a), 2), power(fn("sinh", a), 2)), ONE),
        )
    )


@_identity
def _shifted_angles(rng: Rng) -> tuple[Term, Term]:
    a, right = letter(rng), div(PI, TWO)
    return rng.choice(
        (
            (fn("sin", sub(right, a)), fn("cos", a)),
            (fn("cos", add(PI, a)), neg(fn("cos", a))),
            (fn("sin", neg(a)), neg(fn("sin", a))),
            (fn("sin", add(a, mul(TWO, PI))), fn("sin", a)),
            (fn("cos", neg(a)), fn("cos", a)),
            (fn("tan", add(a, PI)), fn("tan", a)),
        )
    )


@_identity
def _products_of_sines(rng: Rng) -> tuple[Term, Term]:
    a, b = letter(rng), letter(rng)
    half_sum = mul(HALF, add(fn("sin", add(a, b)), fn("sin", sub(a, b))))
    return rng.choice(
        (
            (mul(fn("sin", a), fn("cos", b)), half_sum),
            (
                add(fn("cos", a), fn("cos", b)),
                mul(TWO, fn("cos", div(add(a, b), TWO)), fn("cos", div(sub(a, b), TWO))),
            ),
        )
    )


@_identity
def _half_angles(rng: Rng) -> tuple[Term, Term]:
    a = letter(rng)
    sine, cosine, tangent = fn("sin", a), fn("cos", a), fn("tan", div(a, TWO))
    return rng.choice(
        (
            (tangent, div(sine, add(ONE, cosine))),
            (tangent, div(sub(ONE, cosine), sine)),
            (sine, div(mul(TWO, tangent), add(ONE, power(tangent, 2)))),
        )
    )


@_identity
def _inverse_functions(rng: Rng) -> tuple[Term, Term]:
    a = letter(rng)
    return rng.choice(
        (
            (fn("arccos", neg(a)), sub(PI, fn("arccos", a))),
            (fn("arcsin", neg(a)), neg(fn("arcsin", a))),
            (fn("sin", fn("arctan", a)), div(a, Term("sqrt", (add(ONE, power(a, 2)),)))),
            (fn("tan", fn("arctan", a)), a),
            (fn("cos", fn("arcsin", a)), Term("sqrt", (sub(ONE, power(a, 2)),))),
        )
    )


@_identity
def _hyperbolic_functions(rng: Rng) -> tuple[Term, Term]:
    a = letter(rng)
    up, down = fn("exp", a), fn("exp", neg(a))
    return rng.choice(
        (
            (fn("sinh", a), div(sub(up, down), TWO)),
            (fn("cosh", a), div(add(up, down), TWO)),
            (fn("sinh", mul(TWO, a)), mul(TWO, fn("sinh", a), fn("cosh", a))),
        )
    )


@_identity
def _known_values(rng: Rng) -> tuple[Term, Term]:
    degrees, sine = rng.choice(
        ((30, HALF), (45, div(Term("sqrt", (TWO,)), TWO)), (60, div(Term("sqrt", (num(3),)), TWO)))
    )
    angle = rng.choice((Term("degree", (num(degrees),)), div(PI, num(180 // degrees))))
    return fn("sin", angle), sine


# --- logarithms and exponentials ----------------------------------------------------------------------------------


@_identity
def _logarithms_of_numbers(rng: Rng) -> tuple[Term, Term]:
    a, b, n = rng.randint(2, 20), rng.randint(2, 20), rng.randint(2, 4)
    log = lambda value: fn("ln", num(value))  # noqa: E731
    return rng.choice(
        (
            (log(a * b), add(log(a), log(b))),
            (fn("ln", div(num(a), num(b))), sub(log(a), log(b))),
            (log(a**n), mul(num(n), log(a))),
            (Term("log", (num(a), num(a**n))), num(n)),
            (Term("log", (num(a), num(b))), div(log(b), log(a))),
        )
    )


@_identity
def _logarithms_of_positive_terms(rng: Rng) -> tuple[Term, Term]:
    x, a, b = letter(rng), rng.randint(1, 9), rng.randint(1, 9)
    first, second = add(power(x, 2), num(a)), add(power(x, 4), num(b))
    return rng.choice(
        (
            (fn("ln", mul(first, second)), add(fn("ln", first), fn("ln", second))),
            (fn("ln", div(first, second)), sub(fn("ln", first), fn("ln", second))),
            (fn("ln", power(first, 3)), mul(num(3), fn("ln", first))),
            (fn("ln", Term("sqrt", (first,))), mul(HALF, fn("ln", first))),
            (fn("ln", power(x, 2)), mul(TWO, fn("ln", Term("abs", (x,))))),
            (fn("exp", fn("ln", first)), first),
        )
    )


@_identity
def _exponentials(rng: Rng) -> tuple[Term, Term]:
    a, b = letter(rng), simple(rng)
    return rng.choice(
        (
            (fn("exp", add(a, b)), mul(fn("exp", a), fn("exp", b))),
            (fn("exp", sub(a, b)), div(fn("exp", a), fn("exp", b))),
            (power(fn("exp", a), 2), fn("exp", mul(TWO, a))),
            (fn("ln", fn("exp", b)), b),
            (div(ONE, fn("exp", a)), fn("exp", neg(a))),
        )
    )


# --- sums, products, integrals ------------------------------------------------------------------------------------


def _series(rng: Rng, body: Callable[[Term], Term], low: Term, high: Term, op: str = "sum") -> Term:
    index = sym(rng.choice("kij"))
    return Term(op, (low, high, body(index)), index.data)


def _to_n(rng: Rng, body: Callable[[Term], Term]) -> Term:
    return _series(rng, body, ONE, sym("n"))


@_identity
def _sums_of_powers(rng: Rng) -> tuple[Term, Term]:
    n = sym("n")
    return rng.choice(
        (
            (_to_n(rng, lambda k: k), div(mul(n, add(n, ONE)), TWO)),
            (_to_n(rng, lambda k: power(k, 2)), div(mul(n, add(n, ONE), add(mul(TWO, n), ONE)), num(6))),
            (_to_n(rng, lambda k: power(k, 3)), power(div(mul(n, add(n, ONE)), TWO), 2)),
            (_to_n(rng, lambda k: sub(mul(TWO, k), ONE)), power(n, 2)),
            (_to_n(rng, lambda k: num(3)), mul(num(3), n)),
        )
    )


@_identity
def _finite_sums(rng: Rng) -> tuple[Term, Term]:
    high, x = rng.randint(2, 5), letter(rng)
    terms = [power(x, k) if k > 1 else x for k in range(1, high + 1)]
    return rng.choice(
        (
            (
                _series(rng, lambda k: power(k, 2), ONE, num(high)),
                num(sum(k * k for k in range(1, high + 1))),
            ),
            (_series(rng, lambda k: power(x, k), ONE, num(high)), add(*terms)),
            (_series(rng, lambda k: k, ONE, num(high), "prod"), Term("fact", (num(high),))),
        )
    )


def _at(name: str, index: Term) -> Term:
    return Term("idx", (index,), Name(name))


@_identity
def _linearity_of_sums(rng: Rng) -> tuple[Term, Term]:
    c = sym(rng.choice("cpqr"))
    a, b = (lambda k: _at("a", k)), (lambda k: _at("b", k))
    return rng.choice(
        (
            (_to_n(rng, lambda k: add(a(k), b(k))), add(_to_n(rng, a), _to_n(rng, b))),
            (_to_n(rng, lambda k: mul(c, a(k))), mul(c, _to_n(rng, a))),
            (_to_n(rng, lambda k: sub(a(k), b(k))), sub(_to_n(rng, a), _to_n(rng, b))),
        )
    )


@_identity
def _renamed_and_shifted_sums(rng: Rng) -> tuple[Term, Term]:
    a, n = (lambda k: _at("a", k)), sym("n")
    return rng.choice(
        (
            (_to_n(rng, a), _to_n(rng, a)),
            (_to_n(rng, a), _series(rng, lambda k: a(add(k, ONE)), num(0), sub(n, ONE))),
            (_series(rng, a, ONE, add(n, ONE)), add(_to_n(rng, a), a(add(n, ONE)))),
        )
    )


@_identity
def _linearity_of_integrals(rng: Rng) -> tuple[Term, Term]:
    t, low, high, c = sym("t"), sym("a"), sym("b"), sym("c")
    f, g = (Term("app", (t,), Name(name)) for name in "fg")
    over = lambda body, ends=(low, high): Term("int", (*ends, body), t.data)  # noqa: E731
    return rng.choice(
        (
            (over(add(f, g)), add(over(f), over(g))),
            (over(mul(c, f)), mul(c, over(f))),
            (over(f), neg(over(f, (high, low)))),
        )
    )


@_identity
def _computed_integrals(rng: Rng) -> tuple[Term, Term]:
    x, n, high = sym("x"), rng.randint(1, 4), rng.randint(1, 4)
    return Term("int", (num(0), num(high), power(x, n)), x.data), _rational(Fraction(high ** (n + 1), n + 1))


@_identity
def _derivatives(rng: Rng) -> tuple[Term, Term]:
    x, n, a = sym("x"), rng.randint(2, 5), num(rng.randint(2, 9))
    slope = lambda body: Term("deriv", (body,), (x.data, 1, "d"))  # noqa: E731
    return rng.choice(
        (
            (slope(power(x, n)), mul(num(n), power(x, n - 1))),
            (slope(fn("sin", mul(a, x))), mul(a, fn("cos", mul(a, x)))),
            (slope(mul(x, fn("exp", x))), mul(add(x, ONE), fn("exp", x))),
            (slope(fn("ln", add(power(x, 2), ONE))), div(mul(TWO, x), add(power(x, 2), ONE))),
        )
    )


@_identity
def _limits(rng: Rng) -> tuple[Term, Term]:
    x, a, b = sym("x"), rng.randint(2, 9), rng.randint(2, 9)
    n = sym("n")
    return rng.choice(
        (
            (Term("lim", (num(0), div(fn("sin", mul(num(a), x)), x)), x.data), num(a)),
            (
                Term(
                    "lim",
                    (Term("const", (), r"\infty"), div(add(mul(num(a), n), ONE), add(mul(num(b), n), TWO))),
                    n.data,
                ),
                _rational(Fraction(a, b)),
            ),
        )
    )


@_identity
def _factorials_and_binomials(rng: Rng) -> tuple[Term, Term]:
    n, k = sym("n"), rng.randint(2, 4)
    factorial = lambda term: Term("fact", (term,))  # noqa: E731
    return rng.choice(
        (
            (div(factorial(add(n, ONE)), factorial(n)), add(n, ONE)),
            (mul(n, factorial(sub(n, ONE))), factorial(n)),
            (Term("binom", (n, TWO)), div(mul(n, sub(n, ONE)), TWO)),
            (Term("binom", (num(k + 3), num(3))), Term("binom", (num(k + 3), num(k)))),
        )
    )


# --- numbers and equations ----------------------------------------------------------------------------------------


@_identity
def _numbers(rng: Rng) -> tuple[Term, Term]:
    a, b, c = (rng.randint(1, 40) for _ in range(3))
    value = Fraction(a, b) + Fraction(c, a + 1)
    return add(div(num(a), num(b)), div(num(c), num(a + 1))), _rational(value)


@_identity
def _equations(rng: Rng) -> tuple[Term, Term]:
    x, a, b = letter(rng), small(rng), number(rng)
    left = Term("rel", (add(mul(a, x), monomial(rng)), b), ("=",))
    sides = left.args
    return left, rng.choice(
        (
            Term("rel", (sides[1], sides[0]), ("=",)),
            Term("rel", (sub(sides[0], b), num(0)), ("=",)),
            Term("rel", (mul(TWO, sides[0]), mul(TWO, b)), ("=",)),
            Term("rel", (neg(sides[0]), neg(b)), ("=",)),
        )
    )
