"""Base class of recognisers: a torch module with a loss and a search.

Shapes: N batch, L tokens, V vocabulary, K hypotheses an image.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from hmer_suite.errors import PluginError, UsageError
from hmer_suite.nn.batch import Batch
from hmer_suite.nn.graphs import Graphs
from hmer_suite.plugin_calls import plugin_code
from hmer_suite.specs.recogniser import Decoding, Hypothesis, Likelihood, RecogniserSpec
from hmer_suite.specs.vocabulary import Vocabulary


class Recogniser(nn.Module):
    """A network that is trained on batches and reads them.

    It may also have `attention(batch, tokens)` and `alignments(batch, tokens)`, which `hmer_suite.predict.pictures`
    draws; see docs/recogniser.md.
    """

    def __init__(self, vocabulary: Vocabulary):
        super().__init__()
        self.vocabulary = vocabulary

    @abstractmethod
    def forward(self, batch: Batch, label_smoothing: float = 0.0) -> Tensor:
        """Losses (N,), one per sample; the harness takes their mean over all samples of a step."""

    def shared_encoder(self) -> nn.Module | None:
        """The encoder, if it can start from another recogniser's and the other way round (`encoder_from`), or None.

        Tensors that two encoders have by the same name and shape must mean the same, as in `hmer_suite.nn.residual`.
        """
        return None

    def graphs(self, batches: tuple[Batch, Batch]) -> Graphs:
        """The network as graphs that other runtimes can run; `batches` are two examples of different sizes.

        Raises `UsageError` for a recogniser that cannot be exported.
        """
        raise UsageError("it offers no graphs")

    @abstractmethod
    def decode(self, batch: Batch, how: Decoding) -> list[tuple[Hypothesis, ...]]:
        """At most `how.nbest` hypotheses of each sample, the best first."""

    def likelihoods(self, batch: Batch, texts: Sequence[Sequence[Sequence[int]]]) -> list[list[Likelihood]]:
        """Likelihoods of several texts for each sample; texts are token numbers without begin and end.

        Raises `UsageError` for a recogniser without likelihoods; its readings cannot be joined with others'.
        """
        raise UsageError(f"{type(self).__name__} has no likelihoods of texts: it cannot be joined")


def build(spec: RecogniserSpec, options: object, vocabulary: Vocabulary) -> Recogniser:
    """A network of a spec with fresh weights; `PluginError` if it is no `Recogniser` with parameters and vocabulary."""
    with plugin_code(f"{spec.name}: build failed"):
        model = spec.build(options, vocabulary)
    if not isinstance(model, Recogniser):
        raise PluginError(f"{spec.name}: build returned a {type(model).__name__}, expected a Recogniser")
    if "_parameters" not in vars(model) or not isinstance(getattr(model, "vocabulary", None), Vocabulary):
        raise PluginError(
            f"{spec.name}: {_name(model)} has no vocabulary; its __init__ must call super().__init__"
        )
    if next(model.parameters(), None) is None:
        raise PluginError(f"{spec.name}: {_name(model)} has no parameters")
    return model


def losses_of(model: nn.Module, batch: Batch, label_smoothing: float = 0.0) -> Tensor:
    """Losses (N,) of a batch, by a `Recogniser` that may be wrapped; `PluginError` for anything else, or a failure."""
    with plugin_code(f"{_name(model)}: forward failed"):
        losses = model(batch, label_smoothing=label_smoothing)
    expected = f"expected losses ({len(batch)},), one a sample"
    if not isinstance(losses, Tensor):
        raise PluginError(f"{_name(model)}: forward returned {type(losses).__name__}, {expected}")
    if losses.shape != (len(batch),) or not losses.is_floating_point():
        found = f"{losses.dtype} of shape {tuple(losses.shape)}"
        raise PluginError(f"{_name(model)}: forward returned {found}, {expected}")
    if torch.is_grad_enabled() and not losses.requires_grad:
        raise PluginError(f"{_name(model)}: forward returned losses that depend on no trained parameter")
    return losses


def readings_of(model: Recogniser, batch: Batch, how: Decoding) -> list[tuple[Hypothesis, ...]]:
    """Hypotheses of each sample of a batch; `PluginError` for anything else, or a failure."""
    with plugin_code(f"{_name(model)}: decode failed"):
        found: object = model.decode(batch, how)
    expected = f"expected a tuple of hypotheses for each of {len(batch)} samples"
    if not isinstance(found, list) or len(found) != len(batch):
        size = f" of {len(found)}" if isinstance(found, (list, tuple)) else ""
        raise PluginError(f"{_name(model)}: decode returned {type(found).__name__}{size}, {expected}")
    for row in found:
        if not isinstance(row, (tuple, list)) or not all(map(_is_hypothesis, row)):
            raise PluginError(f"{_name(model)}: decode returned a row of {_kinds(row)}, {expected}")
    return [tuple(row) for row in found]


def likelihoods_of(
    model: Recogniser, batch: Batch, texts: Sequence[Sequence[Sequence[int]]]
) -> list[list[Likelihood]]:
    """Likelihoods of the texts of each sample of a batch; `PluginError` for anything else, or a failure."""
    with plugin_code(f"{_name(model)}: likelihoods failed"):
        found = model.likelihoods(batch, texts)
    fits = isinstance(found, list) and list(map(_size, found)) == list(map(len, texts))
    if not fits or not all(isinstance(one, Likelihood) for row in found for one in row):
        raise PluginError(
            f"{_name(model)}: likelihoods returned {_kinds(found)}, expected a Likelihood for each text"
        )
    return found


def _is_hypothesis(value: object) -> bool:
    """Whether a value is a hypothesis whose tokens are texts and whose log-probability is a number."""
    return (
        isinstance(value, Hypothesis)
        and isinstance(value.tokens, tuple)
        and all(isinstance(token, str) for token in value.tokens)
        and isinstance(value.logprob, (int, float))
    )


def _size(value: object) -> int:
    return len(value) if isinstance(value, (list, tuple)) else -1


def _kinds(value: object) -> str:
    """The type of a value, with that of its first item."""
    inner = f" of {type(value[0]).__name__}" if isinstance(value, (list, tuple)) and value else ""
    return f"{type(value).__name__}{inner}"


def _name(model: nn.Module) -> str:
    """The class of a network and its module; accelerate may have wrapped it."""
    own = type(getattr(model, "module", model) if "_modules" in vars(model) else model)
    return f"{own.__name__} (module {own.__module__})"
