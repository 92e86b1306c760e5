"""The files of a prepared set, and the splits that each holds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from hmer_suite.data.parquet.columns import read_columns, read_schema, texts_of
from hmer_suite.data.parquet.schema import SetFacts, read_facts
from hmer_suite.data.split_names import our_split_name, split_of
from hmer_suite.errors import InputError
from hmer_suite.specs.samples import SPLITS

_NUMBERS = re.compile(r"[-_]\d+(-of-\d+)?(-[0-9a-f]{8,})?$")
"""The end of the name of one of several files, such as ``-00000-of-00002``."""


@dataclass(frozen=True, slots=True)
class SetFile:
    """One file: its splits, and its metadata if we wrote it."""

    path: Path
    schema: pa.Schema
    splits: tuple[str, ...]
    facts: SetFacts | None


def set_files(path: Path) -> list[SetFile]:
    """The file at `path`, or the Parquet files in that folder and its subfolder ``data``, sorted by name.

    Files of a folder that name one split each are read in the order train, validation, test.
    """
    if not path.is_dir():
        return [_set_file(path, alone=True)]
    files = sorted([*path.glob("*.parquet"), *path.glob("data/*.parquet")])
    if not files:
        raise InputError(f"{path}: a folder without .parquet files")
    found = [_set_file(file, alone=len(files) == 1) for file in files]
    return sorted(found, key=_order)


def _order(file: SetFile) -> int:
    kind = split_of(file.splits[0]) if file.splits else None
    return SPLITS.index(kind.kind) if kind is not None else len(SPLITS)


def split_names(files: Sequence[SetFile]) -> tuple[str, ...]:
    """Names of the splits of files, in order of appearance."""
    return tuple(dict.fromkeys(split for file in files for split in file.splits))


def _set_file(path: Path, alone: bool) -> SetFile:
    if not path.exists():
        raise InputError(f"{path}: no such file or folder")
    schema = read_schema(path)
    facts = read_facts(path, schema)
    if facts is not None:
        splits = tuple(facts.splits)
    elif "split" in schema.names:
        column = read_columns(path, ["split"])["split"]
        splits = tuple(dict.fromkeys(our_split_name(name) for name in texts_of(path, column)))
    else:
        splits = (_split_of_name(path, alone),)
    return SetFile(path, schema, splits, facts)


def _split_of_name(path: Path, alone: bool) -> str:
    """The split in a name such as ``train-00000-of-00002.parquet``; a file with another name must be alone."""
    found = _NUMBERS.sub("", path.stem)
    if split := split_of(found, among_others=True) or split_of(path.parent.name):
        return str(split)
    if not alone:
        raise InputError(f"{path}: neither a split column nor a name such as train-0.parquet says its split")
    return "train"
