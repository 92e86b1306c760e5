"""Elementary functions: logarithms, sine and cosine, hyperbolic functions, factorials."""

from __future__ import annotations

from fractions import Fraction
from math import lcm

from flint import fmpq

from hmer_suite.equiv.forms.normal_form import MAX_DEGREE, Forms, Rule
from hmer_suite.equiv.forms.operands import unsafe_argument
from hmer_suite.equiv.forms.powers import absolute_form, constant_root, modulus_form, power_of
from hmer_suite.equiv.forms.ratios import MAX_KERNELS, Intractable, Ratio, primes, ring
from hmer_suite.equiv.terms import MINUS_ONE, STRUCTURES, Term, const, fn, num

MAX_FACTORIAL = 100
MAX_SHIFT = 12
"""The largest k for which ``(n + k)!`` is reduced to ``n!``."""
MAX_MULTIPLE = 6
"""The largest multiple of an angle for which sine and cosine are expanded."""


def _function_form(forms: Forms, term: Term) -> Ratio:
    if any(map(unsafe_argument, term.args)) or any(arg.op in STRUCTURES for arg in term.args):
        return forms.opaque(term)
    return _FUNCTIONS.get(term.label, Forms.opaque)(forms, term)


def _absolute_value(forms: Forms, term: Term) -> Ratio:
    if any(part.op in ("const", "op") and part.data in ("i",) for part in term.walk()):
        return forms.opaque(term)
    return absolute_form(forms, forms.form(term.args[0]))


def _modulus_form(forms: Forms, term: Term) -> Ratio:
    return modulus_form(forms, forms.form(term.args[0]))


def _logarithm_form(forms: Forms, term: Term) -> Ratio:
    ratio = forms.form(term.args[0])
    value = forms.constant(ratio)
    if value is not None:
        return _constant_logarithm(forms, value, term)
    index = forms.index_of(ratio)
    if index is not None and forms.kernels[index] == ("const", "e"):
        return forms.one
    if (of_e := _exponent_of_e(forms, ratio)) is not None:
        return of_e
    if index is not None and forms.kernels[index][0] == "root":
        base, order = forms.terms[index].args
        return forms.multiply(forms.form(order), _logarithm_form(forms, fn("ln", base)))
    forms.require("nonnegative", ratio)
    content, factors = _factored(forms, ratio)
    if content < 0 or len(factors) != 1:
        return _opaque_logarithm(forms, ratio, abs(content) if content > 0 else Fraction(1), term)
    ((factor, exponent),) = factors
    inside = absolute_form(forms, factor) if exponent % 2 == 0 else factor
    kernel = forms.kernel(("ln", inside.key), fn("ln", forms.term(inside)), (inside,))
    return forms.add(
        _constant_logarithm(forms, content, term), forms.multiply(forms.number(exponent), kernel)
    )


def _factored(forms: Forms, ratio: Ratio) -> tuple[Fraction, list[tuple[Ratio, int]]]:
    if max(ratio.num.total_degree(), ratio.den.total_degree()) > MAX_DEGREE:
        raise Intractable
    content, factors = ratio.num.factor()
    below, divisors = ratio.den.factor()
    found = [(Ratio(f, forms.one.den), e) for f, e in factors] + [
        (Ratio(f, forms.one.den), -e) for f, e in divisors
    ]
    value = content / below
    scale = Fraction(int(value.p), int(value.q))
    normal = []
    for factor, exponent in found:
        leading = factor.num.leading_coefficient()
        scale *= Fraction(int(leading.p), int(leading.q)) ** exponent
        normal.append((Ratio(factor.num / leading, forms.one.den), exponent))
    return scale, normal


def _opaque_logarithm(forms: Forms, ratio: Ratio, content: Fraction, term: Term) -> Ratio:
    inside = forms.multiply(ratio, forms.number(1 / content))
    kernel = forms.kernel(("ln", inside.key), fn("ln", forms.term(inside)), (inside,))
    return forms.add(_constant_logarithm(forms, content, term), kernel)


