"""Normal forms of powers, roots and absolute values.

A root of a number is a product of roots of primes, so that sqrt 6 is sqrt 2 sqrt 3; of a polynomial, the factors
whose power the root divides come out, as absolute values if needed. Over the reals, a root of odd order is defined
for negative numbers too; one of even order requires a radicand that is not negative.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import gcd, isqrt

from flint import fmpq, fmpq_mpoly

from hmer_suite.equiv.forms.normal_form import MAX_DEGREE, Forms, Rule
from hmer_suite.equiv.forms.operands import unsafe
from hmer_suite.equiv.forms.ratios import MAX_KERNELS, Intractable, Ratio, Undefined, primes, ring
from hmer_suite.equiv.terms import Term, const, fn, is_fixed, num, power

MAX_POWER = 64
MAX_BITS = 20_000
"""Powers beyond these are not multiplied out: they stay kernels."""


def _power_form(forms: Forms, term: Term) -> Ratio:
    if unsafe(term):
        return forms.opaque(term)
    base, exponent = (forms.form(arg) for arg in term.args)
    value = forms.constant(exponent)
    if value is None:
        return _symbolic_power(forms, base, exponent, term)
    if value.denominator == 1:
        return _integer_power(forms, base, int(value), term)
    return _root_form(forms, base, value, term)


def _integer_power(forms: Forms, base: Ratio, exponent: int, term: Term) -> Ratio:
    size = max(len(base.num), len(base.den))
    if size > 1 and abs(exponent) > MAX_POWER:
        return forms.opaque(term)
    value = forms.constant(base)
    if value is not None:
        if value == 0 and exponent == 0:
            raise Intractable  # one by some conventions, undefined by others
        if value == 0 and exponent < 0:
            raise Undefined
        bits = max(value.numerator.bit_length(), value.denominator.bit_length())
        if bits * abs(exponent) > MAX_BITS and abs(value) != 1:
            return _prime_powers(forms, value, forms.number(exponent), term)
    elif abs(exponent) > 10_000:
        return forms.opaque(term)
    return forms.raise_to(base, exponent)


def _root_form(forms: Forms, base: Ratio, exponent: Fraction, term: Term) -> Ratio:
    """base ** (p/q), the real root; for an even q the base must not be negative."""
    order = exponent.denominator
    value = forms.constant(base)
    if order % 2 == 0:
        if value is not None and value < 0:
            if order == 2:
                imaginary = forms.raise_to(forms.constant_form(const("i")), exponent.numerator)
                return forms.multiply(imaginary, _root_form(forms, forms.negative(base), exponent, term))
            return forms.opaque(term)
        if order == 2 and value is None and (denested := _denested(forms, base)) is not None:
            return forms.raise_to(denested, exponent.numerator)
        forms.require("nonnegative", base)
    root = constant_root(forms, value, order) if value is not None else _root_of(forms, base, order, term)
    return forms.opaque(term) if root is None else forms.raise_to(root, exponent.numerator)


def constant_root(forms: Forms, value: Fraction, order: int) -> Ratio | None:
    """The root of a rational number, with a kernel for each prime; None if it is too large to factor."""
    if value == 0:
        return forms.zero
    sign = -1 if value < 0 else 1
    whole = abs(value.numerator) * value.denominator ** (order - 1)
    factors = primes(whole)
    if factors is None:
        root = isqrt(whole)
        return (
            forms.number(Fraction(root, value.denominator)) if order == 2 and root * root == whole else None
        )
    result = forms.number(Fraction(sign, value.denominator))
    for prime, exponent in factors:
        times, rest = divmod(exponent, order)
        result = forms.multiply(result, forms.number(prime**times))
        if rest:
            shared = gcd(rest, order)
            result = forms.multiply(
                result, forms.raise_to(_prime_root(forms, prime, order // shared), rest // shared)
            )
    return result


def _prime_root(forms: Forms, prime: int, order: int) -> Ratio:
    kernel = forms.kernel(("root", str(prime), order), power(num(prime), num(Fraction(1, order))))
    forms.relate(kernel, order, forms.number(prime))
    return kernel


def _root_of(forms: Forms, base: Ratio, order: int, term: Term) -> Ratio | None:
    """The root of a polynomial: factors whose power the root divides come out, as |f| if needed."""
    index = forms.index_of(base)
    if index is not None and forms.kernels[index][0] == "root":  # a root of a root
        inner = forms.terms[index].args
        return _root_form(forms, forms.form(inner[0]), inner[1].value / order, term)
    product = base.num * base.den ** (order - 1)
    if len(product) > 200 or product.total_degree() > MAX_DEGREE:
        return None
    unit, factors = product.factor()
    content = Fraction(int(unit.p), int(unit.q))
    outside, inside = forms.inverse(Ratio(base.den, forms.one.den)), forms.one
    if order % 2 == 0 and not base.den.is_one():
        outside = absolute_form(forms, outside)
    for factor, exponent in factors:
        times, rest = divmod(exponent, order)
        ratio = Ratio(factor, forms.one.den)
        if times:
            out = forms.raise_to(absolute_form(forms, ratio) if order % 2 == 0 else ratio, times)
            outside = forms.multiply(outside, out)
        inside = forms.multiply(inside, forms.raise_to(ratio, rest))
    leading = inside.num.leading_coefficient() if not inside.num.is_constant() else fmpq(1)
    content *= Fraction(int(leading.p), int(leading.q))
    inside = forms.multiply(inside, forms.number(1 / Fraction(int(leading.p), int(leading.q))))
    if content < 0 and order % 2 == 0 and forms.constant(inside) is None:
        content, inside = -content, forms.negative(inside)
    constant = constant_root(forms, content, order)
    if constant is None:
        return None
    result = forms.multiply(outside, constant)
    if (remaining := forms.constant(inside)) is not None:
        root = constant_root(forms, remaining, order)
        return None if root is None else forms.multiply(result, root)
    kernel = forms.kernel(
        ("root", inside.key, order), power(forms.term(inside), num(Fraction(1, order))), (inside,)
    )
    forms.relate(kernel, order, inside)
    return forms.multiply(result, kernel)


def _denested(forms: Forms, base: Ratio) -> Ratio | None:
    r"""``\sqrt{p + q}``, where q is a square root, as the sum or difference of two roots of rational numbers.

    With p > 0 and the square of q below that of p, r = ``\sqrt{p^2 - q^2}`` gives ``\sqrt{(p+r)/2} \pm
    \sqrt{(p-r)/2}``, which is positive and whose square is p + q (R. Borodin et al., Decreasing the nesting depth of
    expressions involving square roots, 1985). None unless p and r are rational.
    """
    if len(base.num) != 2 or not base.den.is_constant():
        return None
    used = forms.occurring(base)
    if any(forms.kernels[index][0] != "root" or forms.kernels[index][2] != 2 for index in used):
        return None
    rational = base.num.to_dict().get((0,) * MAX_KERNELS, fmpq(0))
    whole = forms.number(Fraction(int(rational.p), int(rational.q)))
    rest = forms.add(base, forms.negative(whole))
    value, squared = forms.constant(whole), forms.constant(forms.raise_to(rest, 2))
    if value is None or squared is None or value <= 0 or squared >= value * value:
        return None
    inner = _rational_root(value * value - squared)
    if inner is None:
        return None
    first, second = (constant_root(forms, (value + side) / 2, 2) for side in (inner, -inner))
    if first is None or second is None:
        return None
    negative = rest.num.leading_coefficient() < 0
    return forms.add(first, forms.negative(second) if negative else second)


def _rational_root(value: Fraction) -> Fraction | None:
    """The square root of a positive number, if it is rational."""
    top, bottom = isqrt(value.numerator), isqrt(value.denominator)
    return Fraction(top, bottom) if Fraction(top, bottom) ** 2 == value else None


def absolute_form(forms: Forms, ratio: Ratio) -> Ratio:
    """|ratio|, factor by factor."""
    return _by_factors(forms, ratio, _absolute_factor)


def modulus_form(forms: Forms, ratio: Ratio) -> Ratio:
    """|ratio|, factor by factor, where letters may be complex numbers."""
    return _by_factors(forms, ratio, _modulus_factor)


def _by_factors(forms: Forms, ratio: Ratio, size: Callable[[Forms, fmpq_mpoly, int], Ratio]) -> Ratio:
    result = forms.one
    for polynomial, sense in ((ratio.num, 1), (ratio.den, -1)):
        if len(polynomial) > 1 and polynomial.total_degree() > MAX_DEGREE:
            raise Intractable
        content, factors = polynomial.factor()
        value = forms.number(abs(Fraction(int(content.p), int(content.q))))
        for factor, exponent in factors:
            value = forms.multiply(value, size(forms, factor, exponent))
        result = forms.multiply(result, forms.raise_to(value, sense))
    return result


def _absolute_factor(forms: Forms, factor: fmpq_mpoly, exponent: int) -> Ratio:
    ratio = Ratio(factor / factor.leading_coefficient(), forms.one.den)
    scale = forms.number(
        abs(Fraction(int(factor.leading_coefficient().p), int(factor.leading_coefficient().q)))
    )
    if exponent % 2 == 0 or forms.evidently_positive(ratio):
        kernel = ratio
    else:
        kernel = forms.kernel(("abs", ratio.key), fn("abs", forms.term(ratio)), (ratio,))
        forms.relate(kernel, 2, forms.multiply(ratio, ratio))
        forms.absolutes[forms.kernel_index(kernel)] = ratio
    return forms.raise_to(forms.multiply(scale, kernel), exponent)


def _modulus_factor(forms: Forms, factor: fmpq_mpoly, exponent: int) -> Ratio:
    leading = factor.leading_coefficient()
    ratio = Ratio(factor / leading, forms.one.den)
    parts = [forms.terms[index] for index in forms.occurring(ratio)]
    if all(is_fixed(part) and const("i") not in part.walk() for part in parts):
        return _absolute_factor(forms, factor, exponent)
    scale = forms.number(abs(Fraction(int(leading.p), int(leading.q))))
    kernel = forms.kernel(("modulus", ratio.key), fn("modulus", forms.term(ratio)), (ratio,))
    return forms.raise_to(forms.multiply(scale, kernel), exponent)


def _symbolic_power(forms: Forms, base: Ratio, exponent: Ratio, term: Term) -> Ratio:
    value = forms.constant(base)
    if value is not None:
        if value == 0:
            return forms.opaque(term)
        return _prime_powers(forms, value, exponent, term)
    index = forms.index_of(base)
    if index is not None and forms.kernels[index][0] == "exp" and is_fixed(forms.terms[index].args[0]):
        inner = forms.terms[index].args
        return power_of(forms, forms.form(inner[0]), forms.multiply(forms.form(inner[1]), exponent))
    if index is None or forms.kernels[index] != ("const", "e"):
        forms.require("base", base)
    return power_of(forms, base, exponent)


def _prime_powers(forms: Forms, value: Fraction, exponent: Ratio, term: Term) -> Ratio:
    result = forms.one
    if value < 0:
        result = power_of(forms, forms.number(-1), exponent)
    for part, sense in ((abs(value.numerator), 1), (value.denominator, -1)):
        factors = primes(part)
        if factors is None:
            return forms.opaque(term)
        for prime, times in factors:
            scaled = forms.multiply(exponent, forms.number(sense * times))
            result = forms.multiply(result, power_of(forms, forms.number(prime), scaled))
    return result


def power_of(forms: Forms, base: Ratio, exponent: Ratio) -> Ratio:
    """base ** exponent, split at the sums of the exponent."""
    if not exponent.den.is_constant():
        return _power_kernel(forms, base, exponent)
    result = forms.one
    for exponents, coefficient in exponent.num.to_dict().items():
        value = Fraction(int(coefficient.p), int(coefficient.q))
        if not any(exponents):
            constant = _plain_power(forms, base, value)
            result = forms.multiply(result, constant)
            continue
        monomial = ring().from_dict({exponents: fmpq(1, value.denominator)})
        kernel = _power_kernel(forms, base, Ratio(monomial, forms.one.den))
        if abs(value.numerator) > 10_000:
            raise Intractable
        result = forms.multiply(result, forms.raise_to(kernel, value.numerator))
    return result


def _plain_power(forms: Forms, base: Ratio, value: Fraction) -> Ratio:
    if value.denominator == 1 and abs(value) <= MAX_POWER:
        return forms.raise_to(base, int(value))
    constant = forms.constant(base)
    if value.denominator > 1 and constant is not None and constant > 0 and abs(value) < MAX_POWER:
        root = constant_root(forms, constant, value.denominator)
        if root is not None:
            return forms.raise_to(root, value.numerator)
    return _power_kernel(forms, base, forms.number(value))


def _power_kernel(forms: Forms, base: Ratio, exponent: Ratio) -> Ratio:
    kernel = forms.kernel(
        ("exp", base.key, exponent.key), power(forms.term(base), forms.term(exponent)), (base, exponent)
    )
    if base.key == "-1":
        forms.relate(kernel, 2, forms.one)  # the exponent must be a whole number, or there is no value
    return kernel


RULES: dict[str, Rule] = {"pow": _power_form}
