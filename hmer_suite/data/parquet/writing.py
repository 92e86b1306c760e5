"""Sample sets written to Parquet files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from hmer_suite.data.parquet.schema import INK_COLUMNS, schema_for
from hmer_suite.errors import InputError
from hmer_suite.files import write_whole
from hmer_suite.images.files import encode_png
from hmer_suite.predictions.layouts import first_duplicate, show
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.specs.samples import SampleSet

_ROWS_IN_GROUP = 1024


def write_set(
    path: str | Path,
    sets: Iterable[SampleSet],
    preprocessing: Preprocessing | None = None,
    tick: Callable[[], None] = lambda: None,
) -> None:
    """Write splits of images, with the ink that they were drawn from, to one Parquet file, whole or not at all.

    `preprocessing` tells how the images were made, by default `Preprocessing()`; `tick` is called after each sample.

    Raises:
        InputError: the path cannot be written, an id is repeated within a split, or there are no samples.
    """
    sets = list(sets)
    check_sets(path, sets)
    with_ink = any(samples.inks is not None for samples in sets)
    schema = schema_for(sets, preprocessing or Preprocessing(), with_ink)
    sink = pa.BufferOutputStream()
    with pq.ParquetWriter(sink, schema, compression="zstd", write_page_checksum=True) as writer:
        for samples in sets:
            for start in range(0, len(samples), _ROWS_IN_GROUP):
                rows = range(start, min(start + _ROWS_IN_GROUP, len(samples)))
                columns = _columns(samples, rows, tick) + (_ink_columns(samples, rows) if with_ink else [])
                writer.write_batch(pa.record_batch(columns, schema=schema))
    write_whole(path, sink.getvalue().to_pybytes())


def check_sets(path: str | Path, sets: Sequence[SampleSet]) -> None:
    """Raise `InputError` for splits that cannot be written: without samples, or with repeated names or ids."""
    if not any(len(samples) for samples in sets):
        raise InputError(f"{path}: no samples to write{_first_reason(sets)}")
    splits = [samples.split for samples in sets]
    if len(set(splits)) < len(splits):
        raise InputError(f"{path}: split {show(first_duplicate(splits))} is given twice")
    for samples in sets:
        where = f"{path}: split {samples.split}"
        samples.require("image", where)
        check_ids(where, samples.ids)


def _first_reason(sets: Sequence[SampleSet]) -> str:
    left_out = [entry for samples in sets for entry in samples.left_out]
    return (
        f"; {len(left_out)} left out, the first, {left_out[0].id}: {left_out[0].reason}" if left_out else ""
    )


def check_ids(where: str, ids: Sequence[str]) -> None:
    """Raise `InputError`, beginning with `where`, for an id that is repeated."""
    if len(set(ids)) < len(ids):
        raise InputError(f"{where}: id {show(first_duplicate(ids))} is there twice")


def _columns(samples: SampleSet, rows: range, tick: Callable[[], None]) -> list[list[Any]]:
    images = []
    for row in rows:
        images.append({"bytes": encode_png(samples.images[row]), "path": None})
        tick()
    sizes = samples.sizes[rows.start : rows.stop].tolist()
    return [
        images,
        list(samples.labels[rows.start : rows.stop]),
        list(samples.ids[rows.start : rows.stop]),
        [samples.split] * len(rows),
        list(samples.sources[rows.start : rows.stop]),
        [height for height, _ in sizes],
        [width for _, width in sizes],
    ]


def _ink_columns(samples: SampleSet, rows: range) -> list[list[Any]]:
    if samples.inks is None:
        return [[None] * len(rows) for _ in INK_COLUMNS]
    inks = [samples.inks[row] for row in rows]
    return [
        [[np.ravel(trace).astype(np.float32) for trace in ink.traces] for ink in inks],
        [float(ink.unit) for ink in inks],
        [json.dumps([[mark.name, mark.traces, mark.token] for mark in ink.marks]) for ink in inks],
    ]
