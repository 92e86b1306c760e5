"""Recurrent steps of the parser: two GRU cells with coverage attention between them, for one token or whole labels.

Shapes: N images, S scales, P cells of a map (h * w), C channels of its features, C' those of all scales together,
A attention space, D hidden, R tokens of all labels together: first those of step 0, then those of step 1 ...
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from hmer_suite.nn.attention import AttendedMap, attend
from hmer_suite.nn.cells import gru


@dataclass(frozen=True, slots=True)
class Weights:
    """Weight matrices of both GRU cells, input-major; `asked` joins W_q (S * A columns) and the second cell's W_hh."""

    hidden: Tensor
    hidden_bias: Tensor
    asked: Tensor
    asked_bias: Tensor
    context: Tensor
    context_bias: Tensor


@dataclass(frozen=True, slots=True)
class DecoderStep:
    """Result of one step: hidden state (N, D), context (N, C'), and for each scale the attention (N, h, w)."""

    hidden: Tensor
    context: Tensor
    attention: list[Tensor]


def take_step(
    gates: Tensor,
    hidden: Tensor,
    coverages: Sequence[Tensor],
    scales: Sequence[AttendedMap],
    weights: Weights,
) -> DecoderStep:
    """One step from a token's gates (N, 3D), the hidden state (N, D), and the coverages (N, h, w) so far."""
    kind, width = weights.hidden.dtype, len(scales) * len(scales[0].energy)
    asked = gru(gates, torch.addmm(weights.hidden_bias, hidden.to(kind), weights.hidden), hidden)
    more = torch.addmm(weights.asked_bias, asked.to(kind), weights.asked)
    queries = more[:, :width].chunk(len(scales), dim=1)
    found = [attend(*each) for each in zip(queries, coverages, scales, strict=True)]
    context = torch.cat([context for context, _ in found], dim=1)
    answer = torch.addmm(weights.context_bias, context, weights.context)
    return DecoderStep(gru(answer, more[:, width:], asked), context, [attention for _, attention in found])


def unroll(
    gates: Tensor, active: Sequence[int], hidden: Tensor, scales: Sequence[AttendedMap], weights: Weights
) -> tuple[Tensor, Tensor, Tensor]:
    """State (R, D), context (R, C') and attention (R, h, w) of scale 0 after each step of all labels.

    Images are in descending order of their labels' lengths: step t is that of the first `active[t]` images. `gates`
    (R, 3D) are those of the input tokens, `hidden` (N, D) is the first state.
    """
    scales = [scale.for_many_steps() for scale in scales]
    coverages = [torch.zeros_like(scale.mask_bias) for scale in scales]
    steps = []
    for count, gate in zip(active, gates.split(list(active)), strict=True):
        if count < len(hidden):
            # Narrowed only when labels end: the backward pass through a slice costs a copy of the whole.
            scales = [scale.first(count) for scale in scales]
            hidden, coverages = hidden[:count], [coverage[:count] for coverage in coverages]
        steps.append(take_step(gate, hidden, coverages, scales, weights))
        hidden = steps[-1].hidden
        coverages = [a + b for a, b in zip(coverages, steps[-1].attention, strict=True)]
    return (
        torch.cat([step.hidden for step in steps]),
        torch.cat([step.context for step in steps]),
        torch.cat([step.attention[0] for step in steps]),
    )
