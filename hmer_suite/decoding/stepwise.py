"""Recognisers that write one token after the other, as networks of torch.

A plugin's `StepwiseRecogniser` inherits the search of `hmer_suite.decoding.search`; any model with the same `start` and
`step` may call it:

    from hmer_suite.decoding.stepwise import search

    model.eval()
    for hypotheses in search(model, batch, Decoding(beam=5, nbest=3, constrained=True)):
        print(hypotheses[0].latex, hypotheses[0].logprob)
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from functools import partial
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from hmer_suite.decoding.both_ways import likelihoods_both_ways, search_both_ways
from hmer_suite.decoding.search import check
from hmer_suite.errors import UsageError
from hmer_suite.nn.batch import Batch
from hmer_suite.nn.graphs import (
    VARYING,
    Graph,
    Graphs,
    Tensors,
    batch_of_inputs,
    inputs_of,
    varying_axes,
)
from hmer_suite.nn.recogniser import Recogniser
from hmer_suite.specs.graph_names import BACKWARD, BACKWARD_STEP, ENCODER, NEXT, STEP
from hmer_suite.specs.recogniser import Decoding, Hypothesis, Likelihood

Memory = dict[str, Tensor]
"""Tensors that stay the same while an image is read; the first dimension of each is N."""


State = dict[str, Tensor]
"""Tensors that change from token to token; the first dimension of each is N (or N * K in a beam)."""


class _Parser(Protocol):
    def step(self, memory: Memory, state: State, tokens: Tensor) -> tuple[Tensor, State]:
        """As `StepwiseRecogniser.step`."""


class BackwardParser(_Parser, Protocol):
    """The part of a recogniser that writes labels from right to left, step by step."""

    def start(self, memory: Memory) -> tuple[Memory, State]:
        """What stays and what changes while it writes, from what the forward parser keeps of a batch."""


class StepwiseRecogniser(Recogniser):
    """A recogniser that writes one token after the other; greedy and beam search come with it.

    If it has a parser for the other direction, the texts of a beam are judged by both
    (`hmer_suite.decoding.both_ways`).
    """

    @abstractmethod
    def start(self, batch: Batch) -> tuple[Memory, State]:
        """Encode the images: the tensors that stay and those that change while they are read."""

    @abstractmethod
    def step(self, memory: Memory, state: State, tokens: Tensor) -> tuple[Tensor, State]:
        """Log-probabilities (N, V) of the next token after `tokens` (N,), and the new state.

        `tokens` is `BEGIN` at first. Row i of memory, state and tokens belong together and do not depend
        on other rows, so that a search may repeat, reorder and drop rows.
        """

    def right_to_left(self) -> BackwardParser | None:
        """The parser that writes labels from right to left, if there is one."""
        return None

    def graphs(self, batches: tuple[Batch, Batch]) -> Graphs:
        """`start` and the steps as graphs; `UsageError` for a recogniser that searches by itself."""
        if type(self).decode is not StepwiseRecogniser.decode:
            raise UsageError("it has a search of its own")
        with torch.no_grad():
            started, other = map(self._started, batches)
        encoder = {name: VARYING[name] for name in inputs_of(batches[0])}
        outputs = tuple(name for pair in started.values() for tensors in pair for name in tensors)
        steps = {part: self._step_graph(part, pair, other[part]) for part, pair in started.items()}
        back = started.get(BACKWARD_STEP, ({}, {}))
        return Graphs(
            "stepwise",
            {ENCODER: Graph(self, self._encoded, outputs, encoder), **steps},
            *map(tuple, started[STEP]),
            *map(tuple, back),
        )

    def _started(self, batch: Batch) -> dict[str, tuple[Memory, State]]:
        """Memory and state of each parser by the name of its step; the names of the backward one's have a prefix."""
        memory, state = self.start(batch)
        parser = self.right_to_left()
        if parser is None:
            return {STEP: (memory, state)}
        back = tuple(
            {f"{BACKWARD}{name}": tensor for name, tensor in one.items()} for one in parser.start(memory)
        )
        return {STEP: (memory, state), BACKWARD_STEP: (back[0], back[1])}

    def _encoded(self, inputs: Tensors) -> Tensors:
        started = self._started(batch_of_inputs(inputs)).values()
        return {name: tensor for pair in started for tensors in pair for name, tensor in tensors.items()}

    def _step_graph(self, part: str, first: tuple[Memory, State], other: tuple[Memory, State]) -> Graph:
        """The graph of one parser's step; `first` and `other` are what two batches start it with."""
        memory, state = first
        axes = varying_axes({**memory, **state}, {**other[0], **other[1]})
        outputs = ("logprobs", *(f"{NEXT}{name}" for name in state))
        backward = self.right_to_left() if part == BACKWARD_STEP else None
        prefix = BACKWARD if backward else ""
        call = partial(_stepped, backward or self, prefix, list(memory))
        return Graph(self, call, outputs, {"tokens": (0,), **axes})

    def decode(self, batch: Batch, how: Decoding) -> list[tuple[Hypothesis, ...]]:
        """Greedy or beam search, as `hmer_suite.decoding.stepwise.search` does it."""
        return search(self, batch, how)

    def likelihoods(self, batch: Batch, texts: Sequence[Sequence[Sequence[int]]]) -> list[list[Likelihood]]:
        """Teacher-forced log-likelihoods, as `hmer_suite.decoding.stepwise.teacher_forced` computes them."""
        return teacher_forced(self, batch, texts)


