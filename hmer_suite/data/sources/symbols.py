"""Single symbols cut from CROHME's ink by its symbol groups, each labelled with its token.

``symbols:PATH`` takes PATH as in ``crohme:PATH`` and keeps its splits, which share no writer. A symbol is drawn at the
scale of its formula, so that a comma stays small relative to a bracket, in the middle of a square whose side is twice
the height of a full-size symbol, plus padding; larger symbols are shrunk to fit, with the same aspect. As ink it keeps
the scale of the formula too. Groups that the formula's label does not confirm (`hmer_suite.handwriting.cut_glyphs.cut`)
are listed as left out, by formula.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import isqrt

import numpy as np

from hmer_suite.data.ink_sets import LabelledInk, ink_set
from hmer_suite.data.sources.crohme import load_ink
from hmer_suite.errors import InputError
from hmer_suite.handwriting.cut_glyphs import CutSymbol, cut
from hmer_suite.hookspecs import hookimpl
from hmer_suite.ink.inkml import InkDocument
from hmer_suite.ink.marks import shape
from hmer_suite.ink.raster import Drawing, draw
from hmer_suite.ink.symbol_height import symbol_height
from hmer_suite.lazy_sequence import LazySequence
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.specs.samples import DataSourceSpec, InkSample, LeftOut, Mark, SampleSet

SQUARE_SIDE = 2.0
"""Side of the square without its padding, in heights of a full-size symbol."""


@dataclass(frozen=True, slots=True, eq=False)
class SymbolSample:
    """A symbol with its id, and the height of a full-size symbol of its formula in units of the ink."""

    id: str
    symbol: CutSymbol
    height: float


def load(argument: str, split: str, preprocessing: Preprocessing) -> SampleSet:
    """A split as ink or images; see `hmer_suite.specs.samples.DataSourceSpec`."""
    symbols, left_out = load_symbols(argument, split)
    if preprocessing.input == "ink":
        return ink_set(split, map(_row, symbols), preprocessing, left_out)
    side = min(
        round(SQUARE_SIDE * preprocessing.symbol_height) + 2 * preprocessing.padding,
        isqrt(preprocessing.max_pixels),
    )
    images = [draw_symbol(item, side, preprocessing) for item in symbols]
    return SampleSet(
        split=split,
        ids=tuple(item.id for item in symbols),
        labels=tuple(item.symbol.token for item in symbols),
        sizes=np.full((len(images), 2), side, dtype=np.int32),
        images=_CentredImages(images, side),
        sources=tuple(item.symbol.source for item in symbols),
        left_out=left_out,
    )


def _row(item: SymbolSample) -> LabelledInk:
    token, strokes = item.symbol.token, item.symbol.strokes
    mark = Mark(shape(token), tuple(range(len(strokes))), 0)
    return LabelledInk(item.id, token, InkSample(strokes, item.height, (mark,)), item.symbol.source)


def load_symbols(argument: str, split: str) -> tuple[list[SymbolSample], tuple[LeftOut, ...]]:
    """The symbols of a split, in the order of formulas, and the samples left out.

    Raises:
        InputError: no symbols are marked.
        UsageError: CROHME has no such split.
    """
    ink = load_ink(argument, split)
    symbols: list[SymbolSample] = []
    left_out = list(ink.left_out)
    for item, label in zip(ink.inks, ink.labels, strict=True):
        found = list(_cut(item, label))
        symbols += found
        if len(found) < len(item.groups):
            missing = len(item.groups) - len(found)
            reason = f"{missing} of {len(item.groups)} symbol groups: their number or name is not the label's"
            left_out.append(LeftOut(item.id, reason))
    if not symbols:
        raise InputError(f"{argument}: no symbols are marked in the {split} ink")
    return symbols, tuple(left_out)


def _cut(ink: InkDocument, label: str) -> Iterator[SymbolSample]:
    height = symbol_height(ink.traces)
    for number, symbol in enumerate(cut(ink, label), start=1):
        yield SymbolSample(f"{ink.id}-{number}", symbol, height)


def draw_symbol(item: SymbolSample, side: int, preprocessing: Preprocessing) -> np.ndarray:
    """A padded drawing at the scale of the symbol's formula, reduced if it exceeds a square of `side` pixels."""
    drawing = Drawing.of(preprocessing)
    room = max(1.0, side - 2 * drawing.padding - max(1.0, drawing.stroke * drawing.symbol_height))
    longest = drawing.symbol_height / item.height * float(item.symbol.extent.max())
    fitted = drawing.symbol_height * min(1.0, room / max(longest, 1e-9))
    return draw(item.symbol.strokes, replace(drawing, symbol_height=fitted), item.height)


class _CentredImages(LazySequence[np.ndarray]):
    """Images centred in squares, on access."""

    def __init__(self, images: Sequence[np.ndarray], side: int):
        self._images, self._side = images, side

    def __len__(self) -> int:
        return len(self._images)

    def item(self, index: int) -> np.ndarray:
        image = self._images[index]
        square = np.zeros((self._side, self._side), np.uint8)
        top, left = ((self._side - length) // 2 for length in image.shape)
        square[top : top + image.shape[0], left : left + image.shape[1]] = image
        return square


SOURCE = DataSourceSpec(
    "symbols", "single symbols of CROHME's ink: symbols:FOLDER, the folder of crohme:FOLDER", load
)


@hookimpl
def hmer_data_sources() -> list[DataSourceSpec]:
    """The source of this module."""
    return [SOURCE]
