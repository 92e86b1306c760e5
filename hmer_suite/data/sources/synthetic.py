"""Synthetic handwriting as a data source, for which nothing has to be downloaded.

``synthetic:N`` has N samples for training (2,000 by default), and for validation and testing a tenth of that each, but
at least 64, by writers that are not in training. ``synthetic:N,SEED`` is another such set, and
``synthetic:N,SEED,LONGEST`` has no formula of more than LONGEST tokens. Sample i does not depend on how many there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hmer_suite.data.ink_sets import LabelledInk, ink_set
from hmer_suite.data.sources.arguments import Series
from hmer_suite.errors import UsageError
from hmer_suite.handwriting.writers import WrittenFormula, synthetic
from hmer_suite.hookspecs import hookimpl
from hmer_suite.ink.symbol_height import symbol_height
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.specs.samples import SPLITS, DataSourceSpec, InkSample, SampleSet

LEAST_HELD_OUT = 64

_FIRST_WRITERS = {"train": 0, "validation": 1 << 30, "test": 1 << 31}
"""Number of each split's first writer, so far apart that no training set reaches the writers of the others."""


def load(argument: str, split: str, preprocessing: Preprocessing) -> SampleSet:
    """One split; see `hmer_suite.specs.samples.DataSourceSpec`."""
    if split not in SPLITS:
        raise UsageError(f"synthetic handwriting has no split {split}, only {', '.join(SPLITS)}")
    series = Series.of("synthetic", argument)
    count = series.count
    if split != "train":
        count = max(LEAST_HELD_OUT, count // 10)
    written = (
        synthetic(series.seed, _FIRST_WRITERS[split], number, series.longest) for number in range(count)
    )
    return written_set("synthetic", split, written, preprocessing)


def written_set(
    source: str, split: str, written: Iterable[WrittenFormula], preprocessing: Preprocessing
) -> SampleSet:
    """Written formulas as ink or as images, with ids ``SOURCE-SPLIT-000017``."""
    return ink_set(split, _labelled_inks(source, split, written), preprocessing)


def _labelled_inks(source: str, split: str, written: Iterable[WrittenFormula]) -> Iterator[LabelledInk]:
    for number, item in enumerate(written):
        ink = InkSample(item.traces, symbol_height(item.traces), item.marks)
        yield LabelledInk(f"{source}-{split}-{number:06}", item.formula, ink, source, item.pen)


SOURCE = DataSourceSpec(
    "synthetic", "synthetic handwriting, N[,SEED[,LONGEST]] samples: nothing to download", load
)


@hookimpl
def hmer_data_sources() -> list[DataSourceSpec]:
    """The source of this module."""
    return [SOURCE]
