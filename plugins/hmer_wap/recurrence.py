"""The parser's recurrence: two GRU cells with coverage attention between them, for one step or for whole labels.

Shapes: N images, S scales, P cells of a map (h * w), C channels of its features, C' those of all scales together,
A attention space, D hidden, R steps of all labels together: first those of step 0, then those of step 1 ...
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from hmer_suite.nn.attention import Scene, look
from hmer_suite.nn.cells import gru


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
class Move:
    """Behind one step: the hidden state (N, D), the context (N, C'), and where each scale was looked at (N, h, w)."""

    hidden: Tensor
    context: Tensor
    looks: list[Tensor]


def move(
    gates: Tensor, hidden: Tensor, coverages: Sequence[Tensor], scales: Sequence[Scene], weights: Weights
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


def read(
    gates: Tensor, going: Sequence[int], hidden: Tensor, scales: Sequence[Scene], weights: Weights
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
