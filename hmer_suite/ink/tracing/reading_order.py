"""Reading order of traces."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np


def in_reading_order(traces: Sequence[np.ndarray]) -> Iterator[np.ndarray]:
    """Traces in reading order, by recursive cuts: columns from left to right, then rows from top to bottom.

    In a part that cannot be cut either way, the leftmost trace comes first.
    """
    boxes = np.array([(*trace.min(axis=0), *trace.max(axis=0)) for trace in traces])
    waiting = [list(range(len(traces)))]
    while waiting:
        part = waiting.pop()
        if len(part) == 1:
            yield traces[part[0]]
            continue
        for low, high in ((0, 2), (1, 3)):
            parts = _cut(part, boxes[:, low], boxes[:, high])
            if len(parts) > 1:
                break
        else:
            first = min(part, key=lambda place: boxes[place].tolist())
            parts = [[first], [place for place in part if place != first]]
        waiting += reversed(parts)


def _cut(part: Sequence[int], lows: np.ndarray, highs: np.ndarray) -> list[list[int]]:
    """A part cut at every gap between traces, each piece ordered by the traces' low edges."""
    parts: list[list[int]] = []
    reached = -math.inf
    for place in sorted(part, key=lambda place: (lows[place], highs[place])):
        if lows[place] > reached:
            parts.append([])
        parts[-1].append(place)
        reached = max(reached, highs[place])
    return parts
