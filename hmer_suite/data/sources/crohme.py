"""CROHME as a data source: the competition's labelled ink of every year (2011 to 2023; CC BY-NC-SA 3.0).

``crohme:PATH`` takes a folder or an archive with the packs as they were published, of one year or of several, or with
``train.inkml.tar.xz``, ``test2013.inkml.tar.xz`` and ``test2014.inkml.tar.xz``; `hmer_suite.data.ink_folders` tells how
splits are found. Validation is the split of that name, else CROHME 2013; ``test`` is the only test split, or CROHME
2014 among several, which all have their own names (``test2016``).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from hmer_suite.data.ink_cache import cache_file, read_cache, write_cache
from hmer_suite.data.ink_folders import InkPart, InkSet, find_ink, opened
from hmer_suite.data.ink_sets import ink_set
from hmer_suite.data.ink_split import InkSplit, read_part
from hmer_suite.errors import InputError, UsageError
from hmer_suite.hookspecs import hookimpl
from hmer_suite.predictions.layouts import show
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.specs.samples import SPLITS, DataSourceSpec, LeftOut, SampleSet

PARTS = {"train": "train", "validation": "test2013", "test": "test2014"}
"""Name of the archive or folder of each customary split."""

_EXPECTED = "train.inkml.tar.xz, test2013.inkml.tar.xz and test2014.inkml.tar.xz, or folders of InkML files"


def load(argument: str, split: str, preprocessing: Preprocessing) -> SampleSet:
    """A split as ink or drawn, as `preprocessing` asks; see `hmer_suite.specs.samples.DataSourceSpec`."""
    path, found = _found(argument)
    name, part = _part(path, found, split)
    kept = _read(part)
    first = next(iter(found.splits.named)) == name
    outside: tuple[LeftOut, ...] = found.left_out if first else ()
    return ink_set(name, kept.labelled_inks(), preprocessing, (*outside, *kept.left_out))


def splits_of(argument: str) -> tuple[str, ...]:
    """The names of the splits of a set; the errors of `load`."""
    return tuple(_found(argument)[1].splits.named)


def load_ink(argument: str, split: str) -> InkSplit:
    """A split as ink with labels, from the cache if it was read before."""
    path, found = _found(argument)
    return _read(_part(path, found, split)[1])


def find_part(folder: Path, split: str) -> InkPart:
    """The files of a split; the errors of `load`."""
    return _part(folder, _found(str(folder))[1], split)[1]


def inkml_files(part: InkPart) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each InkML file of a part, sorted by name."""
    return opened(part).files()


def _found(argument: str) -> tuple[Path, InkSet]:
    if not argument:
        raise UsageError("say which folder of ink, as in crohme:FOLDER or inkml:FOLDER")
    path = Path(argument).expanduser()
    found = find_ink(path)
    if found is None:
        raise InputError(f"{path}: no InkML files; expected {_EXPECTED}")
    return path, found


def _part(path: Path, found: InkSet, split: str) -> tuple[str, InkPart]:
    wanted = found.splits.find(split)
    if wanted is not None:
        return wanted
    more = sorted({*found.splits.hidden})
    others = f", and if named {', '.join(more)}" if more else ""
    raise UsageError(f"{path}: no split {show(split)}, it has {', '.join(found.splits.named)}{others}")


def _read(part: InkPart) -> InkSplit:
    cache = cache_file(part)
    kept = read_cache(cache)
    if kept is None:
        kept = read_part(opened(part))
        write_cache(cache, kept)
    return kept


SOURCE = DataSourceSpec(
    "crohme",
    "CROHME ink of any year, as it is or drawn: crohme:FOLDER with InkML folders or archives.",
    load,
    SPLITS,
    splits_of,
)


@hookimpl
def hmer_data_sources() -> tuple[DataSourceSpec, ...]:
    """The source of this module."""
    return (SOURCE,)
