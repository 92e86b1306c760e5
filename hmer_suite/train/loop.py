"""The training loop. It names no recogniser: what it trains is described by a `RecogniserSpec`."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import torch
from accelerate.utils import gather_object, set_seed
from torch import Tensor

from hmer_suite.errors import TrainingError
from hmer_suite.files import write_whole
from hmer_suite.nn.batch import Batch
from hmer_suite.nn.recogniser import losses_of
from hmer_suite.settings.resolve import Settings, write_settings
from hmer_suite.specs.recogniser import RecogniserSpec
from hmer_suite.train.checkpoint import LAST
from hmer_suite.train.datasets import TrainingData
from hmer_suite.train.devices import memory_errors_explained, step_seed
from hmer_suite.train.optim import learning_rate, set_learning_rate
from hmer_suite.train.reporter import Reporter
from hmer_suite.train.state import Limits, Outcome
from hmer_suite.train.training_run import TrainingRun, prepare_run, save_last
from hmer_suite.train.validation import validate, validation_due


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

    With `resume`, continue from ``last/``. Raises `TrainingError` for a loss that is not finite and for too little
    memory; the checkpoints written before stay.
    """
    run = prepare_run(spec, settings, data, Path(out), resume)
    with memory_errors_explained():
        return _train(run, limits)


def _train(run: TrainingRun, limits: Limits) -> Outcome:
    counters, is_main = run.counters, run.accelerator.is_main_process
    started, before = time.monotonic(), counters.seconds
    if is_main:
        run.out.mkdir(parents=True, exist_ok=True)
        write_whole(run.out / "settings.toml", write_settings(run.settings))
    with Reporter(run.out, run.total_steps, counters.step, show=is_main) as report:
        while not run.is_complete():
            for batch in run.loader.epoch(counters.epoch, skip=counters.batch):
                if _limit_reached(run, limits, started):
                    save_last(run)
                    return run.outcome()
                loss, rate = step(run, batch)
                counters.seconds = before + time.monotonic() - started
                report.step(counters, loss, rate, len(batch) * run.accelerator.num_processes)
                if validation_due(run):
                    validate(run, report)
                    save_last(run)
                elif counters.step % run.config.save_every == 0:
                    save_last(run)
                if run.is_complete():
                    break
    save_last(run)
    return run.outcome()


def step(run: TrainingRun, batch: Batch) -> tuple[float, float]:
    """One optimiser step; the mean loss over all samples of all processes, and the learning rate."""
    accelerator, config, counters = run.accelerator, run.config, run.counters
    set_seed(step_seed(config.seed, counters.step, accelerator.process_index))
    rate = learning_rate(config, counters.step, run.total_steps, counters.lowered)
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
        f"step {run.counters.step + 1}: the loss is not finite; samples: {ids}. "
        f"{run.out / LAST} is the last good checkpoint; a lower lr, clip or precision=fp32 may help"
    )


def _limit_reached(run: TrainingRun, limits: Limits, started: float) -> bool:
    """Whether a limit is reached; the clock of any process decides for all."""
    if limits.max_steps is not None and run.counters.step >= limits.max_steps:
        return True
    if limits.max_minutes is None:
        return False
    late = torch.tensor(float(time.monotonic() - started > 60 * limits.max_minutes))
    return bool(run.accelerator.reduce(late.to(run.accelerator.device), "max").item())
