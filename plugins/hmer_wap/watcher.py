"""Watchers: from an image to maps of features, of which each cell looks at one patch of paper.

Shapes: N batch, C channels, H W height and width of an image in pixels, h w of a map in cells.

Padding never leaks into an image: whatever a convolution wider than one cell reads is zero outside of the image,
as it is for an image that comes alone, and sides are padded to whole cells of the coarsest map.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from hmer_suite.train.batch import Batch
from hmer_wap import Options


@dataclass(frozen=True, slots=True)
class View:
    """Features (N, C, h, w) and where they belong to the image: `mask` (N, 1, h, w), True inside."""

    features: Tensor
    mask: Tensor


class Paper:
    """Which cells of a batch's maps belong to images, at every stride."""

    def __init__(self, batch: Batch, stride: int):
        height, width = batch.images.shape[-2:]
        margins = (0, -width % stride, 0, -height % stride)
        self.images = F.pad(batch.images, margins)
        self._mask = F.pad(batch.mask, margins)
        self._padded = not bool(self._mask.all())
        self._multipliers: dict[tuple[int, torch.dtype], Tensor] = {}

    def mask(self, features: Tensor) -> Tensor:
        """True (N, 1, h, w) in cells of `features` whose upper left pixel belongs to an image."""
        stride = self.images.shape[-2] // features.shape[-2]
        return self._mask[..., ::stride, ::stride]

    def wipe(self, features: Tensor) -> Tensor:
        """`features` with zeros outside of the images."""
        if not self._padded:
            return features
        key = (features.shape[-2], features.dtype)
        if key not in self._multipliers:
            self._multipliers[key] = self.mask(features).to(features.dtype)
        return features * self._multipliers[key]

    def view(self, features: Tensor) -> View:
        """`features` for an attention to look at."""
        return View(features, self.mask(features))


class Normalised(nn.Module):
    """A convolution without bias, then batch normalisation."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int = 1):
        super().__init__()
        self.convolution = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False)
        self.norm = nn.BatchNorm2d(outputs)

    def forward(self, features: Tensor) -> Tensor:
        return normalised(features, self.convolution, self.norm)


def normalised(features: Tensor, convolution: nn.Conv2d, norm: nn.BatchNorm2d) -> Tensor:
    """`norm(convolution(features))`; outside of training, where both are linear, in one pass."""
    if norm.training:
        return norm(convolution(features))
    scale = norm.weight * torch.rsqrt(norm.running_var + norm.eps)
    weight = convolution.weight * scale[:, None, None, None]
    bias = norm.bias - norm.running_mean * scale
    return F.conv2d(features, weight, bias, convolution.stride, convolution.padding)


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions beside a short cut (He et al., CVPR 2016)."""

    def __init__(self, inputs: int, outputs: int, stride: int, dropout: float):
        super().__init__()
        self.first = Normalised(inputs, outputs, 3, stride)
        self.second = Normalised(outputs, outputs, 3)
        self.dropout = nn.Dropout(dropout)
        # Pooled before the 1x1 convolution, so that the short cut sees every pixel.
        self.pool = nn.AvgPool2d(stride) if stride > 1 else nn.Identity()
        self.short = Normalised(inputs, outputs, 1) if inputs != outputs else nn.Identity()
        nn.init.zeros_(self.second.norm.weight)

    def forward(self, features: Tensor, paper: Paper) -> Tensor:
        inner = paper.wipe(F.relu(self.first(features), inplace=True))
        change = self.second(self.dropout(inner))
        return paper.wipe(F.relu(change + self.short(self.pool(features)), inplace=True))


class ResidualWatcher(nn.Module):
    """Residual stages behind a short stem at half resolution; every stage but the last halves its maps.

    Cells are 8 pixels with three stages. Most of the work is done where maps are small.
    """

    def __init__(self, options: Options):
        super().__init__()
        self.stride = 2 ** len(options.channels)
        self.channels = (options.channels[-1],)
        self.stem = Normalised(1, options.stem, 3, 2)
        self.refine = Normalised(options.stem, options.stem, 3)
        self.blocks = nn.ModuleList()
        inputs = options.stem
        for stage, (count, outputs) in enumerate(zip(options.blocks, options.channels, strict=True)):
            for i in range(count):
                stride = 2 if i == 0 and stage < len(options.channels) - 1 else 1
                dropout = options.watcher_dropout if stage else 0.0
                self.blocks.append(ResidualBlock(inputs, outputs, stride, dropout))
                inputs = outputs

    def forward(self, batch: Batch) -> tuple[View, ...]:
        """The maps of the last stage."""
        paper = Paper(batch, self.stride)
        features = paper.wipe(F.relu(self.stem(_channels_last(paper.images)), inplace=True))
        features = paper.wipe(F.relu(self.refine(features), inplace=True))
        for block in self.blocks:
            features = block(features, paper)
        return (paper.view(features),)


