"""Repair of invalid formulas: the cheapest edits, chosen among equals by a token model."""

from __future__ import annotations

from hmer_suite.repair.mend import Edit, Repair, repair

__all__ = ["Edit", "Repair", "repair"]
