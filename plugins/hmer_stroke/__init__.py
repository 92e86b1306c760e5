"""Stroke recogniser: reads the pen's traces, without drawing an image.

J. Zhang, J. Du, L. Dai, "Track, attend and parse (TAP): an end-to-end framework for online handwritten mathematical
expression recognition", IEEE Transactions on Multimedia 21 (2019), reads points one after the other with a recurrent
network. Here the parser attends to strokes, as in J.-W. Wu et al., "Graph-to-graph: towards accurate
and interpretable online handwritten mathematical expression recognition" (AAAI 2021): a stack of convolutions encodes
each stroke, and a transformer (A. Vaswani et al., NIPS 2017) relates them, with attention biased by the relative
geometry of two strokes (like the relative positions of P. Shaw et al., NAACL 2018). The
parser is that of "Watch, attend and parse" (J. Zhang et al., Pattern Recognition 71, 2017) with its attention
supervised by the marks of symbols (as L. Liu et al., "Neural machine translation with supervised attention", COLING
2016). A second one, from right to left, judges the texts of a beam (`hmer_suite.decoding.both_ways`).

This module needs no torch: it declares the plugin.
"""

from __future__ import annotations

from pathlib import Path

from hmer_stroke.options import Options
from hmer_suite.hookspecs import hookimpl
from hmer_suite.specs.recogniser import Network, Preprocessing, RecogniserSpec
from hmer_suite.specs.vocabulary import Vocabulary


def build(options: Options, vocabulary: Vocabulary) -> Network:
    """A network with fresh weights."""
    from hmer_stroke.model import StrokeRecogniser

    return StrokeRecogniser(options, vocabulary)


def preprocessing(options: Options) -> Preprocessing:
    """Ink for `options`."""
    return Preprocessing(points=options.points)


BASE = {
    "batch_size": 32,
    "epochs": 100,
    "optimiser": "adamw",
    "lr": 1e-3,
    "weight_decay": 0.02,
    "clip": 2.0,
    "label_smoothing": 0.05,
    "ema": 0.998,
    "threads": 1,
    "backward": True,
}
"""For one CPU core, where matrices as small as these gain nothing from bf16 and little from a second thread."""

SMALL = {
    **BASE,
    "channels": (32, 64, 96),
    "width": 128,
    "layers": 2,
    "heads": 4,
    "feedforward": 256,
    "geometry": 16,
    "hidden": 128,
    "attention": 64,
    "backward": False,
}
"""Narrower and shallower than `base`, for trials, without the parser from right to left."""

DEMO = {**SMALL, "epochs": 12, "lr": 2e-3, "warmup_steps": 100, "ema": 0.99, "validation_limit": 200}
"""For minutes: short formulas in synthetic handwriting."""

SPEC = RecogniserSpec(
    "stroke",
    "Strokes of the pen, a transformer over them, and a parser with coverage attention",
    Options,
    build,
    presets={"base": BASE, "small": SMALL, "demo": DEMO},
    preprocessing=preprocessing,
    weights=Path(__file__).parent / "weights",
    input="ink",
    reading=Path(__file__).parent / "reading.json",
)


@hookimpl
def hmer_recognisers() -> list[RecogniserSpec]:
    """The recogniser of this plugin."""
    return [SPEC]
