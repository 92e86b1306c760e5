r"""Definitions by cases, absolute values, maxima and minima of one letter, compared stretch by stretch."""

from __future__ import annotations

from collections.abc import Iterator

from hmer_suite.equiv.equality import equality
from hmer_suite.equiv.forms import Undefined
from hmer_suite.equiv.solutions.common_form import logical_form
from hmer_suite.equiv.solutions.real_line import (
    Place,
    Uncertain,
    cuts_of_form,
    cuts_of_sides,
    holds,
    places,
    sign_of_constant,
    switches,
)
from hmer_suite.equiv.terms import NON_EXPRESSIONS, ZERO, Term, add, negative, replace

_OTHERWISE = frozenset(("otherwise", "else", "其他", "其它"))
_BEFORE_CONDITIONS = frozenset(("if", "when", "for"))


class _NoValue(Exception):
    """No row of a definition by cases applies."""


def same_values(left: Term, right: Term) -> bool:
    """Whether two expressions, at least one of them piecewise, are certainly the same function.

    Raises:
        Uncertain: that is not known.
    """
    letters = {
        part for side in (left, right) for condition in _conditions(side) for part in _letters(condition)
    }
    if len(letters) != 1:
        raise Uncertain
    (letter,) = letters
    cuts = [cut for side in (left, right) for cut in _cuts(side, letter)]
    return all(_same_at(left, right, letter, place) for place in places(cuts))


def is_piecewise(term: Term) -> bool:
    """Whether a definition by cases is part of an expression."""
    return any(part.op == "cases" and part.data == 2 for part in term.walk())


def _letters(term: Term) -> set[Term]:
    return {part for part in term.walk() if part.op == "name"}


def _conditions(term: Term) -> Iterator[Term]:
    """The conditions of cases, and what stands in absolute values."""
    for part in term.walk():
        if part.op == "cases":
            yield from (condition for _, condition in rows(part) if condition is not None)
        yield from switches(part)


def rows(cases: Term) -> list[tuple[Term, Term | None]]:
    """The values of a definition by cases, each with its condition in common form; None for the last, "otherwise".

    Raises:
        Uncertain: a condition is not a statement.
    """
    if cases.width != 2:
        raise Uncertain
    found: list[tuple[Term, Term | None]] = []
    pairs = list(zip(cases.args[::2], cases.args[1::2], strict=True))
    for index, (value, condition) in enumerate(pairs):
        if (
            condition.op == "text"
            and condition.label.lower().strip(" ,.") in _OTHERWISE
            and index == len(pairs) - 1
        ):
            found.append((value, None))
            continue
        form = logical_form(_without_word(condition))
        if form is None or value.op in NON_EXPRESSIONS:
            raise Uncertain
        found.append((value, form))
    return found


def _without_word(condition: Term) -> Term:
    """A condition without the "if" before it."""
    if condition.op != "list" or condition.args[0].op != "text":
        return condition
    first, *others = condition.args
    if first.label.lower().strip(" ,") not in _BEFORE_CONDITIONS or not others:
        return condition
    return others[0] if len(others) == 1 else Term("list", condition.data, tuple(others))


def _cuts(term: Term, letter: Term) -> Iterator[Term]:
    for part in term.walk():
        if part.op == "cases":
            for _, condition in rows(part):
                if condition is not None:
                    yield from cuts_of_form(condition, letter)
        for inside in switches(part):
            yield from cuts_of_sides((inside, ZERO), letter)


def _same_at(left: Term, right: Term, letter: Term, place: Place) -> bool:
    values: list[Term | None] = []
    for side in (left, right):
        try:
            values.append(_resolved(side, letter, place))
        except _NoValue:
            values.append(None)
    first, second = values
    if first is None or second is None:
        return first is second
    return _agree_at(first, second, letter, place)


def _resolved(term: Term, letter: Term, place: Place) -> Term:
    """*term* with the branches that apply at a place."""
    if term.op == "cases":
        return _applicable(term, letter, place)
    args = tuple(_resolved(arg, letter, place) for arg in term.args)
    term = term if args == term.args else term.with_args(args)
    if not (inside := switches(term)):
        return term
    if term.data == "abs":
        negated = _sign_at(inside[0], letter, place) < 0
        return negative(term.args[0]) if negated else term.args[0]
    wanted = 1 if term.data == "max" else -1
    best = term.args[0]
    for arg in term.args[1:]:
        if _sign_at(add(arg, negative(best)), letter, place) == wanted:
            best = arg
    return best


def _sign_at(term: Term, letter: Term, place: Place) -> int:
    try:
        return sign_of_constant(replace(term, letter, place.value))
    except Undefined as error:
        raise Uncertain from error


def _applicable(term: Term, letter: Term, place: Place) -> Term:
    """The value in the row whose condition holds; several such rows must agree."""
    *_, last = found = rows(term)
    values = [v for v, form in found if form is not None and holds(form, letter, place.value)]
    if not values and last[1] is None:
        values = [last[0]]
    if not values:
        raise _NoValue
    first, *others = [_resolved(value, letter, place) for value in values]
    if not all(_agree_at(first, other, letter, place) for other in others):
        raise Uncertain
    return first


def _agree_at(first: Term, second: Term, letter: Term, place: Place) -> bool:
    """Whether two expressions have the same value at a cut, or the same values in a stretch."""
    if place.is_cut:
        first, second = replace(first, letter, place.value), replace(second, letter, place.value)
    return equality(first, second) is not None
