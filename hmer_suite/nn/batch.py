"""Batches of padded images or of ink, with their labels.

Shapes: N batch, L tokens of the longest label with its end, H W padded height and width in pixels, S largest
number of strokes of a sample, P points of a stroke.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Strokes:
    """The strokes of a batch of ink, or those that its images were drawn with.

    `points` (N, S, P, 2) are x to the right and y down: for ink in symbol heights from the left edge and the vertical
    middle of the formula, for images in pixels from the upper left corner. `mask` (N, S) is True for strokes, False for
    padding. The others are targets, present in training alone: `classes` (N, S) is the number of the token that names
    the class of the stroke's symbol (`hmer_suite.ink.marks.shape`), or `PAD` if unknown; `links` (N, L, S) is True
    where a stroke is known to belong to that token of the label.
    """

    points: Tensor
    mask: Tensor
    classes: Tensor | None = None
    links: Tensor | None = None

    def to(self, device: torch.device | str) -> Strokes:
        """The strokes on another device."""
        return Strokes(
            self.points.to(device),
            self.mask.to(device),
            _moved(self.classes, device),
            _moved(self.links, device),
        )


def _moved(tensor: Tensor | None, device: torch.device | str) -> Tensor | None:
    return None if tensor is None else tensor.to(device)


@dataclass(frozen=True, slots=True)
class Batch:
    """Images (N, 1, H, W), 0 background to 1 ink, padded with zeros at the right and the bottom, or ink; with labels.

    `sizes` (N, 2) are true heights and widths in pixels. A batch of ink has `strokes`, and images of no pixels
    (N, 1, 0, 0); one of images has strokes only in training, if it is known how they were drawn. `tokens` (N, L) are
    label, `END`, then `PAD`; `lengths` (N,) count label and end. Without labels, L is 1 and every label is empty.
    """

    ids: tuple[str, ...]
    images: Tensor
    sizes: Tensor
    tokens: Tensor
    lengths: Tensor
    strokes: Strokes | None = None

    def __len__(self) -> int:
        return len(self.ids)

    def to(self, device: torch.device | str) -> Batch:
        """The batch on another device."""
        return replace(
            self,
            images=self.images.to(device),
            sizes=self.sizes.to(device),
            tokens=self.tokens.to(device),
            lengths=self.lengths.to(device),
            strokes=None if self.strokes is None else self.strokes.to(device),
        )

    @property
    def mask(self) -> Tensor:
        """True (N, 1, H, W) where a pixel belongs to the image, False where it is padding."""
        height, width = self.images.shape[-2:]
        rows = torch.arange(height, device=self.images.device) < self.sizes[:, :1]
        columns = torch.arange(width, device=self.images.device) < self.sizes[:, 1:]
        return (rows[:, :, None] & columns[:, None, :])[:, None]


def reversed_labels(batch: Batch) -> Batch:
    """The batch with its labels from right to left; their ends stay last, and links go with their tokens."""
    steps = torch.arange(batch.tokens.shape[1], device=batch.tokens.device)
    last = batch.lengths[:, None] - 2
    order = torch.where(steps <= last, last - steps, steps)
    tokens, strokes = batch.tokens.gather(1, order), batch.strokes
    if strokes is not None and strokes.links is not None:
        rows = order[:, :, None].expand(-1, -1, strokes.links.shape[2])
        strokes = replace(strokes, links=strokes.links.gather(1, rows))
    return replace(batch, tokens=tokens, strokes=strokes)
