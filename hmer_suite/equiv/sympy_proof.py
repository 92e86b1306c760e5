"""Proofs by sympy, for terms that the normal forms leave alone: sums, integrals, limits, trigonometry.

Sympy is only asked whether a difference is zero. That both sides have the same domain follows from the conditions of
the normal forms, and a failed proof is not a difference. No text reaches sympy: expressions are built node by node.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import sympy
from sympy import Expr

from hmer_suite.equiv.forms import Forms, Intractable, Undefined
from hmer_suite.equiv.terms import Term, binds, const, may_depend
from hmer_suite.equiv.unsure_values import unsure_kernels

MAX_NODES = 120
"""Larger pairs are left undecided: sympy's simplification takes seconds on them."""

MAX_BITS = 20_000
"""The largest size of a number that sympy is given to compute."""


MAX_FACTORIAL = 2_000
"""The largest number of which sympy is given a factorial or a binomial coefficient to compute."""


class _Untranslatable(Exception):
    """A part of a term has no counterpart in sympy."""


def proved_equal(left: Term, right: Term) -> bool:
    """Whether sympy proves two expressions equal on the domain that they share."""
    if sum(1 for side in (left, right) for _ in side.walk()) > MAX_NODES or not _same_domain(left, right):
        return False
    if not any(map(_worth_a_try, (left, right))):
        return False
    try:
        difference = _Translator().expression(left) - _Translator().expression(right)
        return sympy.simplify(difference.doit()) == 0
    except (_Untranslatable, NotImplementedError, ValueError, TypeError, ArithmeticError, sympy.PoleError):
        return False  # a failure proves nothing


def _same_domain(left: Term, right: Term) -> bool:
    forms = Forms()
    domains = []
    try:
        for side in (left, right):
            forms.conditions = set()
            kept = forms.occurring(forms.form(side))
            if not unsure_kernels(forms, (side,)) <= set(kept):
                return False  # sympy would cancel what may have no value, too
            domains.append(forms.conditions)
    except (Intractable, Undefined):
        return False
    return domains[0] == domains[1]


def _worth_a_try(term: Term) -> bool:
    """Whether a term has parts that the normal forms leave alone and sympy may know."""
    return any(
        (binds(part) and part.op in ("sum", "prod", "int", "lim"))
        or (part.op == "fn" and part.data in _FUNCTIONS)
        or (part.op == "pow" and part.args[1].op != "num")
        for part in term.walk()
    )


def _is_above(number: Expr, limit: Fraction | int) -> bool:
    """Whether an expression is a number of a larger size."""
    return bool(number.is_Rational) and abs(Fraction(int(number.p), int(number.q))) > limit


def _bits(number: sympy.Rational) -> int:
    """The size of a rational number."""
    return max(int(number.p).bit_length(), int(number.q).bit_length())


class _Translator:
    """Builds sympy expressions; letters are real, whole where they count something."""

    def expression(self, term: Term) -> Expr:
        """The expression of a term.

        Raises:
            _Untranslatable: a part of it has no counterpart.
        """
        rule = _RULES.get(term.op)
        if rule is None:
            raise _Untranslatable(term.op)
        return rule(self, term)

    def _number(self, term: Term) -> Expr:
        return sympy.Rational(term.value.numerator, term.value.denominator)

    def _name(self, term: Term) -> Expr:
        return sympy.Symbol(term.label, real=True)

    def _constant(self, term: Term) -> Expr:
        known = {"pi": sympy.pi, "e": sympy.E, "inf": sympy.oo, "deg": sympy.pi / 180}
        if term.label not in known:
            raise _Untranslatable(term.label)
        return known[term.label]

    def _sum(self, term: Term) -> Expr:
        return sympy.Add(*map(self.expression, term.args))

    def _product(self, term: Term) -> Expr:
        return sympy.Mul(*map(self.expression, term.args))

    def _power(self, term: Term) -> Expr:
        base, exponent = term.args
        if exponent.op == "num" and exponent.value.denominator % 2 and exponent.value.denominator > 1:
            root = sympy.real_root(self.expression(base), exponent.value.denominator)
            return sympy.Pow(root, exponent.value.numerator)
        power = sympy.Pow(self.expression(base), self.expression(exponent), evaluate=False)
        if power.base.is_Rational and _is_above(power.exp, Fraction(MAX_BITS, _bits(power.base))):
            raise _Untranslatable("a tower of powers")  # sympy would write out all its digits
        return sympy.Pow(power.base, power.exp)

    def _function(self, term: Term) -> Expr:
        if term.label not in _FUNCTIONS:
            raise _Untranslatable(term.label)
        arguments = tuple(map(self.expression, term.args))
        if term.label in ("factorial", "binom") and any(
            _is_above(argument, MAX_FACTORIAL) for argument in arguments
        ):
            raise _Untranslatable("a factorial of many digits")
        return getattr(sympy, _FUNCTIONS[term.label])(*arguments)

    def _unknown(self, term: Term) -> Expr:
        """An unknown function; an indexed letter is one of its index."""
        head, *args = term.args
        if head.op != "name":
            raise _Untranslatable(head.op)
        return sympy.Function(f"{term.op} {head.data}", real=True)(*map(self.expression, args))

    def _bounded(self, term: Term) -> Expr:
        body, variable, low, high = term.args
        if variable.op != "name" or not binds(term) or "empty" in (low.op, high.op):
            raise _Untranslatable("bounds")
        if _depends_unseen(term):
            raise _Untranslatable("body")
        operator = {"sum": sympy.Sum, "prod": sympy.Product, "int": sympy.Integral}[term.op]
        if term.op == "int" and term.data != r"\int":
            raise _Untranslatable(term.data)
        return operator(
            self.expression(body), (self._name(variable), self.expression(low), self.expression(high))
        )

    def _limit(self, term: Term) -> Expr:
        body, variable, point, _ = term.args
        direction = "+-"
        if point.op == "op" and point.data in ("^+", "^-"):
            direction, (point,) = point.label[1], point.args
        if variable.op != "name":
            raise _Untranslatable("lim")
        if const("inf") in point.walk():
            direction = "+"
        return sympy.Limit(self.expression(body), self._name(variable), self.expression(point), direction)


def _depends_unseen(term: Term) -> bool:
    """Whether sympy would take a term for constant or convergent that need not be."""
    body, variable, *bounds = term.args
    improper = any(part == const("inf") for bound in bounds for part in bound.walk())
    if improper and any(part.op in ("app", "sub") for part in body.walk()):
        return True
    return term.op == "int" and any(
        part != variable and may_depend(part) for part in body.walk() if part.op == "name"
    )


_FUNCTIONS = {
    "sin": "sin", "cos": "cos", "tan": "tan", "cot": "cot", "sec": "sec", "csc": "csc", "sinh": "sinh",
    "cosh": "cosh", "tanh": "tanh", "coth": "coth", "arcsin": "asin", "arccos": "acos", "arctan": "atan",
    "arsinh": "asinh", "ln": "log", "abs": "Abs", "factorial": "factorial", "binom": "binomial", "floor": "floor",
    "ceil": "ceiling",
}  # fmt: skip

_RULES: dict[str, Callable[[_Translator, Term], Expr]] = {
    "num": _Translator._number,
    "name": _Translator._name,
    "const": _Translator._constant,
    "add": _Translator._sum,
    "mul": _Translator._product,
    "pow": _Translator._power,
    "fn": _Translator._function,
    "app": _Translator._unknown,
    "sub": _Translator._unknown,
    "sum": _Translator._bounded,
    "prod": _Translator._bounded,
    "int": _Translator._bounded,
    "lim": _Translator._limit,
}
