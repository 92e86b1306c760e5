"""One symbol of handwriting becomes one token: a small residual network, or a dense baseline.

A recogniser like any other whose formulas are one token long. Its encoder is the one that other recognisers share
(`hmer_suite.nn.residual`), so that they may start from it: ``--set encoder_from=symbol-cnn``.

This module needs no torch: it says what the plugin offers.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hmer_suite.errors import UsageError
from hmer_suite.hookspecs import hookimpl
from hmer_suite.specs.ranges import Probability, Size
from hmer_suite.specs.recogniser import Preprocessing, RecogniserSpec

if TYPE_CHECKING:
    from hmer_suite.specs.vocabulary import Vocabulary
    from hmer_symbol_cnn.model import SymbolCnn

NETWORKS = ("residual", "dense")


@dataclass(frozen=True, slots=True)
class Options:
    """Settings of the network; the defaults are preset `cnn`."""

    symbol_height: Size = 24
    """Height in pixels of a full-size symbol in the images that the network sees."""
    box: Size = 32
    """Side in pixels of the square that ink is put into: larger ink is shrunk to fit, smaller ink stays as it is."""
    network: str = "residual"
    """`residual` (convolutions) or `dense` (layers that see every pixel of the square)."""
    stem: Size = 24
    """Channels behind the first convolution."""
    blocks: tuple[Size, ...] = (1, 3, 2)
    """Residual blocks of each stage."""
    channels: tuple[Size, ...] = (32, 64, 160)
    """Channels of each stage."""
    encoder_dropout: Probability = 0.1
    """Probability that a feature of a late convolution is left out in training."""
    layers: tuple[Size, ...] = (512, 512)
    """Sizes of the layers of network `dense`."""
    hidden: Size = 256
    """Size of the layer before the classifier."""
    dropout: Probability = 0.3
    """Probability that a feature before the classifier is left out in training."""

    def __post_init__(self) -> None:
        if self.network not in NETWORKS:
            raise UsageError(f"network {self.network}: expected one of {', '.join(NETWORKS)}")
        if self.network == "residual" and len(self.blocks) != len(self.channels):
            raise UsageError(
                f"blocks {self.blocks}: expected one number for each of channels {self.channels}"
            )
        if self.box < 8 or self.box % 2:
            raise UsageError(f"box {self.box}: expected an even number of at least 8 pixels")


def build(options: Options, vocabulary: Vocabulary) -> SymbolCnn:
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
"""Its encoder is that of `wap`'s preset `small`, so that either may start from the other."""

DENSE = {**CNN, "network": "dense", "lr": 1e-3}
"""What a network without convolutions reaches."""

SPEC = RecogniserSpec(
    "symbol-cnn",
    "One symbol, one token: a small residual network, or a dense baseline",
    Options,
    build,
    presets={"cnn": CNN, "dense": DENSE},
    preprocessing=preprocessing,
    weights=Path(__file__).parent / "weights",
)


@hookimpl
def hmer_recognisers() -> list[RecogniserSpec]:
    """The recogniser of this plugin."""
    return [SPEC]
