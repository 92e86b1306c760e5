"""Watch, attend and parse as a recogniser of the suite.

Shapes: N batch, L tokens of the longest label with its end, V vocabulary, h w cells of the coarse maps.
"""

from __future__ import annotations

import torch
from torch import Tensor

from hmer_suite.data.vocab import BEGIN, PAD, Vocabulary
from hmer_suite.train.batch import Batch
from hmer_suite.train.module import Memory, State, StepwiseRecogniser
from hmer_wap import Options
from hmer_wap.counting import Counter, counting_loss, masked_mean
from hmer_wap.parser import Maps, Parser
from hmer_wap.watcher import build_watcher

TYPICAL_LENGTH = 16
"""Tokens of a usual formula with its end: the unit in which losses of samples are given."""


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

    def forward(self, batch: Batch, label_smoothing: float = 0.0) -> Tensor:
        """Losses (N,): the negative log-likelihood of each label, in units of a usual formula's 16 tokens.

        Every token weighs the same, wherever it stands, and the optimum is that of the label's probability, which
        the expression rate asks for; the fixed unit keeps gradients near those of a mean over tokens. With a
        counting head its smooth L1 loss, times `counting_weight`, is added.
        """
        scores, counts = self.teach(batch, batch.tokens)
        logprobs = torch.log_softmax(scores, dim=2)
        losses = -logprobs.gather(2, batch.tokens[:, :, None])[:, :, 0]
        if label_smoothing:
            losses = (1 - label_smoothing) * losses - label_smoothing * logprobs.mean(2)
        losses = (losses * (batch.tokens != PAD)).sum(1) / TYPICAL_LENGTH
        if counts is not None:
            losses = losses + self.options.counting_weight * counting_loss(counts, batch.tokens)
        return losses

    def teach(self, batch: Batch, tokens: Tensor) -> tuple[Tensor, Tensor | None]:
        """Scores (N, L, V) of every token behind those before it in `tokens` (N, L), and counts if there are."""
        (maps, hidden, coverages), counts = self._watch(batch)
        folded = self.parser.folded()
        embedded, gates = self.parser.words(_shifted(tokens))
        hiddens, contexts = [], []
        for gate in gates.unbind(1):
            hidden, context, looks = self.parser.move(gate, hidden, coverages, maps, folded)
            coverages = [coverage + look for coverage, look in zip(coverages, looks, strict=True)]
            hiddens.append(hidden)
            contexts.append(context)
        mean = None if counts is None else counts.mean(1)[:, None]
        return self.parser.scores(embedded, torch.stack(hiddens, 1), torch.stack(contexts, 1), mean), counts

    def start(self, batch: Batch) -> tuple[Memory, State]:
        """Look at the images."""
        (maps, hidden, coverages), counts = self._watch(batch)
        memory = {f"{name}{i}": value for i, scale in enumerate(maps) for name, value in scale.items()}
        if counts is not None:
            memory["counts"] = counts.mean(1)
        state = {f"coverage{i}": coverage for i, coverage in enumerate(coverages)}
        return memory, {"hidden": hidden, **state}

    def step(self, memory: Memory, state: State, tokens: Tensor) -> tuple[Tensor, State]:
        """Log-probabilities (N, V) of the next token behind `tokens` (N,), and the state behind it."""
        scales = range(len(self.parser.attentions))
        maps = [{name: memory[f"{name}{i}"] for name in ("values", "keys", "mask")} for i in scales]
        coverages = [state[f"coverage{i}"] for i in scales]
        embedded, gates = self.parser.words(tokens)
        hidden, context, looks = self.parser.move(
            gates, state["hidden"], coverages, maps, self.parser.folded()
        )
        scores = self.parser.scores(embedded, hidden, context, memory.get("counts"))
        after = {f"coverage{i}": coverages[i] + looks[i] for i in scales}
        return torch.log_softmax(scores, dim=1), {"hidden": hidden, **after}

    def _watch(self, batch: Batch) -> tuple[tuple[Maps, Tensor, list[Tensor]], Tensor | None]:
        views = self.watcher(batch)
        counts = None if self.counter is None else self.counter(views[0])
        return self.parser.start(views, masked_mean(views[0].features, views[0].mask)), counts


def _shifted(tokens: Tensor) -> Tensor:
    """What stands before each token of `tokens` (N, L)."""
    return torch.cat([torch.full_like(tokens[:, :1], BEGIN), tokens[:, :-1]], dim=1)
