"""Watch, attend and parse: an image of ink becomes LaTeX, token after token.

J. Zhang, J. Du, S. Zhang, D. Liu, Y. Hu, J. Hu, S. Wei, L. Dai, "Watch, attend and parse", Pattern Recognition
71 (2017), with the dense encoder and multi-scale attention of J. Zhang, J. Du, L. Dai (ICPR 2018) and, as an
auxiliary task, the counting of B. Li et al., "When counting meets HMER" (ECCV 2022).

Where it is known which strokes of the ink are which symbol, attention may learn to rest on the strokes of the token's
symbol, as L. Liu, M. Utiyama, A. Finch, E. Sumita, "Neural machine translation with supervised attention" (COLING
2016), teach attention word alignments, and the encoder may learn to name the symbol in each cell: `attention_weight`
and `class_weight`. Marks are targets of training; a network that learned from them reads plain images like any other.

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
    from hmer_suite.specs.vocabulary import Vocabulary
    from hmer_wap.model import Wap

ENCODERS = ("dense", "vgg", "residual")


@dataclass(frozen=True, slots=True)
class Options:
    """Settings of the network; the defaults are preset `base`."""

    symbol_height: Size = 40
    """Height in pixels of a full-size symbol in the images that the network sees."""
    watcher: str = "dense"
    """Encoder: `dense` (ICPR 2018), `vgg` (2017) or `residual` (few channels where maps are large, for CPUs)."""
    stem: Size = 48
    """Channels behind the first convolution."""
    blocks: tuple[Size, ...] = (16, 16, 16)
    """Layers of each dense block; residual blocks of each stage."""
    channels: tuple[Size, ...] = (32, 64, 128, 128)
    """Channels of each stage of the watchers `vgg` (four stages) and `residual`."""
    growth: Size = 24
    """Channels that each dense layer adds."""
    watcher_dropout: Probability = 0.2
    """Probability that a feature (of a dense layer, or of a late convolution) is left out in training."""
    attention: Size = 512
    """Size of the space in which query, features and coverage meet."""
    coverage_kernel: Size = 11
    """Side in cells of the convolution over the sum of past attention; odd."""
    coverage_channels: Size = 512
    """Coverage maps that this convolution makes before their linear map to `attention`."""
    positions: bool = False
    """Whether attention also sees where a cell lies (sines and cosines of both coordinates, as in CAN)."""
    multi_scale: bool = False
    """Whether a second attention reads finer maps, from before the last pooling; watcher `dense` only."""
    fine_layers: Size = 8
    """Dense layers of the finer branch."""
    fine_kernel: Size = 5
    """Side in cells of the coverage convolution of the finer branch; odd."""
    hidden: Size = 256
    """Size of the parser's recurrent state."""
    embedding: Size = 256
    """Size of a token's vector, and of the layer before maxout."""
    dropout: Probability = 0.2
    """Probability that a feature before the classifier is left out in training."""
    counting: bool = False
    """Whether a head counts the symbols of the image, as auxiliary task and as help for the parser (CAN)."""
    counting_channels: Size = 512
    """Channels of the counting head."""
    counting_kernels: tuple[Size, ...] = (3, 5)
    """Sides in cells of the counting head's convolutions, one branch each; odd."""
    counting_weight: NonNegative = 1.0
    """Weight of the counting loss beside the cross-entropy."""
    attention_weight: NonNegative = 0.0
    """Weight of the loss of attention beside the strokes of a token's symbol, where symbols are marked; 0 is off."""
    class_weight: NonNegative = 0.0
    """Weight of the loss of the class of the symbol in each cell, where symbols are marked; 0 leaves out the head."""

    def __post_init__(self) -> None:
        if self.watcher not in ENCODERS:
            raise UsageError(f"watcher {self.watcher}: expected one of {', '.join(ENCODERS)}")
        if self.multi_scale and self.watcher != "dense":
            raise UsageError(f"multi_scale: needs watcher dense, not {self.watcher}")
        if self.watcher == "residual" and len(self.blocks) != len(self.channels):
            raise UsageError(
                f"blocks {self.blocks}: expected one number for each of channels {self.channels}"
            )
        for kernel in (self.coverage_kernel, self.fine_kernel, *self.counting_kernels):
            if kernel % 2 == 0:
                raise UsageError(f"kernel {kernel}: expected an odd number of cells")


def build(options: Options, vocabulary: Vocabulary) -> Wap:
    """A network with fresh weights."""
    from hmer_wap.model import Wap

    return Wap(options, vocabulary)


def preprocessing(options: Options) -> Preprocessing:
    """Images for `options`, at most as large as a hundred symbols side by side."""
    height = options.symbol_height
    return Preprocessing(symbol_height=height, max_pixels=100 * height * height, padding=max(4, height // 6))


BASE = {
    "precision": "bf16",
    "batch_size": 8,
    "optimiser": "adamw",
    "lr": 5e-4,
    "weight_decay": 0.02,
    "clip": 2.0,
    "label_smoothing": 0.05,
}
"""Comparable with the public WAP of 5.4 million weights; for a GPU."""

SMALL = {
    **BASE,
    "batch_size": 16,
    "lr": 1.5e-3,
    "augment": {"scale": (0.75, 1.25), "elastic": 1.5, "elastic_grid": 18.0, "stroke": 0.5, "blur": 0.4},
    "symbol_height": 24,
    "watcher": "residual",
    "stem": 24,
    "blocks": (1, 3, 2),
    "channels": (32, 64, 160),
    "watcher_dropout": 0.1,
    "attention": 128,
    "coverage_kernel": 7,
    "coverage_channels": 64,
    "positions": True,
    "counting": True,
    "counting_channels": 64,
    "counting_kernels": (3,),
    "counting_weight": 0.2,
}
"""For two CPU cores: under a fifth of the work of `base` for each image."""

DEMO = {
    **SMALL,
    "epochs": 12,
    "threads": 1,
    "lr": 3e-3,
    "warmup_steps": 100,
    "precision": "bf16",
    "symbol_height": 20,
    "stem": 16,
    "blocks": (1, 1, 1),
    "channels": (24, 48, 96),
    "watcher_dropout": 0.0,
    "attention": 64,
    "coverage_channels": 32,
    "hidden": 128,
    "embedding": 128,
    "dropout": 0.1,
    "validation_limit": 200,
}
"""For minutes: short formulas by made-up hands. With so little work a second thread slows it down."""

SPEC = RecogniserSpec(
    "wap",
    "Watch, attend and parse: dense encoder, coverage attention, recurrent parser",
    Options,
    build,
    presets={"base": BASE, "small": SMALL, "demo": DEMO},
    preprocessing=preprocessing,
    weights=Path(__file__).parent / "weights",
    reading=Path(__file__).parent / "reading.json",
)


@hookimpl
def hmer_recognisers() -> list[RecogniserSpec]:
    """The recogniser of this plugin."""
    return [SPEC]
