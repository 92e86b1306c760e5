"""Read images and ink with trained recognisers: find their checkpoints, look at the inputs, write a prediction file.

``NAME`` is one recogniser, ``NAME+NAME`` joins several (`hmer_suite.predict.joining`), and ``NAME@0.85`` is a view of
one: it is shown everything at that size. ``wap+wap@0.85+wap@1.15`` joins three views.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from hmer_suite.ink.marks import InkSample
from hmer_suite.nn.recogniser import Recogniser
from hmer_suite.predict.inputs import read_inputs
from hmer_suite.predict.joining import Candidates, Joining
from hmer_suite.registry import compiled_grammar, data_source
from hmer_suite.specs.recogniser import (
    Decoding,
    Hypothesis,
    Likelihood,
    Preprocessing,
)
from hmer_suite.specs.samples import SampleSet
from hmer_suite.train.checkpoint import Checkpoint
from hmer_suite.train.evaluate import likelihoods, read

ALONE = Joining.plain(1)
"""One recogniser, its confidence not tuned."""


@dataclass(frozen=True, slots=True)
class Reader:
    """A network with its weights, ready to read, and how samples come to it.

    `scale` is the size at which it is shown everything; `joining` says what its confidence is computed from.
    """

    model: Recogniser
    preprocessing: Preprocessing
    checkpoint: Checkpoint
    precision: str = "fp32"
    scale: float = 1.0
    joining: Joining = ALONE

    def samples(self, inputs: Sequence[str | Path], tick: Callable[[], None] = lambda: None) -> SampleSet:
        """The inputs as the network wants them; the errors of `hmer_suite.predict.inputs.read_inputs`."""
        return self.seen(read_inputs(inputs, self.wanted, data_source, tick))

    @property
    def wanted(self) -> Preprocessing:
        """How images come to the network at its scale."""
        return replace(
            self.preprocessing,
            symbol_height=max(1, round(self.preprocessing.symbol_height * self.scale)),
            max_pixels=max(1, round(self.preprocessing.max_pixels * self.scale**2)),
        )

    def seen(self, samples: SampleSet) -> SampleSet:
        """Samples as `wanted`, ink at the scale too."""
        if samples.kind == "image" or self.scale == 1:
            return samples
        inks = tuple(InkSample(ink.traces, ink.unit / self.scale, ink.marks) for ink in samples.inks or ())
        return replace(samples, inks=inks)

    def read(
        self,
        samples: SampleSet,
        how: Decoding,
        *,
        batch_size: int = 8,
        tick: Callable[[int], None] = lambda _: None,
    ) -> list[tuple[Hypothesis, ...]]:
        """Hypotheses of each sample, in the order of the set; `tick` is told how many samples each batch had."""
        found = self.propose(samples, how, batch_size, tick)
        if self.joining.confidence is None:
            return found
        texts = [[hypothesis.tokens for hypothesis in row] for row in found]
        said = self.judge(samples, texts, batch_size)
        return [
            _rated(row, Candidates.of(known, [values], [known[0] if known else None]), self.joining)
            for row, known, values in zip(found, texts, said, strict=True)
        ]

    def propose(
        self, samples: SampleSet, how: Decoding, batch_size: int, tick: Callable[[int], None] = lambda _: None
    ) -> list[tuple[Hypothesis, ...]]:
        """The hypotheses of the search, without confidence."""
        found: dict[int, tuple[Hypothesis, ...]] = {}
        if isinstance(how.grammar, str):
            how = replace(how, grammar=compiled_grammar(how.grammar))
        with self._precisely():
            for readings in read(self.model, samples, how, batch_size=batch_size):
                found |= readings
                tick(len(readings))
        return [found[place] for place in range(len(samples))]

    def judge(
        self, samples: SampleSet, texts: Sequence[Sequence[tuple[str, ...]]], batch_size: int
    ) -> list[list[Likelihood]]:
        """How likely the network finds each text of each sample."""
        with self._precisely():
            return likelihoods(self.model, samples, texts, batch_size=batch_size)

    def _precisely(self) -> torch.autocast:
        device = next(self.model.parameters()).device.type
        return torch.autocast(device, torch.bfloat16, enabled=self.precision == "bf16")


def _rated(
    hypotheses: tuple[Hypothesis, ...], candidates: Candidates, joining: Joining
) -> tuple[Hypothesis, ...]:
    """The hypotheses of one recogniser with their confidences."""
    if not hypotheses:
        return hypotheses
    known = {found.tokens: found for found in candidates.hypotheses(joining, Decoding(nbest=len(hypotheses)))}
    return tuple(
        replace(
            one,
            confidence=known[one.tokens].confidence,
            token_confidences=known[one.tokens].token_confidences,
        )
        for one in hypotheses
    )
