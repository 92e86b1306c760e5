"""What training and reading start from: a checkpoint by its folder or a recogniser's name, its weights, its encoder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError

from torch import Tensor

from hmer_suite.errors import InputError, UsageError
from hmer_suite.nn.recogniser import Recogniser
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
    return recogniser(checkpoint.description.recogniser), checkpoint


def _shipped(name: str) -> tuple[RecogniserSpec, Checkpoint]:
    """The checkpoint that comes with a recogniser."""
    spec = recogniser(name)
    if spec.weights is None:
        raise UsageError(f"{spec.name}: comes without weights; train it and give the run's folder instead")
    return spec, read_checkpoint(spec.weights)


def _checkpoint_in(folder: Path) -> Path | None:
    """The checkpoint's folder itself, that of the best or else the last of a run, or None where there is none."""
    if (folder / CONFIG).is_file():
        return folder
    return next((folder / name for name in (BEST, LAST) if (folder / name).is_dir()), None)


@dataclass(frozen=True, slots=True)
class Start:
    """A network that starts from a checkpoint.

    `new` are the tokens that it had to be given room for, `fresh` the names of tensors that the checkpoint lacks, and
    `unused` those of the checkpoint that the network has no use for.
    """

    model: Recogniser
    new: tuple[str, ...]
    fresh: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()


def start_from(
    checkpoint: Checkpoint, spec: RecogniserSpec, options: object, vocabulary: Vocabulary
) -> Start:
    """A network of `options` with a checkpoint's weights and tokens, which also writes those of `vocabulary`.

    Tokens that the checkpoint does not know come behind its own. Tensors that are longer by so many in one dimension
    keep the checkpoint's part; what is new in them stays as the network makes it. The network may have parts more than
    the checkpoint, which start fresh, or parts less (a head that only training needs, say), but not both. Raises
    `InputError` where the weights do not fit the network.
    """
    new = tuple(token for token in vocabulary.symbols if token not in checkpoint.vocabulary)
    model = spec.build(options, Vocabulary((*checkpoint.vocabulary.symbols, *new)))
    weights, own = checkpoint.weights(), model.state_dict()
    fresh = tuple(name for name in own if name not in weights)
    unused = tuple(sorted(name for name in weights if name not in own))
    if not (fresh and unused):
        weights = {name: weights.get(name, own[name]) for name in own}
    load_weights(model, _enlarged_all(weights, own, len(new)) if new else weights, checkpoint.folder)
    return Start(model, new, fresh, unused)


def _enlarged_all(weights: Mapping[str, Tensor], own: Mapping[str, Tensor], count: int) -> dict[str, Tensor]:
    """Weights put over the first part of a network's own tensors, which are longer by `count` in one dimension."""
    return {
        name: _enlarged(tensor, own[name], count) if name in own else tensor for name, tensor in weights.items()
    }


def _enlarged(weight: Tensor, own: Tensor, count: int) -> Tensor:
    unlike = [dim for dim in range(min(weight.ndim, own.ndim)) if weight.shape[dim] != own.shape[dim]]
    if weight.ndim != own.ndim or len(unlike) != 1 or own.shape[unlike[0]] != weight.shape[unlike[0]] + count:
        return weight
    whole = own.clone()
    whole.narrow(unlike[0], 0, weight.shape[unlike[0]]).copy_(weight)
    return whole


def seconds_before(config: TrainConfig) -> float:
    """Time that the training of a run's start took, in seconds; nought for fresh weights and files of tensors."""
    if config.init_from:
        return read_checkpoint(config.init_from).description.seconds
    if config.encoder_from and not Path(config.encoder_from).is_file():
        return find_checkpoint(config.encoder_from)[1].description.seconds
    return 0.0


def start_encoder(model: Recogniser, name_or_folder: str) -> str:
    """Give a network's encoder the tensors that another recogniser's has by the same names and shapes.

    A file in place of a checkpoint (``.safetensors``, or ``.pth`` as torchvision's) has such tensors alone. What there
    is none of stays as it was. Gives a sentence that says how many there were.

    Raises:
        UsageError: one of the two has no encoder to share, or not one kernel or matrix is common to them; or as
            `find_checkpoint`.
        InputError: the file is no file of tensors; or as `find_checkpoint`.
    """
    where = f"encoder_from={name_or_folder}"
    name, theirs = _given(name_or_folder, where)
    own = _tensors(model, f"{where}: {type(model).__name__}")
    common = {name: t for name, t in theirs.items() if name in own and own[name].shape == t.shape}
    if not any(tensor.ndim > 1 for tensor in common.values()):
        raise UsageError(f"{where}: {_unlike(own, theirs)}")
    model.shared_encoder().load_state_dict(common, strict=False)
    return f"{where}: {len(common)} of {len(own)} tensors of the encoder start from {name}"


def _given(name_or_folder: str, where: str) -> tuple[str, dict[str, Tensor]]:
    """The name of what an encoder starts from, and its tensors."""
    path = Path(name_or_folder)
    if path.is_file():
        return path.name, {name: tensor for name, tensor in read_tensors(path).items() if tensor.ndim}
    spec, checkpoint = find_checkpoint(name_or_folder)
    return spec.name, _tensors(checkpoint.build(spec), f"{where}: {spec.name}")


def read_tensors(path: Path) -> dict[str, Tensor]:
    """Tensors of a file by name: safetensors, or what ``torch.save`` wrote of nothing but tensors.

    Raises `InputError` for any other file; nothing but tensors is ever unpickled.
    """
    import torch
    from safetensors import SafetensorError
    from safetensors.torch import load_file

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


def _tensors(model: Recogniser, what: str) -> dict[str, Tensor]:
    """Tensors of the shared encoder; counters of batches seen are not among them."""
    encoder = model.shared_encoder()
    if encoder is None:
        raise UsageError(f"{what} has no encoder to share")
    return {name: tensor for name, tensor in encoder.state_dict().items() if tensor.ndim}


def _unlike(own: dict[str, Tensor], theirs: dict[str, Tensor]) -> str:
    """A sentence with the first kernel of both."""
    first, second = (next((n, t) for n, t in found.items() if t.ndim > 1) for found in (own, theirs))
    shapes = [f"{name} {tuple(tensor.shape)}" for name, tensor in (first, second)]
    return f"nothing fits: the encoder wanted begins with {shapes[0]}, the one given with {shapes[1]}"
