"""Checkpoints: a folder with ``model.safetensors`` and ``config.json``, written atomically.

A folder to resume from holds ``training.safetensors`` and ``training.json`` as well: the optimiser's state, averages
and counters. Nothing is ever unpickled.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_type_hints

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from hmer_suite.errors import InputError, PluginError, UsageError
from hmer_suite.files import read_bytes
from hmer_suite.nn.recogniser import Recogniser, build
from hmer_suite.settings.convert import convert
from hmer_suite.specs.recogniser import RecogniserSpec
from hmer_suite.specs.vocabulary import Vocabulary
from hmer_suite.train.description import Description, json_bytes, read_description, read_object
from hmer_suite.train.weights_metadata import vocabulary_digest, with_metadata

WEIGHTS, CONFIG = "model.safetensors", "config.json"
STATE, COUNTERS = "training.safetensors", "training.json"

LAST, BEST = "last", "best"
"""Folders of a run: the checkpoint to resume from, and the best of validation."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A checkpoint folder whose description has been read and whose weights match their digest."""

    folder: Path
    description: Description

    @property
    def vocabulary(self) -> Vocabulary:
        """The vocabulary of its recogniser."""
        return Vocabulary(self.description.vocabulary)

    def weights(self) -> dict[str, Tensor]:
        """Tensors by name, as stored (in half precision for shipped weights).

        Raises `InputError` for a number that is not finite: no such network reads anything.
        """
        weights = _tensors(self.folder / WEIGHTS)
        for name, tensor in weights.items():
            if tensor.is_floating_point() and not bool(torch.isfinite(tensor).all()):
                raise InputError(f"{self.folder / WEIGHTS}: {name} has numbers that are not finite")
        return weights

    def options(self, spec: RecogniserSpec) -> object:
        """The recogniser's own settings.

        Raises `InputError` for settings that this version of it does not have, and for values out of their range.
        """
        hints = get_type_hints(spec.options, include_extras=True)
        try:
            for name in self.description.options:
                if name not in hints:
                    raise InputError(
                        f"{self.folder}: made by another version of {spec.name}: it has no option {name[:60]!r}"
                    )
            values = {n: convert(n, v, hints[n]) for n, v in self.description.options.items()}
            options: object = spec.options(**values)
        except (UsageError, TypeError, ValueError) as error:
            raise InputError(f"{self.folder / CONFIG}: options: {' '.join(str(error).split())}") from None
        return options

    def build(self, spec: RecogniserSpec) -> Recogniser:
        """The network with its weights, in evaluation mode on the CPU.

        Raises `InputError` where options or weights do not fit the recogniser, `PluginError` where it builds none.
        """
        if spec.name != self.description.recogniser:
            raise InputError(
                f"{self.folder}: a checkpoint of {self.description.recogniser}, not of {spec.name}"
            )
        model = self._fresh(spec)
        load_weights(model, self.weights(), self.folder)
        return model.eval()

    def _fresh(self, spec: RecogniserSpec) -> Recogniser:
        """The network with fresh weights; where it builds with its defaults alone, the checkpoint is at fault."""
        options = self.options(spec)
        try:
            return build(spec, options, self.vocabulary)
        except (PluginError, MemoryError) as error:
            build(spec, spec.options(), Vocabulary(self.description.vocabulary[:1]))
            reason = " ".join(str(error).split()) or "too little memory"
            raise InputError(f"{self.folder}: no network can be built of its options: {reason}") from None


def load_weights(model: Recogniser, weights: Mapping[str, Tensor], name: Path) -> None:
    """Load weights into a network; `InputError` names a tensor that is missing, unknown or of another shape."""
    expected = model.state_dict()
    for key in sorted(expected.keys() | weights.keys()):
        if key not in expected or key not in weights:
            what = "lacks" if key in expected else "has the unknown"
            raise InputError(f"{name}: weights do not fit {type(model).__name__}: it {what} tensor {key}")
        if expected[key].shape != weights[key].shape:
            shapes = f"{tuple(weights[key].shape)}, expected {tuple(expected[key].shape)}"
            raise InputError(f"{name}: weights do not fit {type(model).__name__}: {key} is {shapes}")
        if expected[key].is_floating_point() != weights[key].is_floating_point():
            kinds = f"{weights[key].dtype}, expected {expected[key].dtype}"
            raise InputError(f"{name}: weights do not fit {type(model).__name__}: {key} is {kinds}")
    model.load_state_dict(dict(weights))


@dataclass(frozen=True, slots=True)
class TrainingState:
    """State from which a run can be resumed exactly: named tensors, and counters as JSON values."""

    tensors: Mapping[str, Tensor]
    counters: Mapping[str, Any]


