"""Repair of invalid formulas: the cheapest edits, chosen among equals by a token model."""

from hmer_suite.repairs.near_repairs import NearRepairs, near_repairs
from hmer_suite.repairs.repair import Edit, Repair, repair

__all__ = ["Edit", "NearRepairs", "Repair", "near_repairs", "repair"]
