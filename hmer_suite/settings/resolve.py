"""Settings of a run: defaults, then the preset, then a TOML file, then ``--set``.

One flat namespace holds the settings of the harness (`TrainConfig`), those of augmentation (``augment.NAME`` for
images, ``augment_ink.NAME`` for ink) and the recogniser's own (its `options`), so that ``--set`` need not say which of
them is meant.
"""

from __future__ import annotations

import dataclasses
import functools
import operator
import tomllib
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomli_w

from hmer_suite.errors import InputError, UsageError, did_you_mean
from hmer_suite.files import read_text
from hmer_suite.settings.augmentation import Augment, AugmentInk
from hmer_suite.settings.convert import convert, one_line
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

    Values may be text (from ``--set``) or TOML values. Raises `UsageError` for a name that is not a setting, with a
    suggestion, and for a value that is not of the setting's type or outside its range.
    """
    file, given = _flattened(file or {}), dict(given or {})
    preset = str(given.get("preset", file.get("preset", ""))) or next(iter(spec.presets))
    if preset not in spec.presets:
        raise UsageError(f"preset={one_line(preset)[:60]}: {spec.name} has {', '.join(spec.presets)}")
    values = {**_flattened(spec.presets[preset]), **file, **given, "preset": preset}
    hints = _hints(spec)
    for name in values:
        if name not in hints:
            raise UsageError(
                f"{one_line(name)[:60]}: {spec.name} has no such setting{_suggestion(name, hints)}"
            )
    converted = {name: convert(name, value, hints[name]) for name, value in values.items()}
    harness = {item.name for item in dataclasses.fields(TrainConfig)}
    train = {name: value for name, value in converted.items() if name in harness}
    own = {name: value for name, value in converted.items() if name not in harness and "." not in name}
    try:
        augment = Augment(**_within(converted, "augment"))
        augment_ink = AugmentInk(**_within(converted, "augment_ink"))
        return Settings(TrainConfig(**train, augment=augment, augment_ink=augment_ink), spec.options(**own))
    except UsageError as error:
        raise UsageError(_cut(str(error))) from None
    except (TypeError, ValueError) as error:
        raise UsageError(f"{spec.name}: {_cut(str(error))}") from None


def _cut(message: str) -> str:
    """A message on one line that shows no more of a value than can be read."""
    message = one_line(message)
    return message if len(message) <= 200 else f"{message[:200]}..."


def _within(values: Mapping[str, Any], group: str) -> dict[str, Any]:
    """The settings of a group, by their names in it."""
    found = ((*name.partition("."), value) for name, value in values.items())
    return {inner: value for outer, _, inner, value in found if outer == group and inner}


def setting_types(spec: RecogniserSpec) -> dict[str, object]:
    """Names and types of all settings of a recogniser, without their ranges; its own come last."""
    return {name: _plain_type(hint) for name, hint in _hints(spec).items()}


def _plain_type(hint: Any) -> Any:
    """A type without ranges: a number of a range is a number, one of several texts is text."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated:
        return _plain_type(inner[0])
    if origin is typing.Literal:
        return type(inner[0])
    if origin is tuple:
        return types.GenericAlias(
            tuple, tuple(kind if kind is Ellipsis else _plain_type(kind) for kind in inner)
        )
    if origin is types.UnionType:
        return functools.reduce(operator.or_, map(_plain_type, inner))
    return hint


def _hints(spec: RecogniserSpec) -> dict[str, Any]:
    """Names and declared types of all settings, with their ranges."""
    names: dict[str, Any] = {}
    for name, hint in typing.get_type_hints(TrainConfig, include_extras=True).items():
        if dataclasses.is_dataclass(hint):
            inner_hints = typing.get_type_hints(hint, include_extras=True)
            names |= {f"{name}.{inner}": kind for inner, kind in inner_hints.items()}
        else:
            names[name] = hint
    return names | typing.get_type_hints(spec.options, include_extras=True)


def read_settings(path: str | Path) -> dict[str, object]:
    """Settings of a TOML file; `InputError` for a file that is not TOML, or nested too deeply for one."""
    try:
        return tomllib.loads(read_text(path))
    except RecursionError:
        raise InputError(f"{path}: not a file of settings: nested too deeply") from None
    except ValueError as error:  # not TOML, or a number of thousands of digits
        raise InputError(f"{path}: not TOML: {error}") from None


def write_settings(settings: Settings) -> str:
    """The settings as TOML, as `read_settings` reads them."""
    return tomli_w.dumps({name: _toml_value(value) for name, value in settings.flat().items()})


def _toml_value(value: object) -> object:
    """A setting as TOML has it: lists for tuples, false for None."""
    if isinstance(value, tuple):
        return [_toml_value(item) for item in value]
    return False if value is None else value


def _flattened(values: Mapping[str, object]) -> dict[str, object]:
    """Settings by their dotted names; there are no groups within groups."""
    flat: dict[str, object] = {}
    for name, value in values.items():
        if isinstance(value, Mapping):
            flat |= {f"{name}.{inner}": one for inner, one in value.items()}
        else:
            flat[name] = value
    return flat


def _suggestion(name: str, names: Mapping[str, object]) -> str:
    return did_you_mean(name, names) or "; `hmer-suite plugins NAME` lists them"
