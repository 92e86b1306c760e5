r"""Complements of sets as negations, which truth tables have: ``M\cap\bar N``, ``(M^c)^c``."""

from __future__ import annotations

from hmer_suite.equiv.reading.interpreting.events import is_complement
from hmer_suite.equiv.reading.notations.marks import Change
from hmer_suite.equiv.terms import Term, op

_OPERATIONS = frozenset((r"\cup", r"\cap", r"\setminus"))
_NOT = r"\neg"


def complements_of_sets(parts: list[Term]) -> Change | None:
    """Complements as negations, if the pair has an operation of sets, or the complement of a complement."""
    marked = [part for part in parts if is_complement(part)]
    doubled = any(is_complement(part.args[0]) for part in marked)
    if not marked or not (
        doubled or any(part.data in _OPERATIONS and part.op in ("ac", "op") for part in parts)
    ):
        return None
    return _as_negation


def _as_negation(term: Term) -> Term:
    if term.op == "op" and term.data == _NOT and term.args[0].op == "op" and term.args[0].data == _NOT:
        return term.args[0].args[0]
    if not is_complement(term):
        return term
    inner = term.args[0]
    return inner.args[0] if inner.op == "op" and inner.data == _NOT else op(_NOT, inner)
