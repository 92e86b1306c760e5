"""Base classes of recognisers: a torch module with a loss and a way to read.

Shapes: N batch, L tokens, V vocabulary, K hypotheses an image.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

from torch import Tensor, nn

from hmer_suite.data.vocab import Vocabulary
from hmer_suite.errors import UsageError
from hmer_suite.recogniser import Decoding, Hypothesis, Likelihood
from hmer_suite.train.batch import Batch

Memory = dict[str, Tensor]
"""What a stepwise recogniser keeps of each image while it reads; the first dimension of every tensor is N."""

State = dict[str, Tensor]
"""What changes from token to token; the first dimension of every tensor is N (or N * K in a beam)."""


class Recogniser(nn.Module):
    """A network that learns from batches and reads them.

    It may have `attention(batch, tokens)` and `alignments(batch, tokens)` besides, which `hmer_suite.train.predict`
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

        Tensors that two of them share by name and shape mean the same, as those of `hmer_suite.train.residual` do.
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


class StepwiseRecogniser(Recogniser):
    """A recogniser that writes one token after the other; greedy and beam search come with it."""

    @abstractmethod
    def start(self, batch: Batch) -> tuple[Memory, State]:
        """Look at the images: what stays and what changes while they are read."""

    @abstractmethod
    def step(self, memory: Memory, state: State, tokens: Tensor) -> tuple[Tensor, State]:
        """Log-probabilities (N, V) of the next token behind `tokens` (N,), and the state behind it.

        `tokens` is `vocab.BEGIN` at first. Row i of memory, state and tokens belong together and do not depend
        on other rows, so that a search may repeat, reorder and drop rows.
        """

    def decode(self, batch: Batch, how: Decoding) -> list[tuple[Hypothesis, ...]]:
        """Greedy or beam search, as `hmer_suite.train.decode.search` does it."""
        from hmer_suite.train.decode import search

        return search(self, batch, how)

    def likelihoods(self, batch: Batch, texts: Sequence[Sequence[Sequence[int]]]) -> list[list[Likelihood]]:
        """Teacher-forced log-likelihoods, as `hmer_suite.train.decode.teacher_forced` computes them."""
        from hmer_suite.train.decode import teacher_forced

        return teacher_forced(self, batch, texts)
