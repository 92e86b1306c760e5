"""Base classes of recognisers: a torch module with a loss and a way to read.

Shapes: N batch, L tokens, V vocabulary, K hypotheses an image.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

from torch import Tensor, nn

from hmer_suite.errors import UsageError
from hmer_suite.nn.batch import Batch
from hmer_suite.specs.recogniser import Decoding, Hypothesis, Likelihood
from hmer_suite.specs.vocabulary import Vocabulary


class Recogniser(nn.Module):
    """A network that learns from batches and reads them.

    It may have `attention(batch, tokens)` and `alignments(batch, tokens)` besides, which `hmer_suite.predict.reader`
    draws; docs/recogniser.md says what they give.
    """

    def __init__(self, vocabulary: Vocabulary):
        super().__init__()
        self.vocabulary = vocabulary

    @abstractmethod
    def forward(self, batch: Batch, label_smoothing: float = 0.0) -> Tensor:
        """Losses (N,), one a sample; the harness takes their mean over all samples of a step."""

    def shared_encoder(self) -> nn.Module | None:
        """The part that looks at the image, if others may start from it, and it from theirs: `encoder_from`.

        Tensors that two of them share by name and shape mean the same, as those of `hmer_suite.nn.residual` do.
        """
        return None

    @abstractmethod
    def decode(self, batch: Batch, how: Decoding) -> list[tuple[Hypothesis, ...]]:
        """For each image its `how.nbest` best hypotheses (fewer where there are fewer), the best first."""

    def likelihoods(self, batch: Batch, texts: Sequence[Sequence[Sequence[int]]]) -> list[list[Likelihood]]:
        """How likely each of several texts is for each sample, texts being token numbers without begin and end.

        Raises `UsageError` where a recogniser cannot say; its readings cannot be joined with others' then.
        """
        raise UsageError(f"{type(self).__name__} does not say how likely a text is: it cannot be joined")

