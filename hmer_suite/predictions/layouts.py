"""Readers of the text layouts of prediction and reference files, from text to one row for each sample.

Every reader takes the name of the file for its messages. In the layouts with one sample a line, sample i is on line i:
a blank line between samples is an error (it has no id), blank lines at the end are ignored.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Protocol

from hmer_suite.errors import InputError
from hmer_suite.predictions.ids import has_file_suffix

Candidates = tuple[tuple[str, float], ...]
"""Candidates (text, natural-log probability) of one sample, in the order of the file."""

Row = tuple[str, str | None, str | None, Candidates]
"""One sample of a file: id, prediction, reference and candidates; None or () if missing."""

Rewrite = Callable[[Sequence[str]], str]
"""A function from one text for each sample to a file's content with these in place of its own, all else as it was."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The arrangement of samples in their file.

    `lines` are their lines from 1, None where a sample is no line; `numbered` says that they have no ids and are
    counted from 1; `warnings` are lines about what may be misread.
    """

    lines: Sequence[int] | None = None
    numbered: bool = False
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """The samples of a file, and how to write it again; `offsets` say where in its line each text begins.

    `confidences` are the recogniser's confidences in its predictions, None where the file has none.
    """

    rows: list[Row]
    origin: Origin
    rewrite: Rewrite
    offsets: Sequence[int] | None = None
    confidences: Sequence[float | None] | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """Successive lines of a file, the first of which has the number `first`; `name` is the file's in messages."""

    name: str
    lines: Sequence[str]
    first: int = 1

    def at(self, index: int) -> str:
        """``file:line`` of the line with this index."""
        return f"{self.name}:{self.first + index}"

    def numbers(self, n: int) -> range:
        """The numbers of the first *n* lines."""
        return range(self.first, self.first + n)


class LineReader(Protocol):
    """A reader of a layout with samples on lines, called with one block of a file after the other."""

    def __call__(self, block: Block) -> Reading:
        """The samples of a block; `InputError` names the line of what is wrong."""

    def whole_records(self, lines: Sequence[str]) -> int:
        """The number of lines, from the first, after which no record goes on."""


@dataclass(frozen=True, slots=True)
class EachLine:
    """The reader of a layout whose records are lines, which may be read apart from each other."""

    read: Callable[[Block], Reading]

    def __call__(self, block: Block) -> Reading:
        return self.read(block)

    def whole_records(self, lines: Sequence[str]) -> int:
        return len(lines)


def confidences_of(values: Sequence[float | None]) -> Sequence[float | None] | None:
    """Confidences of samples, None if no sample has one."""
    return None if all(value is None for value in values) else values


def show(text: str) -> str:
    """`text` quoted for a message, escaped to one line and truncated to 60 characters."""
    return repr(text if len(text) <= 60 else text[:57] + "...")


def first_duplicate(items: Iterable[str]) -> str:
    """The first item that repeats an earlier one; `ValueError` if there is none."""
    seen: set[str] = set()
    for item in items:
        if item in seen:
            return item
        seen.add(item)
    raise ValueError("no duplicate among the items")


# ---------------------------------------------------------------- one sample a line


@dataclass(slots=True)
class TsvReader:
    """``id<TAB>prediction[<TAB>reference]``; an id alone has an empty prediction.

    Five columns, the last two of them numbers, are image, reference, prediction and scores, as im2markup writes them;
    its ``results.txt`` has this order without scores too, and a warning says so. The first block decides the order.
    """

    _column: int | None = field(default=None, init=False)

    def __call__(self, block: Block) -> Reading:
        filled = filled_lines(block)
        remarks: tuple[str, ...] = ()
        if self._column is None:
            swapped = _is_results(block.name, filled)
            scored = bool(filled) and _has_scores(filled[0].split("\t"))
            self._column = 2 if swapped or scored else 1
            remarks = (f"{block.at(0)}: {_SWAPPED}",) if swapped else ()
        text = self._column
        rows = [_tsv_row(block.at(index), line, text) for index, line in enumerate(filled)]

        def rewrite(texts: Sequence[str]) -> str:
            split = [line.split("\t") for line in filled]
            pairs = zip(split, texts, strict=True)
            return "".join("\t".join([*cells[:text], new, *cells[text + 1 :]]) + "\n" for cells, new in pairs)

        offsets = [len("\t".join(line.split("\t")[:text])) + 1 for line in filled]
        return Reading(rows, Origin(block.numbers(len(rows)), warnings=remarks), rewrite, offsets)

    def whole_records(self, lines: Sequence[str]) -> int:
        return len(lines)


_SWAPPED = "read as image, reference, prediction, as im2markup writes it: say --columns if it is not"


def _has_scores(cells: Sequence[str]) -> bool:
    return len(cells) == 5 and all(map(_is_number, cells[3:]))


