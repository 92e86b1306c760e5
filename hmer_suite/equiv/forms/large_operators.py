"""Normal forms of sums, products, integrals, limits, derivatives and determinants."""

from __future__ import annotations

from fractions import Fraction
from math import comb

from flint import fmpq

from hmer_suite.equiv.calculus import NotDerivable, derivative
from hmer_suite.equiv.forms.normal_form import Forms, Rule
from hmer_suite.equiv.forms.operands import height, unsafe_bounds
from hmer_suite.equiv.forms.ratios import MAX_KERNELS, Ratio, ring
from hmer_suite.equiv.reading.letter_kinds import kind_of
from hmer_suite.equiv.terms import (
    EMPTY,
    NON_EXPRESSIONS,
    ONE,
    STRUCTURES,
    Derivation,
    Term,
    binds,
    is_fixed,
    may_depend,
    name,
    num,
    op,
    replace,
)

MAX_UNROLLED = 12
"""Sums over at most this many whole numbers are written out; Faulhaber's formula is used up to this power."""

Limits = tuple[Ratio | None, Ratio | None]
"""The forms of the lower and the upper bound; None for a missing one."""


def _unbound_form(forms: Forms, term: Term) -> Ratio:
    """A sum or integral without a variable: linear, but only numbers are known not to depend on it."""
    body = forms.form(term.args[0])
    if term.data == r"\prod" or not body.den.is_constant():
        return forms.kernel((term.op, term.data, body.key), term, (body,))
    result = forms.zero
    for exponents, coefficient in body.num.to_dict().items():
        fixed = [bool(e) and is_fixed(forms.terms[i]) for i, e in enumerate(exponents)]
        outside = tuple(e if f else 0 for e, f in zip(exponents, fixed, strict=True))
        inside = tuple(0 if f else e for e, f in zip(exponents, fixed, strict=True))
        front = Ratio(ring().from_dict({outside: coefficient}), body.den)
        rest = Ratio(ring().from_dict({inside: fmpq(1)}), forms.one.den)
        whole = op(term.label, forms.term(rest), EMPTY, EMPTY)
        result = forms.add(
            result, forms.multiply(front, forms.kernel((term.op, term.data, rest.key), whole, (rest,)))
        )
    return result


def _bounded_form(forms: Forms, term: Term) -> Ratio:
    """Sums, products, integrals, limits: the variable renamed by its depth, constants taken out."""
    body, variable, *bounds = term.args
    if not binds(term):
        return _antiderivative_form(forms, term)
    if any(bound.op in STRUCTURES for bound in bounds) or body.op in NON_EXPRESSIONS:
        return forms.opaque(term)
    low, high = (forms.form(bound) if bound.op != "empty" else None for bound in bounds)
    if (written_out := _unrolled(forms, term, (low, high))) is not None:
        return written_out
    dummy = name(f"#{height(body)}{kind_of(variable) if term.op == 'lim' else ''}")
    inner = replace(body, variable, dummy)
    canonical = Term(term.op, term.data, (inner, dummy, *bounds))
    if (
        term.op == "int"
        and low is not None
        and high is not None
        and high.key < low.key
        and not unsafe_bounds(bounds)
    ):
        turned = Term("int", term.data, (inner, dummy, bounds[1], bounds[0]))
        return forms.negative(_linear_form(forms, turned, (high, low)))
    return _linear_form(forms, canonical, (low, high))


def _unrolled(forms: Forms, term: Term, limits: Limits) -> Ratio | None:
    """A sum or product over a few whole numbers, written out."""
    if term.op not in ("sum", "prod") or limits[0] is None or limits[1] is None:
        return None
    low, high = forms.constant(limits[0]), forms.constant(limits[1])
    if low is None or high is None or low.denominator != 1 or high.denominator != 1:
        return None
    if not 0 <= high - low < MAX_UNROLLED:
        return None
    body, variable = term.args[:2]
    if any(binds(part) for part in body.walk()):
        return None
    result = forms.zero if term.op == "sum" else forms.one
    for value in range(int(low), int(high) + 1):
        part = forms.form(replace(body, variable, num(value)))
        result = forms.add(result, part) if term.op == "sum" else forms.multiply(result, part)
    return result


