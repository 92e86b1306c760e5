"""Recurrent cells that take precomputed gates: those of all tokens of a label are one product, outside the loop.

Shapes: N batch, D state, I inputs, O outputs. States are in single precision, whatever that of the gates.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd import Function


def gru(inputs: Tensor, recurrent: Tensor, hidden: Tensor) -> Tensor:
    """The next state (N, D) of a GRU, from the gates (N, 3D) of its input and of its state, as `torch.nn.GRUCell`."""
    inputs, recurrent = inputs.float(), recurrent.float()
    size = 2 * hidden.shape[1]
    reset, update = torch.sigmoid(inputs[:, :size] + recurrent[:, :size]).chunk(2, dim=1)
    fresh = torch.tanh(torch.addcmul(inputs[:, size:], reset, recurrent[:, size:]))
    return torch.lerp(fresh, hidden, update)


def initialise_gru(cell: nn.GRUCell) -> None:
    """Initialise a cell: Xavier weights for its input, orthogonal ones for each gate of its state, biases 0."""
    nn.init.xavier_uniform_(cell.weight_ih)
    for gate in cell.weight_hh.chunk(3):
        nn.init.orthogonal_(gate)
    nn.init.zeros_(cell.bias_ih)
    nn.init.zeros_(cell.bias_hh)


def lstm(gates: Tensor, memory: Tensor) -> tuple[Tensor, Tensor]:
    """The next state and memory (N, D) of an LSTM, from all its gates (N, 4D), as `torch.nn.LSTMCell`."""
    enter, forget, fresh, leave = gates.float().chunk(4, dim=1)
    memory = torch.sigmoid(forget) * memory + torch.sigmoid(enter) * torch.tanh(fresh)
    return torch.sigmoid(leave) * torch.tanh(memory), memory


Uses = list[tuple[Tensor, Tensor]]
"""Inputs and output gradients of all applications of a map."""


class RepeatedLinear:
    """A linear map (N, I) to (N, O) that a recurrence applies at each step; create one for each forward pass.

    The gradient of its weights is one product over all steps, where autograd would compute one per step and add them:
    with batches of a few dozen rows that takes more time than all else. It has no second derivatives. Under autocast it
    works in the lower precision, as `torch.nn.Linear` does, and the gradient has the precision of the weights.
    """

    def __init__(self, weight: Tensor, bias: Tensor):
        """`weight` (I, O), `bias` (O,)."""
        self._uses: Uses = []
        self._weight, self._bias = _Collect.apply(weight, bias, self._uses)

    def __call__(self, inputs: Tensor) -> Tensor:
        """The outputs (N, O) of inputs (N, I)."""
        return _Apply.apply(inputs, self._weight, self._bias, self._uses)


class _Collect(Function):
    """Identity of the weights; the backward pass sums their gradient over all uses."""

    @staticmethod
    def forward(ctx: Any, weight: Tensor, bias: Tensor, uses: Uses) -> tuple[Tensor, Tensor]:
        ctx.uses, ctx.precision = uses, weight.dtype
        return weight.view_as(weight), bias.view_as(bias)

    @staticmethod
    def backward(ctx: Any, *_: Tensor) -> tuple[Tensor, Tensor, None]:
        inputs, gradients = (torch.cat(found) for found in zip(*ctx.uses, strict=True))
        ctx.uses.clear()
        weights = inputs.to(gradients.dtype).mT @ gradients
        return weights.to(ctx.precision), gradients.sum(0, dtype=ctx.precision), None


class _Apply(Function):
    """One application of the weights."""

    @staticmethod
    def forward(ctx: Any, inputs: Tensor, weight: Tensor, bias: Tensor, uses: Uses) -> Tensor:
        ctx.save_for_backward(inputs, weight)
        ctx.uses = uses
        return torch.addmm(bias, inputs, weight)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None, None]:
        inputs, weight = ctx.saved_tensors
        ctx.uses.append((inputs, gradient))
        return (gradient @ weight.to(gradient.dtype).mT).to(inputs.dtype), None, None, None
