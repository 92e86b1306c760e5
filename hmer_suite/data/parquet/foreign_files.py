"""Splits read from Parquet files that others wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PIL.Image import Image

from hmer_suite.data.column_names import LABELS, ColumnNames, first_of
from hmer_suite.data.parquet.columns import image_column, image_files_of, read_columns, text_columns, texts_of
from hmer_suite.data.parquet.set_files import SetFile
from hmer_suite.data.prepare import RawSample, image_and_label, prepare_samples
from hmer_suite.data.split_names import our_split_name
from hmer_suite.errors import InputError, UsageError
from hmer_suite.images.files import open_image
from hmer_suite.predictions.layouts import show
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.specs.samples import SampleSet


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


@dataclass(frozen=True, slots=True)
class ForeignReading:
    """What is read of files that others wrote: a split, how its images are wanted, and from which columns."""

    split: str
    preprocessing: Preprocessing
    labelled: bool
    columns: ColumnNames


def read_foreign(files: Sequence[SetFile], want: ForeignReading) -> list[SampleSet]:
    """One set for each file; rows without ids are numbered through all of them."""
    found: list[SampleSet] = []
    first = 0
    for file in files:
        rows = _rows(file, want)
        raw = [
            RawSample(
                id=row.id or str(number),
                name=row.name,
                source=row.source,
                load=partial(
                    image_and_label, row.open, row.label, row.name, want.preprocessing, want.labelled
                ),
            )
            for number, row in enumerate(rows, start=first)
        ]
        first += len(rows)
        found.append(prepare_samples(want.split, raw))
    return found


def _rows(file: SetFile, want: ForeignReading) -> list[_Row]:
    """The rows of one split; `InputError` if there is no column of images, or none of labels that are wanted."""
    path, names = file.path, file.schema.names
    for column in (want.columns.image, want.columns.latex, want.columns.id):
        if column is not None and column not in names:
            raise UsageError(f"{path}: no column {show(column)}, there are {', '.join(names) or 'none'}")
    image = want.columns.image or image_column(file.schema)
    label = want.columns.latex or first_of(LABELS, text_columns(file.schema))
    if image is None:
        raise InputError(f"{path}: no column image, only {', '.join(names) or 'none at all'}{_HINT}")
    if want.labelled and label is None:
        raise InputError(f"{path}: no column {' or '.join(LABELS)} of text, only {', '.join(names)}{_HINT}")
    identifier = want.columns.id or ("id" if "id" in names else None)
    wanted = (identifier, label, "source", "split")
    texts = [name for name in wanted if name is not None and name in names]
    table = read_columns(path, list(dict.fromkeys([image, *texts])))
    files = image_files_of(path, table[image])
    columns = {name: texts_of(path, table[name]) for name in texts}

    def text(name: str | None, row: int) -> str | None:
        return columns[name][row] if name is not None and name in columns else None

    return [
        _Row(
            name=f"{path}: row {row}",
            image=files[row],
            id=text(identifier, row),
            label=text(label, row),
            source=text("source", row) or path.stem,
        )
        for row in range(table.num_rows)
        if "split" not in columns or our_split_name(columns["split"][row]) == want.split
    ]


_HINT = "; name the columns, as in parquet:FILE,image=..,latex=.."
