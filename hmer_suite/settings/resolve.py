"""Settings of a run: defaults, then the preset, then a TOML file, then ``--set``."""

from __future__ import annotations

import dataclasses
import tomllib
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from hmer_suite.errors import InputError, UsageError
from hmer_suite.files import read_text
from hmer_suite.settings.augmentation import Augment, AugmentInk
from hmer_suite.settings.training import TrainConfig
from hmer_suite.specs.recogniser import RecogniserSpec


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
