"""Checks of the specs that plugins offer, one for each kind."""

from __future__ import annotations

import dataclasses
import math
import pickle
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hmer_suite.errors import UsageError
from hmer_suite.latex.automaton import shipped
from hmer_suite.repairs.rules import RULES, Rule
from hmer_suite.settings.resolve import resolve
from hmer_suite.settings.training import TrainConfig
from hmer_suite.specs.grammar import GrammarSpec
from hmer_suite.specs.metric import MetricSpec
from hmer_suite.specs.recogniser import INPUTS, Preprocessing, RecogniserSpec
from hmer_suite.specs.run_listener import TRACKERS, RunListener, RunListenerSpec, RunStart
from hmer_suite.specs.samples import SPLITS, DataSourceSpec, SampleSet

Spec = RecogniserSpec | DataSourceSpec | Rule | MetricSpec | GrammarSpec | RunListenerSpec


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of spec that plugins offer: its name in messages, its hook, its type and its check.

    `taken` returns the names of that kind that the suite itself uses.
    """

    name: str
    hook: str
    type: type[Any]
    check: Callable[[Any], str | None]
    taken: Callable[[], Iterable[str]] = tuple


def fault(spec: Any, kind: str) -> str | None:
    """The fault of a spec that a plugin offers as one of a kind, as the rest of a sentence, or None."""
    expected = KINDS[kind].type
    if not isinstance(spec, expected):
        return f"expected {expected.__name__}, not {type(spec).__name__}"
    if not isinstance(spec.name, str) or not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", spec.name):
        return f"{kind} name {spec.name!r}: expected letters, digits, dots, dashes and underscores"
    summary = spec.why if isinstance(spec, Rule) else spec.summary
    if not isinstance(summary, str) or not summary.strip() or "\n" in summary:
        return f"{kind} {spec.name}: expected a summary of one line, not {summary!r}"
    try:
        found = KINDS[kind].check(spec)
    except Exception as error:  # a field may hold anything, which may then raise anything
        found = f"cannot be checked: {type(error).__name__}: {' '.join(str(error).split())}"
    return None if found is None else f"{kind} {spec.name}: {found}"


# A stranger's spec may hold anything, whatever its fields declare: hence Any.


def _check_recogniser(spec: Any) -> str | None:
    if not callable(spec.build) or not callable(spec.preprocessing):
        return "build and preprocessing must be functions"
    if spec.reading is not None and not isinstance(spec.reading, Path):
        return f"reading must be a pathlib.Path, not {spec.reading!r}"
    if spec.input not in INPUTS:
        return f"input {spec.input!r}: expected {one_of(INPUTS)}"
    if spec.weights is not None and not isinstance(spec.weights, Path):
        return f"weights must be a pathlib.Path, not {spec.weights!r}"
    return _check_options(spec.options) or _check_presets(spec)


def _check_options(options: Any) -> str | None:
    if not isinstance(options, type) or not dataclasses.is_dataclass(options):
        return f"options must be a frozen dataclass, not {options!r}"
    parameters: Any = getattr(options, "__dataclass_params__", None)
    if not parameters.frozen:
        return f"options must be a frozen dataclass, and {options.__name__} is not frozen"
    for field in dataclasses.fields(options):
        if field.default is field.default_factory is dataclasses.MISSING:
            return f"option {field.name} has no default"
    clash = sorted({field.name for field in dataclasses.fields(options)} & _training_settings())
    return f"option {clash[0]} is named like a setting of training" if clash else None


def _check_presets(spec: Any) -> str | None:
    if not isinstance(spec.presets, Mapping) or not spec.presets:
        return "presets must map at least one name to settings"
    for name, settings in spec.presets.items():
        if not isinstance(settings, Mapping):
            return f"preset {name} must map settings to values"
        try:
            resolve(spec, given={"preset": name})
        except (UsageError, NameError) as error:  # the latter: a type of an option that does not exist
            return f"preset {name}: {error}"
    return None


def _training_settings() -> set[str]:
    return {field.name for field in dataclasses.fields(TrainConfig)}


def _check_source(spec: Any) -> str | None:
    if not callable(spec.load):
        return "load must be a function"
    if spec.find_splits is not None and not callable(spec.find_splits):
        return "find_splits must be a function"
    odd = [split for split in spec.splits if split not in SPLITS]
    return f"split {odd[0]!r}: expected {one_of(SPLITS)}" if odd else None


def _check_rule(spec: Any) -> str | None:
    if not callable(spec.removals):
        return "removals must be a function"
    try:
        pickle.dumps(spec.removals)
    except (pickle.PicklingError, AttributeError, TypeError):
        return "removals must be a function at the top of its module, so that worker processes find it"
    return None


def _check_metric(spec: Any) -> str | None:
    if spec.spelling not in ("canonical", "given"):
        return f"spelling must be canonical or given, not {spec.spelling}"
    return None if callable(spec.score) else "score must be a function"


def _check_grammar(spec: Any) -> str | None:
    return (
        None
        if isinstance(spec.source, str) and spec.source.strip()
        else "source must be the text of a grammar"
    )


def _check_listener(spec: Any) -> str | None:
    if spec.name == "none":
        return "none stands for nobody"
    return None if callable(spec.start) else "start must be a function"


# Results of a plugin's functions. Each check raises an error, which the registry says of the plugin.


def preprocessing_of(function: Callable[[Any], Any], options: object) -> Preprocessing:
    """The preprocessing that a recogniser's function returns; `TypeError` for anything else."""
    found = function(options)
    if not isinstance(found, Preprocessing):
        raise TypeError(f"preprocessing returned {type(found).__name__}, expected a Preprocessing")
    return found


