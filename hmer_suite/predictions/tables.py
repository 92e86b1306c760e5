"""Tables with a header, quotes, commas or semicolons: what spreadsheets and data frames write.

A header is a first line of names, some of them usual ones (`hmer_suite.predictions.names`). Without a header, a file is
read as comma-separated if it is called so (``.csv``), has quoted fields, or begins every line with an unmistakable id.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from hmer_suite.errors import InputError
from hmer_suite.predictions.candidates import FirstRanks
from hmer_suite.predictions.content import bare_suffix
from hmer_suite.predictions.layouts import Block, Origin, Reading, Row, confidences_of, number_of, show
from hmer_suite.predictions.names import (
    IDS,
    KNOWN,
    NO_COLUMNS,
    TEXTS,
    Columns,
    Roles,
    is_known,
    normal,
    roles_of,
)

if TYPE_CHECKING:
    import _csv

_NAME = re.compile(r"#?[A-Za-z_][\w .:-]{0,40}")
_SHORT_ID = re.compile(r"[A-Za-z0-9][\w.:/@-]*", re.ASCII)
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_LEAD = re.compile(r"\s*\"?sep=([,;\t])\"?\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Dialect:
    """Delimiter, names of the columns (None without a header), and whether quotes enclose fields.

    `lead` is a first line that names the delimiter (``sep=;``), as Excel writes and reads it, or is empty.
    """

    delimiter: str
    header: tuple[str, ...] | None
    quoted: bool
    lead: str = ""

    @property
    def layout(self) -> str:
        """``tsv`` or ``csv``."""
        return "tsv" if self.delimiter == "\t" else "csv"


def detect_table(
    name: str, lines: list[str], format: str | None = None, columns: Columns = NO_COLUMNS
) -> Dialect | None:
    """Dialect of a table with a header or quotes or commas; None for any other file, plain TSV included."""
    if not lines or not lines[0].strip():
        return Dialect(",", None, True) if format == "csv" else None
    if lead := _LEAD.fullmatch(lines[0]):
        header = tuple(_split(lines[1], lead[1])) if len(lines) > 1 else ()
        return Dialect(lead[1], header if is_header(header, columns) else None, True, lines[0])
    delimiters = {"tsv": "\t", "csv": ",;"}.get(format or "", "\t,;")
    for delimiter in delimiters:
        header = tuple(_split(lines[0], delimiter))
        if is_header(header, columns):
            return Dialect(delimiter, header, delimiter != "\t" or _has_quotes(lines, delimiter))
        if format is None and _is_strange_header(header, lines, delimiter):
            raise InputError(
                f"{name}:1: a header ({', '.join(header)}) without a usual name for predictions: "
                "say --columns id=..,pred=..,ref=.."
            )
    if format == "csv" or bare_suffix(name) == ".csv":
        return _called_csv(name, lines, format)
    if columns != NO_COLUMNS and "\t" in lines[0]:
        return Dialect("\t", None, _has_quotes(lines, "\t"))
    if format is None:
        for delimiter in ",;\t":
            if _is_headerless(lines, delimiter):
                return Dialect(delimiter, None, True)
    return None


def looks_separated(lines: list[str]) -> bool:
    """Whether lines that are read as formulas might be records: as many commas on each, and distinct short ids.

    The first line may be a header of any names.
    """
    filled = [line for line in lines if line.strip()]
    return any(_are_records(filled, delimiter) for delimiter in ",;")


def _are_records(filled: list[str], delimiter: str) -> bool:
    rest = filled[1:] if filled and is_title(filled[0], delimiter) else filled
    return len(rest) > 1 and _ids_and_width(rest, delimiter) is not None


def is_title(line: str, delimiter: str) -> bool:
    """Whether a line may be a header of any names, each longer than a variable's."""
    cells = _split(line, delimiter)
    return _are_names(cells) and min(map(len, cells)) > 1


def is_header_line(line: str) -> bool:
    """Whether a line without any delimiter but blanks holds nothing but usual names of columns."""
    words = line.lower().split()
    return bool(words) and KNOWN.issuperset(words) and len(set(words)) == len(words)


