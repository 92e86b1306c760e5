"""Progress and limits of a run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from hmer_suite.specs.ranges import Count, NonNegative


@dataclass(slots=True)
class Stop:
    """A wish, from a signal perhaps, that a run end after its current step.

    `heeded` is true while a run looks at it; at other times there is nothing to save, and whoever has the wish may end
    the process. `number` is that of the signal, 0 without a wish.
    """

    number: int = 0
    heeded: bool = False

    @contextmanager
    def heed(self) -> Iterator[None]:
        """Look at the wish while the context lasts."""
        self.heeded = True
        try:
            yield
        finally:
            self.heeded = False


@dataclass(frozen=True, slots=True)
class Limits:
    """Steps, minutes or a wish after which a run is interrupted; they do not change the steps before."""

    max_steps: int | None = None
    max_minutes: float | None = None
    stop: Stop = field(default_factory=Stop)


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
