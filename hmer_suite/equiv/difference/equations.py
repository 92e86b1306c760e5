"""Equations: a point at which one holds and the other does not.

An equation that is linear in a free letter or a free value of an unknown function is solved for it; otherwise a
change of sign along a line proves that there is a solution.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import product

from flint import arb, fmpq, fmpq_mpoly

from hmer_suite.equiv.difference.search import (
    Witness,
    apart_at_some_point,
    first_witness,
    has_unknowns,
    is_complex,
    letters,
    nonzero_somewhere,
    whole_letters,
    witness_at,
)
from hmer_suite.equiv.equality import is_constant
from hmer_suite.equiv.forms import MAX_DEGREE, Forms, Intractable, Ratio, Undefined
from hmer_suite.equiv.reading.letter_kinds import is_whole
from hmer_suite.equiv.reading.operators import ORDER_RELATIONS
from hmer_suite.equiv.terms import EMPTY, Term, num, replace
from hmer_suite.equiv.values import (
    Outside,
    Point,
    Singular,
    Unknown,
    Value,
    apart,
    certainly_nonzero,
    value_text,
    written,
)
from hmer_suite.equiv.values.unknowns import is_named, is_word

PIVOTS = 4
"""The number of letters for which an equation is solved."""
_NEAR = [fmpq(2 * step - 24, 3) + fmpq(1, 7) for step in range(24)]
_FAR = [fmpq(10 * 3**step) for step in range(8)]
_SCAN_VALUES = [*(-value for value in reversed(_FAR)), *_NEAR, *_FAR]
"""The values of a letter between which a change of sign is looked for."""

EQUATIONS = frozenset(("=", r"\neq"))

Sides = tuple[Term, Term]


def truth(point: Point, sign: str, sides: Sides) -> bool | None:
    """Whether a relation holds at a point; None if that is uncertain. Outside the domain of a side it does not hold."""
    if sign not in EQUATIONS | ORDER_RELATIONS:
        raise Unknown(sign)
    try:
        a, b = (point.value(side) for side in sides)
    except Outside:
        return False
    gap = a - b
    if not isinstance(gap, fmpq | arb):
        raise Unknown("complex")
    if gap == 0:
        return sign in ("=", r"\leq", r"\geq")
    if gap > 0:
        return sign in (">", r"\geq", r"\neq")
    if gap < 0:
        return sign in ("<", r"\leq", r"\neq")
    return None


def independent(forms: Forms, first: Ratio, second: Ratio) -> bool:
    """Whether a letter of one equation alone can break it while the other equation holds."""
    if any(_is_antiderivative(forms.terms[i]) for ratio in (first, second) for i in forms.occurring(ratio)):
        return False  # a letter may be its constant
    for ours, theirs in ((first, second), (second, first)):
        others = [forms.terms[i] for i in forms.occurring(theirs)]
        if not pivots(forms, theirs, [ours]):
            continue
        for index, _ in pivots(forms, ours, [theirs]):
            pivot = forms.terms[index]
            letter = _head(pivot)
            if letter is not None and not any(letter in other.walk() for other in others):
                return True
    return False


def _is_antiderivative(term: Term) -> bool:
    return term.op == "int" and term.args[2:] == (EMPTY, EMPTY)


def _head(pivot: Term) -> Term | None:
    r"""The letter that a kernel is, or is a value or an index of; None where that is no letter, as in ``\det A``."""
    if pivot.op not in ("name", "sub", "app") or has_one_value(pivot):
        return None
    while pivot.op != "name" and pivot.args:
        pivot = pivot.args[0]
    return None if is_word(pivot) else pivot


def witness_by_solving(forms: Forms, holding: Ratio, broken: Ratio) -> Witness | None:
    """A solution of one equation, for a letter in which it is linear, at which the other is not zero."""
    if broken.num.is_zero():
        return None
    if holding.num.is_zero():  # it always holds
        return nonzero_somewhere(forms.term(broken))
    for index, solution in pivots(forms, holding, [broken])[:PIVOTS]:
        rest = with_solution(forms, broken, index, solution)
        if rest.num.is_zero():
            continue
        pivot, remainder = forms.terms[index], forms.term(rest)
        if has_one_value(pivot) and not (index in forms.occurring(broken) and is_constant(remainder)):
            continue
        witness = _defined_and_nonzero(pivot, forms.term(solution), remainder)
        if witness is not None:
            return witness
    return None


def has_one_value(pivot: Term) -> bool:
    r"""Whether a kernel is an integral, limit, sum, product or named function of numbers alone, whatever it comes to.

    It is not free, but two equations that imply different values of it cannot both hold.
    """
    if pivot.op == "app":
        head, *args = pivot.args
        return is_named(head) and not any(map(letters, args))
    return pivot.op in ("int", "lim", "sum", "prod") and not has_unknowns(pivot)


def _defined_and_nonzero(pivot: Term, solution: Term, rest: Term) -> Witness | None:
    """A point at which the solution has a value that the pivot is free to take, and the other equation is broken."""

    def compute(point: Point) -> Witness | None:
        point.calls.clear()
        try:
            value = point.value(solution)
            broken = certainly_nonzero(point.value(rest))
            if not broken or not takes_any(point, pivot) or _is_no_count(pivot, solution, value):
                return None
            return witness_at(point, **{written(pivot): value_text(value)})
        except (Singular, Outside):
            return None

    return first_witness(compute, pivot, solution, rest)


def _is_no_count(pivot: Term, solution: Term, value: Value) -> bool:
    r"""Whether a letter that by custom is whole would get an irrational value from others: ``x=k\pi``."""
    return is_whole(pivot) and bool(letters(solution)) and not isinstance(value, fmpq)


def takes_any(point: Point, pivot: Term) -> bool:
    """Whether the pivot's value was needed for nothing else, so that it can be any; it is needed from then on."""
    if pivot.op in ("name", "int", "lim", "sum", "prod"):
        return True
    needed = list(point.calls)
    point.calls.clear()
    try:
        point.value(pivot)
    except Unknown:  # dots, for example: nothing else has their value
        return pivot.op == "op"
    if not point.calls:
        return False
    label, args = point.calls[-1]
    point.calls.extend(needed)
    return all(
        other != label or len(values) != len(args) or any(map(apart, values, args))
        for other, values in needed
    )


