"""CTC-CRNN as a recogniser of the suite: a row of frames from left to right, each of them a token or the blank.

A. Graves, S. Fernández, F. Gomez, J. Schmidhuber, "Connectionist temporal classification" (ICML 2006), on the
convolutions and recurrence of B. Shi, X. Bai, C. Yao (TPAMI 2017).

Shapes: N batch, T frames, S the blank and the symbols of the vocabulary, D features of a frame.

The blank is number 0 of what a frame may be, in front of the vocabulary's symbols and none of them: no token can be
mistaken for it. Symbol i of the vocabulary is number i + 1.
"""

from __future__ import annotations

from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from hmer_ctc_crnn import Options
from hmer_ctc_crnn.frames import build_framer
from hmer_ctc_crnn.sequence import build_layers
from hmer_suite.data.vocab import SPECIAL, Vocabulary
from hmer_suite.recogniser import Decoding, Hypothesis
from hmer_suite.train.batch import Batch
from hmer_suite.train.module import Recogniser

TYPICAL_LENGTH = 16
"""Tokens of a usual formula with its end: the unit in which losses of samples are given."""

SHIFT = len(SPECIAL) - 1
"""Token numbers of the suite less those of frames: its special tokens make place for the blank."""

QUIET = 4.0
"""What the blank has in advance in all but the first of the frames that share their features."""


class CtcCrnn(Recogniser):
    """Framer, layers over frames, and one linear map that says what each frame is.

    Behind the layers `options.taps` the same map is asked already: its losses count too, and the layers behind see
    what it said (J. Nozaki, T. Komatsu, "Relaxing the conditional independence assumption of CTC-based ASR by
    conditioning on intermediate predictions", Interspeech 2021). So the first layers find symbols from left to
    right, and those behind put them into the order of LaTeX.
    """

    def __init__(self, options: Options, vocabulary: Vocabulary):
        super().__init__(vocabulary)
        self.options = options
        self.framer = build_framer(options)
        self.layers = build_layers(options, self.framer.size)
        size, symbols = self.layers.size, len(vocabulary) - SHIFT
        self.norms = nn.ModuleList(nn.LayerNorm(size) for _ in range(len(options.taps) + 1))
        self.head = nn.Linear(size, options.repeat * symbols)
        self.tell = nn.Linear(options.repeat * symbols, size, bias=False) if options.taps else None
        with torch.no_grad():
            self.head.bias.zero_()
            self.head.bias.view(options.repeat, -1)[1:, 0] = QUIET
            if self.tell is not None:
                self.tell.weight.zero_()

    def train(self, mode: bool = True) -> CtcCrnn:
        """As `nn.Module.train`; normalisations of a frozen encoder keep what they know."""
        super().train(mode)
        if self.options.frozen:
            self.framer.encoder.eval()
        return self

    def shared_encoder(self) -> nn.Module | None:
        """The convolutions."""
        return self.framer.encoder

    def frames(self, batch: Batch) -> tuple[list[Tensor], Tensor]:
        """Log-probabilities (N, T, S) behind each tap and, last, behind all layers; true frames (N,) of each image."""
        frames, lengths = self.framer(batch)
        said: list[Tensor] = []
        for i, layer in enumerate(self.layers):
            frames = layer(frames, lengths)
            if i in self.options.taps:
                said.append(self._say(frames, len(said)))
                frames = frames + self.tell(said[-1].exp().flatten(2))
        said.append(self._say(frames, len(said)))
        return [logprobs.flatten(1, 2) for logprobs in said], lengths * self.options.repeat

    def _say(self, frames: Tensor, place: int) -> Tensor:
        """Log-probabilities (N, T', repeat, S) of the frames that each of T' columns of features stands for."""
        scores = self.head(self.norms[place](frames))
        return scores.float().unflatten(2, (self.options.repeat, -1)).log_softmax(3)

    def forward(self, batch: Batch, label_smoothing: float = 0.0) -> Tensor:
        """Losses (N,): the negative log-likelihood of each label over all its alignments, in units of 16 tokens.

        Those of the taps count `tap_weight` together. A label that its image has too few frames for has no alignment;
        its loss is nought. `label_smoothing` mixes in the mean negative log-probability of a frame's choices.
        """
        said, lengths = self.frames(batch)
        targets = (batch.tokens - SHIFT).clamp(min=0)
        losses = [
            _negative_log_likelihood(logprobs, lengths, targets, batch.lengths - 1) for logprobs in said
        ]
        loss = losses[-1]
        if len(losses) > 1:
            weight = self.options.tap_weight
            loss = (1 - weight) * loss + weight * torch.stack(losses[:-1]).mean(0)
        if label_smoothing:
            loss = (1 - label_smoothing) * loss + label_smoothing * _spread(said[-1], lengths)
        return loss

    def decode(self, batch: Batch, how: Decoding) -> list[tuple[Hypothesis, ...]]:
        """Best path, or prefix beam search."""
        said, lengths = self.frames(batch)
        best = said[-1].max(2)
        found = []
        for row, values, count in zip(
            best.indices.tolist(), best.values.tolist(), lengths.tolist(), strict=True
        ):
            numbers = [b for a, b in pairwise([0, *row[:count]]) if b and a != b]
            tokens = tuple(self.vocabulary.symbols[number - 1] for number in numbers)[: how.max_length]
            found.append((Hypothesis(tokens, sum(values[:count])),))
        return found


def _negative_log_likelihood(logprobs: Tensor, lengths: Tensor, targets: Tensor, counts: Tensor) -> Tensor:
    """CTC losses (N,) of `targets` (N, L), of which the first `counts` (N,) are labels."""
    losses = F.ctc_loss(
        logprobs.transpose(0, 1), targets, lengths, counts, reduction="none", zero_infinity=True
    )
    return losses / TYPICAL_LENGTH


def _spread(logprobs: Tensor, lengths: Tensor) -> Tensor:
    """Mean negative log-probability (N,) of all choices of the true frames."""
    true = torch.arange(logprobs.shape[1], device=lengths.device) < lengths[:, None]
    return -(logprobs.mean(2) * true).sum(1) / lengths
