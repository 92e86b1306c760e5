"""Any data set by its path alone: ``auto:PATH``, which a path without the name of a source stands for.

The files say which source reads it: Parquet files are a prepared set (``parquet``), InkML files are ink (``inkml``,
which reads CROHME and MathWriting too), and pictures with labels are read in their layout (``images``). Where two of
these fit, the error names both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from hmer_suite.data.ink_folders import find_ink
from hmer_suite.data.layouts.detection import detected
from hmer_suite.data.layouts.found import SetOptions
from hmer_suite.data.sources import images, inkml, parquet
from hmer_suite.data.sources.arguments import path_and_options
from hmer_suite.errors import InputError, UsageError
from hmer_suite.hookspecs import hookimpl
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.specs.samples import SPLITS, DataSourceSpec, SampleSet

_SOURCES: Mapping[str, DataSourceSpec] = {
    source.name: source for source in (parquet.SOURCE, images.SOURCE, inkml.SOURCES[0])
}


def load(argument: str, split: str, preprocessing: Preprocessing) -> SampleSet:
    """A split, as the source that fits reads it; see `DataSourceSpec`."""
    return source_for(argument).load(argument, split, preprocessing)


def splits_of(argument: str) -> tuple[str, ...]:
    """The names of the splits of a set; the errors of `load`."""
    found = source_for(argument)
    assert found.find_splits is not None
    return found.find_splits(argument)


def source_for(argument: str) -> DataSourceSpec:
    """The source that reads a path.

    Raises:
        InputError: nothing is there, or nothing that any source reads.
        UsageError: several sources read it; the message names them.
    """
    if not argument:
        raise UsageError("auto: say which file or folder, as in auto:PATH")
    text, options = path_and_options("auto", argument, images.OPTIONS)
    path = Path(text).expanduser()
    if not path.exists():
        raise InputError(f"{path}: no such file or folder")
    if path.suffix == ".parquet":
        return _SOURCES["parquet"]
    found = []
    if path.is_dir() and parquet.holds_sets(path):
        found.append("parquet")
    if find_ink(path) is not None:
        found.append("inkml")
    if len(found) == 0 or path.is_dir():
        found += ["images"] * bool(detected(path, SetOptions(**options)))
    if len(found) > 1:
        raise UsageError(
            f"{path}: it can be read in several ways: say {' or '.join(f'{name}:{text}' for name in found)}"
        )
    # Without any, pictures are what a message can say most about.
    return _SOURCES[found[0] if found else "images"]


SOURCE = DataSourceSpec(
    "auto", "Any data set, by what is found at a path: auto:PATH, or the path alone.", load, SPLITS, splits_of
)


@hookimpl
def hmer_data_sources() -> Iterable[DataSourceSpec]:
    """The source of this module."""
    return [SOURCE]
