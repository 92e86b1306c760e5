"""The parser: a recurrent network that attends to the maps and writes tokens.

Shapes: N batch, L steps, V vocabulary, E embedding, D hidden, C channels of all contexts together.

Two GRU cells with the attention between them, and a maxout layer before the classifier (Pattern Recognition 2017,
section 3.2 and equation 15). Whatever does not depend on the previous step is computed for all steps at once.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from hmer_wap import Options
from hmer_wap.attention import CoverageAttention
from hmer_wap.counting import masked_mean
from hmer_wap.watcher import View

Maps = list[dict[str, Tensor]]
"""For each scale what its attention keeps of the images."""


class Parser(nn.Module):
    """Reads maps (one or two scales) and gives scores of the next token."""

    def __init__(self, options: Options, channels: tuple[int, ...], vocabulary: int):
        super().__init__()
        kernels = (options.coverage_kernel, options.fine_kernel)
        self.attentions = nn.ModuleList(
            CoverageAttention(width, options.attention, kernel, options.coverage_channels, options.positions)
            for width, kernel in zip(channels, kernels, strict=False)
        )
        self.embedding = nn.Embedding(vocabulary, options.embedding)
        self.initial = nn.Linear(channels[0], options.hidden)
        self.ask = nn.GRUCell(options.embedding, options.hidden)
        self.answer = nn.GRUCell(sum(channels), options.hidden)
        self.queries = nn.Linear(options.hidden, options.attention * len(channels))
        self.from_hidden = nn.Linear(options.hidden, options.embedding)
        self.from_context = nn.Linear(sum(channels), options.embedding, bias=False)
        self.from_counts = nn.Linear(vocabulary, options.embedding, bias=False) if options.counting else None
        self.dropout = nn.Dropout(options.dropout)
        self.classify = nn.Linear(options.embedding // 2, vocabulary)
        self._initialise()

    def _initialise(self) -> None:
        nn.init.normal_(self.embedding.weight, std=0.1)
        for cell in (self.ask, self.answer):
            nn.init.xavier_uniform_(cell.weight_ih)
            for gate in cell.weight_hh.chunk(3):
                nn.init.orthogonal_(gate)
            nn.init.zeros_(cell.bias_ih)
            nn.init.zeros_(cell.bias_hh)

    def start(self, views: tuple[View, ...]) -> tuple[Maps, Tensor, list[Tensor]]:
        """Memory of each scale, first hidden state (N, D) from the coarse maps' mean, and empty coverages."""
        maps = [attention.memory(view) for attention, view in zip(self.attentions, views, strict=True)]
        hidden = torch.tanh(self.initial(masked_mean(views[0].features, views[0].mask)).float())
        return maps, hidden, [torch.zeros_like(m["mask"], dtype=torch.float32) for m in maps]

    def folded(self) -> list[Tensor]:
        """The folded coverage kernels of all scales."""
        return [attention.fold() for attention in self.attentions]

    def words(self, tokens: Tensor) -> tuple[Tensor, Tensor]:
        """Embeddings (..., E) of tokens (...), and what the first cell makes of them (..., 3D)."""
        embedded = self.embedding(tokens)
        return embedded, nn.functional.linear(embedded, self.ask.weight_ih, self.ask.bias_ih)

    def move(
        self, gates: Tensor, hidden: Tensor, coverages: list[Tensor], maps: Maps, folded: list[Tensor]
    ) -> tuple[Tensor, Tensor, list[Tensor]]:
        """One step: the next hidden state (N, D), the context (N, C), and where each scale looked (N, h, w)."""
        asked = gru(gates, nn.functional.linear(hidden, self.ask.weight_hh, self.ask.bias_hh), hidden)
        queries = self.queries(asked).chunk(len(maps), dim=1)
        looks = [
            attention(query, coverage, memory, kernel)
            for attention, query, coverage, memory, kernel in zip(
                self.attentions, queries, coverages, maps, folded, strict=True
            )
        ]
        context = torch.cat([context for context, _ in looks], dim=1)
        gates = nn.functional.linear(context, self.answer.weight_ih, self.answer.bias_ih)
        hidden = gru(gates, nn.functional.linear(asked, self.answer.weight_hh, self.answer.bias_hh), asked)
        return hidden, context, [weights for _, weights in looks]

    def scores(self, embedded: Tensor, hidden: Tensor, context: Tensor, counts: Tensor | None) -> Tensor:
        """Unnormalised log-probabilities (..., V) of the next token; `counts` (..., V) where they are counted."""
        inner = embedded + self.from_hidden(hidden) + self.from_context(context)
        if self.from_counts is not None:
            inner = inner + self.from_counts(counts)
        inner = inner.unflatten(-1, (-1, 2)).amax(-1)
        return self.classify(self.dropout(inner)).float()


def gru(inputs: Tensor, recurrent: Tensor, hidden: Tensor) -> Tensor:
    """The next state (N, D) of a GRU cell, from the gates (N, 3D) of its input and of its state."""
    inputs, recurrent = inputs.float(), recurrent.float()
    size = hidden.shape[1]
    reset, update = torch.sigmoid(inputs[:, : 2 * size] + recurrent[:, : 2 * size]).chunk(2, dim=1)
    new = torch.tanh(torch.addcmul(inputs[:, 2 * size :], reset, recurrent[:, 2 * size :]))
    return torch.lerp(new, hidden, update)