def write_checkpoint(
    folder: str | Path,
    description: Description,
    weights: Mapping[str, Tensor],
    state: TrainingState | None = None,
) -> None:
    """Replace a checkpoint folder atomically: at every moment either the old or the new one is complete.

    Raises `InputError` if the folder cannot be written.
    """
    folder = Path(folder)
    data = with_metadata(save(_contiguous(weights)), weights_metadata(description))
    described = replace(description, weights=hashlib.sha256(data).hexdigest(), state="")
    resumable: dict[str, bytes] = {}
    if state is not None:
        resumable = {COUNTERS: json_bytes(state.counters), STATE: save(_contiguous(state.tensors))}
        described = replace(described, state=_digest_of_state(resumable[COUNTERS], resumable[STATE]))
    files = {WEIGHTS: data, CONFIG: described.to_json(), **resumable}
    try:
        replace_folder(folder, files)
    except OSError as error:
        raise InputError(f"{folder}: cannot write the checkpoint: {error.strerror}") from None


def weights_metadata(description: Description) -> dict[str, str]:
    """Metadata that the file of weights itself carries, for those who get it without its folder."""
    return {
        "recogniser": description.recogniser,
        "preset": str(description.settings.get("preset", "")),
        "vocabulary": vocabulary_digest(description.vocabulary),
        "hmer-suite": description.suite,
        "licence": description.licence,
    }


def read_checkpoint(folder: str | Path) -> Checkpoint:
    """Read a checkpoint's description and check its weights against it.

    Raises `InputError`, in one sentence, for a folder that is not a checkpoint, is damaged or has another format.
    """
    folder = _recovered(Path(folder))
    if not folder.is_dir():
        raise InputError(f"{folder}: no such checkpoint folder")
    if not (folder / CONFIG).is_file() or not (folder / WEIGHTS).is_file():
        raise InputError(f"{folder}: not a checkpoint: it needs {CONFIG} and {WEIGHTS}")
    description = read_description(folder / CONFIG)
    if hashlib.sha256(read_bytes(folder / WEIGHTS)).hexdigest() != description.weights:
        raise InputError(f"{folder / WEIGHTS}: damaged: its contents are not those that {CONFIG} names")
    return Checkpoint(folder, description)


def read_state(checkpoint: Checkpoint) -> TrainingState:
    """The state to resume from; `InputError` for a checkpoint without one."""
    folder = checkpoint.folder
    if not (folder / COUNTERS).is_file() or not (folder / STATE).is_file():
        raise InputError(f"{folder}: nothing to resume: it lacks {STATE} and {COUNTERS}")
    expected = checkpoint.description.state
    if expected and expected != _digest_of_state(read_bytes(folder / COUNTERS), read_bytes(folder / STATE)):
        raise InputError(f"{folder}: damaged: {COUNTERS} and {STATE} are not those that {CONFIG} names")
    return TrainingState(_tensors(folder / STATE), read_object(folder / COUNTERS))


def _digest_of_state(counters: bytes, tensors: bytes) -> str:
    """SHA-256 of the two files to resume from; the length of the first says where the second begins."""
    return hashlib.sha256(b"%d\n" % len(counters) + counters + tensors).hexdigest()


def export(checkpoint: Checkpoint, folder: str | Path, licence: str = "") -> None:
    """Write a checkpoint as plugins ship it: weights in half precision, paths reduced to their last part.

    `licence` is that of the weights, as SPDX names it.
    """
    weights = {name: w.half() if w.is_floating_point() else w for name, w in checkpoint.weights().items()}
    described = checkpoint.description
    data = {**described.data, "spec": _names_only(str(described.data["spec"]))}
    starts = ("init_from", "encoder_from")
    names = {name: Path(str(described.settings.get(name, ""))).name for name in starts}
    settings = {**described.settings, **names}
    write_checkpoint(folder, replace(described, data=data, settings=settings, licence=licence), weights)


def _names_only(spec: str) -> str:
    """``crohme:crohme`` of ``crohme:/some/where/crohme``."""
    return re.sub(r"[^:+,]*/", "", spec)


def _contiguous(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Tensors on the CPU, each with its own memory, as safetensors requires; tied ones are written twice."""
    found: dict[str, Tensor] = {}
    places: set[int] = set()
    for name, tensor in tensors.items():
        tensor = tensor.detach().cpu().contiguous()
        place = tensor.untyped_storage().data_ptr()
        found[name] = tensor.clone() if place in places else tensor
        places.add(place)
    return found


def _tensors(path: Path) -> dict[str, Tensor]:
    try:
        return load(read_bytes(path))
    except (SafetensorError, ValueError, KeyError) as error:  # KeyError: a type of numbers that torch lacks
        raise InputError(f"{path}: damaged: {' '.join(str(error).split())}") from None


def replace_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write a folder with these files, and replace the one of its name.

    That takes two renames; between them the old folder has the name that `_recovered` looks for.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = folder.with_name(f".{folder.name}.new")
    _recovered(folder)
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    for name, data in files.items():
        with open(fresh / name, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    if folder.exists():
        folder.rename(_former(folder))
    fresh.rename(folder)
    shutil.rmtree(_former(folder), ignore_errors=True)


def _former(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.old")


def _recovered(folder: Path) -> Path:
    """The folder; after a write that was interrupted between its two renames, the old one is restored first."""
    former = _former(folder)
    if former.is_dir():
        if folder.is_dir():
            shutil.rmtree(former, ignore_errors=True)
        else:
            with contextlib.suppress(FileNotFoundError):
                former.rename(folder)
    return folder
