"""Weighted sums of the same values at many steps, whose gradient by the values is one product for all steps.

A recurrent decoder reads the same map at every step. Step by step, its backward pass would add a gradient of the size
of the map at each of them, which takes longer than to compute it. Here each step keeps its weights and the gradient
of its sum, and the gradient by the values follows from all of them when the last is known.

Shapes: N images, P cells of a map, C channels of its values, T steps.
"""

from __future__ import annotations

from itertools import groupby
from typing import Any

import torch
from torch import Tensor

Step = tuple[Tensor, Tensor]
"""Weights (n, P) of the first n images at a step, and the gradient (n, C) of their sums."""


class SharedValues:
    """Values (N, P, C) for weighted sums at many steps of one forward pass."""

    def __init__(self, values: Tensor, steps: list[Step] | None = None):
        self._steps: list[Step] = [] if steps is None else steps
        self.values: Tensor = _Values.apply(values, self._steps) if steps is None else values

    def first(self, count: int) -> SharedValues:
        """The values of the first `count` images, with the same steps."""
        return SharedValues(self.values[:count], self._steps)

    def sums(self, weights: Tensor) -> Tensor:
        """Sums (n, C) with weights (n, P) of as many images as the values have."""
        return _Sums.apply(weights, self.values, self._steps)


class _Values(torch.autograd.Function):
    """The values themselves; in the backward pass, their gradient by all sums."""

    @staticmethod
    def forward(ctx: Any, values: Tensor, steps: list[Step]) -> Tensor:
        ctx.set_materialize_grads(False)
        ctx.steps, ctx.size = steps, values.shape
        return values.view_as(values)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor | None) -> tuple[Tensor | None, None]:
        for count, group in groupby(ctx.steps, key=lambda step: len(step[0])):
            weights, gradients = (torch.stack(tensors, 1) for tensors in zip(*group, strict=True))
            if gradient is None:
                gradient = gradients.new_zeros(ctx.size)
            gradient[:count].baddbmm_(weights.mT, gradients)
        ctx.steps.clear()
        return gradient, None


class _Sums(torch.autograd.Function):
    """Weighted sums; the backward pass leaves the gradient by the values to `_Values`."""

    @staticmethod
    def forward(ctx: Any, weights: Tensor, values: Tensor, steps: list[Step]) -> Tensor:
        ctx.save_for_backward(weights, values)
        ctx.steps = steps
        return torch.bmm(weights[:, None], values)[:, 0]

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None]:
        weights, values = ctx.saved_tensors
        ctx.steps.append((weights, gradient))
        return torch.bmm(values, gradient[:, :, None])[:, :, 0], None, None
