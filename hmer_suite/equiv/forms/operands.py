"""Tests of operands: where the rules of arithmetic hold, and where a term has no normal form."""

from __future__ import annotations

from collections.abc import Iterable

from hmer_suite.equiv.terms import EMPTY, Term, binds, const

STRUCTURES = frozenset(("chain", "list", "tuple", "set", "matrix", "cases", "ac"))
NO_FORM = STRUCTURES | {"text", "empty"}


def is_fixed(term: Term) -> bool:
    """Whether a term is made of numbers and known constants alone."""
    return all(part.op in ("num", "add", "mul", "pow", "fn", "const") for part in term.walk())


def height(term: Term) -> int:
    """How many binders are nested in a term, counting the deepest."""
    inner = max(map(height, term.args), default=0)
    return inner + binds(term)


def unsafe_argument(term: Term) -> bool:
    """Whether a term is no number with which arithmetic can be done."""
    return term == const("inf") or term == const("dots") or term.op in ("text", "empty")


def unsafe(term: Term) -> bool:
    """Whether the rules of arithmetic do not hold for the operands: the infinite, dots, lists, words."""
    return any(unsafe_argument(arg) or arg.op in STRUCTURES or _infinite(arg) for arg in term.args)


def _infinite(term: Term) -> bool:
    """Whether an operand is itself arithmetic with the infinite."""
    return term.op in ("add", "mul", "pow") and unsafe(term)


def unsafe_bounds(bounds: Iterable[Term]) -> bool:
    """Whether a sum or integral between these bounds may not converge."""
    return any(
        bound == const("inf") or bound == EMPTY or _infinite(bound) or bound.op == "op" for bound in bounds
    )
