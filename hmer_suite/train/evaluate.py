"""Readings and likelihoods of a set of samples by a recogniser, and their rates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch

from hmer_suite.latex.automaton import is_valid
from hmer_suite.nn.batch import Batch
from hmer_suite.nn.recogniser import Recogniser, likelihoods_of, readings_of
from hmer_suite.scores.rates import Rates, count, total
from hmer_suite.specs.recogniser import Decoding, Hypothesis, Likelihood
from hmer_suite.specs.samples import SampleSet
from hmer_suite.train.in_batches import Places, Readings, judge_in_batches, read_in_batches
from hmer_suite.train.loader import batch_of


def read(
    model: Recogniser, samples: SampleSet, how: Decoding, *, batch_size: int = 8, batches: slice = slice(None)
) -> Iterator[Readings]:
    """Readings of the samples in evaluation mode, batch by batch, not in the order of the set.

    `batches` selects some of the batches, for one of several processes. The model's mode is restored.
    """

    def readings(places: Places) -> list[tuple[Hypothesis, ...]]:
        with torch.inference_mode():
            return readings_of(model, _batch(model, samples, places), how)

    with _evaluating(model):
        yield from read_in_batches(samples, batch_size, readings, batches)


def likelihoods(
    model: Recogniser, samples: SampleSet, texts: Sequence[Sequence[tuple[str, ...]]], *, batch_size: int = 8
) -> list[list[Likelihood]]:
    """Likelihoods of each text of each sample, in evaluation mode and in the order of the set.

    A text that the recogniser cannot write has the log-likelihood `hmer_suite.train.in_batches.UNKNOWN`. The model's
    mode is restored.
    """

    def judged(places: Places, numbers: list[list[list[int]]]) -> list[list[Likelihood]]:
        with torch.inference_mode():
            return likelihoods_of(model, _batch(model, samples, places), numbers)

    with _evaluating(model):
        return judge_in_batches(samples, texts, model.vocabulary, batch_size, judged)


@contextmanager
def _evaluating(model: Recogniser) -> Iterator[None]:
    """Evaluation mode; the model's own is restored."""
    training = model.training
    model.eval()
    try:
        yield
    finally:
        model.train(training)


def _batch(model: Recogniser, samples: SampleSet, places: Places) -> Batch:
    """Samples without labels on the device of the model."""
    return batch_of(samples, places, model.vocabulary).to(next(model.parameters()).device)


def rate(predictions: Sequence[str], labels: Sequence[str]) -> Rates:
    """Rates of spaced predictions against canonical labels, token for token."""
    rows = [
        (prediction.split(), label.split()) for prediction, label in zip(predictions, labels, strict=True)
    ]
    return Rates.of(total(count(tokens, label, valid=is_valid(tokens)) for tokens, label in rows))
