"""The parser's recurrence: two GRU cells with coverage attention between them, for one step or for whole labels.

Shapes: N images, S scales, P cells of a map (h * w), C channels of its features, C' those of all scales together,
A attention space, D hidden, R steps of all labels together: first those of step 0, then those of step 1 ...

Energies use the logistic function instead of tanh, four times as fast on CPUs: tanh x = 2 logistic(2x) - 1, what is
inside comes doubled, and softmax does not see the constant.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Weights:
    """Of the cells; matrices have inputs as rows. `asked` are W_q (S * A columns) and the second cell's W_hh."""

    hidden: Tensor
    hidden_bias: Tensor
    asked: Tensor
    asked_bias: Tensor
    context: Tensor
    context_bias: Tensor


@dataclass(frozen=True, slots=True)
class Scale:
    """One map as its attention reads it, keys, kernel and energy doubled.

    `values` (N, P, C), `keys` (N, P, A), `prior` (N, h, w) a constant inside of the image and -inf outside, `kernel`
    (k * k, A) of the coverage, `energy` (A,).
    """

    values: Tensor
    keys: Tensor
    prior: Tensor
    kernel: Tensor
    energy: Tensor

    def first(self, count: int) -> Scale:
        """The first images only."""
        return Scale(self.values[:count], self.keys[:count], self.prior[:count], self.kernel, self.energy)


@dataclass(frozen=True, slots=True)
class Move:
    """Behind one step: the hidden state (N, D), the context (N, C'), and where each scale was looked at (N, h, w)."""

    hidden: Tensor
    context: Tensor
    looks: list[Tensor]


def move(
    gates: Tensor, hidden: Tensor, coverages: Sequence[Tensor], scales: Sequence[Scale], weights: Weights
) -> Move:
    """One step from the gates (N, 3D) of a token, the hidden state (N, D), and the coverages (N, h, w) so far."""
    kind, width = weights.hidden.dtype, len(scales) * len(scales[0].energy)
    asked = gru(gates, torch.addmm(weights.hidden_bias, hidden.to(kind), weights.hidden), hidden)
    more = torch.addmm(weights.asked_bias, asked.to(kind), weights.asked)
    queries = more[:, :width].chunk(len(scales), dim=1)
    found = [look(*each) for each in zip(queries, coverages, scales, strict=True)]
    context = torch.cat([context for context, _ in found], dim=1)
    answer = torch.addmm(weights.context_bias, context, weights.context)
    return Move(gru(answer, more[:, width:], asked), context, [seen for _, seen in found])


def look(query: Tensor, coverage: Tensor, scale: Scale) -> tuple[Tensor, Tensor]:
    """Context (N, C) and attention (N, h, w) for a query (N, A)."""
    count, cells, size = scale.keys.shape
    past = windows(coverage.to(scale.keys.dtype), scale.kernel)
    inside = torch.addmm(scale.keys.reshape(-1, size), past, scale.kernel).view(count, cells, size)
    inside = inside.add_(query[:, None]).sigmoid_()
    energies = scale.prior + (inside.view(-1, size) @ scale.energy).view_as(scale.prior)
    seen = energies.flatten(1).softmax(1)
    context = torch.bmm(seen[:, None].to(scale.values.dtype), scale.values)[:, 0]
    return context, seen.view_as(scale.prior)


def windows(maps: Tensor, kernel: Tensor) -> Tensor:
    """The k x k neighbourhoods (N * P, k * k) of all cells of maps (N, h, w), zeros around them."""
    side = math.isqrt(len(kernel))
    margin = side // 2
    padded = F.pad(maps, (margin, margin, margin, margin))
    return padded.unfold(1, side, 1).unfold(2, side, 1).reshape(-1, side * side)


def gru(inputs: Tensor, recurrent: Tensor, hidden: Tensor) -> Tensor:
    """The next state (N, D) of a GRU cell, from the gates (N, 3D) of its input and of its state; in full precision."""
    inputs, recurrent = inputs.float(), recurrent.float()
    size = 2 * hidden.shape[1]
    reset, update = torch.sigmoid(inputs[:, :size] + recurrent[:, :size]).chunk(2, dim=1)
    fresh = torch.tanh(torch.addcmul(inputs[:, size:], reset, recurrent[:, size:]))
    return torch.lerp(fresh, hidden, update)


def read(
    gates: Tensor, going: Sequence[int], hidden: Tensor, scales: Sequence[Scale], weights: Weights
) -> tuple[Tensor, Tensor, Tensor]:
    """Behind each step of all labels: state (R, D), context (R, C'), and where scale 0 was looked at (R, h, w).

    Labels stand in the order of their lengths, the longest first: step t is that of the first `going[t]` images.
    `gates` (R, 3D) are those of the tokens before, `hidden` (N, D) the first state.
    """
    coverages = [torch.zeros_like(scale.prior) for scale in scales]
    moves = []
    for count, gate in zip(going, gates.split(list(going)), strict=True):
        if count < len(hidden):
            # Narrowed only when labels end: the way back through a slice costs a copy of the whole.
            scales = [scale.first(count) for scale in scales]
            hidden, coverages = hidden[:count], [coverage[:count] for coverage in coverages]
        moves.append(move(gate, hidden, coverages, scales, weights))
        hidden = moves[-1].hidden
        coverages = [a + b for a, b in zip(coverages, moves[-1].looks, strict=True)]
    return (
        torch.cat([step.hidden for step in moves]),
        torch.cat([step.context for step in moves]),
        torch.cat([step.looks[0] for step in moves]),
    )
