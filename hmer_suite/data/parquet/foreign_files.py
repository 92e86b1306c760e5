"""Splits read from Parquet files that others wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import pyarrow as pa
from PIL.Image import Image

from hmer_suite.data.parquet.columns import image_files_of, read_columns, texts_of
from hmer_suite.data.parquet.set_files import SetFile, our_split_name
from hmer_suite.data.prepare import RawSample, image_and_label, prepare_samples
from hmer_suite.errors import InputError
from hmer_suite.images.files import open_image
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.specs.samples import SampleSet

LABEL_COLUMNS = ("latex", "text", "formula", "label")
"""Names of the column with the LaTeX; the first one that a file has is taken."""


@dataclass(frozen=True, slots=True)
class _Row:
    """One row: its name in messages, its image file, and texts that may be missing."""

    name: str
    image: bytes | None
    id: str | None
    label: str | None
    source: str

    def open(self) -> Image:
        if self.image is None:
            raise InputError(f"{self.name}: no image bytes in the file")
        return open_image(self.image, self.name)


def read_foreign(
    files: Sequence[SetFile], split: str, preprocessing: Preprocessing, labelled: bool
) -> list[SampleSet]:
    """One set for each file; rows without ids are numbered through all of them."""
    found: list[SampleSet] = []
    first = 0
    for file in files:
        rows = _rows(file, split, labelled)
        raw = [
            RawSample(
                id=row.id or str(number),
                name=row.name,
                source=row.source,
                load=partial(image_and_label, row.open, row.label, row.name, preprocessing, labelled),
            )
            for number, row in enumerate(rows, start=first)
        ]
        first += len(rows)
        found.append(prepare_samples(split, raw))
    return found


def _rows(file: SetFile, split: str, labelled: bool) -> list[_Row]:
    """The rows of one split; `InputError` if there is no column of images, or none of labels that are wanted."""
    path, names = file.path, file.schema.names
    if "image" not in names:
        raise InputError(f"{path}: no column image, only {', '.join(names) or 'none at all'}")
    label = next((name for name in LABEL_COLUMNS if _is_text(file.schema, name)), None)
    if labelled and label is None:
        raise InputError(f"{path}: no column {' or '.join(LABEL_COLUMNS)} of text, only {', '.join(names)}")
    texts = [name for name in ("id", "source", "split") if name in names] + ([label] if label else [])
    table = read_columns(path, ["image", *texts])
    files = image_files_of(path, table["image"])
    columns = {name: texts_of(path, table[name]) for name in texts}

    def text(name: str | None, row: int) -> str | None:
        return columns[name][row] if name is not None and name in columns else None

    return [
        _Row(
            name=f"{path}: row {row}",
            image=files[row],
            id=text("id", row),
            label=text(label, row),
            source=text("source", row) or path.stem,
        )
        for row in range(table.num_rows)
        if "split" not in columns or our_split_name(columns["split"][row]) == split
    ]


def _is_text(schema: pa.Schema, name: str) -> bool:
    if name not in schema.names:
        return False
    kind = schema.field(name).type
    return any(test(kind) for test in (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view))
