"""Parquet files of predictions or references: one row for each sample, columns under the usual names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq

from hmer_suite.errors import InputError
from hmer_suite.predictions.layouts import Origin, Reading, Row, confidences_of, show
from hmer_suite.predictions.names import NO_COLUMNS, Columns, roles_of


@dataclass(frozen=True, slots=True)
class ParquetFile:
    """The samples of a Parquet file, and the file again with other texts."""

    reading: Reading
    packed: Callable[[Sequence[str]], bytes]


def read_parquet(name: str, data: bytes, columns: Columns = NO_COLUMNS) -> ParquetFile:
    """Samples of a Parquet file; one without a column of ids counts them from 1.

    Raises:
        InputError: the file is damaged, or has no column of texts.
    """
    try:
        file = pq.ParquetFile(pa.BufferReader(data))
        names = tuple(file.schema_arrow.names)
        roles = roles_of(names, columns)
        text = roles.pred or roles.ref
        if text is None:
            raise InputError(
                f"{name}: no column of predictions among {', '.join(names)}: say --columns pred=.."
            )
        used = [roles.id, roles.pred, roles.ref, roles.confidence]
        # Images beside the texts are left where they are.
        table = file.read(columns=[column for column in used if column is not None])
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{name}: damaged Parquet file: {str(error).splitlines()[0]}") from None
    ids = None if roles.id is None else _ids(name, table, roles.id)
    predictions, references = (_texts(name, table, column) for column in (roles.pred, roles.ref))
    numbers = [str(number) for number in range(1, table.num_rows + 1)]
    rows: list[Row] = [
        (identifier, prediction, reference, ())
        for identifier, prediction, reference in zip(ids or numbers, predictions, references, strict=True)
    ]
    remark = roles.remark()
    origin = Origin(None, ids is None, (f"{name}: {remark}",) if remark else ())
    confidences = None if roles.confidence is None else _numbers(table, roles.confidence)
    column = text

    def packed(texts: Sequence[str]) -> bytes:
        whole = pq.read_table(pa.BufferReader(data))
        place = whole.schema.get_field_index(column)
        return written(whole.set_column(place, column, pa.array(texts, whole.schema.field(place).type)))

    return ParquetFile(Reading(rows, origin, "\n".join, confidences=confidences), packed)


def _ids(name: str, table: pa.Table, column: str) -> list[str]:
    kind = table.schema.field(column).type
    if not (pa.types.is_integer(kind) or _is_text(kind)):
        raise InputError(f"{name}: column {show(column)} holds {kind}, expected ids")
    values = table[column].to_pylist()
    if None in values:
        raise InputError(f"{name}: row {values.index(None) + 1}: no id")
    return [str(value) for value in values]


def _texts(name: str, table: pa.Table, column: str | None) -> Sequence[str | None]:
    if column is None:
        return [None] * table.num_rows
    kind = table.schema.field(column).type
    if not (_is_text(kind) or pa.types.is_null(kind)):
        raise InputError(f"{name}: column {show(column)} holds {kind}, expected text")
    texts: list[str | None] = table[column].to_pylist()
    return texts


def _is_text(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _numbers(table: pa.Table, column: str) -> Sequence[float | None] | None:
    values = table[column].to_pylist()
    return confidences_of([float(value) if isinstance(value, int | float) else None for value in values])


def written(table: pa.Table) -> bytes:
    """The bytes of a Parquet file of *table*."""
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    data: bytes = sink.getvalue().to_pybytes()
    return data


def packed_rows(columns: dict[str, Sequence[str | float | None]]) -> bytes:
    """A Parquet file of equally long columns."""
    return written(pa.table(columns))


def packed_records(records: Sequence[dict[str, object]]) -> bytes:
    """A Parquet file of records with the same keys; a column without any value holds text."""
    table = pa.Table.from_pylist(records)
    for place, field in enumerate(table.schema):
        if pa.types.is_null(field.type):
            table = table.set_column(place, field.name, pa.nulls(table.num_rows, pa.string()))
    return written(table)
