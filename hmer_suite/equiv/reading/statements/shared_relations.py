r"""Relations that several letters share: ``m,n\in\mathbb N``, ``\forall s,t\in M:s+t=t+s``."""

from __future__ import annotations

from collections.abc import Sequence

from hmer_suite.equiv.reading.operators import ORDER_RELATIONS, QUANTIFIERS
from hmer_suite.equiv.terms import Term, op

_SHARED = ORDER_RELATIONS | {r"\in", r"\notin", r"\neq", r"\subset", r"\subseteq"}


def with_shared_relations(parts: Sequence[Term]) -> tuple[Term, ...]:
    """The parts of a list, each letter before a letter with a relation with that relation, too."""
    out: list[Term] = []
    for index, part in enumerate(parts):
        start = _first_sharing(out) if _is_shared(part) else index
        if start < index and part.args[0] in map(_letter, out[start:]):
            start = index  # a value and its condition: t, t > 2
        if start < len(out) and _is_quantified(out[start]) and index == len(parts) - 1:
            start = len(out)  # for all s, t is in M
        quantifier = out[start].label if start < len(out) and _is_quantified(out[start]) else ""
        out[start:] = [
            _quantified(quantifier, _with_relation(_letter(letter), part)) for letter in out[start:]
        ]
        out.append(_quantified(quantifier, part))
    return tuple(out)


def _is_shared(part: Term) -> bool:
    return (
        part.op == "chain"
        and len(part.args) == 2
        and part.relations[0] in _SHARED
        and _is_letter(part.args[0])
    )


def _first_sharing(parts: Sequence[Term]) -> int:
    """The place of the first of the letters at the end of some parts, the quantifier of which is one with it."""
    start = len(parts)
    while start and _is_letter(parts[start - 1]):
        start -= 1
    return start - 1 if start and _is_quantified(parts[start - 1]) else start


def _is_letter(term: Term) -> bool:
    return term.op == "name" or (term.op == "sub" and term.args[0].op == "name")


def _is_quantified(term: Term) -> bool:
    return term.op == "op" and term.data in QUANTIFIERS and len(term.args) == 1 and _is_letter(term.args[0])


def _letter(term: Term) -> Term:
    return term.args[0] if _is_quantified(term) else term


def _with_relation(letter: Term, chain: Term) -> Term:
    return chain.with_args((letter, chain.args[1]))


def _quantified(quantifier: str, part: Term) -> Term:
    return part.with_args((op(quantifier, part.args[0]), *part.args[1:])) if quantifier else part
