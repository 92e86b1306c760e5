r"""Quantified statements in one form: ``t^2\ge0\text{ for all }t\in M``, ``\exists t\in M\text{ s.t. }P(t)``."""

from __future__ import annotations

from hmer_suite.equiv.reading.operators import QUANTIFIERS
from hmer_suite.equiv.terms import Term, mul, op

_FOR_ALL = frozenset(("for all", "for every", "for each", "for any"))
_SUCH_THAT = frozenset(("such that", "s.t.", "we have", "it holds that"))
_APPLIED = frozenset(("mul", "juxt", "ordered"))


def with_quantifiers_in_front(term: Term) -> Term:
    """A statement with its quantifiers first, and no words or sign between these and what they are about."""
    if term.op == "chain" and _quantifies(term) and term.args[1].op in _APPLIED:
        return _apart(term)
    if term.op != "list":
        return term
    parts = list(term.args)
    if len(parts) > 2 and _is_text(parts[-2], _FOR_ALL) and _declares(parts[-1]):
        letter, *others = parts[-1].args
        front = parts[-1].with_args((op(r"\forall", letter), *others))
        return Term("list", None, (front, *parts[:-2]))
    kept = [
        part
        for index, part in enumerate(parts)
        if not (index and _is_text(part, _SUCH_THAT) and _quantifies(parts[index - 1]))
    ]
    return Term("list", None, tuple(kept)) if len(kept) < len(parts) else term


def _apart(chain: Term) -> Term:
    """A quantifier and the product of its set and a statement as the two parts of a list."""
    members, *rest = chain.args[1].args
    rest = [part for part in rest if not _is_text(part, _SUCH_THAT)]
    if not any(part.op == "app" for part in rest):
        return chain
    return Term("list", None, (chain.with_args((chain.args[0], members)), mul(*rest)))


def _is_text(term: Term, words: frozenset[str]) -> bool:
    return term.op == "text" and term.label.lower() in words


def _declares(term: Term) -> bool:
    return term.op == "chain" and len(term.args) == 2 and term.args[0].op in ("name", "sub")


def _quantifies(term: Term) -> bool:
    """Whether a term is a quantifier with a letter and its range."""
    return term.op == "chain" and len(term.args) == 2 and is_quantifier(term.args[0])


def is_quantifier(term: Term) -> bool:
    """Whether a term is a quantifier and its letter."""
    return term.op == "op" and term.data in QUANTIFIERS and len(term.args) == 1
