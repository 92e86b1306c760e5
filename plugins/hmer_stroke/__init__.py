"""Stroke recogniser: the pen's traces become LaTeX, token after token; no picture is drawn.

J. Zhang, J. Du, L. Dai, "Track, attend and parse (TAP): an end-to-end framework for online handwritten mathematical
expression recognition", IEEE Transactions on Multimedia 21 (2019), reads points one after the other with a recurrent
network. Here a stroke is one place that the parser looks at, as in J.-W. Wu et al., "Graph-to-graph: towards accurate
and interpretable online handwritten mathematical expression recognition" (AAAI 2021): a stack of convolutions makes a
vector of each stroke, and a transformer (A. Vaswani et al., NIPS 2017) whose attention knows how two strokes lie to
each other (relative positions as in P. Shaw et al., NAACL 2018, of geometry in place of order) relates them. The
parser is that of "Watch, attend and parse" (J. Zhang et al., Pattern Recognition 71, 2017) with its attention
supervised by the marks of symbols (as L. Liu et al., "Neural machine translation with supervised attention", COLING
2016).

This module needs no torch: it says what the plugin offers.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hmer_suite.errors import UsageError
from hmer_suite.hookspecs import hookimpl
from hmer_suite.specs.ranges import NonNegative, Probability, Size
from hmer_suite.specs.recogniser import Preprocessing, RecogniserSpec

if TYPE_CHECKING:
    from hmer_stroke.model import StrokeRecogniser
    from hmer_suite.specs.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Options:
    """Settings of the network; the defaults are preset `base`."""

    points: Size = 32
    """Points to which each stroke is resampled; a multiple of 8."""
    channels: tuple[Size, Size, Size] = (48, 96, 192)
    """Channels of the three convolutions along a stroke, each of which halves the number of points."""
    width: Size = 256
    """Size of the vector of a stroke."""
    layers: Size = 4
    """Transformer layers over the strokes of a formula."""
    heads: Size = 8
    """Heads of each layer's attention."""
    feedforward: Size = 512
    """Inner size of each layer's feed-forward network."""
    geometry: Size = 32
    """Inner size of the network that turns the geometry of two strokes into a bias of attention."""
    encoder_dropout: Probability = 0.1
    """Probability that a feature of the transformer is left out in training."""
    hidden: Size = 256
    """Size of the parser's recurrent state, and of a token's vector."""
    attention: Size = 128
    """Size of the space in which query, strokes and coverage meet."""
    dropout: Probability = 0.2
    """Probability that a feature before the classifier is left out in training."""
    class_weight: NonNegative = 0.5
    """Weight of the loss of each stroke's class, where symbols are marked."""
    attention_weight: NonNegative = 0.3
    """Weight of the loss of attention beside the strokes of a token's symbol, where symbols are marked."""
    exact_links: bool = True
    """Whether attention is to rest on the very symbol of a token where it is known, or on any of its class."""

    def __post_init__(self) -> None:
        if self.points < 8 or self.points % 8:
            raise UsageError(f"points {self.points}: expected a multiple of 8")
        if self.width % self.heads:
            raise UsageError(f"width {self.width}: expected a multiple of heads, {self.heads}")


def build(options: Options, vocabulary: Vocabulary) -> StrokeRecogniser:
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
}
"""Narrower and shallower than `base`, for trials."""

DEMO = {**SMALL, "epochs": 12, "lr": 2e-3, "warmup_steps": 100, "ema": 0.99, "validation_limit": 200}
"""For minutes: short formulas by made-up hands."""

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
