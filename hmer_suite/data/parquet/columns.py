"""Columns of Parquet files read, with errors that name the file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from hmer_suite.errors import InputError

T = TypeVar("T")


def read_schema(path: Path) -> pa.Schema:
    """The schema of a Parquet file."""
    return _checked(path, lambda: pq.read_schema(path))


def read_columns(
    path: Path, columns: Sequence[str], filters: list[tuple[str, str, str]] | None = None
) -> pa.Table:
    """Columns of the rows that satisfy the filters (column, operator, value)."""
    return _checked(
        path,
        lambda: pq.read_table(path, columns=list(columns), filters=filters, page_checksum_verification=True),
    )


def text_columns(schema: pa.Schema) -> list[str]:
    """The names of the columns of text."""
    tests = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
    return [field.name for field in schema if any(test(field.type) for test in tests)]


def image_column(schema: pa.Schema) -> str | None:
    """The column of images that is named so; None if there is none."""
    return "image" if "image" in schema.names else None


def texts_of(path: str | Path, column: pa.ChunkedArray) -> list[str | None]:
    """A column as texts."""
    return _checked(path, lambda: column.cast(pa.string())).to_pylist()


def image_files_of(path: str | Path, column: pa.ChunkedArray) -> list[bytes | None]:
    """The image files in an `image` column, which is a struct with a field `bytes` or consists of plain bytes."""
    if pa.types.is_struct(column.type) and "bytes" in column.type.names:
        column = pc.struct_field(column, "bytes")
    return _checked(path, lambda: column.cast(pa.large_binary())).to_pylist()


def _checked(path: str | Path, read: Callable[[], T]) -> T:
    try:
        return read()
    except (pa.ArrowException, OSError) as error:
        reason = str(error).strip().split("\n")[0]
        raise InputError(f"{path}: not a sound Parquet file: {reason[:200]}") from None
