"""Geometric features of strokes and of pairs of strokes.

Shapes: N batch, S strokes, P points, M strokes of the whole batch without padding, R strokes of one formula. Lengths
are in symbol heights.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

POINT_FEATURES = 6
STROKE_FEATURES = 13 + 24
PAIR_FEATURES = 14
_WAVELENGTHS = (1.0, 2.0, 4.0, 8.0, 16.0, 64.0)
_LEAST = 0.05
"""Smallest extent, for divisions and logarithms."""


@dataclass(frozen=True, slots=True)
class Boxes:
    """Bounding boxes of strokes (..., 2) each."""

    low: Tensor
    high: Tensor

    @classmethod
    def of(cls, strokes: Tensor) -> Boxes:
        """The boxes of strokes (..., P, 2)."""
        return cls(strokes.amin(-2), strokes.amax(-2))

    @property
    def middle(self) -> Tensor:
        """Middles (..., 2)."""
        return (self.low + self.high) / 2

    @property
    def extent(self) -> Tensor:
        """Widths and heights (..., 2)."""
        return self.high - self.low


def steps_of(strokes: Tensor) -> Tensor:
    """Steps (M, P - 1, 2) from each point of strokes (M, P, 2) to the next; ONNX has no `Tensor.diff`."""
    return strokes[:, 1:] - strokes[:, :-1]


def point_features(strokes: Tensor) -> Tensor:
    """Features (M, 6, P) of the points of strokes (M, P, 2).

    Position relative to the stroke's middle, the same divided by half the stroke's larger extent, and the direction of
    the step that leads to it.
    """
    boxes = Boxes.of(strokes)
    relative = strokes - boxes.middle[:, None]
    shape = relative / (boxes.extent.amax(-1)[:, None, None] / 2).clamp_min(_LEAST)
    steps = F.pad(steps_of(strokes), (0, 0, 1, 0))
    direction = steps / steps.norm(dim=-1, keepdim=True).clamp_min(1e-6)
    return torch.cat([relative, shape, direction], dim=-1).transpose(1, 2)


def stroke_features(strokes: Tensor, order: Tensor) -> Tensor:
    """Features (M, 37) of strokes (M, P, 2) with indices `order` (M,) in their formulas."""
    boxes = Boxes.of(strokes)
    middle, extent = boxes.middle, boxes.extent
    length = steps_of(strokes).norm(dim=-1).sum(1, keepdim=True)
    ends = torch.cat([strokes[:, 0] - middle, strokes[:, -1] - middle], dim=-1)
    rates = math.tau / strokes.new_tensor(_WAVELENGTHS)
    waves = (middle[:, :, None] * rates).flatten(1)
    return torch.cat(
        [
            middle * middle.new_tensor([0.1, 0.5]),
            extent,
            extent.clamp_min(_LEAST).log(),
            length.clamp_min(_LEAST).log(),
            ends,
            order[:, None] / 20,
            extent.prod(-1, keepdim=True).sqrt(),
            waves.sin(),
            waves.cos(),
        ],
        dim=-1,
    )


def pair_features(boxes: Boxes) -> Tensor:
    """Features (N, S, S, 14) of stroke j relative to stroke i, from boxes (N, S, 2) in order of writing."""
    middle, extent = boxes.middle, boxes.extent
    offset = middle[:, None] - middle[:, :, None]
    gap = torch.maximum(boxes.low[:, None], boxes.low[:, :, None]) - torch.minimum(
        boxes.high[:, None], boxes.high[:, :, None]
    )
    size = extent.amax(-1).clamp_min(_LEAST).log()
    ratio = size[:, None] - size[:, :, None]
    index = torch.arange(middle.shape[1], device=middle.device)
    later = (index[None] - index[:, None]).to(middle.dtype).expand(middle.shape[0], -1, -1)
    return torch.cat(
        [
            torch.tanh(offset),
            torch.tanh(offset / 4),
            torch.tanh(gap),
            torch.tanh(4 * gap),
            torch.tanh(ratio)[..., None],
            (later == 1).to(middle.dtype)[..., None],
            (later < 0).to(middle.dtype)[..., None],
            torch.tanh(later / 4)[..., None],
            torch.exp(-offset.square().sum(-1, keepdim=True)),
            torch.exp(-offset[..., 1:].square()),
        ],
        dim=-1,
    )
