"""hmer-suite: recognisers of handwritten mathematical expressions, and evaluation of their LaTeX.

Public names are loaded on first use, so that ``import hmer_suite`` is fast:

>>> import hmer_suite as hs
>>> hs.canonical(r"x^2_1")
'x _ { 1 } ^ { 2 }'
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hmer_suite.version import __version__

_HOMES = {
    "Answers": "hmer_suite.equiv.answers.switches",
    "DataSourceSpec": "hmer_suite.specs.samples",
    "GrammarSpec": "hmer_suite.specs.grammar",
    "MetricSpec": "hmer_suite.specs.metric",
    "Preprocessing": "hmer_suite.specs.recogniser",
    "RecogniserSpec": "hmer_suite.specs.recogniser",
    "RunListener": "hmer_suite.specs.run_listener",
    "RunListenerSpec": "hmer_suite.specs.run_listener",
    "Rule": "hmer_suite.specs.repair_rule",
    "Verdict": "hmer_suite.equiv.verdict",
    "canonical": "hmer_suite.latex.canonical.canoniser",
    "equal": "hmer_suite.equiv.sandbox.shared",
    "equal_many": "hmer_suite.equiv.sandbox.shared",
    "evaluate_metric": "hmer_suite.scores.evaluate_metric",
    "equal_stream": "hmer_suite.equiv.sandbox.shared",
    "hookimpl": "hmer_suite.hookspecs",
    "join": "hmer_suite.latex.tokens",
    "load": "hmer_suite.predict.formula_reader",
    "parse": "hmer_suite.latex.tree",
    "PredictionFile": "hmer_suite.predictions.files",
    "PredictionRow": "hmer_suite.predictions.files",
    "read_ink": "hmer_suite.ink.formats",
    "read_predictions": "hmer_suite.predictions.files",
    "repair": "hmer_suite.repairs",
    "score": "hmer_suite.scores.score",
    "to_mathml": "hmer_suite.mathml",
    "tokens": "hmer_suite.latex.tokens",
    "validate": "hmer_suite.latex.problems",
    "write_predictions": "hmer_suite.predictions.writing",
}

__all__ = ["__version__", *sorted(_HOMES)]

if TYPE_CHECKING:
    from hmer_suite.equiv.answers.switches import Answers
    from hmer_suite.equiv.sandbox.shared import equal, equal_many, equal_stream
    from hmer_suite.equiv.verdict import Verdict
    from hmer_suite.hookspecs import hookimpl
    from hmer_suite.ink.formats import read_ink
    from hmer_suite.latex.canonical.canoniser import canonical
    from hmer_suite.latex.problems import validate
    from hmer_suite.latex.tokens import join, tokens
    from hmer_suite.latex.tree import parse
    from hmer_suite.mathml import to_mathml
    from hmer_suite.predict.formula_reader import load
    from hmer_suite.predictions.files import PredictionFile, PredictionRow, read_predictions
    from hmer_suite.predictions.writing import write_predictions
    from hmer_suite.repairs import repair
    from hmer_suite.scores.evaluate_metric import evaluate_metric
    from hmer_suite.scores.score import score
    from hmer_suite.specs.grammar import GrammarSpec
    from hmer_suite.specs.metric import MetricSpec
    from hmer_suite.specs.recogniser import Preprocessing, RecogniserSpec
    from hmer_suite.specs.repair_rule import Rule
    from hmer_suite.specs.run_listener import RunListener, RunListenerSpec
    from hmer_suite.specs.samples import DataSourceSpec


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'hmer_suite' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
