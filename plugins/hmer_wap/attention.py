"""Attention with coverage: where to look next, given what has been read.

Shapes: N batch, P cells of a map (h * w), C channels of the features, A attention space, K coverage channels.

The energy of a cell is v . tanh(W_q q + W_f f + W_c (Q * coverage) + b), coverage being the sum of past attention
(Pattern Recognition 2017, section 3.3). The convolution Q (K maps of k x k cells) and the linear map W_c (K to A)
are weights of their own, as they train best, but nothing lies between them: their product, a convolution to A maps,
is made once for each reading, and it alone is applied at every step.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from hmer_wap.recurrence import Scale
from hmer_wap.watcher import View


class CoverageAttention(nn.Module):
    """Additive attention over one map of features, with coverage."""

    def __init__(self, channels: int, size: int, kernel: int, coverage_channels: int, positions: bool):
        super().__init__()
        self.features = nn.Linear(channels, size)
        self.coverage = nn.Conv2d(1, coverage_channels, kernel, padding=kernel // 2, bias=False)
        self.coverage_map = nn.Linear(coverage_channels, size, bias=False)
        self.energy = nn.Linear(size, 1)
        self.positions = nn.Linear(POSITION_SIZE, size, bias=False) if positions else None

    def scale(self, view: View) -> Scale:
        """The map as the recurrence reads it; keys and kernel are doubled, as `hmer_wap.recurrence` wants them."""
        values = view.features.permute(0, 2, 3, 1).flatten(1, 2)
        keys = self.features(values)
        if self.positions is not None:
            keys = keys + self.positions(position_codes(view.mask).flatten(1, 2).to(keys.dtype))
        kind, energy = keys.dtype, self.energy
        prior = torch.where(view.mask[:, 0], energy.bias, -torch.inf)
        return Scale(
            values.to(kind), 2 * keys, prior, 2 * self.fold().to(kind), 2 * energy.weight[0].to(kind)
        )

    def fold(self) -> Tensor:
        """Convolution and linear map in one: (k * k, A)."""
        return (self.coverage_map.weight @ self.coverage.weight.flatten(1)).T


POSITION_SIZE = 64
"""Numbers that say where a cell lies: 16 sines and 16 cosines for each coordinate."""


def position_codes(mask: Tensor) -> Tensor:
    """Sines and cosines (N, h, w, 64) of the row and column of each cell of a mask (N, 1, h, w), and their halves.

    Coordinates are counted in cells from the upper left corner; wavelengths run from 2 pi to 200 cells.
    """
    height, width = mask.shape[-2:]
    rates = torch.logspace(0, math.log10(math.tau / 200), POSITION_SIZE // 4, device=mask.device)
    rows = torch.arange(height, device=mask.device)[:, None] * rates
    columns = torch.arange(width, device=mask.device)[:, None] * rates
    rows = torch.cat([rows.sin(), rows.cos()], 1)[:, None].expand(-1, width, -1)
    columns = torch.cat([columns.sin(), columns.cos()], 1)[None].expand(height, -1, -1)
    return torch.cat([rows, columns], 2)[None]
