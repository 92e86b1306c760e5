"""Additive attention with coverage over a feature map, for recurrent decoders.

D. Bahdanau, K. Cho, Y. Bengio, "Neural machine translation by jointly learning to align and translate", ICLR 2015,
section 3.1; coverage as in Z. Tu et al., ACL 2016, over the cells of a map as in J. Zhang et al., "Watch, attend and
parse", Pattern Recognition 2017, section 3.2.

Shapes: N images, P cells of a map (h * w), C channels of its features, A attention space, k side of a kernel.

The energy of a cell is v . tanh(W_q q + W_f f + W_c coverage). It is computed with the logistic function, several times
faster on CPUs: tanh x = 2 logistic(2x) - 1; its argument is passed in doubled, and softmax ignores the constant.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Tensor

from hmer_suite.nn.graphs import exporting
from hmer_suite.nn.shared_values import SharedValues


@dataclass(frozen=True, slots=True)
class AttendedMap:
    """Feature maps prepared for attention; keys, energy and kernel are doubled (see above).

    `values` (N, P, C), `keys` (N, P, A), `mask_bias` (N, h, w) a constant inside the image and -inf outside, `energy`
    (A,), `kernel` (k * k, A) of the coverage or None. `shared` has the values for the steps of a label, if they learn.
    """

    values: Tensor
    keys: Tensor
    mask_bias: Tensor
    energy: Tensor
    kernel: Tensor | None = None
    shared: SharedValues | None = None

    def first(self, count: int) -> AttendedMap:
        """The first `count` images only."""
        shared = None if self.shared is None else self.shared.first(count)
        return AttendedMap(
            self.values[:count], self.keys[:count], self.mask_bias[:count], self.energy, self.kernel, shared
        )

    def for_many_steps(self) -> AttendedMap:
        """The same map, with a faster backward pass if it is attended to at every step of a label."""
        return replace(self, shared=SharedValues(self.values)) if self.values.requires_grad else self


def attend(query: Tensor, coverage: Tensor, attended: AttendedMap) -> tuple[Tensor, Tensor]:
    """Context (N, C) and attention (N, h, w) for a query (N, A); `coverage` (N, h, w) sums past attention."""
    count, cells, size = attended.keys.shape
    if attended.kernel is None:
        inside = attended.keys + query[:, None]
    elif exporting():
        inside = attended.keys + _felt(coverage, attended.kernel) + query[:, None]
    else:
        # The query as one more row of the kernel: a sum in place of a view would be copied in the backward pass.
        past = neighbourhoods(coverage.to(attended.keys.dtype), attended.kernel).view(count, cells, -1)
        kernels = torch.cat([attended.kernel.expand(count, -1, -1), query[:, None]], 1)
        inside = torch.baddbmm(attended.keys, torch.cat([past, past.new_ones(count, cells, 1)], 2), kernels)
    energies = (inside.sigmoid_().view(-1, size) @ attended.energy).view_as(attended.mask_bias)
    attention = (energies + attended.mask_bias).flatten(1).softmax(1)
    weights = attention.to(attended.values.dtype)
    if attended.shared is None:
        context = torch.bmm(weights[:, None], attended.values)[:, 0]
    else:
        context = attended.shared.sums(weights)
    return context, attention.view_as(attended.mask_bias)


def _felt(coverage: Tensor, kernel: Tensor) -> Tensor:
    """The product (N, P, A) of the neighbourhoods of all cells and the kernel, for ONNX, which does not unfold maps."""
    side = math.isqrt(kernel.shape[0])
    weight = kernel.T.reshape(-1, 1, side, side)
    return F.conv2d(coverage[:, None].to(kernel.dtype), weight, padding=side // 2).flatten(2).transpose(1, 2)


def neighbourhoods(maps: Tensor, kernel: Tensor) -> Tensor:
    """The k x k neighbourhoods (N * P, k * k) of all cells of maps (N, h, w), zero-padded."""
    side = math.isqrt(len(kernel))
    margin = side // 2
    padded = F.pad(maps, (margin, margin, margin, margin))
    return padded.unfold(1, side, 1).unfold(2, side, 1).reshape(-1, side * side)


POSITION_SIZE = 64
"""Length of a position code: 16 sines and 16 cosines for each coordinate."""


def position_codes(height: int, width: int, longest: float, device: torch.device) -> Tensor:
    """Sines and cosines (h, w, 64) of each cell's row and column, of wavelengths from 2 pi to `longest` cells.

    A. Vaswani et al., "Attention is all you need", NIPS 2017, section 3.5, for each of two coordinates.
    """
    rates = torch.logspace(0, math.log10(math.tau / longest), POSITION_SIZE // 4, device=device)
    rows = torch.arange(height, device=device)[:, None] * rates
    columns = torch.arange(width, device=device)[:, None] * rates
    rows = torch.cat([rows.sin(), rows.cos()], 1)[:, None].expand(-1, width, -1)
    columns = torch.cat([columns.sin(), columns.cos()], 1)[None].expand(height, -1, -1)
    return torch.cat([rows, columns], 2)