def _called_csv(name: str, lines: list[str], format: str | None) -> Dialect | None:
    """Dialect of a file that is called CSV and has no header of several columns."""
    if normal(lines[0].strip().strip('"')) in KNOWN:
        return Dialect(",", (lines[0].strip().strip('"'),), True)
    semicolons = all(";" in line for line in lines if line.strip()) and not all("," in line for line in lines)
    delimiter = ";" if semicolons else ","
    if format is None and not any(delimiter in line for line in lines):
        return None
    return Dialect(delimiter, None, True)


def _split(line: str, delimiter: str, *, strip: bool = True) -> list[str]:
    try:
        cells = next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []
    return [cell.strip() for cell in cells] if strip else cells


def is_header(cells: Sequence[str], columns: Columns = NO_COLUMNS) -> bool:
    """Whether cells are names of columns, one at least of predictions or references, or one that the user named."""
    if not _are_names(cells):
        return False
    known = [cell for cell in cells if is_known(normal(cell))]
    return any(name in cells for name in columns.names()) or (
        len(known) >= 2 and any(normal(cell) not in IDS for cell in known)
    )


def _are_names(cells: Sequence[str]) -> bool:
    """Whether cells are distinct words.

    The first may be empty, as above the index of a data frame, or the last, as after a comma at the end of a line.
    """
    words = cells[1:] if cells and not cells[0] else cells[:-1] if cells and not cells[-1] else cells
    return len(cells) > 1 and len(set(cells)) == len(cells) and all(map(_NAME.fullmatch, words))


def _is_strange_header(cells: Sequence[str], lines: list[str], delimiter: str) -> bool:
    """Whether cells begin with a usual name of ids, and records of as many columns follow."""
    filled = [line for line in lines if line.strip()]
    if not _are_names(cells) or normal(cells[0]) not in IDS or not cells[0] or len(filled) < 2:
        return False
    return all(line.count(delimiter) >= len(cells) - 1 for line in filled)


def _has_quotes(lines: list[str], delimiter: str) -> bool:
    """Whether every field that begins with a quote ends with its own: else quotes are characters of formulas."""
    fields = [field for line in lines for field in line.split(delimiter) if field.startswith('"')]
    return bool(fields) and all(map(_QUOTED.fullmatch, fields))


def _is_headerless(lines: list[str], delimiter: str) -> bool:
    filled = [line for line in lines if line.strip()]
    if not any(delimiter in line for line in filled[:1]):
        return False
    if delimiter == "\t":
        return all(_QUOTED.fullmatch(field) for line in filled for field in line.split("\t"))
    found = _ids_and_width(filled, delimiter)
    if found is None:
        return False
    sure = [word for word in found if len(word) >= 6 and re.search(r"[A-Za-z].*[0-9]|[0-9].*[A-Za-z]", word)]
    quoted = any(_QUOTED.fullmatch(field) for line in filled for field in _raw_fields(line, delimiter))
    return quoted or (len(filled) > 1 and 10 * len(sure) >= 9 * len(found))


def _raw_fields(line: str, delimiter: str) -> list[str]:
    return re.findall(rf'(?:^|(?<={delimiter}))("(?:[^"]|"")*"|[^{delimiter}]*)', line)


def _ids_and_width(filled: list[str], delimiter: str) -> list[str] | None:
    """First fields of lines that all have two or as many as three columns; None if these are no distinct ids."""
    if not all(delimiter in line for line in filled):
        return None
    rows = [_split(line, delimiter, strip=False) for line in filled]
    ids = [row[0] for row in rows if row]
    if len({len(row) for row in rows}) != 1 or len(rows[0]) not in (2, 3) or len(set(ids)) < len(filled):
        return None
    return ids if all(map(_SHORT_ID.fullmatch, ids)) else None


# ---------------------------------------------------------------- reading


