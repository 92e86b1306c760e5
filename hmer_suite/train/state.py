"""How far a run has come, and how far it may go."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Limits:
    """Where to stop for now; neither changes what is computed up to there."""

    max_steps: int | None = None
    max_minutes: float | None = None


@dataclass(slots=True)
class Counters:
    """Where a run stands; saved with every checkpoint."""

    step: int = 0
    epoch: int = 0
    batch: int = 0
    """Batches of this epoch that are done."""
    seconds: float = 0.0
    """Time spent in training, all sittings together."""
    before: float = 0.0
    """Seconds that the training of what this run started from took."""
    best: float = -1.0
    """Best validation expression rate, in percent."""
    best_wer: float = float("inf")
    """Token error rate of the best; it decides between equal expression rates."""
    stale: int = 0
    """Validations since the best."""
    lowered: int = 0
    """How often plateau has lowered the learning rate."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended: the best validation rates so far, and whether it is complete."""

    folder: Path
    step: int
    best: float
    complete: bool
    seconds: float
