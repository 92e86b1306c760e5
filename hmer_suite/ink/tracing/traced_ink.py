"""Ink drawn and traced again, with the marks of its symbols carried over.

An owner is the index of a mark in a sample, or -1 for ink that belongs to no symbol.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

import cv2
import numpy as np

from hmer_suite.ink.raster import Drawing, draw, in_pixels
from hmer_suite.ink.symbol_height import symbol_height
from hmer_suite.ink.tracing import Tracing, trace
from hmer_suite.specs.samples import InkSample


def traced(sample: InkSample, drawing: Drawing, tracing: Tracing | None = None) -> InkSample:
    """The ink drawn and traced, in pixels of the drawing, its unit measured again as for a picture.

    A traced stroke belongs to the symbol whose own ink is nearest to most of its points. A stroke along two touching
    symbols is cut once between them; one that returns to a symbol stays whole. A symbol that shares all its strokes
    with larger ones loses its mark.
    """
    traces = trace(draw(sample.traces, drawing, sample.unit), tracing)
    if not sample.marks:
        return InkSample(traces, symbol_height(traces))
    places, height = in_pixels(sample.traces, drawing, sample.unit)
    parts = list(_parts(traces, replace(sample, traces=places), 2 * max(1.0, drawing.stroke * height)))
    owned: dict[int, list[int]] = defaultdict(list)
    for place, part in enumerate(parts):
        owned[part.owner].append(place)
    marks = tuple(
        replace(mark, traces=tuple(owned[owner])) for owner, mark in enumerate(sample.marks) if owner in owned
    )
    traces = tuple(part.points for part in parts)
    return InkSample(traces, symbol_height(traces), marks)


@dataclass(frozen=True, slots=True, eq=False)
class _OwnedStroke:
    """A traced stroke, or a part of one, with the symbol that it belongs to."""

    points: np.ndarray
    owner: int


def _parts(traces: Sequence[np.ndarray], sample: InkSample, shortest: float) -> Iterator[_OwnedStroke]:
    """Traces with their owners, cut between symbols into parts of at least `shortest` pixels."""
    owner_at = _owner_map(traces, sample)
    for points in traces:
        columns, rows = points.astype(int).T
        owners = owner_at[rows, columns]
        runs = _runs(points, owners, shortest)
        if len(runs) > 1 and len({owner for owner, _, _ in runs}) == len(runs):
            yield from _cut(points, runs)
        else:
            values, counts = np.unique(owners, return_counts=True)
            yield _OwnedStroke(points, int(values[counts.argmax()]))


def _owner_map(traces: Sequence[np.ndarray], sample: InkSample) -> np.ndarray:
    """For each pixel (H, W), the owner of the nearest ink; it covers all points of `traces`."""
    owner_of = np.full(len(sample.traces), -1)
    for owner, mark in enumerate(sample.marks):
        owner_of[list(mark.traces)] = owner
    width, height = (np.concatenate([*traces, *sample.traces]).max(axis=0).astype(int) + 1).tolist()
    paper = np.full((height, width), 255, np.uint8)
    owners = np.full((height, width), -1, np.int32)
    for points, owner in zip(sample.traces, owner_of.tolist(), strict=True):
        pixels = points.astype(np.int32)[:, None]
        cv2.polylines(paper, [pixels], False, 0)
        cv2.polylines(owners, [pixels], False, owner)
    _, nearest = cv2.distanceTransformWithLabels(
        paper, cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    ink = paper == 0
    owner_of_label = np.full(int(nearest.max()) + 1, -1)
    owner_of_label[nearest[ink]] = owners[ink]
    return owner_of_label[nearest]


_Run = tuple[int, int, int]
"""An owner, and the indices of the first and last of consecutive points that belong to it."""


def _runs(points: np.ndarray, owners: np.ndarray, shortest: float) -> list[_Run]:
    """Runs of at least `shortest` pixels; runs of one owner are merged across shorter ones."""
    along = np.concatenate(([0.0], np.hypot(*np.diff(points, axis=0).T).cumsum()))
    runs: list[_Run] = []
    for owner, group in groupby(range(len(owners)), key=owners.__getitem__):
        places = list(group)
        first, last = places[0], places[-1]
        if along[last] - along[first] < shortest:
            continue
        if runs and runs[-1][0] == owner:
            first = runs.pop()[1]
        runs.append((int(owner), first, last))
    return runs


def _cut(points: np.ndarray, runs: Sequence[_Run]) -> Iterator[_OwnedStroke]:
    """A stroke cut halfway between successive runs."""
    cuts = [(last + first + 1) // 2 for (_, _, last), (_, first, _) in pairwise(runs)]
    for start, stop, (owner, _, _) in zip((0, *cuts), (*cuts, len(points)), runs, strict=True):
        yield _OwnedStroke(points[start:stop], owner)