def samples_of(load: Callable[..., Any], argument: str, split: str, preprocessing: Any) -> SampleSet:
    """The samples that a data source returns; `TypeError` or `ValueError` for no such set, or one of unequal fields."""
    found = load(argument, split, preprocessing)
    if not isinstance(found, SampleSet):
        raise TypeError(f"load returned {type(found).__name__}, expected a SampleSet")
    if found.kind not in INPUTS:
        raise ValueError(f"load returned samples of kind {found.kind!r}, expected {one_of(INPUTS)}")
    for name in ("ids", "labels"):
        values = getattr(found, name)
        if not isinstance(values, tuple) or not all(isinstance(value, str) for value in values):
            raise TypeError(f"load returned samples whose {name} are not a tuple of texts")
    if getattr(found.sizes, "shape", None) != (len(found), 2):
        raise ValueError(f"load returned {len(found)} samples whose sizes are no array ({len(found)}, 2)")
    counted = [
        ("labels", found.labels),
        ("images", found.images),
        ("sources", found.sources),
        ("inks", found.inks),
    ]
    for name, items in counted:
        if items is not None and len(items) != len(found):
            raise ValueError(f"load returned {len(found)} ids and {len(items)} {name}")
    if found.kind == "ink" and found.inks is None:
        raise ValueError("load returned samples of ink without inks")
    return found


def split_names(find_splits: Callable[[str], Any], argument: str) -> tuple[str, ...]:
    """The splits that a data source finds; `TypeError` where they are not names."""
    found = find_splits(argument)
    if not isinstance(found, (tuple, list)) or not all(isinstance(name, str) for name in found):
        raise TypeError(f"find_splits returned {type(found).__name__}, expected a tuple of names")
    return tuple(found)


def indices_of(removals: Callable[[Sequence[str]], Any], tokens: Sequence[str]) -> list[int]:
    """The indices of tokens that a rule removes; `TypeError` or `ValueError` for others."""
    found = list(removals(tokens))
    for index in found:
        if not isinstance(index, int) or isinstance(index, bool):
            raise TypeError(f"removals returned {index!r:.60}, expected indices of tokens")
        if not 0 <= index < len(tokens):
            raise ValueError(f"removals returned index {index} of {len(tokens)} tokens")
    return found


def finite_number(score: Callable[..., Any], *arguments: Any) -> float:
    """The value of a metric; `TypeError` or `ValueError` for anything but a finite number."""
    found = score(*arguments)
    value = float(found)
    if not math.isfinite(value):
        raise ValueError(f"expected a finite number, not {value}")
    return value


def run_listener_of(start: Callable[[RunStart], Any], run: RunStart) -> RunListener:
    """The listener that a plugin starts; `TypeError` for anything else."""
    found = start(run)
    if not isinstance(found, RunListener):
        raise TypeError(f"start returned {type(found).__name__}, expected a RunListener")
    return found


KINDS = {
    kind.name: kind
    for kind in (
        Kind("recogniser", "hmer_recognisers", RecogniserSpec, _check_recogniser),
        Kind("data source", "hmer_data_sources", DataSourceSpec, _check_source),
        Kind("repair rule", "hmer_repair_rules", Rule, _check_rule, lambda: [rule.name for rule in RULES]),
        Kind("metric", "hmer_metrics", MetricSpec, _check_metric),
        Kind("grammar", "hmer_grammars", GrammarSpec, _check_grammar, shipped),
        Kind("run listener", "hmer_run_listeners", RunListenerSpec, _check_listener, lambda: list(TRACKERS)),
    )
}
"""All kinds by name, one for each hook."""


def one_of(names: Iterable[str]) -> str:
    """Names as text: "a, b or c"."""
    *most, last = names
    return f"{', '.join(most)} or {last}" if most else last
