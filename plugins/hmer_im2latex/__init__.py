"""Image to LaTeX for printed formulas: convolutions, rows read both ways, attention, a recurrent decoder.

Y. Deng, A. Kanervisto, J. Ling, A. M. Rush, "Image-to-markup generation with coarse-to-fine attention", ICML 2017,
with the additive attention of D. Bahdanau, K. Cho, Y. Bengio (ICLR 2015), two-dimensional sinusoidal positions, and as
options the coverage of A. See et al. (ACL 2017) and the scheduled sampling of S. Bengio et al. (NIPS 2015).

This module needs no torch: it says what the plugin offers.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hmer_suite.errors import UsageError
from hmer_suite.hookspecs import hookimpl
from hmer_suite.specs.ranges import Count, PositiveCount, Probability, Size
from hmer_suite.specs.recogniser import Preprocessing, RecogniserSpec

if TYPE_CHECKING:
    from hmer_im2latex.model import Im2Latex
    from hmer_suite.specs.vocabulary import Vocabulary

CELLS = ("lstm", "gru")


@dataclass(frozen=True, slots=True)
class Options:
    """Settings of the network; the defaults are preset `base`."""

    symbol_height: Size = 10
    """Height in pixels of a digit in the images that the network sees."""
    channels: tuple[Size, ...] = (64, 128, 256, 256, 512, 512)
    """Channels of the convolutions, one behind the other."""
    down: tuple[int, ...] = (2, 2, 1, 2, 1, 1)
    """How many times lower the map becomes behind each convolution; a power of two."""
    across: tuple[int, ...] = (2, 2, 1, 1, 2, 1)
    """How many times narrower the map becomes behind each convolution; a power of two."""
    strided: bool = False
    """Whether convolutions stride where maps shrink, a fraction of the work; else maxima are pooled."""
    encoder_dropout: Probability = 0.1
    """Probability that a feature of the last convolution is left out in training."""
    positions: bool = True
    """Whether features say where their cell lies, by sines and cosines of both coordinates."""
    row_encoder: Count = 256
    """Hidden size of the LSTM that reads each row of the map in one direction; 0 for no row encoder."""
    attention: Size = 256
    """Size of the space in which query and features (and coverage) meet."""
    coverage: bool = False
    """Whether attention sees where it has looked before."""
    coverage_kernel: Size = 7
    """Side in cells of the convolution over the sum of past attention; odd."""
    cell: str = "lstm"
    """Recurrent cell of the decoder: `lstm` (2017) or `gru`."""
    hidden: Size = 512
    """Size of the decoder's state, and of the vector that is fed back into its next step (input feeding)."""
    embedding: Size = 80
    """Size of a token's vector."""
    dropout: Probability = 0.2
    """Probability that a feature before the classifier is left out in training."""
    sampling: Probability = 0.0
    """Scheduled sampling: share of tokens that the decoder is told by itself instead of by the label, at the end."""
    sampling_steps: PositiveCount = 10_000
    """Steps over which that share rises from nought."""

    def __post_init__(self) -> None:
        if self.cell not in CELLS:
            raise UsageError(f"cell {self.cell}: expected one of {', '.join(CELLS)}")
        for name in ("down", "across"):
            factors = getattr(self, name)
            if len(factors) != len(self.channels):
                raise UsageError(
                    f"{name} {factors}: expected one number for each of channels {self.channels}"
                )
            if any(factor not in (1, 2, 4) for factor in factors):
                raise UsageError(f"{name} {factors}: expected 1, 2 or 4 behind each convolution")
        if self.coverage_kernel % 2 == 0:
            raise UsageError(f"coverage_kernel {self.coverage_kernel}: expected an odd number of cells")


def build(options: Options, vocabulary: Vocabulary) -> Im2Latex:
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
"""For two CPU cores: strides instead of pooling, no row encoder, and coverage, with which attention is found sooner."""

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
