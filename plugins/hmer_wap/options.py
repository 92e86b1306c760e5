"""Settings of the recogniser ``wap``."""

from __future__ import annotations

from dataclasses import dataclass

from hmer_suite.errors import UsageError
from hmer_suite.specs.ranges import NonNegative, Probability, Size

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
