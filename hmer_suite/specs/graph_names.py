"""Names of the graphs of an exported recogniser, and of their outputs."""

from __future__ import annotations

from typing import Literal

Decoder = Literal["stepwise", "frames"]
"""The search that reads what the graphs return: token after token, or frames of CTC."""

ENCODER, STEP, BACKWARD_STEP = "encoder", "step", "backward_step"
"""Names of graphs; `frames` recognisers have no step, and few have one from right to left."""

NEXT = "next_"
"""Beginning of the names by which a step returns the state."""

BACKWARD = "backward_"
"""Beginning of the names of what the backward parser keeps."""