class TableReader:
    """Reader of the samples of a table; a table without a column of ids counts them from 1.

    The first block has the header, and decides which columns are read and whether every field is quoted.
    """

    def __init__(self, dialect: Dialect, columns: Columns = NO_COLUMNS) -> None:
        self._dialect = dialect
        self._columns = columns
        self._decided: Decided | None = None
        self._count = 0
        self._first_ranks = FirstRanks()

    def __call__(self, block: Block) -> Reading:
        found = list(_records(block, self._dialect))
        headed = self._decided is None and self._dialect.header is not None
        remarks: tuple[str, ...] = ()
        if headed:
            found = found[1:]
        if not found:
            return Reading([], Origin(), "".join)
        if self._decided is None:
            self._decided = decide(block, found, self._dialect, self._columns)
            remark = self._decided.roles.remark()
            remarks = (f"{block.at(0)}: {remark}",) if remark else ()
        return self._reading(block, found, headed, remarks)

    def _reading(self, block: Block, found: _Found, headed: bool, remarks: tuple[str, ...]) -> Reading:
        if self._decided is None:
            raise ValueError("the columns are not known yet")
        names, roles, every = self._decided.names, self._decided.roles, self._decided.quote_all
        dialect = self._dialect if block.first == 1 else replace(self._dialect, lead="")
        _check_widths(block.name, found, len(names), dialect)
        kept = self._first_ranks.places(block.name, found, names, roles.id)
        best = [found[place] for place in kept]
        if len(best) < len(found) and headed:
            remarks = (
                *remarks,
                f"{block.at(0)}: several predictions for a sample: that of the first rank is read",
            )
        rows = list(rows_of(best, names, roles, self._count))
        self._count += len(rows)
        origin = Origin([line for line, _ in best], roles.id is None, remarks)
        column = names.index(roles.pred or roles.ref or "")
        header = [self._dialect.header] if headed and self._dialect.header else []

        def rewrite(texts: Sequence[str]) -> str:
            records = [list(cells) for _, cells in found]
            for place, text in zip(kept, texts, strict=True):
                records[place][column] = text
            return _written(dialect, [*header, *records], every)

        return Reading(rows, origin, rewrite, confidences=confidences_in(best, names, roles))

    def whole_records(self, lines: Sequence[str]) -> int:
        if not self._dialect.quoted:
            return len(lines)
        reader = _csv_reader(lines, self._dialect)
        end = 0
        try:
            for _ in reader:
                end = reader.line_num
        except csv.Error:
            if reader.line_num < len(lines):
                return len(lines)  # no record of this table: reading says so
        return end


_Found = Sequence[tuple[int, list[str]]]
"""Line and fields of records."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What the first records of a table decide: names and roles of its columns, and whether all fields are quoted."""

    names: tuple[str, ...]
    roles: Roles
    quote_all: bool


def decide(block: Block, found: _Found, dialect: Dialect, columns: Columns) -> Decided:
    """Names and roles of the columns of the table that *block* begins; `InputError` if no column is read."""
    names = dialect.header or tuple(str(number) for number in range(1, len(found[0][1]) + 1))
    _check_widths(block.name, found, len(names), dialect)
    roles = _roles(block.name, dialect, columns, names)
    if dialect.header and columns == NO_COLUMNS:
        _check_rivals(block, found, names, roles)
    first = names[0]
    if dialect.header and roles.id is None and columns.id is None and first not in (roles.pred, roles.ref):
        # The name of the first column says nothing, but it holds what can only be ids.
        roles = replace(roles, id=first if _holds_ids(cells[0] for _, cells in found) else None)
    return Decided(names, roles, block.lines[1 if dialect.lead else 0].startswith('"'))


def _check_rivals(block: Block, found: _Found, names: tuple[str, ...], roles: Roles) -> None:
    """Raise `InputError` where formulas under no usual name stand beside those that may be references too."""
    if roles.ref is not None or roles.pred is None or normal(roles.pred) not in TEXTS:
        return
    for place, name in enumerate(names):
        cells = [cells[place] for _, cells in found]
        formulas = sum(any(sign in cell for sign in "\\{^_") for cell in cells)
        if name not in (roles.id, roles.pred) and not is_known(normal(name)) and 2 * formulas > len(cells):
            raise InputError(
                f"{block.at(0)}: formulas in {show(name)} and {show(roles.pred)}: "
                "say which are predictions, --columns id=..,pred=..,ref=.."
            )


