"""Settings of the recogniser ``ctc-crnn``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from hmer_suite.errors import UsageError
from hmer_suite.specs.ranges import Count, Probability, Share, Size

Network = Literal["wide", "plain", "resnet"]
Layer = Literal["lstm", "attention"]
PLAIN_LAYERS = 7


@dataclass(frozen=True, slots=True)
class Options:
    """Settings of the network; the defaults are preset `wide`."""

    symbol_height: Size = 24
    """Height in pixels of a full-size symbol in the network's images."""
    network: Network = "wide"
    """Convolutions: `wide` (aspect kept), `plain` or `resnet` (all images squeezed onto one canvas, 37 frames)."""
    frozen: bool = False
    """Whether the convolutions (of `resnet`, the early ones) are not trained; for pretrained weights."""
    stem: Size = 24
    """Channels of the first convolution; network `wide`."""
    blocks: tuple[Size, ...] = (1, 3, 2)
    """Residual blocks of each stage; network `wide`."""
    channels: tuple[Size, ...] = (32, 64, 160)
    """Channels of each stage; network `wide`."""
    plain_channels: tuple[Size, ...] = (64, 128, 256, 256, 512, 512, 512)
    """Channels of each convolution; network `plain`."""
    encoder_dropout: Probability = 0.1
    """Probability that a feature of the convolutions is dropped in training."""
    readers: Size = 8
    """Attention heads over the rows of each column of cells; network `wide`."""
    reader_size: Size = 64
    """Features that each reader takes from a column; network `wide`."""
    layers: tuple[Layer, ...] = ("lstm", "lstm", "attention", "lstm")
    """Layers over the frames: `lstm` (bidirectional) or `attention` (self-attention)."""
    hidden: Size = 160
    """Size of a recurrent state in each direction; frames have twice as many features."""
    repeat: Size = 2
    """Output frames for each frame of features; with `wide` a frame of features is four pixels wide."""
    taps: tuple[Count, ...] = (0, 2)
    """Layers, counted from 0, after which frames are classified already, for the loss and for later layers."""
    tap_weight: Share = 0.4
    """Weight of all taps together in the loss."""
    dropout: Probability = 0.15
    """Probability that a feature of a frame is dropped in training."""

    def __post_init__(self) -> None:
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
