"""Sample sets of ink, as ink or drawn, for all sources that have ink."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from hmer_suite.images.files import EncodedImages, encode_png
from hmer_suite.ink.raster import Drawing, draw, in_pixels
from hmer_suite.lazy_sequence import LazySequence
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.specs.samples import InkSample, LeftOut, SampleSet


@dataclass(frozen=True, slots=True, eq=False)
class LabelledInk:
    """One sample of a set. `pen` is the width of the pen in symbol heights; None takes that of `Drawing`."""

    id: str
    label: str
    ink: InkSample
    source: str
    pen: float | None = None


def ink_set(
    split: str, rows: Iterable[LabelledInk], preprocessing: Preprocessing, left_out: tuple[LeftOut, ...] = ()
) -> SampleSet:
    """The samples as ink or as images, as `preprocessing` asks."""
    return (_as_ink if preprocessing.input == "ink" else _as_images)(
        split, list(rows), preprocessing, left_out
    )


def _as_ink(
    split: str, rows: Sequence[LabelledInk], preprocessing: Preprocessing, left_out: tuple[LeftOut, ...]
) -> SampleSet:
    inks = tuple(row.ink for row in rows)
    return SampleSet(
        split=split,
        ids=tuple(row.id for row in rows),
        labels=tuple(row.label for row in rows),
        sizes=np.array([_size(row) for row in rows], dtype=np.int32).reshape(-1, 2),
        images=InkDrawings(inks, Drawing.of(preprocessing)),
        sources=tuple(row.source for row in rows),
        left_out=left_out,
        kind="ink",
        inks=inks,
        points=preprocessing.points,
    )


def _size(row: LabelledInk) -> tuple[int, int]:
    """Numbers of traces, and of tokens of the label including its end."""
    return len(row.ink.traces), len(row.label.split()) + 1


def _as_images(
    split: str, rows: Sequence[LabelledInk], preprocessing: Preprocessing, left_out: tuple[LeftOut, ...]
) -> SampleSet:
    drawings = [_drawing(row, preprocessing) for row in rows]
    files: list[bytes] = []
    sizes: list[tuple[int, ...]] = []
    for row, drawing in zip(rows, drawings, strict=True):
        image = draw(row.ink.traces, drawing, row.ink.unit)
        sizes.append(image.shape)
        files.append(encode_png(image))
    return SampleSet(
        split=split,
        ids=tuple(row.id for row in rows),
        labels=tuple(row.label for row in rows),
        sizes=np.array(sizes, dtype=np.int32).reshape(-1, 2),
        images=EncodedImages(files, [row.id for row in rows]),
        sources=tuple(row.source for row in rows),
        left_out=left_out,
        inks=InksInPixels(tuple(row.ink for row in rows), drawings),
    )


def _drawing(row: LabelledInk, preprocessing: Preprocessing) -> Drawing:
    drawing = Drawing.of(preprocessing)
    return drawing if row.pen is None else replace(drawing, stroke=row.pen)


class InkDrawings(LazySequence[np.ndarray]):
    """Drawings of ink, made on access."""

    def __init__(self, inks: Sequence[InkSample], drawing: Drawing):
        self._inks, self._drawing = inks, drawing

    def __len__(self) -> int:
        return len(self._inks)

    def item(self, index: int) -> np.ndarray:
        ink = self._inks[index]
        return draw(ink.traces, self._drawing, ink.unit)


class InksInPixels(LazySequence[InkSample]):
    """Ink in pixels of its drawings, converted on access."""

    def __init__(self, inks: Sequence[InkSample], drawings: Sequence[Drawing]):
        self._inks, self._drawings = inks, drawings

    def __len__(self) -> int:
        return len(self._inks)

    def item(self, index: int) -> InkSample:
        ink, drawing = self._inks[index], self._drawings[index]
        traces, unit = in_pixels(ink.traces, drawing, ink.unit)
        return InkSample(traces, unit, ink.marks)
