"""CTC-CRNN: an image of ink becomes a row of frames from left to right, and those become LaTeX at once.

Convolutions, recurrence both ways and connectionist temporal classification: B. Shi, X. Bai, C. Yao, "An end-to-end
trainable neural network for image-based sequence recognition", TPAMI 39 (2017); A. Graves et al., ICML 2006. What it
is, where it fails and why its blank is no token of the vocabulary: docs/ctc-crnn.md.

This module needs no torch: it says what the plugin offers.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hmer_suite.errors import UsageError
from hmer_suite.hookspecs import hookimpl
from hmer_suite.specs.ranges import Count, Probability, Share, Size
from hmer_suite.specs.recogniser import Preprocessing, RecogniserSpec

if TYPE_CHECKING:
    from hmer_ctc_crnn.model import CtcCrnn
    from hmer_suite.specs.vocabulary import Vocabulary

NETWORKS = ("wide", "plain", "resnet")
LAYERS = ("lstm", "attention")
PLAIN_LAYERS = 7


@dataclass(frozen=True, slots=True)
class Options:
    """Settings of the network; the defaults are preset `wide`."""

    symbol_height: Size = 24
    """Height in pixels of a full-size symbol in the images that the network sees."""
    network: str = "wide"
    """Convolutions: `wide` (aspect kept), `plain` or `resnet` (all images squeezed onto one canvas, 37 frames)."""
    frozen: bool = False
    """Whether the convolutions (of `resnet`, the early ones) stay as they are; for weights from elsewhere."""
    stem: Size = 24
    """Channels behind the first convolution; network `wide`."""
    blocks: tuple[Size, ...] = (1, 3, 2)
    """Residual blocks of each stage; network `wide`."""
    channels: tuple[Size, ...] = (32, 64, 160)
    """Channels of each stage; network `wide`."""
    plain_channels: tuple[Size, ...] = (64, 128, 256, 256, 512, 512, 512)
    """Channels of each convolution; network `plain`."""
    encoder_dropout: Probability = 0.1
    """Probability that a feature of the convolutions is left out in training."""
    readers: Size = 8
    """Readers of each column of cells, which choose the rows that they look at; network `wide`."""
    reader_size: Size = 64
    """Features that each reader takes from a column; network `wide`."""
    layers: tuple[str, ...] = ("lstm", "lstm", "attention", "lstm")
    """Layers over the frames: `lstm` (both ways) or `attention` (of every frame to every other)."""
    hidden: Size = 160
    """Size of a recurrent state in each direction; frames have twice as many features."""
    repeat: Size = 2
    """Choices, each a token or the blank, that a frame of features becomes; with `wide` such a frame is four pixels."""
    taps: tuple[Count, ...] = (0, 2)
    """Layers, counted from 0, behind which the choices are asked already, for the loss and for the layers behind."""
    tap_weight: Share = 0.4
    """Share of the loss that the taps have together."""
    dropout: Probability = 0.15
    """Probability that a feature of a frame is left out in training."""

    def __post_init__(self) -> None:
        _known("network", self.network, NETWORKS)
        for layer in self.layers:
            _known("layers", layer, LAYERS)
        if not self.layers or self.layers[0] != "lstm":
            raise UsageError(f"layers {self.layers}: the first must be lstm")
        if any(not 0 <= tap < len(self.layers) - 1 for tap in self.taps) or list(self.taps) != sorted(
            set(self.taps)
        ):
            raise UsageError(f"taps {self.taps}: expected numbers of layers before the last, in order")
        if len(self.blocks) != len(self.channels):
            raise UsageError(
                f"blocks {self.blocks}: expected one number for each of channels {self.channels}"
            )
        if len(self.plain_channels) != PLAIN_LAYERS:
            raise UsageError(f"plain_channels {self.plain_channels}: expected {PLAIN_LAYERS} numbers")


def _known(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise UsageError(f"{name} {value}: expected {', '.join(allowed)}")


def build(options: Options, vocabulary: Vocabulary) -> CtcCrnn:
    """A network with fresh weights."""
    from hmer_ctc_crnn.model import CtcCrnn

    return CtcCrnn(options, vocabulary)


def preprocessing(options: Options) -> Preprocessing:
    """Images for `options`, at most as large as a hundred symbols side by side."""
    height = options.symbol_height
    return Preprocessing(symbol_height=height, max_pixels=100 * height * height, padding=max(4, height // 6))


WIDE = {
    "precision": "bf16",
    "batch_size": 16,
    "lr": 1.5e-3,
    "weight_decay": 0.02,
    "clip": 2.0,
    "augment": {"scale": (0.75, 1.25), "elastic": 1.5, "elastic_grid": 18.0, "stroke": 0.5, "blur": 0.4},
}
"""Ours, for two CPU cores: aspect kept, four choices for each eight pixels, which no label of CROHME has too few of.

Its convolutions are those of recogniser `wap`, preset `small`: with `encoder_from=wap frozen=true` it reads within
minutes.
"""

BASELINE = {
    "batch_size": 16,
    "lr": 1e-3,
    "weight_decay": 0.0,  # so AdamW is Adam
    "schedule": "plateau",
    "warmup_steps": 0,
    "network": "plain",
    "layers": ("lstm",),
    "hidden": 256,
    "repeat": 1,
    "taps": (),
    "encoder_dropout": 0.0,
    "dropout": 0.0,
}
"""As published student systems: plain convolutions, one bidirectional LSTM, Adam with ReduceLROnPlateau."""

RESNET = {**BASELINE, "network": "resnet", "layers": ("lstm", "lstm"), "encoder_dropout": 0.2, "dropout": 0.3}
"""As the better of them: ResNet-18, dropout, two bidirectional LSTMs.

With weights of torchvision at hand: `encoder_from=resnet18.pth frozen=true` keeps their early layers.
"""

DEMO = {
    **WIDE,
    "precision": "fp32",
    "lr": 3e-3,
    "warmup_steps": 50,
    "threads": 1,
    "symbol_height": 20,
    "stem": 16,
    "blocks": (1, 1, 1),
    "channels": (24, 48, 96),
    "encoder_dropout": 0.0,
    "readers": 4,
    "reader_size": 32,
    "layers": ("lstm", "lstm"),
    "hidden": 64,
    "taps": (0,),
    "dropout": 0.0,
}
"""For minutes: short formulas by made-up hands."""

SPEC = RecogniserSpec(
    "ctc-crnn",
    "Convolutions, recurrence both ways, connectionist temporal classification",
    Options,
    build,
    presets={"wide": WIDE, "baseline": BASELINE, "resnet": RESNET, "demo": DEMO},
    preprocessing=preprocessing,
    weights=Path(__file__).parent / "weights",
    reading=Path(__file__).parent / "reading.json",
)


@hookimpl
def hmer_recognisers() -> list[RecogniserSpec]:
    """The recogniser of this plugin."""
    return [SPEC]
