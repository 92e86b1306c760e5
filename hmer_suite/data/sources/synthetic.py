"""Synthetic handwriting as a data source: nothing to download.

``synthetic:N`` has N samples for training (2,000 where N is left out) and a tenth, but at least 64, for validation
and for testing each, by writers that are not in training. ``synthetic:N,SEED`` is another such set, and
``synthetic:N,SEED,LONGEST`` has no formula of more than LONGEST tokens. Sample i is always the same, however many
there are and in whatever order they are asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hmer_suite.data.ink_sets import LabelledInk, ink_set
from hmer_suite.errors import UsageError
from hmer_suite.hookspecs import hookimpl
from hmer_suite.ink.marks import InkSample
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.specs.samples import SPLITS, DataSourceSpec, SampleSet

if TYPE_CHECKING:
    from hmer_suite.handwriting.writers import WrittenFormula

DEFAULT_SAMPLES = 2_000
LEAST_HELD_OUT = 64

_FIRST_WRITERS = {"train": 0, "validation": 1 << 30, "test": 1 << 31}
"""Where each split starts to count its writers: no training set ever comes to those of the others."""


def load(argument: str, split: str, preprocessing: Preprocessing) -> SampleSet:
    """One split; see `hmer_suite.specs.samples.DataSourceSpec`."""
    from hmer_suite.handwriting.writers import synthetic

    if split not in SPLITS:
        raise UsageError(f"synthetic handwriting has no split {split}, only {', '.join(SPLITS)}")
    series = Series.of("synthetic", argument)
    count = series.count
    if split != "train":
        count = max(LEAST_HELD_OUT, count // 10)
    written = (
        synthetic(series.seed, _FIRST_WRITERS[split], number, series.longest) for number in range(count)
    )
    return sample_set("synthetic", split, written, preprocessing)


def sample_set(
    source: str, split: str, written: Iterable[WrittenFormula], preprocessing: Preprocessing
) -> SampleSet:
    """Written formulas as ink or as images, with ids ``SOURCE-SPLIT-000017``."""
    return ink_set(split, _rows(source, split, written), preprocessing)


def _rows(source: str, split: str, written: Iterable[WrittenFormula]) -> Iterator[LabelledInk]:
    from hmer_suite.ink.symbol_height import symbol_height

    for number, item in enumerate(written):
        ink = InkSample(item.traces, symbol_height(item.traces), item.marks)
        yield LabelledInk(f"{source}-{split}-{number:06}", item.formula, ink, source, item.pen)


@dataclass(frozen=True, slots=True)
class Series:
    """So many made-up samples, of the series of that seed; of at most `longest` tokens where it is not 0."""

    count: int = DEFAULT_SAMPLES
    seed: int = 0
    longest: int = 0

    @classmethod
    def of(cls, source: str, argument: str) -> Series:
        """``N[,SEED[,LONGEST]]`` or nothing; `UsageError` names the source for anything else."""
        words = argument.split(",") if argument else []
        if len(words) > 3 or not all(word.strip().isdecimal() for word in words):
            raise UsageError(f"{source}:{argument}: expected {source}[:N[,SEED[,LONGEST]]], whole numbers")
        series = cls(*map(int, words))
        if series.count < 1:
            raise UsageError(f"{source}:{argument}: at least one sample is needed")
        return series


SOURCE = DataSourceSpec(
    "synthetic", "handwriting that is made up, N[,SEED[,LONGEST]] samples: nothing to download", load
)


@hookimpl
def hmer_data_sources() -> list[DataSourceSpec]:
    """The source."""
    return [SOURCE]
