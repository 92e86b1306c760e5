"""All hooks of plugins.

A plugin is a module, named by an entry point of the group ``hmer_suite`` whose name is the name of what is offered
(one entry point for each name, the same module for all, where a plugin offers several things). Its hooks are
functions marked with `hookimpl`; none of them takes an argument. The module should be cheap to import: torch
and other heavy libraries belong inside the functions that the specs hold.
"""

from __future__ import annotations

from collections.abc import Iterable

import pluggy

from hmer_suite.specs.grammar import GrammarSpec
from hmer_suite.specs.metric import MetricSpec
from hmer_suite.specs.recogniser import RecogniserSpec
from hmer_suite.specs.repair_rule import Rule
from hmer_suite.specs.run_listener import RunListenerSpec
from hmer_suite.specs.samples import DataSourceSpec

GROUP = "hmer_suite"
"""Entry-point group of plugins, and pluggy's name of the project."""

hookspec = pluggy.HookspecMarker(GROUP)
hookimpl = pluggy.HookimplMarker(GROUP)


@hookspec
def hmer_recognisers() -> Iterable[RecogniserSpec]:
    """Recognisers: `hmer-suite train NAME`, `hmer-suite predict NAME`."""
    raise NotImplementedError


@hookspec
def hmer_data_sources() -> Iterable[DataSourceSpec]:
    """Sources of images with labels: `--data NAME:ARGUMENT`."""
    raise NotImplementedError


@hookspec
def hmer_repair_rules() -> Iterable[Rule]:
    """Rules that find redundant tokens: `fix --rule NAME`, `score --rule NAME`."""
    raise NotImplementedError


@hookspec
def hmer_metrics() -> Iterable[MetricSpec]:
    """Metrics over a whole test set: `score --metric NAME`."""
    raise NotImplementedError


@hookspec
def hmer_grammars() -> Iterable[GrammarSpec]:
    """Grammars over the suite's token classes: `validate --grammar NAME`, `predict --constrained`."""
    raise NotImplementedError


@hookspec
def hmer_run_listeners() -> Iterable[RunListenerSpec]:
    """Those who listen to a training run: `train --set tracker=NAME`."""
    raise NotImplementedError
