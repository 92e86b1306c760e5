"""Recurrent cells whose gates come ready made: those of all tokens of a label are one product, outside of the loop.

Shapes: N batch, D state. Whatever precision the gates have, states are made in full.
"""

from __future__ import annotations

import torch
from torch import Tensor


def gru(inputs: Tensor, recurrent: Tensor, hidden: Tensor) -> Tensor:
    """The next state (N, D) of a GRU, from the gates (N, 3D) of its input and of its state, as `torch.nn.GRUCell`."""
    inputs, recurrent = inputs.float(), recurrent.float()
    size = 2 * hidden.shape[1]
    reset, update = torch.sigmoid(inputs[:, :size] + recurrent[:, :size]).chunk(2, dim=1)
    fresh = torch.tanh(torch.addcmul(inputs[:, size:], reset, recurrent[:, size:]))
    return torch.lerp(fresh, hidden, update)


def lstm(gates: Tensor, memory: Tensor) -> tuple[Tensor, Tensor]:
    """The next state and memory (N, D) of an LSTM, from all its gates (N, 4D), as `torch.nn.LSTMCell`."""
    enter, forget, fresh, leave = gates.float().chunk(4, dim=1)
    memory = torch.sigmoid(forget) * memory + torch.sigmoid(enter) * torch.tanh(fresh)
    return torch.sigmoid(leave) * torch.tanh(memory), memory
