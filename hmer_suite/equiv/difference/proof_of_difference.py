"""The proof of difference for each kind of pair."""

from __future__ import annotations

from collections.abc import Callable

from hmer_suite.equiv.difference.search import STRUCTURE, Witness
from hmer_suite.equiv.difference.solutions import (
    are_two_ways,
    different_from_list,
    different_solutions,
    is_statement_beside_list,
)
from hmer_suite.equiv.difference.two_notations import may_be_one
from hmer_suite.equiv.reading.atoms.atom_types import BARS, CLOSING, OPENING
from hmer_suite.equiv.solutions import is_open_system, is_periodic, same_members
from hmer_suite.equiv.terms import NON_EXPRESSIONS, Term

Proof = Callable[[Term, Term], Witness | None]

PROOFS: dict[str, Proof] = {}
"""The proof for two terms of one `op`, for an ``expression`` and for ``other`` pairs; filled by the package, as the
proofs call `difference` for parts of a pair."""

_BETWEEN_FACTORS = frozenset((r"\times", r"\div", "/"))
"""Signs that need a factor before them; a dot there may be a mark of the page."""
_BRACKETS = OPENING.keys() | CLOSING.keys() | BARS.keys()


def difference(left: Term, right: Term) -> Witness | None:
    """A witness that the two are different, or None if none was found."""
    if left == right:
        return None
    if _is_torn(left) != _is_torn(right) and not (is_open_system(left) or is_open_system(right)):
        return STRUCTURE
    if is_periodic(left) and is_periodic(right):
        same = same_members(left, right)
        if same is not None or not left.op == right.op == "chain":
            return STRUCTURE if same is False else None
    if may_be_one(left, right):
        return None
    if are_two_ways(left, right):
        return different_solutions(left, right)
    if (statement := is_statement_beside_list(left, right)) is not None:
        return different_from_list(*statement)
    kind = left.op if left.op == right.op else "other"
    if left.op not in NON_EXPRESSIONS and right.op not in NON_EXPRESSIONS:
        kind = "expression"
    return PROOFS[kind](left, right)


def _is_torn(term: Term) -> bool:
    """Whether a bracket has no partner, or a product sign no factor before it."""
    return any(
        part.op == "op"
        and (
            (not part.args and part.data in _BRACKETS)
            or (len(part.args) == 1 and part.data in _BETWEEN_FACTORS)
        )
        for part in term.walk()
    )
