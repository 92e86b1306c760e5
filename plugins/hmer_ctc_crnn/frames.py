"""From an image to a sequence of frames: convolutions, then one vector for each vertical strip.

Shapes: N batch, C channels, H W height and width of an image in pixels, h w of a map in cells, K readers, D features
of a frame, T frames.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from hmer_ctc_crnn.options import Options
from hmer_ctc_crnn.published import CanvasFramer, PlainFramer, ResnetFramer
from hmer_suite.nn.batch import Batch
from hmer_suite.nn.residual import PaddingMask, ResidualEncoder, start_convolutions

SHARPNESS = 6.0
"""Initial sharpness of readers: the energy that is lost at a distance of half the formula's height."""


class ColumnReader(nn.Module):
    """Attention of K readers over the rows of each column of a map; a column becomes `frames` frames.

    A maximum over a column loses which of two symbols was the upper one, which matters in fractions. Each reader
    attends to rows by their content and by a learnt position (initially from the top of the formula for the first
    reader to its bottom for the last). So formulas of any height have frames of one size.
    """

    def __init__(self, channels: int, readers: int, size: int, outputs: int, frames: int):
        super().__init__()
        self.frames = frames
        self.values = nn.Conv2d(channels, readers * size, 1)
        self.rows = nn.Linear(4, readers * size)
        self.energy = nn.Conv2d(channels, readers, 1)
        self.places = nn.Parameter(torch.linspace(-1, 1, readers))
        self.sharpness = nn.Parameter(torch.full((readers,), SHARPNESS))
        self.join = nn.Conv1d(readers * size, outputs * frames, 3, padding=1)
        self.norm = nn.LayerNorm(outputs)

    def forward(self, features: Tensor, cells: Tensor) -> Tensor:
        """Frames (N, T, D), zero outside the images; `cells` (N, 2) are heights and widths of the images."""
        number, width = features.shape[0], features.shape[-1]
        attention = self.attention(features, cells)
        found = self._seen(features, attention, self._rows(features.shape[2], cells))  # (N, K * C, w)
        inside = torch.arange(width, device=cells.device) < cells[:, 1:]
        found = self.join(found * inside[:, None])
        found = found.unflatten(1, (self.frames, -1)).permute(0, 3, 1, 2)  # (N, w, frames, D)
        found = self.norm(found) * inside[:, :, None, None]
        return found.reshape(number, width * self.frames, -1)

    def _seen(self, features: Tensor, attention: Tensor, rows: Tensor) -> Tensor:
        """Means (N, K * C, w) of each reader's values over the rows, weighted by its attention.

        Values are linear in the features and in those of rows, so that means of these are taken first: they are fewer.
        """
        number, readers, _, width = attention.shape
        strips = attention.permute(0, 3, 1, 2).flatten(0, 1).to(features.dtype)  # (N * w, K, h)
        pixels = features.permute(0, 3, 2, 1).flatten(0, 1)  # (N * w, h, channels)
        means = torch.bmm(strips, pixels).transpose(0, 1)  # (K, N * w, channels)
        weight = self.values.weight[:, :, 0, 0].unflatten(0, (readers, -1))  # (K, C, channels)
        assert self.values.bias is not None
        bias = self.values.bias.view(readers, 1, -1)
        values = torch.bmm(means, weight.transpose(1, 2).to(means.dtype)) + bias
        places = torch.einsum("nkhw,nhr->knwr", attention, rows).flatten(1, 2)  # (K, N * w, 4)
        weight = self.rows.weight.unflatten(0, (readers, -1))
        values = values + torch.bmm(places, weight.transpose(1, 2)) + self.rows.bias.view(readers, 1, -1)
        return values.unflatten(1, (number, width)).permute(1, 0, 3, 2).flatten(1, 2)

    def attention(self, features: Tensor, cells: Tensor) -> Tensor:
        """Attention (N, K, h, w) of each reader in each column, with sum 1 over the rows of the image."""
        rows = torch.arange(features.shape[2], device=cells.device)
        places = (2 * rows + 1) / cells[:, :1] - 1  # (N, h), -1 top to 1 bottom
        away = (places[:, None] - self.places[:, None]) ** 2 * self.sharpness[:, None]  # (N, K, h)
        energies = self.energy(features).float() - away[..., None]
        outside = (rows >= cells[:, :1])[:, None, :, None]
        return energies.masked_fill(outside, -torch.inf).softmax(2)

    def _rows(self, height: int, cells: Tensor) -> Tensor:
        """Features (N, h, 4) of each row: its position in the formula, distances to its edges, and its height."""
        high = cells[:, :1].float()
        rows = torch.arange(height, device=cells.device).expand(cells.shape[0], -1)
        return torch.stack(
            [(2 * rows + 1) / high - 1, rows / 8, (high - 1 - rows) / 8, (high / 8).expand_as(rows)], 2
        )


class WideFramer(nn.Module):
    """Residual convolutions over the whole image, cells of 8 pixels; two frames for each column of cells."""

    def __init__(self, options: Options):
        super().__init__()
        self.encoder = ResidualEncoder(
            options.stem, options.blocks, options.channels, options.encoder_dropout
        )
        start_convolutions(self.encoder)
        self.encoder.to(memory_format=torch.channels_last)
        self.size = 2 * options.hidden
        self.split = 2
        self.columns = ColumnReader(
            options.channels[-1], options.readers, options.reader_size, self.size, self.split
        )

    def forward(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Frames (N, T, D), and their number (N,) for each image."""
        padding = PaddingMask.of(batch, self.encoder.stride)
        cells = (batch.sizes + self.encoder.stride - 1) // self.encoder.stride
        return self.columns(self.encoder(padding), cells), self.split * cells[:, 1]

    def early(self) -> tuple[nn.Module, ...]:
        """Modules that `frozen` keeps fixed."""
        return (self.encoder,)

    def covered(self, size: Tensor) -> float:
        """Pixels from the left edge that the frames of an image of `size` (2,) cover: whole cells."""
        return float(-(-size[1] // self.encoder.stride) * self.encoder.stride)


def build_framer(options: Options) -> WideFramer | CanvasFramer:
    """The framer that `options.network` names."""
    if options.network == "wide":
        return WideFramer(options)
    return PlainFramer(options) if options.network == "plain" else ResnetFramer(options)
