"""The truth of statements joined by "and", "or" and "not" at a point."""

from __future__ import annotations

from collections.abc import Sequence

from hmer_suite.equiv.difference.equations import truth
from hmer_suite.equiv.difference.search import Witness, witness_at
from hmer_suite.equiv.terms import Term
from hmer_suite.equiv.values import Outside, Point, Singular, Unknown


def witness_if_truths_differ(point: Point, left: Term, right: Term) -> Witness | None:
    """The point as a witness, if one statement holds there and the other does not."""
    try:
        first, second = _statement_truth(point, left), _statement_truth(point, right)
    except Singular:
        return None
    return witness_at(point) if None not in (first, second) and first != second else None


def _statement_truth(point: Point, term: Term) -> bool | None:
    """Whether a statement made of relations by "and", "or" and "not" holds at a point; None if that is uncertain."""
    if term.op == "chain":
        links = zip(term.relations, term.args, term.args[1:], strict=False)
        return _all_true([truth(point, sign, (a, b)) for sign, a, b in links])
    if term.op == "ac" and term.data == r"\wedge":
        return _all_true([_statement_truth(point, arg) for arg in term.args])
    if term.op == "ac" and term.data == r"\vee":
        return _negated(_all_true([_negated(_statement_truth(point, arg)) for arg in term.args]))
    if term.op == "op" and term.data == r"\neg":
        return _negated(_statement_truth(point, term.args[0])) if _is_defined(point, term) else None
    raise Unknown(term.op)


def _is_defined(point: Point, term: Term) -> bool:
    """Whether all sides in a statement have values, so that its negation holds where it does not."""
    try:
        for part in term.walk():
            if part.op == "chain":
                for side in part.args:
                    point.value(side)
    except Outside:
        return False
    return True


def _negated(truth: bool | None) -> bool | None:
    return None if truth is None else not truth


def _all_true(truths: Sequence[bool | None]) -> bool | None:
    return False if False in truths else None if None in truths else True
