"""Trackers of experiments, by way of accelerate: TensorBoard, Weights & Biases, MLflow."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from accelerate.tracking import GeneralTracker, MLflowTracker, TensorBoardTracker, WandBTracker

from hmer_suite.errors import UsageError
from hmer_suite.registry import run_listener
from hmer_suite.specs.run_listener import TRACKERS, RunListener, RunListenerSpec, RunStart

PROJECT = "hmer-suite"
"""Project of Weights & Biases, and experiment of MLflow, that runs belong to."""


def find_listeners(names: Sequence[str]) -> tuple[RunListenerSpec, ...]:
    """Those who listen to a run, of the setting ``tracker``; the suite's own, or a plugin's.

    Raises `UsageError` for a name that nobody offers and for a package that is not installed.
    """
    wanted = [name for name in dict.fromkeys(names) if name != "none"]
    for name in wanted:
        package = TRACKERS.get(name)
        if package is not None and find_spec(package) is None:
            raise UsageError(f"tracker={name}: {package} is not installed: pip install {package}")
    return tuple(_tracker(name) if name in TRACKERS else run_listener(name) for name in wanted)


@dataclass(frozen=True, slots=True)
class _Tracker(RunListener):
    """A tracker of accelerate as a listener."""

    tracker: GeneralTracker

    def log(self, step: int, values: Mapping[str, float]) -> None:
        self.tracker.log(dict(values), step=step)

    def end(self, step: int, complete: bool) -> None:
        self.tracker.finish()


def _tracker(name: str) -> RunListenerSpec:
    return RunListenerSpec(name, f"{name}, by way of accelerate", _STARTS[name])


def _tensorboard(start: RunStart) -> RunListener:
    # What a killed run wrote after its last checkpoint is purged.
    tracker = TensorBoardTracker("tensorboard", start.folder, purge_step=start.step + 1)
    tracker.start()
    return _Tracker(tracker)


def _wandb(start: RunStart) -> RunListener:
    tracker = WandBTracker(PROJECT, name=_name(start.folder), dir=str(start.folder))
    return _started(tracker, start)


def _mlflow(start: RunStart) -> RunListener:
    return _started(MLflowTracker(PROJECT, run_name=_name(start.folder)), start)


def _started(tracker: GeneralTracker, start: RunStart) -> RunListener:
    tracker.start()
    tracker.store_init_configuration({"recogniser": start.recogniser, **start.settings})
    return _Tracker(tracker)


def _name(folder: Path) -> str:
    return folder.resolve().name


_STARTS: dict[str, Callable[[RunStart], RunListener]] = {
    "tensorboard": _tensorboard,
    "wandb": _wandb,
    "mlflow": _mlflow,
}
