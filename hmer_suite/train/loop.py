"""The training loop. It names no recogniser: what it trains is described by a `RecogniserSpec`."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from accelerate.utils import gather_object, set_seed
from torch import Tensor

from hmer_suite.errors import InputError, TrainingError
from hmer_suite.files import write_whole
from hmer_suite.nn.batch import Batch
from hmer_suite.nn.recogniser import Recogniser, losses_of
from hmer_suite.settings.resolve import Settings, write_settings
from hmer_suite.specs.recogniser import RecogniserSpec
from hmer_suite.train.checkpoint import LAST
from hmer_suite.train.datasets import TrainingData
from hmer_suite.train.devices import errors_explained, step_seed
from hmer_suite.train.optim import learning_rate, set_learning_rate
from hmer_suite.train.plan import Horizon, time_share
from hmer_suite.train.reporter import Reporter
from hmer_suite.train.state import Limits, Outcome
from hmer_suite.train.training_run import TrainingRun, prepare_run, save_last
from hmer_suite.train.validation import validate, validation_due

LARGEST_WEIGHT = 1e12
"""Absolute value beyond which a weight is a sign of divergence; squares of larger ones overflow soon."""


def train(
    spec: RecogniserSpec,
    settings: Settings,
    data: TrainingData,
    out: str | Path,
    *,
    limits: Limits = Limits(),
    resume: bool = False,
) -> Outcome:
    """Train a recogniser into the folder `out`: ``last/`` to resume from, ``best/`` as validation selected it.

    With `resume`, continue from ``last/``. Raises `TrainingError` for a loss or weights that are not finite and for
    too little memory; the checkpoints written before stay.
    """
    run = prepare_run(spec, settings, data, Path(out), resume)
    with errors_explained(), limits.stop.heed():
        return _train(run, limits)


def _train(run: TrainingRun, limits: Limits) -> Outcome:
    counters, is_main = run.counters, run.accelerator.is_main_process
    started, before = time.monotonic(), counters.seconds
    if is_main:
        run.out.mkdir(parents=True, exist_ok=True)
        write_whole(run.out / "settings.toml", write_settings(run.settings))
    horizon = Horizon(run.total_steps, run.config.minutes, limits, counters.step, counters.seconds)
    with Reporter(run, horizon) as report:
        batch: Batch | None = None
        while not run.is_complete():
            for upcoming in _batches(run):
                if _limit_reached(run, limits, started):
                    _keep(run, batch, report)
                    return run.outcome()
                batch = upcoming
                loss, rate = step(run, batch)
                counters.seconds = _agreed(run, before + time.monotonic() - started)
                report.step(counters, loss, rate, len(batch) * run.accelerator.num_processes)
                if validation_due(run):
                    check_weights(run, batch)
                    validate(run, report)
                    save_last(run)
                    report.checkpoint(counters, run.out / LAST)
                elif counters.step % run.config.save_every == 0:
                    _keep(run, batch, report)
                if run.is_complete():
                    break
        _keep(run, batch, report)
    return run.outcome()


def _batches(run: TrainingRun) -> Iterator[Batch]:
    """The batches that are left of the epoch; where a sample cannot be read, what was learnt before is saved."""
    try:
        yield from run.loader.epoch(run.counters.epoch, skip=run.counters.batch)
    except InputError:
        if run.accelerator.num_processes == 1:  # others would not take part in saving
            save_good(run, None)
        raise


def _keep(run: TrainingRun, batch: Batch | None, report: Reporter) -> None:
    save_good(run, batch)
    report.checkpoint(run.counters, run.out / LAST)


def save_good(run: TrainingRun, batch: Batch | None) -> None:
    """Write ``last/``; `TrainingError` instead if the weights have left the range in which training can go on."""
    check_weights(run, batch)
    save_last(run)


def check_weights(run: TrainingRun, batch: Batch | None) -> None:
    """Raise `TrainingError` for weights that are huge or not finite, or with which the last batch has no finite loss.

    A loss is that of the weights before its step. Without this check, the weights that the last step has ruined
    would replace those of the last good checkpoint. All processes have the same weights, and decide alike.
    """
    largest = largest_weight(run.plain_model)
    mean = 0.0
    if batch is not None and largest <= LARGEST_WEIGHT:
        run.model.eval()
        with torch.no_grad(), run.accelerator.autocast():
            losses = losses_of(run.plain_model, batch.to(run.accelerator.device))
        mean, _ = _mean(run, losses)
    if not (largest <= LARGEST_WEIGHT and np.isfinite(mean)):
        found = "the loss is not finite" if largest <= LARGEST_WEIGHT else f"a weight is {largest:.0e}"
        raise TrainingError(f"after step {run.counters.step}: {found}. {_what_remains(run)}")


def largest_weight(model: Recogniser) -> float:
    """The largest absolute value of all weights; not a number if one of them is none."""
    sizes = [
        p.detach().abs().max() for p in model.state_dict().values() if p.is_floating_point() and p.numel()
    ]
    return float(torch.stack([size.float() for size in sizes]).max())


def step(run: TrainingRun, batch: Batch) -> tuple[float, float]:
    """One optimiser step; the mean loss over all samples of all processes, and the learning rate."""
    accelerator, config, counters = run.accelerator, run.config, run.counters
    set_seed(step_seed(config.seed, counters.step, accelerator.process_index))
    passed = time_share(config, counters)
    rate = learning_rate(config, counters.step, run.total_steps, counters.lowered, passed)
    set_learning_rate(run.optimiser, rate)
    run.model.train()
    run.optimiser.zero_grad(set_to_none=True)
    batch = batch.to(accelerator.device)
    with accelerator.autocast():
        losses = losses_of(run.model, batch, config.label_smoothing)
    mean, samples = _mean(run, losses)
    if not np.isfinite(mean):
        raise _not_finite(run, losses, batch)
    # Gradients are averaged over processes, whose numbers of samples may differ by one.
    accelerator.backward(losses.sum() * (accelerator.num_processes / samples))
    if config.clip:
        accelerator.clip_grad_norm_(run.model.parameters(), config.clip)
    run.optimiser.step()
    if run.average is not None:
        run.average.update_parameters(run.plain_model)
    counters.step += 1
    counters.batch += 1
    if counters.batch == len(run.loader):
        counters.epoch, counters.batch = counters.epoch + 1, 0
    return mean, rate


def _mean(run: TrainingRun, losses: Tensor) -> tuple[float, float]:
    """Mean loss over the samples of all processes, and their number."""
    sums = torch.stack([losses.detach().float().sum(), losses.new_tensor(len(losses)).float()])
    total, samples = run.accelerator.reduce(sums, "sum").tolist()
    return total / samples, samples


def _not_finite(run: TrainingRun, losses: Tensor, batch: Batch) -> TrainingError:
    bad = [name for name, loss in zip(batch.ids, losses.tolist(), strict=True) if not np.isfinite(loss)]
    ids = ", ".join(gather_object(bad) or batch.ids)
    return TrainingError(
        f"step {run.counters.step + 1}: the loss is not finite; samples: {ids}. {_what_remains(run)}"
    )


def _what_remains(run: TrainingRun) -> str:
    """A sentence on the checkpoint to go back to, and on what may help."""
    last = run.out / LAST
    kept = f"{last} is the last good checkpoint" if last.is_dir() else "No checkpoint was written before"
    return f"{kept}; a lower lr, clip or precision=fp32 may help"


def _agreed(run: TrainingRun, seconds: float) -> float:
    """Seconds that all processes count alike, where the schedule depends on them."""
    if run.accelerator.num_processes == 1 or not run.config.minutes:
        return seconds
    counted = torch.tensor(seconds, dtype=torch.float32, device=run.accelerator.device)
    return float(run.accelerator.reduce(counted, "mean").item())


def _limit_reached(run: TrainingRun, limits: Limits, started: float) -> bool:
    """Whether a limit is reached; the clock or the signal of any process decides for all."""
    if limits.max_steps is not None and run.counters.step >= limits.max_steps:
        return True
    ended = bool(limits.stop.number)
    if limits.max_minutes is not None:
        ended = ended or time.monotonic() - started > 60 * limits.max_minutes
    if run.accelerator.num_processes == 1:
        return ended
    late = torch.tensor(float(ended))
    return bool(run.accelerator.reduce(late.to(run.accelerator.device), "max").item())