def _stepped(parser: _Parser, prefix: str, memory: Sequence[str], inputs: Tensors) -> Tensors:
    """The step of a parser as a graph: outputs from named inputs, whose names begin with `prefix`."""
    kept = {name.removeprefix(prefix): inputs[name] for name in memory}
    changing = [name for name in inputs if name != "tokens" and name not in memory]
    state = {name.removeprefix(prefix): inputs[name] for name in changing}
    logprobs, after = parser.step(kept, state, inputs["tokens"])
    return {"logprobs": logprobs, **{f"{NEXT}{prefix}{name}": value for name, value in after.items()}}


def search(model: StepwiseRecogniser, batch: Batch, how: Decoding) -> list[tuple[Hypothesis, ...]]:
    """The `how.nbest` best hypotheses of each image, as `hmer_suite.decoding.search.search_steps` finds them.

    A model with a parser for the other direction ranks those of a beam as `hmer_suite.decoding.both_ways` does. The
    model's mode is not changed: put it into evaluation mode first. Raises the errors of `search_steps`.
    """
    check(how)
    if not len(batch):
        return []
    with torch.no_grad():
        return search_both_ways(*_steps(model, batch), how)


def teacher_forced(
    model: StepwiseRecogniser, batch: Batch, texts: Sequence[Sequence[Sequence[int]]]
) -> list[list[Likelihood]]:
    """Log-likelihoods of each sample's texts, as `hmer_suite.decoding.search.likelihoods_of_steps` computes them.

    With a parser for the other direction, means of both. The model's mode is not changed: put it into evaluation mode
    first.
    """
    with torch.no_grad():
        return likelihoods_both_ways(*_steps(model, batch), texts)


def _steps(model: StepwiseRecogniser, batch: Batch) -> tuple[_TorchSteps, _TorchSteps | None]:
    """The batch as each parser of a model has encoded it."""
    memory, state = model.start(batch)
    forward = _TorchSteps(model, model, memory, state)
    parser = model.right_to_left() if isinstance(model, StepwiseRecogniser) else None
    return forward, None if parser is None else _TorchSteps(model, parser, *parser.start(memory))


class _TorchSteps:
    """A batch that a network of torch has encoded, for one of its parsers."""

    def __init__(self, model: StepwiseRecogniser, parser: _Parser, memory: Memory, state: State):
        self.name, self.vocabulary = type(model).__name__, model.vocabulary
        self._parser, self._memory, self._state = parser, memory, state
        first = next(iter(state.values()))
        self._rows, self._device = len(first), first.device

    def __len__(self) -> int:
        return self._rows

    def step(self, tokens: Sequence[int]) -> np.ndarray:
        last = torch.tensor(tokens, device=self._device)
        found, self._state = self._parser.step(self._memory, self._state, last)
        return found.float().cpu().numpy()

    def keep_memory(self, rows: Sequence[int]) -> None:
        self._memory = self._select(self._memory, rows)

    def keep_state(self, rows: Sequence[int]) -> None:
        self._state = self._select(self._state, rows)
        self._rows = len(rows)

    def _select(self, tensors: Memory | State, rows: Sequence[int]) -> dict[str, Tensor]:
        if isinstance(rows, range) and rows.start == 0 and rows.step == 1:
            return {name: tensor[: rows.stop] for name, tensor in tensors.items()}  # views: nothing is copied
        index = torch.tensor(rows, device=self._device)
        return {name: _rows_of(tensor, index) for name, tensor in tensors.items()}


def _rows_of(tensor: Tensor, index: Tensor) -> Tensor:
    """Rows of a tensor; rows of an expanded tensor, as of weights kept with each image, are not copied."""
    if tensor.stride(0) == 0 and len(tensor):
        return tensor[:1].expand(len(index), *tensor.shape[1:])
    return tensor.index_select(0, index)
