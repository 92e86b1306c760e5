r"""Normal forms: every term as a quotient of polynomials over *kernels*, the parts that are not rational.

`\sin(x+1)\cdot y` is the polynomial k1 k2 with the kernels k1 = sin of (the normal form of x+1) and k2 = y. Two terms
with one normal form agree wherever both are defined: every rewriting here is an identity of real functions on the
common domain. The domain is kept beside the form (`Forms.conditions`): an even root asks that its radicand is not
negative, a logarithm that its argument is positive, and so on, so that `\sqrt{x^2}` and `x` stay apart. Isolated
points, where a denominator vanishes, are not kept: `x^2/x` and `x` are the same here, and so the documentation says.

FLINT does the arithmetic of polynomials (python-flint); what is a kernel and which kernels are related is ours.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import comb, gcd, isqrt

from flint import Ordering, fmpq, fmpq_mpoly, fmpq_mpoly_ctx, fmpz

from hmer_suite.equiv.calculus import NotDerivable, derivative
from hmer_suite.equiv.signs import LOOSE
from hmer_suite.equiv.terms import (
    EMPTY,
    MINUS_ONE,
    ONE,
    Term,
    binds,
    const,
    fn,
    may_depend,
    name,
    num,
    op,
    power,
    replace,
)

MAX_KERNELS = 48
MAX_TERMS = 3000
MAX_POWER = 64
MAX_BITS = 20_000
"""Beyond these a form is not built: the power stays a kernel, or the decision ends undecided."""
MAX_DEGREE = 60
"""Polynomials of a higher degree are not factored."""
MAX_FACTORIAL = 100
MAX_UNROLLED = 12
MAX_MULTIPLE = 6


class Intractable(Exception):
    """The normal form would be too large."""


class Undefined(Exception):
    """A part of the term has no value anywhere: a division by zero."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """num / den, without common factors; den has a leading coefficient of 1."""

    num: fmpq_mpoly
    den: fmpq_mpoly

    @property
    def key(self) -> str:
        """A text that two ratios of one `Forms` share exactly when they are equal."""
        return str(self.num) if self.den.is_one() else f"({self.num})/({self.den})"


@lru_cache(maxsize=1)
def _ring() -> fmpq_mpoly_ctx:
    return fmpq_mpoly_ctx.get([f"k{i}" for i in range(MAX_KERNELS)], Ordering.lex)


@lru_cache(maxsize=1)
def _generators() -> tuple[fmpq_mpoly, ...]:
    return _ring().gens()


@lru_cache(maxsize=256)
def _primes(n: int) -> tuple[tuple[int, int], ...] | None:
    """Prime factors of a positive integer, or None if it is too large to factor at once."""
    return tuple((int(p), int(e)) for p, e in fmpz(n).factor()) if n.bit_length() <= 80 else None


class Forms:
    """Normal forms of terms over one set of kernels, so that they can be compared.

    Attributes:
        kernels: what each generator stands for: a key, and the term with which it can be evaluated.
        conditions: what the domain of the term read last asks for.
    """

    def __init__(self) -> None:
        self.kernels: list[tuple] = []
        self.terms: list[Term] = []
        self.conditions: set[tuple[str, str]] = set()
        self.condition_forms: dict[tuple[str, str], Ratio] = {}
        self._index: dict[tuple, int] = {}
        self._reducible: dict[int, tuple[int, Ratio]] = {}
        self._absolute: dict[int, Ratio] = {}
        self._bound: dict[int, frozenset[str]] = {}
        self._cache: dict[Term, tuple[Ratio, frozenset]] = {}
        one = _ring().constant(1)
        self.zero = Ratio(_ring().constant(0), one)
        self.one = Ratio(one, one)

    # --- arithmetic --------------------------------------------------------------------------------------------

    def number(self, value: Fraction | int) -> Ratio:
        """A constant."""
        value = Fraction(value)
        return Ratio(_ring().constant(fmpq(value.numerator, value.denominator)), self.one.den)

    def add(self, left: Ratio, right: Ratio) -> Ratio:
        """left + right."""
        if left.den == right.den:
            return self._cancelled(left.num + right.num, left.den)
        if max(len(left.num), len(right.num)) * max(len(left.den), len(right.den)) > MAX_TERMS:
            raise Intractable
        return self._reduced(self._cancelled(left.num * right.den + right.num * left.den, left.den * right.den))

    def negative(self, ratio: Ratio) -> Ratio:
        """-ratio."""
        return Ratio(-ratio.num, ratio.den)

    def multiply(self, left: Ratio, right: Ratio) -> Ratio:
        """left * right."""
        if len(left.num) * len(right.num) > MAX_TERMS or len(left.den) * len(right.den) > MAX_TERMS:
            raise Intractable
        return self._reduced(self._cancelled(left.num * right.num, left.den * right.den))

    def inverse(self, ratio: Ratio) -> Ratio:
        """1 / ratio.

        Raises:
            Undefined: it is zero.
        """
        if ratio.num.is_zero():
            raise Undefined
        return self._cancelled(ratio.den, ratio.num)

    def raise_to(self, ratio: Ratio, exponent: int) -> Ratio:
        """ratio ** exponent, by squaring."""
        if exponent < 0:
            return self.inverse(self.raise_to(ratio, -exponent))
        result = self.one
        while exponent:
            if exponent & 1:
                result = self.multiply(result, ratio)
            exponent >>= 1
            if exponent:
                ratio = self.multiply(ratio, ratio)
        return result

    def _cancelled(self, top: fmpq_mpoly, bottom: fmpq_mpoly) -> Ratio:
        if top.is_zero():
            return self.zero
        if bottom.is_constant():
            value = bottom.leading_coefficient()
            return Ratio(top if value == 1 else top / value, self.one.den)
        common = top.gcd(bottom)
        if not common.is_one():
            top, bottom = top / common, bottom / common
        leading = bottom.leading_coefficient()
        if leading != 1:
            top, bottom = top / leading, bottom / leading
        return Ratio(top, bottom)

    def _reduced(self, ratio: Ratio) -> Ratio:
        """With every power of a root, of i and of a sign that has a value replaced by it."""
        if not self._reducible:
            return ratio
        top = self._reduced_polynomial(ratio.num)
        bottom = self._reduced_polynomial(ratio.den)
        if top is None and bottom is None:
            return ratio
        top = top or Ratio(ratio.num, self.one.den)
        bottom = bottom or Ratio(ratio.den, self.one.den)
        return self._reduced(self._cancelled(top.num * bottom.den, top.den * bottom.num))

    def _reduced_polynomial(self, polynomial: fmpq_mpoly) -> Ratio | None:
        degrees = polynomial.degrees()
        due = [index for index, (order, _) in self._reducible.items() if degrees[index] >= order]
        if not due:
            return None
        result = self.zero
        for exponents, coefficient in polynomial.to_dict().items():
            rest, factor = list(exponents), self.one
            for index in due:
                order, value = self._reducible[index]
                times, rest[index] = divmod(rest[index], order)
                if times:
                    factor = self.multiply(factor, self.raise_to(value, times))
            monomial = Ratio(_ring().from_dict({tuple(rest): coefficient}), self.one.den)
            result = self.add(result, self.multiply(monomial, factor))
        return result

    # --- kernels -----------------------------------------------------------------------------------------------

    def kernel(self, key: tuple, term: Term, inside: Iterable[Ratio] = ()) -> Ratio:
        """The generator for *key*, which *term* evaluates; *inside* are the forms that it is made of.

        Raises:
            Intractable: there are no more generators.
        """
        index = self._index.get(key)
        if index is None:
            index = len(self.kernels)
            if index == MAX_KERNELS:
                raise Intractable
            self._index[key] = index
            self.kernels.append(key)
            self.terms.append(term)
            bound = {part.data for part in term.walk() if part.op == "name" and part.data.startswith("#")}
            for ratio in inside:
                bound |= self.bound_in(ratio)
            self._bound[index] = frozenset(bound)
        return Ratio(_generators()[index], self.one.den)

    def index_of(self, ratio: Ratio) -> int | None:
        """Which kernel a ratio is, if it is a single one."""
        if ratio.den.is_one() and len(ratio.num) == 1 and ratio.num.total_degree() == 1:
            return ratio.num.degrees().index(1) if ratio.num.leading_coefficient() == 1 else None
        return None

    def occurring(self, ratio: Ratio) -> list[int]:
        """The kernels in a ratio."""
        return [i for i, (a, b) in enumerate(zip(ratio.num.degrees(), ratio.den.degrees(), strict=True)) if a > 0 or b > 0]

    def bound_in(self, ratio: Ratio) -> frozenset[str]:
        """The bound variables of surrounding sums and integrals on which a ratio depends."""
        found: set[str] = set()
        if any(self._bound.values()):
            for index in self.occurring(ratio):
                found |= self._bound[index]
        return frozenset(found)

    def constant(self, ratio: Ratio) -> Fraction | None:
        """The value of a ratio that is a rational number."""
        if not (ratio.num.is_constant() and ratio.den.is_one()):
            return None
        value = fmpq(0) if ratio.num.is_zero() else ratio.num.leading_coefficient()
        return Fraction(int(value.p), int(value.q))

    def relate(self, ratio: Ratio, order: int, value: Ratio) -> None:
        """From now on kernel ** order is *value*."""
        index = self.index_of(ratio)
        if index is not None:
            self._reducible.setdefault(index, (order, value))

    # --- conditions --------------------------------------------------------------------------------------------

    def require(self, kind: str, ratio: Ratio) -> None:
        """Note that the domain asks *ratio* to be ``nonnegative``, or what else *kind* says."""
        if kind == "nonnegative":
            ratio = self._sign_part(ratio)
            if self._evidently_positive(ratio):
                return
        key = (kind, ratio.key)
        self.conditions.add(key)
        self.condition_forms[key] = ratio

    def _sign_part(self, ratio: Ratio) -> Ratio:
        """A polynomial with the sign of *ratio*: no squares, no denominators, no positive content."""
        product = ratio.num * ratio.den
        if product.is_constant() or len(product) > 200 or product.total_degree() > MAX_DEGREE:
            return Ratio(product, self.one.den)
        content, factors = product.factor_squarefree()
        result = _ring().constant(1 if content > 0 else -1)
        for factor, exponent in factors:
            if exponent % 2:
                result = result * factor
        leading = abs(result.leading_coefficient())
        return Ratio(result / leading, self.one.den)

    def _evidently_positive(self, ratio: Ratio) -> bool:
        """Whether it is a sum of squares with positive coefficients, or made of kernels that are never negative."""
        return all(
            coefficient > 0 and all(e % 2 == 0 or self._is_nonnegative(i) for i, e in enumerate(exponents) if e)
            for exponents, coefficient in ratio.num.to_dict().items()
        )

    def _is_nonnegative(self, index: int) -> bool:
        key = self.kernels[index]
        return (
            key[0] in ("abs", "fact")
            or (key[0] == "root" and key[2] % 2 == 0)
            or (key[0] == "exp" and key[1] != "-1")
            or key in (("const", "pi"), ("const", "e"))
            or (key[0] == "ln" and len(key) == 3)  # the logarithm of a number above one
        )

    # --- terms -------------------------------------------------------------------------------------------------

    def form(self, term: Term) -> Ratio:
        """The normal form of a term; what its domain asks for is added to `conditions`.

        Raises:
            Intractable: it is too large.
            Undefined: it divides by zero.
        """
        known = self._cache.get(term)
        if known is None:
            outside, self.conditions = self.conditions, set()
            try:
                ratio = _FORMS.get(term.op, Forms._opaque)(self, term)
            finally:
                inner, self.conditions = self.conditions, outside
            known = self._cache[term] = (ratio, frozenset(inner))
        self.conditions |= known[1]
        return known[0]

    def settled(self, ratio: Ratio) -> Ratio:
        """*ratio* on the domain that `conditions` describe: |f| is f where f is known not to be negative."""
        for index, inside in self._absolute.items():
            if index in self.occurring(ratio):
                if ("nonnegative", self._sign_part(inside).key) in self.conditions:
                    ratio = self._substituted(ratio, index, inside)
                elif ("nonnegative", self._sign_part(self.negative(inside)).key) in self.conditions:
                    ratio = self._substituted(ratio, index, self.negative(inside))
        return ratio

    def _substituted(self, ratio: Ratio, index: int, value: Ratio) -> Ratio:
        return self.multiply(
            self.compose(ratio.num, index, value), self.inverse(self.compose(ratio.den, index, value))
        )

    def compose(self, polynomial: fmpq_mpoly, index: int, value: Ratio) -> Ratio:
        """The polynomial with *value* for one kernel."""
        result = self.zero
        for exponents, coefficient in polynomial.to_dict().items():
            rest = list(exponents)
            times, rest[index] = rest[index], 0
            monomial = Ratio(_ring().from_dict({tuple(rest): coefficient}), self.one.den)
            result = self.add(result, self.multiply(monomial, self.raise_to(value, times)))
        return result

    def key(self, term: Term) -> object:
        """What two terms share when they are equal: the key of the normal form, or of the structure."""
        if term.op in _STRUCTURES:
            parts = [self.key(arg) for arg in term.args]
            if term.op in ("set", "ac"):
                parts = sorted(set(map(repr, parts))) if term.op == "set" else sorted(map(repr, parts))
            return (term.op, term.data, *parts)
        if term.op in ("text", "empty"):
            return (term.op, term.data)
        return self.form(term).key

    def _opaque(self, term: Term) -> Ratio:
        if term.data in LOOSE and term.args[1:] == (EMPTY, EMPTY) and term.args[0].op not in _NO_FORM:
            return self._loose(term)
        inside = [self.form(arg) for arg in term.args if arg.op not in _NO_FORM]
        return self.kernel((term.op, term.data, *map(self.key, term.args)), term, inside)

    def _loose(self, term: Term) -> Ratio:
        """A sum or integral that names no variable: linear, but what depends on the variable cannot be seen."""
        body = self.form(term.args[0])
        if term.data == r"\prod" or not body.den.is_constant():
            return self.kernel((term.op, term.data, body.key), term, (body,))
        result = self.zero
        for exponents, coefficient in body.num.to_dict().items():
            fixed = [bool(e) and _is_fixed(self.terms[i]) for i, e in enumerate(exponents)]
            outside = tuple(e if f else 0 for e, f in zip(exponents, fixed, strict=True))
            inside = tuple(0 if f else e for e, f in zip(exponents, fixed, strict=True))
            front = Ratio(_ring().from_dict({outside: coefficient}), body.den)
            rest = Ratio(_ring().from_dict({inside: fmpq(1)}), self.one.den)
            whole = op(term.data, self.term(rest), EMPTY, EMPTY)
            result = self.add(result, self.multiply(front, self.kernel((term.op, term.data, rest.key), whole, (rest,))))
        return result

    def _number(self, term: Term) -> Ratio:
        return self.number(term.data)

    def _name(self, term: Term) -> Ratio:
        return self.kernel(("name", term.data), term)

    def _constant(self, term: Term) -> Ratio:
        if term.data == "deg":
            return self.multiply(self._constant(const("pi")), self.number(Fraction(1, 180)))
        ratio = self.kernel(("const", term.data), term)
        if term.data == "i":
            self.relate(ratio, 2, self.number(-1))
        elif term.data == "sign":
            self.relate(ratio, 2, self.one)
        return ratio

    def _add(self, term: Term) -> Ratio:
        if _unsafe(term):
            return self._opaque_sorted(term)
        result = self.zero
        for arg in term.args:
            result = self.add(result, self.form(arg))
        return result

    def _multiply(self, term: Term) -> Ratio:
        if _unsafe(term):
            return self._opaque_sorted(term)
        result = self.one
        for arg in term.args:
            result = self.multiply(result, self.form(arg))
        return result

    def _opaque_sorted(self, term: Term) -> Ratio:
        """With the infinite, nothing cancels: only the order may change."""
        keys = sorted(repr(self.key(arg)) for arg in term.args)
        return self.kernel((term.op, "unsafe", *keys), term, [self.form(a) for a in term.args if a.op not in _NO_FORM])

    # --- powers ------------------------------------------------------------------------------------------------

    def _power(self, term: Term) -> Ratio:
        if _unsafe(term):
            return self._opaque(term)
        base, exponent = (self.form(arg) for arg in term.args)
        value = self.constant(exponent)
        if value is None:
            return self._symbolic_power(base, exponent, term)
        if value.denominator == 1:
            return self._integer_power(base, int(value), term)
        return self._root(base, value, term)

    def _integer_power(self, base: Ratio, exponent: int, term: Term) -> Ratio:
        size = max(len(base.num), len(base.den))
        if size > 1 and abs(exponent) > MAX_POWER:
            return self._opaque(term)
        value = self.constant(base)
        if value is not None:
            if value == 0 and exponent == 0:
                raise Intractable  # one by some conventions, undefined by others
            if value == 0 and exponent < 0:
                raise Undefined
            bits = max(value.numerator.bit_length(), value.denominator.bit_length())
            if bits * abs(exponent) > MAX_BITS and abs(value) != 1:
                return self._prime_powers(value, self.number(exponent), term)
        elif abs(exponent) > 10_000:
            return self._opaque(term)
        return self.raise_to(base, exponent)

    def _root(self, base: Ratio, exponent: Fraction, term: Term) -> Ratio:
        """base ** (p/q), the real root; with an even q the base must not be negative."""
        order = exponent.denominator
        value = self.constant(base)
        if order % 2 == 0:
            if value is not None and value < 0:
                if order == 2:
                    imaginary = self.raise_to(self._constant(const("i")), exponent.numerator)
                    return self.multiply(imaginary, self._root(self.negative(base), exponent, term))
                return self._opaque(term)
            self.require("nonnegative", base)
        root = self._constant_root(value, order) if value is not None else self._root_of(base, order, term)
        return self._opaque(term) if root is None else self.raise_to(root, exponent.numerator)

    def _constant_root(self, value: Fraction, order: int) -> Ratio | None:
        """The root of a rational number: of each prime its own kernel, so that sqrt 6 is sqrt 2 sqrt 3."""
        if value == 0:
            return self.zero
        sign = -1 if value < 0 else 1
        whole = abs(value.numerator) * value.denominator ** (order - 1)
        factors = _primes(whole)
        if factors is None:
            root = isqrt(whole)
            return self.number(Fraction(root, value.denominator)) if order == 2 and root * root == whole else None
        result = self.number(Fraction(sign, value.denominator))
        for prime, exponent in factors:
            times, rest = divmod(exponent, order)
            result = self.multiply(result, self.number(prime**times))
            if rest:
                shared = gcd(rest, order)
                result = self.multiply(result, self.raise_to(self._prime_root(prime, order // shared), rest // shared))
        return result

    def _prime_root(self, prime: int, order: int) -> Ratio:
        kernel = self.kernel(("root", str(prime), order), power(num(prime), num(Fraction(1, order))))
        self.relate(kernel, order, self.number(prime))
        return kernel

    def _root_of(self, base: Ratio, order: int, term: Term) -> Ratio | None:
        """The root of a polynomial: factors whose power the root divides come out, as |f| where that is needed."""
        index = self.index_of(base)
        if index is not None and self.kernels[index][0] == "root":  # a root of a root
            inner = self.terms[index].args
            return self._root(self.form(inner[0]), inner[1].data / order, term)
        product = base.num * base.den ** (order - 1)
        if len(product) > 200 or product.total_degree() > MAX_DEGREE:
            return None
        content, factors = product.factor()
        content = Fraction(int(content.p), int(content.q))
        outside, inside = self.inverse(Ratio(base.den, self.one.den)), self.one
        if order % 2 == 0 and not base.den.is_one():
            outside = self.absolute(outside)
        for factor, exponent in factors:
            times, rest = divmod(exponent, order)
            ratio = Ratio(factor, self.one.den)
            if times:
                out = self.raise_to(self.absolute(ratio) if order % 2 == 0 else ratio, times)
                outside = self.multiply(outside, out)
            inside = self.multiply(inside, self.raise_to(ratio, rest))
        leading = inside.num.leading_coefficient() if not inside.num.is_constant() else fmpq(1)
        content *= Fraction(int(leading.p), int(leading.q))
        inside = self.multiply(inside, self.number(1 / Fraction(int(leading.p), int(leading.q))))
        if content < 0 and order % 2 == 0 and self.constant(inside) is None:
            content, inside = -content, self.negative(inside)
        constant = self._constant_root(content, order)
        if constant is None:
            return None
        result = self.multiply(outside, constant)
        if self.constant(inside) is not None:
            return self.multiply(result, self._constant_root(self.constant(inside), order))
        kernel = self.kernel(
            ("root", inside.key, order), power(self.term(inside), num(Fraction(1, order))), (inside,)
        )
        self.relate(kernel, order, inside)
        return self.multiply(result, kernel)

    def absolute(self, ratio: Ratio) -> Ratio:
        """|ratio|, factor by factor."""
        result = self.one
        for polynomial, sense in ((ratio.num, 1), (ratio.den, -1)):
            if len(polynomial) > 1 and polynomial.total_degree() > MAX_DEGREE:
                raise Intractable
            content, factors = polynomial.factor()
            value = self.number(abs(Fraction(int(content.p), int(content.q))))
            for factor, exponent in factors:
                value = self.multiply(value, self._absolute_factor(factor, exponent))
            result = self.multiply(result, self.raise_to(value, sense))
        return result

    def _absolute_factor(self, factor: fmpq_mpoly, exponent: int) -> Ratio:
        ratio = Ratio(factor / factor.leading_coefficient(), self.one.den)
        scale = self.number(abs(Fraction(int(factor.leading_coefficient().p), int(factor.leading_coefficient().q))))
        if exponent % 2 == 0 or self._evidently_positive(ratio):
            kernel = ratio
        else:
            kernel = self.kernel(("abs", ratio.key), fn("abs", self.term(ratio)), (ratio,))
            self.relate(kernel, 2, self.multiply(ratio, ratio))
            self._absolute[self.index_of(kernel)] = ratio
        return self.raise_to(self.multiply(scale, kernel), exponent)

    def _symbolic_power(self, base: Ratio, exponent: Ratio, term: Term) -> Ratio:
        value = self.constant(base)
        if value is not None:
            if value == 0:
                return self._opaque(term)
            return self._prime_powers(value, exponent, term)
        index = self.index_of(base)
        if index is not None and self.kernels[index][0] == "exp" and _is_fixed(self.terms[index].args[0]):
            inner = self.terms[index].args
            return self._power_of(self.form(inner[0]), self.multiply(self.form(inner[1]), exponent))
        if index is None or self.kernels[index] != ("const", "e"):
            self.require("base", base)
        return self._power_of(base, exponent)

    def _prime_powers(self, value: Fraction, exponent: Ratio, term: Term) -> Ratio:
        result = self.one
        if value < 0:
            result = self._power_of(self.number(-1), exponent)
        for part, sense in ((abs(value.numerator), 1), (value.denominator, -1)):
            factors = _primes(part)
            if factors is None:
                return self._opaque(term)
            for prime, times in factors:
                scaled = self.multiply(exponent, self.number(sense * times))
                result = self.multiply(result, self._power_of(self.number(prime), scaled))
        return result

    def _power_of(self, base: Ratio, exponent: Ratio) -> Ratio:
        """base ** exponent, split at the sums of the exponent."""
        if not exponent.den.is_constant():
            return self._power_kernel(base, exponent)
        result = self.one
        for exponents, coefficient in exponent.num.to_dict().items():
            value = Fraction(int(coefficient.p), int(coefficient.q))
            if not any(exponents):
                constant = self._plain_power(base, value)
                result = self.multiply(result, constant)
                continue
            monomial = _ring().from_dict({exponents: fmpq(1, value.denominator)})
            kernel = self._power_kernel(base, Ratio(monomial, self.one.den))
            if abs(value.numerator) > 10_000:
                raise Intractable
            result = self.multiply(result, self.raise_to(kernel, value.numerator))
        return result

    def _plain_power(self, base: Ratio, value: Fraction) -> Ratio:
        if value.denominator == 1 and abs(value) <= MAX_POWER:
            return self.raise_to(base, int(value))
        constant = self.constant(base)
        if value.denominator > 1 and constant is not None and constant > 0 and abs(value) < MAX_POWER:
            root = self._constant_root(constant, value.denominator)
            if root is not None:
                return self.raise_to(root, value.numerator)
        return self._power_kernel(base, self.number(value))

    def _power_kernel(self, base: Ratio, exponent: Ratio) -> Ratio:
        kernel = self.kernel(
            ("exp", base.key, exponent.key), power(self.term(base), self.term(exponent)), (base, exponent)
        )
        if base.key == "-1":
            self.relate(kernel, 2, self.one)  # the exponent must be a whole number, or there is no value
        return kernel

    # --- functions ---------------------------------------------------------------------------------------------

    def _function(self, term: Term) -> Ratio:
        if any(map(_unsafe_argument, term.args)) or any(arg.op in _STRUCTURES for arg in term.args):
            return self._opaque(term)
        return _FUNCTIONS.get(term.data, Forms._opaque)(self, term)

    def _absolute_value(self, term: Term) -> Ratio:
        if any(part.op in ("const", "op") and part.data in ("i",) for part in term.walk()):
            return self._opaque(term)
        return self.absolute(self.form(term.args[0]))

    def _logarithm(self, term: Term) -> Ratio:
        ratio = self.form(term.args[0])
        value = self.constant(ratio)
        if value is not None:
            return self._constant_logarithm(value, term)
        index = self.index_of(ratio)
        if index is not None and self.kernels[index] == ("const", "e"):
            return self.one
        if (exponent := self._exponent_of_e(ratio)) is not None:
            return exponent
        if index is not None and self.kernels[index][0] == "root":
            base, order = self.terms[index].args
            return self.multiply(self.form(order), self._logarithm(fn("ln", base)))
        self.require("nonnegative", ratio)
        content, factors = self._factored(ratio)
        if content < 0 or len(factors) != 1:
            return self._opaque_logarithm(ratio, abs(content) if content > 0 else Fraction(1), term)
        ((factor, exponent),) = factors
        inside = self.absolute(factor) if exponent % 2 == 0 else factor
        kernel = self.kernel(("ln", inside.key), fn("ln", self.term(inside)), (inside,))
        return self.add(self._constant_logarithm(content, term), self.multiply(self.number(exponent), kernel))

    def _factored(self, ratio: Ratio) -> tuple[Fraction, list[tuple[Ratio, int]]]:
        if max(ratio.num.total_degree(), ratio.den.total_degree()) > MAX_DEGREE:
            raise Intractable
        content, factors = ratio.num.factor()
        below, divisors = ratio.den.factor()
        found = [(Ratio(f, self.one.den), e) for f, e in factors] + [(Ratio(f, self.one.den), -e) for f, e in divisors]
        value = content / below
        scale = Fraction(int(value.p), int(value.q))
        normal = []
        for factor, exponent in found:
            leading = factor.num.leading_coefficient()
            scale *= Fraction(int(leading.p), int(leading.q)) ** exponent
            normal.append((Ratio(factor.num / leading, self.one.den), exponent))
        return scale, normal

    def _opaque_logarithm(self, ratio: Ratio, content: Fraction, term: Term) -> Ratio:
        inside = self.multiply(ratio, self.number(1 / content))
        kernel = self.kernel(("ln", inside.key), fn("ln", self.term(inside)), (inside,))
        return self.add(self._constant_logarithm(content, term), kernel)

    def _constant_logarithm(self, value: Fraction, term: Term) -> Ratio:
        if value <= 0:
            return self._opaque(term)
        result = self.zero
        for part, sense in ((value.numerator, 1), (value.denominator, -1)):
            factors = _primes(part)
            if factors is None:
                return self._opaque(term)
            for prime, times in factors:
                kernel = self.kernel(("ln", str(prime), "prime"), fn("ln", num(prime)))
                result = self.add(result, self.multiply(self.number(sense * times), kernel))
        return result

    def _exponent_of_e(self, ratio: Ratio) -> Ratio | None:
        """x, if the ratio is a product of powers of e that make e^x."""
        if len(ratio.num) != 1 or len(ratio.den) != 1 or ratio.num.leading_coefficient() != 1:
            return None
        result = self.zero
        for index in self.occurring(ratio):
            times = ratio.num.degrees()[index] - ratio.den.degrees()[index]
            key = self.kernels[index]
            if key == ("const", "e"):
                exponent = self.one
            elif key[0] == "exp" and self.terms[index].args[0] == const("e"):
                exponent = self.form(self.terms[index].args[1])
            else:
                return None
            result = self.add(result, self.multiply(self.number(int(times)), exponent))
        return result

    def _circular(self, term: Term) -> Ratio:
        """sin and cos, by the addition theorems down to multiples of single kernels and known angles."""
        ratio = self.form(term.args[0])
        return self._sine_cosine(ratio, term)[term.data == "cos"]

    def _sine_cosine(self, ratio: Ratio, term: Term) -> tuple[Ratio, Ratio]:
        if not ratio.den.is_constant() or len(ratio.num) > 4:
            return self._plain_sine_cosine(ratio)
        sine, cosine = self.zero, self.one
        for exponents, coefficient in ratio.num.to_dict().items():
            value = Fraction(int(coefficient.p), int(coefficient.q))
            here = self._sine_cosine_of(Ratio(_ring().from_dict({exponents: fmpq(1)}), self.one.den), value)
            sine, cosine = (
                self.add(self.multiply(sine, here[1]), self.multiply(cosine, here[0])),
                self.add(self.multiply(cosine, here[1]), self.negative(self.multiply(sine, here[0]))),
            )
        return sine, cosine

    def _sine_cosine_of(self, monomial: Ratio, value: Fraction) -> tuple[Ratio, Ratio]:
        index = self.index_of(monomial)
        if index is not None and self.kernels[index] == ("const", "pi") and 12 % value.denominator == 0:
            known = self._known_angle(value)
            if known is not None:
                return known
        if abs(value.numerator) > MAX_MULTIPLE:
            return self._plain_sine_cosine(self.multiply(monomial, self.number(value)))
        base = self._plain_sine_cosine(self.multiply(monomial, self.number(Fraction(1, value.denominator))))
        sine, cosine = self.zero, self.one
        for _ in range(abs(value.numerator)):
            sine, cosine = (
                self.add(self.multiply(sine, base[1]), self.multiply(cosine, base[0])),
                self.add(self.multiply(cosine, base[1]), self.negative(self.multiply(sine, base[0]))),
            )
        return (sine, cosine) if value > 0 else (self.negative(sine), cosine)

    def _plain_sine_cosine(self, ratio: Ratio) -> tuple[Ratio, Ratio]:
        """Kernels for one angle, its sign made positive; the square of the sine is replaced."""
        flip = not ratio.num.is_zero() and ratio.num.leading_coefficient() < 0
        angle = self.negative(ratio) if flip else ratio
        cosine = self.kernel(("cos", angle.key), fn("cos", self.term(angle)), (angle,))
        sine = self.kernel(("sin", angle.key), fn("sin", self.term(angle)), (angle,))
        self.relate(sine, 2, self.add(self.one, self.negative(self.multiply(cosine, cosine))))
        return (self.negative(sine) if flip else sine), cosine

    def _known_angle(self, value: Fraction) -> tuple[Ratio, Ratio] | None:
        """Sine and cosine of a multiple of pi/4 or pi/6."""
        twelfths = int(value * 12) % 24
        if twelfths % 2 and twelfths % 3:
            return None
        return self._sine_of_twelfths(twelfths), self._sine_of_twelfths((twelfths + 6) % 24)

    def _sine_of_twelfths(self, twelfths: int) -> Ratio:
        sign = 1 if twelfths <= 12 else -1
        twelfths = twelfths % 12
        twelfths = min(twelfths, 12 - twelfths)
        squared = {0: Fraction(0), 2: Fraction(1, 4), 3: Fraction(1, 2), 4: Fraction(3, 4), 6: Fraction(1)}[twelfths]
        return self.multiply(self.number(sign), self._constant_root(squared, 2))

    def _quotient(self, term: Term) -> Ratio:
        above, below = {"tan": (0, 1), "cot": (1, 0), "sec": (None, 1), "csc": (None, 0)}[term.data]
        values = self._sine_cosine(self.form(term.args[0]), term)
        top = self.one if above is None else values[above]
        return self.multiply(top, self.inverse(values[below]))

    def _hyperbolic(self, term: Term) -> Ratio:
        exponent = self.form(term.args[0])
        e = self._constant(const("e"))
        up, down = self._power_of(e, exponent), self._power_of(e, self.negative(exponent))
        sine, cosine = self.add(up, self.negative(down)), self.add(up, down)
        half = self.number(Fraction(1, 2))
        if term.data in ("sinh", "cosh"):
            return self.multiply(half, sine if term.data == "sinh" else cosine)
        if term.data in ("sech", "csch"):
            return self.multiply(self.number(2), self.inverse(cosine if term.data == "sech" else sine))
        top, bottom = (sine, cosine) if term.data == "tanh" else (cosine, sine)
        return self.multiply(top, self.inverse(bottom))

    def _odd(self, term: Term) -> Ratio:
        """arcsin, arctan, arsinh ...: f(-x) = -f(x)."""
        ratio = self.form(term.args[0])
        if ratio.num.is_zero():
            return self.zero
        if term.data in ("arcsin", "artanh"):
            self.require("unit", self.raise_to(ratio, 2))
        flip = ratio.num.leading_coefficient() < 0
        ratio = self.negative(ratio) if flip else ratio
        kernel = self.kernel((term.data, ratio.key), fn(term.data, self.term(ratio)), (ratio,))
        return self.negative(kernel) if flip else kernel

    def _factorial(self, term: Term) -> Ratio:
        ratio = self.form(term.args[0])
        value = self.constant(ratio)
        if value is not None:
            return self._constant_factorial(value, term)
        if not ratio.den.is_one():
            return self._opaque(term)
        offset = ratio.num.to_dict().get((0,) * MAX_KERNELS, fmpq(0))
        if offset.q != 1 or abs(offset.p) > MAX_UNROLLED:
            return self._opaque(term)
        base = self.add(ratio, self.number(-int(offset.p)))
        result = self.kernel(("fact", base.key), fn("factorial", self.term(base)), (base,))
        for step in range(1, int(offset.p) + 1):
            result = self.multiply(result, self.add(base, self.number(step)))
        for step in range(0, -int(offset.p)):
            result = self.multiply(result, self.inverse(self.add(base, self.number(-step))))
        return result

    def _constant_factorial(self, value: Fraction, term: Term) -> Ratio:
        if value.denominator != 1 or value < 0:
            return self._opaque(term)
        if value <= MAX_FACTORIAL:
            product = 1
            for factor in range(2, int(value) + 1):
                product *= factor
            return self.number(product)
        return self.kernel(("fact", str(value)), fn("factorial", num(value)))

    def _binomial(self, term: Term) -> Ratio:
        upper, lower = term.args
        n, k = (self.constant(self.form(arg)) for arg in term.args)
        if n is not None and not (n.denominator == 1 and 0 <= n <= MAX_FACTORIAL):
            return self._opaque(term)
        if n is not None and k is not None and (k.denominator != 1 or not 0 <= k <= n):
            return self._opaque(term)
        difference = Term("add", None, (upper, Term("mul", None, (MINUS_ONE, lower))))
        below = self.multiply(self._factorial(fn("factorial", lower)), self._factorial(fn("factorial", difference)))
        return self.multiply(self._factorial(fn("factorial", upper)), self.inverse(below))

    def _extreme(self, term: Term) -> Ratio:
        keys = sorted({self.form(arg).key for arg in term.args})
        return self.kernel((term.data, *keys), term, [self.form(arg) for arg in term.args])

    def _rounded(self, term: Term) -> Ratio:
        ratio = self.form(term.args[0])
        value = self.constant(ratio)
        if value is not None:
            return self.number(value.__floor__() if term.data == "floor" else value.__ceil__())
        return self.kernel((term.data, ratio.key), fn(term.data, self.term(ratio)), (ratio,))

    # --- large operators ---------------------------------------------------------------------------------------

    def _bounded(self, term: Term) -> Ratio:
        """Sums, products, integrals, limits: the variable renamed by its depth, constants in front."""
        body, variable, *bounds = term.args
        if not binds(term):
            return self._antiderivative(term)
        if any(bound.op in _STRUCTURES for bound in bounds) or body.op in _NO_FORM:
            return self._opaque(term)
        limits = [self.form(bound) if bound.op != "empty" else None for bound in bounds]
        if (unrolled := self._unrolled(term, limits)) is not None:
            return unrolled
        dummy = name(f"#{_height(body)}")
        inner = replace(body, variable, dummy)
        canonical = Term(term.op, term.data, (inner, dummy, *bounds))
        if term.op == "int" and None not in limits and limits[1].key < limits[0].key and not _unsafe_bounds(bounds):
            turned = Term("int", term.data, (inner, dummy, bounds[1], bounds[0]))
            return self.negative(self._linear(turned, [limits[1], limits[0]]))
        return self._linear(canonical, limits)

    def _unrolled(self, term: Term, limits: list[Ratio | None]) -> Ratio | None:
        """A sum or product over a few whole numbers, written out."""
        if term.op not in ("sum", "prod") or None in limits:
            return None
        low, high = (self.constant(limit) for limit in limits)
        if low is None or high is None or low.denominator != 1 or high.denominator != 1:
            return None
        if not 0 <= high - low < MAX_UNROLLED:
            return None
        body, variable = term.args[:2]
        if any(binds(part) for part in body.walk()):
            return None
        result = self.zero if term.op == "sum" else self.one
        for value in range(int(low), int(high) + 1):
            part = self.form(replace(body, variable, num(value)))
            result = self.add(result, part) if term.op == "sum" else self.multiply(result, part)
        return result

    def _linear(self, term: Term, limits: list[Ratio | None]) -> Ratio:
        """Sums and integrals are linear: split where that is safe, and constants taken out in any case."""
        body = self.form(term.args[0])
        finite = term.op in ("sum", "int") and None not in limits and not _unsafe_bounds(term.args[2:])
        if term.op in ("prod", "big") or body.num.is_zero():
            return self.zero if finite and body.num.is_zero() else self._bounded_kernel(term, body, limits)
        dummy = term.args[1].data
        if not (finite and body.den.is_constant()) and len(body.num) > 1:
            content = self._content(body, dummy, term.op == "int")
            rest = self.multiply(body, self.inverse(content))
            return self.multiply(content, self._bounded_kernel(term, rest, limits))
        result = self.zero
        for exponents, coefficient in body.num.to_dict().items():
            part = Ratio(_ring().from_dict({exponents: coefficient}), body.den)
            outside = self._content(part, dummy, term.op == "int")
            inside = self.multiply(part, self.inverse(outside))
            value = self._sum_of_powers(term, inside, limits)
            value = self._bounded_kernel(term, inside, limits) if value is None else value
            result = self.add(result, self.multiply(outside, value))
        return result

    def _sum_of_powers(self, term: Term, body: Ratio, limits: list[Ratio | None]) -> Ratio | None:
        """1 + 2^k + ... + n^k as a polynomial in n (Faulhaber's formula), if the body is a power of the variable."""
        exponent = int(body.num.total_degree())
        powers = self.raise_to(self.form(term.args[1]), exponent)
        if term.op != "sum" or None in limits or exponent > MAX_UNROLLED or body.key != powers.key:
            return None
        if _unsafe_bounds(term.args[2:]):
            return None
        low, high = limits
        first, last = self.constant(low), self.constant(high)
        if first is None or first.denominator != 1 or (last is not None and last < first - 1):
            return None
        below = self.add(low, self.number(-1))
        return self.add(self._faulhaber(exponent, high), self.negative(self._faulhaber(exponent, below)))

    def _faulhaber(self, exponent: int, high: Ratio) -> Ratio:
        result = self.zero
        for j in range(exponent + 1):
            number = fmpq.bernoulli(j) if j != 1 else fmpq(1, 2)
            factor = Fraction(int(number.p), int(number.q)) * comb(exponent + 1, j) / (exponent + 1)
            if factor:
                result = self.add(result, self.multiply(self.number(factor), self.raise_to(high, exponent + 1 - j)))
        return result

    def _content(self, ratio: Ratio, dummy: str, integral: bool) -> Ratio:
        """The factor of all summands that does not depend on the bound variable."""
        free = [i for i in range(len(self.kernels)) if dummy not in self._bound[i]]
        if integral:
            free = [i for i in free if not any(map(may_depend, self.terms[i].walk()))]
        exponents = list(ratio.num.monoms())
        common = [0] * MAX_KERNELS
        for index in free:
            common[index] = min(e[index] for e in exponents)
        below = [0] * MAX_KERNELS
        for index in free:
            below[index] = min(e[index] for e in ratio.den.monoms())
        top = _ring().from_dict({tuple(common): ratio.num.leading_coefficient()})
        return Ratio(top, _ring().from_dict({tuple(below): fmpq(1)}))

    def _bounded_kernel(self, term: Term, body: Ratio, limits: list[Ratio | None]) -> Ratio:
        keys = [None if limit is None else limit.key for limit in limits]
        whole = Term(term.op, term.data, (self.term(body), *term.args[1:]))
        ratio = self.kernel((term.op, term.data, body.key, *keys), whole, [body, *filter(None, limits)])
        index = self.index_of(ratio)
        self._bound[index] = self._bound[index] - {term.args[1].data}
        return ratio

    def _antiderivative(self, term: Term) -> Ratio:
        """An integral that binds nothing: its variable counts, and is not renamed; without bounds it is linear."""
        body, variable, *bounds = term.args
        if body.op in _NO_FORM:
            return self._opaque(term)
        ratio = self.form(body)
        if bounds == [EMPTY, EMPTY] and variable.op == "name" and ratio.den.is_constant():
            return self._linear_antiderivative(term, ratio)
        key = (term.op, term.data, self.form(body).key, self.form(variable).key, *map(self.key, bounds))
        inside = [self.form(arg) for arg in term.args if arg.op not in _NO_FORM]
        return self.kernel(key, term, inside)

    def _linear_antiderivative(self, term: Term, ratio: Ratio) -> Ratio:
        """Summand by summand, with what cannot depend on the variable in front; a constant of integration is not kept."""
        variable = term.args[1]
        free = {
            i
            for i in self.occurring(ratio)
            if variable not in self.terms[i].walk() and not any(map(may_depend, self.terms[i].walk()))
        }
        result = self.zero
        for exponents, coefficient in ratio.num.to_dict().items():
            outside = tuple(e if i in free else 0 for i, e in enumerate(exponents))
            inside = tuple(0 if i in free else e for i, e in enumerate(exponents))
            front = Ratio(_ring().from_dict({outside: coefficient}), ratio.den)
            body = Ratio(_ring().from_dict({inside: fmpq(1)}), self.one.den)
            whole = Term(term.op, term.data, (self.term(body), *term.args[1:]))
            kernel = self.kernel((term.op, term.data, body.key, variable.data), whole, (body, self.form(variable)))
            result = self.add(result, self.multiply(front, kernel))
        return result

    def _differential(self, term: Term) -> Ratio:
        """d/dx by the rules of calculus; what depends on other letters stays, rational factors taken out."""
        body, variable, order = term.args
        if body.op in _NO_FORM or order.op != "num" or order.data not in (1, 2, 3) or variable.op != "name":
            return self._opaque(term)
        ratio = self.form(body)
        for _ in range(int(order.data)):
            ratio = self._derived(ratio, variable, term.data)
        return ratio

    def _derived(self, ratio: Ratio, variable: Term, kind: tuple) -> Ratio:
        index = self.index_of(ratio)
        if index is not None and self.terms[index] != variable and self.terms[index].op in ("name", "sub", "app", "deriv"):
            return self._inner_form(derivative(self.terms[index], variable, kind))
        result = self.zero
        for index in self.occurring(ratio):
            part = self.terms[index]
            try:
                inner = derivative(part, variable, kind)
            except NotDerivable:
                whole = Term("deriv", kind, (self.term(ratio), variable, ONE))
                return self._opaque_derivative(whole, ratio)
            top = Ratio(ratio.num.derivative(index), self.one.den)
            bottom = Ratio(ratio.den.derivative(index), self.one.den)
            num_, den = Ratio(ratio.num, self.one.den), Ratio(ratio.den, self.one.den)
            slope = self.add(self.multiply(top, den), self.negative(self.multiply(num_, bottom)))
            slope = self.multiply(slope, self.inverse(self.multiply(den, den)))
            result = self.add(result, self.multiply(slope, self._inner_form(inner)))
        return result

    def _inner_form(self, term: Term) -> Ratio:
        """The form of a derivative by the rules, in which the leaves are left alone."""
        return self._opaque(term) if term.op == "deriv" else self.form(term)

    def _opaque_derivative(self, term: Term, ratio: Ratio) -> Ratio:
        key = (term.op, term.data, ratio.key, self.key(term.args[1]), "1")
        return self.kernel(key, term, (ratio, self.form(term.args[1])))

    def _determinant(self, term: Term) -> Ratio:
        if term.data > 4 or any(arg.op in _NO_FORM for arg in term.args):
            return self._opaque(term)
        return self._minor([self.form(arg) for arg in term.args], term.data)

    def _minor(self, cells: list[Ratio], width: int) -> Ratio:
        """The determinant by Laplace's expansion along the first row."""
        if width == 1:
            return cells[0]
        result = self.zero
        for column in range(width):
            rest = [cell for i, cell in enumerate(cells[width:]) if i % width != column]
            part = self.multiply(cells[column], self._minor(rest, width - 1))
            result = self.add(result, part if column % 2 == 0 else self.negative(part))
        return result

    # --- back to terms -----------------------------------------------------------------------------------------

    def term(self, ratio: Ratio) -> Term:
        """A term whose normal form is *ratio*."""
        top = self._polynomial_term(ratio.num)
        if ratio.den.is_one():
            return top
        return Term("mul", None, (top, power(self._polynomial_term(ratio.den), MINUS_ONE)))

    def _polynomial_term(self, polynomial: fmpq_mpoly) -> Term:
        summands = []
        for exponents, coefficient in polynomial.to_dict().items():
            factors = [num(Fraction(int(coefficient.p), int(coefficient.q)))] if coefficient != 1 else []
            for index, exponent in enumerate(exponents):
                if exponent:
                    kernel = self.terms[index]
                    factors.append(kernel if exponent == 1 else power(kernel, num(int(exponent))))
            summands.append(ONE if not factors else factors[0] if len(factors) == 1 else Term("mul", None, tuple(factors)))
        if not summands:
            return num(0)
        return summands[0] if len(summands) == 1 else Term("add", None, tuple(summands))


_STRUCTURES = frozenset(("chain", "list", "tuple", "set", "matrix", "cases", "ac"))
_NO_FORM = _STRUCTURES | {"text", "empty"}


def _is_fixed(term: Term) -> bool:
    """Whether a term is made of numbers and known constants alone."""
    return all(part.op in ("num", "add", "mul", "pow", "fn", "const") for part in term.walk())


def _height(term: Term) -> int:
    """How many binders are nested in a term, counting the deepest."""
    inner = max(map(_height, term.args), default=0)
    return inner + binds(term)


def _unsafe_argument(term: Term) -> bool:
    return term == const("inf") or term == const("dots") or term.op in ("text", "empty")


def _unsafe(term: Term) -> bool:
    """Whether the rules of arithmetic do not hold for the operands: the infinite, dots, lists, words."""
    return any(_unsafe_argument(arg) or arg.op in _STRUCTURES or _infinite(arg) for arg in term.args)


def _infinite(term: Term) -> bool:
    """Whether an operand is itself arithmetic with the infinite."""
    return term.op in ("add", "mul", "pow") and _unsafe(term)


def _unsafe_bounds(bounds: Iterable[Term]) -> bool:
    return any(bound == const("inf") or bound == EMPTY or _infinite(bound) or bound.op == "op" for bound in bounds)


_FORMS = {
    "num": Forms._number,
    "name": Forms._name,
    "const": Forms._constant,
    "add": Forms._add,
    "mul": Forms._multiply,
    "pow": Forms._power,
    "fn": Forms._function,
    "sum": Forms._bounded,
    "prod": Forms._bounded,
    "int": Forms._bounded,
    "lim": Forms._bounded,
    "big": Forms._bounded,
    "deriv": Forms._differential,
    "det": Forms._determinant,
}
_FUNCTIONS = {
    "abs": Forms._absolute_value,
    "ln": Forms._logarithm,
    "sin": Forms._circular,
    "cos": Forms._circular,
    **dict.fromkeys(("tan", "cot", "sec", "csc"), Forms._quotient),
    **dict.fromkeys(("sinh", "cosh", "tanh", "coth", "sech", "csch"), Forms._hyperbolic),
    **dict.fromkeys(("arcsin", "arctan", "arsinh", "artanh"), Forms._odd),
    "factorial": Forms._factorial,
    "binom": Forms._binomial,
    **dict.fromkeys(("max", "min", "gcd", "lcm"), Forms._extreme),
    **dict.fromkeys(("floor", "ceil"), Forms._rounded),
}
