"""Let a recogniser read a set of samples, and rate what it read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch

from hmer_suite.data.samples import SampleSet
from hmer_suite.latex.grammar import is_valid
from hmer_suite.recogniser import Decoding, Hypothesis
from hmer_suite.scores.rates import Rates, count, total
from hmer_suite.train.load import batch_of
from hmer_suite.train.module import Recogniser
from hmer_suite.train.plan import plan

Readings = dict[int, tuple[Hypothesis, ...]]
"""Hypotheses by the place of the sample in its set."""


def read(
    model: Recogniser, samples: SampleSet, how: Decoding, *, batch_size: int = 8, share: slice = slice(None)
) -> Iterator[Readings]:
    """Readings of the samples, batch by batch (not in the order of the set), in evaluation mode.

    `share` takes some of the batches only, for one of several processes. The model is left in the mode it was in.
    """
    training, device = model.training, next(model.parameters()).device
    model.eval()
    try:
        for planned in plan(samples.sizes, batch_size, seed=0, epoch=0, shuffle=False)[share]:
            with torch.inference_mode():
                batch = batch_of(samples, planned.indices, model.vocabulary)
                hypotheses = model.decode(batch.to(device), how)
            yield dict(zip(planned.indices, hypotheses, strict=True))
    finally:
        model.train(training)


def rate(predictions: Sequence[str], labels: Sequence[str]) -> Rates:
    """Rates of spaced predictions against canonical labels, token for token."""
    rows = [
        (prediction.split(), label.split()) for prediction, label in zip(predictions, labels, strict=True)
    ]
    return Rates.of(total(count(tokens, label, valid=is_valid(tokens)) for tokens, label in rows))
