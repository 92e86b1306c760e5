"""Names of the graphs of an exported recogniser, and of their outputs."""

from __future__ import annotations

from typing import Literal

Decoder = Literal["stepwise", "frames"]
"""The search that reads what the graphs return: token after token, or frames of CTC."""

ENCODER, STEP = "encoder", "step"
"""Names of graphs; `frames` recognisers have no step."""

NEXT = "next_"
"""Beginning of the names by which a step returns the state."""
