"""Single symbols, each labelled with its token: cut from CROHME's ink by its symbol groups, or as pictures.

``symbols:PATH`` takes PATH as in ``crohme:PATH`` and keeps its splits, which share no writer, or a set of pictures of
symbols (`hmer_suite.data.layouts.symbol_folders`, HASYv2). A symbol is drawn at the
scale of its formula, so that a comma stays small relative to a bracket, in the middle of a square whose side is twice
the height of a full-size symbol, plus padding; larger symbols are shrunk to fit, with the same aspect. As ink it keeps
the scale of the formula too. Groups that the formula's label does not confirm (`hmer_suite.handwriting.cut_glyphs.cut`)
are listed as left out, by formula. Pictures have lost that scale: each symbol gets the height of a full-size one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import isqrt
from pathlib import Path

import numpy as np

from hmer_suite.data.ink_sets import LabelledInk, ink_set
from hmer_suite.data.layouts import records, symbol_folders
from hmer_suite.data.layouts.detection import detected
from hmer_suite.data.layouts.found import FoundSet, SetOptions
from hmer_suite.data.sources import crohme, images
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
from hmer_suite.specs.samples import SPLITS, DataSourceSpec, InkSample, LeftOut, Mark, SampleSet

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
    if _pictures(argument) is not None:
        return _squares(images.load(argument, split, preprocessing), _side(preprocessing))
    symbols, left_out = load_symbols(argument, split)
    if preprocessing.input == "ink":
        return ink_set(split, map(_row, symbols), preprocessing, left_out)
    side = _side(preprocessing)
    drawn = [draw_symbol(item, side, preprocessing) for item in symbols]
    return SampleSet(
        split=split,
        ids=tuple(item.id for item in symbols),
        labels=tuple(item.symbol.token for item in symbols),
        sizes=np.full((len(drawn), 2), side, dtype=np.int32),
        images=_CentredImages(drawn, side),
        sources=tuple(item.symbol.source for item in symbols),
        left_out=left_out,
    )


def splits_of(argument: str) -> tuple[str, ...]:
    """The names of the splits of a set; the errors of `load`."""
    found = _pictures(argument)
    return crohme.splits_of(argument) if found is None else tuple(found.splits.named)


def _pictures(argument: str) -> FoundSet | None:
    """The set of pictures of symbols at a path; None if it is another."""
    path = Path(argument.split(",")[0]).expanduser()
    if not argument or not path.exists():
        return None
    for layout in (symbol_folders.NAME, records.NAME):
        for found in detected(path, SetOptions(layout=layout)):
            if found.symbols:
                return found
    return None


def _side(preprocessing: Preprocessing) -> int:
    """The side of the square of a symbol, in pixels."""
    return min(
        round(SQUARE_SIDE * preprocessing.symbol_height) + 2 * preprocessing.padding,
        isqrt(preprocessing.max_pixels),
    )


def _squares(samples: SampleSet, side: int) -> SampleSet:
    """Pictures of symbols in the middle of squares, reduced where they exceed them."""
    return replace(
        samples,
        sizes=np.full((len(samples), 2), side, dtype=np.int32),
        images=_CentredImages(samples.images, side),
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


def _within(image: np.ndarray, side: int) -> np.ndarray:
    """An image, reduced with its aspect if it exceeds a square of `side` pixels."""
    longest = max(image.shape)
    if longest <= side:
        return image
    # It loads OpenCV, which commands that only list data sources do not need.
    import cv2

    height, width = (max(1, length * side // longest) for length in image.shape)
    return cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)


class _CentredImages(LazySequence[np.ndarray]):
    """Images centred in squares, on access."""

    def __init__(self, images: Sequence[np.ndarray], side: int):
        self._images, self._side = images, side

    def __len__(self) -> int:
        return len(self._images)

    def item(self, index: int) -> np.ndarray:
        image = _within(self._images[index], self._side)
        square = np.zeros((self._side, self._side), np.uint8)
        top, left = ((self._side - length) // 2 for length in image.shape)
        square[top : top + image.shape[0], left : left + image.shape[1]] = image
        return square


SOURCE = DataSourceSpec(
    "symbols",
    "Single symbols: symbols:FOLDER with the ink of crohme:FOLDER, or a folder of pictures for each symbol.",
    load,
    SPLITS,
    splits_of,
)


@hookimpl
def hmer_data_sources() -> list[DataSourceSpec]:
    """The source of this module."""
    return [SOURCE]
