"""The one training loop. It names no recogniser: what it trains comes as a `RecogniserSpec`.

All randomness is a function of seed and step: weights are drawn from the seed, batches and augmentation from seed and
epoch, dropout from seed, step and process. So weights, optimiser and a few counters are all that a run needs to go
on exactly as if it had never been stopped.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, fields
from pathlib import Path

import numpy as np
import torch
from accelerate import Accelerator, DistributedDataParallelKwargs
from accelerate.state import AcceleratorState
from accelerate.utils import gather_object, set_seed
from torch import Tensor
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from hmer_suite.data.subsets import pick
from hmer_suite.errors import InputError, TrainingError
from hmer_suite.files import write_whole
from hmer_suite.latex.automaton import grammar
from hmer_suite.nn.batch import Batch
from hmer_suite.nn.recogniser import Recogniser
from hmer_suite.scores.rates import Rates
from hmer_suite.settings.resolve import Settings, write_settings
from hmer_suite.specs.recogniser import Decoding, RecogniserSpec
from hmer_suite.specs.samples import SampleSet
from hmer_suite.train.checkpoint import (
    BEST,
    LAST,
    Description,
    TrainingState,
    load_weights,
    read_checkpoint,
    read_state,
    write_checkpoint,
)
from hmer_suite.train.datasets import TrainingData
from hmer_suite.train.evaluate import Readings, rate, read
from hmer_suite.train.loader import Loader
from hmer_suite.train.optim import (
    learning_rate,
    load_optimiser,
    make_optimiser,
    optimiser_tensors,
    set_learning_rate,
)
from hmer_suite.train.pretrained import seconds_before, start_encoder, start_from
from hmer_suite.train.reporter import Reporter
from hmer_suite.train.state import Counters, Limits, Outcome
from hmer_suite.version import __version__

NAMED = 20
"""New tokens, or parts, that are named; of more, only how many there are."""


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

    With `resume`, go on from ``last/``. Raises `TrainingError` for a loss that is not finite and for too little
    memory; the checkpoints written before stay.
    """
    trainer = _Trainer(spec, settings, data, Path(out), resume)
    if resume:
        trainer.resume()
    with _memory_explained():
        return trainer.run(limits)


