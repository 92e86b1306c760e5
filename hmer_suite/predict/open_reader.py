"""Opens recognisers by name or folder: checkpoints with torch, exported ones without."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from hmer_suite.errors import UsageError
from hmer_suite.predict.exported import is_exported
from hmer_suite.predict.joining import find_joining
from hmer_suite.predict.joint_reader import JointReader
from hmer_suite.predict.sample_reader import SampleReader
from hmer_suite.settings.training import PRECISIONS
from hmer_suite.specs.recogniser import RecogniserSpec

if TYPE_CHECKING:
    from hmer_suite.predict.reader import Reader


def open_reader(name_or_folder: str, device: str = "cpu", precision: str = "fp32") -> Reader:
    """The recogniser of a checkpoint folder, of a run's folder (its best), or of a plugin that ships weights.

    `device` is cpu, cuda or cuda:1; if empty, a GPU if there is one. `precision` is one of
    `hmer_suite.settings.training.PRECISIONS`; bf16 is faster on processors that support it.

    Raises:
        UsageError: no such precision or device; neither a folder nor the name of a recogniser, or one without weights.
        InputError: the checkpoint is damaged or does not fit.
    """
    _check_precision(precision)
    # Importing torch takes seconds, which an exported recogniser does without.
    from hmer_suite.predict.open_network import open_network

    spec, reader = open_network(name_or_folder, device, precision)
    # The tuning for the shipped weights does not apply to others.
    shipped = spec.weights is not None and reader.checkpoint.folder == spec.weights
    return replace(reader, joining=find_joining([spec], [spec.name])) if shipped else reader


def open_readers(names: str, device: str = "cpu", precision: str = "fp32") -> SampleReader | JointReader:
    """One recogniser or several joined by ``+``, each a name or folder as `open_reader` takes it.

    The folder may also be that of an exported recogniser, which runs without torch. Raises the errors of `open_reader`,
    and `UsageError` for an invalid size of a view.
    """
    parts = [names] if Path(names).is_dir() else names.split("+")
    if len(parts) == 1 and "@" not in names:
        return _open_exported(names, device, precision) or open_reader(names, device, precision)
    specs, members = zip(*(_open_view(part, device, precision) for part in parts), strict=True)
    if len(members) == 1:
        return members[0]
    return JointReader(members, find_joining([spec for spec in specs if spec is not None], parts))


def _open_view(text: str, device: str, precision: str) -> tuple[RecogniserSpec | None, SampleReader]:
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
    return spec, reader.at_scale(scale)


def _open(text: str, device: str, precision: str) -> tuple[RecogniserSpec | None, SampleReader]:
    """A recogniser without calibration of its confidence, and the specification of a checkpoint's."""
    exported = _open_exported(text, device, precision)
    if exported is not None:
        return None, exported
    _check_precision(precision)
    from hmer_suite.predict.open_network import open_network

    return open_network(text, device, precision)


def _open_exported(text: str, device: str, precision: str) -> SampleReader | None:
    """The exported recogniser of a folder, or None."""
    if not is_exported(text):
        return None
    from hmer_suite.predict.onnx_reader import open_exported

    if device not in ("", "cpu"):
        raise UsageError(f"--device {device}: {text}: an exported recogniser runs on the cpu")
    if precision != "fp32":
        raise UsageError(f"--precision {precision}: {text}: the precision of an exported recogniser is fixed")
    return open_exported(text)


def _check_precision(precision: str) -> None:
    if precision not in PRECISIONS:
        raise UsageError(f"--precision {precision}: expected {', '.join(PRECISIONS)}")
