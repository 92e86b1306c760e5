"""Readings and likelihoods of a set of samples by a recogniser, and their rates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch

from hmer_suite.latex.automaton import is_valid
from hmer_suite.nn.recogniser import Recogniser, likelihoods_of, readings_of
from hmer_suite.scores.rates import Rates, count, total
from hmer_suite.specs.recogniser import Decoding, Hypothesis, Likelihood
from hmer_suite.specs.samples import SampleSet
from hmer_suite.train.batching import plan_batches
from hmer_suite.train.loader import batch_of

Readings = dict[int, tuple[Hypothesis, ...]]
"""Hypotheses by the index of the sample in its set."""


def read(
    model: Recogniser, samples: SampleSet, how: Decoding, *, batch_size: int = 8, batches: slice = slice(None)
) -> Iterator[Readings]:
    """Readings of the samples in evaluation mode, batch by batch, not in the order of the set.

    `batches` selects some of the batches, for one of several processes. The model's mode is restored.
    """
    training, device = model.training, next(model.parameters()).device
    model.eval()
    try:
        for planned in plan_batches(samples.sizes, batch_size, seed=0, epoch=0, shuffle=False)[batches]:
            with torch.inference_mode():
                batch = batch_of(samples, planned.indices, model.vocabulary)
                hypotheses = readings_of(model, batch.to(device), how)
            yield dict(zip(planned.indices, hypotheses, strict=True))
    finally:
        model.train(training)


UNKNOWN = -1e4
"""Log-likelihood of a text with tokens that the recogniser does not know."""


def likelihoods(
    model: Recogniser, samples: SampleSet, texts: Sequence[Sequence[tuple[str, ...]]], *, batch_size: int = 8
) -> list[list[Likelihood]]:
    """Likelihoods of each text of each sample, in evaluation mode and in the order of the set.

    A text that the recogniser cannot write has the log-likelihood `UNKNOWN`. The model's mode is restored.
    """
    training, device = model.training, next(model.parameters()).device
    known = [[all(token in model.vocabulary for token in text) for text in row] for row in texts]
    numbers = [
        [
            model.vocabulary.encode(" ".join(text)) if fine else []
            for text, fine in zip(row, flags, strict=True)
        ]
        for row, flags in zip(texts, known, strict=True)
    ]
    found: dict[int, list[Likelihood]] = {}
    model.eval()
    try:
        for planned in plan_batches(samples.sizes, batch_size, seed=0, epoch=0, shuffle=False):
            batch = batch_of(samples, planned.indices, model.vocabulary)
            with torch.inference_mode():
                said = likelihoods_of(model, batch.to(device), [numbers[i] for i in planned.indices])
            found |= dict(zip(planned.indices, said, strict=True))
    finally:
        model.train(training)
    return [
        [one if fine else Likelihood(UNKNOWN) for one, fine in zip(found[place], flags, strict=True)]
        for place, flags in enumerate(known)
    ]


def rate(predictions: Sequence[str], labels: Sequence[str]) -> Rates:
    """Rates of spaced predictions against canonical labels, token for token."""
    rows = [
        (prediction.split(), label.split()) for prediction, label in zip(predictions, labels, strict=True)
    ]
    return Rates.of(total(count(tokens, label, valid=is_valid(tokens)) for tokens, label in rows))
