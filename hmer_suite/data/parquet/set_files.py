"""The files of a prepared set, and the splits that each holds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from hmer_suite.data.parquet.columns import read_columns, read_schema, texts_of
from hmer_suite.data.parquet.schema import SetFacts, read_facts
from hmer_suite.errors import InputError

_SPLIT_NAMES = {"val": "validation", "valid": "validation", "dev": "validation"}
"""Our names of splits that others call differently."""


@dataclass(frozen=True, slots=True)
class SetFile:
    """One file: its splits, and its metadata if we wrote it."""

    path: Path
    schema: pa.Schema
    splits: tuple[str, ...]
    facts: SetFacts | None


def set_files(path: Path) -> list[SetFile]:
    """The file at `path`, or the Parquet files in that folder and its subfolder ``data``, sorted by name."""
    if not path.is_dir():
        return [_set_file(path, alone=True)]
    files = sorted([*path.glob("*.parquet"), *path.glob("data/*.parquet")])
    if not files:
        raise InputError(f"{path}: a folder without .parquet files")
    return [_set_file(file, alone=len(files) == 1) for file in files]


def split_names(files: Sequence[SetFile]) -> tuple[str, ...]:
    """Names of the splits of files, in order of appearance."""
    return tuple(dict.fromkeys(split for file in files for split in file.splits))


def our_split_name(name: str | None) -> str:
    """Our name of a split that may be called otherwise; ``train`` if it has no name."""
    return _SPLIT_NAMES.get(name or "train", name or "train")


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
    found = re.match(r"(train|validation|test|val|valid|dev)(?![a-z])", path.stem.lower())
    if found:
        return our_split_name(found[1])
    if not alone:
        raise InputError(f"{path}: neither a split column nor a name such as train-0.parquet says its split")
    return "train"
