"""A change of the terms of a pair that writes two notations of one thing alike."""

from __future__ import annotations

from collections.abc import Callable

from hmer_suite.equiv.terms import Term

Change = Callable[[Term], Term]
FindChange = Callable[[list[Term]], Change | None]
"""What looks for a notation in the parts of both sides, and says how to change it; None if the pair needs no change."""
