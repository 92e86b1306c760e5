"""Progress and limits of a run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hmer_suite.specs.ranges import Count, NonNegative


@dataclass(frozen=True, slots=True)
class Limits:
    """Steps or minutes after which a run is interrupted; they do not change the steps before."""

    max_steps: int | None = None
    max_minutes: float | None = None


@dataclass(slots=True)
class Counters:
    """Progress of a run, saved with every checkpoint."""

    step: Count = 0
    epoch: Count = 0
    batch: Count = 0
    """Finished batches of the current epoch."""
    seconds: NonNegative = 0.0
    """Seconds spent training, over all sessions."""
    before: NonNegative = 0.0
    """Seconds spent training the checkpoint that this run started from."""
    best: float = -1.0
    """Best validation expression rate, in percent."""
    best_wer: float = float("inf")
    """Token error rate of the best, which decides between equal expression rates."""
    stale: Count = 0
    """Validations since the best."""
    lowered: Count = 0
    """Number of times that ``plateau`` has lowered the learning rate."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Summary of a run: steps, best validation expression rate, whether it is complete, seconds spent training."""

    folder: Path
    step: int
    best: float
    complete: bool
    seconds: float
