"""Recurrent steps of the decoder: one cell, additive attention, and input feeding.

Shapes: N images, P cells of the map (h * w), C features, A attention space, D state, G gates of the cell (4D for an
LSTM, 3D for a GRU), R tokens of all labels together: first those of step 0, then those of step 1 ...

With h the state, c the context and o the vector fed back (Deng et al. 2017, section 4.2; Luong et al. 2015):
h = cell([embedding; previous o], previous h), c = attention(h), o = tanh(W [h; c]); o also goes to the classifier.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from hmer_suite.nn.attention import AttendedMap, attend
from hmer_suite.nn.cells import gru, lstm


@dataclass(frozen=True, slots=True)
class Weights:
    """Weight matrices of the recurrence, input-major; those that make queries are doubled.

    `state` (D, G), `fed` (D, G) and `bias` (G,) belong to the cell; `query` (D, A) and `query_bias` to attention;
    `joined` (D + C, D) and `joined_bias` make the vector that is fed back.
    """

    state: Tensor
    fed: Tensor
    bias: Tensor
    query: Tensor
    query_bias: Tensor
    joined: Tensor
    joined_bias: Tensor


@dataclass(frozen=True, slots=True)
class DecoderState:
    """State (N, D), an LSTM's memory (N, D) or None, the vector fed back (N, D), and the coverage (N, h, w)."""

    hidden: Tensor
    memory: Tensor | None
    fed: Tensor
    coverage: Tensor

    def first(self, count: int) -> DecoderState:
        """The first `count` images only."""
        memory = None if self.memory is None else self.memory[:count]
        return DecoderState(self.hidden[:count], memory, self.fed[:count], self.coverage[:count])


def take_step(
    gates: Tensor, before: DecoderState, attended: AttendedMap, weights: Weights
) -> tuple[DecoderState, Tensor]:
    """The state after a token with `gates` (N, G), and the attention (N, h, w) of the step."""
    kind = weights.state.dtype
    inputs = gates + before.fed.to(kind) @ weights.fed
    recurrent = torch.addmm(weights.bias, before.hidden.to(kind), weights.state)
    if before.memory is None:
        hidden, memory = gru(inputs, recurrent, before.hidden), None
    else:
        hidden, memory = lstm(inputs + recurrent, before.memory)
    query = torch.addmm(weights.query_bias, hidden.to(kind), weights.query)
    context, attention = attend(query, before.coverage, attended)
    joined = torch.cat([hidden.to(kind), context], dim=1)
    fed = torch.tanh(torch.addmm(weights.joined_bias, joined, weights.joined))
    return DecoderState(hidden, memory, fed, before.coverage + attention), attention


def unroll(
    gates: Tensor,
    active: Sequence[int],
    state: DecoderState,
    attended: AttendedMap,
    weights: Weights,
    choose: Callable[[Tensor, Tensor], Tensor] | None = None,
) -> tuple[Tensor, Tensor]:
    """Inputs (R, D) of the classifier after each step of all labels, and the attention (R, h, w) of each.

    Images are in descending order of their labels' lengths: step t is that of the first `active[t]` images. `gates`
    (R, G) are those of the input tokens; `choose`, called with a step's gates and the classifier's last input, may
    replace them.
    """
    fed: list[Tensor] = []
    attentions: list[Tensor] = []
    attended = attended.for_many_steps()
    for count, gate in zip(active, gates.split(list(active)), strict=True):
        if count < len(state.hidden):
            # Narrowed only when labels end: the backward pass through a slice costs a copy of the whole.
            attended, state = attended.first(count), state.first(count)
        if choose is not None and fed:
            gate = choose(gate, state.fed)
        state, attention = take_step(gate, state, attended, weights)
        fed.append(state.fed)
        attentions.append(attention)
        if attended.kernel is None:
            state = replace(state, coverage=torch.zeros_like(state.coverage))
    return torch.cat(fed), torch.cat(attentions)
