"""Traced ink as a data source: CROHME's ink as it comes back from pictures, for recognisers of ink that read photos.

``traced:PATH`` takes the training ink of CROHME (PATH as of ``crohme:PATH``) with symbols exchanged anew in each epoch
(`hmer_suite.data.sources.exchanged`), draws it in pens of different widths, and traces the drawings
(`hmer_suite.ink.tracing`). Three in ten formulas keep the strokes of the pen. Its validation and test splits are those
of ``crohme:PATH``, drawn in the usual pen and traced, without marks.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace

from hmer_suite.data.ink_sets import Drawn, LabelledInk, ink_set
from hmer_suite.data.sources import crohme
from hmer_suite.data.sources.exchanged import ExchangedInk
from hmer_suite.errors import UsageError
from hmer_suite.hookspecs import hookimpl
from hmer_suite.ink.marks import InkSample
from hmer_suite.ink.raster import Drawing
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.specs.samples import DataSourceSpec, LeftOut, SampleSet

USUAL = Drawing(symbol_height=40)
"""How validation and test formulas are drawn: large enough that small loops stay open."""

_UNTRACED = 0.3
"""Share of the training formulas that keep the strokes of the pen."""

_SYMBOL_HEIGHTS = (34.0, 46.0)
_PENS = (2.0, 4.0)
_THICK_PENS = (4.0, 6.0)
"""Pixels of training drawings, drawn evenly from between these."""

_THICK = 0.15
"""Share of the drawings that have a thick pen."""


def load(argument: str, split: str, preprocessing: Preprocessing) -> SampleSet:
    """A split; the training split is drawn anew for each epoch. See `hmer_suite.specs.samples.DataSourceSpec`.

    Raises:
        UsageError: images are wanted; there is no such split.
    """
    if preprocessing.input != "ink":
        raise UsageError(
            "traced ink is for recognisers that read ink; for those that read images take crohme:PATH"
        )
    if split != "train":
        return _fixed(argument, split, preprocessing)
    ink = ExchangedInk.of(argument)

    def redraw(seed: int, epoch: int) -> SampleSet:
        def strokes(index: int, sample: InkSample) -> InkSample:
            return _varied(sample, random.Random(f"traced {seed} {epoch} {index}"))

        rows = list(ink.rows(seed, epoch, "traced"))
        return _traced_set(split, rows, preprocessing, ink.left_out, strokes)

    return replace(ink_set(split, ink.written("traced"), preprocessing, ink.left_out), redraw=redraw)


def _fixed(argument: str, split: str, preprocessing: Preprocessing) -> SampleSet:
    """A split in the usual pen, the same each time."""
    from hmer_suite.ink.tracing.traced_ink import traced

    kept = crohme.load_ink(argument, split)
    known: dict[int, InkSample] = {}

    def strokes(index: int, sample: InkSample) -> InkSample:
        if index not in known:
            known[index] = traced(replace(sample, marks=()), USUAL)
        return known[index]

    return _traced_set(split, list(kept.rows()), preprocessing, kept.left_out, strokes)


def _varied(sample: InkSample, rng: random.Random) -> InkSample:
    """The ink as a training sample: traced from a drawing in some pen, or left as it is."""
    from hmer_suite.ink.tracing.traced_ink import traced

    if rng.random() < _UNTRACED:
        return sample
    height = rng.uniform(*_SYMBOL_HEIGHTS)
    pen = rng.uniform(*(_THICK_PENS if rng.random() < _THICK else _PENS))
    return traced(sample, replace(USUAL, symbol_height=height, stroke=pen / height))


_Strokes = Callable[[int, InkSample], InkSample]
"""Gives the ink that a sample set shows in a place in which this ink was written."""


def _traced_set(
    split: str,
    rows: Sequence[LabelledInk],
    preprocessing: Preprocessing,
    left_out: tuple[LeftOut, ...],
    strokes: _Strokes,
) -> SampleSet:
    """The rows, traced on access.

    Tracing takes about 10 ms a formula, minutes for a whole set. It is left to the loader's threads, and `sizes` holds
    the numbers of the pen's own strokes: batches only have to be made of samples of about the same size.
    """
    written = ink_set(split, rows, preprocessing, left_out)
    inks = _OnAccess([row.ink for row in rows], strokes)
    return replace(written, inks=inks, images=Drawn(inks, Drawing.of(preprocessing)))


class _OnAccess(Sequence):
    """Ink as `strokes` gives it, on access."""

    def __init__(self, written: Sequence[InkSample], strokes: _Strokes):
        self._written, self._strokes = written, strokes

    def __len__(self) -> int:
        return len(self._written)

    def __getitem__(self, index: int) -> InkSample:
        return self._strokes(index, self._written[index])


SOURCE = DataSourceSpec("traced", "CROHME's ink drawn, and traced from the drawings: traced:FOLDER", load)


@hookimpl
def hmer_data_sources() -> list[DataSourceSpec]:
    """The source."""
    return [SOURCE]
