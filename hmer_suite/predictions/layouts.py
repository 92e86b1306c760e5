"""Readers of the text layouts of prediction and reference files, from text to one row for each sample.

Every reader takes the name of the file for its messages. In the layouts with one sample a line, sample i is on line i:
a blank line between samples is an error (it has no id), blank lines at the end are ignored.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePath

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


def read_tsv(name: str, lines: list[str]) -> Reading:
    """``id<TAB>prediction[<TAB>reference]``; an id alone has an empty prediction.

    Five columns, the last two of them numbers, are image, reference, prediction and scores, as im2markup writes them;
    its ``results.txt`` has this order without scores too, and a warning says so.
    """
    filled = filled_lines(name, lines)
    rows: list[Row] = []
    swapped = _is_results(name, filled)
    text = 2 if swapped else 1
    for number, line in enumerate(filled, 1):
        identifier, *texts = line.split("\t")
        if len(texts) == 4 and all(map(_is_number, texts[2:])) and (number == 1 or text == 2):
            text = 2
            texts = texts[:2]
        if text == 2 and len(texts) == 2:
            texts = [texts[1], texts[0]]
        if len(texts) > 2:
            columns = len(texts) + 1
            raise InputError(f"{name}:{number}: {columns} columns, expected id, prediction and reference")
        if not texts and " " in line:
            raise InputError(f"{name}:{number}: no tab between id and prediction: {show(line)}")
        rows.append((identifier, texts[0] if texts else "", texts[1] if len(texts) == 2 else None, ()))

    def rewrite(texts: Sequence[str]) -> str:
        split = [line.split("\t") for line in filled]
        pairs = zip(split, texts, strict=True)
        return "".join("\t".join([*cells[:text], new, *cells[text + 1 :]]) + "\n" for cells, new in pairs)

    offsets = [len("\t".join(line.split("\t")[:text])) + 1 for line in filled]
    remark = (
        f"{name}:1: read as image, reference, prediction, as im2markup writes it: say --columns if it is not"
    )
    origin = Origin(range(1, len(rows) + 1), warnings=(remark,) if swapped else ())
    return Reading(rows, origin, rewrite, offsets)


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


def read_spaced(name: str, lines: list[str]) -> Reading:
    """``id token token ...``, as WAP writes it; an id alone has an empty prediction."""
    filled = filled_lines(name, lines)
    rows: list[Row] = []
    for number, line in enumerate(filled, 1):
        if "\t" in line:
            raise InputError(f"{name}:{number}: tab in a line of 'id token token ...': say --layout tsv?")
        identifier, _, prediction = line.partition(" ")
        rows.append((identifier, prediction.lstrip(" "), None, ()))

    def rewrite(texts: Sequence[str]) -> str:
        pairs = zip(rows, texts, strict=True)
        return "".join(f"{row[0]} {text}".rstrip(" ") + "\n" for row, text in pairs)

    offsets = [len(line) - len(row[1] or "") for line, row in zip(filled, rows, strict=True)]
    return Reading(rows, _by_line(rows), rewrite, offsets)


def read_trn(name: str, lines: list[str]) -> Reading:
    """``token token ... (id)``, as NIST's sclite reads it; lines that begin with ``;;`` are comments."""
    found: list[tuple[int, str, str]] = []
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith(";;"):
            continue
        sample = _transcript(line)
        if sample is None:
            raise InputError(f"{name}:{number}: no id in parentheses at the end: {show(line)}")
        found.append((number, *sample))
    rows: list[Row] = [(identifier, text, None, ()) for _, text, identifier in found]

    def rewrite(texts: Sequence[str]) -> str:
        written = list(lines)
        for (number, _, identifier), text in zip(found, texts, strict=True):
            written[number - 1] = f"{text} ({identifier})".lstrip()
        return _joined(written)

    return Reading(rows, Origin([number for number, _, _ in found]), rewrite)


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


def read_plain(name: str, lines: list[str]) -> Reading:
    """One prediction a line, blank lines included; the ids are the line numbers from 1."""
    rows: list[Row] = [(str(number), line, None, ()) for number, line in enumerate(lines, 1)]
    return Reading(rows, Origin(range(1, len(rows) + 1), numbered=True), _joined)


def _joined(texts: Sequence[str]) -> str:
    return "".join(f"{text}\n" for text in texts)


def _by_line(rows: Sequence[Row]) -> Origin:
    return Origin(range(1, len(rows) + 1))


def filled_lines(name: str, lines: list[str]) -> list[str]:
    """Lines without the blank ones at the end; `InputError` names a blank line between samples."""
    end = len(lines)
    while end and not lines[end - 1].strip(" \r"):
        end -= 1
    lines = lines[:end]
    if "" in lines:
        raise InputError(f"{name}:{lines.index('') + 1}: blank line, expected a sample with its id")
    return lines
