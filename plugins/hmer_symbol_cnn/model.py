"""The symbol classifier as a recogniser of the suite.

Shapes: N batch, V vocabulary, C channels, B side of the square in pixels, H W height and width of an image.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from hmer_suite.data.vocab import END, SPECIAL, Vocabulary
from hmer_suite.errors import InputError
from hmer_suite.recogniser import Decoding, Hypothesis
from hmer_suite.train.batch import Batch
from hmer_suite.train.module import Memory, State, StepwiseRecogniser
from hmer_suite.train.residual import Paper, ResidualEncoder, start_convolutions
from hmer_symbol_cnn import Options

INK = 0.2
"""Darkness, from 0 to 1, from which on a pixel counts as ink."""

_MEASURES = 2
_CORNERS = 4


class SymbolCnn(StepwiseRecogniser):
    """Names the one symbol of an image; the size of its ink is an input beside its shape."""

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

    def decode(self, batch: Batch, how: Decoding) -> list[tuple[Hypothesis, ...]]:
        """The search of the suite with room for one token.

        Held to a grammar it names what is a formula by itself: a lone bar is a minus sign, never a fraction's bar,
        and a lone root is none. Without, it names any symbol that it has learnt.
        """
        found = super().decode(batch, replace(how, max_length=min(1, how.max_length)))
        if not how.max_length:
            return found
        # Where few symbols are allowed a wide beam also finds the empty formula, which has no probability.
        return [tuple(said for said in hypotheses if said.tokens) for hypotheses in found]

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
        box = self.options.box
        squares, measures = boxed(batch.images, box)
        if self.encoder is None:
            features = self.features(squares)
        else:
            paper = Paper(squares, torch.ones_like(squares, dtype=torch.bool), self.encoder.stride)
            features = pooled(self.encoder(paper))
        scale = self.options.symbol_height
        inner = torch.cat([features, torch.log(measures / scale + 0.1)], dim=1)
        return self.classify(self.dropout(F.relu(self.hidden(inner)))).float()


class Dense(nn.Module):
    """Layers that see every pixel of a square, in place of an encoder."""

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


def boxed(images: Tensor, box: int) -> tuple[Tensor, Tensor]:
    """The ink of images (N, 1, H, W) in the middle of squares (N, 1, B, B), and its width and height (N, 2).

    Ink larger than the square is shrunk to fit, its aspect kept; smaller ink is not changed by a pixel. How much
    paper there is around it, and where, does not matter.
    """
    ink = images[:, 0] > INK
    left, right = _ends(ink.any(1))
    top, bottom = _ends(ink.any(2))
    extent = torch.stack([right - left, bottom - top], dim=1)
    scale = (extent.amax(1) / (box - 2)).clamp(min=1)
    middle = torch.stack([right + left, bottom + top], dim=1) / 2
    # At the images' own scale the square's pixels fall onto theirs.
    middle = torch.where(scale[:, None] > 1, middle, middle.floor())
    ticks = torch.arange(box, device=images.device) + 0.5 - box / 2
    size = torch.tensor(images.shape[:-3:-1], device=images.device)  # width, height
    places = (middle[:, :, None] + scale[:, None, None] * ticks) * (2 / size[:, None]) - 1
    columns, rows = places.unbind(1)
    grid = torch.stack([columns[:, None, :].expand(-1, box, -1), rows[:, :, None].expand(-1, -1, box)], dim=3)
    return F.grid_sample(images, grid, align_corners=False), extent


def _ends(present: Tensor) -> tuple[Tensor, Tensor]:
    """Where the first True of each row (N, L) begins and the last one ends, in pixels; 0 and 1 where there is none."""
    present = present.float()
    length = present.shape[1]
    some = present.amax(1)
    return present.argmax(1).float(), 1 + some * (length - 1 - present.flip(1).argmax(1).float())
