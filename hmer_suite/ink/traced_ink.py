"""Ink as it comes back from a picture: drawn and traced, with the marks of its symbols carried over.

Owners are places of marks in a sample, -1 for what belongs to no symbol.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

import cv2
import numpy as np

from hmer_suite.ink.marks import InkSample
from hmer_suite.ink.raster import Drawing, draw, in_pixels
from hmer_suite.ink.symbol_height import symbol_height
from hmer_suite.ink.tracing import Tracing, trace


def traced(sample: InkSample, drawing: Drawing, tracing: Tracing | None = None) -> InkSample:
    """The ink drawn and traced, in pixels of the drawing, its unit measured again as it is for a picture.

    A traced stroke belongs to the symbol whose own ink lies nearest to most of its points. One that runs along two
    symbols that touch is cut where one ends, if it does so once; a picture's strokes stay whole there. A symbol that
    shares all its strokes with larger ones has no mark any more.
    """
    traces = trace(draw(sample.traces, drawing, sample.unit), tracing or Tracing())
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
class _Part:
    """A traced stroke, or a part of one, and the symbol that it belongs to."""

    points: np.ndarray
    owner: int


def _parts(traces: Sequence[np.ndarray], sample: InkSample, shortest: float) -> Iterator[_Part]:
    """Traces with their owners, those of two symbols cut; a part is at least `shortest` pixels long."""
    ground = _ground(traces, sample)
    for points in traces:
        columns, rows = points.astype(int).T
        owners = ground[rows, columns]
        runs = _runs(points, owners, shortest)
        if len(runs) > 1 and len({owner for owner, _, _ in runs}) == len(runs):
            yield from _cut(points, runs)
        else:
            values, counts = np.unique(owners, return_counts=True)
            yield _Part(points, int(values[counts.argmax()]))


def _ground(traces: Sequence[np.ndarray], sample: InkSample) -> np.ndarray:
    """For each pixel (H, W) that holds a point of `traces` the owner of the ink that lies nearest to it."""
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
"""An owner, and the first and the last of the points that are its own in a row."""


def _runs(points: np.ndarray, owners: np.ndarray, shortest: float) -> list[_Run]:
    """Runs of one owner that are not short; several of one owner with only short ones between are one."""
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


def _cut(points: np.ndarray, runs: Sequence[_Run]) -> Iterator[_Part]:
    """A stroke cut in the middle between one run and the next."""
    cuts = [(last + first + 1) // 2 for (_, _, last), (_, first, _) in pairwise(runs)]
    for start, stop, (owner, _, _) in zip((0, *cuts), (*cuts, len(points)), runs, strict=True):
        yield _Part(points[start:stop], owner)
