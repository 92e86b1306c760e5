"""The symbol classifier as a recogniser of the suite.

Shapes: N batch, V vocabulary, C channels, B side of the square in pixels, H W height and width of an image.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from hmer_suite.decoding.single_symbols import SingleSymbolRecogniser
from hmer_suite.decoding.stepwise import Memory, State
from hmer_suite.errors import InputError
from hmer_suite.nn.batch import Batch
from hmer_suite.nn.residual import PaddingMask, ResidualEncoder, start_convolutions
from hmer_suite.specs.vocabulary import END, SPECIAL, Vocabulary
from hmer_symbol_cnn.options import Options

INK = 0.2
"""Smallest darkness, from 0 to 1, of a pixel of ink."""

WINDOW = 8
"""Side in pixels of the window that covers parts of the ink, for `attention`."""

_MEASURES = 2
_CORNERS = 4


class SymbolCnn(SingleSymbolRecogniser):
    """Classifies the one symbol of an image; the size of its ink is an input besides its shape."""

    def __init__(self, options: Options, vocabulary: Vocabulary):
        super().__init__(vocabulary)
        self.options = options
        if options.network == "dense":
            self.encoder, features = None, options.layers[-1]
            self.features = Dense(options)
        else:
            channels = options.channels
            self.encoder = ResidualEncoder(options.stem, options.blocks, channels, options.encoder_dropout)
            start_convolutions(self.encoder)
            self.encoder.to(memory_format=torch.channels_last)
            features = _CORNERS * channels[-1] + channels[-1]
        self.hidden = nn.Linear(features + _MEASURES, options.hidden)
        self.dropout = nn.Dropout(options.dropout)
        self.classify = nn.Linear(options.hidden, len(vocabulary) - len(SPECIAL))

    def shared_encoder(self) -> nn.Module | None:
        """The residual encoder; network `dense` has none."""
        return self.encoder

    def forward(self, batch: Batch, label_smoothing: float = 0.0) -> Tensor:
        """Losses (N,): the cross-entropy of each label, which is one token.

        Raises:
            InputError: a label of none or several tokens; the sample is named.
        """
        if (batch.lengths != 2).any():
            place = int((batch.lengths != 2).nonzero()[0])
            tokens = int(batch.lengths[place]) - 1
            raise InputError(
                f"sample {batch.ids[place]}: a label of {tokens} tokens; symbol-cnn reads one symbol an image, "
                "as symbols:PATH has them"
            )
        symbols = batch.tokens[:, 0] - len(SPECIAL)
        return F.cross_entropy(
            self._scores(batch), symbols, reduction="none", label_smoothing=label_smoothing
        )

    def start(self, batch: Batch) -> tuple[Memory, State]:
        """Log-probabilities (N, V) of all tokens, of which padding, begin and end have none."""
        logprobs = torch.log_softmax(self._scores(batch), dim=1)
        memory = {"logprobs": F.pad(logprobs, (len(SPECIAL), 0), value=-torch.inf)}
        return memory, {"written": torch.zeros(len(batch), device=logprobs.device)}

    def step(self, memory: Memory, state: State, tokens: Tensor) -> tuple[Tensor, State]:
        """Log-probabilities (N, V): those of the symbol at first, then the end for certain."""
        ended = torch.full_like(memory["logprobs"], -torch.inf)
        ended[:, END] = 0.0
        logprobs = torch.where(state["written"][:, None] > 0, ended, memory["logprobs"])
        return logprobs, {"written": torch.ones_like(state["written"])}

    def _scores(self, batch: Batch) -> Tensor:
        """Unnormalised log-probabilities (N, V without the special tokens) of the symbols."""
        ink = boxed(batch.images, self.options.box)
        return self._classified(ink.squares, ink.extent)

    def _classified(self, squares: Tensor, extent: Tensor) -> Tensor:
        if self.encoder is None:
            features = self.features(squares)
        else:
            padding = PaddingMask(squares, torch.ones_like(squares, dtype=torch.bool), self.encoder.stride)
            features = pooled(self.encoder(padding))
        measures = torch.log(extent / self.options.symbol_height + 0.1)
        inner = self.hidden(torch.cat([features, measures], dim=1))
        return self.classify(self.dropout(F.relu(inner))).float()

    def attention(self, batch: Batch, tokens: Sequence[Sequence[int]]) -> list[Tensor]:
        """Occlusion sensitivity of each of `tokens`, one sequence of numbers per image.

        Maps (L, H, W) of the image's size, each with sum 1: the loss of log-probability when a sliding window covers
        the ink (M. Zeiler and R. Fergus, ECCV 2014, section 4.2). Without any loss all ink has the same weight.
        """
        ink, found = boxed(batch.images, self.options.box), []
        for place, (numbers, (height, width)) in enumerate(zip(tokens, batch.sizes.tolist(), strict=True)):
            lost = self._lost(ink.squares[place], ink.extent[place], numbers)
            maps = ink.back(lost, place, height, width) * (batch.images[place, :, :height, :width] + 0.05)
            found.append(maps / maps.sum((1, 2), keepdim=True).clamp(min=1e-9))
        return found

    def _lost(self, square: Tensor, extent: Tensor, tokens: Sequence[int]) -> Tensor:
        """Loss (L, B, B) of log-probability of each of `tokens` when the ink around each pixel is covered."""
        box = square.shape[-1]
        corners = range(0, box - WINDOW + 1, WINDOW // 2)
        squares = square.repeat(len(corners) ** 2 + 1, 1, 1, 1)
        covered = torch.zeros_like(squares)
        windows = ((top, left) for top in corners for left in corners)
        for number, (top, left) in enumerate(windows, start=1):
            covered[number, :, top : top + WINDOW, left : left + WINDOW] = 1
        scores = self._classified(squares * (1 - covered), extent.expand(len(squares), -1))
        logprobs = torch.log_softmax(scores, dim=1)[:, [token - len(SPECIAL) for token in tokens]]
        lost = (logprobs[:1] - logprobs).clamp(min=0)  # (windows, L)
        maps = torch.einsum("wl,wyx->lyx", lost, covered[:, 0])
        return torch.where(maps.sum((1, 2), keepdim=True) > 0, maps, torch.ones_like(maps))


@dataclass(frozen=True, slots=True)
class Boxed:
    """Ink in squares (N, 1, B, B), and its position in pixels of the images.

    `extent` (N, 2) is its width and height, `middle` (N, 2) the x and y of the square's centre, and `scale`
    (N,) the number of image pixels per pixel of the square.
    """

    squares: Tensor
    extent: Tensor
    middle: Tensor
    scale: Tensor

    def back(self, maps: Tensor, place: int, height: int, width: int) -> Tensor:
        """Maps (L, B, B) over square `place` as maps (L, H, W) over its image; 0 outside the square."""
        box = maps.shape[-1]
        (x, y), scale = self.middle[place], self.scale[place]
        columns, rows = (
            (torch.arange(length, device=maps.device) + 0.5 - centre) / scale + box / 2
            for length, centre in ((width, x), (height, y))
        )
        return _sampled(maps[None], columns[None], rows[None])[0]


class Dense(nn.Module):
    """Fully connected layers over the pixels of a square, instead of an encoder."""

    def __init__(self, options: Options):
        super().__init__()
        self.layers = nn.ModuleList(
            nn.Sequential(nn.Linear(a, b), nn.LayerNorm(b), nn.ReLU(), nn.Dropout(options.dropout))
            for a, b in pairwise((options.box**2, *options.layers))
        )

    def forward(self, squares: Tensor) -> Tensor:
        features = squares.flatten(1)
        for layer in self.layers:
            features = layer(features)
        return features


def pooled(maps: Tensor) -> Tensor:
    """Maps (N, C, h, w) as features (N, 5C): means of their four quarters, and the largest of each channel."""
    return torch.cat([F.adaptive_avg_pool2d(maps, 2).flatten(1), maps.amax((2, 3))], dim=1)


def boxed(images: Tensor, box: int) -> Boxed:
    """The ink of images (N, 1, H, W) in the middle of squares (N, 1, B, B).

    Ink larger than the square is shrunk to fit, its aspect kept; smaller ink is copied exactly. The margins around it
    do not matter.
    """
    ink = images[:, 0] > INK
    left, right = _ends(ink.any(1))
    top, bottom = _ends(ink.any(2))
    extent = torch.stack([right - left, bottom - top], dim=1)
    scale = (extent.amax(1) / (box - 2)).clamp(min=1)
    middle = torch.stack([right + left, bottom + top], dim=1) / 2
    # At scale 1 the square's pixels coincide with the image's.
    middle = torch.where(scale[:, None] > 1, middle, middle.floor())
    ticks = torch.arange(box, device=images.device) + 0.5 - box / 2
    places = middle[:, :, None] + scale[:, None, None] * ticks
    return Boxed(_sampled(images, *places.unbind(1)), extent, middle, scale)


def _sampled(images: Tensor, columns: Tensor, rows: Tensor) -> Tensor:
    """`images` (N, C, H, W) at the crossings of `columns` (N, w) and `rows` (N, h) in pixels; 0 outside."""
    height, width = images.shape[-2:]
    x, y = columns * (2 / width) - 1, rows * (2 / height) - 1
    size = (rows.shape[1], columns.shape[1])
    grid = torch.stack([x[:, None, :].expand(-1, size[0], -1), y[:, :, None].expand(-1, -1, size[1])], dim=3)
    return F.grid_sample(images, grid, align_corners=False)


def _ends(present: Tensor) -> tuple[Tensor, Tensor]:
    """Start of the first and end of the last True in each row (N, L), in pixels; 0 and 1 without any."""
    present = present.float()
    length = present.shape[1]
    some = present.amax(1)
    return present.argmax(1).float(), 1 + some * (length - 1 - present.flip(1).argmax(1).float())
