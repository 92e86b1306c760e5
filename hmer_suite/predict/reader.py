"""A trained recogniser of torch that reads samples."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import torch

from hmer_suite.decoding.stepwise import StepwiseRecogniser
from hmer_suite.nn.recogniser import Recogniser
from hmer_suite.predict.joining import Joining
from hmer_suite.predict.sample_reader import ALONE, SampleReader
from hmer_suite.specs.recogniser import Decoding, Likelihood, Preprocessing
from hmer_suite.specs.samples import SampleSet
from hmer_suite.train.checkpoint import Checkpoint
from hmer_suite.train.evaluate import likelihoods, read
from hmer_suite.train.in_batches import Readings


@dataclass(frozen=True, slots=True)
class Reader(SampleReader):
    """A network of a checkpoint; `precision` is one of `hmer_suite.settings.training.PRECISIONS`."""

    model: Recogniser
    preprocessing: Preprocessing
    checkpoint: Checkpoint
    precision: str = "fp32"
    scale: float = 1.0
    joining: Joining = ALONE
    formulas: bool = True

    @property
    def digests(self) -> tuple[str, ...]:
        """SHA-256 of the weights."""
        return (self.checkpoint.description.weights,)

    @property
    def device(self) -> str:
        """The device of the weights."""
        return str(next(self.model.parameters()).device)

    @property
    def stepwise(self) -> bool:
        """Whether it writes token after token, and can read on from given ones."""
        return isinstance(self.model, StepwiseRecogniser)

    def at_scale(self, scale: float) -> Reader:
        """The same recogniser with inputs presented at another size."""
        return replace(self, scale=scale)

    def readings(self, samples: SampleSet, how: Decoding, batch_size: int) -> Iterator[Readings]:
        """Hypotheses of the search, batch by batch."""
        with self._autocast():
            yield from read(self.model, samples, how, batch_size=batch_size)

    def likelihoods(
        self, samples: SampleSet, texts: Sequence[Sequence[tuple[str, ...]]], batch_size: int
    ) -> list[list[Likelihood]]:
        """Likelihoods of each text of each sample."""
        with self._autocast():
            return likelihoods(self.model, samples, texts, batch_size=batch_size)

    def _autocast(self) -> torch.autocast:
        device = next(self.model.parameters()).device.type
        return torch.autocast(device, torch.bfloat16, enabled=self.precision == "bf16")
