"""Augmentation of ink, each kind switched separately.

Traces first: split, joined, reversed, reordered. Then their points: the formula as a whole is scaled, rotated and
slanted, and each stroke slightly by itself. All of it is a function of settings, seed, epoch and index of the sample.

Shapes: S strokes of a formula, P points of a stroke.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hmer_suite.ink.strokes import centred, strokes_of
from hmer_suite.settings.augmentation import AugmentInk
from hmer_suite.specs.samples import InkSample, Mark

FAR = 2.0
"""Standard deviation, in positions, of a stroke's displacement in the order."""


def vary_traces(ink: InkSample, settings: AugmentInk, rng: np.random.Generator) -> InkSample:
    """The ink with traces joined, split, reversed and reordered; its marks follow."""
    count = len(ink.traces)
    join, cut, back = rng.random((3, count)) < [[settings.join], [settings.split], [settings.reverse]]
    shuffled = rng.random() < settings.shuffle
    if not (shuffled or join.any() or cut.any() or back.any()):
        return ink
    origins = list(range(count))
    owner = {trace: number for number, mark in enumerate(ink.marks) for trace in mark.traces}
    traces = [trace[::-1] if turned else trace for trace, turned in zip(ink.traces, back, strict=True)]
    for place in range(count - 1, 0, -1):
        if join[place] and place in owner and owner[place] == owner.get(place - 1):
            traces[place - 1 : place + 1] = [np.concatenate(traces[place - 1 : place + 1])]
            del origins[place]
    return _rearranged(ink, *_cut(traces, origins, cut, rng), rng if shuffled else None)


def _cut(
    traces: Sequence[np.ndarray], origins: Sequence[int], cut: np.ndarray, rng: np.random.Generator
) -> tuple[list[np.ndarray], list[int]]:
    """Traces, some of them split in two, and the index of the original trace that each one begins with."""
    found: list[np.ndarray] = []
    kept: list[int] = []
    for trace, origin in zip(traces, origins, strict=True):
        parts = [trace]
        if cut[origin] and len(trace) > 3:
            middle = int(rng.integers(1, len(trace) - 2))
            parts = [trace[: middle + 1], trace[middle + 1 :]]
        found += parts
        kept += [origin] * len(parts)
    return found, kept


def _rearranged(
    ink: InkSample, traces: Sequence[np.ndarray], origins: Sequence[int], rng: np.random.Generator | None
) -> InkSample:
    order = range(len(traces))
    if rng is not None:
        order = np.argsort(np.arange(len(traces)) + rng.normal(0.0, FAR, len(traces))).tolist()
    marks = []
    for mark in ink.marks:
        places = tuple(new for new, old in enumerate(order) if origins[old] in mark.traces)
        marks.append(Mark(mark.name, places, mark.token))
    return InkSample(tuple(traces[old] for old in order), ink.unit, tuple(marks))


def varied_strokes(ink: InkSample, points: int, settings: AugmentInk, rng: np.random.Generator) -> np.ndarray:
    """Augmented strokes (S, P, 2) of the ink, in the coordinates of `hmer_suite.ink.strokes.strokes_of`.

    Switching one kind off does not change the random numbers of the others.
    """
    strokes = strokes_of(ink, points)
    draws, whole = rng.uniform(-1.0, 1.0, (len(strokes), 5)), rng.uniform(-1.0, 1.0, 5)
    each = settings.stroke_size, settings.stroke_turn, settings.stroke_slant, settings.stroke_shift
    together = settings.size, settings.aspect, settings.turn, settings.slant
    varied = strokes
    if any(each) or settings.wobble:
        varied = _vary_each(varied, settings, draws, rng)
    if any(together):
        sizes = np.exp(settings.size * whole[0] + settings.aspect * whole[1:3])
        matrix = _matrices(sizes[None], settings.turn * whole[3:4], settings.slant * whole[4:])[0]
        varied = varied @ matrix.T
    return varied if varied is strokes else centred(varied)


def _vary_each(
    strokes: np.ndarray, settings: AugmentInk, draws: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Each of the strokes (S, P, 2) transformed about the middle of its box; `draws` (S, 5) are between -1 and 1."""
    low, high = strokes.min(axis=1), strokes.max(axis=1)
    middle, extent = (low + high)[:, None] / 2, (high - low).max(axis=1)
    matrices = _matrices(
        np.exp(settings.stroke_size * draws[:, :1]).repeat(2, axis=1),
        settings.stroke_turn * draws[:, 1],
        settings.stroke_slant * draws[:, 2],
    )
    moved = (strokes - middle) @ matrices.swapaxes(1, 2)
    moved += middle + (settings.stroke_shift * extent)[:, None, None] * draws[:, None, 3:]
    if settings.wobble:
        moved += (settings.wobble * extent)[:, None, None] * _waves(strokes.shape[0], strokes.shape[1], rng)
    return moved


def _matrices(sizes: np.ndarray, turns: np.ndarray, slants: np.ndarray) -> np.ndarray:
    """Matrices (n, 2, 2) on (x, y): scale by `sizes` (n, 2), then slant, then rotate."""
    cosine, sine = np.cos(turns), np.sin(turns)
    across, down = sizes.T
    sheared = -slants * down
    rows = [cosine * across, cosine * sheared + sine * down, -sine * across, cosine * down - sine * sheared]
    return np.stack(rows, axis=1).reshape(-1, 2, 2)


def _waves(strokes: int, points: int, rng: np.random.Generator) -> np.ndarray:
    """Smooth waves (S, P, 2) along strokes, of half a period to two and of amplitude 1 at most."""
    phases, periods = rng.uniform(0.0, 2 * np.pi, (strokes, 1, 2)), rng.uniform(0.5, 2.0, (strokes, 1, 2))
    return np.sin(phases + 2 * np.pi * periods * np.linspace(0.0, 1.0, points)[:, None])
