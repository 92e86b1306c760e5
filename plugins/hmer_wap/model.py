"""Watch, attend and parse as a recogniser of the suite.

Shapes: N batch, L tokens of the longest label with its end, V vocabulary, h w cells of the coarse maps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence

from hmer_suite.data.vocab import BEGIN, Vocabulary
from hmer_suite.train.batch import Batch
from hmer_suite.train.module import Memory, State, StepwiseRecogniser
from hmer_wap import Options
from hmer_wap.counting import Counter, counting_loss
from hmer_wap.parser import Parser
from hmer_wap.recurrence import Scale, move, read
from hmer_wap.watcher import build_watcher

TYPICAL_LENGTH = 16
"""Tokens of a usual formula with its end: the unit in which losses of samples are given."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a parser that is told the labels makes of them; R tokens of all labels in one row, none of it padding.

    `scores` (R, V) are those of token `steps` (R,) of label `rows` (R,); `looks` (R, h, w) where the parser looked;
    `counts` (N, branches, V) what the counting head found, if there is one.
    """

    scores: Tensor
    rows: Tensor
    steps: Tensor
    looks: Tensor
    counts: Tensor | None


class Wap(StepwiseRecogniser):
    """Watcher, coverage attention and parser, with an optional counting head."""

    def __init__(self, options: Options, vocabulary: Vocabulary):
        super().__init__(vocabulary)
        self.options = options
        self.watcher = build_watcher(options)
        channels, size = self.watcher.channels, len(vocabulary)
        self.counter = (
            Counter(channels[0], options.counting_channels, options.counting_kernels, size)
            if options.counting
            else None
        )
        self.parser = Parser(options, channels, size)

    def shared_encoder(self) -> nn.Module:
        """The watcher."""
        return self.watcher

    def forward(self, batch: Batch, label_smoothing: float = 0.0) -> Tensor:
        """Losses (N,): the negative log-likelihood of each label, in units of a usual formula's 16 tokens.

        Every token weighs the same, wherever it stands, and the optimum is that of the label's probability, which
        the expression rate asks for; the fixed unit keeps gradients near those of a mean over tokens. With a
        counting head its smooth L1 loss, times `counting_weight`, is added.
        """
        reading = self._teach(batch, batch.tokens, batch.lengths)
        logprobs = torch.log_softmax(reading.scores, dim=1)
        losses = -logprobs.gather(1, batch.tokens[reading.rows, reading.steps][:, None])[:, 0]
        if label_smoothing:
            losses = (1 - label_smoothing) * losses - label_smoothing * logprobs.mean(1)
        losses = losses.new_zeros(len(batch)).index_add(0, reading.rows, losses) / TYPICAL_LENGTH
        if reading.counts is not None:
            losses = losses + self.options.counting_weight * counting_loss(reading.counts, batch.tokens)
        return losses

    def attention(self, batch: Batch, tokens: Sequence[Sequence[int]]) -> list[Tensor]:
        """How much the parser looks at each pixel for each of `tokens`, one sequence of numbers an image.

        Maps (L, H, W) as large as the image itself, interpolated between cells, each with sum 1; of two scales the
        coarse one. `hmer_suite.report.attention` draws them.
        """
        device = batch.images.device
        lengths = torch.tensor([len(row) for row in tokens], device=device)
        padded = pad_sequence([torch.tensor(row, dtype=torch.long) for row in tokens], batch_first=True).to(
            device
        )
        reading = self._teach(batch, padded, lengths)
        found = []
        for i, (height, width) in enumerate(batch.sizes.tolist()):
            cells = reading.looks[reading.rows == i][:, None]
            pixels = F.interpolate(cells, scale_factor=self.watcher.stride, mode="bilinear")
            pixels = pixels[:, 0, :height, :width]
            found.append(pixels / pixels.sum((1, 2), keepdim=True))
        return found

    def _teach(self, batch: Batch, tokens: Tensor, lengths: Tensor) -> Reading:
        """Read `batch` as if `tokens` (N, L), of which the first `lengths` (N,) count, had been written.

        Images are put in the order of their lengths, so that a step works on a slice of them: those whose label
        goes on.
        """
        order = torch.argsort(lengths, descending=True, stable=True)
        views = self.watcher(_permuted(batch, order))
        counts = None if self.counter is None else self.counter(views[0])
        scales, hidden = self.parser.start(views)
        tokens, lengths = tokens[order], lengths[order]
        ongoing = torch.arange(tokens.shape[1], device=tokens.device)[:, None] < lengths
        steps, rows = torch.nonzero(ongoing, as_tuple=True)
        embedded, gates = self.parser.words(_shifted(tokens)[rows, steps])
        weights = self.parser.weights(scales[0].keys.dtype)
        hiddens, contexts, looks = read(gates, torch.bincount(steps).tolist(), hidden, scales, weights)
        mean = None if counts is None else counts.mean(1)[rows]
        scores = self.parser.scores(embedded, hiddens, contexts, mean)
        back = torch.argsort(order)
        return Reading(scores, order[rows], steps, looks, None if counts is None else counts[back])

    def start(self, batch: Batch) -> tuple[Memory, State]:
        """Look at the images."""
        views = self.watcher(batch)
        counts = None if self.counter is None else self.counter(views[0])
        scales, hidden = self.parser.start(views)
        memory, state = {}, {"hidden": hidden}
        for i, scale in enumerate(scales):
            memory |= {f"values{i}": scale.values, f"keys{i}": scale.keys, f"prior{i}": scale.prior}
            memory[f"kernel{i}"] = scale.kernel.expand(
                len(batch), -1, -1
            )  # the same for all, folded but once
            state[f"coverage{i}"] = torch.zeros_like(scale.prior)
        if counts is not None:
            memory["counts"] = counts.mean(1)
        return memory, state

    def step(self, memory: Memory, state: State, tokens: Tensor) -> tuple[Tensor, State]:
        """Log-probabilities (N, V) of the next token behind `tokens` (N,), and the state behind it."""
        scales = []
        for i, attention in enumerate(self.parser.attentions):
            values, keys, prior, kernel = (
                memory[f"{name}{i}"] for name in ("values", "keys", "prior", "kernel")
            )
            energy = 2 * attention.energy.weight[0].to(keys.dtype)
            scales.append(Scale(values, keys, prior, kernel[0], energy))
        coverages = [state[f"coverage{i}"] for i in range(len(scales))]
        embedded, gates = self.parser.words(tokens)
        weights = self.parser.weights(scales[0].keys.dtype)
        done = move(gates, state["hidden"], coverages, scales, weights)
        scores = self.parser.scores(embedded, done.hidden, done.context, memory.get("counts"))
        after = {f"coverage{i}": coverages[i] + done.looks[i] for i in range(len(scales))}
        return torch.log_softmax(scores, dim=1), {"hidden": done.hidden, **after}


def _permuted(batch: Batch, order: Tensor) -> Batch:
    """The batch with its images in another order (labels as they were)."""
    return replace(batch, images=batch.images[order], sizes=batch.sizes[order])


def _shifted(tokens: Tensor) -> Tensor:
    """What stands before each token of `tokens` (N, L)."""
    return torch.cat([torch.full_like(tokens[:, :1], BEGIN), tokens[:, :-1]], dim=1)
