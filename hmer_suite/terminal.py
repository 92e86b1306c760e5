"""What commands and training say besides their results: notes, progress bars, spinners, tables.

Results go to stdout; all else goes to stderr, as far as the chosen `Verbosity` lets it. Bars and spinners show only
where stderr is a terminal.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class Verbosity(IntEnum):
    """Least importance of what is said: errors alone, notes and warnings too, or details too."""

    QUIET = 0
    NORMAL = 1
    VERBOSE = 2


_chosen = Verbosity.NORMAL


def set_verbosity(verbosity: Verbosity) -> None:
    """Say more or less from now on, in this process."""
    global _chosen
    _chosen = verbosity


def note(text: str) -> None:
    """Print a note or a warning on stderr, unless only errors are wanted."""
    _say(text, Verbosity.NORMAL)


def detail(text: str) -> None:
    """Print on stderr what only those who ask for it want to know: files read, defaults chosen."""
    _say(f"hmer-suite: {text}", Verbosity.VERBOSE)


def _say(text: str, verbosity: Verbosity) -> None:
    if _chosen >= verbosity:
        print(text, file=sys.stderr, flush=True)


class ProgressBar:
    """A progress bar on stderr; without a bar, for a stderr that is no terminal, only `write` does anything."""

    def __init__(self, bar: tuple[Progress, TaskID] | None = None):
        self._bar = bar

    @property
    def shown(self) -> bool:
        """Whether there is a terminal to show a bar on."""
        return self._bar is not None

    def advance(self, steps: int = 1) -> None:
        """Move the bar on by `steps`."""
        if self._bar is not None:
            progress, task = self._bar
            progress.advance(task, steps)

    def move_to(self, step: int, note: str, total: int | None = None) -> None:
        """Move the bar to `step`, of `total` from now on if it is given, and show `note` after it."""
        if self._bar is not None:
            progress, task = self._bar
            progress.update(task, completed=step, note=note, total=total)

    def write(self, text: str, verbosity: Verbosity = Verbosity.NORMAL) -> None:
        """Write a line on stderr, above the bar; `verbosity` is the least with which it is said."""
        if self._bar is not None:
            self._bar[0].console.print(text, markup=False, highlight=False)
        else:
            _say(text, verbosity)


@contextmanager
def progress_bar(
    description: str, total: int, *, completed: int = 0, keep: bool = False
) -> Iterator[ProgressBar]:
    """Show a progress bar of `total` steps; `keep` leaves it on the terminal afterwards."""
    if total < 2 or not _shows_progress():
        yield ProgressBar()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"),
    )
    # Results printed on stdout must not end up on the terminal of stderr.
    progress = Progress(*columns, console=Console(stderr=True), transient=not keep, redirect_stdout=False)
    with progress:
        yield ProgressBar(
            (progress, progress.add_task(description, total=total, completed=completed, note=""))
        )


@contextmanager
def spinner(description: str) -> Iterator[None]:
    """Show a spinner while work of unknown length is done."""
    if not _shows_progress():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(description):
        yield


def _shows_progress() -> bool:
    return _chosen > Verbosity.QUIET and sys.stderr.isatty()


def columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines of left-aligned columns, two spaces apart."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
