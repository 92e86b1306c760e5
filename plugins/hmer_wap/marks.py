"""Supervision by symbol marks: the cells of each token's symbol, and the class of the symbol in each cell.

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
"""Smallest attention in logarithms: attention may underflow in single precision, and the reciprocal of this is finite,
so that gradients are too."""


def touched(strokes: Strokes, sizes: Tensor, shape: tuple[int, int], stride: int) -> Tensor:
    """True (N, S, K) for cells of a map of `shape` (h, w) in which a stroke has a point.

    Points are pixels, cells `stride` pixels wide and high; `sizes` (N, 2) are heights and widths of the images in
    pixels. Points outside their image are ignored, and so are strokes that are padding.
    """
    cells = shape[0] * shape[1]
    pixels = strokes.points.round().long()
    inside = ((pixels >= 0) & (pixels < sizes.flip(1)[:, None, None])).all(3) & strokes.mask[:, :, None]
    across, down = (pixels // stride).unbind(3)
    # Ignored points are put into an extra cell after the last, which is then cut off.
    places = torch.where(inside, down * shape[1] + across, cells)
    found = torch.zeros(*places.shape[:2], cells + 1, dtype=torch.bool, device=places.device)
    return found.scatter_(2, places, True)[..., :-1]


def cells_of_tokens(wanted: Tensor, cells: Tensor) -> Tensor:
    """True (N, L, K) for cells that the `wanted` (N, L, S) strokes of a token touch; `cells` (N, S, K) by stroke."""
    return torch.bmm(wanted.float(), cells.float()) > 0


class SymbolHead(nn.Module):
    """Classifies the symbol in a cell of the coarse map; used in training alone."""

    def __init__(self, channels: int, vocabulary: int):
        super().__init__()
        self.classify = nn.Linear(channels, vocabulary)

    def losses(self, features: Tensor, cells: Tensor, classes: Tensor) -> Tensor:
        """Cross-entropy (N,) of the classes (N, S) of strokes in features (N, C, h, w), summed over marked strokes.

        The loss of a stroke is the mean over the cells (N, S, K) that it touches, so that long strokes weigh no more.
        A cell with symbols of several classes (one in forty of CROHME's, at 24 pixels per symbol) has each of them as
        target: that is simpler than leaving it out, and no stroke is without a cell.
        """
        known = cells & (classes != PAD)[:, :, None]
        images, strokes, places = known.nonzero(as_tuple=True)
        vectors = features.flatten(2).mT[images, places]
        scores = self.classify(vectors).float()
        losses = F.cross_entropy(scores, classes[images, strokes], reduction="none")
        shares = losses / known.sum(2)[images, strokes]
        return shares.new_zeros(len(classes)).index_add(0, images, shares)
