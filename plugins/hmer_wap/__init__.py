"""Watch, attend and parse: an image of ink becomes LaTeX, token after token.

J. Zhang, J. Du, S. Zhang, D. Liu, Y. Hu, J. Hu, S. Wei, L. Dai, "Watch, attend and parse", Pattern Recognition
71 (2017), with the dense encoder and multi-scale attention of J. Zhang, J. Du, L. Dai (ICPR 2018) and, as an
auxiliary task, the counting of B. Li et al., "When counting meets HMER" (ECCV 2022).

If the symbols of the ink are marked, attention can be supervised by the strokes of each token's symbol, as L. Liu, M.
Utiyama, A. Finch, E. Sumita, "Neural machine translation with supervised attention" (COLING 2016), do with word
alignments, and the encoder can learn to classify the symbol in each cell: `attention_weight` and `class_weight`. Marks
are targets of training; a network trained with them reads plain images like any other. With `backward` a second parser
writes labels from right to left and judges the texts of a beam (`hmer_suite.decoding.both_ways`).

This module needs no torch: it declares the plugin.
"""

from __future__ import annotations

from pathlib import Path

from hmer_suite.hookspecs import hookimpl
from hmer_suite.specs.recogniser import Network, Preprocessing, RecogniserSpec
from hmer_suite.specs.vocabulary import Vocabulary
from hmer_wap.options import Options


def build(options: Options, vocabulary: Vocabulary) -> Network:
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
    "backward": True,
}
"""For two CPU cores: less than a fifth of the work of `base` per image."""

DEMO = {
    **SMALL,
    "backward": False,
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
"""For minutes: short formulas in synthetic handwriting. With so little work a second thread slows it down."""

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
