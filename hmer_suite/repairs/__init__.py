"""Repair of invalid formulas: the cheapest edits, chosen among equals by a token model."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hmer_suite.repairs.mend import Edit, Repair, repair

__all__ = ["Edit", "Repair", "repair"]


def __getattr__(name: str) -> object:
    """The public names, loaded when they are first asked for: ``-m hmer_suite.repairs.prior`` needs none."""
    if name in __all__:
        from hmer_suite.repairs import mend

        return getattr(mend, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
