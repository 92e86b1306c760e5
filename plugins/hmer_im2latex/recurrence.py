"""The decoder's recurrence: one cell, additive attention, and what was found fed into the next step.

Shapes: N images, P cells of the map (h * w), C features, A attention space, D state, G gates of the cell (4D for an
LSTM, 3D for a GRU), R steps of all labels together: first those of step 0, then those of step 1 ...

With h the state, c the context and o what is fed back (Deng et al. 2017, section 4.2; Luong et al. 2015):
h = cell([embedding; o before], h before), c = attention(h), o = tanh(W [h; c]); o also goes to the classifier.
The energy of a cell is v . tanh(W_q h + W_f f + coverage). It is computed with the logistic function, several times as
fast on CPUs: tanh x = 2 logistic(2x) - 1, what is inside comes doubled, and softmax does not see the constant.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Weights:
    """Of the recurrence; matrices have inputs as rows, those that make queries and energies are doubled.

    `state` (D, G) and `fed` (D, G) of the cell, `bias` (G,) of its state; `query` (D, A) with `query_bias`; `energy`
    (A,); `kernel` (k * k, A) of the coverage or None; `joined` (D + C, D) with `joined_bias` makes what is fed back.
    """

    state: Tensor
    fed: Tensor
    bias: Tensor
    query: Tensor
    query_bias: Tensor
    energy: Tensor
    kernel: Tensor | None
    joined: Tensor
    joined_bias: Tensor


@dataclass(frozen=True, slots=True)
class Scene:
    """What is looked at: `values` (N, P, C), `keys` (N, P, A) doubled, `prior` (N, h, w), 0 inside, -inf outside."""

    values: Tensor
    keys: Tensor
    prior: Tensor

    def first(self, count: int) -> Scene:
        """The first images only."""
        return Scene(self.values[:count], self.keys[:count], self.prior[:count])


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
    context, seen = look(query, before.coverage, scene, weights)
    joined = torch.cat([hidden.to(kind), context], dim=1)
    fed = torch.tanh(torch.addmm(weights.joined_bias, joined, weights.joined))
    return Step(hidden, memory, fed, before.coverage + seen), seen


def look(query: Tensor, coverage: Tensor, scene: Scene, weights: Weights) -> tuple[Tensor, Tensor]:
    """Context (N, C) and attention (N, h, w) for a query (N, A)."""
    count, cells, size = scene.keys.shape
    if weights.kernel is None:
        inside = scene.keys + query[:, None]
    else:
        past = windows(coverage.to(scene.keys.dtype), weights.kernel)
        inside = torch.addmm(scene.keys.reshape(-1, size), past, weights.kernel).view(count, cells, size)
        inside = inside.add_(query[:, None])
    energies = (inside.sigmoid_().view(-1, size) @ weights.energy).view_as(scene.prior) + scene.prior
    seen = energies.flatten(1).softmax(1)
    context = torch.bmm(seen[:, None].to(scene.values.dtype), scene.values)[:, 0]
    return context, seen.view_as(scene.prior)


def windows(maps: Tensor, kernel: Tensor) -> Tensor:
    """The k x k neighbourhoods (N * P, k * k) of all cells of maps (N, h, w), zeros around them."""
    side = math.isqrt(len(kernel))
    margin = side // 2
    padded = F.pad(maps, (margin, margin, margin, margin))
    return padded.unfold(1, side, 1).unfold(2, side, 1).reshape(-1, side * side)


def gru(inputs: Tensor, recurrent: Tensor, hidden: Tensor) -> Tensor:
    """The next state (N, D) of a GRU, from the gates (N, 3D) of its input and of its state; in full precision."""
    inputs, recurrent = inputs.float(), recurrent.float()
    size = 2 * hidden.shape[1]
    reset, update = torch.sigmoid(inputs[:, :size] + recurrent[:, :size]).chunk(2, dim=1)
    fresh = torch.tanh(torch.addcmul(inputs[:, size:], reset, recurrent[:, size:]))
    return torch.lerp(fresh, hidden, update)


def lstm(gates: Tensor, memory: Tensor) -> tuple[Tensor, Tensor]:
    """The next state and memory (N, D) of an LSTM, from all its gates (N, 4D); in full precision."""
    enter, forget, fresh, leave = gates.float().chunk(4, dim=1)
    memory = torch.sigmoid(forget) * memory + torch.sigmoid(enter) * torch.tanh(fresh)
    return torch.sigmoid(leave) * torch.tanh(memory), memory


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
        if weights.kernel is None:
            state = replace(state, coverage=torch.zeros_like(state.coverage))
    return torch.cat(fed), torch.cat(looks)
