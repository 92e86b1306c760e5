"""Layers over a sequence of frames: bidirectional recurrence and self-attention.

Shapes: N batch, T frames, D features of a frame.

Neither is affected by padding: the backward recurrence begins at the last true frame, and no frame attends to padding.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from hmer_ctc_crnn.options import Options

HEADS = 8
"""Heads of an attention layer."""

REACH = 32
"""Largest distance in frames that attention distinguishes."""


class BothWays(nn.Module):
    """An LSTM in each direction, (N, T, D) to (N, T, 2 * hidden); `residual` adds its input."""

    def __init__(self, inputs: int, hidden: int, dropout: float, *, residual: bool):
        super().__init__()
        self.forth = nn.LSTM(inputs, hidden, batch_first=True)
        self.back = nn.LSTM(inputs, hidden, batch_first=True)
        self.dropout = FeatureDropout(dropout)
        self.residual = residual

    def forward(self, frames: Tensor, lengths: Tensor) -> Tensor:
        turn = reversal(lengths, frames.shape[1])[..., None]
        back = self.back(frames.gather(1, turn.expand_as(frames)))[0]
        found = torch.cat([self.forth(frames)[0], back.gather(1, turn.expand_as(back))], 2)
        found = self.dropout(found)
        return frames + found if self.residual else found


def reversal(lengths: Tensor, frames: int) -> Tensor:
    """Indices (N, T) that reverse the first `lengths` (N,) frames of each row and keep its padding."""
    places = torch.arange(frames, device=lengths.device)[None]
    return torch.where(places < lengths[:, None], lengths[:, None] - 1 - places, places)


class FeatureDropout(nn.Module):
    """Dropout of the same features in all frames of an image (Y. Gal, Z. Ghahramani, NeurIPS 2016)."""

    def __init__(self, share: float):
        super().__init__()
        self.share = share

    def forward(self, frames: Tensor) -> Tensor:
        if not self.training or not self.share:
            return frames
        kept = torch.full_like(frames[:, :1], 1 - self.share).bernoulli()
        return frames * (kept / (1 - self.share))


class AttentionLayer(nn.Module):
    """Self-attention with a learnt bias for each distance, then two linear layers; normalised before each.

    A. Vaswani et al. (NeurIPS 2017), with the distances of C. Raffel et al. (JMLR 2020, section 2.1) in steps of one.
    """

    def __init__(self, size: int, heads: int, inner: int, dropout: float):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(size), nn.LayerNorm(size)
        self.asked = nn.Linear(size, 3 * size)
        self.answer = nn.Linear(size, size)
        self.distances = nn.Parameter(torch.zeros(heads, 2 * REACH + 1))
        self.widen, self.narrow = nn.Linear(size, inner), nn.Linear(inner, size)
        self.dropout = FeatureDropout(dropout)
        # Initially the layer is the identity, so that recurrence finds the alignment undisturbed.
        for layer in (self.answer, self.narrow):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(self, frames: Tensor, lengths: Tensor) -> Tensor:
        frames = frames + self.dropout(self._attend(self.norm1(frames), lengths))
        return frames + self.dropout(self.narrow(self.dropout(F.gelu(self.widen(self.norm2(frames))))))

    def _attend(self, frames: Tensor, lengths: Tensor) -> Tensor:
        number, count, size = frames.shape
        asked = self.asked(frames).view(number, count, 3, self.heads, size // self.heads)
        queries, keys, values = asked.permute(2, 0, 3, 1, 4)
        places = torch.arange(count, device=frames.device)
        away = (places[None] - places[:, None]).clamp(-REACH, REACH) + REACH
        outside = (places >= lengths[:, None])[:, None, None]
        bias = self.distances[:, away].masked_fill(outside, -torch.inf)
        found = F.scaled_dot_product_attention(queries, keys, values, bias.to(queries.dtype))
        return self.answer(found.transpose(1, 2).reshape(number, count, size))


class Layers(nn.ModuleList):
    """A sequence of layers with `size` output features."""

    def __init__(self, layers: list[nn.Module], size: int):
        super().__init__(layers)
        self.size = size


def build_layers(options: Options, inputs: int) -> Layers:
    """The layers that `options.layers` names, over frames of `inputs` features."""
    size = 2 * options.hidden
    layers: list[nn.Module] = []
    for kind in options.layers:
        if kind == "lstm":
            layers.append(BothWays(inputs, options.hidden, options.dropout, residual=bool(layers)))
        else:
            layers.append(AttentionLayer(size, HEADS, 2 * size, options.dropout))
        inputs = size
    return Layers(layers, size)
