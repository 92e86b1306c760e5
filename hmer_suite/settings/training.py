"""Settings of training, the same for every recogniser, with their defaults and ranges."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Literal, get_args

from annotated_types import Interval

from hmer_suite.errors import UsageError
from hmer_suite.settings.augmentation import Augment, AugmentInk
from hmer_suite.specs.ranges import Count, NonNegative, Positive, PositiveCount, Probability

Precision = Literal["fp32", "bf16"]
PRECISIONS: tuple[str, ...] = get_args(Precision)


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """Settings of training that every recogniser has."""

    preset: str = ""
    """Named settings of the recogniser; empty takes its first preset."""
    seed: Annotated[int, Interval(ge=0, le=2**63 - 1)] = 0
    """Seed of weights, batches, augmentation and dropout."""
    seeds: Annotated[int, Interval(ge=1, le=1000)] = 1
    """Number of runs, with consecutive seeds from `seed`; their mean and standard deviation are reported."""
    epochs: PositiveCount = 100
    """Passes over the training samples; the learning rate's schedule ends with them."""
    minutes: NonNegative = 0.0
    """Minutes of training, over all sessions, with which run and schedule end if epochs do not; 0 plans by epochs."""
    batch_size: Annotated[int, Interval(ge=1, le=65_536)] = 8
    """Samples per step on each process."""
    lr: Positive = 1e-3
    """Peak learning rate."""
    optimiser: Literal["adamw", "adadelta", "sgd"] = "adamw"
    """adamw, adadelta or sgd (Nesterov, momentum 0.9)."""
    weight_decay: NonNegative = 1e-4
    """Weight decay of matrices and kernels; biases and normalisations have none."""
    schedule: Literal["cosine", "plateau", "constant"] = "cosine"
    """cosine (to a hundredth of the peak), plateau (tenfold down after `plateau_patience` validations) or constant."""
    warmup_steps: Count = 500
    """Steps over which the learning rate rises from 0."""
    plateau_patience: Count = 5
    """Validations without improvement of the expression rate before plateau lowers the learning rate."""
    clip: NonNegative = 5.0
    """Largest norm of the gradient; 0 does not clip."""
    label_smoothing: Probability = 0.0
    """Share of the target's probability spread over the vocabulary."""
    ema: Probability = 0.0
    """Decay of the moving average of weights that is validated and kept; 0 keeps the weights themselves."""
    patience: Count = 0
    """Validations without improvement of the expression rate before training stops; 0 never stops early."""
    validate_every: Count = 0
    """Steps between validations; 0 validates at the end of every epoch."""
    validation: str = "validation"
    """Split that selects the best checkpoint; never a test split."""
    validation_limit: Count = 0
    """Number of samples to validate on, the first of the split; 0 takes all."""
    holdout: Probability = 0.05
    """Share of the training samples held out, all of a label together, where the data has no validation split."""
    max_tokens: Count = 0
    """Longest label to train on, in tokens, as for a curriculum; 0 takes all."""
    save_every: PositiveCount = 500
    """Steps between checkpoints."""
    init_from: str = ""
    """Checkpoint folder whose weights training starts from; unknown tokens are added to its vocabulary."""
    encoder_from: str = ""
    """Checkpoint, run, recogniser with weights or file of tensors whose encoder this one's encoder starts from."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    """auto, cpu or cuda."""
    precision: Precision = "fp32"
    """fp32 or bf16 (automatic mixed precision)."""
    tracker: tuple[str, ...] = ("tensorboard",)
    """Who listens to the run, with commas: tensorboard, wandb, mlflow, a plugin's listener; none for nobody."""
    threads: Annotated[int, Interval(ge=0, le=1024)] = 0
    """CPU threads of one process; 0 leaves the number to torch."""
    workers: Annotated[int, Interval(ge=0, le=256)] = 2
    """Threads that prepare batches ahead."""
    augmentation: bool = True
    """Whether training samples are augmented, as ``augment.NAME`` and ``augment_ink.NAME`` say."""
    augment: Augment = field(default_factory=Augment)
    """Augmentation of training images."""
    augment_ink: AugmentInk = field(default_factory=AugmentInk)
    """Augmentation of training ink."""

    def __post_init__(self) -> None:
        if self.init_from and self.encoder_from:
            raise UsageError("init_from and encoder_from: give one of them, init_from includes an encoder")
        if self.validation.startswith("test"):
            raise UsageError(
                f"validation={self.validation}: a model is never selected on a test split; "
                "take the validation split or hold out a part of training"
            )
