"""Tests of operands: whether the rules of arithmetic hold for them, and whether they have a normal form."""

from __future__ import annotations

from collections.abc import Iterable

from hmer_suite.equiv.terms import EMPTY, STRUCTURES, Term, binds, const


def height(term: Term) -> int:
    """The greatest number of nested binders in a term."""
    inner = max(map(height, term.args), default=0)
    return inner + binds(term)


def unsafe_argument(term: Term) -> bool:
    """Whether a term is not a number to calculate with."""
    return term == const("inf") or term == const("dots") or term.op in ("text", "empty")


def unsafe(term: Term) -> bool:
    """Whether the rules of arithmetic do not hold for the operands: infinity, dots, lists, words."""
    return any(unsafe_argument(arg) or arg.op in STRUCTURES or _infinite(arg) for arg in term.args)


def _infinite(term: Term) -> bool:
    """Whether an operand is itself arithmetic with such operands."""
    return term.op in ("add", "mul", "pow") and unsafe(term)


def unsafe_bounds(bounds: Iterable[Term]) -> bool:
    """Whether a sum or integral between these bounds may not converge."""
    return any(
        bound == const("inf") or bound == EMPTY or _infinite(bound) or bound.op == "op" for bound in bounds
    )