def _linear_form(forms: Forms, term: Term, limits: Limits) -> Ratio:
    """A linear operator: finite sums and integrals are split, and constants taken out of all."""
    body = forms.form(term.args[0])
    finite = term.op in ("sum", "int") and None not in limits and not unsafe_bounds(term.args[2:])
    if term.op in ("prod", "big") or body.num.is_zero():
        return forms.zero if finite and body.num.is_zero() else _bounded_kernel(forms, term, body, limits)
    dummy = term.args[1].label
    if not (finite and body.den.is_constant()) and len(body.num) > 1:
        content = _content_form(forms, body, dummy, term.op == "int")
        rest = forms.multiply(body, forms.inverse(content))
        return forms.multiply(content, _bounded_kernel(forms, term, rest, limits))
    result = forms.zero
    for exponents, coefficient in body.num.to_dict().items():
        part = Ratio(ring().from_dict({exponents: coefficient}), body.den)
        outside = _content_form(forms, part, dummy, term.op == "int")
        inside = forms.multiply(part, forms.inverse(outside))
        value = _sum_of_powers(forms, term, inside, limits)
        value = _bounded_kernel(forms, term, inside, limits) if value is None else value
        result = forms.add(result, forms.multiply(outside, value))
    return result


def _sum_of_powers(forms: Forms, term: Term, body: Ratio, limits: Limits) -> Ratio | None:
    """1 + 2^k + ... + n^k as a polynomial in n (Faulhaber's formula), if the body is a power of the variable."""
    exponent = int(body.num.total_degree())
    powers = forms.raise_to(forms.form(term.args[1]), exponent)
    low, high = limits
    if term.op != "sum" or low is None or high is None or exponent > MAX_UNROLLED or body.key != powers.key:
        return None
    if unsafe_bounds(term.args[2:]):
        return None
    first, last = forms.constant(low), forms.constant(high)
    if first is None or first.denominator != 1 or (last is not None and last < first - 1):
        return None
    below = forms.add(low, forms.number(-1))
    return forms.add(_faulhaber(forms, exponent, high), forms.negative(_faulhaber(forms, exponent, below)))


def _faulhaber(forms: Forms, exponent: int, high: Ratio) -> Ratio:
    result = forms.zero
    for j in range(exponent + 1):
        number = fmpq.bernoulli(j) if j != 1 else fmpq(1, 2)
        factor = Fraction(int(number.p), int(number.q)) * comb(exponent + 1, j) / (exponent + 1)
        if factor:
            result = forms.add(
                result, forms.multiply(forms.number(factor), forms.raise_to(high, exponent + 1 - j))
            )
    return result


def _content_form(forms: Forms, ratio: Ratio, dummy: str, integral: bool) -> Ratio:
    """The factor of all summands that does not depend on the bound variable."""
    free = [i for i in range(len(forms.kernels)) if dummy not in forms.bound[i]]
    if integral:
        free = [i for i in free if not any(map(may_depend, forms.terms[i].walk()))]
    exponents = list(ratio.num.monoms())
    common = [0] * MAX_KERNELS
    for index in free:
        common[index] = min(e[index] for e in exponents)
    below = [0] * MAX_KERNELS
    for index in free:
        below[index] = min(e[index] for e in ratio.den.monoms())
    top = ring().from_dict({tuple(common): ratio.num.leading_coefficient()})
    return Ratio(top, ring().from_dict({tuple(below): fmpq(1)}))


def _bounded_kernel(forms: Forms, term: Term, body: Ratio, limits: Limits) -> Ratio:
    keys = [None if limit is None else limit.key for limit in limits]
    whole = Term(term.op, term.data, (forms.term(body), *term.args[1:]))
    ratio = forms.kernel((term.op, term.data, body.key, *keys), whole, [body, *filter(None, limits)])
    index = forms.kernel_index(ratio)
    forms.bound[index] = forms.bound[index] - {term.args[1].label}
    return ratio


def _antiderivative_form(forms: Forms, term: Term) -> Ratio:
    """An integral that binds nothing: its variable is not renamed; without bounds it is linear."""
    body, variable, *bounds = term.args
    if body.op in NON_EXPRESSIONS:
        return forms.opaque(term)
    ratio = forms.form(body)
    if bounds == [EMPTY, EMPTY] and variable.op == "name" and ratio.den.is_constant():
        return _linear_antiderivative(forms, term, ratio)
    key = (term.op, term.data, forms.form(body).key, forms.form(variable).key, *map(forms.key, bounds))
    inside = [forms.form(arg) for arg in term.args if arg.op not in NON_EXPRESSIONS]
    return forms.kernel(key, term, inside)


