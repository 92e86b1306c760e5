"""A run in memory: network, optimiser, moving average, batches and counters; how they are prepared and saved.

All randomness is a function of seed and step: weights are drawn from the seed, batches and augmentation from seed and
epoch, dropout from seed, step and process. So weights, optimiser and a few counters suffice to resume a run exactly.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from pathlib import Path

from accelerate import Accelerator
from accelerate.optimizer import AcceleratedOptimizer
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from hmer_suite.errors import InputError
from hmer_suite.latex.automaton import grammar
from hmer_suite.nn.recogniser import Recogniser
from hmer_suite.scores.rates import Rates
from hmer_suite.settings.resolve import Settings
from hmer_suite.settings.training import TrainConfig
from hmer_suite.specs.recogniser import Preprocessing, RecogniserSpec
from hmer_suite.train.checkpoint import (
    BEST,
    COUNTERS,
    LAST,
    STATE,
    TrainingState,
    load_weights,
    read_checkpoint,
    read_state,
    write_checkpoint,
)
from hmer_suite.train.datasets import TrainingData
from hmer_suite.train.description import Description, checked
from hmer_suite.train.devices import make_accelerator
from hmer_suite.train.initial_weights import initial_model
from hmer_suite.train.loader import Loader
from hmer_suite.train.optim import load_optimiser, make_optimiser, optimiser_tensors
from hmer_suite.train.plan import is_over
from hmer_suite.train.pretrained import seconds_before
from hmer_suite.train.state import Counters, Outcome
from hmer_suite.version import __version__

AVERAGE = "average."
"""Prefix of the moving average's tensors in ``training.safetensors``."""


@dataclass(slots=True, eq=False)
class TrainingRun:
    """All that a run works on. `model` and `optimiser` are wrapped by accelerate; `average` is None without `ema`."""

    spec: RecogniserSpec
    settings: Settings
    data: TrainingData
    out: Path
    accelerator: Accelerator
    model: nn.Module
    optimiser: AcceleratedOptimizer
    average: AveragedModel | None
    loader: Loader
    counters: Counters

    @property
    def config(self) -> TrainConfig:
        """The settings of training."""
        return self.settings.train

    @property
    def preprocessing(self) -> Preprocessing:
        """The preprocessing of the network's inputs."""
        return self.spec.expects(self.settings.options)

    @property
    def total_steps(self) -> int:
        """Steps of all epochs; the planned minutes may end the run before."""
        return len(self.loader) * self.config.epochs

    @property
    def plain_model(self) -> Recogniser:
        """The network without accelerate's wrapping."""
        return self.accelerator.unwrap_model(self.model)

    @property
    def selected_model(self) -> Recogniser:
        """The network that is validated and kept: the moving average if there is one."""
        if self.average is None:
            return self.plain_model
        model = self.average.module
        assert isinstance(model, Recogniser)
        return model

    def is_complete(self) -> bool:
        """Whether the plan is done, or validation has not improved for `patience` times."""
        return is_over(self.config, self.counters, self.total_steps)

    def outcome(self) -> Outcome:
        """The summary of the run so far."""
        counters = self.counters
        return Outcome(self.out, counters.step, counters.best, self.is_complete(), counters.seconds)


def prepare_run(
    spec: RecogniserSpec, settings: Settings, data: TrainingData, out: Path, resume: bool
) -> TrainingRun:
    """A run from its beginning or, with `resume`, from ``last/``."""
    config = settings.train
    accelerator = make_accelerator(config)
    counters = Counters() if resume else Counters(before=seconds_before(config))
    model = initial_model(
        spec, settings, data.vocabulary(), encoder=not resume, verbose=accelerator.is_main_process
    )
    vocabulary = model.vocabulary
    model.to(accelerator.device)
    update = get_ema_multi_avg_fn(config.ema)
    average = AveragedModel(model, multi_avg_fn=update, use_buffers=True) if config.ema else None
    wrapped, optimiser = accelerator.prepare(model, make_optimiser(model, config))
    loader = Loader(
        data.train,
        vocabulary,
        config.batch_size,
        seed=config.seed,
        augment=config.augment if config.augmentation else None,
        augment_ink=config.augment_ink if config.augmentation else None,
        max_pixels=spec.expects(settings.options).max_pixels,
        rank=accelerator.process_index,
        world=accelerator.num_processes,
        workers=config.workers,
    )
    run = TrainingRun(
        spec, settings, data, out, accelerator, wrapped, optimiser, average, loader, counters
    )  # fmt: skip
    if resume:
        _restore(run)
    return run


def save_last(run: TrainingRun) -> None:
    """Write ``last/``, from which the run can be resumed; the other processes wait."""
    if run.accelerator.is_main_process:
        tensors = optimiser_tensors(run.optimiser.optimizer)
        if run.average is not None:
            tensors |= {AVERAGE + name: tensor for name, tensor in run.average.state_dict().items()}
        state = TrainingState(tensors, asdict(run.counters))
        write_checkpoint(run.out / LAST, _description(run), run.plain_model.state_dict(), state)
    run.accelerator.wait_for_everyone()


def save_best(run: TrainingRun, rates: Rates) -> None:
    """Write ``best/``, the network of these validation rates."""
    if run.accelerator.is_main_process:
        weights = run.selected_model.state_dict()
        write_checkpoint(run.out / BEST, _description(run, rates), weights)


def _description(run: TrainingRun, rates: Rates | None = None) -> Description:
    options = run.settings.options
    return Description(
        recogniser=run.spec.name,
        suite=__version__,
        vocabulary=run.plain_model.vocabulary.symbols,
        options={item.name: getattr(options, item.name) for item in fields(options)},
        settings=run.settings.flat(),
        preprocessing=run.preprocessing,
        grammar=grammar().digest,
        data=run.data.describe(),
        metrics={"validation": rates.to_json()} if rates else {},
        step=run.counters.step,
        seconds=round(run.counters.before + run.counters.seconds, 1),
    )


def _restore(run: TrainingRun) -> None:
    """Load weights, optimiser, average and counters of ``last/``.

    Raises `InputError` for a checkpoint of another recogniser or of other samples, and for a damaged one.
    """
    checkpoint = read_checkpoint(run.out / LAST)
    saved = checkpoint.description
    if saved.recogniser != run.spec.name:
        raise InputError(f"{run.out / LAST}: a run of {saved.recogniser}, not of {run.spec.name}")
    if saved.data != run.data.describe():
        raise InputError(
            f"{run.out / LAST}: was trained on other samples than --data {run.data.spec} has now"
        )
    state = read_state(checkpoint)
    counters = checked(Counters, state.counters, checkpoint.folder / COUNTERS)
    load_weights(run.plain_model, checkpoint.weights(), checkpoint.folder)
    try:
        load_optimiser(run.optimiser.optimizer, state.tensors)
        if run.average is not None:
            averaged = {
                name.removeprefix(AVERAGE): tensor
                for name, tensor in state.tensors.items()
                if name.startswith(AVERAGE)
            }
            run.average.load_state_dict(averaged)
    except (ValueError, KeyError, RuntimeError) as error:
        reason = " ".join(str(error).split())
        raise InputError(f"{checkpoint.folder / STATE}: does not fit the recogniser: {reason}") from None
    run.counters = counters
