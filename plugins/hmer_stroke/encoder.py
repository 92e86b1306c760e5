"""The encoder: a vector for each stroke in the context of the others.

Shapes: N batch, S strokes, P points, M strokes of the whole batch without padding, D width, H heads.
"""

from __future__ import annotations

from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from hmer_stroke.geometry import (
    PAIR_FEATURES,
    POINT_FEATURES,
    STROKE_FEATURES,
    Boxes,
    pair_features,
    point_features,
    stroke_features,
)
from hmer_stroke.options import Options
from hmer_suite.nn.batch import Strokes
from hmer_suite.nn.graphs import exporting


class StrokeShape(nn.Module):
    """Encoding of a single stroke: three convolutions along its points, and measurements."""

    def __init__(self, options: Options):
        super().__init__()
        sizes = (POINT_FEATURES, *options.channels)
        self.convolutions = nn.Sequential()
        for before, after in pairwise(sizes):
            self.convolutions.append(nn.Conv1d(before, after, 5, stride=2, padding=2, bias=False))
            self.convolutions.append(nn.BatchNorm1d(after))
            self.convolutions.append(nn.ReLU(inplace=True))
        self.from_points = nn.Linear(options.channels[-1] * options.points // 8, options.width)
        self.from_measures = nn.Linear(STROKE_FEATURES, options.width)

    def forward(self, strokes: Tensor, order: Tensor) -> Tensor:
        """Vectors (M, D) of strokes (M, P, 2) with indices `order` (M,) in their formulas."""
        maps = self.convolutions(point_features(strokes))
        return self.from_points(maps.flatten(1)) + self.from_measures(stroke_features(strokes, order))


class Layer(nn.Module):
    """A pre-norm transformer layer whose attention takes a bias for each pair of strokes."""

    def __init__(self, options: Options):
        super().__init__()
        width = options.width
        self.heads, self.dropout = options.heads, options.encoder_dropout
        self.before_attention = nn.LayerNorm(width)
        self.ask = nn.Linear(width, 3 * width)
        self.answer = nn.Linear(width, width)
        self.before_feedforward = nn.LayerNorm(width)
        self.widen = nn.Linear(width, options.feedforward)
        self.narrow = nn.Linear(options.feedforward, width)

    def forward(self, vectors: Tensor, bias: Tensor) -> Tensor:
        """Vectors (N, S, D) from vectors; `bias` (N, H, S, S) is -inf for padding."""
        vectors = vectors + self._dropped(self._attended(self.before_attention(vectors), bias))
        return vectors + self._dropped(self.narrow(F.relu(self.widen(self.before_feedforward(vectors)))))

    def _attended(self, vectors: Tensor, bias: Tensor) -> Tensor:
        query, key, value = self.ask(vectors).unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        energies = torch.baddbmm(
            bias.flatten(0, 1),
            query.flatten(0, 1),
            key.flatten(0, 1).transpose(1, 2),
            alpha=query.shape[-1] ** -0.5,
        )
        seen = energies.softmax(-1).unflatten(0, (-1, self.heads))
        return self.answer((seen @ value).transpose(1, 2).flatten(2))

    def _dropped(self, values: Tensor) -> Tensor:
        """Values (N, S, D) with the same features dropped for all strokes of a formula.

        Variational dropout (Y. Gal, Z. Ghahramani, NIPS 2016); drawing for each stroke is slow on CPUs.
        """
        if not self.training:
            return values
        return values * F.dropout(torch.ones_like(values[:, :1]), self.dropout, self.training)


class Encoder(nn.Module):
    """Vectors of all strokes of a batch."""

    def __init__(self, options: Options):
        super().__init__()
        self.shape = StrokeShape(options)
        self.geometry = nn.Sequential(
            nn.Linear(PAIR_FEATURES, options.geometry),
            nn.ReLU(inplace=True),
            nn.Linear(options.geometry, options.heads * options.layers),
        )
        self.layers = nn.ModuleList(Layer(options) for _ in range(options.layers))
        self.last = nn.LayerNorm(options.width)

    def forward(self, strokes: Strokes) -> Tensor:
        """Vectors (N, S, D), zeros in the padding."""
        vectors = self._alone(strokes)
        biases = self._biases(strokes).unbind(1)
        for layer, bias in zip(self.layers, biases, strict=True):
            vectors = layer(vectors, bias)
        return self.last(vectors) * strokes.mask[..., None]

    def _alone(self, strokes: Strokes) -> Tensor:
        """Vectors (N, S, D) of strokes without their context, zeros in the padding."""
        mask = strokes.mask
        if exporting():
            # The shapes of a graph must not depend on the mask: padding is encoded too, and then cleared.
            order = torch.arange(mask.shape[1], device=mask.device).expand(mask.shape[0], -1)
            alone = self.shape(strokes.points.flatten(0, 1), order.flatten())
            return alone.unflatten(0, mask.shape) * mask[..., None]
        rows, order = mask.nonzero(as_tuple=True)
        alone = self.shape(strokes.points[rows, order], order)
        return alone.new_zeros(*mask.shape, alone.shape[-1]).index_put((rows, order), alone)

    def _biases(self, strokes: Strokes) -> Tensor:
        """Biases of attention (N, layers, H, S, S) from the geometry of pairs."""
        found = self.geometry(pair_features(Boxes.of(strokes.points)))
        found = found.unflatten(-1, (len(self.layers), -1)).permute(0, 3, 4, 1, 2)
        return found.masked_fill(~strokes.mask[:, None, None, None], -1e4)
