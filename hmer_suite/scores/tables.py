r"""Tables of results, and their rendering as text, Markdown, LaTeX (booktabs), CSV and HTML.

The first column names the rows; numbers stand on the right. Remarks beside the tables belong to text, Markdown and
HTML, and are comments in LaTeX.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from hmer_suite.errors import UsageError


@dataclass(frozen=True, slots=True)
class Rate:
    """A number with *digits* decimals, with its sign if *signed*, and marks of significance after it."""

    value: float
    digits: int = 2
    signed: bool = False
    marks: str = ""

    def __str__(self) -> str:
        return f"{self.value:{'+' if self.signed else ''}.{self.digits}f}"


@dataclass(frozen=True, slots=True)
class Span:
    """An interval, its ends joined by *word*."""

    low: Rate
    high: Rate
    word: str = "-"

    @classmethod
    def of(cls, interval: tuple[float, float], *, signed: bool = False) -> Span:
        """The interval with two decimals."""
        low, high = interval
        return cls(Rate(low, signed=signed), Rate(high, signed=signed), ".." if signed else "-")

    def __str__(self) -> str:
        return f"{self.low} {self.word} {self.high}"


Cell = str | int | Rate | Span
"""Text, a count, a rate or an interval."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table: the name by which it is asked for, its heading, its rows; the first *keys* columns name a row.

    An *extra* table is shown only when it is asked for, and in CSV.
    """

    name: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    keys: int = 1
    extra: bool = False


Part = Table | str
"""A table, or a remark beside the tables."""

FORMATS = ("text", "md", "latex", "csv")
"""Formats in which tables are rendered."""


def render(parts: Iterable[Part], format: str, name: str | None = None) -> str:
    """Tables and remarks in one of `FORMATS`; with *name* that table alone.

    CSV of one table has its columns, intervals as two; of several it has a line for each number: table, row, column,
    value.

    Raises:
        UsageError: there is no such table.
    """
    given = list(parts)
    if name is not None:
        found = [part for part in given if isinstance(part, Table) and part.name == name]
        if not found:
            known = dict.fromkeys(part.name for part in given if isinstance(part, Table))
            raise UsageError(f"--table {name}: no such table here, there are {', '.join(known)}")
        return _csv_of_one(found[0]) if format == "csv" else _RENDERED[format](found)
    if format == "csv":
        return _csv(given)
    return _RENDERED[format]([part for part in given if isinstance(part, str) or not part.extra])


# ---------------------------------------------------------------- text


def as_text(parts: Sequence[Part]) -> str:
    """Tables and remarks for a terminal."""
    return "\n\n".join(text_table(part) if isinstance(part, Table) else part for part in parts)


def text_table(table: Table) -> str:
    """A table for a terminal."""
    return aligned([table.head, *([_plain(cell) for cell in row] for row in table.rows)])


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """A text table, the first row its heading; the first column is left-aligned, the others right-aligned."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]).rstrip() for row in rows
    ]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def _plain(cell: Cell) -> str:
    if isinstance(cell, int):
        return f"{cell:,}"
    return f"{cell}{cell.marks}" if isinstance(cell, Rate) else str(cell)


# ---------------------------------------------------------------- Markdown, LaTeX, HTML


def _markdown(parts: Sequence[Part]) -> str:
    return "\n\n".join(_markdown_table(part) if isinstance(part, Table) else _quoted(part) for part in parts)


def _quoted(remark: str) -> str:
    """A remark with its lines kept apart."""
    return "  \n".join(re.sub(r"([\\*_<`])", r"\\\1", line) for line in remark.split("\n"))


