"""What a recogniser trains on and reads: a batch of images, padded, or of ink, with their labels.

Shapes: N batch, L tokens of the longest label with its end, H W padded height and width in pixels, S strokes of the
sample that has most, P points of a stroke.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Strokes:
    """The strokes of a batch: of samples that are ink, or those that images were drawn with.

    `points` (N, S, P, 2) are x to the right and y down; of ink in symbol heights from the left edge and the vertical
    middle of the formula, of images in pixels from the upper left corner. `mask` (N, S) is True where there is a
    stroke. The others are targets, there in training alone: `classes` (N, S) is the number of the token that names the
    class of the stroke's symbol (`hmer_suite.ink.marks.shape`), `vocab.PAD` where it is not known; `links` (N, L, S)
    is True where a stroke is known to be of that token of the label.
    """

    points: Tensor
    mask: Tensor
    classes: Tensor | None = None
    links: Tensor | None = None

    def to(self, device: torch.device | str) -> Strokes:
        """The strokes on another device."""
        return Strokes(*(_moved(getattr(self, item.name), device) for item in fields(self)))


def _moved(tensor: Tensor | None, device: torch.device | str) -> Tensor | None:
    return None if tensor is None else tensor.to(device)


@dataclass(frozen=True, slots=True)
class Batch:
    """Images (N, 1, H, W), 0 paper to 1 ink, padded with paper at the right and the bottom, or ink; labels beside them.

    `sizes` (N, 2) are true heights and widths in pixels. A batch of ink has `strokes`, and images of no pixels
    (N, 1, 0, 0); one of images has strokes only in training, where it is known how they were drawn. `tokens` (N, L)
    are label, `vocab.END`, then `vocab.PAD`; `lengths` (N,) count label and end. When there is nothing to learn
    from, L is 1 and every label empty.
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
        moved = {name: getattr(self, name).to(device) for name in ("images", "sizes", "tokens", "lengths")}
        strokes = None if self.strokes is None else self.strokes.to(device)
        return replace(self, **moved, strokes=strokes)

    @property
    def mask(self) -> Tensor:
        """True (N, 1, H, W) where a pixel belongs to the image, False where it is padding."""
        height, width = self.images.shape[-2:]
        rows = torch.arange(height, device=self.images.device) < self.sizes[:, :1]
        columns = torch.arange(width, device=self.images.device) < self.sizes[:, 1:]
        return (rows[:, :, None] & columns[:, None, :])[:, None]
