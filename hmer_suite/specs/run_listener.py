"""The contract of those who listen to a training run: trackers of experiments, messages, copies of checkpoints."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

TRACKERS = {"tensorboard": "tensorboard", "wandb": "wandb", "mlflow": "mlflow"}
"""Trackers that the suite offers itself by way of accelerate, each with the package that it needs."""


@dataclass(frozen=True, slots=True)
class RunStart:
    """A run as it starts or is resumed: its folder, recogniser, settings by name, steps made before and planned."""

    folder: Path
    recogniser: str
    settings: Mapping[str, object]
    step: int
    planned: int


class RunListener:
    """Listens to a run, in the main process alone; each method does nothing unless it is overridden."""

    def log(self, step: int, values: Mapping[str, float]) -> None:
        """Take the values of a step: ``train/loss``, ``train/lr``, ``train/images_per_second``, ``validation/exprate``.

        The first three come every 20 steps; ``validation/wer`` and ``validation/valid`` come with the last, in percent.
        """

    def checkpoint(self, step: int, folder: Path) -> None:
        """Take note of a checkpoint that has been written: ``last`` or ``best`` in the run's folder."""

    def end(self, step: int, complete: bool) -> None:
        """Take note that the run has ended; with `complete` false it was stopped, or failed, and can be resumed."""


@dataclass(frozen=True, slots=True)
class RunListenerSpec:
    """Somebody who listens to runs, asked for with ``train --set tracker=NAME``.

    `start` returns the listener of a run. If `start` fails, so does the command, before anything is trained; a listener
    that fails later is left out of the rest of the run, with a warning.
    """

    name: str
    summary: str
    start: Callable[[RunStart], RunListener]