def _markdown_table(table: Table) -> str:
    rows = [[_escaped_md(_plain(cell)) for cell in row] for row in table.rows]
    rule = ["---" if index < table.keys else "---:" for index in range(len(table.head))]
    lines = [list(map(_escaped_md, table.head)), rule, *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _escaped_md(text: str) -> str:
    return re.sub(r"([\\|*_<`])", r"\\\1", text)


_LATEX = {
    "\\": r"\textbackslash{}",
    **{character: f"\\{character}" for character in "&%$#_{}"},
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": "$<$",
    ">": "$>$",
}


def _escaped_latex(text: str) -> str:
    text = "".join(_LATEX.get(character, character) for character in text)
    return text.replace("$<$=", r"$\leq$")


def _latex(parts: Sequence[Part]) -> str:
    shown = [
        _latex_table(part) if isinstance(part, Table) else "\n".join(f"% {line}" for line in part.split("\n"))
        for part in parts
    ]
    return "\n\n".join([r"% needs \usepackage{booktabs}", *shown])


def _latex_table(table: Table) -> str:
    columns = "l" * table.keys + "r" * (len(table.head) - table.keys)
    lines = [
        f"% {table.name}",
        f"\\begin{{tabular}}{{{columns}}}",
        r"\toprule",
        " & ".join(map(_escaped_latex, table.head)) + r" \\",
        r"\midrule",
        *(" & ".join(map(_latex_cell, row)) + r" \\" for row in table.rows),
        r"\bottomrule",
        r"\end{tabular}",
    ]
    return "\n".join(lines)


def _latex_cell(cell: Cell) -> str:
    if isinstance(cell, Rate):
        marks = f"^{{{cell.marks}}}" if cell.marks else ""
        if str(cell)[0] in "+-":
            return f"${cell}{marks}$"
        return f"{cell}${marks}$" if marks else str(cell)
    if isinstance(cell, Span):
        low, high = map(_latex_cell, (cell.low, cell.high))
        return f"{low}--{high}" if cell.word == "-" else f"{low} to {high}"
    return f"{cell:,}" if isinstance(cell, int) else _escaped_latex(cell)


_HTML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})


def _escaped_html(text: str) -> str:
    return text.translate(_HTML)


def as_html(parts: Sequence[Part]) -> str:
    """Tables and remarks for a notebook."""
    return "\n".join(_html_table(part) if isinstance(part, Table) else _html_remark(part) for part in parts)


def _html_remark(remark: str) -> str:
    return f"<p>{'<br>'.join(map(_escaped_html, remark.split(chr(10))))}</p>"


def _html_table(table: Table) -> str:
    head = "".join(f"<th>{_escaped_html(cell)}</th>" for cell in table.head)
    rows = []
    for row in table.rows:
        names = "".join(f"<th>{_escaped_html(_plain(cell))}</th>" for cell in row[: table.keys])
        cells = "".join(
            f'<td style="text-align: right">{_escaped_html(_plain(cell))}</td>' for cell in row[table.keys :]
        )
        rows.append(f"<tr>{names}{cells}</tr>")
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


# ---------------------------------------------------------------- CSV


def _csv_of_one(table: Table) -> str:
    first = table.rows[0] if table.rows else ("",) * len(table.head)
    split = [name for name, cell in zip(table.head, first, strict=True) if isinstance(cell, Span)]
    head = [part for name in table.head for part in (_ends(name) if name in split else [name])]
    return _csv_text([head, *([value for cell in row for value in _values(cell)] for row in table.rows)])


def _ends(name: str) -> list[str]:
    return [f"{name}, low", f"{name}, high"]


def _values(cell: Cell) -> list[str]:
    if isinstance(cell, Span):
        return [str(cell.low), str(cell.high)]
    return [str(cell)]


def _csv(parts: Sequence[Part]) -> str:
    rows = [["table", "row", "column", "value"]]
    for table in parts:
        if isinstance(table, Table):
            rows.extend(_numbers(table))
    return _csv_text(rows)


def _numbers(table: Table) -> Iterator[list[str]]:
    for row in table.rows:
        name = ", ".join(map(str, row[: table.keys]))
        for column, cell in zip(table.head[table.keys :], row[table.keys :], strict=True):
            values = _values(cell)
            for part, value in zip(_ends(column) if len(values) > 1 else [column], values, strict=True):
                yield [table.name, name, part, value]


def _csv_text(rows: Iterable[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().rstrip("\n")


_RENDERED: dict[str, Callable[[Sequence[Part]], str]] = {
    "text": as_text,
    "md": _markdown,
    "latex": _latex,
}