class _Trainer:
    def __init__(self, spec: RecogniserSpec, settings: Settings, data: TrainingData, out: Path, resume: bool):
        self.spec, self.settings, self.config, self.data, self.out = spec, settings, settings.train, data, out
        self.accelerator = _accelerator(self.config)
        self.counters = Counters() if resume else Counters(before=seconds_before(self.config))
        self.preprocessing = spec.expects(settings.options)
        model = self._fresh_model()
        if self.config.encoder_from and not resume:
            self._start_encoder(model)
        self.vocabulary = model.vocabulary
        model.to(self.accelerator.device)
        decay = self.config.ema
        average = get_ema_multi_avg_fn(decay)
        self.average = AveragedModel(model, multi_avg_fn=average, use_buffers=True) if decay else None
        self.model, self.optimiser = self.accelerator.prepare(model, make_optimiser(model, self.config))
        self.loader = self._loader()
        self.total_steps = len(self.loader) * self.config.epochs

    @property
    def plain_model(self) -> Recogniser:
        """The network itself, without what accelerate put around it."""
        return self.accelerator.unwrap_model(self.model)

    @property
    def selected_model(self) -> Recogniser:
        """The network that is validated and kept: the average where there is one."""
        return self.average.module if self.average is not None else self.plain_model

    def run(self, limits: Limits) -> Outcome:
        started, before = time.monotonic(), self.counters.seconds
        if self.accelerator.is_main_process:
            self.out.mkdir(parents=True, exist_ok=True)
            write_whole(self.out / "settings.toml", write_settings(self.settings))
        with Reporter(
            self.out, self.total_steps, self.counters.step, show=self.accelerator.is_main_process
        ) as report:
            while not self._complete():
                for batch in self.loader.epoch(self.counters.epoch, skip=self.counters.batch):
                    if self._due(limits, started):
                        self._save()
                        return self._outcome()
                    loss, rate_ = self._step(batch)
                    self.counters.seconds = before + time.monotonic() - started
                    report.step(self.counters, loss, rate_, len(batch) * self.accelerator.num_processes)
                    if self._validation_due():
                        self._validate(report)
                        self._save()
                    elif self.counters.step % self.config.save_every == 0:
                        self._save()
                    if self._complete():
                        break
        self._save()
        return self._outcome()

    def _loader(self) -> Loader:
        config = self.config
        return Loader(
            self.data.train,
            self.vocabulary,
            config.batch_size,
            seed=config.seed,
            augment=config.augment if config.augmentation else None,
            augment_ink=config.augment_ink if config.augmentation else None,
            max_pixels=self.preprocessing.max_pixels,
            rank=self.accelerator.process_index,
            world=self.accelerator.num_processes,
            workers=config.workers,
        )

    def _step(self, batch: Batch) -> tuple[float, float]:
        """One step; gives the mean loss over all samples of all processes, and the learning rate."""
        config, counters = self.config, self.counters
        set_seed(_step_seed(config.seed, counters.step, self.accelerator.process_index))
        rate_ = learning_rate(config, counters.step, self.total_steps, counters.lowered)
        set_learning_rate(self.optimiser, rate_)
        self.model.train()
        self.optimiser.zero_grad(set_to_none=True)
        batch = batch.to(self.accelerator.device)
        with self.accelerator.autocast():
            losses = self.model(batch, label_smoothing=config.label_smoothing)
        mean, samples = self._mean(losses)
        self._check_finite(mean, losses, batch)
        # Gradients are averaged over processes, whose shares of the samples may differ by one.
        self.accelerator.backward(losses.sum() * (self.accelerator.num_processes / samples))
        if config.clip:
            self.accelerator.clip_grad_norm_(self.model.parameters(), config.clip)
        self.optimiser.step()
        if self.average is not None:
            self.average.update_parameters(self.plain_model)
        counters.step += 1
        counters.batch += 1
        if counters.batch == len(self.loader):
            counters.epoch, counters.batch = counters.epoch + 1, 0
        return mean, rate_

    def _mean(self, losses: Tensor) -> tuple[float, float]:
        """Mean loss over the samples of all processes, and their number."""
        sums = torch.stack([losses.detach().float().sum(), losses.new_tensor(len(losses)).float()])
        total, samples = self.accelerator.reduce(sums, "sum").tolist()
        return total / samples, samples

    def _check_finite(self, mean: float, losses: Tensor, batch: Batch) -> None:
        if np.isfinite(mean):
            return
        bad = [name for name, loss in zip(batch.ids, losses.tolist(), strict=True) if not np.isfinite(loss)]
        ids = ", ".join(gather_object(bad) or batch.ids)
        raise TrainingError(
            f"step {self.counters.step + 1}: the loss is not finite; samples: {ids}. "
            f"{self.out / LAST} is the last good checkpoint; a lower lr, clip or precision=fp32 may help"
        )

    def _validation_due(self) -> bool:
        every = self.config.validate_every
        return self.counters.step % every == 0 if every else self.counters.batch == 0

    def _validate(self, report: Reporter) -> None:
        samples = self.data.validation
        if self.config.validation_limit:
            samples = pick(samples, range(min(len(samples), self.config.validation_limit)))
        predictions = self._predictions(samples)
        rates = rate(predictions, samples.labels)
        counters = self.counters
        if (rates.exprate, -rates.wer) > (counters.best, -counters.best_wer):
            counters.best, counters.best_wer, counters.stale = rates.exprate, rates.wer, 0
            self._save_best(rates)
        else:
            counters.stale += 1
            if (
                self.config.schedule == "plateau"
                and counters.stale % max(1, self.config.plateau_patience) == 0
            ):
                counters.lowered += 1
        report.validation(counters, rates, samples, predictions)

    def _predictions(self, samples: SampleSet) -> list[str]:
        """Greedy readings in the order of the set; each process reads a share."""
        rank, world = self.accelerator.process_index, self.accelerator.num_processes
        longest = max((len(label.split()) for label in samples.labels), default=0)
        how = Decoding(max_length=max(50, longest + longest // 2))
        own: Readings = {}
        batch_size = max(8, self.config.batch_size)
        for found in read(
            self.selected_model, samples, how, batch_size=batch_size, batches=slice(rank, None, world)
        ):
            own |= found
        merged = {place: text for part in gather_object([_texts(own)]) for place, text in part.items()}
        return [merged[place] for place in range(len(samples))]

    def _complete(self) -> bool:
        counters, patience = self.counters, self.config.patience
        return counters.step >= self.total_steps or bool(patience and counters.stale >= patience)

    def _due(self, limits: Limits, started: float) -> bool:
        """Whether a limit says to stop; the clock of the first process decides for all."""
        if limits.max_steps is not None and self.counters.step >= limits.max_steps:
            return True
        if limits.max_minutes is None:
            return False
        late = torch.tensor(float(time.monotonic() - started > 60 * limits.max_minutes))
        return bool(self.accelerator.reduce(late.to(self.accelerator.device), "max").item())

    def _outcome(self) -> Outcome:
        counters = self.counters
        return Outcome(self.out, counters.step, counters.best, self._complete(), counters.seconds)

    # --- checkpoints ---------------------------------------------------------------------------------------

    def _fresh_model(self) -> Recogniser:
        torch.manual_seed(self.config.seed)
        if not self.config.init_from:
            return self.spec.build(self.settings.options, self.data.vocabulary())
        checkpoint = read_checkpoint(self.config.init_from)
        start = start_from(checkpoint, self.spec, self.settings.options, self.data.vocabulary())
        if self.accelerator.is_main_process:
            self._tell("tokens that are new to it", start.new)
            self._tell("parts that it lacks, and that start fresh", start.fresh)
            self._tell("parts of it that are not used", start.unused)
        return start.model

    def _tell(self, what: str, names: tuple[str, ...]) -> None:
        """Say on stderr what does not simply go on from the checkpoint; the first `NAMED` by name."""
        if names:
            more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
            print(
                f"init_from={self.config.init_from}: {what}: {' '.join(names[:NAMED])}{more}", file=sys.stderr
            )

    def _start_encoder(self, model: Recogniser) -> None:
        said = start_encoder(model, self.config.encoder_from)
        if self.accelerator.is_main_process:
            print(said, file=sys.stderr)

    def _description(self, rates: Rates | None = None) -> Description:
        return Description(
            recogniser=self.spec.name,
            suite=__version__,
            vocabulary=self.vocabulary.symbols,
            options={
                item.name: getattr(self.settings.options, item.name) for item in fields(self.settings.options)
            },
            settings=self.settings.flat(),
            preprocessing=self.preprocessing,
            grammar=grammar().digest,
            data=self.data.describe(),
            metrics={"validation": rates.to_json()} if rates else {},
            step=self.counters.step,
            seconds=round(self.counters.before + self.counters.seconds, 1),
        )

    def _save_best(self, rates: Rates) -> None:
        if self.accelerator.is_main_process:
            weights = self.selected_model.state_dict()
            write_checkpoint(self.out / BEST, self._description(rates), weights)

    def _save(self) -> None:
        if self.accelerator.is_main_process:
            tensors = optimiser_tensors(self.optimiser.optimizer)
            if self.average is not None:
                tensors |= {f"average.{name}": tensor for name, tensor in self.average.state_dict().items()}
            state = TrainingState(tensors, asdict(self.counters))
            write_checkpoint(self.out / LAST, self._description(), self.plain_model.state_dict(), state)
        self.accelerator.wait_for_everyone()

    def resume(self) -> None:
        """Take up the run of ``last/``; `InputError` where its settings or samples are not these."""
        checkpoint = read_checkpoint(self.out / LAST)
        self._check_same(checkpoint.description)
        state = read_state(checkpoint)
        load_weights(self.plain_model, checkpoint.weights(), checkpoint.folder)
        load_optimiser(self.optimiser.optimizer, dict(state.tensors))
        if self.average is not None:
            prefix = "average."
            own = {
                name.removeprefix(prefix): t for name, t in state.tensors.items() if name.startswith(prefix)
            }
            self.average.load_state_dict(own)
        self.counters = Counters(**state.counters)

    def _check_same(self, saved: Description) -> None:
        if saved.recogniser != self.spec.name:
            raise InputError(f"{self.out / LAST}: a run of {saved.recogniser}, not of {self.spec.name}")
        if saved.data != self.data.describe():
            raise InputError(
                f"{self.out / LAST}: trained on other samples than --data {self.data.spec} gives now"
            )


def _texts(readings: Readings) -> dict[int, str]:
    return {place: hypotheses[0].latex if hypotheses else "" for place, hypotheses in readings.items()}


def _accelerator(config) -> Accelerator:
    if config.threads:
        torch.set_num_threads(config.threads)
    if config.device == "cuda" and not torch.cuda.is_available():
        raise InputError("device=cuda: torch sees no CUDA device here")
    # One process may train several times; accelerate would hold it to the precision and device of the first.
    AcceleratorState._reset_state(reset_partial_state=not torch.distributed.is_initialized())
    # A recogniser may leave parameters without gradient on some batches (an auxiliary head, say).
    ddp = DistributedDataParallelKwargs(find_unused_parameters=True)
    precision = "bf16" if config.precision == "bf16" else "no"
    return Accelerator(cpu=config.device == "cpu", mixed_precision=precision, kwargs_handlers=[ddp])


def _step_seed(seed: int, step: int, rank: int) -> int:
    return int(np.random.SeedSequence([seed, step, rank]).generate_state(1)[0])


@contextmanager
def _memory_explained() -> Iterator[None]:
    """Turn what torch raises when memory runs out into a sentence that says which setting helps."""
    try:
        yield
    except (torch.OutOfMemoryError, MemoryError) as error:
        raise _too_little_memory() from error
    except RuntimeError as error:
        if "can't allocate memory" not in str(error):
            raise
        raise _too_little_memory() from error


def _too_little_memory() -> TrainingError:
    return TrainingError(
        "too little memory: lower batch_size, or train with precision=bf16 or a smaller preset"
    )
