"""Values of sums, products, integrals, limits, and of unions and maxima over families."""

from __future__ import annotations

from flint import acb, arb, arb_series, fmpq

from hmer_suite.equiv.forms import Forms, Intractable, Ratio, Undefined
from hmer_suite.equiv.terms import Term, binds, const, negative
from hmer_suite.equiv.values.balls import Outside, Singular, Unknown, Value, as_ball, real_part
from hmer_suite.equiv.values.point import LAST_MEMBER, MAX_SUMMANDS, MEMBERS, Point, Rule

_IDEMPOTENT = frozenset(r"\max \min \sup \inf \limsup \liminf \bigcup \bigcap \bigvee \bigwedge".split())
SERIES = 8
"""The number of coefficients of a power series."""
_ANALYTIC = frozenset("sin cos tan cot sec csc sinh cosh tanh coth ln arctan".split())
EVALUATIONS = 300
"""The limit on evaluations of an integrand."""


def _finite_sum(point: Point, term: Term) -> Value:
    body, variable, low, high = term.args
    if variable.op != "name":
        raise Unknown("sum")
    if high == const("inf") and term.op == "sum":
        return _series(point, term)
    first, last = _range(point, low, high)
    result: Value = fmpq(0) if term.op == "sum" else fmpq(1)
    for value in range(first, last + 1):
        part = point.with_bound(variable.label, fmpq(value), body)
        result = result + part if term.op == "sum" else result * part
    return result


def _range(point: Point, low: Term, high: Term) -> tuple[int, int]:
    """The bounds of a sum; if the formula gives none, those of a few members."""
    if low.op == "op" and low.data == r"\in":
        support = point.hash_of("set", repr(low.args[0])) % 3
        return 1, MEMBERS + support
    first: Value = fmpq(1) if low.op == "empty" else point.value(low)
    last: Value = first + MEMBERS - 1 if high.op == "empty" else point.value(high)
    if not (isinstance(first, fmpq) and isinstance(last, fmpq) and first.q == last.q == 1):
        raise Singular
    if not 0 <= last - first < MAX_SUMMANDS:
        raise Singular
    return int(first.p), int(last.p)


def _series(point: Point, term: Term) -> Value:
    """An infinite sum over sequences that are zero except for a few members."""
    body, variable, low, _ = term.args
    first = point.value(low)
    if (
        not point.peaked_functions
        or not _dies_out(body, variable)
        or not isinstance(first, fmpq)
        or first.q != 1
    ):
        raise Unknown("series")
    result: Value = fmpq(0)
    for value in range(int(first.p), max(int(first.p), 0) + LAST_MEMBER + 8):
        result = result + point.with_bound(variable.label, fmpq(value), body)
    return result


def _sifted(point: Point, term: Term) -> Value:
    """An integral of c(x) f(x) for a narrow peak f, which depends only on c at the peak."""
    body, variable, low, high = term.args
    if not point.peaked_functions or not _sifts(body, variable):
        raise Unknown("int")
    start, end = _end(point, low), _end(point, high)
    if not (start is None or start < point.peak_place) or not (end is None or point.peak_place < end):
        return fmpq(0)
    return point.with_bound(variable.label, point.peak_place, body)


def _end(point: Point, bound: Term) -> fmpq | arb | None:
    if bound == const("inf") or bound == negative(const("inf")):
        return None
    value = point.value(bound)
    if isinstance(value, acb):
        raise Unknown("int")
    return value


def _family(point: Point, term: Term) -> Value:
    """A union, maximum or the like over a family whose members are all the same."""
    body, variable = term.args[:2]
    if not point.constant_functions or variable.op != "name":
        raise Unknown("family")
    value = point.with_bound(variable.label, None, body)
    if term.data in _IDEMPOTENT:
        return value
    return point.generic(f"large|{term.data}", [value])


def _integral(point: Point, term: Term) -> Value:
    """A definite integral between finite bounds, by Arb's rigorous quadrature."""
    body, variable, low, high = term.args
    if point.peaked_functions and binds(term) and variable.op == "name":
        return _sifted(point, term)
    if (
        not binds(term) and "empty" not in (low.op, high.op) and variable not in body.walk()
    ):  # f, taken for a constant
        return point.value(body) * (point.value(high) - point.value(low))
    if variable.op != "name" or point.analytic or not binds(term) or not _integrable(body):
        raise Unknown("int")
    bounds = [real_part(point.value(bound)) for bound in (low, high)]
    if term.data not in (r"\int", r"\intop"):
        raise Unknown("int")

    raised: list[Exception] = []

    def integrand(z: acb, analytic: bool) -> acb:
        point.analytic = bool(analytic)
        try:
            return acb(as_ball(point.with_bound(variable.label, z, body)))
        except (Singular, Outside):
            return acb(arb.nan())
        except Exception as error:  # must not pass through the quadrature in C; raised again after it
            raised.append(error)
            return acb(arb.nan())
        finally:
            point.analytic = False

    outer, point.complex = point.complex, True
    try:
        ends = acb(arb(bounds[0])), acb(arb(bounds[1]))
        result = acb.integral(integrand, *ends, eval_limit=EVALUATIONS, depth_limit=20, rel_tol=arb(1e-9))
    finally:
        point.complex = outer
    if raised:
        raise raised[0]
    if not result.is_finite():
        raise Singular
    return result if point.complex else result.real


