"""Convolutions that never read padding, and the residual encoder that recognisers share.

Shapes: N batch, C channels, H W height and width of an image in pixels, h w of a map in cells.

Padding never leaks into an image: whatever a convolution wider than one cell reads is zero outside the image, as it
is for an image that comes alone, and sides are padded to whole cells of the coarsest map.

Encoders made of the same parts have tensors of the same names and shapes, so that one recogniser's may start from
another's: the setting `encoder_from`.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from hmer_suite.nn.batch import Batch
from hmer_suite.nn.graphs import exporting


class PaddingMask:
    """Mask of a batch's padding for maps of any stride, which may differ vertically and horizontally.

    `images` (N, 1, H, W) are padded to multiples of `stride` in each direction; `mask` of the same shape is True in
    pixels that belong to an image.
    """

    def __init__(self, images: Tensor, mask: Tensor, stride: int):
        height, width = images.shape[-2:]
        margins = (0, -width % stride, 0, -height % stride)
        self.images = F.pad(images, margins)
        self._mask = F.pad(mask, margins)
        # An exported graph serves batches with and without padding.
        self._padded = exporting() or not bool(self._mask.all())
        self._multipliers: dict[tuple[torch.Size, torch.dtype], Tensor] = {}

    @classmethod
    def of(cls, batch: Batch, stride: int) -> PaddingMask:
        """The mask of a batch's images."""
        return cls(batch.images, batch.mask, stride)

    def mask(self, features: Tensor) -> Tensor:
        """True (N, 1, h, w) in cells of `features` whose upper left pixel belongs to an image."""
        height, width = self.images.shape[-2:]
        return self._mask[..., :: height // features.shape[-2], :: width // features.shape[-1]]

    def zero(self, features: Tensor) -> Tensor:
        """`features` with zeros outside the images."""
        if not self._padded:
            return features
        if exporting():
            return features * self.mask(features).to(features.dtype)
        key = (features.shape[-2:], features.dtype)
        if key not in self._multipliers:
            self._multipliers[key] = self.mask(features).to(features.dtype)
        return features * self._multipliers[key]


class Normalised(nn.Module):
    """A convolution without bias, then batch normalisation."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int | tuple[int, int] = 1):
        super().__init__()
        self.convolution = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False)
        self.norm = nn.BatchNorm2d(outputs)

    def forward(self, features: Tensor) -> Tensor:
        return normalised(features, self.convolution, self.norm)


def normalised(features: Tensor, convolution: nn.Conv2d, norm: nn.BatchNorm2d) -> Tensor:
    """`norm(convolution(features))`; in evaluation mode, where both are linear, in one pass."""
    if norm.training or norm.running_var is None or norm.running_mean is None:
        return norm(convolution(features))
    scale = norm.weight * torch.rsqrt(norm.running_var + norm.eps)
    weight = convolution.weight * scale[:, None, None, None]
    bias = norm.bias - norm.running_mean * scale
    return F.conv2d(features, weight, bias, convolution.stride, convolution.padding)


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions with a residual connection (He et al., CVPR 2016)."""

    def __init__(self, inputs: int, outputs: int, stride: int, dropout: float):
        super().__init__()
        self.first = Normalised(inputs, outputs, 3, stride)
        self.second = Normalised(outputs, outputs, 3)
        self.dropout = nn.Dropout(dropout)
        # Pooled before the 1x1 convolution, so that the residual connection sees every pixel.
        self.pool = nn.AvgPool2d(stride) if stride > 1 else nn.Identity()
        self.short = Normalised(inputs, outputs, 1) if inputs != outputs else nn.Identity()
        nn.init.zeros_(self.second.norm.weight)

    def forward(self, features: Tensor, padding: PaddingMask) -> Tensor:
        inner = padding.zero(F.relu(self.first(features), inplace=True))
        change = self.second(self.dropout(inner))
        return padding.zero(F.relu(change + self.short(self.pool(features)), inplace=True))


class ResidualStages(nn.Module):
    """Residual stages after a short stem at half resolution; every stage but the last halves its maps.

    `stem` is the number of channels of the first convolution; stage i has `blocks[i]` blocks of `channels[i]` channels;
    `dropout` applies to all stages but the first. Cells are 8 pixels with three stages. Most of the work is done where
    maps are small.
    """

    def __init__(self, stem: int, blocks: Sequence[int], channels: Sequence[int], dropout: float):
        super().__init__()
        self.stride = 2 ** len(channels)
        self.stem = Normalised(1, stem, 3, 2)
        self.refine = Normalised(stem, stem, 3)
        self.blocks = nn.ModuleList()
        inputs = stem
        for stage, (count, outputs) in enumerate(zip(blocks, channels, strict=True)):
            for i in range(count):
                stride = 2 if i == 0 and stage < len(channels) - 1 else 1
                self.blocks.append(ResidualBlock(inputs, outputs, stride, dropout if stage else 0.0))
                inputs = outputs

    def maps(self, padding: PaddingMask) -> Tensor:
        """The maps (N, C, h, w) of the last stage."""
        features = padding.zero(F.relu(self.stem(channels_last(padding.images)), inplace=True))
        features = padding.zero(F.relu(self.refine(features), inplace=True))
        for block in self.blocks:
            features = block(features, padding)
        return features


class ResidualEncoder(ResidualStages):
    """`ResidualStages` as a module of its own: from padded images to maps."""

    def forward(self, padding: PaddingMask) -> Tensor:
        """The maps (N, C, h, w) of the last stage."""
        return self.maps(padding)


def start_convolutions(module: nn.Module) -> None:
    """Initialise the weights of all convolutions as He et al. (2015) do."""
    for part in module.modules():
        if isinstance(part, nn.Conv2d):
            nn.init.kaiming_normal_(part.weight, nonlinearity="relu")


def channels_last(images: Tensor) -> Tensor:
    """`images` in the memory layout in which convolutions on CPUs and tensor cores are fastest."""
    return images.contiguous(memory_format=torch.channels_last)
