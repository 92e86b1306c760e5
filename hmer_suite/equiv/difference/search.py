"""The search for a point at which two sides certainly differ."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from itertools import chain as joined

from flint import arb, fmpq

from hmer_suite.equiv.equality import is_constant
from hmer_suite.equiv.terms import Term, const
from hmer_suite.equiv.values import (
    FIRST_CONSTANT_SEED,
    SEEDS,
    Outside,
    Point,
    Singular,
    Unknown,
    apart,
    at_growing_precision,
    certainly_nonzero,
    spelling,
    value_text,
)

Witness = Mapping[str, str]
"""The values of the letters at a point at which the sides differ."""
STRUCTURE: Witness = {}
"""The witness of a difference that needs no point: another kind of term, another number of parts."""

INFINITY = const("inf")
DOTS = const("dots")


def whole_letters(*terms: Term) -> frozenset[str]:
    """Letters that take whole numbers: those in bounds, exponents, factorials and indices."""
    found: set[str] = set()
    for part in joined.from_iterable(term.walk() for term in terms):
        if part.op == "fn" and part.data in ("factorial", "binom"):
            found |= letters(*part.args)
        elif part.op in ("sum", "prod"):
            found |= letters(*part.args[2:])
        elif part.op == "pow":
            if part.args[0].op != "const":
                found |= letters(part.args[1])
        elif part.op == "sub":
            found |= letters(part.args[1])
    return frozenset(found)


def letters(*terms: Term) -> set[str]:
    """The letters of terms."""
    return {part.label for term in terms for part in term.walk() if part.op == "name"}


def is_complex(*terms: Term) -> bool:
    """Whether the imaginary unit occurs."""
    return any(
        (part.op == "const" and part.data == "i") or (part.op == "pow" and _is_imaginary_root(part))
        for term in terms
        for part in term.walk()
    )


def _is_imaginary_root(term: Term) -> bool:
    base, exponent = term.args
    if not (is_constant(base) and is_constant(exponent)):
        return False
    try:
        value = Point(0).value(base)
        power = Point(0).value(exponent)
    except (Unknown, Outside, Singular):
        return False
    return not isinstance(value, arb | fmpq) or bool(
        value < 0 and isinstance(power, fmpq) and power.q % 2 == 0
    )


def points(*terms: Term) -> list[Point]:
    """The points at which terms are compared."""
    whole, functions, imaginary = whole_letters(*terms), _whole_functions(*terms), is_complex(*terms)
    unknown = any(part.op in ("app", "sub") for term in terms for part in term.walk())
    seeds = SEEDS if unknown else FIRST_CONSTANT_SEED
    return [Point(seed, whole, imaginary, functions) for seed in range(seeds)]


def _whole_functions(*terms: Term) -> frozenset[str]:
    """Unknown functions whose values are bounds of sums."""
    return frozenset(
        f"{bound.op}|{bound.data if bound.op == 'op' else spelling(bound.args[0])}"
        for term in terms
        for part in term.walk()
        if part.op in ("sum", "prod")
        for bound in part.args[2:]
        if bound.op in ("sub", "app", "op")
    )


def first_witness(compute: Callable[[Point], Witness | None], *terms: Term) -> Witness | None:
    """The first witness that *compute* finds at any of the points for *terms*.

    After a point without a value (`Unknown`), the others of its kind are skipped.
    """
    unknown: set[str] = set()
    for point in points(*terms):
        if point.kind in unknown:
            continue
        try:
            witness = at_growing_precision(partial(compute, point))
        except Unknown:
            unknown.add(point.kind)
            continue
        if witness is not None:
            return witness
    return None


def apart_at_some_point(left: Term, right: Term) -> Witness | None:
    """A point at which two expressions certainly have different values."""
    return first_witness(lambda point: witness_if_apart(point, left, right), left, right)


def witness_if_apart(point: Point, left: Term, right: Term) -> Witness | None:
    """The point as a witness, if both sides certainly differ there, or only one is defined."""
    values = []
    outside = 0
    for term in (left, right):
        try:
            values.append(point.value(term))
        except Outside:
            outside += 1
        except Singular:
            return None
    if outside == 1 or (outside == 0 and apart(*values)):
        return witness_at(point)
    return None


def witness_at(point: Point, **more: str) -> Witness:
    """The letters used at a point with their values as text, and *more* of the same."""
    return {**{spelling: value_text(value) for spelling, value in sorted(point.used.items())}, **more}


def nonzero_somewhere(term: Term) -> Witness | None:
    """A point at which an expression is certainly not zero."""

    def compute(point: Point) -> Witness | None:
        try:
            return witness_at(point) if certainly_nonzero(point.value(term)) else None
        except (Singular, Outside):
            return None

    return first_witness(compute, term)


def has_unknowns(term: Term) -> bool:
    """Whether unknown functions occur."""
    return any(part.op in ("app", "sub") for part in term.walk())
