"""Proofs of difference, in a special reading: a point at which the two sides certainly differ."""

from hmer_suite.equiv.difference import expressions, kinds
from hmer_suite.equiv.difference.proof_of_difference import PROOFS, difference
from hmer_suite.equiv.difference.search import STRUCTURE, Witness

__all__ = ["STRUCTURE", "Witness", "difference"]

PROOFS.update(kinds.RULES | {"expression": expressions.different_values, "other": kinds.different_kinds})
