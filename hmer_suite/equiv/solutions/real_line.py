"""Statements about one real letter: the line is cut at finitely many points, between which nothing changes.

The points are the roots of all differences of sides, of denominators and of what stands in absolute values, and the
ends of intervals. They are constants in exact form (``\\sqrt2``), ordered by enclosures. In each open stretch between
two of them a statement is true everywhere or nowhere, as it is at a rational number there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from flint import arb, fmpq, fmpq_mpoly

from hmer_suite.equiv.equality import is_constant
from hmer_suite.equiv.forms import MAX_DEGREE, Forms, Intractable, Ratio, Undefined
from hmer_suite.equiv.poles import divisors
from hmer_suite.equiv.reading.letter_kinds import is_whole
from hmer_suite.equiv.solutions.common_form import (
    ALGEBRAIC,
    AND,
    MEMBERSHIP,
    NOT,
    SIGN,
    logical_form,
    single_relations,
    with_sign,
)
from hmer_suite.equiv.terms import (
    MINUS_ONE,
    TWO,
    ZERO,
    Term,
    add,
    const,
    inverse,
    mul,
    negative,
    num,
    power,
    replace,
)
from hmer_suite.equiv.values import Outside, Point, Singular, Unknown, at_growing_precision

MAX_CUTS = 24
"""Statements that cut the line at more points are not compared."""
MAX_BRANCHES = 16
"""The greatest number of combinations of signs of absolute values."""
INFINITY = const("inf")
REALS = Term("name", r"\mathbb{R}")
_NO_ELEMENTS = Term("name", r"\emptyset")


class Uncertain(Exception):
    """What is true somewhere on the line is not known."""


@dataclass(frozen=True, slots=True)
class Place:
    """A point at which the line is cut, or a rational number that stands for an open stretch."""

    value: Term
    is_cut: bool


# --- cutting the line ----------------------------------------------------------------------------------------------


def places(cuts: Sequence[Term]) -> list[Place]:
    """The line from left to right: stretches and the cuts between them.

    Raises:
        Uncertain: the order of two cuts is not known.
    """
    ordered = _ordered(cuts)
    if len(ordered) > MAX_CUTS:
        raise Uncertain
    if not ordered:
        return [Place(ZERO, False)]
    first, last = ordered[0][1], ordered[-1][1]
    found = [Place(_rational(first.lower().floor() - 1), False)]
    for (cut, ball), (_, following) in pairwise(ordered):
        found += [Place(cut, True), Place(_between(ball, following), False)]
    return [*found, Place(ordered[-1][0], True), Place(_rational(last.upper().ceil() + 1), False)]


def _ordered(cuts: Sequence[Term]) -> list[tuple[Term, arb]]:
    found: list[tuple[Term, arb]] = []
    for cut in dict.fromkeys(cuts):
        index = 0
        for other, _ in found:
            order = sign_of_constant(add(cut, negative(other)))
            if order == 0:
                break
            index += order > 0
        else:
            found.insert(index, (cut, _enclosure(cut)))
    return found


def _enclosure(constant: Term) -> arb:
    try:
        value = Point(0).value(constant)
    except (Unknown, Outside, Singular) as error:
        raise Uncertain from error
    if not isinstance(value, fmpq | arb) or not arb(value).is_finite():
        raise Uncertain
    return arb(value)


def _rational(exact: arb) -> Term:
    mantissa, exponent = exact.mid().man_exp()
    return num(Fraction(int(mantissa)) * Fraction(2) ** int(exponent))


def _between(left: arb, right: arb) -> Term:
    """A number between two balls, a whole one if there is any."""
    whole = left.upper().floor() + 1
    middle = whole if whole < right else (left.upper() + right.lower()) / 2
    if not (middle.mid() > left and middle.mid() < right):
        raise Uncertain
    return _rational(middle)


def sign_of_constant(constant: Term) -> int:
    """1, 0 or -1 for a constant.

    Raises:
        Uncertain: it is not known.
        Undefined: the constant has no value.
    """
    try:
        if Forms().form(constant).num.is_zero():
            return 0
    except Intractable as error:
        raise Uncertain from error

    def compute() -> int | None:
        try:
            value = Point(0).value(constant)
        except (Unknown, Outside, Singular):
            return None
        if not isinstance(value, fmpq | arb):
            return None
        return 1 if value > 0 else -1 if value < 0 else None

    sign = at_growing_precision(compute)
    if sign is None:
        raise Uncertain
    return sign


def cuts_of_form(form: Term, letter: Term) -> Iterator[Term]:
    """The points at which the truth of a statement about *letter* can change.

    Raises:
        Uncertain: they are not all known.
    """
    for relation in single_relations(form):
        if relation.op != "chain":
            raise Uncertain
        (sign,), (left, right) = relation.relations, relation.args
        if sign in MEMBERSHIP:
            if left != letter:
                raise Uncertain
            yield from cuts_of_set(right)
        else:
            yield from cuts_of_sides((left, right), letter)


def cuts_of_set(collection: Term) -> Iterator[Term]:
    """The ends and the elements of a set of real numbers."""
    if collection in (REALS, _NO_ELEMENTS):
        return
    if collection.op == "set" and (built := builder(collection)) is not None:
        yield from cuts_of_form(built[1], built[0])
    elif collection.op == "set":
        yield from map(_checked_constant, elements(collection))
    elif collection.op == "tuple" and len(collection.args) == 2:
        yield from (_checked_constant(end) for end in collection.args if not _is_infinite(end))
    elif collection.data in (r"\cup", r"\cap", r"\setminus"):
        for part in collection.args:
            yield from cuts_of_set(part)
    else:
        raise Uncertain


def _is_infinite(end: Term) -> bool:
    return end in (INFINITY, negative(INFINITY))


def _checked_constant(term: Term) -> Term:
    if not is_constant(term):
        raise Uncertain
    return term


def elements(collection: Term) -> tuple[Term, ...]:
    r"""The elements of a set that is spelt out, those with ``\pm`` as two."""
    return tuple(
        choice
        for element in collection.args
        for choice in (
            [with_sign(element, sign) for sign in (1, -1)] if SIGN in element.walk() else [element]
        )
    )


def builder(collection: Term) -> tuple[Term, Term] | None:
    r"""The letter and the statement of ``\{x \mid P(x)\}`` over the real numbers; None for any other set."""
    if len(collection.args) != 1 or collection.args[0].op != "op" or collection.args[0].data != "builder":
        return None
    members, statement = collection.args[0].args
    if members.op == "chain" and members.data == (r"\in",) and members.args[1] == REALS:
        members = members.args[0]
    form = logical_form(statement)
    if members.op != "name" or is_whole(members) or form is None:
        raise Uncertain
    return members, form


# --- roots ---------------------------------------------------------------------------------------------------------


def cuts_of_sides(sides: Sequence[Term], letter: Term) -> Iterator[Term]:
    """The roots of the difference of two expressions, of denominators, and of what stands in absolute values."""
    for branch in _branches(Term("tuple", None, tuple(sides)), letter):
        *divided, first, second = (*divisors(branch.args), *branch.args)
        yield from roots(add(first, negative(second)), letter)
        for divisor in divided:
            yield from roots(divisor, letter)
    for part in Term("tuple", None, tuple(sides)).walk():
        for inside in switches(part):
            for branch in _branches(inside, letter):
                yield from roots(branch, letter)


def switches(part: Term) -> list[Term]:
    """The expressions at whose roots an absolute value, a maximum or a minimum takes another branch."""
    if part.op != "fn" or part.data not in ("abs", "max", "min"):
        return []
    if part.data == "abs":
        return list(part.args)
    return [add(a, negative(b)) for i, a in enumerate(part.args) for b in part.args[i + 1 :]]


def _branches(term: Term, letter: Term) -> list[Term]:
    """*term* with each choice of branches for what switches with the letter."""
    waiting, found = [term], []
    while waiting:
        term = waiting.pop()
        part = next((p for p in term.walk() if switches(p) and letter in p.walk()), None)
        if part is None:
            found.append(term)
        else:
            options = [part.args[0], negative(part.args[0])] if part.data == "abs" else part.args
            waiting.extend(replace(term, part, option) for option in options)
        if len(waiting) + len(found) > MAX_BRANCHES:
            raise Uncertain
    return found


def roots(term: Term, letter: Term) -> list[Term]:
    """The real roots of an expression in *letter* and constants, a quotient of polynomials.

    Raises:
        Uncertain: they are not all known.
    """
    forms = Forms()
    try:
        ratio = forms.form(term)
        place = forms.index_of(forms.form(letter))
    except (Intractable, Undefined) as error:
        raise Uncertain from error
    others = [forms.terms[index] for index in forms.occurring(ratio) if index != place]
    if place is None or forms.conditions or not all(map(is_constant, others)):
        raise Uncertain
    if ratio.num.is_zero():
        return []
    if ratio.num.total_degree() > MAX_DEGREE:
        raise Uncertain
    return [root for factor, _ in ratio.num.factor()[1] for root in _roots_of_factor(forms, factor, place)]


def _roots_of_factor(forms: Forms, factor: fmpq_mpoly, place: int) -> list[Term]:
    coefficients = _coefficients(forms, factor, place)
    if len(coefficients) == 1:
        return []
    if len(coefficients) > 3 or sign_of_constant(coefficients[-1]) == 0:
        raise Uncertain
    if len(coefficients) == 2:
        constant, slope = coefficients
        return [mul(MINUS_ONE, constant, inverse(slope))]
    constant, linear, square = coefficients
    discriminant = add(power(linear, TWO), mul(num(-4), square, constant))
    if (sign := sign_of_constant(discriminant)) < 0:
        return []
    half = inverse(mul(TWO, square))
    if sign == 0:
        return [mul(MINUS_ONE, linear, half)]
    root = power(discriminant, num(Fraction(1, 2)))
    return [mul(add(negative(linear), mul(num(side), root)), half) for side in (1, -1)]


def _coefficients(forms: Forms, factor: fmpq_mpoly, place: int) -> list[Term]:
    """The coefficients of a polynomial in one kernel, the constant one first."""
    found = []
    for degree in range(factor.degrees()[place] + 1):
        chosen = {
            (*exponents[:place], 0, *exponents[place + 1 :]): coefficient
            for exponents, coefficient in factor.to_dict().items()
            if exponents[place] == degree
        }
        part = factor.context().from_dict(chosen)
        found.append(forms.term(Ratio(part, forms.one.den)))
    return found


def says_more(sides: Sequence[Term], letter: Term) -> bool:
    """Whether an equation may have solutions that are not real, or a double one, that the line does not show."""
    forms = Forms()
    try:
        ratio = forms.form(add(sides[0], negative(sides[1])))
        place = forms.kernel_index(forms.form(letter))
        if ratio.num.is_zero() or ratio.num.total_degree() > MAX_DEGREE:
            return True
        factors = [(f, times) for f, times in ratio.num.factor()[1] if f.degrees()[place] > 0]
        return any(times > 1 or not _roots_of_factor(forms, factor, place) for factor, times in factors)
    except (Intractable, Undefined, ValueError, Uncertain):
        return True


# --- truth ---------------------------------------------------------------------------------------------------------

_HOLDS: dict[str, Callable[[int], bool]] = {
    "=": lambda sign: sign == 0,
    r"\neq": lambda sign: sign != 0,
    "<": lambda sign: sign < 0,
    ">": lambda sign: sign > 0,
    r"\leq": lambda sign: sign <= 0,
    r"\geq": lambda sign: sign >= 0,
}


def holds(form: Term, letter: Term, value: Term) -> bool:
    """Whether a statement about *letter* holds at a constant.

    Raises:
        Uncertain: that is not known.
    """
    if form.op == "op" and form.data == NOT:
        if any(part.op == "pow" and part.args[1] == MINUS_ONE for part in form.walk()):
            raise Uncertain  # whether the negation holds where the statement divides by zero
        return not holds(form.args[0], letter, value)
    if form.op == "ac":
        every = [holds(arg, letter, value) for arg in form.args]
        return all(every) if form.data == AND else any(every)
    if form.op != "chain":
        raise Uncertain
    (sign,), (left, right) = form.relations, form.args
    if sign in MEMBERSHIP:
        return is_element(value, right) is MEMBERSHIP[sign]
    if sign not in ALGEBRAIC:
        raise Uncertain
    try:
        gap = add(left, negative(right))
        return _HOLDS[sign](sign_of_constant(replace(gap, letter, value)))
    except Undefined:
        return False  # a statement does not hold where it divides by zero


def is_element(value: Term, collection: Term) -> bool:
    """Whether a constant is an element of a set of real numbers."""
    if collection in (REALS, _NO_ELEMENTS):
        return collection == REALS
    if collection.op == "set":
        if (built := builder(collection)) is not None:
            return holds(built[1], built[0], value)
        return any([sign_of_constant(add(value, negative(element))) == 0 for element in elements(collection)])
    if collection.op == "tuple" and len(collection.args) == 2:
        return _is_between(value, collection)
    if collection.op in ("ac", "op") and collection.data in (r"\cup", r"\cap", r"\setminus"):
        first, *others = [is_element(value, part) for part in collection.args]
        if collection.data == r"\cup":
            return first or any(others)
        return first and (all(others) if collection.data == r"\cap" else not any(others))
    raise Uncertain


def _is_between(value: Term, interval: Term) -> bool:
    opening, closing = interval.relations
    low, high = interval.args
    shapes = {"(", "["}
    if {opening, closing} - shapes or low == INFINITY or high == negative(INFINITY):
        raise Uncertain
    above = 1 if low == negative(INFINITY) else sign_of_constant(add(value, negative(low)))
    below = 1 if high == INFINITY else sign_of_constant(add(high, negative(value)))
    return (above > 0 or (above == 0 and opening == "[")) and (below > 0 or (below == 0 and closing == "["))
