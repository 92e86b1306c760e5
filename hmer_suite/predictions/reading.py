"""Reading of any prediction file: its layout is detected, its samples are checked, and it can be written again.

A file with its samples on lines is read in parts if it is longer than `HEAD` bytes: the first part decides its layout,
and no more than one of them need be held at a time. Every other file is one part.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from pathlib import Path

from hmer_suite.errors import InputError, PairingError, UsageError
from hmer_suite.files import split_lines
from hmer_suite.predictions import layouts
from hmer_suite.predictions.archives import SUFFIXES, Archive, read_folder, read_zip
from hmer_suite.predictions.content import MAX_LINE, Content, Form, Opening, open_content
from hmer_suite.predictions.detect import detect_json, detect_lines, doubts
from hmer_suite.predictions.layouts import Block, EachLine, LineReader, Origin, Reading, first_duplicate, show
from hmer_suite.predictions.markdown_tables import MarkdownReader, detect_markdown
from hmer_suite.predictions.names import NO_COLUMNS, Columns
from hmer_suite.predictions.other_texts import refuse_other_texts
from hmer_suite.predictions.records import read_json, read_jsonl
from hmer_suite.predictions.tables import TableReader, detect_table, is_header_line
from hmer_suite.terminal import detail

_READERS: dict[str, Callable[[], LineReader]] = {
    "tsv": layouts.TsvReader,
    "spaced": lambda: EachLine(layouts.read_spaced),
    "trn": lambda: EachLine(layouts.read_trn),
    "plain": lambda: EachLine(layouts.read_plain),
}
_ZIP_MARKS = (b"PK\x03\x04", b"PK\x05\x06")
_PARQUET_MARK = b"PAR1"
FORMATS = (
    "tsv",
    "csv",
    "spaced",
    "trn",
    "json",
    "jsonl",
    "plain",
    "markdown",
    "parquet",
    "folder",
    "zip",
    "lg",
)


@dataclass(frozen=True, slots=True)
class Question:
    """A request to read a file: its layout (None if it is to be detected), the ids of its references, its columns.

    `known_ids` is empty if the references are plain, None if there are none; `may_be_empty` takes an empty file for
    formulas, of which there are none.
    """

    format: str | None = None
    known_ids: Sequence[str] | None = None
    columns: Columns = NO_COLUMNS
    may_be_empty: bool = False

    def __post_init__(self) -> None:
        if self.format is not None and self.format not in FORMATS:
            raise UsageError(f"unknown format {show(self.format)}, expected one of {', '.join(FORMATS)}")


@dataclass(frozen=True, slots=True)
class SampleFile:
    """A file that was read, or a part of it: its name in messages, its layout, its samples, where these come from.

    `form` is that of a text, None for any other file; `archive` that of a folder or zip archive; `packed` is a
    function from one text for each sample to the bytes of a Parquet file.
    """

    name: str
    layout: str
    reading: Reading
    form: Form | None = None
    archive: Archive | None = None
    packed: Callable[[Sequence[str]], bytes] | None = None


def read_samples(path: str | Path, question: Question) -> SampleFile:
    """Samples of a file, a folder, a zip archive, or standard input (``-``), all of them.

    Raises `InputError` (`PairingError` for a duplicate id), whose message names the file and, if there is one, the
    line.
    """
    parts = read_parts(path, question)
    found = next(parts)
    found = replace(found, reading=_joined(found.reading, (part.reading for part in parts)))
    check(found.name, found.reading)
    detail(f"{found.name}: {len(found.reading.rows)} samples, read as {found.layout}")
    return found


def _joined(first: Reading, others: Iterator[Reading]) -> Reading:
    """The samples of all parts of a file; those of several cannot be written again."""
    second = next(others, None)
    if second is None:
        return first
    rows = list(first.rows)
    lines = array("q", first.origin.lines or ())
    confidences: dict[int, float | None] = dict(enumerate(first.confidences or ()))
    warnings = list(first.origin.warnings)
    for other in chain([second], others):
        confidences |= enumerate(other.confidences or (), len(rows))
        rows += other.rows
        lines.extend(other.origin.lines or ())
        warnings += other.origin.warnings
    origin = Origin(lines, first.origin.numbered, tuple(warnings))
    found = [confidences.get(index) for index in range(len(rows))] if confidences else None
    return Reading(rows, origin, _unwritable, confidences=found)


def _unwritable(texts: Sequence[str]) -> str:
    raise ValueError("the parts of a file are written again, not the whole")


def read_parts(path: str | Path, question: Question) -> Iterator[SampleFile]:
    """The samples of a file in parts that follow each other, each read when it is asked for; there is one at least.

    What `check` refuses is not looked for. Raises `InputError` as `read_samples` does.
    """
    if Path(path).is_dir():
        yield _read_folder(path, question.format)
        return
    opening = open_content(path)
    if opening.rest is None or _is_one(opening, question.format):
        yield read_file(opening.whole(), question)
        return
    texts = opening.texts()
    head = next(texts)
    lines = split_lines(head)
    layout, reader = _line_reader(opening.head.name, head, lines, question)
    for block in _blocks(opening.head.name, chain([lines], map(split_lines, texts)), layout, reader):
        reading = reader(block)
        if layout == "plain" and question.format is None and block.first == 1:
            reading = _doubted(block.name, block.lines, reading)
        yield SampleFile(block.name, layout, reading, opening.head.form)


def _is_one(opening: Opening, format: str | None) -> bool:
    """Whether a file with this beginning can only be read as a whole."""
    head = opening.head
    if format is None and head.data.startswith((*_ZIP_MARKS, _PARQUET_MARK)):
        return True
    if format in (*SUFFIXES, "zip", "parquet", "json") or not opening.start:
        return True
    return format is None and detect_json(head.name, opening.start) == "json"


def _blocks(name: str, pieces: Iterator[list[str]], layout: str, reader: LineReader) -> Iterator[Block]:
    """The lines in blocks that end where a record ends, and not with blank lines, but for the last."""
    kept: list[str] = []
    first = 1
    for piece in pieces:
        lines = kept + piece
        end = reader.whole_records(lines)
        while layout != "plain" and end and not lines[end - 1].strip():
            end -= 1
        kept = lines[end:]
        if sum(map(len, kept)) + len(kept) > MAX_LINE:
            raise InputError(f"{name}:{first + end}: a record, or blank lines, of more than {MAX_LINE} bytes")
        if end:
            yield Block(name, lines[:end], first)
            first += end
    if kept:
        yield Block(name, kept, first)


def _read_folder(path: str | Path, format: str | None) -> SampleFile:
    if format not in (None, *SUFFIXES):
        raise InputError(f"{path}: a folder, not {format}")
    archive = read_folder(Path(path), format)
    layout = next(name for name, suffix in SUFFIXES.items() if suffix == archive.suffix)
    return SampleFile(str(path), layout, archive.reading, archive=archive)


def read_file(content: Content, question: Question) -> SampleFile:
    """Samples of the content of a file."""
    name, format = content.name, question.format
    if format in SUFFIXES:
        raise InputError(f"{name}: not a folder")
    if format == "zip" or (format is None and content.data.startswith(_ZIP_MARKS)):
        archive = read_zip(name, content.data)
        return SampleFile(name, "zip", archive.reading, archive=archive)
    if format == "parquet" or (format is None and content.data.startswith(_PARQUET_MARK)):
        # It loads pyarrow, which no other layout needs.
        from hmer_suite.predictions.parquet_files import read_parquet

        found = read_parquet(name, content.data, question.columns)
        return SampleFile(name, "parquet", found.reading, packed=found.packed)
    text = content.text
    if not text and question.may_be_empty and format in (None, "plain"):
        return SampleFile(name, "plain", Reading([], Origin(range(0), numbered=True), "".join), content.form)
    if not text:
        raise InputError(f"{name}: empty file")
    layout, reading = _read_text(name, text, question)
    return SampleFile(name, layout, reading, content.form)


def _read_text(name: str, text: str, question: Question) -> tuple[str, Reading]:
    if (question.format or detect_json(name, text)) == "json":
        return "json", read_json(name, text, question.columns)
    lines = split_lines(text)
    layout, reader = _line_reader(name, text, lines, question)
    reading = reader(Block(name, lines))
    return layout, _doubted(name, lines, reading) if (layout, question.format) == ("plain", None) else reading


def _line_reader(name: str, text: str, lines: list[str], question: Question) -> tuple[str, LineReader]:
    """Layout of a file with its samples on lines, and the reader of them, by its first lines."""
    layout, columns = question.format or detect_json(name, text), question.columns
    if layout == "jsonl":
        return layout, EachLine(partial(read_jsonl, columns=columns))
    if layout in (None, "markdown"):
        if (table := detect_markdown(name, lines, columns)) is not None:
            return "markdown", MarkdownReader(table, columns)
        if layout is not None:
            raise InputError(f"{name}: no table of Markdown, a row of names above a row of hyphens")
    dialect = detect_table(name, lines, layout, columns) if layout in (None, "tsv", "csv") else None
    if dialect is not None:
        return dialect.layout, TableReader(dialect, columns)
    if layout is None:
        refuse_other_texts(name, lines)
    layout = layout or detect_lines(name, lines, question.known_ids)
    if layout == "spaced" and is_header_line(lines[0]):
        raise InputError(f"{name}:1: {show(lines[0])} is a header, not a sample: remove it")
    return layout, _READERS[layout]()


def _doubted(name: str, lines: Sequence[str], reading: Reading) -> Reading:
    """The formulas of a file, with warnings about lines that might be no formulas."""
    return replace(reading, origin=replace(reading.origin, warnings=tuple(doubts(name, lines))))


def check(name: str | Path, reading: Reading) -> None:
    """Raise an error for ids that are missing, empty or repeated, and for what is not text; ids come first."""
    ids = [row[0] for row in reading.rows]
    lines = reading.origin.lines
    if not ids:
        raise InputError(f"{name}: no samples")
    if "" in ids:
        raise InputError(f"{place(name, lines, ids.index(''))}: empty id")
    if len(set(ids)) < len(ids):
        identifier = first_duplicate(ids)
        first = ids.index(identifier)
        second = ids.index(identifier, first + 1)
        before = "" if lines is None else f", first on line {lines[first]}"
        raise PairingError(f"{place(name, lines, second)}: duplicate id {show(identifier)}{before}")
    if not all(map(_is_text, zip(*[row[:3] for row in reading.rows], strict=True))):
        # JSON can escape half of a surrogate pair, and file names can hold any bytes: neither is text.
        guilty = next(row[0] for row in reading.rows if not _is_text(row[:3]))
        raise InputError(f"{name}: sample {show(guilty)} holds half a surrogate pair, which is not text")


def _is_text(column: Sequence[str | None]) -> bool:
    try:
        "".join(filter(None, column)).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def place(name: str | Path, lines: Sequence[int] | None, index: int) -> str:
    """``file:line`` of a sample, or the file alone where a sample is no line."""
    return str(name) if lines is None else f"{name}:{lines[index]}"
