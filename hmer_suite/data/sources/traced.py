"""Traced ink as a data source: CROHME's ink drawn and traced again, for recognisers of ink that read photos.

``traced:PATH`` takes the training ink of CROHME (PATH as in ``crohme:PATH``) with symbols exchanged anew in each epoch
(`hmer_suite.data.sources.exchanged`), draws it with pens of different widths, and traces the drawings
(`hmer_suite.ink.tracing`). Three in ten formulas keep the strokes of the pen. Its validation and test splits are those
of ``crohme:PATH``, drawn with one pen and traced, without marks.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace

from hmer_suite.data.ink_sets import InkDrawings, LabelledInk, ink_set
from hmer_suite.data.sources import crohme
from hmer_suite.data.sources.exchanged import ExchangedInk
from hmer_suite.errors import UsageError
from hmer_suite.hookspecs import hookimpl
from hmer_suite.ink.raster import Drawing
from hmer_suite.lazy_sequence import LazySequence
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.specs.samples import DataSourceSpec, InkSample, LeftOut, SampleSet

TEST_DRAWING = Drawing(symbol_height=40)
"""Drawing of validation and test formulas, large enough to keep small loops open."""

_UNTRACED = 0.3
"""Share of the training formulas that keep the strokes of the pen."""

_SYMBOL_HEIGHTS = (34.0, 46.0)
_PENS = (2.0, 4.0)
_THICK_PENS = (4.0, 6.0)
"""Ranges in pixels from which the sizes of training drawings are drawn uniformly."""

_THICK = 0.15
"""Share of the drawings with a thick pen."""


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

        samples = list(ink.samples(seed, epoch, "traced"))
        return _traced_set(split, samples, preprocessing, ink.left_out, strokes)

    return replace(ink_set(split, ink.originals("traced"), preprocessing, ink.left_out), redraw=redraw)


def _fixed(argument: str, split: str, preprocessing: Preprocessing) -> SampleSet:
    """A split in `TEST_DRAWING`, the same in each epoch."""
    # It loads OpenCV, which commands that only list data sources do not need.
    from hmer_suite.ink.tracing.traced_ink import traced

    kept = crohme.load_ink(argument, split)
    known: dict[int, InkSample] = {}

    def strokes(index: int, sample: InkSample) -> InkSample:
        if index not in known:
            known[index] = traced(replace(sample, marks=()), TEST_DRAWING)
        return known[index]

    return _traced_set(split, list(kept.labelled_inks()), preprocessing, kept.left_out, strokes)


def _varied(sample: InkSample, rng: random.Random) -> InkSample:
    """The ink as a training sample: traced from a drawing with a random pen, or unchanged."""
    # It loads OpenCV, which commands that only list data sources do not need.
    from hmer_suite.ink.tracing.traced_ink import traced

    if rng.random() < _UNTRACED:
        return sample
    height = rng.uniform(*_SYMBOL_HEIGHTS)
    pen = rng.uniform(*(_THICK_PENS if rng.random() < _THICK else _PENS))
    return traced(sample, replace(TEST_DRAWING, symbol_height=height, stroke=pen / height))


_Strokes = Callable[[int, InkSample], InkSample]
"""Returns the traced ink of the sample at an index, given the ink as it was written."""


def _traced_set(
    split: str,
    samples: Sequence[LabelledInk],
    preprocessing: Preprocessing,
    left_out: tuple[LeftOut, ...],
    strokes: _Strokes,
) -> SampleSet:
    """The samples, traced on access.

    Tracing takes about 10 ms for a formula, minutes for a whole set, so it is left to the loader's threads. `sizes`
    holds the numbers of the pen's own strokes, which is close enough for batches of similar samples.
    """
    written = ink_set(split, samples, preprocessing, left_out)
    inks = _TracedOnAccess([sample.ink for sample in samples], strokes)
    return replace(written, inks=inks, images=InkDrawings(inks, Drawing.of(preprocessing)))


class _TracedOnAccess(LazySequence[InkSample]):
    """Ink traced by `strokes` on access."""

    def __init__(self, written: Sequence[InkSample], strokes: _Strokes):
        self._written, self._strokes = written, strokes

    def __len__(self) -> int:
        return len(self._written)

    def item(self, index: int) -> InkSample:
        return self._strokes(index, self._written[index])


SOURCE = DataSourceSpec("traced", "CROHME's ink drawn, and traced from the drawings: traced:FOLDER", load)


@hookimpl
def hmer_data_sources() -> list[DataSourceSpec]:
    """The source of this module."""
    return [SOURCE]
