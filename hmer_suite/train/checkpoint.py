"""Checkpoints: a folder with ``model.safetensors`` and ``config.json``, written atomically.

A folder to resume from holds ``training.safetensors`` and ``training.json`` as well: the optimiser's state, averages
and counters. Nothing is ever unpickled.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from hmer_suite.errors import InputError
from hmer_suite.nn.recogniser import Recogniser, build
from hmer_suite.specs.recogniser import Preprocessing, RecogniserSpec
from hmer_suite.specs.vocabulary import Vocabulary

FORMAT = 1
"""Version of the layout of ``config.json``; other versions are refused."""

WEIGHTS, CONFIG = "model.safetensors", "config.json"
STATE, COUNTERS = "training.safetensors", "training.json"

LAST, BEST = "last", "best"
"""Folders of a run: the checkpoint to resume from, and the best of validation."""


@dataclass(frozen=True, slots=True)
class Description:
    """Contents of a checkpoint's ``config.json``.

    `options` are the recogniser's own, `settings` those of the run by name; `grammar` is the digest of the labels'
    grammar; `data` describes the training and validation samples, with digests; `metrics` are those of the validation
    that selected it; `seconds` is the training time so far, with that of the weights and the encoder that it started
    from. `weights` is the SHA-256 of the weights' file.
    """

    recogniser: str
    suite: str
    vocabulary: tuple[str, ...]
    options: Mapping[str, object]
    settings: Mapping[str, object]
    preprocessing: Preprocessing
    grammar: str
    data: Mapping[str, object]
    metrics: Mapping[str, object] = field(default_factory=dict)
    step: int = 0
    seconds: float = 0.0
    weights: str = ""
    format: int = FORMAT


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
        """Tensors by name, as stored (in half precision for shipped weights)."""
        return _tensors(self.folder / WEIGHTS)

    def options(self, spec: RecogniserSpec) -> object:
        """The recogniser's own settings; `InputError` for settings that this version of it does not have."""
        values = {
            name: tuple(v) if isinstance(v, list) else v for name, v in self.description.options.items()
        }
        try:
            return spec.options(**values)
        except TypeError as error:
            raise InputError(f"{self.folder}: made by another version of {spec.name}: {error}") from None

    def build(self, spec: RecogniserSpec) -> Recogniser:
        """The network with its weights, in evaluation mode on the CPU.

        Raises `InputError` where the weights do not fit the recogniser.
        """
        if spec.name != self.description.recogniser:
            raise InputError(
                f"{self.folder}: a checkpoint of {self.description.recogniser}, not of {spec.name}"
            )
        model = build(spec, self.options(spec), self.vocabulary)
        load_weights(model, self.weights(), self.folder)
        return model.eval()


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
    data = save(_contiguous(weights))
    described = {**asdict(description), "weights": hashlib.sha256(data).hexdigest()}
    files = {WEIGHTS: data, CONFIG: _json(described)}
    if state is not None:
        files |= {STATE: save(_contiguous(state.tensors)), COUNTERS: _json(state.counters)}
    try:
        _replace_folder(folder, files)
    except OSError as error:
        raise InputError(f"{folder}: cannot write the checkpoint: {error.strerror}") from None


def read_checkpoint(folder: str | Path) -> Checkpoint:
    """Read a checkpoint's description and check its weights against it.

    Raises `InputError`, in one sentence, for a folder that is not a checkpoint, is damaged or has another format.
    """
    folder = _recovered(Path(folder))
    if not folder.is_dir():
        raise InputError(f"{folder}: no such checkpoint folder")
    if not (folder / CONFIG).is_file() or not (folder / WEIGHTS).is_file():
        raise InputError(f"{folder}: not a checkpoint: it needs {CONFIG} and {WEIGHTS}")
    values = _read_json(folder / CONFIG)
    if values.get("format") != FORMAT:
        raise InputError(
            f"{folder / CONFIG}: checkpoint format {values.get('format')!r}, this version reads {FORMAT}"
        )
    try:
        preprocessing = Preprocessing(**values.pop("preprocessing"))
        vocabulary = tuple(values.pop("vocabulary"))
        description = Description(**values, vocabulary=vocabulary, preprocessing=preprocessing)
    except (KeyError, TypeError) as error:
        raise InputError(f"{folder / CONFIG}: not a description of a checkpoint: {error}") from None
    if hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest() != description.weights:
        raise InputError(f"{folder / WEIGHTS}: damaged: its contents are not those that {CONFIG} names")
    return Checkpoint(folder, description)


def read_state(checkpoint: Checkpoint) -> TrainingState:
    """The state to resume from; `InputError` for a checkpoint without one."""
    folder = checkpoint.folder
    if not (folder / COUNTERS).is_file() or not (folder / STATE).is_file():
        raise InputError(f"{folder}: nothing to resume: it lacks {STATE} and {COUNTERS}")
    return TrainingState(_tensors(folder / STATE), _read_json(folder / COUNTERS))


def export(checkpoint: Checkpoint, folder: str | Path) -> None:
    """Write a checkpoint as plugins ship it: weights in half precision, paths reduced to their last part."""
    weights = {name: w.half() if w.is_floating_point() else w for name, w in checkpoint.weights().items()}
    described = checkpoint.description
    data = {**described.data, "spec": _names_only(str(described.data["spec"]))}
    starts = ("init_from", "encoder_from")
    names = {name: Path(str(described.settings.get(name, ""))).name for name in starts}
    settings = {**described.settings, **names}
    write_checkpoint(folder, replace(described, data=data, settings=settings), weights)


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


def _json(values: object) -> bytes:
    return (json.dumps(values, ensure_ascii=False, indent=1) + "\n").encode()


def _read_json(path: Path) -> dict:
    try:
        values = json.loads(path.read_bytes())
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: damaged: not JSON: {error}") from None
    if not isinstance(values, dict):
        raise InputError(f"{path}: damaged: expected a JSON object")
    return values


def _tensors(path: Path) -> dict[str, Tensor]:
    try:
        return load(path.read_bytes())
    except SafetensorError as error:
        raise InputError(f"{path}: damaged: {error}") from None


def _replace_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Two renames; between them the old folder has the name that `_recovered` looks for."""
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
