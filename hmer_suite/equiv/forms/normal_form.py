r"""Normal forms: every term as a quotient of polynomials over *kernels*, the parts that are not rational.

`\sin(x+1)\cdot y` is the polynomial k1 k2 with the kernels k1 = sin of (the normal form of x+1) and k2 = y. Two terms
with one normal form agree wherever both are defined: every rewriting here is an identity of real functions on the
common domain. The domain is kept beside the form (`Forms.conditions`): an even root asks that its radicand is not
negative, a logarithm that its argument is positive, and so on, so that `\sqrt{x^2}` and `x` stay apart. Isolated
points, where a denominator vanishes, are not kept: `x^2/x` and `x` are the same here, and so the documentation says.

FLINT does the arithmetic of polynomials (python-flint); what is a kernel and which kernels are related is ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache

from flint import Ordering, fmpq, fmpq_mpoly, fmpq_mpoly_ctx, fmpz

from hmer_suite.equiv.reading.operators import LOOSE
from hmer_suite.equiv.terms import EMPTY, MINUS_ONE, ONE, Term, binds, const, num, power

MAX_KERNELS = 48
MAX_TERMS = 3000
"""Beyond these a form is not built, and the decision ends undecided."""
MAX_DEGREE = 60
"""Polynomials of a higher degree are not factored."""


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
def ring() -> fmpq_mpoly_ctx:
    """The ring of polynomials over all kernels."""
    return fmpq_mpoly_ctx.get([f"k{i}" for i in range(MAX_KERNELS)], Ordering.lex)


@lru_cache(maxsize=1)
def _generators() -> tuple[fmpq_mpoly, ...]:
    return ring().gens()


@lru_cache(maxsize=256)
def primes(n: int) -> tuple[tuple[int, int], ...] | None:
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
        self.absolutes: dict[int, Ratio] = {}
        self.bound: dict[int, frozenset[str]] = {}
        self._cache: dict[Term, tuple[Ratio, frozenset]] = {}
        one = ring().constant(1)
        self.zero = Ratio(ring().constant(0), one)
        self.one = Ratio(one, one)

    # --- arithmetic --------------------------------------------------------------------------------------------

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
        """With every power of a root, of i and of a sign that has a value replaced by it."""
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
            self.bound[index] = frozenset(bound)
        return Ratio(_generators()[index], self.one.den)

    def index_of(self, ratio: Ratio) -> int | None:
        """Which kernel a ratio is, if it is a single one."""
        if ratio.den.is_one() and len(ratio.num) == 1 and ratio.num.total_degree() == 1:
            return ratio.num.degrees().index(1) if ratio.num.leading_coefficient() == 1 else None
        return None

    def occurring(self, ratio: Ratio) -> list[int]:
        """The kernels in a ratio."""
        return [
            i
            for i, (a, b) in enumerate(zip(ratio.num.degrees(), ratio.den.degrees(), strict=True))
            if a > 0 or b > 0
        ]

    def bound_in(self, ratio: Ratio) -> frozenset[str]:
        """The bound variables of surrounding sums and integrals on which a ratio depends."""
        found: set[str] = set()
        if any(self.bound.values()):
            for index in self.occurring(ratio):
                found |= self.bound[index]
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
            ratio = self.sign_part(ratio)
            if self.evidently_positive(ratio):
                return
        key = (kind, ratio.key)
        self.conditions.add(key)
        self.condition_forms[key] = ratio

    def sign_part(self, ratio: Ratio) -> Ratio:
        """A polynomial with the sign of *ratio*: no squares, no denominators, no positive content."""
        product = ratio.num * ratio.den
        if product.is_constant() or len(product) > 200 or product.total_degree() > MAX_DEGREE:
            return Ratio(product, self.one.den)
        content, factors = product.factor_squarefree()
        result = ring().constant(1 if content > 0 else -1)
        for factor, exponent in factors:
            if exponent % 2:
                result = result * factor
        leading = abs(result.leading_coefficient())
        return Ratio(result / leading, self.one.den)

    def evidently_positive(self, ratio: Ratio) -> bool:
        """Whether it is a sum of squares with positive coefficients, or made of kernels that are never negative."""
        return all(
            coefficient > 0
            and all(e % 2 == 0 or self._is_nonnegative(i) for i, e in enumerate(exponents) if e)
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
                ratio = _rules().get(term.op, Forms.opaque)(self, term)
            finally:
                inner, self.conditions = self.conditions, outside
            known = self._cache[term] = (ratio, frozenset(inner))
        self.conditions |= known[1]
        return known[0]

    def settled(self, ratio: Ratio) -> Ratio:
        """*ratio* on the domain that `conditions` describe: |f| is f where f is known not to be negative."""
        for index, inside in self.absolutes.items():
            if index in self.occurring(ratio):
                if ("nonnegative", self.sign_part(inside).key) in self.conditions:
                    ratio = self._substituted(ratio, index, inside)
                elif ("nonnegative", self.sign_part(self.negative(inside)).key) in self.conditions:
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
            monomial = Ratio(ring().from_dict({tuple(rest): coefficient}), self.one.den)
            result = self.add(result, self.multiply(monomial, self.raise_to(value, times)))
        return result

    def key(self, term: Term) -> object:
        """What two terms share when they are equal: the key of the normal form, or of the structure."""
        if term.op in STRUCTURES:
            parts = [self.key(arg) for arg in term.args]
            if term.op in ("set", "ac"):
                parts = sorted(set(map(repr, parts))) if term.op == "set" else sorted(map(repr, parts))
            return (term.op, term.data, *parts)
        if term.op in ("text", "empty"):
            return (term.op, term.data)
        return self.form(term).key

    def opaque(self, term: Term) -> Ratio:
        """A kernel for a term of which nothing more is known."""
        if term.data in LOOSE and term.args[1:] == (EMPTY, EMPTY) and term.args[0].op not in NO_FORM:
            return _rules()["loose"](self, term)
        inside = [self.form(arg) for arg in term.args if arg.op not in NO_FORM]
        return self.kernel((term.op, term.data, *map(self.key, term.args)), term, inside)

    def _number(self, term: Term) -> Ratio:
        return self.number(term.data)

    def _name(self, term: Term) -> Ratio:
        return self.kernel(("name", term.data), term)

    def constant_form(self, term: Term) -> Ratio:
        """pi, e, i, the degree, the sign of plus-minus."""
        if term.data == "deg":
            return self.multiply(self.constant_form(const("pi")), self.number(Fraction(1, 180)))
        ratio = self.kernel(("const", term.data), term)
        if term.data == "i":
            self.relate(ratio, 2, self.number(-1))
        elif term.data == "sign":
            self.relate(ratio, 2, self.one)
        return ratio

    def _add(self, term: Term) -> Ratio:
        if unsafe(term):
            return self._opaque_sorted(term)
        result = self.zero
        for arg in term.args:
            result = self.add(result, self.form(arg))
        return result

    def _multiply(self, term: Term) -> Ratio:
        if unsafe(term):
            return self._opaque_sorted(term)
        result = self.one
        for arg in term.args:
            result = self.multiply(result, self.form(arg))
        return result

    def _opaque_sorted(self, term: Term) -> Ratio:
        """With the infinite, nothing cancels: only the order may change."""
        keys = sorted(repr(self.key(arg)) for arg in term.args)
        return self.kernel(
            (term.op, "unsafe", *keys), term, [self.form(a) for a in term.args if a.op not in NO_FORM]
        )

    # --- powers ------------------------------------------------------------------------------------------------

    # --- functions ---------------------------------------------------------------------------------------------

    # --- large operators ---------------------------------------------------------------------------------------

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
            summands.append(
                ONE if not factors else factors[0] if len(factors) == 1 else Term("mul", None, tuple(factors))
            )
        if not summands:
            return num(0)
        return summands[0] if len(summands) == 1 else Term("add", None, tuple(summands))


STRUCTURES = frozenset(("chain", "list", "tuple", "set", "matrix", "cases", "ac"))
NO_FORM = STRUCTURES | {"text", "empty"}


def is_fixed(term: Term) -> bool:
    """Whether a term is made of numbers and known constants alone."""
    return all(part.op in ("num", "add", "mul", "pow", "fn", "const") for part in term.walk())


def height(term: Term) -> int:
    """How many binders are nested in a term, counting the deepest."""
    inner = max(map(height, term.args), default=0)
    return inner + binds(term)


def unsafe_argument(term: Term) -> bool:
    """Whether a term is no number with which arithmetic can be done."""
    return term == const("inf") or term == const("dots") or term.op in ("text", "empty")


def unsafe(term: Term) -> bool:
    """Whether the rules of arithmetic do not hold for the operands: the infinite, dots, lists, words."""
    return any(unsafe_argument(arg) or arg.op in STRUCTURES or _infinite(arg) for arg in term.args)


def _infinite(term: Term) -> bool:
    """Whether an operand is itself arithmetic with the infinite."""
    return term.op in ("add", "mul", "pow") and unsafe(term)


def unsafe_bounds(bounds: Iterable[Term]) -> bool:
    """Whether a sum or integral between these bounds may not converge."""
    return any(
        bound == const("inf") or bound == EMPTY or _infinite(bound) or bound.op == "op" for bound in bounds
    )


@cache
def _rules() -> dict[str, Callable[[Forms, Term], Ratio]]:
    """The form of each kind of term; the modules that hold them build on this one."""
    from hmer_suite.equiv.forms import elementary, operators, powers

    return {
        "num": Forms._number,
        "name": Forms._name,
        "const": Forms.constant_form,
        "add": Forms._add,
        "mul": Forms._multiply,
        **powers.RULES,
        **elementary.RULES,
        **operators.RULES,
    }
