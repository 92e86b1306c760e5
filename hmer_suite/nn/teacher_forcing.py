"""Teacher forcing without padding: the tokens of all labels of a batch in one row, grouped by step.

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
"""Tokens of a typical formula with its end: losses of samples are divided by it."""


@dataclass(frozen=True, slots=True)
class TeacherForcing:
    """Targets and inputs for teacher forcing, packed step by step: first those of step 0, then of step 1 ...

    Images are processed in `order` (N,), their labels' lengths descending, so that step t is that of the first
    `active[t]` of them and a recurrence works on slices. For each packed token, `rows` (R,) is its image's index in
    that order, `images` (R,) the index in the batch, `steps` (R,) its position in the label, `inputs` (R,) the previous
    token and `targets` (R,) the token itself.
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
        """From labels `tokens` (N, L), the first `lengths` (N,) tokens of each."""
        order = torch.argsort(lengths, descending=True, stable=True)
        tokens = tokens[order]
        ongoing = torch.arange(tokens.shape[1], device=tokens.device)[:, None] < lengths[order]
        steps, rows = torch.nonzero(ongoing, as_tuple=True)
        before = torch.cat([torch.full_like(tokens[:, :1], BEGIN), tokens[:, :-1]], dim=1)
        going = tuple(torch.bincount(steps).tolist())
        return cls(order, going, rows, order[rows], steps, before[rows, steps], tokens[rows, steps])

    @classmethod
    def of_sequences(cls, sequences: Sequence[Sequence[int]], device: torch.device) -> TeacherForcing:
        """From token numbers without an end, one sequence per image, as `attention(batch, tokens)` takes them."""
        lengths = torch.tensor([len(numbers) for numbers in sequences], device=device)
        padded = pad_sequence([torch.tensor(row, dtype=torch.long) for row in sequences], batch_first=True)
        return cls.of(padded.to(device), lengths)

    def reordered(self, batch: Batch) -> Batch:
        """The batch with its images in the order `order`; labels keep theirs."""
        return replace(batch, images=batch.images[self.order], sizes=batch.sizes[self.order])

    def losses(self, scores: Tensor, label_smoothing: float = 0.0) -> Tensor:
        """Negative log-likelihood (N,) of each label, summed over its tokens, from unnormalised scores (R, V)."""
        losses = F.cross_entropy(scores, self.targets, reduction="none", label_smoothing=label_smoothing)
        return losses.new_zeros(len(self.order)).index_add(0, self.images, losses)


def maps_over_pixels(
    attention: Tensor, forcing: TeacherForcing, batch: Batch, stride: tuple[int, int]
) -> list[Tensor]:
    """Attention (R, h, w) of each token as maps (L, H, W) over each image, each with sum 1.

    Interpolated between cells of `stride` pixels (vertically, horizontally).
    """
    found = []
    for place, (height, width) in enumerate(batch.sizes.tolist()):
        cells = attention[forcing.images == place][:, None]
        pixels = F.interpolate(cells, scale_factor=tuple(map(float, stride)), mode="bilinear")
        pixels = pixels[:, 0, :height, :width]
        found.append(pixels / pixels.sum((1, 2), keepdim=True))
    return found
