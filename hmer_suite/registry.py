"""Finds plugins, then loads the one that is wanted.

`plugins` reads the metadata of installed distributions and imports nothing. `recogniser` and its siblings import
the entry point of the name asked for, and others only if none has it. Failures are one sentence that names
distribution and module: two plugins of one name, an import error, a misspelt hook or a spec that breaks the contract
is a `PluginError`; a name that no plugin offers is a `UsageError`.
"""

from __future__ import annotations

import dataclasses
import inspect
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, partial
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import pluggy

from hmer_suite import hookspecs
from hmer_suite.errors import PluginError, UsageError, did_you_mean
from hmer_suite.hookspecs import GROUP
from hmer_suite.latex.automaton import Grammar, shipped
from hmer_suite.latex.automaton import grammar as shipped_grammar
from hmer_suite.latex.table import GrammarError
from hmer_suite.plugin_calls import describe_error, finished_within, plugin_code, printing_to_stderr
from hmer_suite.plugin_checks import (
    KINDS,
    Kind,
    Spec,
    fault,
    finite_number,
    indices_of,
    one_of,
    preprocessing_of,
    run_listener_of,
    samples_of,
    split_names,
)
from hmer_suite.repairs.rules import RULES, Rule
from hmer_suite.specs.grammar import GrammarSpec
from hmer_suite.specs.metric import MetricSpec
from hmer_suite.specs.recogniser import RecogniserSpec
from hmer_suite.specs.run_listener import RunListenerSpec
from hmer_suite.specs.samples import DataSourceSpec


@dataclass(frozen=True, slots=True)
class Plugin:
    """An entry point's metadata, known before anything is imported."""

    name: str
    module: str
    distribution: str
    version: str

    def __str__(self) -> str:
        return f"plugin {self.name} of {self.distribution} {self.version} (module {self.module})"


@dataclass(frozen=True, slots=True)
class LoadedPlugin:
    """A plugin with the specs that its hooks offer, by kind."""

    plugin: Plugin
    offers: Mapping[str, tuple[Spec, ...]]


def plugins() -> tuple[Plugin, ...]:
    """All installed plugins sorted by name, from metadata alone."""
    return tuple(sorted(map(_plugin, _entry_points()), key=lambda plugin: (plugin.name, plugin.distribution)))


def duplicates(found: Sequence[Plugin]) -> list[str]:
    """A sentence for each name that several of `found` share."""
    by_name: dict[str, list[Plugin]] = defaultdict(list)
    for plugin in found:
        by_name[plugin.name].append(plugin)
    return [_duplicate(name, "plugin", several) for name, several in by_name.items() if len(several) > 1]


def recogniser(name: str) -> RecogniserSpec:
    """The recogniser of that name.

    Raises:
        UsageError: no plugin offers it.
        PluginError: the plugin of that name fails.
    """
    plugin, spec = find("recogniser", name)
    preprocessing = _guarded(plugin, partial(preprocessing_of, spec.preprocessing))
    return dataclasses.replace(spec, build=_guarded(plugin, spec.build), preprocessing=preprocessing)


def data_source(text: str) -> tuple[DataSourceSpec, str]:
    """Data source and argument of ``NAME`` or ``NAME:ARGUMENT``; the errors of `recogniser`."""
    name, _, argument = text.partition(":")
    plugin, spec = find("data source", name)
    find_splits = spec.find_splits and _guarded(plugin, partial(split_names, spec.find_splits))
    load_samples = _guarded(plugin, partial(samples_of, spec.load))
    return dataclasses.replace(spec, load=load_samples, find_splits=find_splits), argument


def rule(name: str) -> Rule:
    """The repair rule of that name, a plugin's or the suite's own; the errors of `recogniser`."""
    ours = {rule.name: rule for rule in RULES}
    if name in ours:
        return ours[name]
    plugin, spec = find("repair rule", name)
    return dataclasses.replace(spec, removals=_guarded(plugin, partial(indices_of, spec.removals)))


def metric(name: str) -> MetricSpec:
    """The metric of that name; the errors of `recogniser`."""
    plugin, spec = find("metric", name)
    return dataclasses.replace(spec, score=_guarded(plugin, partial(finite_number, spec.score)))


def run_listener(name: str) -> RunListenerSpec:
    """The listener of that name to training runs that a plugin offers; the errors of `recogniser`."""
    plugin, spec = find("run listener", name)
    return dataclasses.replace(spec, start=_guarded(plugin, partial(run_listener_of, spec.start)))


