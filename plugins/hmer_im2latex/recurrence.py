"""The decoder's recurrence: one cell, additive attention, and what was found fed into the next step.

Shapes: N images, P cells of the map (h * w), C features, A attention space, D state, G gates of the cell (4D for an
LSTM, 3D for a GRU), R steps of all labels together: first those of step 0, then those of step 1 ...

With h the state, c the context and o what is fed back (Deng et al. 2017, section 4.2; Luong et al. 2015):
h = cell([embedding; o before], h before), c = attention(h), o = tanh(W [h; c]); o also goes to the classifier.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from hmer_suite.nn.attention import Scene, look
from hmer_suite.nn.cells import gru, lstm


@dataclass(frozen=True, slots=True)
class Weights:
    """Of the recurrence; matrices have inputs as rows, those that make queries are doubled.

    `state` (D, G) and `fed` (D, G) of the cell, `bias` (G,) of its state; `query` (D, A) with `query_bias`;
    `joined` (D + C, D) with `joined_bias` makes what is fed back.
    """

    state: Tensor
    fed: Tensor
    bias: Tensor
    query: Tensor
    query_bias: Tensor
    joined: Tensor
    joined_bias: Tensor


@dataclass(frozen=True, slots=True)
class Step:
    """Behind one step: state (N, D), an LSTM's memory (N, D) or None, what is fed back (N, D), all looks (N, h, w)."""

    hidden: Tensor
    memory: Tensor | None
    fed: Tensor
    coverage: Tensor

    def first(self, count: int) -> Step:
        """The first images only."""
        memory = None if self.memory is None else self.memory[:count]
        return Step(self.hidden[:count], memory, self.fed[:count], self.coverage[:count])


def move(gates: Tensor, before: Step, scene: Scene, weights: Weights) -> tuple[Step, Tensor]:
    """One step from the gates (N, G) of a token; also where it looked (N, h, w)."""
    kind = weights.state.dtype
    inputs = gates + before.fed.to(kind) @ weights.fed
    recurrent = torch.addmm(weights.bias, before.hidden.to(kind), weights.state)
    if before.memory is None:
        hidden, memory = gru(inputs, recurrent, before.hidden), None
    else:
        hidden, memory = lstm(inputs + recurrent, before.memory)
    query = torch.addmm(weights.query_bias, hidden.to(kind), weights.query)
    context, seen = look(query, before.coverage, scene)
    joined = torch.cat([hidden.to(kind), context], dim=1)
    fed = torch.tanh(torch.addmm(weights.joined_bias, joined, weights.joined))
    return Step(hidden, memory, fed, before.coverage + seen), seen


def read(
    gates: Tensor,
    going: Sequence[int],
    state: Step,
    scene: Scene,
    weights: Weights,
    choose: Callable[[Tensor, Tensor], Tensor] | None = None,
) -> tuple[Tensor, Tensor]:
    """What each step of all labels hands to the classifier (R, D), and where it looked (R, h, w).

    Labels stand in the order of their lengths, the longest first: step t is that of the first `going[t]` images.
    `gates` (R, G) are those of the tokens before; `choose`, given a step's gates and what was fed to the classifier
    before, may put others in their place.
    """
    fed, looks = [], []
    for count, gate in zip(going, gates.split(list(going)), strict=True):
        if count < len(state.hidden):
            # Narrowed only when labels end: the way back through a slice costs a copy of the whole.
            scene, state = scene.first(count), state.first(count)
        if choose is not None and fed:
            gate = choose(gate, state.fed)
        state, seen = move(gate, state, scene, weights)
        fed.append(state.fed)
        looks.append(seen)
        if scene.kernel is None:
            state = replace(state, coverage=torch.zeros_like(state.coverage))
    return torch.cat(fed), torch.cat(looks)
