"""Prepared sets as a data source: ``--data parquet:PATH``, a file or a folder of files.

``parquet:PATH,image=COLUMN,latex=COLUMN,id=COLUMN`` names the columns of a file that others wrote.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from hmer_suite.data.column_names import ColumnNames
from hmer_suite.data.sources.arguments import path_and_options
from hmer_suite.errors import InputError, UsageError
from hmer_suite.hookspecs import hookimpl
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.specs.samples import SPLITS, DataSourceSpec, SampleSet

OPTIONS = ("image", "latex", "id")


def load(argument: str, split: str, preprocessing: Preprocessing) -> SampleSet:
    """A split of a prepared set, as `hmer_suite.data.parquet.read_set` reads it; see `DataSourceSpec`."""
    # It loads pyarrow, which commands that only list data sources do not need.
    from hmer_suite.data.parquet import read_set

    path, columns = _parsed(argument)
    samples = read_set(path, split, preprocessing, columns=columns)
    if samples.left_out and not len(samples):
        first = samples.left_out[0]
        raise InputError(f"{path}: no usable sample; the first, {first.id}: {first.reason}")
    return samples


def find_splits(argument: str) -> tuple[str, ...]:
    """The names of the splits of a prepared set; the errors of `load`."""
    from hmer_suite.data.parquet import splits_of

    return splits_of(_parsed(argument)[0])


def _parsed(argument: str) -> tuple[str, ColumnNames]:
    if not argument:
        raise UsageError("parquet: say which file or folder, as in parquet:PATH")
    path, options = path_and_options("parquet", argument, OPTIONS)
    return path, ColumnNames(**options)


def holds_sets(folder: Path) -> bool:
    """Whether a folder has Parquet files where `hmer_suite.data.parquet` looks for them."""
    return any(folder.glob("*.parquet")) or any(folder.glob("data/*.parquet"))


SOURCE = DataSourceSpec(
    "parquet",
    "Prepared sets: Parquet files with image and latex columns.",
    load,
    SPLITS,
    find_splits,
)


@hookimpl
def hmer_data_sources() -> Iterable[DataSourceSpec]:
    """The source of this module."""
    return [SOURCE]
