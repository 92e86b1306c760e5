"""CTC-CRNN as a recogniser of the suite: a sequence of frames from left to right, each a token or the blank.

A. Graves, S. Fernández, F. Gomez, J. Schmidhuber, "Connectionist temporal classification" (ICML 2006), on the
convolutions and recurrence of B. Shi, X. Bai, C. Yao (TPAMI 2017).

Shapes: N batch, T frames, S the blank and the symbols of the vocabulary, D features of a frame.

The blank is class 0 of a frame and no symbol of the vocabulary, so that no token can be mistaken for it. Symbol i of
the vocabulary is class i + 1.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import compress

import torch
from torch import Tensor, nn

from hmer_ctc_crnn.frames import build_framer
from hmer_ctc_crnn.options import Options
from hmer_ctc_crnn.sequence import build_layers
from hmer_suite.decoding.ctc import likelihoods, read_frames
from hmer_suite.nn.batch import Batch
from hmer_suite.nn.ctc import BLANK, SHIFT, choices, losses, occupancy, out_of_reach
from hmer_suite.nn.graphs import VARYING, Graph, Graphs, Tensors, batch_of_inputs, inputs_of
from hmer_suite.nn.recogniser import Recogniser
from hmer_suite.report.frame_alignment import FrameAlignment
from hmer_suite.specs.graph_names import ENCODER
from hmer_suite.specs.recogniser import Decoding, Hypothesis, Likelihood
from hmer_suite.specs.vocabulary import Vocabulary

TYPICAL_LENGTH = 16
"""Tokens of a typical formula with its end: losses of samples are divided by it."""

LISTED = 10
"""Most samples with too few frames that are listed."""

QUIET = 4.0
"""Initial bias of the blank in all but the first of the frames that share their features."""


class CtcCrnn(Recogniser):
    """Framer, layers over frames, and one linear map that classifies each frame.

    After the layers `options.taps` the same map is applied already: its losses count too, and later layers see its
    output (J. Nozaki, T. Komatsu, "Relaxing the conditional independence assumption of CTC-based ASR by
    conditioning on intermediate predictions", Interspeech 2021). So the first layers find symbols from left to
    right, and later ones arrange them in the order of LaTeX.
    """

    def __init__(self, options: Options, vocabulary: Vocabulary):
        super().__init__(vocabulary)
        self.options = options
        self.unreached: set[str] = set()
        """Samples whose images have too few frames for their labels."""
        self.framer = build_framer(options)
        self.layers = build_layers(options, self.framer.size)
        size, symbols = self.layers.size, len(vocabulary) - SHIFT
        self.norms = nn.ModuleList(nn.LayerNorm(size) for _ in range(len(options.taps) + 1))
        self.head = nn.Linear(size, options.repeat * symbols)
        self.tell = nn.Linear(options.repeat * symbols, size, bias=False) if options.taps else None
        with torch.no_grad():
            self.head.bias.zero_()
            self.head.bias.view(options.repeat, -1)[1:, BLANK] = QUIET
            if self.tell is not None:
                self.tell.weight.zero_()
        for part in self._frozen():
            part.requires_grad_(False)

    def train(self, mode: bool = True) -> CtcCrnn:
        """Like `nn.Module.train`; normalisations of frozen modules stay in evaluation mode."""
        super().train(mode)
        for part in self._frozen():
            part.eval()
        return self

    def _frozen(self) -> tuple[nn.Module, ...]:
        return self.framer.early() if self.options.frozen else ()

    def shared_encoder(self) -> nn.Module | None:
        """The convolutions."""
        return self.framer.encoder

    def frames(self, batch: Batch) -> tuple[list[Tensor], Tensor]:
        """Log-probabilities (N, T, S) after each tap and after all layers; number of frames (N,) of each image."""
        frames, lengths = self.framer(batch)
        said: list[Tensor] = []
        for i, layer in enumerate(self.layers):
            frames = layer(frames, lengths)
            if self.tell is not None and i in self.options.taps:
                said.append(self._say(frames, len(said)))
                frames = frames + self.tell(said[-1].exp().flatten(2))
        said.append(self._say(frames, len(said)))
        return [logprobs.flatten(1, 2) for logprobs in said], lengths * self.options.repeat

    def _say(self, frames: Tensor, place: int) -> Tensor:
        """Log-probabilities (N, T', repeat, S) of the frames of each of T' columns of features."""
        scores = self.head(self.norms[place](frames))
        return scores.float().unflatten(2, (self.options.repeat, -1)).log_softmax(3)

    def forward(self, batch: Batch, label_smoothing: float = 0.0) -> Tensor:
        """Losses (N,): the negative log-likelihood of each label over all its alignments, in units of `TYPICAL_LENGTH`.

        The losses of the taps have the weight `tap_weight` together. A label that needs more frames than its image has
        has no alignment; its loss is 0. `label_smoothing` mixes in the mean negative log-probability of all classes.
        """
        said, lengths = self.frames(batch)
        labels, counts = choices(batch.tokens), batch.lengths - 1
        self._tell_of(batch, out_of_reach(labels, counts, lengths))
        found = torch.stack([losses(logprobs, lengths, labels, counts) for logprobs in said]) / TYPICAL_LENGTH
        loss = found[-1]
        if len(said) > 1:
            weight = self.options.tap_weight
            loss = (1 - weight) * loss + weight * found[:-1].mean(0)
        if label_smoothing:
            loss = (1 - label_smoothing) * loss + label_smoothing * _spread(said[-1], lengths)
        return loss

    def _tell_of(self, batch: Batch, unreached: Tensor) -> None:
        """List on stderr, once each, samples with too few frames for their label; at most `LISTED`."""
        if not self.training or not bool(unreached.any()):
            return
        for name in compress(batch.ids, unreached.tolist()):
            if name not in self.unreached and len(self.unreached) < LISTED:
                print(f"{name}: fewer frames than its label needs; it is not learnt", file=sys.stderr)
            self.unreached.add(name)

    def graphs(self, batches: tuple[Batch, Batch]) -> Graphs:
        """The frames of a batch as a graph."""
        varying = {name: VARYING[name] for name in inputs_of(batches[0])}
        return Graphs("frames", {ENCODER: Graph(self, self._framed, ("logprobs", "lengths"), varying)})

    def _framed(self, inputs: Tensors) -> Tensors:
        said, lengths = self.frames(batch_of_inputs(inputs))
        return {"logprobs": said[-1], "lengths": lengths}

    def decode(self, batch: Batch, how: Decoding) -> list[tuple[Hypothesis, ...]]:
        """Greedy or beam search over frames, as `hmer_suite.decoding.ctc` does it."""
        said, lengths = self.frames(batch)
        return read_frames(said[-1], lengths, self.vocabulary, how)

    def likelihoods(self, batch: Batch, texts: Sequence[Sequence[Sequence[int]]]) -> list[list[Likelihood]]:
        """Log-likelihoods of texts, summed over all their alignments."""
        with torch.no_grad():
            said, lengths = self.frames(batch)
        return likelihoods(said[-1], lengths, texts)

    def alignments(self, batch: Batch, tokens: Sequence[Sequence[int]]) -> list[FrameAlignment]:
        """Alignments of `tokens` with frames, one sequence of numbers per image.

        Raises `ValueError` for tokens that need more frames than an image has.
        """
        said, lengths = self.frames(batch)
        found = []
        for i, (row, count) in enumerate(zip(tokens, lengths.tolist(), strict=True)):
            frames = said[-1][i, :count]
            held = occupancy(frames, [number - SHIFT for number in row])
            found.append(
                FrameAlignment(
                    held.numpy(), frames[:, BLANK].exp().cpu().numpy(), self.framer.covered(batch.sizes[i])
                )
            )
        return found

    def attention(self, batch: Batch, tokens: Sequence[Sequence[int]]) -> list[Tensor]:
        """Attention to each pixel for each token: maps (L, H, W), each with sum 1.

        Frames are vertical strips: the rows of a strip are not distinguished.
        """
        found = []
        for alignment, (height, width) in zip(
            self.alignments(batch, tokens), batch.sizes.tolist(), strict=True
        ):
            held = torch.from_numpy(alignment.held)
            columns = (torch.arange(width) + 0.5) * (held.shape[1] / alignment.width)
            strips = held[:, columns.long().clamp(max=held.shape[1] - 1)] + 1e-9
            maps = strips[:, None].expand(-1, height, -1)
            found.append(maps / maps.sum((1, 2), keepdim=True))
        return found


def _spread(logprobs: Tensor, lengths: Tensor) -> Tensor:
    """Mean negative log-probability (N,) of all classes over the true frames."""
    true = torch.arange(logprobs.shape[1], device=lengths.device) < lengths[:, None]
    return -(logprobs.mean(2) * true).sum(1) / lengths