def grammar(name: str) -> GrammarSpec:
    """The grammar of that name that a plugin offers; the errors of `recogniser`."""
    return find("grammar", name)[1]


@cache
def compiled_grammar(name: str) -> Grammar:
    """The grammar of that name, ready for use: one that ships, else a plugin's.

    Raises:
        UsageError: nobody offers it.
        PluginError: the plugin that offers it fails, or its grammar does not compile.
    """
    if name in shipped():
        return shipped_grammar(name)
    source = grammar(name).source
    try:
        return Grammar(source, name=name)
    except GrammarError as error:
        raise PluginError(f"grammar {name} does not compile: {error}") from error


def offered(kind: str, left_out: Callable[[str], None]) -> dict[str, tuple[Plugin, Spec]]:
    """Everything of a kind, by name, from all plugins that can be loaded.

    `left_out` is called with a sentence for each plugin that fails. Raises `PluginError` for two specs of one name.
    """
    loaded: list[LoadedPlugin] = []
    for plugin in plugins():
        try:
            loaded.append(_load_in_time(plugin))
        except PluginError as error:
            left_out(f"left out: {error}")
    specs = _by_name(loaded, kind)
    for name, several in specs.items():
        if len(several) > 1:
            raise PluginError(_duplicate(name, kind, [plugin for plugin, _ in several]))
    return {name: several[0] for name, several in sorted(specs.items())}


def find(kind: str, name: str) -> tuple[Plugin, Any]:
    """The spec of a kind and name, and the plugin that offers it; the errors of `recogniser`.

    The plugin of that name is imported; all others only if it does not offer the spec. Plugins that fail then do not
    hide another that offers it.
    """
    return find_any(name, (kind,))[kind]


def find_any(name: str, kinds: Sequence[str] = ()) -> dict[str, tuple[Plugin, Any]]:
    """Everything called `name`, keyed by kind: at least one of `kinds`, by default of all; the errors of `find`."""
    kinds = kinds or tuple(KINDS)
    installed = plugins()
    named = [plugin for plugin in installed if plugin.name == name]
    if len(named) > 1:
        raise PluginError(_duplicate(name, "plugin", named))
    loaded: list[LoadedPlugin] = [load(plugin) for plugin in named]
    failed: list[str] = []
    if not _matches(loaded, name, kinds):
        for plugin in installed:
            try:
                loaded.append(_load_in_time(plugin))
            except PluginError:
                failed.append(plugin.name)
    found = _matches(loaded, name, kinds)
    if not found:
        known = {known for kind in kinds for known in (*_by_name(loaded, kind), *KINDS[kind].taken())}
        raise UsageError(_unknown(kinds, name, sorted(known), failed))
    return found


def _matches(
    loaded: Sequence[LoadedPlugin], name: str, kinds: Iterable[str]
) -> dict[str, tuple[Plugin, Any]]:
    """Everything called `name`, keyed by kind."""
    found = {kind: _by_name(loaded, kind).get(name, []) for kind in kinds}
    for kind, several in found.items():
        if len(several) > 1:
            raise PluginError(_duplicate(name, kind, [plugin for plugin, _ in several]))
    return {kind: several[0] for kind, several in found.items() if several}


@cache
def load(plugin: Plugin) -> LoadedPlugin:
    """Import a plugin and ask its hooks what it offers.

    Raises:
        PluginError: it cannot be imported, misspells a hook, or offers what breaks the contract.
    """
    module = _import(plugin)
    _check_spelling(plugin, module)
    # A manager for each plugin, so that offers and failures can be attributed to it.
    manager = pluggy.PluginManager(GROUP)
    manager.add_hookspecs(hookspecs)
    try:
        manager.register(module)
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        raise PluginError(f"{plugin}: {' '.join(str(error).split())}") from error
    offers = {kind.name: _ask(plugin, getattr(manager.hook, kind.hook), kind) for kind in KINDS.values()}
    if not any(offers.values()):
        raise PluginError(f"{plugin} offers nothing: it has none of the hooks {one_of(_hooks())}")
    return LoadedPlugin(plugin, offers)


PATIENCE = 10.0
"""Seconds that a plugin which nobody named may take to be imported and to answer its hooks."""


def _load_in_time(plugin: Plugin) -> LoadedPlugin:
    """`load`, for one plugin of many: one that hangs is a `PluginError` and does not stop the search."""
    found = finished_within(PATIENCE, partial(load, plugin))
    if found is None:
        raise PluginError(f"{plugin}: it has not answered its hooks within {PATIENCE:g} seconds")
    return found


