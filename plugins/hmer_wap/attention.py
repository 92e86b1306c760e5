"""Attention with coverage.

Shapes: N batch, P cells of a map (h * w), C channels of the features, A attention space, K coverage channels.

The energy of a cell is v . tanh(W_q q + W_f f + W_c (Q * coverage) + b), coverage being the sum of past attention
(Pattern Recognition 2017, section 3.3). The convolution Q (K maps of k x k cells) and the linear map W_c (K to A)
are separate weights, as they train best, but there is nothing between them: their product, a convolution to A maps,
is computed once per reading and applied at every step.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from hmer_suite.nn.attention import POSITION_SIZE, AttendedMap, position_codes
from hmer_wap.encoder import View

LONGEST = 200
"""Longest wavelength of position codes, in cells."""


class CoverageAttention(nn.Module):
    """Additive attention over one map of features, with coverage."""

    def __init__(self, channels: int, size: int, kernel: int, coverage_channels: int, positions: bool):
        super().__init__()
        self.features = nn.Linear(channels, size)
        self.coverage = nn.Conv2d(1, coverage_channels, kernel, padding=kernel // 2, bias=False)
        self.coverage_map = nn.Linear(coverage_channels, size, bias=False)
        self.energy = nn.Linear(size, 1)
        self.positions = nn.Linear(POSITION_SIZE, size, bias=False) if positions else None

    def attended(self, view: View) -> AttendedMap:
        """The map as `hmer_suite.nn.attention.attend` takes it, keys, energy and kernel doubled."""
        values = view.features.permute(0, 2, 3, 1).flatten(1, 2)
        keys = self.features(values)
        if self.positions is not None:
            height, width = view.mask.shape[-2:]
            codes = position_codes(height, width, LONGEST, keys.device)
            keys = keys + self.positions(codes.flatten(0, 1).to(keys.dtype))
        kind, energy = keys.dtype, self.energy
        mask_bias = torch.where(view.mask[:, 0], energy.bias, -torch.inf)
        return AttendedMap(
            values.to(kind), 2 * keys, mask_bias, 2 * energy.weight[0].to(kind), 2 * self.fold().to(kind)
        )

    def fold(self) -> Tensor:
        """Convolution and linear map in one: (k * k, A)."""
        return (self.coverage_map.weight @ self.coverage.weight.flatten(1)).T
