"""Settings of the recogniser ``wap``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from hmer_suite.errors import UsageError
from hmer_suite.specs.ranges import NonNegative, Probability, Size

Encoder = Literal["dense", "vgg", "residual"]


@dataclass(frozen=True, slots=True)
class Options:
    """Settings of the network; the defaults are preset `base`."""

    symbol_height: Size = 40
    """Height in pixels of a full-size symbol in the network's images."""
    watcher: Encoder = "dense"
    """Encoder: `dense` (ICPR 2018), `vgg` (2017) or `residual` (few channels where maps are large, for CPUs)."""
    stem: Size = 48
    """Channels of the first convolution."""
    blocks: tuple[Size, ...] = (16, 16, 16)
    """Layers of each dense block; residual blocks of each stage."""
    channels: tuple[Size, ...] = (32, 64, 128, 128)
    """Channels of each stage of the encoders `vgg` (four stages) and `residual`."""
    growth: Size = 24
    """Channels that each dense layer adds."""
    watcher_dropout: Probability = 0.2
    """Probability that a feature (of a dense layer, or of a late convolution) is dropped in training."""
    attention: Size = 512
    """Size of the attention's hidden layer."""
    coverage_kernel: Size = 11
    """Side in cells of the convolution over the sum of past attention; odd."""
    coverage_channels: Size = 512
    """Output channels of that convolution, which are mapped to `attention` linearly."""
    positions: bool = False
    """Whether attention also takes position codes (sines and cosines of both coordinates, as in CAN)."""
    multi_scale: bool = False
    """Whether a second attention reads finer maps, from before the last pooling; encoder `dense` only."""
    fine_layers: Size = 8
    """Dense layers of the finer branch."""
    fine_kernel: Size = 5
    """Side in cells of the coverage convolution of the finer branch; odd."""
    hidden: Size = 256
    """Size of the parser's recurrent state."""
    embedding: Size = 256
    """Size of a token's vector, and of the layer before maxout."""
    dropout: Probability = 0.2
    """Probability that a feature before the classifier is dropped in training."""
    counting: bool = False
    """Whether a head counts the symbols of the image, as an auxiliary task and as input of the parser (CAN)."""
    counting_channels: Size = 512
    """Channels of the counting head."""
    counting_kernels: tuple[Size, ...] = (3, 5)
    """Sides in cells of the counting head's convolutions, one branch each; odd."""
    counting_weight: NonNegative = 1.0
    """Weight of the counting loss relative to the cross-entropy."""
    attention_weight: NonNegative = 0.0
    """Weight of the loss of attention outside the strokes of a token's symbol, if symbols are marked; 0 is off."""
    class_weight: NonNegative = 0.0
    """Weight of the loss of the class of the symbol in each cell, if symbols are marked; 0 leaves out the head."""
    backward: bool = False
    """Whether a second parser writes labels from right to left, by which the texts of a beam are judged too."""

    def __post_init__(self) -> None:
        if self.multi_scale and self.watcher != "dense":
            raise UsageError(f"multi_scale: needs watcher dense, not {self.watcher}")
        if self.watcher == "residual" and len(self.blocks) != len(self.channels):
            raise UsageError(
                f"blocks {self.blocks}: expected one number for each of channels {self.channels}"
            )
        kernels = {"coverage_kernel": (self.coverage_kernel,), "fine_kernel": (self.fine_kernel,)}
        for name, sides in (kernels | {"counting_kernels": self.counting_kernels}).items():
            for side in sides:
                if side % 2 == 0:
                    raise UsageError(f"{name}={side}: expected an odd number of cells")
