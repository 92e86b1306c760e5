"""Joint reading by several recognisers: each proposes texts, and all of them score every text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from hmer_suite.data.subsets import pick
from hmer_suite.errors import InputError
from hmer_suite.predict.joining import Candidates, Joining
from hmer_suite.predict.listing import FormulaFile
from hmer_suite.predict.sample_reader import SampleReader
from hmer_suite.predict.warnings import BLANK
from hmer_suite.specs.recogniser import Decoding, Hypothesis
from hmer_suite.specs.samples import LeftOut, SampleSet

PROPOSED = 5
"""Fewest texts that each recogniser of a joint reading proposes."""


@dataclass(frozen=True, slots=True, eq=False)
class JoinedSamples:
    """The same samples in the preprocessing of each member of a joint reading."""

    sets: tuple[SampleSet, ...]

    def __len__(self) -> int:
        return len(self.sets[0])

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the samples."""
        return self.sets[0].ids

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels of the samples, empty where there are none."""
        return self.sets[0].labels

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """Inputs that could not be read, with the reason."""
        return self.sets[0].left_out

    @property
    def blank(self) -> np.ndarray:
        """True (n,) for samples in which no member finds anything written."""
        return np.logical_and.reduce([one.blank for one in self.sets])

    def pick(self, places: Sequence[int]) -> JoinedSamples:
        """The samples at the given places."""
        return JoinedSamples(tuple(pick(one, places) for one in self.sets))


@dataclass(frozen=True, slots=True)
class JointReader:
    """Several recognisers that read together, and the weights by which their scores are joined."""

    members: tuple[SampleReader, ...]
    joining: Joining

    @property
    def device(self) -> str:
        """The device of the first member."""
        return self.members[0].device

    @property
    def formulas(self) -> bool:
        """Whether the output is held to the grammar by default."""
        return all(member.formulas for member in self.members)

    def samples(self, inputs: Sequence[str | Path], tick: Callable[[], None] = lambda: None) -> JoinedSamples:
        """The inputs in the preprocessing of each member; `InputError` for one that some member cannot read."""
        sets = tuple(member.samples(inputs, tick) for member in self.members)
        for other in sets[1:]:
            if unlike := sorted(set(sets[0].ids) ^ set(other.ids)):
                reasons = {left.id: left.reason for one in sets for left in one.left_out}
                raise InputError(
                    f"{unlike[0]}: not all can read it: {reasons.get(unlike[0], 'no such sample')}"
                )
        return JoinedSamples(sets)

    def samples_of_files(self, files: Sequence[FormulaFile]) -> JoinedSamples:
        """The files as each member wants them; those that some member cannot read are in `left_out`."""
        sets = [member.samples_of_files(files) for member in self.members]
        reasons = {left.id: left for one in sets for left in one.left_out}
        kept = [
            pick(one, [place for place, name in enumerate(one.ids) if name not in reasons]) for one in sets
        ]
        left_out = tuple(reasons[file.id] for file in files if file.id in reasons)
        return JoinedSamples(tuple(replace(one, left_out=left_out) for one in kept))

    @property
    def digests(self) -> tuple[str, ...]:
        """SHA-256 of the weights of each member."""
        return tuple(digest for member in self.members for digest in member.digests)

    def read(
        self,
        samples: JoinedSamples,
        how: Decoding,
        *,
        batch_size: int = 8,
        tick: Callable[[int], None] = lambda _: None,
    ) -> list[tuple[Hypothesis, ...]]:
        """Hypotheses of each sample, the best first, in the order of the set; see `SampleReader.read`."""
        found = self.candidates(samples, how, batch_size, tick)
        return [
            (BLANK,) if blank else one.hypotheses(self.joining.asked(how), how)
            for one, blank in zip(found, samples.blank.tolist(), strict=True)
        ]

    def candidates(
        self,
        samples: JoinedSamples,
        how: Decoding,
        batch_size: int = 8,
        tick: Callable[[int], None] = lambda _: None,
    ) -> list[Candidates]:
        """The texts that members propose for each sample, with the likelihoods of all members.

        With a prefix only stepwise members propose, as the others cannot read on from it; all of them judge.
        """
        proposed = [
            member.propose(own, _proposing(member, how), batch_size, tick if number == 0 else lambda _: None)
            if not how.prefix or member.stepwise
            else [()] * len(own)
            for number, (member, own) in enumerate(zip(self.members, samples.sets, strict=True))
        ]
        texts = [
            list(dict.fromkeys(one.tokens for found in rows for one in found if one is not BLANK))
            for rows in zip(*proposed, strict=True)
        ]
        said = [
            member.judge(own, texts, batch_size)
            for member, own in zip(self.members, samples.sets, strict=True)
        ]
        firsts = [
            [found[0].tokens if found and found[0] is not BLANK else None for found in rows]
            for rows in zip(*proposed, strict=True)
        ]
        return [
            Candidates.of(known, values, first)
            for known, values, first in zip(texts, zip(*said, strict=True), firsts, strict=True)
        ]


def _proposing(member: SampleReader, how: Decoding) -> Decoding:
    """The search by which one member proposes texts."""
    wanted = max(PROPOSED, how.nbest)
    lm_weight = 0.0 if member.stepwise else how.lm_weight
    return replace(how, beam=max(wanted, how.beam), nbest=wanted, lm_weight=lm_weight)
