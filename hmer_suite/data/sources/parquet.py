"""Prepared sets as a data source: ``--data parquet:PATH``, a file or a folder of files."""

from __future__ import annotations

from collections.abc import Iterable

from hmer_suite.errors import InputError, UsageError
from hmer_suite.hookspecs import hookimpl
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.specs.samples import DataSourceSpec, SampleSet


def load(argument: str, split: str, preprocessing: Preprocessing) -> SampleSet:
    """A split of a prepared set, as `hmer_suite.data.parquet.read_set` reads it; see `DataSourceSpec`."""
    # It loads pyarrow, which commands that only list data sources do not need.
    from hmer_suite.data.parquet import read_set

    if not argument:
        raise UsageError("parquet: say which file or folder, as in parquet:PATH")
    samples = read_set(argument, split, preprocessing)
    if samples.left_out and not len(samples):
        first = samples.left_out[0]
        raise InputError(f"{argument}: no usable sample; the first, {first.id}: {first.reason}")
    return samples


SOURCE = DataSourceSpec("parquet", "Prepared sets: Parquet files with image and latex columns.", load)


@hookimpl
def hmer_data_sources() -> Iterable[DataSourceSpec]:
    """The source of this module."""
    return [SOURCE]
