"""Settings of the recogniser ``symbol-cnn``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from hmer_suite.errors import UsageError
from hmer_suite.specs.ranges import Probability, Size

Network = Literal["residual", "dense"]


@dataclass(frozen=True, slots=True)
class Options:
    """Settings of the network; the defaults are preset `cnn`."""

    symbol_height: Size = 24
    """Height in pixels of a full-size symbol in the network's images."""
    box: Size = 32
    """Side in pixels of the square that ink is put into: larger ink is shrunk to fit, smaller ink keeps its size."""
    network: Network = "residual"
    """`residual` (convolutions) or `dense` (fully connected layers over the square)."""
    stem: Size = 24
    """Channels of the first convolution."""
    blocks: tuple[Size, ...] = (1, 3, 2)
    """Residual blocks of each stage."""
    channels: tuple[Size, ...] = (32, 64, 160)
    """Channels of each stage."""
    encoder_dropout: Probability = 0.1
    """Probability that a feature of a late convolution is dropped in training."""
    layers: tuple[Size, ...] = (512, 512)
    """Sizes of the layers of network `dense`."""
    hidden: Size = 256
    """Size of the layer before the classifier."""
    dropout: Probability = 0.3
    """Probability that a feature before the classifier is dropped in training."""

    def __post_init__(self) -> None:
        if self.network == "residual" and len(self.blocks) != len(self.channels):
            raise UsageError(
                f"blocks {self.blocks}: expected one number for each of channels {self.channels}"
            )
        if self.box < 8 or self.box % 2:
            raise UsageError(f"box {self.box}: expected an even number of at least 8 pixels")
