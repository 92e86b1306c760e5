"""Files whose formulas `validate`, `fix` and `canon` go through: opened with warnings, numbered, written again."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import typer

from hmer_suite.cli.warnings import warn
from hmer_suite.errors import UsageError

if TYPE_CHECKING:
    from hmer_suite.latex.leftovers import Leftovers
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


REMEMBERED, LONGEST_REMEMBERED = 4096, 1000
"""Texts whose results are kept, and the most characters of one: memory stays bounded whatever the file holds."""

Result = TypeVar("Result")


def remembered(function: Callable[[str], Result]) -> Callable[[str], Result]:
    """The function with the results of texts that came shortly before, as the same labels come again and again."""
    kept = lru_cache(maxsize=REMEMBERED)(function)
    return lambda text: kept(text) if len(text) <= LONGEST_REMEMBERED else function(text)


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
    """A file as the user named it, and its content in parts, each read when it is needed."""

    name: str
    parts: Iterator[Document]

    def formulas(self) -> Iterator[Formula]:
        """The formulas, in order; warnings about them are printed."""
        for _, formulas in self._parts():
            yield from formulas

    def rewrite(self, function: Callable[[Formula], str], target: Target) -> None:
        """Go through the formulas and write the file with what the function makes of each in its place."""
        parts = ((part, [function(formula) for formula in formulas]) for part, formulas in self._parts())
        if target.is_nowhere:
            for _ in parts:
                pass
        elif target.out is not None:
            from hmer_suite.predictions.documents import write_document

            write_document(target.out / Path(self.name).name if target.is_folder else target.out, parts)
        else:
            for part, texts in parts:
                sys.stdout.write(part.rewritten(texts))

    def _parts(self) -> Iterator[tuple[Document, Iterator[Formula]]]:
        from hmer_suite.latex.leftovers import Leftovers

        leftovers, name = Leftovers(), self.name
        for part in self.parts:
            name = part.source.name
            warn(part.warnings)
            yield part, self._formulas(part, leftovers)
        if leftovers.count:
            warn([f"{name}:{leftovers.first}: {leftovers}"])

    def _formulas(self, part: Document, leftovers: Leftovers) -> Iterator[Formula]:
        ids: Sequence[str | None] = part.ids or [None] * len(part.formulas)
        for text, line, identifier, offset in zip(part.formulas, part.lines, ids, part.offsets, strict=True):
            leftovers.add(text, line)
            yield Formula(self.name, line, identifier, offset, text)


@dataclass(frozen=True, slots=True)
class Target:
    """The place where files are written: `out`, which may be a folder, standard output, or nowhere."""

    out: Path | None
    is_folder: bool
    is_nowhere: bool


def open_sources(
    names: Sequence[str] | None, format: str | None, columns: str | None, out: Path | None = None
) -> list[Source]:
    """Files to go through, by default standard input; the first part of each is read.

    Raises:
        InputError: a file cannot be read.
        UsageError: standard input is given twice, or *out* cannot take several files.
    """
    from hmer_suite.predictions.documents import read_document
    from hmer_suite.predictions.names import NO_COLUMNS, parse_columns

    names = names or ["-"]
    _check(names, out)
    chosen = NO_COLUMNS if columns is None else parse_columns(columns)
    documents = [read_document(name, format, chosen) for name in names]
    firsts = [next(parts) for parts in documents]
    return [
        Source(name, chain([first], parts))
        for name, first, parts in zip(names, firsts, documents, strict=True)
    ]


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
