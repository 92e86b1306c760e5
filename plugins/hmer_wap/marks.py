"""What the watcher and the parser learn from symbol marks: where each token's symbol lies, and which symbol lies where.

Shapes: N batch, S strokes, P points of a stroke, L tokens of the longest label with its end, V vocabulary, C channels
of the features, h w of the coarse map in cells, K all its cells (h * w).
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from hmer_suite.nn.batch import Strokes
from hmer_suite.specs.vocabulary import PAD

FLOOR = 1e-30
"""Attention counts as at least this in logarithms: a cell may get none at all in single precision, and one divided by
this is still a number, so that gradients stay finite."""


def touched(strokes: Strokes, sizes: Tensor, shape: tuple[int, int], stride: int) -> Tensor:
    """Cells (N, S, K) of a map of `shape` (h, w) that each stroke has a point in, True or False.

    Points are pixels, cells `stride` pixels wide and high; `sizes` (N, 2) are heights and widths of the images in
    pixels. Points outside of their image count for nothing, nor do strokes that are padding.
    """
    cells = shape[0] * shape[1]
    pixels = strokes.points.round().long()
    inside = ((pixels >= 0) & (pixels < sizes.flip(1)[:, None, None])).all(3) & strokes.mask[:, :, None]
    across, down = (pixels // stride).unbind(3)
    # Points that do not count are put into a cell behind the last, which is then cut off.
    places = torch.where(inside, down * shape[1] + across, cells)
    found = torch.zeros(*places.shape[:2], cells + 1, dtype=torch.bool, device=places.device)
    return found.scatter_(2, places, True)[..., :-1]


def cells_of_tokens(wanted: Tensor, cells: Tensor) -> Tensor:
    """Cells (N, L, K) that the strokes `wanted` (N, L, S) of each token touch, from those of each stroke (N, S, K)."""
    return torch.bmm(wanted.float(), cells.float()) > 0


class SymbolHead(nn.Module):
    """Names the class of the symbol in a cell of the coarse map; there in training alone."""

    def __init__(self, channels: int, vocabulary: int):
        super().__init__()
        self.classify = nn.Linear(channels, vocabulary)

    def losses(self, features: Tensor, cells: Tensor, classes: Tensor) -> Tensor:
        """Cross-entropy (N,) of the classes (N, S) of strokes in features (N, C, h, w), summed over marked strokes.

        That of a stroke is the mean over the cells (N, S, K) that it touches, so that each weighs the same, however
        long. A cell where symbols of several classes meet (one in forty of CROHME's, at 24 pixels a symbol) learns
        each of them, as targets of one softmax: simpler than to leave it out, and no stroke is ever without a cell.
        """
        known = cells & (classes != PAD)[:, :, None]
        images, strokes, places = known.nonzero(as_tuple=True)
        vectors = features.flatten(2).mT[images, places]
        scores = self.classify(vectors).float()
        losses = F.cross_entropy(scores, classes[images, strokes], reduction="none")
        shares = losses / known.sum(2)[images, strokes]
        return shares.new_zeros(len(classes)).index_add(0, images, shares)
