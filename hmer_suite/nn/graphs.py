"""Parts of a recogniser as graphs from tensors to tensors, for other runtimes than torch.

Shapes: N batch, R rows, V vocabulary, H W padded height and width in pixels, S strokes, P points, T frames.

A graph's inputs begin with those of `inputs_of`: ``images`` (N, 1, H, W) and ``sizes`` (N, 2), or for ink ``points``
(N, S, P, 2) and ``mask`` (N, S), as `hmer_suite.nn.batch` describes them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from hmer_suite.nn.batch import Batch, Strokes
from hmer_suite.specs.graph_names import Decoder

Tensors = dict[str, Tensor]


def exporting() -> bool:
    """Whether a graph is being recorded, which must serve all batches: no branch may depend on a tensor's values."""
    return torch.jit.is_tracing() or torch.compiler.is_exporting()


class Graph(nn.Module):
    """A function of named tensors with the parameters of a network, called with its inputs in order.

    `varying` are the axes of each input that differ from batch to batch.
    """

    def __init__(
        self,
        network: nn.Module,
        call: Callable[[Tensors], Tensors],
        outputs: tuple[str, ...],
        varying: Mapping[str, tuple[int, ...]],
    ):
        super().__init__()
        self.network, self.call, self.outputs, self.varying = network, call, outputs, dict(varying)
        self.train(network.training)

    def forward(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        found = self.call(dict(zip(self.varying, inputs, strict=True)))
        return tuple(found[name] for name in self.outputs)


@dataclass(frozen=True, slots=True)
class Graphs:
    """The graphs of a recogniser by name.

    For decoder `stepwise` the encoder returns `memory` and then `state`, as
    `hmer_suite.decoding.stepwise.StepwiseRecogniser.start`; the step takes ``tokens``, memory and state, and returns
    ``logprobs`` (R, V) and the new state, whose names begin with `hmer_suite.specs.graph_names.NEXT`. `backward_memory`
    and `backward_state` are those of a parser that writes from right to left, which the encoder returns too and
    ``backward_step`` takes. For `frames` the encoder returns ``logprobs`` (N, T, V) of frames and their ``lengths``
    (N,), as `hmer_suite.decoding.ctc.read_frames` takes them.
    """

    decoder: Decoder
    parts: Mapping[str, Graph]
    memory: tuple[str, ...] = ()
    state: tuple[str, ...] = ()
    backward_memory: tuple[str, ...] = ()
    backward_state: tuple[str, ...] = ()


def inputs_of(batch: Batch) -> Tensors:
    """The tensors of a batch that an encoder's graph takes."""
    if batch.strokes is not None:
        return {"points": batch.strokes.points, "mask": batch.strokes.mask}
    return {"images": batch.images, "sizes": batch.sizes}


def batch_of_inputs(inputs: Mapping[str, Tensor]) -> Batch:
    """The batch without labels that has these inputs."""
    if "points" in inputs:
        points, mask = inputs["points"], inputs["mask"]
        count, strokes = points.shape[0], Strokes(points, mask)
        images, sizes = points.new_zeros(count, 1, 0, 0), mask[:, :1].long().expand(-1, 2)
    else:
        images, sizes, strokes = inputs["images"], inputs["sizes"], None
        count = images.shape[0]
    tokens = sizes[:, :1] * 0
    return Batch(("",) * int(count), images, sizes, tokens, tokens[:, 0] + 1, strokes)


VARYING = {"images": (0, 2, 3), "sizes": (0,), "points": (0, 1), "mask": (0, 1)}
"""Axes of an encoder's inputs that differ from batch to batch."""


def varying_axes(first: Mapping[str, Tensor], second: Mapping[str, Tensor]) -> dict[str, tuple[int, ...]]:
    """The first axis of each tensor, and those in which the tensors of two batches differ."""
    return {
        name: tuple(
            axis for axis in range(tensor.ndim) if axis == 0 or tensor.shape[axis] != second[name].shape[axis]
        )
        for name, tensor in first.items()
    }
