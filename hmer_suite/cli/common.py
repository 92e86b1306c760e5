"""What several commands share: reading lines, printing JSON, counting what is left to do."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer

JSON = typer.Option(False, "--json", help="Print JSON on stdout instead of text.")
PERMIT_UNKNOWN = typer.Option(
    False, "--permit-unknown", help="Take commands that hmer-suite does not know for symbols."
)
RULE = typer.Option(
    [], "--rule", metavar="NAME", help="Also apply this repair rule; plugins add some. May be repeated."
)
INPUT = typer.Argument(..., metavar="FILE|-", help="A file with one formula a line, or - for standard input.")


def formulas(source: str) -> list[str]:
    """Lines of a file, or of standard input for ``-``.

    Raises:
        InputError: the file cannot be read as UTF-8 text.
    """
    from hmer_suite.files import decode, read_lines, split_lines

    if source == "-":
        return split_lines(decode(sys.stdin.buffer.read(), "standard input"))
    return read_lines(source)


def print_json(value: object) -> None:
    """One JSON document on a line of its own."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")


def numbered(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Lines with their numbers from 1."""
    return enumerate(lines, start=1)


@contextmanager
def progress_bar(what: str, total: int) -> Iterator[Callable[[], None]]:
    """A progress bar on stderr where that is a terminal; gives the function that moves it on by one."""
    if total < 2 or not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=total)
        yield lambda: progress.advance(task)
