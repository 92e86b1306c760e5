"""A prediction or label file whose formulas are checked or rewritten, all else coming back as it was read."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from hmer_suite.errors import InputError
from hmer_suite.files import write_whole
from hmer_suite.predictions.archives import write_zip
from hmer_suite.predictions.content import encoded, read_content
from hmer_suite.predictions.layouts import Origin, Reading
from hmer_suite.predictions.names import NO_COLUMNS, Columns
from hmer_suite.predictions.reading import Question, SampleFile, check, read_file, read_samples


@dataclass(frozen=True, slots=True)
class Document:
    """The formulas of a file: its predictions, or its references if it has no predictions.

    `ids` is None if the file has none. `lines` has the line of each formula, or its number where a formula is no line;
    `offsets` the characters before it on that line, 0 where it is not in the line as it is (JSON, quoted fields).
    """

    formulas: tuple[str, ...]
    ids: tuple[str, ...] | None
    lines: Sequence[int]
    offsets: Sequence[int]
    source: SampleFile

    @property
    def warnings(self) -> tuple[str, ...]:
        """Warnings about what may be misread, each with file and line."""
        return self.source.reading.origin.warnings

    @property
    def is_text(self) -> bool:
        """Whether the file is text, which can be printed; a folder, an archive or a Parquet file is not."""
        return self.source.archive is None and self.source.packed is None

    def rewritten(self, formulas: Sequence[str]) -> str:
        """The text of the file with *formulas* in place of its own; the lines of plain files end in line feeds."""
        if not self.is_text:
            raise InputError(f"{self.source.name}: a {self.source.layout} is no text: say -o")
        text = self.source.reading.rewrite(formulas)
        content = self.source.content
        if self.source.layout == "plain" or content is None or content.line_end == "\n":
            return text
        return text.replace("\n", content.line_end)

    def write(self, path: str | Path, formulas: Sequence[str]) -> None:
        """Write the file with *formulas* in place of its own, in its layout and encoding, whole or not at all.

        A folder is written file by file. Raises `InputError` if the path cannot be written.
        """
        archive, packed = self.source.archive, self.source.packed
        if packed is not None:
            write_whole(path, packed(formulas))
        elif archive is None:
            content = self.source.content
            encoding = "utf-8" if content is None else content.encoding
            write_whole(path, encoded(self.rewritten(formulas), encoding, path))
        elif self.source.layout == "zip":
            write_whole(path, write_zip(archive.rewritten(formulas)))
        else:
            _write_folder(Path(path), archive.rewritten(formulas))


def read_document(path: str | Path, format: str | None = None, columns: Columns = NO_COLUMNS) -> Document:
    """Read any file that `read_predictions` reads; one that may be formulas, one a line, is taken for such.

    An empty file holds no formula. Raises as `read_predictions` does, and `InputError` for a sample without a text.
    """
    # Without ids of references to go by, lines that fit two layouts are plain formulas.
    question = Question(format, (), columns)
    if Path(path).is_dir():
        return _document(read_samples(path, question))
    content = read_content(path)
    if not content.data and format in (None, "plain"):
        empty = Reading([], Origin(range(0), numbered=True), "".join)
        return _document(SampleFile(content.name, "plain", empty, content))
    read = read_file(content, question)
    check(read.name, read.reading)
    return _document(read)


def _document(read: SampleFile) -> Document:
    rows, origin = read.reading.rows, read.reading.origin
    texts = [row[2] if row[1] is None else row[1] for row in rows]
    formulas = tuple([text for text in texts if text is not None])
    if len(formulas) < len(texts):
        raise InputError(f"{read.name}: no formula for {rows[texts.index(None)][0]!r}")
    ids = None if origin.numbered else tuple([row[0] for row in rows])
    lines = origin.lines or range(1, len(rows) + 1)
    offsets = read.reading.offsets or [0] * len(rows)
    # What depends on each formula alone is kept; the rows are not needed again.
    return Document(formulas, ids, lines, offsets, replace(read, reading=replace(read.reading, rows=[])))


def _write_folder(folder: Path, files: dict[str, bytes]) -> None:
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as error:
        raise InputError(f"{folder}: cannot write: {error.strerror}") from None
    for name, data in files.items():
        write_whole(folder / name, data)
