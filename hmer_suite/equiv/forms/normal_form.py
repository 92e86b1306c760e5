r"""Normal forms: every term as a quotient of polynomials over *kernels*, the parts that are not rational.

`\sin(x+1)\cdot y` is the polynomial k1 k2 with the kernels k1 = sin of (the normal form of x+1) and k2 = y. Two terms
with one normal form agree wherever both are defined: every rewriting here is an identity of real functions on the
common domain. The domain is kept with the form (`Forms.conditions`): an even root requires that its radicand is not
negative, a logarithm that its argument is positive, and so on, so that `\sqrt{x}^2` and `x` stay apart. Isolated
points where a denominator vanishes are not kept: `x^2/x` and `x` are the same here, as the documentation says.

`ratios` has the arithmetic, the other modules of the package the rules for each kind of term.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import ClassVar

from flint import fmpq_mpoly

from hmer_suite.equiv.forms.operands import unsafe, unsafe_bounds
from hmer_suite.equiv.forms.ratios import MAX_KERNELS, Intractable, Ratio, RatioField, generators, ring
from hmer_suite.equiv.reading.operators import MAYBE_UNBOUND
from hmer_suite.equiv.terms import (
    EMPTY,
    MINUS_ONE,
    NON_EXPRESSIONS,
    ONE,
    STRUCTURES,
    Term,
    binds,
    const,
    num,
    power,
)

MAX_DEGREE = 60
"""Polynomials of a higher degree are not factored."""

Key = tuple[object, ...]
"""The identity of a kernel: equal for equal terms."""


class Forms(RatioField):
    """Normal forms of terms over one set of kernels, so that they can be compared.

    Attributes:
        rules: the form of each kind of term, by its `op`; the package adds those of its other modules.
        kernels: the key of each generator.
        terms: for each generator, a term with its value.
        conditions: the domain of the term read last, as a set of kinds and keys of forms (see `require`).
        condition_forms: the form for each condition.
        absolutes: for each kernel that is an absolute value, the form inside.
        angle_parts: sines and cosines are those of this part of an angle: of x/2 for 2.
        angle_parts_seen: the least common multiple of the denominators of all angles.
        bound: for each kernel, the variables of surrounding sums and integrals in it.
    """

    rules: ClassVar[dict[str, Callable[[Forms, Term], Ratio]]] = {}

    def __init__(self, angle_parts: int = 1) -> None:
        super().__init__()
        self.angle_parts = angle_parts
        self.angle_parts_seen = 1
        self.kernels: list[Key] = []
        self.terms: list[Term] = []
        self.conditions: set[tuple[str, str]] = set()
        self.condition_forms: dict[tuple[str, str], Ratio] = {}
        self.absolutes: dict[int, Ratio] = {}
        self.bound: dict[int, frozenset[str]] = {}
        self._index: dict[Key, int] = {}
        self._cache: dict[Term, tuple[Ratio, frozenset[tuple[str, str]]]] = {}

    # --- kernels -----------------------------------------------------------------------------------------------

    def kernel(self, key: Key, term: Term, inside: Iterable[Ratio] = ()) -> Ratio:
        """The generator for *key*, with the value of *term*; *inside* are the forms that it is made of.

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
            bound = {part.label for part in term.walk() if part.op == "name" and part.label.startswith("#")}
            for ratio in inside:
                bound |= self.bound_in(ratio)
            self.bound[index] = frozenset(bound)
        return Ratio(generators()[index], self.one.den)

    def bound_in(self, ratio: Ratio) -> frozenset[str]:
        """The bound variables of surrounding sums and integrals on which a ratio depends."""
        found: set[str] = set()
        if any(self.bound.values()):
            for index in self.occurring(ratio):
                found |= self.bound[index]
        return frozenset(found)

    # --- conditions --------------------------------------------------------------------------------------------

    def require(self, kind: str, ratio: Ratio) -> None:
        """Add a condition to the domain: *ratio* is ``nonnegative``, or the like (*kind*)."""
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
            key[0] in ("abs", "modulus", "fact")
            or (key[0] == "root" and isinstance(key[2], int) and key[2] % 2 == 0)
            or (key[0] == "exp" and key[1] != "-1")
            or key in (("const", "pi"), ("const", "e"))
            or (key[0] == "ln" and len(key) == 3)  # the logarithm of a number above one
        )

    # --- terms -------------------------------------------------------------------------------------------------

    def form(self, term: Term) -> Ratio:
        """The normal form of a term; the conditions of its domain are added to `conditions`.

        Raises:
            Intractable: it is too large.
            Undefined: it divides by zero.
        """
        known = self._cache.get(term)
        if known is None:
            outside, self.conditions = self.conditions, set()
            try:
                ratio = self.rules.get(term.op, Forms.opaque)(self, term)
            finally:
                inner, self.conditions = self.conditions, outside
            known = self._cache[term] = (ratio, frozenset(inner))
        self.conditions |= known[1]
        return known[0]

    def on_domain(self, ratio: Ratio) -> Ratio:
        """*ratio* on the domain given by `conditions`: |f| is f if f is known not to be negative."""
        for index, inside in self.absolutes.items():
            if index in self.occurring(ratio):
                if ("nonnegative", self.sign_part(inside).key) in self.conditions:
                    ratio = self._substituted(ratio, index, inside)
                elif ("nonnegative", self.sign_part(self.negative(inside)).key) in self.conditions:
                    ratio = self._substituted(ratio, index, self.negative(inside))
        return ratio

    def with_whole_integrals(self, ratio: Ratio) -> Ratio:
        r"""*ratio* with each integral of one integrand as a difference of its values at the ends.

        What adds up at its ends becomes zero: ``\int_a^b + \int_b^c - \int_a^c``. For the proof of equality alone, as
        the new kernels have no value of their own.
        """
        found: dict[Key, list[tuple[int, object, object]]] = {}
        for index in self.occurring(ratio):
            if (
                self.kernels[index][0] == "int"
                and len(self.kernels[index]) == 5
                and _adds_up(self.terms[index])
            ):
                *integrand, low, high = self.kernels[index]
                found.setdefault(tuple(integrand), []).append((index, low, high))
        for common, parts in found.items():
            if len(parts) > 2 and _share_ends(parts):
                for index, low, high in parts:
                    ends = [self.kernel(("end", *common, end), self.terms[index]) for end in (high, low)]
                    ratio = self._substituted(ratio, index, self.add(ends[0], self.negative(ends[1])))
        return ratio

    def _substituted(self, ratio: Ratio, index: int, value: Ratio) -> Ratio:
        return self.multiply(
            self.compose(ratio.num, index, value), self.inverse(self.compose(ratio.den, index, value))
        )

    def key(self, term: Term) -> object:
        """The key that equal terms share: that of the normal form, or of the structure."""
        if term.op in STRUCTURES:
            parts = [self.key(arg) for arg in term.args]
            if term.op in ("set", "ac"):
                texts = map(repr, parts)
                return (term.op, term.data, *sorted(set(texts) if term.op == "set" else texts))
            return (term.op, term.data, *parts)
        if term.op in ("text", "empty"):
            return (term.op, term.data)
        return self.form(term).key

    def opaque(self, term: Term) -> Ratio:
        """A kernel for a term without a rule."""
        if (
            term.data in MAYBE_UNBOUND
            and term.args[1:] == (EMPTY, EMPTY)
            and term.args[0].op not in NON_EXPRESSIONS
        ):
            return self.rules["unbound"](self, term)
        inside = [self.form(arg) for arg in term.args if arg.op not in NON_EXPRESSIONS]
        return self.kernel((term.op, term.data, *map(self.key, term.args)), term, inside)

    def _number(self, term: Term) -> Ratio:
        return self.number(term.value)

    def _name(self, term: Term) -> Ratio:
        return self.kernel(("name", term.data), term)

    def constant_form(self, term: Term) -> Ratio:
        """The form of pi, e, i, the degree or the sign of plus-minus."""
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
        """A kernel that allows another order of the operands and nothing else, as nothing cancels with infinity."""
        keys = sorted(repr(self.key(arg)) for arg in term.args)
        return self.kernel(
            (term.op, "unsafe", *keys), term, [self.form(a) for a in term.args if a.op not in NON_EXPRESSIONS]
        )

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


