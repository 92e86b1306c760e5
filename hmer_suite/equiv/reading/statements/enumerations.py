r"""Values that words join to a list: ``4, 7, \text{ and } 9``."""

from __future__ import annotations

from collections.abc import Sequence

from hmer_suite.equiv.reading.atoms.atom_types import Atom
from hmer_suite.equiv.reading.atoms.shapes import argument_of, words_of
from hmer_suite.equiv.terms import Term
from hmer_suite.latex.tree import Node


def joining_words(parts: Sequence[Sequence[Atom]], signs: Sequence[Atom]) -> set[str]:
    """The words "and" and "or" if these, and no other signs, stand between parts; else none."""
    words = {words_of(argument_of(sign.value)) for sign in signs if isinstance(sign.value, Node)}
    joined = words <= {"and", "or"} and all(sign.kind == "cmd" for sign in signs) and all(parts)
    return words if joined else set()


def values_of(terms: Sequence[Term]) -> tuple[Term, ...]:
    """The values in some terms and lists; none if one is a statement or words."""
    values = [value for term in terms for value in (term.args if term.op == "list" else (term,))]
    return () if any(value.op in ("chain", "list", "text") for value in values) else tuple(values)
