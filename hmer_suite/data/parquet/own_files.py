"""Splits read from our own Parquet files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from hmer_suite.data.parquet.columns import image_files_of, read_columns, texts_of
from hmer_suite.data.parquet.schema import SetFacts
from hmer_suite.data.parquet.set_files import SetFile
from hmer_suite.data.parquet.stored_ink import RefittedInks, StoredInks
from hmer_suite.errors import InputError
from hmer_suite.images.files import EncodedImages, refitted_size
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.specs.samples import SampleSet

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class OwnFile:
    """A file that we wrote, with its metadata."""

    file: SetFile
    facts: SetFacts


@dataclass(frozen=True, slots=True, eq=False)
class _StoredSplit:
    """The rows of a split as they are in the file; `names` are for messages."""

    samples: SampleSet
    images: list[bytes]
    names: list[str]
    inks: StoredInks | None


def read_images(own: OwnFile, split: str, want: Preprocessing | None) -> SampleSet:
    """A split as images, refitted to `want`, by default as they are stored."""
    stored, have = _read_stored(own, split), own.facts.preprocessing
    samples = stored.samples
    want = have if want is None else replace(want, input=have.input, points=have.points)
    if have == want:
        return samples
    refitted = [refitted_size(height, width, have, want) for height, width in samples.sizes.tolist()]
    sizes = np.array(refitted, dtype=np.int32).reshape(-1, 2)
    images = EncodedImages(stored.images, stored.names, have, want)
    inks = None if stored.inks is None else RefittedInks(stored.inks, samples.sizes, sizes, have, want)
    return replace(samples, images=images, sizes=sizes, inks=inks)


def read_ink(own: OwnFile, split: str, want: Preprocessing) -> SampleSet:
    """A split as ink, which must be in the file."""
    stored = _read_stored(own, split)
    assert stored.inks is not None
    tokens = [len(label.split()) + 1 for label in stored.samples.labels]
    sizes = np.array([stored.inks.counts, tokens], dtype=np.int32).T.reshape(-1, 2)
    return replace(stored.samples, kind="ink", sizes=sizes, points=want.points)


def _read_stored(own: OwnFile, split: str) -> _StoredSplit:
    path, facts = own.file.path, own.facts.splits[split]
    where = f"{path}: split {split}"
    table = read_columns(path, own.file.schema.names, [("split", "==", split)])
    if facts.n is not None and len(table) != facts.n:
        raise InputError(f"{where} holds {len(table)} samples, {facts.n} were written")
    labels, ids, sources = (
        _without_nulls(texts_of(path, table[name]), where) for name in ("latex", "id", "source")
    )
    images = _without_nulls(image_files_of(path, table["image"]), where)
    heights, widths = (_without_nulls(table[name].to_pylist(), where) for name in ("height", "width"))
    inks = StoredInks.of(where, table) if facts.has_ink else None
    names = [f"{path}: {identifier}" for identifier in ids]
    samples = SampleSet(
        split=split,
        ids=tuple(ids),
        labels=tuple(labels),
        sizes=np.array([heights, widths]).T.reshape(-1, 2),
        images=EncodedImages(images, names),
        sources=tuple(sources),
        left_out=facts.left_out,
        inks=inks,
    )
    return _StoredSplit(samples, images, names, inks)


def _without_nulls(column: Sequence[T | None], where: str) -> list[T]:
    found = [value for value in column if value is not None]
    if len(found) < len(column):
        raise InputError(f"{where} holds nulls, which hmer-suite never writes")
    return found
