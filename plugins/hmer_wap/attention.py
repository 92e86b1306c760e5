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
import torch.nn.functional as F
from torch import Tensor, nn

from hmer_wap.watcher import View


class CoverageAttention(nn.Module):
    """Additive attention over one map of features, with coverage."""

    def __init__(self, channels: int, size: int, kernel: int, coverage_channels: int, positions: bool):
        super().__init__()
        self.kernel = kernel
        self.features = nn.Linear(channels, size)
        self.coverage = nn.Conv2d(1, coverage_channels, kernel, padding=kernel // 2, bias=False)
        self.coverage_map = nn.Linear(coverage_channels, size, bias=False)
        self.energy = nn.Linear(size, 1)
        self.positions = nn.Linear(POSITION_SIZE, size, bias=False) if positions else None

    def memory(self, view: View) -> dict[str, Tensor]:
        """What stays while an image is read: values (N, P, C), keys (N, P, A), mask (N, h, w)."""
        values = view.features.permute(0, 2, 3, 1).flatten(1, 2)
        keys = self.features(values)
        if self.positions is not None:
            keys = keys + self.positions(position_codes(view.mask).flatten(1, 2).to(keys.dtype))
        return {"values": values, "keys": keys, "mask": view.mask[:, 0]}

    def fold(self) -> Tensor:
        """Convolution and linear map in one: (k * k, A)."""
        return (self.coverage_map.weight @ self.coverage.weight.flatten(1)).T

    def forward(
        self, query: Tensor, coverage: Tensor, memory: dict[str, Tensor], folded: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Context (N, C) and attention (N, h, w) for a query (N, A) and the coverage (N, h, w) so far."""
        past = windows(coverage, self.kernel) @ folded.to(memory["keys"].dtype)
        inner = torch.tanh_(past.add_(memory["keys"]).add_(query.to(past.dtype)[:, None]))
        energies = self.energy(inner)[..., 0].float()
        energies = energies.masked_fill(~memory["mask"].flatten(1), -math.inf)
        weights = torch.softmax(energies, dim=1)
        context = torch.bmm(weights[:, None].to(memory["values"].dtype), memory["values"])[:, 0]
        return context, weights.view_as(coverage)


def windows(maps: Tensor, kernel: int) -> Tensor:
    """The k x k neighbourhood of every cell of maps (N, h, w), zeros around them: (N, h * w, k * k)."""
    margin = kernel // 2
    padded = F.pad(maps, (margin, margin, margin, margin))
    return padded.unfold(1, kernel, 1).unfold(2, kernel, 1).reshape(maps.shape[0], -1, kernel * kernel)


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
