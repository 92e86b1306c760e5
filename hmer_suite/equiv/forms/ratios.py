"""Arithmetic of quotients of polynomials over generators, by FLINT (python-flint)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from flint import Ordering, fmpq, fmpq_mpoly, fmpq_mpoly_ctx, fmpz

MAX_KERNELS = 48
"""Number of generators of the ring."""
MAX_TERMS = 3000
"""Products of polynomials with more terms than this are not computed."""


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
        """Text that is the same for two ratios of one `Forms` exactly if they are equal."""
        return str(self.num) if self.den.is_one() else f"({self.num})/({self.den})"


@lru_cache(maxsize=1)
def ring() -> fmpq_mpoly_ctx:
    """The ring of polynomials over all kernels."""
    return fmpq_mpoly_ctx.get([f"k{i}" for i in range(MAX_KERNELS)], Ordering.lex)


@lru_cache(maxsize=1)
def generators() -> tuple[fmpq_mpoly, ...]:
    """The generators of `ring`."""
    return ring().gens()


@lru_cache(maxsize=256)
def primes(n: int) -> tuple[tuple[int, int], ...] | None:
    """Prime factors of a positive integer, or None if it is too large to factor at once."""
    return tuple((int(p), int(e)) for p, e in fmpz(n).factor()) if n.bit_length() <= 80 else None


class RatioField:
    """The field of `Ratio`s, with relations ``generator ** order = value`` that are applied to every result."""

    def __init__(self) -> None:
        one = ring().constant(1)
        self.zero = Ratio(ring().constant(0), one)
        self.one = Ratio(one, one)
        self._reducible: dict[int, tuple[int, Ratio]] = {}

    def number(self, value: Fraction | int) -> Ratio:
        """A constant."""
        value = Fraction(value)
        return Ratio(ring().constant(fmpq(value.numerator, value.denominator)), self.one.den)

    def add(self, left: Ratio, right: Ratio) -> Ratio:
        """left + right."""
        if left.den == right.den:
            return self.cancelled(left.num + right.num, left.den)
        if max(len(left.num), len(right.num)) * max(len(left.den), len(right.den)) > MAX_TERMS:
            raise Intractable
        return self.reduced(self.cancelled(left.num * right.den + right.num * left.den, left.den * right.den))

    def negative(self, ratio: Ratio) -> Ratio:
        """-ratio."""
        return Ratio(-ratio.num, ratio.den)

    def multiply(self, left: Ratio, right: Ratio) -> Ratio:
        """left * right."""
        if len(left.num) * len(right.num) > MAX_TERMS or len(left.den) * len(right.den) > MAX_TERMS:
            raise Intractable
        return self.reduced(self.cancelled(left.num * right.num, left.den * right.den))

    def inverse(self, ratio: Ratio) -> Ratio:
        """1 / ratio.

        Raises:
            Undefined: it is zero.
        """
        if ratio.num.is_zero():
            raise Undefined
        return self.cancelled(ratio.den, ratio.num)

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

    def cancelled(self, top: fmpq_mpoly, bottom: fmpq_mpoly) -> Ratio:
        """top / bottom without common factors."""
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

    def reduced(self, ratio: Ratio) -> Ratio:
        """*ratio* with the relations applied: powers of roots, of i and of signs replaced by their values."""
        if not self._reducible:
            return ratio
        top = self._reduced_polynomial(ratio.num)
        bottom = self._reduced_polynomial(ratio.den)
        if top is None and bottom is None:
            return ratio
        top = top or Ratio(ratio.num, self.one.den)
        bottom = bottom or Ratio(ratio.den, self.one.den)
        return self.reduced(self.cancelled(top.num * bottom.den, top.den * bottom.num))

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
            monomial = Ratio(ring().from_dict({tuple(rest): coefficient}), self.one.den)
            result = self.add(result, self.multiply(monomial, factor))
        return result

    def relate(self, ratio: Ratio, order: int, value: Ratio) -> None:
        """Add the relation kernel ** order = *value*; the first one for a kernel counts."""
        index = self.index_of(ratio)
        if index is not None:
            self._reducible.setdefault(index, (order, value))

    def constant(self, ratio: Ratio) -> Fraction | None:
        """The value of a ratio that is a rational number; None for any other."""
        if not (ratio.num.is_constant() and ratio.den.is_one()):
            return None
        value = fmpq(0) if ratio.num.is_zero() else ratio.num.leading_coefficient()
        return Fraction(int(value.p), int(value.q))

    def index_of(self, ratio: Ratio) -> int | None:
        """The kernel that a ratio is, or None if it is not a single one."""
        if ratio.den.is_one() and len(ratio.num) == 1 and ratio.num.total_degree() == 1:
            return ratio.num.degrees().index(1) if ratio.num.leading_coefficient() == 1 else None
        return None

    def kernel_index(self, ratio: Ratio) -> int:
        """The kernel that a ratio is.

        Raises:
            ValueError: it is not a single kernel.
        """
        index = self.index_of(ratio)
        if index is None:
            raise ValueError(f"{ratio.key} is not a kernel")
        return index

    def occurring(self, ratio: Ratio) -> list[int]:
        """The kernels in a ratio."""
        return [
            i
            for i, (a, b) in enumerate(zip(ratio.num.degrees(), ratio.den.degrees(), strict=True))
            if a > 0 or b > 0
        ]

    def compose(self, polynomial: fmpq_mpoly, index: int, value: Ratio) -> Ratio:
        """The polynomial with *value* for one kernel."""
        result = self.zero
        for exponents, coefficient in polynomial.to_dict().items():
            rest = list(exponents)
            times, rest[index] = rest[index], 0
            monomial = Ratio(ring().from_dict({tuple(rest): coefficient}), self.one.den)
            result = self.add(result, self.multiply(monomial, self.raise_to(value, times)))
        return result
