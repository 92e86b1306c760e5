"""Classifier of single symbols by the pen's strokes: the network of `stroke`, trained on one symbol a sample.

Joined with `symbol-cnn`, which sees the same symbol as a picture, it tells apart what is drawn alike but written
otherwise: a picture has lost the order and the direction of strokes.

This module needs no torch: it declares the plugin.
"""

from __future__ import annotations

from pathlib import Path

from hmer_stroke import BASE, preprocessing
from hmer_stroke.options import Options

from hmer_suite.hookspecs import hookimpl
from hmer_suite.specs.recogniser import Network, RecogniserSpec
from hmer_suite.specs.vocabulary import Vocabulary


def build(options: Options, vocabulary: Vocabulary) -> Network:
    """A network with fresh weights."""
    from hmer_symbol_stroke.model import SymbolStroke

    return SymbolStroke(options, vocabulary)


SYMBOLS = {**BASE, "batch_size": 64, "epochs": 15, "warmup_steps": 200, "ema": 0.999, "backward": False}
"""As `stroke`, without a parser from right to left: one token has no other direction."""

SPEC = RecogniserSpec(
    "symbol-stroke",
    "One symbol, one token, from the strokes of the pen: the network of stroke",
    Options,
    build,
    presets={"base": SYMBOLS},
    preprocessing=preprocessing,
    weights=Path(__file__).parent / "weights",
    input="ink",
    formulas=False,
)


@hookimpl
def hmer_recognisers() -> list[RecogniserSpec]:
    """The recogniser of this plugin."""
    return [SPEC]
