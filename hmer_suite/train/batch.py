"""What a recogniser trains on and reads: a batch of padded images with their labels.

Shapes: N batch, L tokens of the longest label with its end, H W padded height and width in pixels.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Batch:
    """Images (N, 1, H, W), 0 paper to 1 ink, padded with paper at the right and the bottom; labels beside them.

    `sizes` (N, 2) are true heights and widths in pixels. `tokens` (N, L) are label, `vocab.END`, then `vocab.PAD`;
    `lengths` (N,) count label and end. When there is nothing to learn from, L is 1 and every label empty.
    """

    ids: tuple[str, ...]
    images: Tensor
    sizes: Tensor
    tokens: Tensor
    lengths: Tensor

    def __len__(self) -> int:
        return len(self.ids)

    def to(self, device: torch.device | str) -> Batch:
        """The batch on another device."""
        moved = {name: getattr(self, name).to(device) for name in ("images", "sizes", "tokens", "lengths")}
        return replace(self, **moved)

    @property
    def mask(self) -> Tensor:
        """True (N, 1, H, W) where a pixel belongs to the image, False where it is padding."""
        height, width = self.images.shape[-2:]
        rows = torch.arange(height, device=self.images.device) < self.sizes[:, :1]
        columns = torch.arange(width, device=self.images.device) < self.sizes[:, 1:]
        return (rows[:, :, None] & columns[:, None, :])[:, None]