def _guarded(plugin: Plugin, function: Callable[..., Any]) -> Callable[..., Any]:
    """The function of a plugin, its failures raised as `PluginError`; it can be pickled if the function can."""
    return partial(_call, plugin, function)


def _call(plugin: Plugin, function: Callable[..., Any], *arguments: Any) -> Any:
    with plugin_code(f"{plugin} failed"):
        return function(*arguments)


def _entry_points() -> list[EntryPoint]:
    return list(entry_points(group=GROUP))


def _plugin(entry: EntryPoint) -> Plugin:
    distribution = entry.dist
    assert distribution is not None, "an installed entry point has a distribution"
    return Plugin(entry.name, entry.value, distribution.name, distribution.version)


def _import(plugin: Plugin) -> object:
    entry = EntryPoint(plugin.name, plugin.module, GROUP)
    try:
        with printing_to_stderr():
            return entry.load()
    except (Exception, SystemExit) as error:  # a plugin's code may raise anything on import
        raise PluginError(f"{plugin} cannot be imported: {describe_error(error)}") from error


def _check_spelling(plugin: Plugin, module: object) -> None:
    """Refuse hooks that pluggy would silently ignore: misspelt ones, and those without @hookimpl."""
    for name, function in inspect.getmembers(module, inspect.isfunction):
        mark = getattr(function, f"{GROUP}_impl", None)
        meant = (mark or {}).get("specname") or name
        if mark is not None and meant not in _hooks():
            raise PluginError(f"{plugin}: there is no hook {meant}{did_you_mean(meant, _hooks())}")
        own = function.__module__ == getattr(module, "__name__", None)
        if mark is None and own and (name in _hooks()):
            raise PluginError(
                f"{plugin}: {name} is not marked with @hookimpl, so that it would not be called"
            )
        if mark is None and own and (name.startswith("hmer_") or get_close_matches(name, _hooks(), 1, 0.85)):
            raise PluginError(f"{plugin}: {name} looks like a hook but is none{did_you_mean(name, _hooks())}")


def _ask(plugin: Plugin, hook: Callable[[], list[Iterable[Spec]]], kind: Kind) -> tuple[Spec, ...]:
    """All specs of a kind that a plugin's hook returns, checked."""
    try:
        with printing_to_stderr():
            specs = [spec for offered in hook() for spec in offered]
    except (Exception, SystemExit) as error:  # as above
        raise PluginError(f"{plugin}: {kind.hook}() failed: {describe_error(error)}") from error
    seen: set[str] = set()
    for spec in specs:
        found = fault(spec, kind.name)
        if found is None and spec.name in {*seen, *kind.taken()}:
            found = f"{kind.name} {spec.name} is there already"
        if found is not None:
            raise PluginError(f"{plugin}: {kind.hook}(): {found}")
        seen.add(spec.name)
    return tuple(specs)


def _hooks() -> list[str]:
    return [kind.hook for kind in KINDS.values()]


def _by_name(loaded: Iterable[LoadedPlugin], kind: str) -> dict[str, list[tuple[Plugin, Spec]]]:
    """Specs of a kind by name, each once: all entry points of one module offer the same."""
    specs: dict[str, list[tuple[Plugin, Spec]]] = defaultdict(list)
    seen = set()
    for one in loaded:
        for spec in one.offers[kind]:
            key = (spec.name, one.plugin.module, one.plugin.distribution)
            if key not in seen:
                seen.add(key)
                specs[spec.name].append((one.plugin, spec))
    return dict(specs)


def _duplicate(name: str, kind: str, several: Sequence[Plugin]) -> str:
    places = " and ".join(f"{one.distribution} {one.version} (module {one.module})" for one in several)
    return f"{kind} {name} is offered by {places}: uninstall all but one"


def _unknown(kinds: Sequence[str], name: str, known: Sequence[str], failed: Sequence[str]) -> str:
    what = f"no {kinds[0]}" if len(kinds) == 1 else "nothing"
    suggestion = did_you_mean(name, [*known, *failed])
    there = f"there are: {', '.join(known)}" if known else "there is none"
    sentence = (
        f"{what} is named {name}{suggestion} T{there[1:]}"
        if suggestion
        else f"{what} is named {name}; {there}"
    )
    if not failed:
        return sentence
    return f"{sentence}; not searched, as they fail: {', '.join(failed)} (`hmer-suite plugins {failed[0]}` says why)"
