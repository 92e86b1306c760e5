"""Opens the network of a checkpoint with torch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, get_ident
from unittest.mock import patch

import torch
from torch import Tensor, nn

from hmer_suite.errors import UsageError
from hmer_suite.predict.reader import Reader
from hmer_suite.specs.recogniser import RecogniserSpec
from hmer_suite.train.pretrained import find_checkpoint


def open_network(name_or_folder: str, device: str, precision: str) -> tuple[RecogniserSpec, Reader]:
    """The recogniser of a checkpoint and its specification; on a GPU if there is one where `device` is empty.

    Raises the errors of `hmer_suite.predict.open_reader.open_reader`.
    """
    spec, checkpoint = find_checkpoint(name_or_folder)
    with without_orthogonal_weights():
        model = checkpoint.build(spec)
    try:
        model.to(device or default_device())
    except (RuntimeError, AssertionError) as error:
        reason = str(error).splitlines()[0]
        raise UsageError(f"--device {device}: {reason}") from None
    preprocessing = checkpoint.description.preprocessing
    return spec, Reader(model, preprocessing, checkpoint, precision, formulas=spec.formulas)


_PATCHING, _ORTHOGONAL = Lock(), nn.init.orthogonal_


@contextmanager
def without_orthogonal_weights() -> Iterator[None]:
    """Leave out orthogonal initialisation in this thread: a checkpoint replaces all weights, and QR takes a second."""
    thread = get_ident()

    def orthogonal_(tensor: Tensor, gain: float = 1, generator: torch.Generator | None = None) -> Tensor:
        if get_ident() == thread and tensor.requires_grad:
            return tensor
        return _ORTHOGONAL(tensor, gain, generator)

    with _PATCHING, patch.object(nn.init, "orthogonal_", orthogonal_):
        yield


def default_device() -> str:
    """cuda if torch sees a GPU, else cpu."""
    return "cuda" if torch.cuda.is_available() else "cpu"
