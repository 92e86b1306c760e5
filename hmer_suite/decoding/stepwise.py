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

import numpy as np
import torch
from torch import Tensor

from hmer_suite.decoding.search import check, likelihoods_of_steps, search_steps
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
from hmer_suite.specs.graph_names import ENCODER, NEXT, STEP
from hmer_suite.specs.recogniser import Decoding, Hypothesis, Likelihood

Memory = dict[str, Tensor]
"""Tensors that stay the same while an image is read; the first dimension of each is N."""


State = dict[str, Tensor]
"""Tensors that change from token to token; the first dimension of each is N (or N * K in a beam)."""


class StepwiseRecogniser(Recogniser):
    """A recogniser that writes one token after the other; greedy and beam search come with it."""

    @abstractmethod
    def start(self, batch: Batch) -> tuple[Memory, State]:
        """Encode the images: the tensors that stay and those that change while they are read."""

    @abstractmethod
    def step(self, memory: Memory, state: State, tokens: Tensor) -> tuple[Tensor, State]:
        """Log-probabilities (N, V) of the next token after `tokens` (N,), and the new state.

        `tokens` is `BEGIN` at first. Row i of memory, state and tokens belong together and do not depend
        on other rows, so that a search may repeat, reorder and drop rows.
        """

    def graphs(self, batches: tuple[Batch, Batch]) -> Graphs:
        """`start` and `step` as graphs; `UsageError` for a recogniser that searches by itself."""
        if type(self).decode is not StepwiseRecogniser.decode:
            raise UsageError("it has a search of its own")
        with torch.no_grad():
            (memory, state), (other_memory, other_state) = map(self.start, batches)
        steps = varying_axes({**memory, **state}, {**other_memory, **other_state})
        stepped = ("logprobs", *(f"{NEXT}{name}" for name in state))
        encoder = {name: VARYING[name] for name in inputs_of(batches[0])}
        return Graphs(
            "stepwise",
            {
                ENCODER: Graph(self, self._encoded, (*memory, *state), encoder),
                STEP: Graph(self, partial(self._stepped, list(memory)), stepped, {"tokens": (0,), **steps}),
            },
            tuple(memory),
            tuple(state),
        )

    def _encoded(self, inputs: Tensors) -> Tensors:
        memory, state = self.start(batch_of_inputs(inputs))
        return {**memory, **state}

    def _stepped(self, memory: Sequence[str], inputs: Tensors) -> Tensors:
        kept = {name: inputs[name] for name in memory}
        state = {name: value for name, value in inputs.items() if name != "tokens" and name not in kept}
        logprobs, after = self.step(kept, state, inputs["tokens"])
        return {"logprobs": logprobs, **{f"{NEXT}{name}": value for name, value in after.items()}}

    def decode(self, batch: Batch, how: Decoding) -> list[tuple[Hypothesis, ...]]:
        """Greedy or beam search, as `hmer_suite.decoding.stepwise.search` does it."""
        return search(self, batch, how)

    def likelihoods(self, batch: Batch, texts: Sequence[Sequence[Sequence[int]]]) -> list[list[Likelihood]]:
        """Teacher-forced log-likelihoods, as `hmer_suite.decoding.stepwise.teacher_forced` computes them."""
        return teacher_forced(self, batch, texts)


def search(model: StepwiseRecogniser, batch: Batch, how: Decoding) -> list[tuple[Hypothesis, ...]]:
    """The `how.nbest` best hypotheses of each image, as `hmer_suite.decoding.search.search_steps` finds them.

    The model's mode is not changed: put it into evaluation mode first. Raises the errors of `search_steps`.
    """
    check(how)
    if not len(batch):
        return []
    with torch.no_grad():
        return search_steps(_TorchSteps(model, batch), how)


def teacher_forced(
    model: StepwiseRecogniser, batch: Batch, texts: Sequence[Sequence[Sequence[int]]]
) -> list[list[Likelihood]]:
    """Log-likelihoods of each sample's texts, as `hmer_suite.decoding.search.likelihoods_of_steps` computes them.

    The model's mode is not changed: put it into evaluation mode first.
    """
    with torch.no_grad():
        return likelihoods_of_steps(_TorchSteps(model, batch), texts)


class _TorchSteps:
    """A batch that a network of torch has encoded."""

    def __init__(self, model: StepwiseRecogniser, batch: Batch):
        self.name, self.vocabulary = type(model).__name__, model.vocabulary
        self._model, self._device = model, batch.tokens.device
        self._memory, self._state = model.start(batch)
        self._rows = len(batch)

    def __len__(self) -> int:
        return self._rows

    def step(self, tokens: Sequence[int]) -> np.ndarray:
        last = torch.tensor(tokens, device=self._device)
        found, self._state = self._model.step(self._memory, self._state, last)
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