def _tsv_row(where: str, line: str, text: int) -> Row:
    """The sample on a line whose prediction is in the column *text*, from 0."""
    identifier, *texts = cells = line.split("\t")
    if text == 2 and _has_scores(cells):
        texts = texts[:2]
    if text == 2 and len(texts) == 2:
        texts = [texts[1], texts[0]]
    if len(texts) > 2:
        raise InputError(f"{where}: {len(texts) + 1} columns, expected id, prediction and reference")
    if not texts and " " in line:
        raise InputError(f"{where}: no tab between id and prediction: {show(line)}")
    return identifier, texts[0] if texts else "", texts[1] if len(texts) == 2 else None, ()


def _is_results(name: str, lines: Sequence[str]) -> bool:
    """Whether lines are a ``results.txt`` of im2markup in three columns."""
    cells = [line.split("\t") for line in lines]
    is_called_so = PurePath(name).name == "results.txt"
    return is_called_so and all(len(row) == 3 and has_file_suffix(row[0]) for row in cells)


def _is_number(text: str) -> bool:
    return number_of(text) is not None


def number_of(text: str) -> float | None:
    """The number that *text* is; None if it is none."""
    try:
        return float(text)
    except ValueError:
        return None


def read_spaced(block: Block) -> Reading:
    """``id token token ...``, as WAP writes it; an id alone has an empty prediction."""
    filled = filled_lines(block)
    rows: list[Row] = []
    for index, line in enumerate(filled):
        if "\t" in line:
            raise InputError(f"{block.at(index)}: tab in a line of 'id token token ...': say --layout tsv?")
        identifier, _, prediction = line.partition(" ")
        rows.append((identifier, prediction.lstrip(" "), None, ()))

    def rewrite(texts: Sequence[str]) -> str:
        pairs = zip(rows, texts, strict=True)
        return "".join(f"{row[0]} {text}".rstrip(" ") + "\n" for row, text in pairs)

    offsets = [len(line) - len(row[1] or "") for line, row in zip(filled, rows, strict=True)]
    return Reading(rows, Origin(block.numbers(len(rows))), rewrite, offsets)


def read_trn(block: Block) -> Reading:
    """``token token ... (id)``, as NIST's sclite reads it; lines that begin with ``;;`` are comments."""
    found: list[tuple[int, str, str]] = []
    for index, line in enumerate(block.lines):
        if not line.strip() or line.startswith(";;"):
            continue
        sample = _transcript(line)
        if sample is None:
            raise InputError(f"{block.at(index)}: no id in parentheses at the end: {show(line)}")
        found.append((index, *sample))
    rows: list[Row] = [(identifier, text, None, ()) for _, text, identifier in found]

    def rewrite(texts: Sequence[str]) -> str:
        written = list(block.lines)
        for (index, _, identifier), text in zip(found, texts, strict=True):
            written[index] = f"{text} ({identifier})".lstrip()
        return _joined(written)

    return Reading(rows, Origin([block.first + index for index, _, _ in found]), rewrite)


def _transcript(line: str) -> tuple[str, str] | None:
    """Text and id of a line; None if it does not end with an id in parentheses."""
    line = line.rstrip()
    text, opening, identifier = line.removesuffix(")").rpartition("(")
    if not line.endswith(")") or not opening or not identifier or not set(identifier).isdisjoint(") \t"):
        return None
    return text.rstrip(), identifier


def is_transcript(lines: Sequence[str]) -> bool:
    """Whether every line ends with an unmistakable id in parentheses, distinct ones."""
    samples = [line for line in lines if line.strip() and not line.startswith(";;")]
    if not samples or not all(line.rstrip().endswith(")") for line in samples):
        return False
    ids = [found[1] for found in map(_transcript, samples) if found is not None]
    sure = [identifier for identifier in ids if _SURE_ID.fullmatch(identifier)]
    return len(set(sure)) == len(samples)


_SURE_ID = re.compile(r"(?=.*[0-9])[A-Za-z0-9][\w.:/@-]{5,}", re.ASCII)


def read_plain(block: Block) -> Reading:
    """One prediction a line, blank lines included; the ids are the line numbers from 1."""
    numbers = block.numbers(len(block.lines))
    rows: list[Row] = [
        (str(number), line, None, ()) for number, line in zip(numbers, block.lines, strict=True)
    ]
    return Reading(rows, Origin(numbers, numbered=True), _joined)


def _joined(texts: Sequence[str]) -> str:
    return "".join(f"{text}\n" for text in texts)


def filled_lines(block: Block) -> Sequence[str]:
    """Lines without the blank ones at the end; `InputError` names a blank line between samples."""
    lines = block.lines
    end = len(lines)
    while end and not lines[end - 1].strip(" \r"):
        end -= 1
    lines = lines[:end]
    if "" in lines:
        raise InputError(f"{block.at(lines.index(''))}: blank line, expected a sample with its id")
    return lines
