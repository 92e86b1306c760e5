"""Classifier of single handwritten symbols: a small residual network, or a dense baseline.

A recogniser like any other whose formulas are one token long. Its encoder is the one that other recognisers share
(`hmer_suite.nn.residual`), so that they may start from it: ``--set encoder_from=symbol-cnn``.

This module needs no torch: it declares the plugin.
"""

from __future__ import annotations

from pathlib import Path

from hmer_suite.hookspecs import hookimpl
from hmer_suite.specs.recogniser import Network, Preprocessing, RecogniserSpec
from hmer_suite.specs.vocabulary import Vocabulary
from hmer_symbol_cnn.options import Options


def build(options: Options, vocabulary: Vocabulary) -> Network:
    """A network with fresh weights."""
    from hmer_symbol_cnn.model import SymbolCnn

    return SymbolCnn(options, vocabulary)


def preprocessing(options: Options) -> Preprocessing:
    """Images at the scale of formulas, at most as large as four symbols in each direction."""
    side = 4 * options.symbol_height
    return Preprocessing(symbol_height=options.symbol_height, max_pixels=side * side, padding=2)


CNN = {
    "epochs": 10,
    "batch_size": 128,
    "lr": 2e-3,
    "weight_decay": 0.02,
    "clip": 2.0,
    "warmup_steps": 300,
    "label_smoothing": 0.05,
    "ema": 0.998,
    "precision": "bf16",
    "augment": {
        "scale": (0.85, 1.18),
        "rotation": 6.0,
        "elastic": 1.5,
        "elastic_grid": 16.0,
        "stroke": 0.5,
        "blur": 0.4,
    },
}
"""Its encoder is that of `wap`'s preset `small`, so that either can start from the other."""

DENSE = {**CNN, "network": "dense", "lr": 1e-3}
"""Baseline without convolutions."""

SPEC = RecogniserSpec(
    "symbol-cnn",
    "One symbol, one token: a small residual network, or a dense baseline",
    Options,
    build,
    presets={"cnn": CNN, "dense": DENSE},
    preprocessing=preprocessing,
    weights=Path(__file__).parent / "weights",
    formulas=False,
)


@hookimpl
def hmer_recognisers() -> list[RecogniserSpec]:
    """The recogniser of this plugin."""
    return [SPEC]
