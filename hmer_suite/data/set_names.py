"""Data sets as users name them: a path, or ``SOURCE:ARGUMENT``, either followed by ``@SPLIT`` if one is meant."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from hmer_suite.data.archive_files import is_archive
from hmer_suite.data.layouts.captions import PICKLES
from hmer_suite.data.sources.arguments import path_and_options
from hmer_suite.data.sources.images import OPTIONS
from hmer_suite.data.sources.parquet import holds_sets
from hmer_suite.data.split_names import our_split_name
from hmer_suite.data.subsets import JOIN_SIGN
from hmer_suite.errors import UsageError
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.specs.samples import DataSourceSpec, SampleSet

DataSource = Callable[[str], tuple[DataSourceSpec, str]]
"""Finds the data source and the argument of ``NAME:ARGUMENT``, as `hmer_suite.registry.data_source` does."""

_SPEC = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]+)(:.*)?", re.DOTALL)
_SOURCE = re.compile(r"[a-z][a-z0-9-]*")
_SPLIT = re.compile(r"(.*)@([A-Za-z][A-Za-z0-9_.-]*|\d{4})", re.DOTALL)


@dataclass(frozen=True, slots=True)
class NamedSet:
    """A data set: its name as it was given, the source that reads it with its argument, and the split that is meant."""

    text: str
    source: DataSourceSpec
    argument: str
    split: str | None

    @property
    def base(self) -> str:
        """The text without the split."""
        return self.text if self.split is None else self.text.rpartition("@")[0]

    def splits(self) -> tuple[str, ...]:
        """The names of the splits of the set, or those that it may have."""
        if self.source.find_splits is None:
            return self.source.splits
        return self.source.find_splits(self.argument)


def find_set(text: str, data_source: DataSource) -> NamedSet:
    """The set of that name; a path without the name of a source is read by ``auto``.

    A file or folder in the current folder goes before the source of its name, unless that needs no path, as
    ``synthetic``; then ``./NAME`` means the folder.
    """
    base, split = without_split(text)
    if _SOURCE.fullmatch(base) and Path(base).exists():
        try:
            source, argument = data_source(base)
        except UsageError:
            return NamedSet(text, *data_source(f"auto:{base}"), split)
        if source.find_splits is None:
            return NamedSet(text, source, argument, split)
    return NamedSet(text, *data_source(f"auto:{base}" if is_path(base) else base), split)


def joined_sets(text: str, data_source: DataSource) -> list[NamedSet]:
    """The sets joined by plus signs in ``A+B``; a path that exists is one set."""
    parts = [text] if _exists(without_split(text)[0]) else JOIN_SIGN.split(text)
    return [find_set(part, data_source) for part in parts]


def is_set(text: str) -> bool:
    """Whether an input of ``predict`` names a data set rather than a file or folder of pictures and ink."""
    path = Path(text)
    if path.exists():
        return (
            path.suffix in (".parquet", *PICKLES) or is_archive(path) or (path.is_dir() and holds_sets(path))
        )
    base, split = without_split(text)
    named = _SPEC.fullmatch(base) is not None and (":" in base or split is not None)
    return named or _exists(base) or base.endswith(".parquet")


def is_path(text: str) -> bool:
    """Whether a set is a file or a folder, or would be one if it existed, and not a data source."""
    source = _SPEC.fullmatch(text)
    return _exists(text) or source is None or (text.endswith(".parquet") and source[2] is None)


def is_prepared(text: str) -> bool:
    """Whether a set is a Parquet file or a folder of such files."""
    path = Path(text)
    return text.endswith(".parquet") or (path.is_dir() and holds_sets(path))


def _exists(text: str) -> bool:
    if Path(text).expanduser().exists():
        return True
    try:
        path, options = path_and_options("auto", text, OPTIONS)
    except UsageError:
        return False
    return bool(options) and Path(path).expanduser().exists()


def without_split(text: str) -> tuple[str, str | None]:
    """Name and split of ``NAME@SPLIT``; an @ in the name of an existing file does not count."""
    found = None if Path(text).exists() else _SPLIT.fullmatch(text)
    return (found[1], found[2]) if found else (text, None)


def is_test(split: str) -> bool:
    """Whether the name of a split is one for tests."""
    return our_split_name(split).startswith("test")


def open_splits(
    text: str,
    splits: Sequence[str],
    data_source: DataSource,
    preprocessing: Preprocessing | None = None,
) -> Iterator[SampleSet]:
    """The splits of a set, by name or all that it has, each read when it is asked for.

    Without `preprocessing` a prepared set comes as it is stored. Raises `InputError` for a set that cannot be read, and
    `UsageError` for one that does not exist or a split that it does not have.
    """
    base, split = without_split(text)
    if split is not None and splits:
        raise UsageError(f"{text}: names a split, and so does --split {splits[0]}")
    wanted = tuple(splits) or ((split,) if split is not None else ())
    if is_path(base) and is_prepared(base):
        # It loads pyarrow, which is not needed for other sets.
        from hmer_suite.data.parquet import read_set, splits_of

        for name in wanted or splits_of(base):
            yield read_set(base, name, preprocessing, labelled=False)
        return
    found = find_set(text, data_source)
    yield from _open_source(found, wanted, preprocessing or Preprocessing())


def _open_source(found: NamedSet, splits: Sequence[str], preprocessing: Preprocessing) -> Iterator[SampleSet]:
    load, argument = found.source.load, found.argument
    if splits or found.source.find_splits is not None:
        yield from (load(argument, split, preprocessing) for split in splits or found.splits())
        return
    errors = []
    for split in found.splits():
        try:
            samples = load(argument, split, preprocessing)
        except UsageError as error:
            # This folder has no such split, or the argument makes no sense for any of them.
            errors.append(error)
        else:
            yield samples
    if len(errors) == len(found.splits()):
        raise errors[0]


def read_split(text: str, preprocessing: Preprocessing, data_source: DataSource) -> SampleSet:
    """The split that a text names; without one the test split, or the only split that there is.

    Raises the errors of `open_splits`.
    """
    found = find_set(text, data_source)
    split = found.split or _default_split(found)
    if is_path(found.base) and is_prepared(found.base):
        from hmer_suite.data.parquet import read_set

        return read_set(found.base, split, preprocessing, labelled=False)
    try:
        return found.source.load(found.argument, split, preprocessing)
    except UsageError as error:
        if found.split is not None:
            raise
        raise UsageError(f"{error}; say which split, as in {found.base}@train") from None


def _default_split(found: NamedSet) -> str:
    if found.source.find_splits is None:
        return "test"
    splits = found.splits()
    return splits[0] if len(splits) == 1 else "test"
