"""Pretrained weights: checkpoints by folder or recogniser's name, initialisation from them, shared encoders."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from hmer_suite.errors import InputError, UsageError
from hmer_suite.nn.recogniser import Recogniser, build
from hmer_suite.registry import plugins, recogniser
from hmer_suite.settings.training import TrainConfig
from hmer_suite.specs.recogniser import RecogniserSpec
from hmer_suite.specs.vocabulary import Vocabulary
from hmer_suite.train.checkpoint import (
    BEST,
    CONFIG,
    LAST,
    Checkpoint,
    load_weights,
    read_checkpoint,
)


def find_checkpoint(name_or_folder: str) -> tuple[RecogniserSpec, Checkpoint]:
    """The checkpoint of a checkpoint folder, of a run's folder (its best), or of a plugin that ships weights.

    Raises:
        UsageError: neither a folder nor the name of a recogniser, or one without weights.
        InputError: the checkpoint is damaged.
    """
    folder = Path(name_or_folder)
    inside = _checkpoint_in(folder)
    # A folder of a recogniser's name that holds no checkpoint, its sources perhaps, does not hide the recogniser.
    named = any(plugin.name == name_or_folder for plugin in plugins())
    if inside is None and (named or not (folder.is_dir() or "/" in name_or_folder)):
        return _shipped(name_or_folder)
    checkpoint = read_checkpoint(inside or folder)
    return recogniser_of(checkpoint), checkpoint


def checkpoint_of(name: str, folder: Path | None) -> tuple[RecogniserSpec, Checkpoint]:
    """A recogniser's checkpoint: the one of a folder (a checkpoint's or a run's), or the one that ships with it.

    Raises:
        UsageError: no such recogniser, or none that ships weights where no folder is given.
        InputError: the checkpoint is damaged, or of another recogniser.
    """
    if folder is None:
        return _shipped(name)
    spec, checkpoint = recogniser(name), read_checkpoint(_checkpoint_in(folder) or folder)
    if checkpoint.description.recogniser != name:
        raise InputError(f"{folder}: a checkpoint of {checkpoint.description.recogniser}, not of {name}")
    return spec, checkpoint


def recogniser_of(checkpoint: Checkpoint) -> RecogniserSpec:
    """The recogniser that a checkpoint is of; `InputError` if it is not installed."""
    try:
        return recogniser(checkpoint.description.recogniser)
    except UsageError as error:
        raise InputError(f"{checkpoint.folder / CONFIG}: {error}") from None


def _shipped(name: str) -> tuple[RecogniserSpec, Checkpoint]:
    """The checkpoint that ships with a recogniser."""
    spec = recogniser(name)
    if spec.weights is None:
        raise UsageError(f"{spec.name}: has no weights; train it and name the run's folder instead")
    return spec, read_checkpoint(spec.weights)


def _checkpoint_in(folder: Path) -> Path | None:
    """The folder itself if it is a checkpoint, else the best or the last checkpoint of a run, or None."""
    if (folder / CONFIG).is_file():
        return folder
    return next((folder / name for name in (BEST, LAST) if (folder / name).is_dir()), None)


@dataclass(frozen=True, slots=True)
class Start:
    """A network initialised from a checkpoint.

    `new` are tokens that the checkpoint does not know, `fresh` names of tensors that it lacks, and `unused` names of
    tensors that the network does not have.
    """

    model: Recogniser
    new: tuple[str, ...]
    fresh: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()


def start_from(
    checkpoint: Checkpoint, spec: RecogniserSpec, options: object, vocabulary: Vocabulary
) -> Start:
    """A network of `options` with a checkpoint's weights and tokens, extended by the tokens of `vocabulary`.

    New tokens are numbered after the checkpoint's. Tensors that are larger by their number in one dimension get the
    checkpoint's values in the first part, and keep their fresh values in the rest. The network may have tensors that
    the checkpoint lacks, which stay fresh, or lack some (of an auxiliary head, say), but not both. Raises `InputError`
    for weights that do not fit the network.
    """
    new = tuple(token for token in vocabulary.symbols if token not in checkpoint.vocabulary)
    model = build(spec, options, Vocabulary((*checkpoint.vocabulary.symbols, *new)))
    weights, fresh_weights = checkpoint.weights(), model.state_dict()
    fresh = tuple(name for name in fresh_weights if name not in weights)
    unused = tuple(sorted(name for name in weights if name not in fresh_weights))
    if not (fresh and unused):
        weights = {name: weights.get(name, tensor) for name, tensor in fresh_weights.items()}
    if new:
        weights = {
            name: _enlarged(weight, fresh_weights[name], len(new)) if name in fresh_weights else weight
            for name, weight in weights.items()
        }
    load_weights(model, weights, checkpoint.folder)
    return Start(model, new, fresh, unused)


def _enlarged(weight: Tensor, fresh: Tensor, count: int) -> Tensor:
    """`fresh` with `weight` in its first part, if it is longer by `count` in exactly one dimension; else `weight`."""
    unlike = [dim for dim in range(min(weight.ndim, fresh.ndim)) if weight.shape[dim] != fresh.shape[dim]]
    if (
        weight.ndim != fresh.ndim
        or len(unlike) != 1
        or fresh.shape[unlike[0]] != weight.shape[unlike[0]] + count
    ):
        return weight
    whole = fresh.clone()
    whole.narrow(unlike[0], 0, weight.shape[unlike[0]]).copy_(weight)
    return whole


def seconds_before(config: TrainConfig) -> float:
    """Seconds spent training the checkpoint or encoder that a run starts from; 0 if none or not known."""
    if config.init_from:
        return read_checkpoint(config.init_from).description.seconds
    if config.encoder_from and not Path(config.encoder_from).is_file():
        return find_checkpoint(config.encoder_from)[1].description.seconds
    return 0.0


def start_encoder(model: Recogniser, name_or_folder: str) -> str:
    """Copy the tensors that another recogniser's encoder has by the same name and shape; report their number.

    Instead of a checkpoint a file of tensors may be named (``.safetensors``, or ``.pth`` as torchvision's). Tensors
    missing from the source keep their values.

    Raises:
        UsageError: one of the two has no encoder to share, or they have no kernel or matrix in common; or as
            `find_checkpoint`.
        InputError: the file is not a file of tensors; or as `find_checkpoint`.
    """
    where = f"encoder_from={name_or_folder}"
    name, theirs = _source(name_or_folder, where)
    encoder = _encoder(model, f"{where}: {type(model).__name__}")
    wanted = _tensors(encoder)
    common = {name: t for name, t in theirs.items() if name in wanted and wanted[name].shape == t.shape}
    if not any(tensor.ndim > 1 for tensor in common.values()):
        raise UsageError(f"{where}: {_unlike(wanted, theirs)}")
    encoder.load_state_dict(common, strict=False)
    return f"{where}: {len(common)} of {len(wanted)} tensors of the encoder start from {name}"


def _source(name_or_folder: str, where: str) -> tuple[str, dict[str, Tensor]]:
    """Name and tensors of the encoder or file to start from."""
    path = Path(name_or_folder)
    if path.is_file():
        return path.name, {name: tensor for name, tensor in read_tensors(path).items() if tensor.ndim}
    spec, checkpoint = find_checkpoint(name_or_folder)
    return spec.name, _tensors(_encoder(checkpoint.build(spec), f"{where}: {spec.name}"))


def read_tensors(path: Path) -> dict[str, Tensor]:
    """Tensors of a file by name: safetensors, or a dictionary of tensors written by ``torch.save``.

    Raises `InputError` for any other file; only tensors are ever unpickled.
    """
    try:
        if path.suffix == ".safetensors":
            return load_file(path)
        found = torch.load(path, map_location="cpu", weights_only=True)
    except (SafetensorError, UnpicklingError, RuntimeError, EOFError) as error:
        reason = str(error).splitlines()[0] if str(error) else "it is empty"
        raise InputError(f"{path}: not a file of tensors: {reason}") from None
    if not isinstance(found, dict) or not all(isinstance(value, Tensor) for value in found.values()):
        raise InputError(f"{path}: not a file of tensors by name")
    return dict(found)


def _encoder(model: Recogniser, what: str) -> nn.Module:
    encoder = model.shared_encoder()
    if encoder is None:
        raise UsageError(f"{what} has no encoder to share")
    return encoder


def _tensors(encoder: nn.Module) -> dict[str, Tensor]:
    """Tensors of an encoder, without its counters of batches."""
    return {name: tensor for name, tensor in encoder.state_dict().items() if tensor.ndim}


def _unlike(own: dict[str, Tensor], theirs: dict[str, Tensor]) -> str:
    """A sentence with the first kernel of both."""
    first, second = (next((n, t) for n, t in found.items() if t.ndim > 1) for found in (own, theirs))
    shapes = [f"{name} {tuple(tensor.shape)}" for name, tensor in (first, second)]
    return f"nothing fits: the encoder wanted begins with {shapes[0]}, the one given with {shapes[1]}"
