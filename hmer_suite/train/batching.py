"""Batches of samples with similar heights and widths, so that little of a batch is padding.

The samples are split in two repeatedly, by height or by width, whichever saves more padding, until every part is one
batch. Batches of an epoch differ in their number of samples by at most one. With shuffling, sizes are jittered and
split at random positions, so that every epoch mixes the samples anew (a quarter of the pairs of one epoch meet again
in the next), and batches come in random order; all of it is a function of seed and epoch alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np

JITTER = 0.03
"""Standard deviation of the log factor by which sizes are jittered."""

SPREAD = 0.25
"""Largest distance of a random split from the middle, as a share of the part."""

_ORDER, _KEYS, _CUTS = 0, 1, 2  # streams of random numbers of an epoch


@dataclass(frozen=True, slots=True)
class PlannedBatch:
    """Indices of a batch's samples in their set, and the height and width in pixels they are padded to."""

    indices: tuple[int, ...]
    height: int
    width: int

    def __len__(self) -> int:
        return len(self.indices)


def plan_batches(
    sizes: np.ndarray,
    batch_size: int,
    *,
    seed: int,
    epoch: int,
    shuffle: bool,
    stride: int = 1,
    least: int = 1,
) -> list[PlannedBatch]:
    """Batches that contain each sample once; `sizes` (n, 2) are heights and widths in pixels.

    Padded sizes are multiples of `stride`. There are ceil(n / batch_size) batches. If some of them would hold
    fewer than `least` samples (one for each of several processes), there are fewer, slightly larger ones; that happens
    only if `batch_size` is less than twice `least`. Without shuffling, the largest batch comes first, so that too
    little memory shows at once.
    """
    number = count_batches(len(sizes), batch_size, least=least)
    if not number:
        return []
    keys = np.log(np.maximum(sizes, 1), dtype=np.float64)
    if shuffle:
        keys += JITTER * np.random.default_rng([seed, epoch, _KEYS]).standard_normal(keys.shape)
    bounds = np.arange(number + 1) * len(sizes) // number
    order = _cut(keys, bounds, np.random.default_rng([seed, epoch, _CUTS]) if shuffle else None)
    padded = np.maximum.reduceat(sizes[order], bounds[:-1], axis=0)
    padded = -(-padded // stride) * stride
    if shuffle:
        sequence = np.random.default_rng([seed, epoch, _ORDER]).permutation(number)
    else:
        sequence = np.argsort(-padded.prod(axis=1) * np.diff(bounds), kind="stable")
    members = order.tolist()
    return [
        PlannedBatch(tuple(members[bounds[i] : bounds[i + 1]]), int(padded[i, 0]), int(padded[i, 1]))
        for i in sequence
    ]


def count_batches(samples: int, batch_size: int, *, least: int = 1) -> int:
    """Number of batches that `plan_batches` makes, the same for every epoch."""
    if batch_size < 1 or not 1 <= least <= batch_size:
        raise ValueError(f"batches of {batch_size} with at least {least} samples")
    if not samples:
        return 0
    number = ceil(samples / batch_size)
    return number if samples // number >= least else max(1, samples // least)


def samples_of_process(batch: PlannedBatch, rank: int, world: int) -> tuple[int, ...]:
    """Indices of the samples of a global batch that process `rank` of `world` takes: every world-th.

    All processes pad to the global batch's size. No process is left without samples if the batch was planned with
    `least=world` and the set has at least `world` samples.
    """
    return batch.indices[rank::world]


def padding_ratio(batches: Sequence[PlannedBatch], sizes: np.ndarray) -> float:
    """Padded pixels over true pixels of all batches; 1 without padding."""
    padded = sum(len(batch) * batch.height * batch.width for batch in batches)
    true = sum(int(sizes[list(batch.indices)].astype(np.int64).prod(axis=1).sum()) for batch in batches)
    return padded / true


def _cut(keys: np.ndarray, bounds: np.ndarray, rng: np.random.Generator | None) -> np.ndarray:
    """A permutation of the samples in which batch i is [bounds[i], bounds[i + 1]); `keys` (n, 2) are log sizes.

    All parts of a level are split at once: sorted within their part by either key, the cheaper key kept.
    """
    order = np.arange(len(keys))
    parts = np.array([0, len(bounds) - 1])  # in batches
    while np.diff(parts).max() > 1:
        middles = _middles(parts, rng)
        halves = np.unique(np.concatenate([parts, middles]))
        starts = bounds[parts[:-1]]
        part = np.repeat(np.arange(len(starts)), np.diff(bounds[parts]))
        ways = [order[np.lexsort((keys[order, axis], part))] for axis in (0, 1)]
        costs = [_costs(keys[way], bounds[halves], starts) for way in ways]
        order = np.where((costs[0] <= costs[1])[part], *ways)
        parts = halves
    return order


def _middles(parts: np.ndarray, rng: np.random.Generator | None) -> np.ndarray:
    """Index of the batch at which each part is split; the start of a part that is a single batch."""
    lengths = np.diff(parts)
    where = 0.5 if rng is None else rng.uniform(0.5 - SPREAD, 0.5 + SPREAD, len(lengths))
    steps = np.clip(np.rint(lengths * where), 1, None).astype(np.int64)
    return parts[:-1] + np.minimum(steps, lengths - 1)


def _costs(keys: np.ndarray, starts_and_end: np.ndarray, parts: np.ndarray) -> np.ndarray:
    """Padded pixels of each part of a level, its halves padded separately."""
    starts = starts_and_end[:-1]
    pixels = np.exp(np.maximum.reduceat(keys, starts, axis=0).sum(axis=1)) * np.diff(starts_and_end)
    return np.add.reduceat(pixels, np.searchsorted(starts, parts))