def _limit(point: Point, term: Term) -> Value:
    """A limit at a point where the body is continuous; at infinity that of a constant or rational body."""
    body, variable, place, _ = term.args
    if (
        variable.op != "name"
        or not binds(term)
        or any(part.op == "fn" and part.data in ("floor", "ceil", "sgn") for part in body.walk())
    ):
        raise Unknown("lim")
    if place.op == "op" and place.data in ("^+", "^-"):
        (place,) = place.args
    at_infinity = any(part == const("inf") for part in place.walk())
    try:
        return point.with_bound(variable.label, None if at_infinity else point.value(place), body)
    except (Singular, Unknown):
        return _rational_limit(point, term)


def _rational_limit(point: Point, term: Term) -> Value:
    """A limit of a quotient of polynomials: by the degrees at infinity, by cancelling elsewhere."""
    body, variable, place, _ = term.args
    forms = Forms()
    try:
        ratio = forms.form(body)
        index = forms.index_of(forms.form(variable))
    except (Intractable, Undefined) as error:
        raise Unknown("lim") from error
    if index is None:
        raise Unknown("lim")
    if any(variable in forms.terms[i].walk() for i in forms.occurring(ratio) if i != index):
        return _limit_of_series(point, forms, ratio, term)
    if place == const("inf") or place == negative(const("inf")):
        return _limit_at_infinity(point, forms, ratio, index)
    return point.with_bound(variable.label, point.value(place), forms.term(ratio))


def _limit_of_series(point: Point, forms: Forms, ratio: Ratio, term: Term) -> Value:
    """A limit of the form 0/0, such as that of sin x / x, by power series."""
    variable, place = term.args[1:3]
    at = point.value(place)
    if not isinstance(at, fmpq):
        raise Unknown("lim")
    leading = []
    for polynomial in (ratio.num, ratio.den):
        part = forms.term(Ratio(polynomial, forms.one.den))
        leading.append(_leading(_series_of(point, part, variable.label, at)))
    (above, top), (below, bottom) = leading
    if above < below:
        raise Unknown("infinite")
    return fmpq(0) if above > below else top / bottom


def _series_of(point: Point, term: Term, letter: str, at: fmpq) -> arb_series:
    """The power series of a term at a value of a letter.

    Raises:
        Unknown: a part of the term has no arithmetic on series.
    """
    try:
        found = point.with_series(letter, arb_series([arb(at), 1], SERIES), term)
        return found if isinstance(found, arb_series) else arb_series([arb(real_part(found))], SERIES)
    except (TypeError, AttributeError, ValueError, ZeroDivisionError) as error:
        raise Unknown("no power series") from error


def _limit_at_infinity(point: Point, forms: Forms, ratio: Ratio, index: int) -> Value:
    above, below = ratio.num.degrees()[index], ratio.den.degrees()[index]
    if above > below:
        raise Unknown("infinite")
    if above < below:
        return fmpq(0)
    leading = []
    for polynomial in (ratio.num, ratio.den):
        for _ in range(above):
            polynomial = polynomial.derivative(index)
        leading.append(point.value(forms.term(Ratio(polynomial, forms.one.den))))
    return leading[0] * point.inverse(leading[1])


def _integrable(body: Term) -> bool:
    """Whether an integrand is made of functions that continue to the complex plane."""
    allowed = ("num", "name", "const", "add", "mul", "pow", "fn", "sub", "app", "op")
    return all(
        part.op in allowed and (part.op != "fn" or part.data in _ANALYTIC) and part != const("inf")
        for part in body.walk()
    )


def _leading(series: arb_series) -> tuple[int, arb]:
    """Order and value of the first nonzero coefficient; all before it are exactly zero."""
    for order, coefficient in enumerate(series.coeffs()):
        if coefficient != 0:
            if coefficient.contains(0):
                break
            return order, coefficient
    raise Unknown("series")


def _dies_out(body: Term, variable: Term) -> bool:
    """Whether every summand has a factor that is zero for all large values of the variable."""
    if body.op == "add":
        return all(_dies_out(arg, variable) for arg in body.args)
    if body.op == "mul":
        return any(_dies_out(arg, variable) for arg in body.args)
    if body.op == "pow":
        exponent = body.args[1]
        return exponent.op == "num" and exponent.value > 0 and _dies_out(body.args[0], variable)
    return body.op in ("sub", "app") and any(_moves(arg, variable) for arg in body.args[1:])


def _moves(index: Term, variable: Term) -> bool:
    """Whether an index is the variable plus a small number."""
    if index.op == "add" and len(index.args) == 2:
        first, second = index.args
        return (first == variable and second.op == "num" and abs(second.value) <= 3) or (
            second == variable and first.op == "num" and abs(first.value) <= 3
        )
    return index == variable


def _sifts(body: Term, variable: Term) -> bool:
    """Whether an integrand is linear in unknown functions of exactly the variable."""
    if body.op == "add":
        return all(_sifts(arg, variable) for arg in body.args)
    unknown = [part for part in body.walk() if part.op in ("app", "sub")]
    if len(unknown) != 1 or unknown[0].op != "app" or unknown[0].args[1:] != (variable,):
        return False
    return unknown[0] in (body.args if body.op == "mul" else (body,)) or (
        body.op == "mul" and any(_sifts(arg, variable) for arg in body.args)
    )


RULES: dict[str, Rule] = {
    "sum": _finite_sum,
    "prod": _finite_sum,
    "int": _integral,
    "lim": _limit,
    "big": _family,
}