class DenseLayer(nn.Module):
    """Bottleneck layer of a dense block: what it makes stands beside what it read (Huang et al., CVPR 2017)."""

    def __init__(self, inputs: int, growth: int, dropout: float):
        super().__init__()
        self.norm1 = nn.BatchNorm2d(inputs)
        self.narrow = nn.Conv2d(inputs, 4 * growth, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(4 * growth)
        self.convolution = nn.Conv2d(4 * growth, growth, 3, padding=1, bias=False)
        self.dropout = nn.Dropout(dropout)

    def forward(self, features: Tensor, paper: Paper) -> Tensor:
        inner = normalised(F.relu(self.norm1(features), inplace=True), self.narrow, self.norm2)
        inner = paper.wipe(F.relu(inner, inplace=True))
        return torch.cat([features, self.dropout(self.convolution(inner))], dim=1)


class DenseBlock(nn.Module):
    """Dense layers one behind the other."""

    def __init__(self, inputs: int, layers: int, growth: int, dropout: float):
        super().__init__()
        self.layers = nn.ModuleList(DenseLayer(inputs + i * growth, growth, dropout) for i in range(layers))
        self.channels = inputs + layers * growth

    def forward(self, features: Tensor, paper: Paper) -> Tensor:
        for layer in self.layers:
            features = layer(features, paper)
        return features


class Transition(nn.Module):
    """Half as many channels; `pool` halves the maps too."""

    def __init__(self, inputs: int, dropout: float):
        super().__init__()
        self.channels = inputs // 2
        self.norm = nn.BatchNorm2d(inputs)
        self.convolution = nn.Conv2d(inputs, self.channels, 1, bias=False)
        self.dropout = nn.Dropout(dropout)

    def forward(self, features: Tensor, paper: Paper) -> Tensor:
        return paper.wipe(self.dropout(self.convolution(F.relu(self.norm(features), inplace=True))))


class DenseWatcher(nn.Module):
    """The dense encoder of ICPR 2018: cells of 16 pixels, and with `multi_scale` also finer ones of 8."""

    stride = 16

    def __init__(self, options: Options):
        super().__init__()
        growth, dropout = options.growth, options.watcher_dropout
        self.stem = Normalised(1, options.stem, 7, 2)
        self.blocks, self.transitions = nn.ModuleList(), nn.ModuleList()
        inputs = options.stem
        for i, layers in enumerate(options.blocks):
            self.blocks.append(DenseBlock(inputs, layers, growth, dropout))
            inputs = self.blocks[-1].channels
            if i < len(options.blocks) - 1:
                self.transitions.append(Transition(inputs, dropout))
                inputs = self.transitions[-1].channels
        self.stride = 2 ** (len(options.blocks) + 1)
        self.norm = nn.BatchNorm2d(inputs)
        self.channels = (inputs,)
        self.fine = None
        if options.multi_scale:
            self.fine = DenseBlock(self.transitions[-1].channels, options.fine_layers, growth, dropout)
            self.fine_norm = nn.BatchNorm2d(self.fine.channels)
            self.channels = (inputs, self.fine.channels)

    def forward(self, batch: Batch) -> tuple[View, ...]:
        """The coarse maps and, with `multi_scale`, the fine ones."""
        paper = Paper(batch, self.stride)
        features = paper.wipe(F.relu(self.stem(_channels_last(paper.images)), inplace=True))
        features = F.max_pool2d(features, 2)
        finer = features
        for i, block in enumerate(self.blocks):
            features = block(features, paper)
            if i < len(self.transitions):
                finer = self.transitions[i](features, paper)
                features = F.avg_pool2d(finer, 2)
        views = [paper.view(paper.wipe(F.relu(self.norm(features))))]
        if self.fine is not None:
            views.append(paper.view(paper.wipe(F.relu(self.fine_norm(self.fine(finer, paper))))))
        return tuple(views)


class VggWatcher(nn.Module):
    """The encoder of 2017: four stages of four 3x3 convolutions, each stage halved by max pooling; cells of 16."""

    def __init__(self, options: Options):
        super().__init__()
        self.stride = 2 ** len(options.channels)
        self.channels = (options.channels[-1],)
        self.stages = nn.ModuleList()
        inputs = 1
        for outputs in options.channels:
            sizes = [inputs] + [outputs] * 4
            self.stages.append(nn.ModuleList(Normalised(a, b, 3) for a, b in pairwise(sizes)))
            inputs = outputs
        self.dropout = nn.Dropout(options.watcher_dropout)

    def forward(self, batch: Batch) -> tuple[View, ...]:
        """The maps behind the last pooling."""
        paper = Paper(batch, self.stride)
        features = _channels_last(paper.images)
        for stage in self.stages:
            for convolution in stage:
                features = paper.wipe(F.relu(convolution(features), inplace=True))
            if stage is self.stages[-1]:
                features = self.dropout(features)  # the paper drops out the last convolutions only
            features = F.max_pool2d(features, 2)
        return (paper.view(features),)


def _channels_last(images: Tensor) -> Tensor:
    """The layout in which convolutions on CPUs and tensor cores are fastest."""
    return images.contiguous(memory_format=torch.channels_last)


def build_watcher(options: Options) -> nn.Module:
    """The watcher that `options` name, its convolutions with the starting weights of He et al. (2015)."""
    kind = {"dense": DenseWatcher, "vgg": VggWatcher, "residual": ResidualWatcher}[options.watcher]
    watcher = kind(options)
    for module in watcher.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
    return watcher.to(memory_format=torch.channels_last)
