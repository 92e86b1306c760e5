"""The encoder: convolutions, position codes, and a bidirectional LSTM over rows.

Shapes: N batch, C channels, H W height and width of an image in pixels, h w of the map in cells.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from hmer_im2latex.options import Options
from hmer_suite.nn.attention import POSITION_SIZE, position_codes
from hmer_suite.nn.batch import Batch
from hmer_suite.nn.residual import Normalised, PaddingMask, channels_last, start_convolutions

LONGEST = 400
"""Longest wavelength of position codes, in cells."""


class Encoder(nn.Module):
    """From images to feature maps: `stride` pixels (vertically, horizontally) per cell, `channels` features."""

    def __init__(self, options: Options):
        super().__init__()
        self.stride = (math.prod(options.down), math.prod(options.across))
        self.convolutions = Convolutions(options)
        width = options.channels[-1]
        self.dropout = nn.Dropout(options.encoder_dropout)
        self.positions = nn.Linear(POSITION_SIZE, width, bias=False) if options.positions else None
        self.rows = RowEncoder(width, options.row_encoder) if options.row_encoder else None
        self.channels = 2 * options.row_encoder or width

    def forward(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Features (N, h, w, C), and a mask (N, h, w), True in cells that belong to the image."""
        padding = PaddingMask.of(batch, max(self.stride))
        maps = self.dropout(self.convolutions(padding))
        mask = padding.mask(maps)[:, 0]
        features = maps.permute(0, 2, 3, 1)
        if self.positions is not None:
            height, width = features.shape[1:3]
            codes = position_codes(height, width, LONGEST, features.device)
            features = features + self.positions(codes).to(features.dtype)
        if self.rows is not None:
            features = self.rows(features, mask)
        return features, mask


class Convolutions(nn.Module):
    """3x3 convolutions, each normalised and rectified; maps are reduced by strides or by max pooling."""

    def __init__(self, options: Options):
        super().__init__()
        inputs = (1, *options.channels[:-1])
        self.shrink = tuple(zip(options.down, options.across, strict=True))
        self.strided = options.strided
        strides = self.shrink if options.strided else [(1, 1)] * len(inputs)
        self.layers = nn.ModuleList(
            Normalised(before, after, 3, stride)
            for before, after, stride in zip(inputs, options.channels, strides, strict=True)
        )
        start_convolutions(self)
        self.to(memory_format=torch.channels_last)

    def forward(self, padding: PaddingMask) -> Tensor:
        """The last map (N, C, h, w), zero outside the images."""
        maps = channels_last(padding.images)
        for layer, shrink in zip(self.layers, self.shrink, strict=True):
            maps = padding.zero(F.relu(layer(maps), inplace=True))
            if not self.strided and shrink != (1, 1):
                maps = F.max_pool2d(maps, shrink)
        return maps


class RowEncoder(nn.Module):
    """A bidirectional LSTM along every row of the map (Deng et al., section 4.1)."""

    def __init__(self, inputs: int, size: int):
        super().__init__()
        self.lstm = nn.LSTM(inputs, size, batch_first=True, bidirectional=True)

    def forward(self, features: Tensor, mask: Tensor) -> Tensor:
        """Features (N, h, w, 2 size), zero outside the images; padding is not read."""
        count, height, width, _ = features.shape
        lengths = mask[:, 0].sum(1).repeat_interleave(height).cpu()
        packed = pack_padded_sequence(features.flatten(0, 1), lengths, batch_first=True, enforce_sorted=False)
        found, _ = pad_packed_sequence(self.lstm(packed)[0], batch_first=True, total_length=width)
        return found.view(count, height, width, -1) * mask[..., None].to(found.dtype)