def _linear_antiderivative(forms: Forms, term: Term, ratio: Ratio) -> Ratio:
    """Summand by summand, with factors that do not depend on the variable taken out; no constant of integration."""
    variable = term.args[1]
    free = {
        i
        for i in forms.occurring(ratio)
        if variable not in forms.terms[i].walk() and not any(map(may_depend, forms.terms[i].walk()))
    }
    result = forms.zero
    for exponents, coefficient in ratio.num.to_dict().items():
        outside = tuple(e if i in free else 0 for i, e in enumerate(exponents))
        inside = tuple(0 if i in free else e for i, e in enumerate(exponents))
        front = Ratio(ring().from_dict({outside: coefficient}), ratio.den)
        body = Ratio(ring().from_dict({inside: fmpq(1)}), forms.one.den)
        whole = Term(term.op, term.data, (forms.term(body), *term.args[1:]))
        kernel = forms.kernel(
            (term.op, term.data, body.key, variable.data), whole, (body, forms.form(variable))
        )
        result = forms.add(result, forms.multiply(front, kernel))
    return result


def _differential_form(forms: Forms, term: Term) -> Ratio:
    """d/dx by the rules of calculus; derivatives of unknown functions stay kernels."""
    body, variable, order = term.args
    if (
        body.op in NON_EXPRESSIONS
        or order.op != "num"
        or order.data not in (1, 2, 3)
        or variable.op != "name"
    ):
        return forms.opaque(term)
    ratio = forms.form(body)
    for _ in range(int(order.data)):
        ratio = _derived_form(forms, ratio, variable, term.derivation)
    return ratio


def _derived_form(forms: Forms, ratio: Ratio, variable: Term, kind: Derivation) -> Ratio:
    try:
        return _derived_by_rules(forms, ratio, variable, kind)
    except NotDerivable:
        whole = Term("deriv", kind, (forms.term(ratio), variable, ONE))
        return _opaque_derivative(forms, whole, ratio)


def _derived_by_rules(forms: Forms, ratio: Ratio, variable: Term, kind: Derivation) -> Ratio:
    index = forms.index_of(ratio)
    if (
        index is not None
        and forms.terms[index] != variable
        and forms.terms[index].op in ("name", "sub", "app", "deriv")
    ):
        return _inner_form(forms, derivative(forms.terms[index], variable, kind))
    result = forms.zero
    for index in forms.occurring(ratio):
        inner = derivative(forms.terms[index], variable, kind)
        top = Ratio(ratio.num.derivative(index), forms.one.den)
        bottom = Ratio(ratio.den.derivative(index), forms.one.den)
        num_, den = Ratio(ratio.num, forms.one.den), Ratio(ratio.den, forms.one.den)
        slope = forms.add(forms.multiply(top, den), forms.negative(forms.multiply(num_, bottom)))
        slope = forms.multiply(slope, forms.inverse(forms.multiply(den, den)))
        result = forms.add(result, forms.multiply(slope, _inner_form(forms, inner)))
    return result


def _inner_form(forms: Forms, term: Term) -> Ratio:
    """The form of a derivative by the rules; one that they leave is a kernel."""
    return forms.opaque(term) if term.op == "deriv" else forms.form(term)


def _opaque_derivative(forms: Forms, term: Term, ratio: Ratio) -> Ratio:
    key = (term.op, term.data, ratio.key, forms.key(term.args[1]), "1")
    return forms.kernel(key, term, (ratio, forms.form(term.args[1])))


def _determinant_form(forms: Forms, term: Term) -> Ratio:
    if term.width > 4 or any(arg.op in NON_EXPRESSIONS for arg in term.args):
        return forms.opaque(term)
    return _minor_form(forms, [forms.form(arg) for arg in term.args], term.width)


def _minor_form(forms: Forms, cells: list[Ratio], width: int) -> Ratio:
    """The determinant by Laplace's expansion along the first row."""
    if width == 1:
        return cells[0]
    result = forms.zero
    for column in range(width):
        rest = [cell for i, cell in enumerate(cells[width:]) if i % width != column]
        part = forms.multiply(cells[column], _minor_form(forms, rest, width - 1))
        result = forms.add(result, part if column % 2 == 0 else forms.negative(part))
    return result


RULES: dict[str, Rule] = {
    **dict.fromkeys(("sum", "prod", "int", "lim", "big"), _bounded_form),
    "deriv": _differential_form,
    "det": _determinant_form,
    "unbound": _unbound_form,
}
