"""``hmer-suite plugins``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from hmer_suite.cli.common import JSON, print_json
from hmer_suite.errors import PluginError, UsageError

if TYPE_CHECKING:
    from hmer_suite.plugin_checks import Spec
    from hmer_suite.registry import Plugin
    from hmer_suite.specs.recogniser import RecogniserSpec


def plugins(
    name: str = typer.Argument(None, metavar="[NAME]", help="Plugin to show; `new` starts one of your own."),
    new_name: str = typer.Argument(None, metavar="[NEW_NAME]", help="Behind `new`: the recogniser's name."),
    out: Path = typer.Option(
        Path("."), "--out", metavar="DIR", help="Behind `new`: folder to write the package's folder into."
    ),
    input: str = typer.Option(
        "image", "--input", metavar="KIND", help="Behind `new`: what its network reads, image or ink."
    ),
    as_json: bool = JSON,
) -> None:
    """List plugins without importing them, show one with its settings, or start a package of your own.

    Examples:

      hmer-suite plugins

      hmer-suite plugins wap

      hmer-suite plugins new my-model

      hmer-suite plugins new my-pen --input ink
    """
    if name == "new":
        return _new(new_name, out, input, as_json)
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
        typer.echo(_columns([("name", "distribution", "module"), *rows]))
    else:
        typer.echo("no plugin is installed", err=True)
    if doubled := registry.duplicates(found):
        raise PluginError("; ".join(doubled))


def _show(name: str, as_json: bool) -> None:
    from hmer_suite.registry import find_any

    found = find_any(name)
    if as_json:
        print_json([_described(kind, plugin, spec) for kind, (plugin, spec) in found.items()])
    else:
        parts = [_text(_described(kind, plugin, spec)) for kind, (plugin, spec) in found.items()]
        typer.echo("\n\n".join(parts))


def _new(name: str | None, out: Path, input: str, as_json: bool) -> None:
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
    typer.echo(f"next: pip install -e {folder} && pytest {folder} && hmer-suite train {name}", err=True)


def _origin(plugin: Plugin) -> dict[str, str]:
    return {
        "name": plugin.name,
        "module": plugin.module,
        "distribution": plugin.distribution,
        "version": plugin.version,
    }


def _described(kind: str, plugin: Plugin, spec: Spec) -> dict[str, Any]:
    """What ``plugins NAME --json`` says of one thing that a plugin offers."""
    summary = spec.why if kind == "repair rule" else spec.summary
    described = {**_origin(plugin), "name": spec.name, "kind": kind, "summary": summary}
    if kind == "recogniser":
        described |= _recogniser(spec)
    elif kind == "data source":
        described |= {"splits": list(spec.splits)}
    return described


def _recogniser(spec: RecogniserSpec) -> dict[str, Any]:
    """Presets, the recogniser's own settings and those of training, with the values of the first preset."""
    from hmer_suite.settings.resolve import resolve, setting_types
    from hmer_suite.settings.training import TrainConfig

    values, types = resolve(spec).flat(), setting_types(spec)
    meanings = _meanings(TrainConfig) | _meanings(spec.options)
    settings = [
        {
            "name": name,
            "type": _type_name(types[name]),
            "default": values[name],
            "meaning": meanings.get(name, ""),
        }
        for name in values
    ]
    own = set(spec.options.__dataclass_fields__)
    return {
        "input": spec.input,
        "presets": {name: dict(values) for name, values in spec.presets.items()},
        "options": [setting for setting in settings if setting["name"] in own],
        "training": [setting for setting in settings if setting["name"] not in own],
        "weights": spec.weights is not None and spec.weights.is_dir(),
    }


def _meanings(options: type) -> dict[str, str]:
    """Docstrings of a dataclass's fields: the text below each of them in its source, where that can be read."""
    import ast
    import inspect
    import textwrap
    from itertools import pairwise

    try:
        body = ast.parse(textwrap.dedent(inspect.getsource(options))).body[0].body
    except (OSError, TypeError, SyntaxError):
        return {}
    pairs = pairwise(body)
    return {
        field.target.id: " ".join(text.value.value.split())
        for field, text in pairs
        if isinstance(field, ast.AnnAssign)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
    }


def _type_name(kind: Any) -> str:
    return kind.__name__ if isinstance(kind, type) and not hasattr(kind, "__args__") else str(kind)


def _text(described: dict[str, Any]) -> str:
    lines = [
        f"{described['name']}: {described['kind']}",
        described["summary"],
        f"{described['distribution']} {described['version']}, module {described['module']}",
    ]
    if "splits" in described:
        lines += [f"splits: {', '.join(described['splits'])}"]
    if "presets" in described:
        lines += [f"reads: {described['input']}", "", "presets", *_presets(described["presets"])]
        lines += ["", "settings of its own", *_settings(described["options"])]
        lines += ["", "settings of training", *_settings(described["training"])]
        lines += ["", f"weights: {'shipped' if described['weights'] else 'none; train it first'}"]
    return "\n".join(lines)


def _presets(presets: dict[str, dict[str, Any]]) -> list[str]:
    return [
        f"  {name}: {' '.join(f'{key}={_value(value)}' for key, value in values.items()) or 'the defaults'}"
        for name, values in presets.items()
    ]


def _settings(settings: list[dict[str, Any]]) -> list[str]:
    if not settings:
        return ["  none"]
    rows = [(s["name"], s["type"], _value(s["default"]), s["meaning"]) for s in settings]
    return [f"  {line}" for line in _columns(rows).split("\n")]


def _value(value: Any) -> str:
    """A value as ``--set`` takes it."""
    if isinstance(value, tuple):
        return ",".join(map(_value, value))
    return "none" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _columns(rows: list[tuple[str, ...]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)
