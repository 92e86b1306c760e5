"""Settings of the recogniser ``im2latex``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from hmer_suite.errors import UsageError
from hmer_suite.specs.ranges import Count, PositiveCount, Probability, Size

Cell = Literal["lstm", "gru"]


@dataclass(frozen=True, slots=True)
class Options:
    """Settings of the network; the defaults are preset `base`."""

    symbol_height: Size = 10
    """Height in pixels of a digit in the network's images."""
    channels: tuple[Size, ...] = (64, 128, 256, 256, 512, 512)
    """Channels of each convolution."""
    down: tuple[int, ...] = (2, 2, 1, 2, 1, 1)
    """Factor by which each convolution reduces the map's height: 1, 2 or 4."""
    across: tuple[int, ...] = (2, 2, 1, 1, 2, 1)
    """Factor by which each convolution reduces the map's width: 1, 2 or 4."""
    strided: bool = False
    """Whether maps are reduced by strides, a fraction of the work, instead of max pooling."""
    encoder_dropout: Probability = 0.1
    """Probability that a feature of the last convolution is dropped in training."""
    positions: bool = True
    """Whether position codes (sines and cosines of both coordinates) are added to the features."""
    row_encoder: Count = 256
    """Hidden size, in each direction, of the LSTM over the rows of the map; 0 for no row encoder."""
    attention: Size = 256
    """Size of the attention's hidden layer."""
    coverage: bool = False
    """Whether attention takes the sum of past attention into account."""
    coverage_kernel: Size = 7
    """Side in cells of the convolution over the sum of past attention; odd."""
    cell: Cell = "lstm"
    """Recurrent cell of the decoder: `lstm` (2017) or `gru`."""
    hidden: Size = 512
    """Size of the decoder's state, and of the vector that is fed back into its next step (input feeding)."""
    embedding: Size = 80
    """Size of a token's vector."""
    dropout: Probability = 0.2
    """Probability that a feature before the classifier is dropped in training."""
    sampling: Probability = 0.0
    """Scheduled sampling: final share of input tokens drawn from the decoder's predictions instead of the label."""
    sampling_steps: PositiveCount = 10_000
    """Steps over which that share rises from 0."""

    def __post_init__(self) -> None:
        for name in ("down", "across"):
            factors = getattr(self, name)
            if len(factors) != len(self.channels):
                raise UsageError(
                    f"{name} {factors}: expected one number for each of channels {self.channels}"
                )
            if any(factor not in (1, 2, 4) for factor in factors):
                raise UsageError(f"{name} {factors}: expected 1, 2 or 4 for each convolution")
        if self.coverage_kernel % 2 == 0:
            raise UsageError(f"coverage_kernel {self.coverage_kernel}: expected an odd number of cells")
