"""Readings and likelihoods of a set of samples batch by batch, whatever computes those of a batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from hmer_suite.specs.recogniser import Hypothesis, Likelihood
from hmer_suite.specs.samples import SampleSet
from hmer_suite.specs.vocabulary import Vocabulary
from hmer_suite.train.batching import plan_batches

Readings = dict[int, tuple[Hypothesis, ...]]
"""Hypotheses by the index of the sample in its set."""

Places = tuple[int, ...]
"""Indices of a batch's samples in their set."""

UNKNOWN = -1e4
"""Log-likelihood of a text with tokens that the recogniser does not know."""


def read_in_batches(
    samples: SampleSet,
    batch_size: int,
    read: Callable[[Places], list[tuple[Hypothesis, ...]]],
    batches: slice = slice(None),
) -> Iterator[Readings]:
    """Readings of the samples, not in the order of the set; `batches` selects some of the batches."""
    for planned in plan_batches(samples.sizes, batch_size, seed=0, epoch=0, shuffle=False)[batches]:
        yield dict(zip(planned.indices, read(planned.indices), strict=True))


def judge_in_batches(
    samples: SampleSet,
    texts: Sequence[Sequence[tuple[str, ...]]],
    vocabulary: Vocabulary,
    batch_size: int,
    judge: Callable[[Places, list[list[list[int]]]], list[list[Likelihood]]],
) -> list[list[Likelihood]]:
    """Likelihoods of each text of each sample, in the order of the set.

    `judge` computes those of a batch from the numbers of its texts' tokens. A text that the recogniser cannot write has
    the log-likelihood `UNKNOWN`.
    """
    known = [[all(token in vocabulary for token in text) for text in row] for row in texts]
    numbers = [
        [vocabulary.encode(" ".join(text)) if fine else [] for text, fine in zip(row, flags, strict=True)]
        for row, flags in zip(texts, known, strict=True)
    ]
    found: dict[int, list[Likelihood]] = {}
    for planned in plan_batches(samples.sizes, batch_size, seed=0, epoch=0, shuffle=False):
        said = judge(planned.indices, [numbers[place] for place in planned.indices])
        found |= dict(zip(planned.indices, said, strict=True))
    return [
        [one if fine else Likelihood(UNKNOWN) for one, fine in zip(found[place], flags, strict=True)]
        for place, flags in enumerate(known)
    ]
