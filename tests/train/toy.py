"""A recogniser small enough for tests, without batch statistics, and squares to read with it.

As a script it trains: ``python -m tests.train.toy OUT STEPS BATCH_SIZE [resume] [steady] [doomed]``; steady is without
dropout, and if doomed the second process kills itself in its ninth step.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from hmer_suite.cli.interrupts import interruptible
from hmer_suite.decoding.stepwise import Memory, State, StepwiseRecogniser
from hmer_suite.errors import HmerSuiteError
from hmer_suite.nn.batch import Batch
from hmer_suite.settings.resolve import resolve
from hmer_suite.specs.ranges import Probability, Size
from hmer_suite.specs.recogniser import Preprocessing, RecogniserSpec
from hmer_suite.specs.samples import SampleSet
from hmer_suite.specs.vocabulary import BEGIN, Vocabulary
from hmer_suite.train import loop
from hmer_suite.train.datasets import TrainingData
from hmer_suite.train.loop import train
from hmer_suite.train.state import Limits, Outcome, Stop


@dataclass(frozen=True, slots=True)
class ToyOptions:
    """Settings of the toy."""

    width: Size = 16
    """Size of everything."""
    poison: float = 0.0
    """Not 0: the loss of an image without ink is infinite."""
    dropout: Probability = 0.2
    """Probability that a feature is left out in training."""


class Toy(StepwiseRecogniser):
    """Mean of a convolution, then a recurrent cell; dropout, so that random numbers matter."""

    def __init__(self, options: ToyOptions, vocabulary: Vocabulary):
        super().__init__(vocabulary)
        width = options.width
        self.poison = options.poison
        self.convolution = nn.Conv2d(1, width, 5, stride=2)
        self.embedding = nn.Embedding(len(vocabulary), width)
        self.cell = nn.GRUCell(width, width)
        self.dropout = nn.Dropout(options.dropout)
        self.output = nn.Linear(width, len(vocabulary))

    def start(self, batch: Batch) -> tuple[Memory, State]:
        ink = self.convolution(batch.images).relu()
        size = batch.mask.float().sum(dim=(2, 3))
        return {}, {"hidden": ink.sum(dim=(2, 3)) / size}

    def step(self, memory: Memory, state: State, tokens: Tensor) -> tuple[Tensor, State]:
        hidden = self.cell(self.embedding(tokens), state["hidden"])
        return self.output(self.dropout(hidden)).log_softmax(dim=-1), {"hidden": hidden}

    def forward(self, batch: Batch, label_smoothing: float = 0.0) -> Tensor:
        memory, state = self.start(batch)
        tokens = torch.full((len(batch),), BEGIN, device=batch.tokens.device)
        losses = torch.zeros(len(batch), device=batch.tokens.device)
        for place in range(batch.tokens.shape[1]):
            scores, state = self.step(memory, state, tokens)
            tokens = batch.tokens[:, place]
            loss = nn.functional.nll_loss(scores, tokens, reduction="none")
            losses = losses + loss * (place < batch.lengths)
        if self.poison:
            losses = losses + torch.where(batch.images.sum(dim=(1, 2, 3)) == 0, torch.inf, 0.0)
        return losses


TOY = RecogniserSpec(
    "toy",
    "for tests",
    ToyOptions,
    Toy,
    presets={"base": {"lr": 0.01, "warmup_steps": 5, "batch_size": 4}},
    preprocessing=lambda options: Preprocessing(symbol_height=8),
)


def squares(number: int, split: str, blank: int | None = None) -> SampleSet:
    """Images of one to three squares, labelled with their number; sample `blank` has no ink."""
    rng = np.random.default_rng([number, len(split)])
    images, labels = [], []
    for index in range(number):
        count = int(rng.integers(1, 4))
        image = np.zeros((12 + index % 3, 36 + index % 7), np.uint8)
        for square in range(count if index != blank else 0):
            image[3:9, 3 + 11 * square : 9 + 11 * square] = 255
        images.append(image)
        labels.append(" ".join("1 2 3".split()[:count]))
    ids = tuple(f"{split}-{index:03}" for index in range(number))
    sizes = np.array([image.shape for image in images], dtype=np.int32)
    return SampleSet(split, ids, tuple(labels), sizes, images, ("squares",) * number)


def data(blank: int | None = None, number: int = 50) -> TrainingData:
    """Squares to train and validate on."""
    return TrainingData("squares", squares(number, "train", blank), squares(12, "validation"))


def train_toy(
    out: Path,
    *,
    steps: int | None = None,
    resume: bool = False,
    on: TrainingData | None = None,
    stop: Stop | None = None,
    **given: object,
) -> Outcome:
    """Train the toy on squares, or `on` other data, with settings `given`."""
    settings = resolve(TOY, given={"device": "cpu", "epochs": 4, "threads": 1, **given})
    return train(TOY, settings, on or data(), out, limits=Limits(steps, None, stop or Stop()), resume=resume)


def main() -> None:
    out, steps, batch_size, *rest = sys.argv[1:]
    settings = {"batch_size": int(batch_size), "save_every": 3, "ema": 0.9, "clip": 1.0}
    if "steady" in rest:
        settings["dropout"] = 0.0
    if "doomed" in rest and os.environ["RANK"] == "1":
        loop.step = _fatal(loop.step)
    try:
        # As the command does: a launcher sends SIGTERM to the process that is left.
        with interruptible(stop := Stop()):
            train_toy(Path(out), steps=int(steps), resume="resume" in rest, stop=stop, **settings)
    except HmerSuiteError as error:
        print(f"hmer-suite: error: {error}", file=sys.stderr)
        sys.exit(error.exit_code)


def _fatal(step: Callable[..., tuple[float, float]]) -> Callable[..., tuple[float, float]]:
    """A step that kills its process when it is called for the ninth time."""
    left = iter(range(8))

    def taken(*arguments: object) -> tuple[float, float]:
        if next(left, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)
        return step(*arguments)

    return taken


if __name__ == "__main__":
    main()
