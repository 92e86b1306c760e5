"""The parser: a recurrent network that attends to the maps and writes tokens.

Shapes: N batch, L steps, V vocabulary, E embedding, D hidden, C channels of all contexts together.

Two GRU cells with the attention between them, and a maxout layer before the classifier (Pattern Recognition 2017,
section 3.2 and equation 15). All that does not depend on the previous step is computed for all steps at once.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from hmer_suite.nn.attention import AttendedMap
from hmer_suite.nn.cells import initialise_gru
from hmer_wap.attention import CoverageAttention
from hmer_wap.counting import masked_mean
from hmer_wap.decoder_steps import Weights
from hmer_wap.encoder import View
from hmer_wap.options import Options


class Parser(nn.Module):
    """Reads maps (one or two scales) and returns scores of the next token."""

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
            initialise_gru(cell)

    @property
    def coverage_attentions(self) -> list[CoverageAttention]:
        """The attention of each scale."""
        return [part for part in self.attentions if isinstance(part, CoverageAttention)]

    def start(self, views: tuple[View, ...]) -> tuple[list[AttendedMap], Tensor]:
        """The attended map of each scale, and the first hidden state (N, D), from the coarse maps' mean."""
        scales = [
            attention.attended(view) for attention, view in zip(self.coverage_attentions, views, strict=True)
        ]
        return scales, torch.tanh(self.initial(masked_mean(views[0].features, views[0].mask)).float())

    def weights(self, kind: torch.dtype) -> Weights:
        """Weights of the recurrence; those that make queries are doubled."""
        queries, answer = self.queries, self.answer
        return Weights(
            self.ask.weight_hh.T.to(kind),
            self.ask.bias_hh.to(kind),
            torch.cat([2 * queries.weight, answer.weight_hh]).T.to(kind),
            torch.cat([2 * queries.bias, answer.bias_hh]).to(kind),
            answer.weight_ih.T.to(kind),
            answer.bias_ih.to(kind),
        )

    def words(self, tokens: Tensor) -> tuple[Tensor, Tensor]:
        """Embeddings (..., E) of tokens (...), and their gates (..., 3D) in the first cell."""
        embedded = self.embedding(tokens)
        return embedded, nn.functional.linear(embedded, self.ask.weight_ih, self.ask.bias_ih)

    def scores(self, embedded: Tensor, hidden: Tensor, context: Tensor, counts: Tensor | None) -> Tensor:
        """Unnormalised log-probabilities (..., V) of the next token; `counts` (..., V) with a counting head."""
        inner = embedded + self.from_hidden(hidden) + self.from_context(context)
        if self.from_counts is not None:
            inner = inner + self.from_counts(counts)
        inner = inner.unflatten(-1, (-1, 2)).amax(-1)
        return self.classify(self.dropout(inner)).float()
