"""Statements and sets in a common form, so that two ways to write the same are compared by what they say."""

from hmer_suite.equiv.solutions.common_form import (
    EMPTY_SETS,
    is_collection,
    is_open_system,
    joined_statement,
    listed_statements,
    logical_form,
)
from hmer_suite.equiv.solutions.piecewise import is_piecewise
from hmer_suite.equiv.solutions.progressions import is_periodic, may_have_same_members, same_members
from hmer_suite.equiv.solutions.proofs import (
    distinguishing_value,
    is_comparable_set,
    is_statement,
    same_solutions,
)

__all__ = [
    "EMPTY_SETS",
    "distinguishing_value",
    "is_collection",
    "is_comparable_set",
    "is_open_system",
    "is_periodic",
    "is_piecewise",
    "is_statement",
    "joined_statement",
    "listed_statements",
    "logical_form",
    "may_have_same_members",
    "same_members",
    "same_solutions",
]
