"""The CTC loss over frames, and the alignment of tokens and frames."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import inf

import torch
import torch.nn.functional as F
from torch import Tensor

from hmer_suite.specs.vocabulary import SPECIAL

BLANK = 0
"""Class of a frame without a token."""


SHIFT = len(SPECIAL) - 1
"""Difference between a token's number in the vocabulary and as a class of frames, which has no special tokens."""


NEGLIGIBLE = -7.0
"""Log-probability below which a token is not tried in a frame, unless a formula has to be closed."""


def choices(tokens: Tensor) -> Tensor:
    """Token numbers of a batch as classes of frames; special tokens become the blank."""
    return (tokens - SHIFT).clamp(min=BLANK)


def frames_needed(tokens: Sequence[object]) -> int:
    """Fewest frames that a label needs: its tokens, and a blank between equal neighbours."""
    return len(tokens) + sum(a == b for a, b in pairwise(tokens))


def out_of_reach(labels: Tensor, counts: Tensor, lengths: Tensor) -> Tensor:
    """True (N,) for `labels` (N, L) of `counts` (N,) tokens that need more than `lengths` (N,) frames."""
    doubles = (labels[:, 1:] == labels[:, :-1]) & (labels[:, 1:] != BLANK)
    return counts + doubles.sum(1) > lengths


def losses(logprobs: Tensor, lengths: Tensor, labels: Tensor, counts: Tensor) -> Tensor:
    """Negative log-likelihoods (N,) of `labels` (N, L), the first `counts` (N,) tokens of each.

    `logprobs` (N, T, S), the first `lengths` (N,) frames of each. Labels `out_of_reach` have no alignment; their loss
    and its gradients are 0.
    """
    return F.ctc_loss(
        logprobs.transpose(0, 1), labels, lengths, counts, BLANK, reduction="none", zero_infinity=True
    )


def occupancy(frames: Tensor, label: Sequence[int]) -> Tensor:
    """Posterior probability (L, T) that each token of a label occupies each frame, over all alignments of the label.

    `frames` (T, S) are log-probabilities, `label` are classes of frames. Forward-backward algorithm in logarithms
    (Graves et al. 2006, section 4.1). Raises `ValueError` for a label without alignment.
    """
    states = [BLANK]
    for token in label:
        states += [token, BLANK]
    emitted = frames.detach().double().cpu()[:, states]
    skips = torch.tensor([
        i >= 2 and state != BLANK and state != states[i - 2] for i, state in enumerate(states)
    ])  # fmt: skip
    forward = _sums(emitted, skips)
    # The backward pass runs from the last state; a skip over a blank ends where the forward one began.
    backward = _sums(emitted.flip(0, 1), skips.roll(-2).flip(0)).flip(0, 1)
    together = forward + backward - emitted
    total = together.logsumexp(1, keepdim=True)
    if not bool(total.isfinite().all()):
        raise ValueError(f"{len(label)} tokens have no alignment with {len(frames)} frames")
    return (together - total).exp()[:, 1::2].T.float()


def _sums(emitted: Tensor, skips: Tensor) -> Tensor:
    """Log-probabilities (T, 2L + 1) of all paths into each state at each frame, starting in the first two states."""
    sums = torch.full_like(emitted, -inf)
    sums[0, :2] = emitted[0, :2]
    for t in range(1, len(emitted)):
        before = sums[t - 1]
        one = F.pad(before[:-1], (1, 0), value=-inf)
        two = F.pad(before[:-2], (2, 0), value=-inf).masked_fill(~skips, -inf) if len(skips) > 2 else one
        ways = torch.stack([before, one, two]) if len(skips) > 2 else torch.stack([before, one])
        sums[t] = ways.logsumexp(0) + emitted[t]
    return sums
