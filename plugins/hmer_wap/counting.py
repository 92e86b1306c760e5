"""Counting head of CAN (B. Li et al., ECCV 2022): the number of occurrences of each symbol.

Shapes: N batch, C channels of the features, V vocabulary.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from hmer_suite.specs.vocabulary import SPECIAL
from hmer_wap.encoder import View


class Counter(nn.Module):
    """Branches of several kernel sizes, each with a map of every symbol's presence whose sum is its count."""

    def __init__(self, channels: int, inner: int, kernels: tuple[int, ...], vocabulary: int):
        super().__init__()
        self.branches = nn.ModuleList(_Branch(channels, inner, kernel, vocabulary) for kernel in kernels)

    def forward(self, view: View) -> Tensor:
        """Counts (N, branches, V)."""
        return torch.stack([branch(view) for branch in self.branches], dim=1)


class _Branch(nn.Module):
    def __init__(self, channels: int, inner: int, kernel: int, vocabulary: int):
        super().__init__()
        self.convolution = nn.Conv2d(channels, inner, kernel, padding=kernel // 2, bias=False)
        self.norm = nn.BatchNorm2d(inner)
        self.attend = nn.Sequential(nn.Linear(inner, inner // 8), nn.ReLU(), nn.Linear(inner // 8, inner))
        self.classify = nn.Linear(inner, vocabulary)
        # Symbols are rare: most are absent from most cells.
        nn.init.constant_(self.classify.bias, -8.0)

    def forward(self, view: View) -> Tensor:
        """Counts (N, V)."""
        features = F.relu(self.norm(self.convolution(view.features)))
        gate = torch.sigmoid(self.attend(masked_mean(features, view.mask)))
        features = features * gate.to(features.dtype)[:, :, None, None]
        presence = torch.sigmoid(self.classify(features.permute(0, 2, 3, 1)).float())
        return (presence * view.mask[:, 0, :, :, None]).sum((1, 2))


def masked_mean(features: Tensor, mask: Tensor) -> Tensor:
    """Mean (N, C) of features (N, C, h, w) over the cells of the image."""
    inside = mask.to(features.dtype)
    return ((features * inside).float().sum((2, 3)) / mask.sum((2, 3))).to(features.dtype)


def count_tokens(tokens: Tensor, size: int) -> Tensor:
    """Numbers of occurrences (N, V) of each symbol in padded labels (N, L); 0 for special tokens."""
    counts = torch.zeros(tokens.shape[0], size, device=tokens.device)
    counts.scatter_add_(1, tokens, torch.ones_like(tokens, dtype=counts.dtype))
    counts[:, : len(SPECIAL)] = 0
    return counts


def counting_loss(counts: Tensor, tokens: Tensor) -> Tensor:
    """Smooth L1 loss (N,) of counts (N, branches, V), summed over symbols, mean of the branches."""
    wanted = count_tokens(tokens, counts.shape[2])[:, None].expand_as(counts)
    return F.smooth_l1_loss(counts, wanted, reduction="none").sum(2).mean(1)
