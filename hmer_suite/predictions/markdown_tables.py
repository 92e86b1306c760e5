r"""Tables of Markdown, as GitHub's specification defines them, with text around them or none.

Under a row of names stands a row of hyphens (``|---|:-:|``); bars at both ends may be left out. A bar within a cell is
written ``\|``; one in a formula that is enclosed (``$|x|$``, `` `|x|` ``) is read too, though Markdown would end the
cell there. Dollars and backticks round a whole cell are markup and no part of the formula.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from hmer_suite.errors import InputError
from hmer_suite.predictions.layouts import Block, Origin, Reading, Row
from hmer_suite.predictions.names import NO_COLUMNS, Columns
from hmer_suite.predictions.tables import Decided, Dialect, confidences_in, decide, is_header, rows_of

_RULE = re.compile(r" {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?\s*")
_BAR = re.compile(r"(?<!\\)\|")
_ENCLOSED = re.compile(
    r"(?:^|(?<=\|))\s*(?P<cell>(?P<ticks>`+)(?!`).*?(?<!`)(?P=ticks)(?!`)|\$\$?(?!\$).*?\$\$?|\\\(.*?\\\))\s*(?=\||$)"
)
_MARKUP = (("$$", "$$"), ("$", "$"), ("\\(", "\\)"))


@dataclass(frozen=True, slots=True)
class MarkdownTable:
    """A table in a file: the index of its row of names, and the names. `escaped` says that ``\\|`` is a bar."""

    first: int
    names: tuple[str, ...]
    escaped: bool = True


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell: its text, and where this stands in the line without blanks and markup around it."""

    text: str
    start: int
    end: int


def detect_markdown(name: str, lines: Sequence[str], columns: Columns = NO_COLUMNS) -> MarkdownTable | None:
    """The table of samples in a text, None if there is no table; `InputError` if several might be meant."""
    found: list[MarkdownTable] = []
    for index in range(1, len(lines)):
        rule, head = lines[index], lines[index - 1]
        if "-" not in rule or "|" not in head or not _RULE.fullmatch(rule):
            continue
        names = _names(head)
        if len(names) == len(_between(rule, rule)):
            found.append(MarkdownTable(index - 1, names, _escapes(lines[index + 1 :])))
    usual = [table for table in found if is_header(table.names, columns)]
    if len(found) > 1 and len(usual) != 1:
        raise InputError(f"{name}:{found[1].first + 1}: a second table of Markdown: give one alone")
    return next(iter(usual or found), None)


def _names(line: str) -> tuple[str, ...]:
    return tuple([cell.text.strip("*_` ").replace("\\_", "_") for cell in _between(line, line)])


def _escapes(lines: Sequence[str]) -> bool:
    """Whether bars within cells are escaped: false if one that is enclosed in a cell is not."""
    rows = list(takewhile(lambda line: "|" in line, lines))
    return all(len(_cells(line)) == len(_between(line, line)) for line in rows)


def _cells(line: str) -> list[_Cell]:
    """The cells of a line, where bars in formulas that fill a cell separate none."""
    hidden = list(line)
    for match in _ENCLOSED.finditer(line):
        hidden[match.start("cell") : match.end("cell")] = "x" * len(match["cell"])
    return _between(line, "".join(hidden))


def _between(line: str, barred: str) -> list[_Cell]:
    """The cells of a line between the bars of another as long."""
    end = len(barred.rstrip())
    start = len(barred) - len(barred.lstrip())
    if barred.startswith("|", start):
        start += 1
    bars = [bar.start() for bar in _BAR.finditer(barred, start, end)]
    if bars and bars[-1] == end - 1:
        end = bars.pop()
    places = zip([start, *(bar + 1 for bar in bars)], [*bars, max(start, end)], strict=True)
    return [_cell(line, begin, stop) for begin, stop in places]


