"""A recogniser that reads samples: search, confidence, and the size at which inputs are presented.

``NAME`` is one recogniser, ``NAME+NAME`` joins several (`hmer_suite.predict.joining`), and ``NAME@0.85`` is a view of
one: every input is presented to it at that size. ``wap+wap@0.85+wap@1.15`` joins three views.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from hmer_suite.data.subsets import pick
from hmer_suite.predict.inputs import read_files, read_inputs
from hmer_suite.predict.joining import Candidates, Joining, better_half, ranked_anew, ranks_anew
from hmer_suite.predict.listing import FormulaFile
from hmer_suite.predict.warnings import BLANK
from hmer_suite.registry import compiled_grammar, data_source
from hmer_suite.specs.recogniser import Decoding, Hypothesis, Likelihood, Preprocessing
from hmer_suite.specs.samples import InkSample, SampleSet
from hmer_suite.train.in_batches import UNKNOWN, Readings

ALONE = Joining.plain(1)
"""Scores of a single recogniser whose confidence is not calibrated."""


class SampleReader(ABC):
    """A network with its weights, whatever runs it, and the preprocessing of its inputs.

    `scale` is the factor of size at which inputs are presented; `joining` has the calibration of its confidence;
    `formulas` says whether its output is held to the grammar by default (`RecogniserSpec.formulas`).
    """

    __slots__ = ()
    preprocessing: Preprocessing
    scale: float
    joining: Joining
    formulas: bool

    @property
    @abstractmethod
    def digests(self) -> tuple[str, ...]:
        """SHA-256 of the weights."""

    @property
    @abstractmethod
    def device(self) -> str:
        """The device on which it runs."""

    @property
    @abstractmethod
    def stepwise(self) -> bool:
        """Whether it writes token after token, and can read on from given ones."""

    @abstractmethod
    def readings(self, samples: SampleSet, how: Decoding, batch_size: int) -> Iterator[Readings]:
        """Hypotheses of the search, batch by batch; no sample is blank."""

    @abstractmethod
    def likelihoods(
        self, samples: SampleSet, texts: Sequence[Sequence[tuple[str, ...]]], batch_size: int
    ) -> list[list[Likelihood]]:
        """Likelihoods of each text of each sample; no sample is blank."""

    @abstractmethod
    def at_scale(self, scale: float) -> SampleReader:
        """The same recogniser with inputs presented at another size."""

    def samples(self, inputs: Sequence[str | Path], tick: Callable[[], None] = lambda: None) -> SampleSet:
        """The inputs as the network wants them; the errors of `hmer_suite.predict.inputs.read_inputs`."""
        return self.seen(read_inputs(inputs, self.wanted, data_source, tick))

    def samples_of_files(self, files: Sequence[FormulaFile]) -> SampleSet:
        """The files as the network wants them; those that cannot be read are in `left_out`."""
        return self.seen(read_files(files, self.wanted))

    @property
    def wanted(self) -> Preprocessing:
        """The preprocessing of images at the reader's scale."""
        return replace(
            self.preprocessing,
            symbol_height=max(1, round(self.preprocessing.symbol_height * self.scale)),
            max_pixels=max(1, round(self.preprocessing.max_pixels * self.scale**2)),
        )

    def seen(self, samples: SampleSet) -> SampleSet:
        """Samples of the preprocessing `wanted`, with ink at the scale too."""
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
        """Hypotheses of each sample, the best first; `tick` is called with the number of samples of each batch.

        The texts of a beam are ranked by the prior of `joining` too. A blank sheet is read as an empty formula of
        confidence 0, without the network.
        """
        found = self._ranked(samples, how, batch_size, tick)
        if self.joining.confidence is None:
            return found
        texts = [[hypothesis.tokens for hypothesis in row] for row in found]
        said = self.judge(samples, texts, batch_size)
        return [
            row
            if row and row[0] is BLANK
            else _rated(row, Candidates.of(known, [values], [known[0] if known else None]), self.joining)
            for row, known, values in zip(found, texts, said, strict=True)
        ]

    def _ranked(
        self, samples: SampleSet, how: Decoding, batch_size: int, tick: Callable[[int], None]
    ) -> list[tuple[Hypothesis, ...]]:
        """The hypotheses of the search; with a prior, the best of the better half of its beam."""
        if not ranks_anew(self.joining, how):
            return self.propose(samples, how, batch_size, tick)
        found = self.propose(samples, better_half(how), batch_size, tick)
        return [row if row[0] is BLANK else ranked_anew(row, self.joining, how) for row in found]

    def propose(
        self, samples: SampleSet, how: Decoding, batch_size: int, tick: Callable[[int], None] = lambda _: None
    ) -> list[tuple[Hypothesis, ...]]:
        """The hypotheses of the search, without confidence."""
        places = np.flatnonzero(~samples.blank).tolist()
        written = samples if len(places) == len(samples) else pick(samples, places)
        found: dict[int, tuple[Hypothesis, ...]] = {}
        if isinstance(how.grammar, str):
            how = replace(how, grammar=compiled_grammar(how.grammar))
        for readings in self.readings(written, how, batch_size):
            found |= {places[place]: hypotheses for place, hypotheses in readings.items()}
            tick(len(readings))
        tick(len(samples) - len(places))
        return [found.get(place, (BLANK,)) for place in range(len(samples))]

    def judge(
        self, samples: SampleSet, texts: Sequence[Sequence[tuple[str, ...]]], batch_size: int
    ) -> list[list[Likelihood]]:
        """Likelihoods of each text of each sample; nothing is known of those of a blank sheet."""
        places = np.flatnonzero(~samples.blank).tolist()
        written = samples if len(places) == len(samples) else pick(samples, places)
        found = self.likelihoods(written, [texts[place] for place in places], batch_size)
        said = [[Likelihood(UNKNOWN) for _ in row] for row in texts]
        for place, row in zip(places, found, strict=True):
            said[place] = row
        return said


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
