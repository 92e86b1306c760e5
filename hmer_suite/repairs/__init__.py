"""Repair of invalid formulas: the cheapest edits, chosen among equals by a token model."""

from hmer_suite.repairs.repair import Edit, Repair, repair

__all__ = ["Edit", "Repair", "repair"]