def rows_of(found: _Found, names: tuple[str, ...], roles: Roles, before: int) -> Iterator[Row]:
    """The samples of records, numbered after *before* others where there is no column of ids."""
    at = {column: names.index(column) for column in (roles.id, roles.pred, roles.ref) if column is not None}
    for index, (_, cells) in enumerate(found, before + 1):
        identifier = str(index) if roles.id is None else cells[at[roles.id]]
        texts = [None if column is None else cells[at[column]] for column in (roles.pred, roles.ref)]
        yield identifier, texts[0], texts[1], ()


def confidences_in(found: _Found, names: tuple[str, ...], roles: Roles) -> Sequence[float | None] | None:
    """Confidences in the predictions of records, None if the table has no column of them."""
    if roles.confidence is None:
        return None
    column = names.index(roles.confidence)
    return confidences_of([number_of(cells[column]) for _, cells in found])


def _holds_ids(cells: Iterable[str]) -> bool:
    values = list(cells)
    return len(set(values)) == len(values) and all(map(_SHORT_ID.fullmatch, values))


def _written(dialect: Dialect, records: Sequence[Sequence[str]], quote_all: bool) -> str:
    if not dialect.quoted:
        return "".join(dialect.delimiter.join(record) + "\n" for record in records)
    out = io.StringIO()
    quoting: Literal[0, 1] = csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL
    if dialect.lead:
        out.write(dialect.lead + "\n")
    csv.writer(out, delimiter=dialect.delimiter, quoting=quoting, lineterminator="\n").writerows(records)
    return out.getvalue()


def _csv_reader(lines: Sequence[str], dialect: Dialect) -> _csv.Reader:
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if dialect.quoted else csv.QUOTE_NONE
    return csv.reader(
        (line + "\n" for line in lines), delimiter=dialect.delimiter, quoting=quoting, strict=True
    )


def _records(block: Block, dialect: Dialect) -> Iterator[tuple[int, list[str]]]:
    """Line and fields of every record; a quoted field may hold line ends."""
    skipped = 1 if dialect.lead and block.first == 1 else 0
    lines = block.lines
    reader = _csv_reader(lines[skipped:], dialect)
    start = skipped
    try:
        for cells in reader:
            if not any(map(str.strip, cells)):
                if all(not line.strip() for line in lines[start:]):
                    return
                raise InputError(f"{block.at(start)}: blank line, expected a sample")
            yield block.first + start, cells
            start = reader.line_num + skipped
    except csv.Error as error:
        raise InputError(f"{block.at(start)}: not a table: {error}") from None


def _check_widths(name: str, found: _Found, width: int, dialect: Dialect) -> None:
    """Raise `InputError` for a record of another width; empty fields at the end of a tabbed line may be left out."""
    for line, cells in found:
        if dialect.layout == "tsv":
            cells.extend([""] * (width - len(cells)))
        if len(cells) != width:
            remedy = "" if dialect.layout == "tsv" else ": a field that holds the separator needs quotes"
            raise InputError(f"{name}:{line}: {len(cells)} columns, the first line has {width}{remedy}")


def _roles(name: str, dialect: Dialect, columns: Columns, names: tuple[str, ...]) -> Roles:
    width = len(names)
    if dialect.header is None:
        if columns != NO_COLUMNS:
            roles = roles_of(names, columns)
            if roles.id is None and names[0] not in (roles.pred, roles.ref):
                roles = replace(roles, id=names[0])
        elif width in (2, 3):
            roles = Roles(names[0], names[1], names[2] if width == 3 else None)
        elif width == 1:
            roles = Roles(None, names[0], None)
        else:
            raise InputError(f"{name}:1: {width} columns without a header: say --columns id=1,pred=2")
    else:
        roles = roles_of(names, columns)
    for column in (roles.id, roles.pred, roles.ref):
        if column is not None and column not in names:
            raise InputError(f"{name}:1: no column {show(column)}, there are {', '.join(names)}")
    if roles.pred is None and roles.ref is None:
        raise InputError(
            f"{name}:1: no column of predictions among {', '.join(names)}: say --columns pred=.."
        )
    return roles