def _constant_logarithm(forms: Forms, value: Fraction, term: Term) -> Ratio:
    if value <= 0:
        return forms.opaque(term)
    result = forms.zero
    for part, sense in ((value.numerator, 1), (value.denominator, -1)):
        factors = primes(part)
        if factors is None:
            return forms.opaque(term)
        for prime, times in factors:
            kernel = forms.kernel(("ln", str(prime), "prime"), fn("ln", num(prime)))
            result = forms.add(result, forms.multiply(forms.number(sense * times), kernel))
    return result


def _exponent_of_e(forms: Forms, ratio: Ratio) -> Ratio | None:
    """x, if the ratio is a product of powers of e with the value e^x."""
    if len(ratio.num) != 1 or len(ratio.den) != 1 or ratio.num.leading_coefficient() != 1:
        return None
    result = forms.zero
    for index in forms.occurring(ratio):
        times = ratio.num.degrees()[index] - ratio.den.degrees()[index]
        key = forms.kernels[index]
        if key == ("const", "e"):
            exponent = forms.one
        elif key[0] == "exp" and forms.terms[index].args[0] == const("e"):
            exponent = forms.form(forms.terms[index].args[1])
        else:
            return None
        result = forms.add(result, forms.multiply(forms.number(int(times)), exponent))
    return result


def _circular_form(forms: Forms, term: Term) -> Ratio:
    """sin and cos, reduced by the addition theorems to single kernels and known angles."""
    ratio = forms.form(term.args[0])
    return _sine_cosine(forms, ratio, term)[term.data == "cos"]


def _sine_cosine(forms: Forms, ratio: Ratio, term: Term) -> tuple[Ratio, Ratio]:
    if not ratio.den.is_constant() or len(ratio.num) > 4:
        return _plain_sine_cosine(forms, ratio)
    sine, cosine = forms.zero, forms.one
    for exponents, coefficient in ratio.num.to_dict().items():
        value = Fraction(int(coefficient.p), int(coefficient.q))
        here = _sine_cosine_of(forms, Ratio(ring().from_dict({exponents: fmpq(1)}), forms.one.den), value)
        sine, cosine = (
            forms.add(forms.multiply(sine, here[1]), forms.multiply(cosine, here[0])),
            forms.add(forms.multiply(cosine, here[1]), forms.negative(forms.multiply(sine, here[0]))),
        )
    return sine, cosine


def _sine_cosine_of(forms: Forms, monomial: Ratio, value: Fraction) -> tuple[Ratio, Ratio]:
    index = forms.index_of(monomial)
    if index is not None and forms.kernels[index] == ("const", "pi") and 12 % value.denominator == 0:
        known = _known_angle(forms, value)
        if known is not None:
            return known
    if abs(value.numerator) > MAX_MULTIPLE:
        return _plain_sine_cosine(forms, forms.multiply(monomial, forms.number(value)))
    forms.angle_parts_seen = lcm(forms.angle_parts_seen, value.denominator)
    parts = lcm(forms.angle_parts, value.denominator)
    base = _plain_sine_cosine(forms, forms.multiply(monomial, forms.number(Fraction(1, parts))))
    sine, cosine = forms.zero, forms.one
    for _ in range(abs(int(value * parts))):
        sine, cosine = (
            forms.add(forms.multiply(sine, base[1]), forms.multiply(cosine, base[0])),
            forms.add(forms.multiply(cosine, base[1]), forms.negative(forms.multiply(sine, base[0]))),
        )
    return (sine, cosine) if value > 0 else (forms.negative(sine), cosine)


def _plain_sine_cosine(forms: Forms, ratio: Ratio) -> tuple[Ratio, Ratio]:
    """Kernels for one angle, made positive; the square of the sine is replaced."""
    flip = not ratio.num.is_zero() and ratio.num.leading_coefficient() < 0
    angle = forms.negative(ratio) if flip else ratio
    cosine = forms.kernel(("cos", angle.key), fn("cos", forms.term(angle)), (angle,))
    sine = forms.kernel(("sin", angle.key), fn("sin", forms.term(angle)), (angle,))
    forms.relate(sine, 2, forms.add(forms.one, forms.negative(forms.multiply(cosine, cosine))))
    return (forms.negative(sine) if flip else sine), cosine