def _share_ends(parts: Iterable[tuple[int, object, object]]) -> bool:
    """Whether each end of some integrals is one of another, as when they add up."""
    ends = [end for _, low, high in parts for end in (low, high)]
    return all(ends.count(end) > 1 for end in ends)


def _adds_up(integral: Term) -> bool:
    """Whether an integral has finite bounds and an integrand that is defined everywhere, so that it can be cut."""
    body, _, *bounds = integral.args
    return binds(integral) and not unsafe_bounds(bounds) and all(map(is_defined_everywhere, body.walk()))


def is_defined_everywhere(part: Term) -> bool:
    """Whether an integrand with this part, and others like it, has a value everywhere."""
    if part.op == "pow":
        base, exponent = part.args
        return base == const("e") or (
            exponent.op == "num" and exponent.value > 0 and exponent.value.denominator == 1
        )
    if part.op == "fn":
        return part.data in ("sin", "cos", "abs", "sinh", "cosh", "tanh", "arctan")
    return part.op in ("num", "name", "const", "add", "mul", "app", "sub")


Rule = Callable[[Forms, Term], Ratio]

Forms.rules.update(
    {
        "num": Forms._number,
        "name": Forms._name,
        "const": Forms.constant_form,
        "add": Forms._add,
        "mul": Forms._multiply,
    }
)
