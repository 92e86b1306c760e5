"""Files whose formulas `validate`, `fix` and `canon` go through: opened with warnings, numbered, written again."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from hmer_suite.cli.warnings import warn
from hmer_suite.errors import UsageError

if TYPE_CHECKING:
    from hmer_suite.predictions.documents import Document

SOURCES = typer.Argument(
    None,
    metavar="FILE|-...",
    help="Files of formulas, one a line, or prediction or label files of any layout; - for standard input.",
)
OUT = typer.Option(
    None,
    "--out",
    "-o",
    metavar="PATH",
    help="Write to this file, or with several files to a folder; by default to standard output.",
)


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula with its place: line (or number, where formulas are no lines), id, characters before it on its line."""

    source: str
    line: int
    id: str | None
    offset: int
    text: str

    def at(self, character: int) -> str:
        """``file:line:column`` of a character of the formula, from 0."""
        return f"{self.source}:{self.line}:{self.offset + character + 1}"

    def names(self, several: bool) -> dict[str, object]:
        """Keys of the formula in JSON: its line, its id if it has one, its file if there are several."""
        named: dict[str, object] = {"file": self.source} if several else {}
        named["line"] = self.line
        return named if self.id is None else {**named, "id": self.id}


@dataclass(frozen=True, slots=True)
class Source:
    """A file as the user named it, and its content."""

    name: str
    document: Document

    def formulas(self) -> Iterator[Formula]:
        """The formulas, in order."""
        document = self.document
        ids: Sequence[str | None] = document.ids or [None] * len(document.formulas)
        for text, line, identifier, offset in zip(
            document.formulas, document.lines, ids, document.offsets, strict=True
        ):
            yield Formula(self.name, line, identifier, offset, text)

    def write(self, formulas: Sequence[str], out: Path | None, several: bool) -> None:
        """Write the file with *formulas* in place of its own, to *out* or standard output."""
        if out is None:
            sys.stdout.write(self.document.rewritten(formulas))
        else:
            self.document.write(out / Path(self.name).name if several else out, formulas)


def open_sources(
    names: Sequence[str] | None, format: str | None, columns: str | None, out: Path | None = None
) -> list[Source]:
    """Files to go through, by default standard input; warnings about them are printed.

    Raises:
        InputError: a file cannot be read.
        UsageError: standard input is given twice, or *out* cannot take several files.
    """
    from hmer_suite.latex.leftovers import first_leftover
    from hmer_suite.predictions.documents import read_document
    from hmer_suite.predictions.names import NO_COLUMNS, parse_columns

    names = names or ["-"]
    _check(names, out)
    chosen = NO_COLUMNS if columns is None else parse_columns(columns)
    sources = [Source(name, read_document(name, format, chosen)) for name in names]
    for source in sources:
        warn(source.document.warnings)
        if (found := first_leftover(source.document.formulas)) is not None:
            warn([f"{source.document.source.name}:{source.document.lines[found[0]]}: {found[1]}"])
    return sources


def _check(names: Sequence[str], out: Path | None) -> None:
    if names.count("-") > 1:
        raise UsageError("standard input (-) can be read only once")
    if out is None or len(names) == 1:
        return
    if not out.is_dir():
        raise UsageError(f"--out {out}: several files need a folder that exists")
    files = [Path(name).name for name in names]
    if len(set(files)) < len(files) or "-" in names:
        raise UsageError(f"--out {out}: several files need distinct names")
