"""Image to LaTeX for printed formulas: convolutions, row encoder, attention, recurrent decoder.

Y. Deng, A. Kanervisto, J. Ling, A. M. Rush, "Image-to-markup generation with coarse-to-fine attention", ICML 2017,
with the additive attention of D. Bahdanau, K. Cho, Y. Bengio (ICLR 2015), two-dimensional sinusoidal positions, and as
options the coverage of A. See et al. (ACL 2017) and the scheduled sampling of S. Bengio et al. (NIPS 2015).

This module needs no torch: it declares the plugin.
"""

from __future__ import annotations

from pathlib import Path

from hmer_im2latex.options import Options
from hmer_suite.hookspecs import hookimpl
from hmer_suite.specs.recogniser import Network, Preprocessing, RecogniserSpec
from hmer_suite.specs.vocabulary import Vocabulary


def build(options: Options, vocabulary: Vocabulary) -> Network:
    """A network with fresh weights."""
    from hmer_im2latex.model import Im2Latex

    return Im2Latex(options, vocabulary)


def preprocessing(options: Options) -> Preprocessing:
    """Images for `options`, at most as large as four lines of text across a page."""
    height = options.symbol_height
    return Preprocessing(height, max_pixels=600 * height * height, padding=max(3, height // 3), pen=False)


BASE = {
    "precision": "bf16",
    "batch_size": 20,
    "optimiser": "adamw",
    "lr": 5e-4,
    "weight_decay": 0.01,
    "clip": 5.0,
    "augmentation": False,
}
"""The sizes of 2017, normalised throughout; for a GPU."""

SMALL = {
    **BASE,
    "batch_size": 16,
    "lr": 1.5e-3,
    "clip": 2.0,
    "warmup_steps": 200,
    "symbol_height": 14,
    "channels": (32, 64, 96, 128, 192, 256),
    "down": (2, 1, 2, 1, 2, 1),
    "across": (2, 1, 2, 1, 2, 1),
    "strided": True,
    "encoder_dropout": 0.05,
    "row_encoder": 0,
    "attention": 128,
    "coverage": True,
    "coverage_kernel": 5,
    "cell": "gru",
    "hidden": 256,
    "dropout": 0.1,
}
"""For two CPU cores: strides instead of pooling, no row encoder, coverage, which helps to learn attention, and images
in which scripts of scripts can be told apart."""

SPEC = RecogniserSpec(
    "im2latex",
    "Image to LaTeX for print: convolutions, row encoder, Bahdanau attention, recurrent decoder",
    Options,
    build,
    presets={"base": BASE, "small": SMALL},
    preprocessing=preprocessing,
    weights=Path(__file__).parent / "weights",
)


@hookimpl
def hmer_recognisers() -> list[RecogniserSpec]:
    """The recogniser of this plugin."""
    return [SPEC]
