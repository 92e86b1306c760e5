"""Prediction files written: the layout follows from the name, and reading restores every character."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from hmer_suite.errors import InputError, UsageError
from hmer_suite.files import write_whole
from hmer_suite.predictions.content import bare_suffix, encoded
from hmer_suite.predictions.files import PredictionRow
from hmer_suite.predictions.layouts import Origin, Reading, Row, show
from hmer_suite.predictions.names import roles_of
from hmer_suite.predictions.reading import check
from hmer_suite.predictions.tables import is_header

RowLike = PredictionRow | Sequence[str] | Mapping[str, object]
"""A sample: a row, (id, prediction) or (id, prediction, reference), or a mapping with usual names."""

LAYOUTS = {".tsv": "tsv", ".txt": "tsv", ".csv": "csv", ".jsonl": "jsonl", ".json": "json", ".parquet": "parquet",
           ".trn": "trn"}  # fmt: skip
"""Layouts by the suffix of the file's name, that of its packing apart."""


def write_predictions(
    path: str | Path, rows: Mapping[str, str] | Iterable[RowLike], format: str | None = None
) -> None:
    """Write a prediction file, whole or not at all.

    *rows* are predictions by id, or samples, such as those of `read_predictions`. *format* is one of ``tsv``, ``csv``,
    ``jsonl``, ``json``, ``parquet`` and ``trn``, by default what the suffix of *path* says, else ``tsv``; a name that
    ends in ``.gz``, ``.xz`` or ``.bz2`` is packed. Candidates are written by ``jsonl`` and ``json`` only, references by
    all but ``trn``.

    Raises:
        UsageError: an unknown layout.
        InputError: the file cannot be written, there are no samples, an id is empty or repeated, or the layout cannot
            hold a text (a line end in ``tsv``).
    """
    layout = format or LAYOUTS.get(bare_suffix(str(path)), "tsv")
    if layout not in LAYOUTS.values():
        known = ", ".join(dict.fromkeys(LAYOUTS.values()))
        raise UsageError(f"cannot write the layout {show(layout)}, expected one of {known}")
    if isinstance(rows, Mapping):
        samples = [PredictionRow(identifier, text) for identifier, text in rows.items()]
    else:
        samples = [_row(path, number, row) for number, row in enumerate(rows, 1)]
    _check(path, samples)
    if layout == "parquet":
        write_whole(path, _parquet(samples))
    else:
        write_whole(path, encoded(_TEXTS[layout](path, samples), "utf-8", path))


def write_tsv(
    path: str | Path, ids: Sequence[str], predictions: Sequence[str], references: Sequence[str] | None = None
) -> None:
    """Write a ``tsv`` file, as `write_predictions` does."""
    columns: list[Sequence[str]] = [ids, predictions, *([] if references is None else [references])]
    write_predictions(path, list(zip(*columns, strict=True)), "tsv")


def _row(path: str | Path, number: int, row: RowLike) -> PredictionRow:
    if isinstance(row, PredictionRow):
        return row
    if not isinstance(row, Mapping):
        if isinstance(row, str) or len(row) not in (2, 3):
            raise UsageError(f"{path}: row {number}: expected an id, a prediction and perhaps a reference")
        return PredictionRow(row[0], row[1], row[2] if len(row) == 3 else None)
    roles = roles_of(tuple(row))
    texts = [None if name is None else row[name] for name in (roles.id, roles.pred, roles.ref)]
    identifier, prediction, reference = (None if text is None else str(text) for text in texts)
    if identifier is None or prediction is None:
        raise UsageError(f'{path}: row {number}: expected an "id" and a "pred", got {", ".join(row)}')
    return PredictionRow(identifier, prediction, reference)


def _check(path: str | Path, samples: Sequence[PredictionRow]) -> None:
    rows: list[Row] = [(one.id, one.prediction + (one.reference or ""), None, ()) for one in samples]
    check(path, Reading(rows, Origin(range(1, len(rows) + 1)), "".join))


def _cells(samples: Sequence[PredictionRow]) -> tuple[list[str], list[list[str]]]:
    """Header and rows of a table: references if any sample has one, left out where a sample has none."""
    rows = [[one.id, one.prediction, *([] if one.reference is None else [one.reference])] for one in samples]
    return ["id", "pred", "gt"][: max(map(len, rows))], rows


def _tsv(path: str | Path, samples: Sequence[PredictionRow]) -> str:
    header, rows = _cells(samples)
    for row in rows:
        _check_line(path, row, "\t\n\r\0", "tsv")
    if is_header([cell.strip() for cell in rows[0]]):
        # The first sample would be read as a header.
        rows.insert(0, header)
    return "".join("\t".join(row) + "\n" for row in rows)


def _csv(path: str | Path, samples: Sequence[PredictionRow]) -> str:
    header, rows = _cells(samples)
    for row in rows:
        _check_line(path, row, "\r\0", "csv")
        if len(row) < len(header):
            raise InputError(f"{path}: sample {show(row[0])} has no reference, which no csv line can say")
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([header, *rows])
    return out.getvalue()


def _trn(path: str | Path, samples: Sequence[PredictionRow]) -> str:
    for one in samples:
        _check_line(path, [one.id, one.prediction], "\n\r\0", "trn")
        if any(character in one.id for character in "() \t") or one.prediction.startswith(";;"):
            raise InputError(f"{path}: sample {show(one.id)} cannot be written as a line of a trn file")
    return "".join(f"{one.prediction} ({one.id})\n".lstrip() for one in samples)


def _check_line(path: str | Path, row: Sequence[str], forbidden: str, layout: str) -> None:
    for character in forbidden:
        if any(character in text for text in row):
            raise InputError(
                f"{path}: sample {show(row[0])} holds {character!r}, which no {layout} line can hold"
            )
    if row[0].startswith("\ufeff"):
        # At the start of the file it would be read as the mark rather than as part of the id.
        raise InputError(f"{path}: id {show(row[0])} begins with a byte-order mark")


def _record(one: PredictionRow) -> dict[str, object]:
    record: dict[str, object] = {"id": one.id, "pred": one.prediction}
    if one.reference is not None:
        record["gt"] = one.reference
    if one.confidence is not None:
        record["confidence"] = one.confidence
    if one.nbest:
        record["nbest"] = [list(candidate) for candidate in one.nbest]
    return record


def _jsonl(path: str | Path, samples: Sequence[PredictionRow]) -> str:
    return "".join(json.dumps(_record(one), ensure_ascii=False) + "\n" for one in samples)


def _json(path: str | Path, samples: Sequence[PredictionRow]) -> str:
    return json.dumps([_record(one) for one in samples], ensure_ascii=False, indent=1) + "\n"


_TEXTS = {"tsv": _tsv, "csv": _csv, "trn": _trn, "jsonl": _jsonl, "json": _json}


def _parquet(samples: Sequence[PredictionRow]) -> bytes:
    # It loads pyarrow, which no other layout needs.
    from hmer_suite.predictions.parquet_files import packed_rows

    columns: dict[str, Sequence[str | float | None]] = {
        "id": [one.id for one in samples],
        "pred": [one.prediction for one in samples],
        "gt": [one.reference for one in samples],
        "confidence": [one.confidence for one in samples],
    }
    filled = {name: values for name, values in columns.items() if any(value is not None for value in values)}
    return packed_rows(filled)