def with_solution(forms: Forms, ratio: Ratio, index: int, solution: Ratio) -> Ratio:
    """*ratio* with *solution* in place of a kernel."""
    top = forms.compose(ratio.num, index, solution)
    return forms.multiply(top, forms.inverse(forms.compose(ratio.den, index, solution)))


def pivots(forms: Forms, ratio: Ratio, others: Sequence[Ratio]) -> list[tuple[int, Ratio]]:
    """Free kernels in which a factor of *ratio* is linear, each with the value that makes the factor zero."""
    occurring = sorted({i for r in (ratio, *others) for i in forms.occurring(r)})
    free = [index for index in occurring if _is_free(forms, index, occurring)]
    found = []
    for factor in _factors(ratio):
        degrees = factor.degrees()
        for index in free:
            if degrees[index] == 1:
                slope = Ratio(factor.derivative(index), forms.one.den)
                rest = forms.compose(factor, index, forms.zero)
                found.append((index, forms.multiply(forms.negative(rest), forms.inverse(slope))))
    return found


def _factors(ratio: Ratio) -> list[fmpq_mpoly]:
    """The factors of a numerator; the zeros of each are zeros of the ratio."""
    if len(ratio.num) > 60 or ratio.num.total_degree() > MAX_DEGREE:
        return [ratio.num]
    return [factor for factor, _ in ratio.num.factor()[1]]


def _is_free(forms: Forms, index: int, occurring: Sequence[int]) -> bool:
    """Whether a kernel can take any value independently of the others: a letter, or a value of an unknown function.

    An integral or limit over unknown functions is as free; one over numbers alone has a single value, and two
    equations that imply different ones cannot both hold.
    """
    term = forms.terms[index]
    others = [forms.terms[i] for i in occurring if i != index]
    if term.op == "name":
        if term.label.startswith("#") and not term.label.startswith("#set"):
            return False
        conditions = [forms.term(ratio) for ratio in forms.condition_forms.values()]
        return not any(term.label in letters(other) for other in (*others, *conditions))
    if term.op in ("app", "sub", "op"):
        if term.data == "derived":
            return False  # the other side may have it as a quotient of differentials
        if term.op == "op" and any(
            part.op == "op" and part.data == term.data for other in others for part in other.walk()
        ):
            return False
        return not any(part.op in ("sum", "prod", "int", "lim") for part in term.walk())
    if term.op not in ("int", "lim", "sum", "prod"):
        return False
    return not any(part == term for other in others for part in other.walk())


