"""Proofs of difference, in a special reading: a point at which the two sides certainly differ."""

from hmer_suite.equiv.difference.dispatch import difference
from hmer_suite.equiv.difference.search import STRUCTURE, Witness

__all__ = ["STRUCTURE", "Witness", "difference"]
