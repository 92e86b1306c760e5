"""One of everything: a recogniser, a data source, a repair rule, a metric, a grammar and a listener to runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hmer_suite import (
    DataSourceSpec,
    GrammarSpec,
    MetricSpec,
    Preprocessing,
    RecogniserSpec,
    Rule,
    RunListener,
    RunListenerSpec,
    hookimpl,
)


@dataclass(frozen=True, slots=True)
class Options:
    """Settings of the recogniser."""

    features: int = 48
    """Size of everything in the network."""


def build(options: Options, vocabulary):
    """A network with fresh weights."""
    from hmer_stranger.model import Network

    return Network(options, vocabulary)


def load_bars(argument: str, split: str, preprocessing: Preprocessing):
    """``stranger-bars:N``: N pictures of one to four bars in a row, labelled with as many ones."""
    from hmer_stranger.bars import draw

    return draw(argument, split, preprocessing)


def stutters(tokens: Sequence[str]) -> Iterable[int]:
    """An operator that stands behind itself."""
    return [i for i in range(1, len(tokens)) if tokens[i] == tokens[i - 1] and tokens[i] in ("+", "-", "=")]


def same_lengths(predictions: Sequence[str | None], references: Sequence[str]) -> float:
    """Per cent of predictions that have as many tokens as their reference."""
    pairs = zip(predictions, references, strict=True)
    same = [p is not None and len(p.split()) == len(r.split()) for p, r in pairs]
    return 100 * sum(same) / len(same)


FLAT = """
start: items -> first
items:              -> empty
     | items item   -> append
item: CHAR -> symbol
    | SYMBOL -> symbol
    | FRAC LBRACE items RBRACE LBRACE items RBRACE -> command_two
%declare CHAR SYMBOL FRAC LBRACE RBRACE
"""
"""Characters, symbols and fractions; scripts are refused."""


class Bell(RunListener):
    """Writes what it hears of a run into the run's folder."""

    def __init__(self, run):
        self.file = run.folder / "bell.txt"
        self.write("start", run.step)

    def checkpoint(self, step, folder):
        self.write("checkpoint", step, folder.name)

    def end(self, step, complete):
        self.write("end", step, complete)

    def write(self, *words):
        """Add a line."""
        with open(self.file, "a", encoding="utf-8") as file:
            print(*words, file=file)


@hookimpl
def hmer_run_listeners():
    """The listener."""
    return [RunListenerSpec("stranger-bell", "Writes what it hears", Bell)]


@hookimpl
def hmer_recognisers():
    """The recogniser."""
    square = Preprocessing(symbol_height=14)
    presets = {"tiny": {"batch_size": 4, "epochs": 2, "workers": 0}, "wide": {"features": 64}}
    summary = "Counts ink in columns"
    return [
        RecogniserSpec("stranger", summary, Options, build, presets, preprocessing=lambda options: square)
    ]


@hookimpl
def hmer_data_sources():
    """The data source."""
    return [DataSourceSpec("stranger-bars", "Bars in a row: stranger-bars:N", load_bars)]


@hookimpl
def hmer_repair_rules():
    """The repair rule."""
    return [Rule("stranger-stutter", "an operator behind itself is a stutter", stutters, by_default=False)]


@hookimpl
def hmer_metrics():
    """The metric."""
    return [MetricSpec("stranger-lengths", "Predictions of the right length, %", same_lengths)]


@hookimpl
def hmer_grammars():
    """The grammar."""
    return [GrammarSpec("stranger-flat", "Formulas without scripts", FLAT)]
