"""Sample sets read from Parquet files, our own or others'."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hmer_suite.data.column_names import NO_COLUMNS, ColumnNames
from hmer_suite.data.parquet.foreign_files import ForeignReading, read_foreign
from hmer_suite.data.parquet.own_files import OwnFile, read_images, read_ink
from hmer_suite.data.parquet.set_files import SetFile, set_files, split_names
from hmer_suite.data.parquet.writing import check_ids
from hmer_suite.data.split_names import our_split_name
from hmer_suite.data.subsets import chained
from hmer_suite.errors import UsageError
from hmer_suite.predictions.layouts import show
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.specs.samples import SampleSet


def read_set(
    path: str | Path,
    split: str | None = None,
    preprocessing: Preprocessing | None = None,
    labelled: bool = True,
    columns: ColumnNames = NO_COLUMNS,
) -> SampleSet:
    """One split of a prepared set: a Parquet file, or a folder of such files named after their splits.

    `split` may be None if there is only one; rows of a file that names no split are "train". Samples are as
    `preprocessing` asks, by default images as they are stored; ink if it is wanted and all rows have it, along with the
    stored images for display. In files that others wrote, each image is normalised (`images.photo.normalise`) at once,
    labels are made canonical, and rows without an id are numbered from 0, through all files of the split in the order
    of their names. A row whose image or label cannot be used is in `left_out`; with `labelled` False, a missing label
    is left empty. `columns` names columns of such files.

    Raises:
        InputError: a file cannot be read, has no image column, or repeats an id.
        UsageError: no such split, or no such column.
    """
    files = set_files(Path(path))
    names = split_names(files)
    if split is None:
        if len(names) > 1:
            raise UsageError(f"{path}: say which split: {', '.join(names)}")
        split = names[0] if names else "train"
    split = split if split in names else our_split_name(split)
    if split not in names:
        raise UsageError(f"{path}: no split {show(split)}, it has {', '.join(names) or 'no rows'}")
    holding = [file for file in files if split in file.splits]
    if columns != NO_COLUMNS or any(file.facts is None for file in holding):
        wanted = ForeignReading(split, preprocessing or Preprocessing(), labelled, columns)
        samples = chained(read_foreign(holding, wanted))
    else:
        samples = chained(_read_own(holding, split, preprocessing))
    check_ids(f"{path}: split {split}", samples.ids)
    return samples


def splits_of(path: str | Path) -> tuple[str, ...]:
    """Names of the splits of a prepared set, in the order of its rows. Raises `InputError` as `read_set` does."""
    return split_names(set_files(Path(path)))


def _read_own(files: Sequence[SetFile], split: str, preprocessing: Preprocessing | None) -> list[SampleSet]:
    """The split in each of our own files that hold it."""
    own = [OwnFile(file, file.facts) for file in files if file.facts is not None]
    has_ink = all(part.facts.splits[split].has_ink for part in own)
    if preprocessing is not None and preprocessing.input == "ink" and has_ink:
        return [read_ink(part, split, preprocessing) for part in own]
    return [read_images(part, split, preprocessing) for part in own]
