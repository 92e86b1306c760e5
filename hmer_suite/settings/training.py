"""Settings of training: defaults, then the preset, then a TOML file, then ``--set``.

One flat list of names holds the settings of the harness (`TrainConfig`), those of augmentation (``augment.NAME`` for
images, ``augment_ink.NAME`` for ink) and those of the recogniser itself (its `options`), so that ``--set`` needs no
notion of who a setting belongs to.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from hmer_suite.errors import UsageError
from hmer_suite.settings.augmentation import Augment, AugmentInk

OPTIMISERS = ("adamw", "adadelta", "sgd")
SCHEDULES = ("cosine", "plateau", "constant")
PRECISIONS = ("fp32", "bf16")


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """Settings that every recogniser knows."""

    preset: str = ""
    """Named settings of the recogniser; empty takes its first preset."""
    seed: int = 0
    """Seed of weights, batches, augmentation and dropout."""
    seeds: int = 1
    """Runs to train, with seeds counted up from `seed`; mean and deviation are reported."""
    epochs: int = 100
    """Passes over the training samples; the learning rate's schedule ends with them."""
    batch_size: int = 8
    """Images a step on each process."""
    lr: float = 1e-3
    """Peak learning rate."""
    optimiser: str = "adamw"
    """adamw, adadelta or sgd (Nesterov, momentum 0.9)."""
    weight_decay: float = 1e-4
    """Weight decay of matrices and kernels; biases and normalisations have none."""
    schedule: str = "cosine"
    """cosine (to a hundredth of the peak), plateau (tenfold down after `plateau_patience` validations) or constant."""
    warmup_steps: int = 500
    """Steps over which the learning rate rises from nought."""
    plateau_patience: int = 5
    """Validations without a better expression rate before plateau lowers the learning rate."""
    clip: float = 5.0
    """Largest norm of the gradient; 0 leaves it as it is."""
    label_smoothing: float = 0.0
    """Share of the target's probability spread over the vocabulary."""
    ema: float = 0.0
    """Decay of the average of weights that is validated and kept; 0 takes the weights as they are."""
    patience: int = 0
    """Validations without a better expression rate before training stops; 0 never stops early."""
    validate_every: int = 0
    """Steps between validations; 0 validates at the end of every epoch."""
    validation: str = "validation"
    """Split that selects the best checkpoint; never a test split."""
    validation_limit: int = 0
    """Validate on the first so many samples; 0 takes all."""
    holdout: float = 0.05
    """Share of the training samples held out where the data has no validation split."""
    max_tokens: int = 0
    """Train on labels of at most so many tokens, first of all short ones (a curriculum, say); 0 takes all."""
    save_every: int = 500
    """Steps between checkpoints."""
    init_from: str = ""
    """Checkpoint folder whose weights training starts from; tokens that it does not know are added to its own."""
    encoder_from: str = ""
    """Checkpoint, run, recogniser with weights or file of tensors whose encoder this one's encoder starts from."""
    device: str = "auto"
    """auto, cpu or cuda."""
    precision: str = "fp32"
    """fp32 or bf16 (automatic mixed precision)."""
    threads: int = 0
    """Threads of one process on the CPU; 0 takes what torch takes."""
    workers: int = 2
    """Threads that prepare batches ahead."""
    augmentation: bool = True
    """Whether training samples are varied; each way has a setting ``augment.NAME`` or ``augment_ink.NAME``."""
    augment: Augment = field(default_factory=Augment)
    """How training images are varied."""
    augment_ink: AugmentInk = field(default_factory=AugmentInk)
    """How training ink is varied."""

    def __post_init__(self) -> None:
        _one_of("optimiser", self.optimiser, OPTIMISERS)
        _one_of("schedule", self.schedule, SCHEDULES)
        _one_of("precision", self.precision, PRECISIONS)
        for name in ("seeds", "epochs", "batch_size", "save_every"):
            _at_least(name, getattr(self, name), 1)
        for name in (
            "seed",
            "warmup_steps",
            "clip",
            "weight_decay",
            "patience",
            "validate_every",
            "workers",
            "threads",
        ):
            _at_least(name, getattr(self, name), 0)
        for name in ("ema", "label_smoothing", "holdout"):
            if not 0 <= getattr(self, name) < 1:
                raise UsageError(f"{name}={getattr(self, name)}: expected at least 0 and below 1")
        if self.lr <= 0:
            raise UsageError(f"lr={self.lr}: expected more than 0")
        if self.init_from and self.encoder_from:
            raise UsageError("init_from and encoder_from: give one of them, init_from has an encoder already")
        if self.validation == "test" or self.validation.startswith("test"):
            raise UsageError(
                f"validation={self.validation}: a model is never selected on a test split; "
                "take the validation split or hold out a part of training"
            )


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise UsageError(f"{name}={value}: expected {', '.join(allowed)}")


def _at_least(name: str, value: float, least: float) -> None:
    if value < least:
        raise UsageError(f"{name}={value}: expected at least {least}")
