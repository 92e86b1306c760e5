"""Sample sets of ink: as ink, or drawn; what every source that has ink hands out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hmer_suite.ink.marks import InkSample
from hmer_suite.ink.raster import Drawing, draw, in_pixels
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.specs.samples import LeftOut, SampleSet

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, slots=True, eq=False)
class LabelledInk:
    """One sample of a set. `pen` is the width of its pen in symbol heights; None takes the usual one."""

    id: str
    label: str
    ink: InkSample
    source: str
    pen: float | None = None


def ink_set(
    split: str, rows: Iterable[LabelledInk], preprocessing: Preprocessing, left_out: tuple[LeftOut, ...] = ()
) -> SampleSet:
    """The rows as ink or as images, whichever `preprocessing` asks for."""
    return (_as_ink if preprocessing.input == "ink" else _as_images)(
        split, list(rows), preprocessing, left_out
    )


def _as_ink(
    split: str, rows: Sequence[LabelledInk], preprocessing: Preprocessing, left_out: tuple[LeftOut, ...]
) -> SampleSet:
    import numpy as np

    inks = tuple(row.ink for row in rows)
    return SampleSet(
        split=split,
        ids=tuple(row.id for row in rows),
        labels=tuple(row.label for row in rows),
        sizes=np.array([_size(row) for row in rows], dtype=np.int32).reshape(-1, 2),
        images=Drawn(inks, Drawing.of(preprocessing)),
        sources=tuple(row.source for row in rows),
        left_out=left_out,
        kind="ink",
        inks=inks,
        points=preprocessing.points,
    )


def _size(row: LabelledInk) -> tuple[int, int]:
    """Traces, and tokens of the label with its end."""
    return len(row.ink.traces), len(row.label.split()) + 1


def _as_images(
    split: str, rows: Sequence[LabelledInk], preprocessing: Preprocessing, left_out: tuple[LeftOut, ...]
) -> SampleSet:
    import numpy as np

    drawings = [_drawing(row, preprocessing) for row in rows]
    images = Packed()
    sizes = []
    for row, drawing in zip(rows, drawings, strict=True):
        image = draw(row.ink.traces, drawing, row.ink.unit)
        sizes.append(image.shape)
        images.append(image)
    return SampleSet(
        split=split,
        ids=tuple(row.id for row in rows),
        labels=tuple(row.label for row in rows),
        sizes=np.array(sizes, dtype=np.int32).reshape(-1, 2),
        images=images,
        sources=tuple(row.source for row in rows),
        left_out=left_out,
        inks=InPixels(tuple(row.ink for row in rows), drawings),
    )


def _drawing(row: LabelledInk, preprocessing: Preprocessing) -> Drawing:
    drawing = Drawing.of(preprocessing)
    return drawing if row.pen is None else replace(drawing, stroke=row.pen)


class Drawn(Sequence):
    """Drawings of ink, made on access."""

    def __init__(self, inks: Sequence[InkSample], drawing: Drawing):
        self._inks, self._drawing = inks, drawing

    def __len__(self) -> int:
        return len(self._inks)

    def __getitem__(self, index: int) -> np.ndarray:
        ink = self._inks[index]
        return draw(ink.traces, self._drawing, ink.unit)


class InPixels(Sequence):
    """Ink in pixels of its drawings, on access."""

    def __init__(self, inks: Sequence[InkSample], drawings: Sequence[Drawing]):
        self._inks, self._drawings = inks, drawings

    def __len__(self) -> int:
        return len(self._inks)

    def __getitem__(self, index: int) -> InkSample:
        ink, drawing = self._inks[index], self._drawings[index]
        traces, unit = in_pixels(ink.traces, drawing, ink.unit)
        return InkSample(traces, unit, ink.marks)


class Packed(Sequence):
    """Images kept as PNG, a tenth of their size, and unpacked on access."""

    def __init__(self) -> None:
        self._files: list[np.ndarray] = []

    def append(self, image: np.ndarray) -> None:
        """One image more."""
        import cv2

        self._files.append(cv2.imencode(".png", image, [cv2.IMWRITE_PNG_COMPRESSION, 1])[1])

    def __len__(self) -> int:
        return len(self._files)

    def __getitem__(self, index: int) -> np.ndarray:
        import cv2

        return cv2.imdecode(self._files[index], cv2.IMREAD_GRAYSCALE)
