"""Opens recognisers by name or folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Lock, get_ident
from unittest.mock import patch

import torch
from torch import Tensor, nn

from hmer_suite.errors import UsageError
from hmer_suite.predict.joining import find_joining
from hmer_suite.predict.joint_reader import JointReader
from hmer_suite.predict.reader import Reader
from hmer_suite.settings.training import PRECISIONS
from hmer_suite.specs.recogniser import RecogniserSpec
from hmer_suite.train.pretrained import find_checkpoint


def open_reader(name_or_folder: str, device: str = "cpu", precision: str = "fp32") -> Reader:
    """The recogniser of a checkpoint folder, of a run's folder (its best), or of a plugin that ships weights.

    `precision` is one of `hmer_suite.settings.training.PRECISIONS`; bf16 is faster on processors that support it.

    Raises:
        UsageError: no such precision; neither a folder nor the name of a recogniser, or one without weights.
        InputError: the checkpoint is damaged or does not fit.
    """
    spec, reader = _open(name_or_folder, device, precision)
    # The tuning for the shipped weights does not apply to others.
    shipped = spec.weights is not None and reader.checkpoint.folder == spec.weights
    return replace(reader, joining=find_joining([spec], [spec.name])) if shipped else reader


def open_readers(names: str, device: str = "cpu", precision: str = "fp32") -> Reader | JointReader:
    """One recogniser or several joined by ``+``, each a name or folder as `open_reader` takes it.

    Raises the errors of `open_reader`, and `UsageError` for an invalid size of a view.
    """
    parts = [names] if Path(names).is_dir() else names.split("+")
    if len(parts) == 1 and "@" not in names:
        return open_reader(names, device, precision)
    specs, members = zip(*(_open_view(part, device, precision) for part in parts), strict=True)
    if len(members) == 1:
        return members[0]
    return JointReader(members, find_joining(specs, parts))


def _open_view(text: str, device: str, precision: str) -> tuple[RecogniserSpec, Reader]:
    name, at, size = text.rpartition("@")
    if not at or Path(text).is_dir():
        return _open(text, device, precision)
    try:
        scale = float(size)
    except ValueError:
        scale = 0.0
    if not 0.25 <= scale <= 4:
        raise UsageError(f"{text}: expected a size from 0.25 to 4 after the @, as in {name}@0.85")
    spec, reader = _open(name, device, precision)
    return spec, replace(reader, scale=scale)


def _open(name_or_folder: str, device: str, precision: str) -> tuple[RecogniserSpec, Reader]:
    if precision not in PRECISIONS:
        raise UsageError(f"--precision {precision}: expected {', '.join(PRECISIONS)}")
    spec, checkpoint = find_checkpoint(name_or_folder)
    with _without_orthogonal_weights():
        model = checkpoint.build(spec)
    try:
        model.to(device)
    except (RuntimeError, AssertionError) as error:
        reason = str(error).splitlines()[0]
        raise UsageError(f"--device {device}: {reason}") from None
    preprocessing = checkpoint.description.preprocessing
    return spec, Reader(model, preprocessing, checkpoint, precision, formulas=spec.formulas)


_PATCHING, _ORTHOGONAL = Lock(), nn.init.orthogonal_


@contextmanager
def _without_orthogonal_weights() -> Iterator[None]:
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
