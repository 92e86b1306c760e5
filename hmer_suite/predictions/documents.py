"""A prediction or label file whose formulas are checked or rewritten, all else coming back as it was read."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path

from hmer_suite.errors import InputError, PairingError
from hmer_suite.files import write_whole
from hmer_suite.predictions.archives import write_zip
from hmer_suite.predictions.content import encoded_pieces
from hmer_suite.predictions.layouts import show
from hmer_suite.predictions.names import NO_COLUMNS, Columns
from hmer_suite.predictions.reading import Question, SampleFile, check, place, read_parts


@dataclass(frozen=True, slots=True)
class Document:
    """The formulas of a file, or of a part of it: its predictions, or its references if it has no predictions.

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
        return self.source.form is not None

    def rewritten(self, formulas: Sequence[str]) -> str:
        """The text with *formulas* in place of its own; the lines of plain files end in line feeds."""
        form = self.source.form
        if form is None:
            raise InputError(f"{self.source.name}: a {self.source.layout} is no text: say -o")
        text = self.source.reading.rewrite(formulas)
        return text if self.source.layout == "plain" else text.replace("\n", form.line_end)


def read_document(
    path: str | Path, format: str | None = None, columns: Columns = NO_COLUMNS
) -> Iterator[Document]:
    """Parts of any file that `read_predictions` reads, one after the other; there is one at least.

    A file that may be formulas, one a line, is taken for such; an empty one holds no formula. Raises as
    `read_predictions` does, and `InputError` for a sample without a text, when its part is asked for.
    """
    # Without ids of references to go by, lines that fit two layouts are plain formulas.
    question = Question(format, (), columns, may_be_empty=True)
    parts = read_parts(path, question)
    first = next(parts)
    if first.reading.rows or first.layout != "plain":
        check(first.name, first.reading)
    yield _document(first)
    yield from _others(first, parts, partial(_line_of, path, question))


def _others(
    first: SampleFile, parts: Iterator[SampleFile], line_of: Callable[[str], int | None]
) -> Iterator[Document]:
    """The parts after the first; raises for ids that were there before, or where one has ids and the first has none.

    *line_of* is a function from an id to the line on which it first occurs, None if that cannot be known.
    """
    former, seen = first, None
    for part in parts:
        if seen is None:
            # It loads numpy, which a file of one part does not need.
            from hmer_suite.predictions.seen_ids import SeenIds

            seen = SeenIds()
        if not part.reading.rows:
            continue  # comments and blank lines at the end
        check(part.name, part.reading)
        lines, numbered = part.reading.origin.lines, first.reading.origin.numbered
        if part.reading.origin.numbered != numbered:
            which = "an id, and the samples before have none" if numbered else "no id"
            raise InputError(f"{place(part.name, lines, 0)}: {which}")
        if not numbered:
            seen.add(_ids(former))
            for index in seen.repeated(_ids(part)):
                _check_repeated(part, index, line_of)
            former = part
        yield _document(part)


def _ids(part: SampleFile) -> list[str]:
    return [row[0] for row in part.reading.rows]


def _check_repeated(part: SampleFile, index: int, line_of: Callable[[str], int | None]) -> None:
    """Raise `PairingError` for an id whose digest occurs before, unless the id itself is known not to."""
    identifier, lines = part.reading.rows[index][0], part.reading.origin.lines
    first = line_of(identifier)
    if first is None or lines is None or first < lines[index]:
        before = "" if first is None else f", first on line {first}"
        raise PairingError(f"{place(part.name, lines, index)}: duplicate id {show(identifier)}{before}")


def _line_of(path: str | Path, question: Question, identifier: str) -> int | None:
    """The line of the file on which an id first occurs; None for a pipe, which cannot be read again."""
    if not Path(path).is_file():
        return None
    for part in read_parts(path, question):
        ids, lines = _ids(part), part.reading.origin.lines
        if identifier in ids and lines is not None:
            return lines[ids.index(identifier)]
    return None


def write_document(path: str | Path, parts: Iterator[tuple[Document, Sequence[str]]]) -> None:
    """Write a file with other formulas in place of its own, in its layout and encoding, whole or not at all.

    A folder is written file by file. Raises `InputError` if the path cannot be written.
    """
    first, formulas = next(parts)
    archive, packed, form = first.source.archive, first.source.packed, first.source.form
    if form is not None:
        texts = (part.rewritten(new) for part, new in chain([(first, formulas)], parts))
        write_whole(path, encoded_pieces(texts, form.encoding, path))
    elif packed is not None:
        write_whole(path, packed(formulas))
    elif archive is not None and first.source.layout == "zip":
        write_whole(path, write_zip(archive.rewritten(formulas)))
    elif archive is not None:
        _write_folder(Path(path), archive.rewritten(formulas))


def _document(read: SampleFile) -> Document:
    rows, origin = read.reading.rows, read.reading.origin
    texts = [row[2] if row[1] is None else row[1] for row in rows]
    formulas = tuple([text for text in texts if text is not None])
    if len(formulas) < len(texts):
        raise InputError(f"{read.name}: no formula for {rows[texts.index(None)][0]!r}")
    ids = None if origin.numbered else tuple([row[0] for row in rows])
    lines = origin.lines or range(1, len(rows) + 1)
    offsets = read.reading.offsets or [0] * len(rows)
    return Document(formulas, ids, lines, offsets, read)


def _write_folder(folder: Path, files: dict[str, bytes]) -> None:
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as error:
        raise InputError(f"{folder}: cannot write: {error.strerror}") from None
    for name, data in files.items():
        write_whole(folder / name, data)
