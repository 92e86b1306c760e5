"""Framers of the published systems: every image squeezed onto one canvas, its aspect lost, with 37 frames each.

Shapes: N batch, C channels, H W height and width of the canvas in pixels, T frames, D features of a frame.

37 frames are too few for 6 % of CROHME's labels; preset `wide` does not have that limit. Images are squeezed one by
one, so that results do not depend on padding or on the other images of a batch.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from hmer_ctc_crnn.options import Options
from hmer_suite.nn.batch import Batch
from hmer_suite.nn.residual import Normalised, start_convolutions


def squeezed(batch: Batch, canvas: tuple[int, int]) -> Tensor:
    """The images of a batch resized to the canvas: (N, 1, H, W)."""
    images = [
        F.interpolate(image[None, :, :height, :width], canvas, mode="bilinear", antialias=True)
        for image, (height, width) in zip(batch.images, batch.sizes.tolist(), strict=True)
    ]
    return torch.cat(images) if images else batch.images.new_zeros(0, 1, *canvas)


class CanvasFramer(nn.Module):
    """Base of both: an encoder whose maps have a quarter or an eighth of the canvas's width."""

    def __init__(self, encoder: nn.Module, channels: int, canvas: tuple[int, int], size: int):
        super().__init__()
        self.encoder, self.canvas, self.size = encoder, canvas, size
        self.join = nn.Linear(channels, size)

    def forward(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Frames (N, T, D), and their number (N,) for each image: all of them."""
        features = self.encoder(squeezed(batch, self.canvas))
        frames = self.join(features.flatten(1, 2).transpose(1, 2))
        return frames, torch.full_like(batch.lengths, frames.shape[1])

    def early(self) -> tuple[nn.Module, ...]:
        """Modules that `frozen` keeps fixed."""
        return (self.encoder,)

    def covered(self, size: Tensor) -> float:
        """Pixels from the left edge that the frames of an image of `size` (2,) cover: all of them."""
        return float(size[1])


class PlainFramer(CanvasFramer):
    """Seven plain convolutions with max pooling to height 1, as in B. Shi et al. (TPAMI 2017, table 1)."""

    def __init__(self, options: Options):
        super().__init__(
            PlainEncoder(options.plain_channels), options.plain_channels[-1], (32, 152), 2 * options.hidden
        )


class PlainEncoder(nn.Sequential):
    """Convolutions (N, 1, 32, W) to (N, C, 1, W / 4 - 1)."""

    def __init__(self, channels: tuple[int, ...]):
        super().__init__(*_plain_layers(channels))
        start_convolutions(self)


def _plain_layers(channels: tuple[int, ...]) -> Iterator[nn.Module]:
    """The layers of that table; the fifth and sixth are normalised, as there."""
    pools = {0: (2, 2), 1: (2, 2), 3: (2, 1), 5: (2, 1)}
    for i, (inputs, outputs) in enumerate(zip((1, *channels), channels, strict=False)):
        if i == len(channels) - 1:
            yield nn.Conv2d(inputs, outputs, 2)
        elif i in (4, 5):
            yield Normalised(inputs, outputs, 3)
        else:
            yield nn.Conv2d(inputs, outputs, 3, padding=1)
        yield nn.ReLU(inplace=True)
        if i in pools:
            yield nn.MaxPool2d(pools[i])


class ResnetFramer(CanvasFramer):
    """torchvision's ResNet-18 (He et al., CVPR 2016); its last two stages halve the height alone."""

    def __init__(self, options: Options):
        super().__init__(ResnetEncoder(options.encoder_dropout), 2 * 512, (64, 296), 2 * options.hidden)

    def early(self) -> tuple[nn.Module, ...]:
        """The first two stages."""
        encoder = self.encoder
        assert isinstance(encoder, ResnetEncoder)
        return encoder.conv1, encoder.bn1, encoder.layer1, encoder.layer2


class ResnetEncoder(nn.Module):
    """Stages (N, 1, 64, W) to (N, 512, 2, W / 8), named as torchvision's: `encoder_from` takes its weights."""

    def __init__(self, dropout: float):
        super().__init__()
        from torchvision.models import resnet18

        whole = resnet18(weights=None)
        self.conv1, self.bn1, self.maxpool = whole.conv1, whole.bn1, whole.maxpool
        self.layer1, self.layer2, self.layer3, self.layer4 = (
            whole.layer1, whole.layer2, whole.layer3, whole.layer4,
        )  # fmt: skip
        self.dropout = nn.Dropout(dropout)
        for stage in (self.layer3, self.layer4):
            stage[0].conv1.stride = stage[0].downsample[0].stride = (2, 1)

    def forward(self, images: Tensor) -> Tensor:
        """Maps of grey images, repeated as red, green and blue."""
        features = F.relu(self.bn1(self.conv1(images.expand(-1, 3, -1, -1))), inplace=True)
        features = self.layer2(self.layer1(self.maxpool(features)))
        return self.dropout(self.layer4(self.layer3(features)))
