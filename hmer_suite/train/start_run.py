"""Runs as the command line starts them: settings, data, one training per seed, a summary over seeds."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, replace
from pathlib import Path

from hmer_suite.errors import InputError, UsageError
from hmer_suite.files import write_whole
from hmer_suite.registry import recogniser
from hmer_suite.settings.convert import one_line
from hmer_suite.settings.resolve import Settings, read_settings, resolve
from hmer_suite.specs.recogniser import RecogniserSpec
from hmer_suite.terminal import detail, note
from hmer_suite.train.checkpoint import CONFIG, LAST, read_checkpoint
from hmer_suite.train.datasets import TrainingData, open_training_data
from hmer_suite.train.loop import train
from hmer_suite.train.pretrained import recogniser_of
from hmer_suite.train.run_lock import locked
from hmer_suite.train.state import Limits, Outcome
from hmer_suite.train.trackers import find_listeners

LEFT_OUT = "left-out.txt"
"""File of a run that lists every sample left out, with the reason."""

LISTED = 10
"""Most samples left out that are listed on stderr."""


@dataclass(frozen=True, slots=True)
class Request:
    """Arguments of a training command: data, folder, a file of settings and ``KEY=VALUE`` texts."""

    data: str
    out: Path
    config: Path | None = None
    given: tuple[str, ...] = ()


def start_run(name: str, request: Request, limits: Limits) -> dict[str, object]:
    """Train from the beginning; returns a summary with the outcome of each seed.

    Raises `UsageError` if the folder contains a run already.
    """
    spec = recogniser(name)
    given = dict(map(_key_value, request.given))
    settings = resolve(spec, read_settings(request.config) if request.config else None, given)
    find_listeners(settings.train.tracker)  # before data are read
    seeds = settings.train.seeds
    first = settings.train.seed
    if seeds == 1:
        return _summary([_start(spec, settings, request.data, request.out, limits)])
    outcomes = []
    for seed in range(first, first + seeds):
        out = request.out / f"seed-{seed}"
        outcomes.append(_start(spec, _with_seed(settings, seed), request.data, out, limits))
        if limits.stop.number:
            break
    return _summary(outcomes)


def resume_run(name: str, folder: Path, limits: Limits) -> dict[str, object]:
    """Resume a run, or each seed's run in the folder; returns the summary of `start_run`."""
    folders = sorted(folder.glob("seed-*")) or [folder]
    outcomes = []
    for each in folders:
        outcomes.append(_resume(name, each, limits))
        if limits.stop.number:
            break
    return _summary(outcomes)


def _start(spec: RecogniserSpec, settings: Settings, data: str, out: Path, limits: Limits) -> Outcome:
    with locked(out):
        if (out / LAST).exists():
            raise UsageError(
                f"{out}: contains a run already; continue it with --resume {out}, or name another --out"
            )
        return train(spec, settings, _open(spec, settings, data, out), out, limits=limits)


def _resume(name: str, folder: Path, limits: Limits) -> Outcome:
    if not folder.is_dir():
        raise InputError(f"{folder}: no such checkpoint folder")
    with locked(folder):
        checkpoint = read_checkpoint(folder / LAST)
        saved = checkpoint.description
        if saved.recogniser != name:
            raise InputError(f"{folder / LAST}: a run of {saved.recogniser}, not of {name}")
        spec = recogniser_of(checkpoint)
        try:
            settings = resolve(spec, given=saved.settings)
        except UsageError as error:
            raise InputError(f"{folder / LAST / CONFIG}: settings: {error}") from None
        data = _open(spec, settings, str(saved.data["spec"]), folder)
        return train(spec, settings, data, folder, limits=limits, resume=True)


def _open(spec: RecogniserSpec, settings: Settings, data: str, out: Path) -> TrainingData:
    opened = open_training_data(data, spec.expects(settings.options), settings.train)
    detail(f"{data}: {len(opened.train)} samples to train on, {len(opened.validation)} to validate on")
    preset = settings.train.preset or next(iter(spec.presets))
    detail(f"{spec.name}: preset {preset}; all settings are in {out / 'settings.toml'}")
    left_out = (*opened.train.left_out, *opened.validation.left_out)
    lines = list(
        dict.fromkeys(f"{left.id}: {left.reason}" for left in left_out)
    )  # joined sources may share a file
    if lines:
        out.mkdir(parents=True, exist_ok=True)
        write_whole(out / LEFT_OUT, "".join(line + "\n" for line in lines))
    for line in lines[:LISTED]:
        note(f"left out: {line}")
    if len(lines) > LISTED:
        note(f"left out: {len(lines) - LISTED} more, see {out / LEFT_OUT}")
    return opened


def _with_seed(settings: Settings, seed: int) -> Settings:
    return replace(settings, train=replace(settings.train, seed=seed, seeds=1))


def _key_value(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise UsageError(f"--set {one_line(text)[:60]}: expected KEY=VALUE")
    return key, value


def _summary(outcomes: list[Outcome]) -> dict[str, object]:
    best = [outcome.best for outcome in outcomes]
    return {
        "runs": [
            {
                "folder": str(outcome.folder),
                "step": outcome.step,
                "best": outcome.best if outcome.best >= 0 else None,
                "complete": outcome.complete,
                "seconds": round(outcome.seconds, 1),
            }
            for outcome in outcomes
        ],
        "mean": round(statistics.fmean(best), 2),
        "deviation": round(statistics.stdev(best), 2) if len(best) > 1 else None,
    }
