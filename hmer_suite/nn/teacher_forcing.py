"""Teacher forcing without padding: all tokens of all labels of a batch in one row, a step's tokens side by side.

Shapes: N images, L tokens of the longest label, R tokens of all labels together, V vocabulary, h w of a map in cells,
H W of an image in pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from hmer_suite.nn.batch import Batch
from hmer_suite.specs.vocabulary import BEGIN

TYPICAL_LENGTH = 16
"""Tokens of a usual formula with its end: the unit in which losses of samples are given."""


@dataclass(frozen=True, slots=True)
class TeacherForcing:
    """What a decoder that is told the labels is to write, token by token, first those of step 0, then of step 1 ...

    Images are read in the order `order` (N,) of their labels' lengths, the longest first, so that step t is that of
    the first `going[t]` of them: a recurrence works on slices. `rows` (R,) are places in that order, `images` (R,)
    those in the batch, `steps` (R,) places in the label. `before` (R,) are the tokens that stand before, `targets` (R,)
    those to be written.
    """

    order: Tensor
    active: tuple[int, ...]
    rows: Tensor
    images: Tensor
    steps: Tensor
    inputs: Tensor
    targets: Tensor

    @classmethod
    def of(cls, tokens: Tensor, lengths: Tensor) -> TeacherForcing:
        """Of labels `tokens` (N, L), of which the first `lengths` (N,) count."""
        order = torch.argsort(lengths, descending=True, stable=True)
        tokens = tokens[order]
        ongoing = torch.arange(tokens.shape[1], device=tokens.device)[:, None] < lengths[order]
        steps, rows = torch.nonzero(ongoing, as_tuple=True)
        before = torch.cat([torch.full_like(tokens[:, :1], BEGIN), tokens[:, :-1]], dim=1)
        going = tuple(torch.bincount(steps).tolist())
        return cls(order, going, rows, order[rows], steps, before[rows, steps], tokens[rows, steps])

    @classmethod
    def of_sequences(cls, sequences: Sequence[Sequence[int]], device: torch.device) -> TeacherForcing:
        """Of token numbers without an end, one sequence an image, as `Recogniser.attention` is given them."""
        lengths = torch.tensor([len(numbers) for numbers in sequences], device=device)
        padded = pad_sequence([torch.tensor(row, dtype=torch.long) for row in sequences], batch_first=True)
        return cls.of(padded.to(device), lengths)

    def reordered(self, batch: Batch) -> Batch:
        """The batch's images in the order of their labels' lengths; labels stay as they were."""
        return replace(batch, images=batch.images[self.order], sizes=batch.sizes[self.order])

    def losses(self, scores: Tensor, label_smoothing: float = 0.0) -> Tensor:
        """Negative log-likelihood (N,) of each label, summed over its tokens, from unnormalised scores (R, V)."""
        losses = F.cross_entropy(scores, self.targets, reduction="none", label_smoothing=label_smoothing)
        return losses.new_zeros(len(self.order)).index_add(0, self.images, losses)


def maps_over_pixels(
    attention: Tensor, forcing: TeacherForcing, batch: Batch, stride: tuple[int, int]
) -> list[Tensor]:
    """Where a decoder looked for each token (R, h, w) as maps (L, H, W) over each image, each with sum 1.

    Interpolated between cells of `stride` pixels (down, across).
    """
    found = []
    for place, (height, width) in enumerate(batch.sizes.tolist()):
        cells = attention[forcing.images == place][:, None]
        pixels = F.interpolate(cells, scale_factor=tuple(map(float, stride)), mode="bilinear")
        pixels = pixels[:, 0, :height, :width]
        found.append(pixels / pixels.sum((1, 2), keepdim=True))
    return found
