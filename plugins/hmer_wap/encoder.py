"""Encoders ("watchers" in the paper): from an image to feature maps, each cell of which sees one patch of it.

Shapes: N batch, C channels, H W height and width of an image in pixels, h w of a map in cells.

Padding never leaks into an image (`hmer_suite.nn.residual`).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from hmer_suite.nn.batch import Batch
from hmer_suite.nn.residual import (
    Normalised,
    PaddingMask,
    ResidualStages,
    channels_last,
    normalised,
    start_convolutions,
)
from hmer_wap.options import Options


@dataclass(frozen=True, slots=True)
class View:
    """Features (N, C, h, w) and `mask` (N, 1, h, w), True in cells that belong to the image."""

    features: Tensor
    mask: Tensor


def view(features: Tensor, padding: PaddingMask) -> View:
    """`features` with the mask of their stride."""
    return View(features, padding.mask(features))


class ResidualEncoder(ResidualStages):
    """The residual encoder that recognisers share."""

    def __init__(self, options: Options):
        super().__init__(options.stem, options.blocks, options.channels, options.watcher_dropout)
        self.channels: tuple[int, ...] = (options.channels[-1],)

    def forward(self, batch: Batch) -> tuple[View, ...]:
        """The maps of the last stage."""
        padding = PaddingMask.of(batch, self.stride)
        return (view(self.maps(padding), padding),)


class DenseLayer(nn.Module):
    """Bottleneck layer of a dense block: its output is concatenated to its input (Huang et al., CVPR 2017)."""

    def __init__(self, inputs: int, growth: int, dropout: float):
        super().__init__()
        self.norm1 = nn.BatchNorm2d(inputs)
        self.narrow = nn.Conv2d(inputs, 4 * growth, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(4 * growth)
        self.convolution = nn.Conv2d(4 * growth, growth, 3, padding=1, bias=False)
        self.dropout = nn.Dropout(dropout)

    def forward(self, features: Tensor, padding: PaddingMask) -> Tensor:
        inner = normalised(F.relu(self.norm1(features), inplace=True), self.narrow, self.norm2)
        inner = padding.zero(F.relu(inner, inplace=True))
        return torch.cat([features, self.dropout(self.convolution(inner))], dim=1)


class DenseBlock(nn.Module):
    """A sequence of dense layers."""

    def __init__(self, inputs: int, layers: int, growth: int, dropout: float):
        super().__init__()
        self.layers = nn.ModuleList(DenseLayer(inputs + i * growth, growth, dropout) for i in range(layers))
        self.channels = inputs + layers * growth

    def forward(self, features: Tensor, padding: PaddingMask) -> Tensor:
        for layer in self.layers:
            features = layer(features, padding)
        return features


class Transition(nn.Module):
    """A 1x1 convolution that halves the number of channels."""

    def __init__(self, inputs: int, dropout: float):
        super().__init__()
        self.channels = inputs // 2
        self.norm = nn.BatchNorm2d(inputs)
        self.convolution = nn.Conv2d(inputs, self.channels, 1, bias=False)
        self.dropout = nn.Dropout(dropout)

    def forward(self, features: Tensor, padding: PaddingMask) -> Tensor:
        return padding.zero(self.dropout(self.convolution(F.relu(self.norm(features), inplace=True))))


class DenseEncoder(nn.Module):
    """The dense encoder of ICPR 2018: cells of 16 pixels, and with `multi_scale` also finer ones of 8."""

    def __init__(self, options: Options):
        super().__init__()
        growth, dropout = options.growth, options.watcher_dropout
        self.stem = Normalised(1, options.stem, 7, 2)
        self.blocks, self.transitions = nn.ModuleList(), nn.ModuleList()
        inputs = finer = options.stem
        for i, layers in enumerate(options.blocks):
            block = DenseBlock(inputs, layers, growth, dropout)
            self.blocks.append(block)
            inputs = block.channels
            if i < len(options.blocks) - 1:
                transition = Transition(inputs, dropout)
                self.transitions.append(transition)
                inputs = finer = transition.channels
        self.stride = 2 ** (len(options.blocks) + 1)
        self.norm = nn.BatchNorm2d(inputs)
        self.channels: tuple[int, ...] = (inputs,)
        self.fine = None
        if options.multi_scale:
            self.fine = DenseBlock(finer, options.fine_layers, growth, dropout)
            self.fine_norm = nn.BatchNorm2d(self.fine.channels)
            self.channels = (inputs, self.fine.channels)

    def forward(self, batch: Batch) -> tuple[View, ...]:
        """The coarse maps and, with `multi_scale`, the fine ones."""
        padding = PaddingMask.of(batch, self.stride)
        features = padding.zero(F.relu(self.stem(channels_last(padding.images)), inplace=True))
        features = F.max_pool2d(features, 2)
        finer = features
        for i, block in enumerate(self.blocks):
            features = block(features, padding)
            if i < len(self.transitions):
                finer = self.transitions[i](features, padding)
                features = F.avg_pool2d(finer, 2)
        views = [view(padding.zero(F.relu(self.norm(features))), padding)]
        if self.fine is not None:
            finest = padding.zero(F.relu(self.fine_norm(self.fine(finer, padding))))
            views.append(view(finest, padding))
        return tuple(views)


class VggEncoder(nn.Module):
    """The encoder of 2017: stages of four 3x3 convolutions, each followed by max pooling; cells of 16 pixels."""

    def __init__(self, options: Options):
        super().__init__()
        self.stride = 2 ** len(options.channels)
        self.channels: tuple[int, ...] = (options.channels[-1],)
        self.stages = nn.ModuleList()
        inputs = 1
        for outputs in options.channels:
            sizes = [inputs] + [outputs] * 4
            self.stages.append(nn.ModuleList(Normalised(a, b, 3) for a, b in pairwise(sizes)))
            inputs = outputs
        self.dropout = nn.Dropout(options.watcher_dropout)

    def forward(self, batch: Batch) -> tuple[View, ...]:
        """The maps after the last pooling."""
        padding = PaddingMask.of(batch, self.stride)
        features = channels_last(padding.images)
        for stage in self.stages:
            for convolution in stage.children():
                features = padding.zero(F.relu(convolution(features), inplace=True))
            if stage is self.stages[-1]:
                features = self.dropout(features)  # the paper drops out the last convolutions only
            features = F.max_pool2d(features, 2)
        return (view(features, padding),)


MapEncoder = DenseEncoder | VggEncoder | ResidualEncoder


def build_encoder(options: Options) -> MapEncoder:
    """The encoder that `options.watcher` names, its convolutions initialised as He et al. (2015) do."""
    kinds: dict[str, type[MapEncoder]] = {
        "dense": DenseEncoder,
        "vgg": VggEncoder,
        "residual": ResidualEncoder,
    }
    encoder = kinds[options.watcher](options)
    start_convolutions(encoder)
    return encoder.to(memory_format=torch.channels_last)
