"""``hmer-suite plugins``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

import typer

from hmer_suite.cli.common import JSON, plugin_names, print_json
from hmer_suite.errors import PluginError, UsageError
from hmer_suite.terminal import columns, note

if TYPE_CHECKING:
    from hmer_suite.plugin_checks import Spec
    from hmer_suite.registry import Plugin
    from hmer_suite.specs.recogniser import RecogniserSpec

NAME = typer.Argument(
    None,
    metavar="NAME",
    autocompletion=plugin_names,
    help="Plugin to show; `new` creates a package of your own.",
)
NEW_NAME = typer.Argument(None, metavar="NEW_NAME", help="After `new`: name of the recogniser.")
OUT = typer.Option(
    Path("."), "--out", metavar="DIR", help="After `new`: folder in which the package's folder is created."
)
INPUT = typer.Option(
    "image", "--input", metavar="KIND", help="After `new`: input of its network, image or ink."
)


def run(
    name: str | None = NAME,
    new_name: str | None = NEW_NAME,
    out: Path = OUT,
    input: str = INPUT,
    as_json: bool = JSON,
) -> None:
    """List plugins without importing them, show one with its settings, or create a package of your own.

    Examples:

      hmer-suite plugins

      hmer-suite plugins wap

      hmer-suite plugins new my-model

      hmer-suite plugins new my-pen --input ink
    """
    if name == "new":
        return _create(new_name, out, input, as_json)
    if new_name is not None:
        raise UsageError(f"plugins {name} {new_name}: expected one name, or `plugins new {new_name}`")
    if name is not None:
        return _show(name, as_json)
    _list(as_json)


def _list(as_json: bool) -> None:
    from hmer_suite import registry

    found = registry.plugins()
    if as_json:
        print_json([_origin(plugin) for plugin in found])
    elif found:
        rows = [(p.name, f"{p.distribution} {p.version}", p.module) for p in found]
        typer.echo("\n".join(columns([("name", "distribution", "module"), *rows])))
    else:
        note("no plugin is installed")
    if doubled := registry.duplicates(found):
        raise PluginError("; ".join(doubled))


def _create(name: str | None, out: Path, input: str, as_json: bool) -> None:
    from hmer_suite.scaffold import write_package

    if name is None:
        raise UsageError("plugins new: expected a name, such as `plugins new my-model`")
    written = write_package(name, out, input)
    if as_json:
        print_json({"name": name, "files": [str(path) for path in written]})
        return
    for path in written:
        typer.echo(path)
    folder = out / name
    note(f"next: pip install -e {folder} && pytest {folder} && hmer-suite train {name}")


def _show(name: str, as_json: bool) -> None:
    from hmer_suite.registry import find_any

    found = find_any(name)
    if as_json:
        print_json([_description(kind, plugin, spec) for kind, (plugin, spec) in found.items()])
    else:
        parts = ["\n".join(_lines(kind, plugin, spec)) for kind, (plugin, spec) in found.items()]
        typer.echo("\n\n".join(parts))


class Setting(TypedDict):
    """A setting as ``plugins NAME --json`` prints it."""

    name: str
    type: str
    default: object
    meaning: str


class RecogniserDescription(TypedDict):
    """Facts about a recogniser that ``plugins NAME --json`` prints; defaults are those of the first preset."""

    input: str
    presets: dict[str, dict[str, object]]
    options: list[Setting]
    training: list[Setting]
    weights: bool
    licence: str


def _origin(plugin: Plugin) -> dict[str, str]:
    return {
        "name": plugin.name,
        "module": plugin.module,
        "distribution": plugin.distribution,
        "version": plugin.version,
    }


def _summary(spec: Spec) -> str:
    from hmer_suite.specs.repair_rule import Rule

    return spec.why if isinstance(spec, Rule) else spec.summary


def _description(kind: str, plugin: Plugin, spec: Spec) -> dict[str, object]:
    """JSON of one thing that a plugin offers."""
    from hmer_suite.specs.recogniser import RecogniserSpec
    from hmer_suite.specs.samples import DataSourceSpec

    described = {**_origin(plugin), "name": spec.name, "kind": kind, "summary": _summary(spec)}
    if isinstance(spec, RecogniserSpec):
        return {**described, **_recogniser(spec)}
    if isinstance(spec, DataSourceSpec):
        return {**described, "splits": list(spec.splits)}
    return {**described}


def _recogniser(spec: RecogniserSpec) -> RecogniserDescription:
    from dataclasses import fields

    from hmer_suite.settings.resolve import resolve, setting_types
    from hmer_suite.settings.training import TrainConfig

    values, types = resolve(spec).flat(), setting_types(spec)
    meanings = _meanings(TrainConfig) | _meanings(spec.options)
    settings: list[Setting] = [
        {"name": name, "type": _type_name(types[name]), "default": value, "meaning": meanings.get(name, "")}
        for name, value in values.items()
    ]
    own = {field.name for field in fields(spec.options)}
    return {
        "input": spec.input,
        "presets": {name: dict(preset) for name, preset in spec.presets.items()},
        "options": [setting for setting in settings if setting["name"] in own],
        "training": [setting for setting in settings if setting["name"] not in own],
        "weights": spec.weights is not None and spec.weights.is_dir(),
        "licence": _licence(spec.weights),
    }


def _licence(weights: Path | None) -> str:
    """The licence of shipped weights, as SPDX names it; empty if nobody has said."""
    from hmer_suite.train.weights_metadata import read_metadata

    if weights is None or not (weights / "model.safetensors").is_file():
        return ""
    return read_metadata(weights / "model.safetensors").get("licence", "")


def _meanings(options: type) -> dict[str, str]:
    """Docstrings of the fields of a dataclass, which are the texts below them; empty if its source is not readable."""
    import ast
    import inspect
    import textwrap
    from itertools import pairwise

    try:
        found = ast.parse(textwrap.dedent(inspect.getsource(options))).body[0]
    except (OSError, TypeError, SyntaxError):
        return {}
    meanings = {}
    for field, text in pairwise(found.body if isinstance(found, ast.ClassDef) else []):
        match field, text:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(meaning))):
                meanings[name] = " ".join(meaning.split())
    return meanings


def _type_name(kind: object) -> str:
    return kind.__name__ if isinstance(kind, type) and not hasattr(kind, "__args__") else str(kind)


def _lines(kind: str, plugin: Plugin, spec: Spec) -> list[str]:
    """Text of one thing that a plugin offers."""
    from hmer_suite.specs.recogniser import RecogniserSpec
    from hmer_suite.specs.samples import DataSourceSpec

    lines = [
        f"{spec.name}: {kind}",
        _summary(spec),
        f"{plugin.distribution} {plugin.version}, module {plugin.module}",
    ]
    if isinstance(spec, DataSourceSpec):
        return [*lines, f"splits: {', '.join(spec.splits)}"]
    if not isinstance(spec, RecogniserSpec):
        return lines
    described = _recogniser(spec)
    return [
        *lines,
        *(f"reads: {described['input']}", "", "presets", *_presets(described["presets"])),
        *("", "settings of its own", *_settings(described["options"])),
        *("", "settings of training", *_settings(described["training"])),
        *("", f"weights: {_weights(described)}"),
    ]


def _weights(described: RecogniserDescription) -> str:
    if not described["weights"]:
        return "none; train it first"
    return f"shipped, {described['licence']}" if described["licence"] else "shipped"


def _presets(presets: Mapping[str, Mapping[str, object]]) -> list[str]:
    return [
        f"  {name}: {' '.join(f'{key}={_value(value)}' for key, value in values.items()) or 'the defaults'}"
        for name, values in presets.items()
    ]


def _settings(settings: list[Setting]) -> list[str]:
    if not settings:
        return ["  none"]
    rows = [(s["name"], s["type"], _value(s["default"]), s["meaning"]) for s in settings]
    return [f"  {line}" for line in columns(rows)]


def _value(value: object) -> str:
    """A value as ``--set`` takes it."""
    if isinstance(value, tuple):
        return ",".join(map(_value, value))
    return "none" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
