"""Reading of any prediction file: its layout is detected, its samples are checked, and it can be written again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from hmer_suite.errors import InputError, PairingError, UsageError
from hmer_suite.files import split_lines
from hmer_suite.predictions import layouts
from hmer_suite.predictions.archives import SUFFIXES, Archive, read_folder, read_zip
from hmer_suite.predictions.content import Content, read_content
from hmer_suite.predictions.detect import detect_json, detect_lines, doubts
from hmer_suite.predictions.layouts import Reading, first_duplicate, show
from hmer_suite.predictions.names import NO_COLUMNS, Columns
from hmer_suite.predictions.records import read_json, read_jsonl
from hmer_suite.predictions.tables import detect_table, is_header_line, read_table
from hmer_suite.terminal import detail

_BY_LINE: dict[str, Callable[[str, list[str]], Reading]] = {
    "tsv": layouts.read_tsv,
    "spaced": layouts.read_spaced,
    "trn": layouts.read_trn,
    "plain": layouts.read_plain,
}
_ZIP_MARKS = (b"PK\x03\x04", b"PK\x05\x06")
_PARQUET_MARK = b"PAR1"
FORMATS = ("tsv", "csv", "spaced", "trn", "json", "jsonl", "plain", "parquet", "folder", "zip", "lg")


@dataclass(frozen=True, slots=True)
class Question:
    """A request to read a file: its layout (None if it is to be detected), the ids of its references, its columns.

    `known_ids` is empty if the references are plain, None if there are none.
    """

    format: str | None = None
    known_ids: Sequence[str] | None = None
    columns: Columns = NO_COLUMNS

    def __post_init__(self) -> None:
        if self.format is not None and self.format not in FORMATS:
            raise UsageError(f"unknown format {show(self.format)}, expected one of {', '.join(FORMATS)}")


@dataclass(frozen=True, slots=True)
class SampleFile:
    """A file that was read: its name in messages, its layout, its samples, and where these come from.

    `content` is that of a text file, `archive` that of a folder or zip archive; `packed` is a function from one text
    for each sample to the bytes of a Parquet file.
    """

    name: str
    layout: str
    reading: Reading
    content: Content | None = None
    archive: Archive | None = None
    packed: Callable[[Sequence[str]], bytes] | None = None


def read_samples(path: str | Path, question: Question) -> SampleFile:
    """Samples of a file, a folder, a zip archive, or standard input (``-``).

    Raises `InputError` (`PairingError` for a duplicate id), whose message names the file and, if there is one, the
    line.
    """
    found = (
        _read_folder(path, question.format)
        if Path(path).is_dir()
        else read_file(read_content(path), question)
    )
    check(found.name, found.reading)
    detail(f"{found.name}: {len(found.reading.rows)} samples, read as {found.layout}")
    return found


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
    if not text:
        raise InputError(f"{name}: empty file")
    layout, reading = _read_text(name, text, question)
    return SampleFile(name, layout, reading, content)


def _read_text(name: str, text: str, question: Question) -> tuple[str, Reading]:
    layout, columns = question.format or detect_json(name, text), question.columns
    if layout == "json":
        return layout, read_json(name, text, columns)
    lines = split_lines(text)
    if layout == "jsonl":
        return layout, read_jsonl(name, lines, columns)
    dialect = detect_table(name, lines, layout, columns) if layout in (None, "tsv", "csv") else None
    if dialect is not None:
        return dialect.layout, read_table(name, lines, dialect, columns)
    layout = layout or detect_lines(name, lines, question.known_ids)
    if layout == "spaced" and is_header_line(lines[0]):
        raise InputError(f"{name}:1: {show(lines[0])} is a header, not a sample: remove it")
    reading = _BY_LINE[layout](name, lines)
    if layout == "plain" and question.format is None:
        warnings = tuple(doubts(name, lines))
        return layout, replace(reading, origin=replace(reading.origin, warnings=warnings))
    return layout, reading


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