def _known_angle(forms: Forms, value: Fraction) -> tuple[Ratio, Ratio] | None:
    """Sine and cosine of a multiple of pi/4 or pi/6; None for any other multiple of pi/12."""
    twelfths = int(value * 12) % 24
    if twelfths % 2 and twelfths % 3:
        return None
    return _sine_of_twelfths(forms, twelfths), _sine_of_twelfths(forms, (twelfths + 6) % 24)


def _sine_of_twelfths(forms: Forms, twelfths: int) -> Ratio:
    sign = 1 if twelfths <= 12 else -1
    twelfths = twelfths % 12
    twelfths = min(twelfths, 12 - twelfths)
    squared = {0: Fraction(0), 2: Fraction(1, 4), 3: Fraction(1, 2), 4: Fraction(3, 4), 6: Fraction(1)}[
        twelfths
    ]
    root = constant_root(forms, squared, 2)
    assert root is not None  # small numbers have prime factors
    return forms.multiply(forms.number(sign), root)


def _quotient_form(forms: Forms, term: Term) -> Ratio:
    above, below = {"tan": (0, 1), "cot": (1, 0), "sec": (None, 1), "csc": (None, 0)}[term.label]
    values = _sine_cosine(forms, forms.form(term.args[0]), term)
    top = forms.one if above is None else values[above]
    return forms.multiply(top, forms.inverse(values[below]))


def _hyperbolic_form(forms: Forms, term: Term) -> Ratio:
    exponent = forms.form(term.args[0])
    e = forms.constant_form(const("e"))
    up, down = power_of(forms, e, exponent), power_of(forms, e, forms.negative(exponent))
    sine, cosine = forms.add(up, forms.negative(down)), forms.add(up, down)
    half = forms.number(Fraction(1, 2))
    if term.data in ("sinh", "cosh"):
        return forms.multiply(half, sine if term.data == "sinh" else cosine)
    if term.data in ("sech", "csch"):
        return forms.multiply(forms.number(2), forms.inverse(cosine if term.data == "sech" else sine))
    top, bottom = (sine, cosine) if term.data == "tanh" else (cosine, sine)
    return forms.multiply(top, forms.inverse(bottom))


def _odd_form(forms: Forms, term: Term) -> Ratio:
    """arcsin, arctan, arsinh ...: f(-x) = -f(x)."""
    ratio = forms.form(term.args[0])
    if ratio.num.is_zero():
        return forms.zero
    if term.data in ("arcsin", "artanh") and not _is_below_one(forms, forms.raise_to(ratio, 2)):
        forms.require("unit", forms.raise_to(ratio, 2))
    flip = ratio.num.leading_coefficient() < 0
    ratio = forms.negative(ratio) if flip else ratio
    value = _known_inverse(forms, term.label, ratio)
    if value is None:
        value = forms.kernel((term.data, ratio.key), fn(term.label, forms.term(ratio)), (ratio,))
    return forms.negative(value) if flip else value


def _is_below_one(forms: Forms, squared: Ratio) -> bool:
    """Whether the square of an argument is a number of at most one, so that the inverse sine has a value there."""
    value = forms.constant(squared)
    return value is not None and value <= 1


_SQUARED_SINES = {Fraction(n, 4): Fraction(p, 12) for n, p in ((1, 2), (2, 3), (3, 4), (4, 6))}
_SQUARED_TANGENTS = {Fraction(1, 3): Fraction(1, 6), Fraction(1): Fraction(1, 4), Fraction(3): Fraction(1, 3)}
"""The squares of positive sines and tangents of known angles, and these angles in multiples of pi."""


def _known_inverse(forms: Forms, function: str, ratio: Ratio) -> Ratio | None:
    """The angle whose sine or tangent is a positive constant; None if it is none of the known ones."""
    known = {"arcsin": _SQUARED_SINES, "arctan": _SQUARED_TANGENTS}.get(function)
    if known is None:
        return None
    squared = forms.constant(forms.raise_to(ratio, 2))
    if squared not in known or not forms.evidently_positive(ratio):
        return None
    return forms.multiply(forms.number(known[squared]), forms.constant_form(const("pi")))


