"""Statements and sets in a common form, so that two ways to write the same are compared by what they say."""

from hmer_suite.equiv.solutions.common_form import logical_form
from hmer_suite.equiv.solutions.proofs import distinguishing_point, same_solutions

__all__ = ["distinguishing_point", "logical_form", "same_solutions"]