def _cell(line: str, start: int, end: int) -> _Cell:
    start, end = _stripped(line, start, end)
    ticks = re.match(r"`*", line[start:end])
    marks = (("`" * len(ticks[0]),) * 2,) if ticks and ticks[0] else _MARKUP
    for opening, closing in marks:
        inner = line[start + len(opening) : max(start + len(opening), end - len(closing))]
        if (
            line[start:end].startswith(opening)
            and line[start:end].endswith(closing)
            and inner
            and opening not in inner
        ):
            start, end = _stripped(line, start + len(opening), end - len(closing))
            break
    return _Cell(line[start:end], start, end)


def _stripped(line: str, start: int, end: int) -> tuple[int, int]:
    text = line[start:end]
    left = len(text) - len(text.lstrip())
    return start + left, max(start + left, start + len(text.rstrip()))


class MarkdownReader:
    """Reader of the samples of a table; lines before and after it are kept and not read."""

    def __init__(self, table: MarkdownTable, columns: Columns = NO_COLUMNS) -> None:
        self._table = table
        self._columns = columns
        self._decided: Decided | None = None
        self._count = 0
        self._over = False

    def __call__(self, block: Block) -> Reading:
        found = list(self._records(block))
        lines = list(block.lines)
        if not found:
            return Reading([], Origin(), "".join)
        remarks: tuple[str, ...] = ()
        texts = [(number, [self._text(cell) for cell in cells]) for number, cells in found]
        if self._decided is None:
            dialect = Dialect("|", self._table.names, False)
            head = replace(block, first=block.first + self._table.first)
            self._decided = decide(head, texts, dialect, self._columns)
            remarks = tuple(self._remarks(head, found, self._decided))
        rows: list[Row] = list(rows_of(texts, self._decided.names, self._decided.roles, self._count))
        self._count += len(rows)
        roles = self._decided.roles
        column = self._decided.names.index(roles.pred or roles.ref or "")
        cells = [row[column] for _, row in found]

        def rewrite(formulas: Sequence[str]) -> str:
            written = list(lines)
            for (number, _), cell, formula in zip(found, cells, formulas, strict=True):
                line = written[number - block.first]
                new = (
                    re.sub(r"(?<!\\)\|", r"\\|", formula)
                    if not self._table.escaped
                    else formula.replace("|", r"\|")
                )
                written[number - block.first] = line[: cell.start] + new + line[cell.end :]
            return "".join(line + "\n" for line in written)

        offsets = [cell.start if self._text(cell) == cell.text else 0 for cell in cells]
        origin = Origin([number for number, _ in found], roles.id is None, remarks)
        return Reading(rows, origin, rewrite, offsets, confidences_in(texts, self._decided.names, roles))

    def whole_records(self, lines: Sequence[str]) -> int:
        return len(lines)

    def _text(self, cell: _Cell) -> str:
        text = cell.text.replace("&#124;", "|")
        return text.replace("\\|", "|") if self._table.escaped else text

    def _remarks(
        self, head: Block, found: Sequence[tuple[int, list[_Cell]]], decided: Decided
    ) -> Iterator[str]:
        if remark := decided.roles.remark():
            yield f"{head.at(0)}: {remark}"
        for number, cells in found:
            if any("\\|" in cell.text for cell in cells):
                how = "a bar, as Markdown has it" if self._table.escaped else "a double bar"
                yield f"{head.name}:{number}: '\\|' in the table is read as {how}"
                return

    def _records(self, block: Block) -> Iterator[tuple[int, list[_Cell]]]:
        """Line and cells of every row under the names; the table ends with a line without a bar."""
        skipped = self._table.first + 2 if block.first == 1 else 0
        width = len(self._table.names)
        for index, line in enumerate(block.lines):
            if index < skipped:
                continue
            if "|" not in line:
                self._over = True
            elif not self._over:
                # A bar that may be in a formula never separates cells: a row may lack its last.
                cells = _cells(line)
                if len(cells) != width:
                    many = ": a bar within a cell is written \\|" if len(cells) > width else ""
                    raise InputError(
                        f"{block.at(index)}: {len(cells)} cells, the table has {width} columns{many}"
                    )
                yield block.first + index, cells
