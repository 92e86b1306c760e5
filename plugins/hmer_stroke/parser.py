"""The parser: a recurrent network that attends to strokes and writes tokens.

Shapes: N batch, S strokes, L steps, V vocabulary, D width of strokes, A attention space, C coverage features,
E size of the recurrent state and of a token's vector.

As in "Watch, attend and parse" the attention lies between two GRU cells, and a maxout layer precedes the classifier
(Pattern Recognition 2017, section 3.2). Its coverage features are past attention and the position of each stroke
relative to the one attended to last.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from hmer_stroke.geometry import Boxes
from hmer_stroke.options import Options
from hmer_suite.nn.batch import Strokes
from hmer_suite.nn.cells import RepeatedLinear, gru, initialise_gru

COVERAGE_FEATURES = 7
"""Number of features: offset from the last place at two scales, vertical distance, past and last attention."""


@dataclass(frozen=True, slots=True)
class AttendedStrokes:
    """Strokes prepared for attention.

    `values` (N, S, D), `keys` (N, S, A), `mask_bias` (N, S) 0 for a stroke and -inf for padding, `middles` (N, S, 2).
    """

    values: Tensor
    keys: Tensor
    mask_bias: Tensor
    middles: Tensor

    def first(self, count: int) -> AttendedStrokes:
        """The first `count` formulas only."""
        return AttendedStrokes(
            self.values[:count], self.keys[:count], self.mask_bias[:count], self.middles[:count]
        )


@dataclass(frozen=True, slots=True)
class ParserState:
    """Recurrent state (N, E), sum of past attention (N, S) and last attention (N, S)."""

    hidden: Tensor
    past: Tensor
    last: Tensor

    def first(self, count: int) -> ParserState:
        """The first `count` formulas only."""
        return ParserState(self.hidden[:count], self.past[:count], self.last[:count])


@dataclass(frozen=True, slots=True)
class Weights:
    """Linear maps of the recurrence.

    `hidden` (E to 3E) makes the first cell's gates of its state; `asked` (E to A + 3E) makes the query and the second
    cell's gates of its state; `context` (D to 3E) makes that cell's gates of its input.
    """

    hidden: RepeatedLinear
    asked: RepeatedLinear
    context: RepeatedLinear


class Parser(nn.Module):
    """Reads vectors of strokes and returns scores of the next token."""

    def __init__(self, options: Options, vocabulary: int):
        super().__init__()
        size, width = options.hidden, options.width
        self.embedding = nn.Embedding(vocabulary, size)
        self.initial = nn.Linear(width, size)
        self.ask = nn.GRUCell(size, size)
        self.answer = nn.GRUCell(width, size)
        self.keys = nn.Linear(width, options.attention)
        self.query = nn.Linear(size, options.attention, bias=False)
        self.coverage = nn.Linear(COVERAGE_FEATURES, options.attention, bias=False)
        self.energy = nn.Linear(options.attention, 1, bias=False)
        self.from_hidden = nn.Linear(size, size)
        self.from_context = nn.Linear(width, size, bias=False)
        self.dropout = nn.Dropout(options.dropout)
        self.classify = nn.Linear(size // 2, vocabulary)
        self._initialise()

    def _initialise(self) -> None:
        nn.init.normal_(self.embedding.weight, std=0.1)
        for cell in (self.ask, self.answer):
            initialise_gru(cell)

    def start(self, vectors: Tensor, strokes: Strokes) -> tuple[AttendedStrokes, ParserState]:
        """The attended strokes and the first state; `vectors` (N, S, D) are zero in the padding."""
        mask_bias = torch.zeros_like(vectors[..., 0]).masked_fill(~strokes.mask, -torch.inf)
        middles = Boxes.of(strokes.points).middle
        return self._start(vectors, mask_bias, middles)

    def start_again(self, attended: AttendedStrokes) -> tuple[AttendedStrokes, ParserState]:
        """`start` of this parser from the strokes that another one attends to."""
        return self._start(attended.values, attended.mask_bias, attended.middles)

    def _start(
        self, vectors: Tensor, mask_bias: Tensor, middles: Tensor
    ) -> tuple[AttendedStrokes, ParserState]:
        attended = AttendedStrokes(vectors, self.keys(vectors), mask_bias, middles)
        mean = vectors.sum(1) / (mask_bias == 0).sum(1, keepdim=True)
        nothing = torch.zeros_like(mask_bias)
        return attended, ParserState(torch.tanh(self.initial(mean)), nothing, nothing)

    def words(self, tokens: Tensor) -> tuple[Tensor, Tensor]:
        """Embeddings (..., E) of tokens (...), and their gates (..., 3E) in the first cell."""
        embedded = self.embedding(tokens)
        return embedded, nn.functional.linear(embedded, self.ask.weight_ih, self.ask.bias_ih)

    def weights(self) -> Weights:
        """The linear maps of the recurrence, for one pass."""
        ask, answer, query = self.ask, self.answer, self.query.weight
        return Weights(
            RepeatedLinear(ask.weight_hh.T, ask.bias_hh),
            RepeatedLinear(
                torch.cat([query, answer.weight_hh]).T,
                torch.cat([query.new_zeros(len(query)), answer.bias_hh]),
            ),
            RepeatedLinear(answer.weight_ih.T, answer.bias_ih),
        )

    def step(
        self, gates: Tensor, state: ParserState, attended: AttendedStrokes, weights: Weights
    ) -> tuple[ParserState, Tensor, Tensor]:
        """New state, context (N, D) and energies (N, S) of attention after a token with `gates` (N, 3E)."""
        asked = gru(gates, weights.hidden(state.hidden), state.hidden)
        query, more = weights.asked(asked).split([attended.keys.shape[-1], 3 * asked.shape[-1]], dim=1)
        keys = attended.keys + query[:, None] + self.coverage(_coverage(state, attended))
        energies = self.energy(torch.tanh(keys))[..., 0] + attended.mask_bias
        seen = energies.softmax(1)
        context = torch.bmm(seen[:, None], attended.values)[:, 0]
        hidden = gru(weights.context(context), more, asked)
        return ParserState(hidden, state.past + seen, seen), context, energies

    def unroll(
        self, gates: Tensor, active: tuple[int, ...], attended: AttendedStrokes, state: ParserState
    ) -> tuple[Tensor, Tensor, Tensor]:
        """State (R, E), context (R, D) and log attention (R, S) after each step of all labels.

        Formulas are in descending order of their labels' lengths: step t is that of the first `active[t]`.
        """
        hiddens, contexts, all_energies = [], [], []
        weights = self.weights()
        for count, gate in zip(active, gates.split(list(active)), strict=True):
            if count < len(state.hidden):
                attended, state = attended.first(count), state.first(count)
            state, context, energies = self.step(gate, state, attended, weights)
            hiddens.append(state.hidden)
            contexts.append(context)
            all_energies.append(energies)
        return torch.cat(hiddens), torch.cat(contexts), torch.cat(all_energies).log_softmax(1)

    def scores(self, embedded: Tensor, hidden: Tensor, context: Tensor) -> Tensor:
        """Unnormalised log-probabilities (..., V) of the next token."""
        inner = embedded + self.from_hidden(hidden) + self.from_context(context)
        return self.classify(self.dropout(inner.unflatten(-1, (-1, 2)).amax(-1)))


def _coverage(state: ParserState, attended: AttendedStrokes) -> Tensor:
    """Coverage features (N, S, 7) of each stroke."""
    place = torch.bmm(state.last[:, None], attended.middles)
    offset = attended.middles - place
    return torch.cat(
        [
            torch.tanh(offset),
            torch.tanh(offset / 4),
            torch.exp(-offset[..., 1:].square()),
            state.past[..., None],
            state.last[..., None],
        ],
        dim=-1,
    )