def witness_at_whole_numbers(holding: Sides, broken: Sides) -> Witness | None:
    """Small whole numbers at which one equation provably holds and the other certainly does not."""
    heads = {part.args[0] for side in (*holding, *broken) for part in side.walk() if part.op == "app"}
    spellings = sorted(letters(*holding, *broken) - {head.label for head in heads if is_named(head)})
    if not spellings or len(spellings) > 6:
        return None
    places = [[_SMALL[(start + 2 * i) % len(_SMALL)] for i in range(len(spellings))] for start in range(3)]
    if len(spellings) < 4:
        places += [list(bits) for bits in product((0, 1), repeat=len(spellings)) if len(set(bits)) == 2]
    for place in places:
        values = {letter: num(value) for letter, value in zip(spellings, place, strict=True)}
        ours, theirs = ((_put(a, values), _put(b, values)) for a, b in (holding, broken))
        if not _proved(ours):
            continue
        point = {letter: str(value.data) for letter, value in values.items()}
        if (witness := apart_at_some_point(*theirs)) is not None:
            return {**point, **witness}
    return None


_SMALL = (2, 3, 5, 7, 4, 6)


def _put(term: Term, values: Mapping[str, Term]) -> Term:
    for part in {part for part in term.walk() if part.op == "name" and part.data in values}:
        term = replace(term, part, values[part.label])
    return term


def _proved(sides: Sides) -> bool:
    forms = Forms()
    try:
        return forms.on_domain(
            forms.add(forms.form(sides[0]), forms.negative(forms.form(sides[1])))
        ).num.is_zero() and not (forms.conditions)
    except (Intractable, Undefined):
        return False


def witness_by_sign_change(holding: Sides, broken: Sides) -> Witness | None:
    """An interval in which one equation has a solution, as its sides change order, and the other has none."""
    terms = (*holding, *broken)
    if is_complex(*terms):
        return None
    spellings = sorted(letters(*holding))
    alone = (
        letters(*terms) == set(spellings)
        and len(spellings) == 1
        and not has_unknowns(Term("list", None, terms))
    )
    for seed in range(1 if alone else 3):  # a seed chooses the values of the other letters
        for letter in spellings[:PIVOTS]:
            point = Point(seed, whole_letters(*terms) - {letter})
            try:
                witness = _scanned(point, letter, holding, broken)
            except Unknown:
                return None
            if witness is not None:
                return witness
    return None


def _scanned(point: Point, letter: str, holding: Sides, broken: Sides) -> Witness | None:
    def gap(sides: Sides, at: Value) -> fmpq | arb | None:
        point.bound[letter] = at
        try:
            value = point.value(sides[0]) - point.value(sides[1])
        except (Singular, Outside):
            return None
        finally:
            del point.bound[letter]
        return value if isinstance(value, fmpq | arb) else None

    values = [gap(holding, place) for place in _SCAN_VALUES]
    for low, high, a, b in zip(_SCAN_VALUES, _SCAN_VALUES[1:], values, values[1:], strict=False):
        if a is None or b is None or not ((a > 0 and b < 0) or (a < 0 and b > 0)):
            continue
        low, high = _narrowed(lambda at: gap(holding, at), low, high, bool(a > 0))
        stretch = arb((low + high) / 2, (high - low) / 2)
        if gap(holding, stretch) is None:  # perhaps a pole and no solution
            continue
        other = gap(broken, stretch)
        if other is not None and certainly_nonzero(other):
            ends = [arb(end).str(12, radius=False) for end in (low, high)]
            return witness_at(point, **{letter: "between " + " and ".join(ends)})
    return None


def _narrowed(
    gap: Callable[[Value], fmpq | arb | None], low: fmpq, high: fmpq, falling: bool
) -> tuple[fmpq, fmpq]:
    for _ in range(30):
        middle = (low + high) / 2
        value = gap(middle)
        if value is None or not (value > 0 or value < 0):
            break
        if (value > 0) == falling:
            low = middle
        else:
            high = middle
    return low, high
