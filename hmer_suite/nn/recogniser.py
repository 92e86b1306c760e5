"""Base class of recognisers: a torch module with a loss and a search.

Shapes: N batch, L tokens, V vocabulary, K hypotheses an image.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

from torch import Tensor, nn

from hmer_suite.errors import PluginError, UsageError
from hmer_suite.nn.batch import Batch
from hmer_suite.specs.recogniser import Decoding, Hypothesis, Likelihood, RecogniserSpec
from hmer_suite.specs.vocabulary import Vocabulary


class Recogniser(nn.Module):
    """A network that is trained on batches and reads them.

    It may also have `attention(batch, tokens)` and `alignments(batch, tokens)`, which `hmer_suite.predict.pictures`
    draws; see docs/recogniser.md.
    """

    def __init__(self, vocabulary: Vocabulary):
        super().__init__()
        self.vocabulary = vocabulary

    @abstractmethod
    def forward(self, batch: Batch, label_smoothing: float = 0.0) -> Tensor:
        """Losses (N,), one per sample; the harness takes their mean over all samples of a step."""

    def shared_encoder(self) -> nn.Module | None:
        """The encoder, if it can start from another recogniser's and the other way round (`encoder_from`), or None.

        Tensors that two encoders have by the same name and shape must mean the same, as in `hmer_suite.nn.residual`.
        """
        return None

    @abstractmethod
    def decode(self, batch: Batch, how: Decoding) -> list[tuple[Hypothesis, ...]]:
        """At most `how.nbest` hypotheses of each sample, the best first."""

    def likelihoods(self, batch: Batch, texts: Sequence[Sequence[Sequence[int]]]) -> list[list[Likelihood]]:
        """Likelihoods of several texts for each sample; texts are token numbers without begin and end.

        Raises `UsageError` for a recogniser without likelihoods; its readings cannot be joined with others'.
        """
        raise UsageError(f"{type(self).__name__} has no likelihoods of texts: it cannot be joined")


def build(spec: RecogniserSpec, options: object, vocabulary: Vocabulary) -> Recogniser:
    """A network of a spec with fresh weights; `PluginError` if it is not a `Recogniser`."""
    model = spec.build(options, vocabulary)
    if not isinstance(model, Recogniser):
        raise PluginError(f"{spec.name}: build returned a {type(model).__name__}, expected a Recogniser")
    return model
