"""Settings of training: defaults, then the preset, then a TOML file, then ``--set``.

One flat list of names holds the settings of the harness (`TrainConfig`), those of augmentation (``augment.NAME`` for
images, ``augment_ink.NAME`` for ink) and those of the recogniser itself (its `options`), so that ``--set`` needs no
notion of who a setting belongs to.
"""

from __future__ import annotations

import dataclasses
import tomllib
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from hmer_suite.errors import InputError, UsageError
from hmer_suite.files import read_text
from hmer_suite.recogniser import RecogniserSpec
from hmer_suite.train.augment import Augment
from hmer_suite.train.augment_ink import AugmentInk

OPTIMISERS = ("adamw", "adadelta", "sgd")
SCHEDULES = ("cosine", "plateau", "constant")
PRECISIONS = ("fp32", "bf16")


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """Settings that every recogniser knows."""

    preset: str = ""
    """Named settings of the recogniser; empty takes its first preset."""
    seed: int = 0
    """Seed of weights, batches, augmentation and dropout."""
    seeds: int = 1
    """Runs to train, with seeds counted up from `seed`; mean and deviation are reported."""
    epochs: int = 100
    """Passes over the training samples; the learning rate's schedule ends with them."""
    batch_size: int = 8
    """Images a step on each process."""
    lr: float = 1e-3
    """Peak learning rate."""
    optimiser: str = "adamw"
    """adamw, adadelta or sgd (Nesterov, momentum 0.9)."""
    weight_decay: float = 1e-4
    """Weight decay of matrices and kernels; biases and normalisations have none."""
    schedule: str = "cosine"
    """cosine (to a hundredth of the peak), plateau (tenfold down after `plateau_patience` validations) or constant."""
    warmup_steps: int = 500
    """Steps over which the learning rate rises from nought."""
    plateau_patience: int = 5
    """Validations without a better expression rate before plateau lowers the learning rate."""
    clip: float = 5.0
    """Largest norm of the gradient; 0 leaves it as it is."""
    label_smoothing: float = 0.0
    """Share of the target's probability spread over the vocabulary."""
    ema: float = 0.0
    """Decay of the average of weights that is validated and kept; 0 takes the weights as they are."""
    patience: int = 0
    """Validations without a better expression rate before training stops; 0 never stops early."""
    validate_every: int = 0
    """Steps between validations; 0 validates at the end of every epoch."""
    validation: str = "validation"
    """Split that selects the best checkpoint; never a test split."""
    validation_limit: int = 0
    """Validate on the first so many samples; 0 takes all."""
    holdout: float = 0.05
    """Share of the training samples held out where the data has no validation split."""
    max_tokens: int = 0
    """Train on labels of at most so many tokens, first of all short ones (a curriculum, say); 0 takes all."""
    save_every: int = 500
    """Steps between checkpoints."""
    init_from: str = ""
    """Checkpoint folder whose weights training starts from; tokens that it does not know are added to its own."""
    encoder_from: str = ""
    """Checkpoint, run, recogniser with weights or file of tensors whose encoder this one's encoder starts from."""
    device: str = "auto"
    """auto, cpu or cuda."""
    precision: str = "fp32"
    """fp32 or bf16 (automatic mixed precision)."""
    threads: int = 0
    """Threads of one process on the CPU; 0 takes what torch takes."""
    workers: int = 2
    """Threads that prepare batches ahead."""
    augmentation: bool = True
    """Whether training samples are varied; each way has a setting ``augment.NAME`` or ``augment_ink.NAME``."""
    augment: Augment = field(default_factory=Augment)
    """How training images are varied."""
    augment_ink: AugmentInk = field(default_factory=AugmentInk)
    """How training ink is varied."""

    def __post_init__(self) -> None:
        _one_of("optimiser", self.optimiser, OPTIMISERS)
        _one_of("schedule", self.schedule, SCHEDULES)
        _one_of("precision", self.precision, PRECISIONS)
        for name in ("seeds", "epochs", "batch_size", "save_every"):
            _at_least(name, getattr(self, name), 1)
        for name in (
            "seed",
            "warmup_steps",
            "clip",
            "weight_decay",
            "patience",
            "validate_every",
            "workers",
            "threads",
        ):
            _at_least(name, getattr(self, name), 0)
        for name in ("ema", "label_smoothing", "holdout"):
            if not 0 <= getattr(self, name) < 1:
                raise UsageError(f"{name}={getattr(self, name)}: expected at least 0 and below 1")
        if self.lr <= 0:
            raise UsageError(f"lr={self.lr}: expected more than 0")
        if self.init_from and self.encoder_from:
            raise UsageError("init_from and encoder_from: give one of them, init_from has an encoder already")
        if self.validation == "test" or self.validation.startswith("test"):
            raise UsageError(
                f"validation={self.validation}: a model is never selected on a test split; "
                "take the validation split or hold out a part of training"
            )


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of a run: the harness's and the recogniser's own."""

    train: TrainConfig
    options: Any

    def flat(self) -> dict[str, object]:
        """Every setting by the name that ``--set`` and a TOML file give it."""
        values: dict[str, object] = {}
        for item in dataclasses.fields(self.train):
            value = getattr(self.train, item.name)
            if dataclasses.is_dataclass(value):
                values |= {f"{item.name}.{key}": inner for key, inner in _fields(value).items()}
            else:
                values[item.name] = value
        return values | _fields(self.options)


def _fields(value: Any) -> dict[str, object]:
    return {item.name: getattr(value, item.name) for item in dataclasses.fields(value)}


def resolve(
    spec: RecogniserSpec, file: Mapping[str, object] | None = None, given: Mapping[str, object] | None = None
) -> Settings:
    """Settings of a recogniser: defaults, then its preset, then those of a file, then those given one by one.

    Values may be text (from ``--set``) or what TOML made of them. Raises `UsageError` for a name that is not a
    setting, with a suggestion, and for a value that is not of the setting's type.
    """
    file, given = _flattened(file or {}), dict(given or {})
    preset = str(given.get("preset", file.get("preset", ""))) or next(iter(spec.presets))
    if preset not in spec.presets:
        raise UsageError(f"preset={preset}: {spec.name} has {', '.join(spec.presets)}")
    values = {**_flattened(spec.presets[preset]), **file, **given, "preset": preset}
    names = setting_types(spec)
    for name in values:
        if name not in names:
            raise UsageError(f"{name}: {spec.name} has no such setting{_suggestion(name, names)}")
    typed = {name: _typed(name, value, names[name]) for name, value in values.items()}
    harness = {item.name for item in dataclasses.fields(TrainConfig)}
    train = {name: value for name, value in typed.items() if name in harness}
    own = {name: value for name, value in typed.items() if name not in harness and "." not in name}
    try:
        for name, kind in _GROUPS.items():
            train[name] = kind(**_within(typed, name))
        return Settings(TrainConfig(**train), spec.options(**own))
    except (TypeError, ValueError) as error:
        raise UsageError(f"{spec.name}: {error}") from None


_GROUPS = {"augment": Augment, "augment_ink": AugmentInk}
"""Settings of training that are groups of settings."""


def _within(values: Mapping[str, object], group: str) -> dict[str, object]:
    """The settings of a group, by their names in it."""
    found = ((*name.partition("."), value) for name, value in values.items())
    return {inner: value for outer, _, inner, value in found if outer == group and inner}


def setting_types(spec: RecogniserSpec) -> dict[str, object]:
    """Names and types of all settings of a recogniser; those of its own come last."""
    names: dict[str, object] = {}
    for name, kind in typing.get_type_hints(TrainConfig).items():
        if dataclasses.is_dataclass(kind):
            names |= {f"{name}.{inner}": hint for inner, hint in typing.get_type_hints(kind).items()}
        else:
            names[name] = kind
    return names | typing.get_type_hints(spec.options)


def read_settings(path: str | Path) -> dict[str, object]:
    """Settings of a TOML file; `InputError` names a file that is not TOML."""
    try:
        return tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path}: not TOML: {error}") from None


def write_settings(settings: Settings) -> str:
    """The settings as TOML, as `read_settings` reads them."""
    import tomli_w

    return tomli_w.dumps({name: _plain(value) for name, value in settings.flat().items()})


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return False if value is None else value


def _flattened(values: Mapping[str, object], prefix: str = "") -> dict[str, object]:
    flat: dict[str, object] = {}
    for name, value in values.items():
        if isinstance(value, Mapping):
            flat |= _flattened(value, f"{prefix}{name}.")
        else:
            flat[prefix + name] = value
    return flat


def _suggestion(name: str, names: Mapping[str, object]) -> str:
    close = get_close_matches(name, names, n=1)
    return f"; did you mean {close[0]}?" if close else "; `hmer-suite plugins NAME` lists them"


_SWITCH = {
    "true": True,
    "on": True,
    "yes": True,
    "1": True,
    "false": False,
    "off": False,
    "no": False,
    "0": False,
}


def _typed(name: str, value: object, kind: Any) -> object:
    """*value* as the type of the setting; text is read as ``--set`` writes it, a pair as ``0.7,1.4``."""
    try:
        return _convert(value, kind)
    except (ValueError, TypeError, KeyError):
        raise UsageError(f"{name}={value}: expected {_spelt(kind)}") from None


def _convert(value: object, kind: Any) -> object:
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        return _convert_union(value, typing.get_args(kind))
    if typing.get_origin(kind) is tuple:
        return _convert_tuple(value, typing.get_args(kind))
    if kind is bool:
        return value if isinstance(value, bool) else _SWITCH[str(value).lower()]
    if isinstance(value, bool) and kind is not str:
        raise TypeError(value)
    if kind is int:
        return _whole(value)
    return kind(value)


def _whole(value: object) -> int:
    if isinstance(value, int):
        return value
    number = float(value)  # type: ignore[arg-type]
    if not number.is_integer():
        raise ValueError(value)
    return int(number)


def _convert_union(value: object, kinds: tuple[Any, ...]) -> object:
    if value is None or (type(None) in kinds and str(value).lower() in ("none", "off", "false", "")):
        if type(None) not in kinds:
            raise TypeError(value)
        return None
    for kind in kinds:
        if kind is not type(None):
            try:
                return _convert(value, kind)
            except (ValueError, TypeError, KeyError):
                continue
    raise ValueError(value)


def _convert_tuple(value: object, kinds: tuple[Any, ...]) -> tuple:
    parts = value.split(",") if isinstance(value, str) else list(value)  # type: ignore[call-overload]
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        return tuple(_convert(part, kinds[0]) for part in parts)
    if len(parts) != len(kinds):
        raise ValueError(value)
    return tuple(_convert(part, kind) for part, kind in zip(parts, kinds, strict=True))


def _spelt(kind: Any) -> str:
    words = {int: "a whole number", float: "a number", bool: "true or false", str: "text"}
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        return " or ".join("none" if k is type(None) else _spelt(k) for k in typing.get_args(kind))
    if typing.get_origin(kind) is tuple:
        inner = [k for k in typing.get_args(kind) if k is not Ellipsis]
        return f"{len(inner)} values with commas, each {_spelt(inner[0])}"
    return words.get(kind, str(kind))


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise UsageError(f"{name}={value}: expected {', '.join(allowed)}")


def _at_least(name: str, value: float, least: float) -> None:
    if value < least:
        raise UsageError(f"{name}={value}: expected at least {least}")
