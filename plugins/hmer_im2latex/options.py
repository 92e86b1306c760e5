"""Settings of the recogniser ``im2latex``."""

from __future__ import annotations

from dataclasses import dataclass

from hmer_suite.errors import UsageError
from hmer_suite.specs.ranges import Count, PositiveCount, Probability, Size

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