def _inverse_cosine_form(forms: Forms, term: Term) -> Ratio:
    """arccos x = pi/2 - arcsin x, on the same domain."""
    quarter = forms.multiply(forms.number(Fraction(1, 2)), forms.constant_form(const("pi")))
    return forms.add(quarter, forms.negative(_odd_form(forms, fn("arcsin", *term.args))))


def _factorial_form(forms: Forms, term: Term) -> Ratio:
    ratio = forms.form(term.args[0])
    value = forms.constant(ratio)
    if value is not None:
        return _constant_factorial(forms, value, term)
    if not ratio.den.is_one():
        return forms.opaque(term)
    offset = ratio.num.to_dict().get((0,) * MAX_KERNELS, fmpq(0))
    if offset.q != 1 or abs(offset.p) > MAX_SHIFT:
        return forms.opaque(term)
    base = forms.add(ratio, forms.number(-int(offset.p)))
    result = forms.kernel(("fact", base.key), fn("factorial", forms.term(base)), (base,))
    for step in range(1, int(offset.p) + 1):
        result = forms.multiply(result, forms.add(base, forms.number(step)))
    for step in range(0, -int(offset.p)):
        result = forms.multiply(result, forms.inverse(forms.add(base, forms.number(-step))))
    return result


def _constant_factorial(forms: Forms, value: Fraction, term: Term) -> Ratio:
    if value.denominator != 1 or value < 0:
        return forms.opaque(term)
    if value <= MAX_FACTORIAL:
        product = 1
        for factor in range(2, int(value) + 1):
            product *= factor
        return forms.number(product)
    return forms.kernel(("fact", str(value)), fn("factorial", num(value)))


def _binomial_form(forms: Forms, term: Term) -> Ratio:
    upper, lower = term.args
    n, k = (forms.constant(forms.form(arg)) for arg in term.args)
    if n is not None and not (n.denominator == 1 and 0 <= n <= MAX_FACTORIAL):
        return forms.opaque(term)
    if n is not None and k is not None and (k.denominator != 1 or not 0 <= k <= n):
        return forms.opaque(term)
    difference = Term("add", None, (upper, Term("mul", None, (MINUS_ONE, lower))))
    below = forms.multiply(
        _factorial_form(forms, fn("factorial", lower)), _factorial_form(forms, fn("factorial", difference))
    )
    return forms.multiply(_factorial_form(forms, fn("factorial", upper)), forms.inverse(below))


def _extreme_form(forms: Forms, term: Term) -> Ratio:
    keys = sorted({forms.form(arg).key for arg in term.args})
    return forms.kernel((term.data, *keys), term, [forms.form(arg) for arg in term.args])


def _rounded_form(forms: Forms, term: Term) -> Ratio:
    ratio = forms.form(term.args[0])
    value = forms.constant(ratio)
    if value is not None:
        return forms.number(value.__floor__() if term.data == "floor" else value.__ceil__())
    return forms.kernel((term.data, ratio.key), fn(term.label, forms.term(ratio)), (ratio,))


_FUNCTIONS: dict[str, Rule] = {
    "abs": _absolute_value,
    "modulus": _modulus_form,
    "ln": _logarithm_form,
    "sin": _circular_form,
    "cos": _circular_form,
    **dict.fromkeys(("tan", "cot", "sec", "csc"), _quotient_form),
    **dict.fromkeys(("sinh", "cosh", "tanh", "coth", "sech", "csch"), _hyperbolic_form),
    **dict.fromkeys(("arcsin", "arctan", "arsinh", "artanh"), _odd_form),
    "arccos": _inverse_cosine_form,
    "factorial": _factorial_form,
    "binom": _binomial_form,
    **dict.fromkeys(("max", "min", "gcd", "lcm"), _extreme_form),
    **dict.fromkeys(("floor", "ceil"), _rounded_form),
}
RULES: dict[str, Rule] = {"fn": _function_form}
