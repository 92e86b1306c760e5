"""Progress bars, spinners and tables of commands and training; bars show only where stderr is a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


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

    def move_to(self, step: int, note: str) -> None:
        """Move the bar to `step`, and show `note` after it."""
        if self._bar is not None:
            progress, task = self._bar
            progress.update(task, completed=step, note=note)

    def write(self, text: str) -> None:
        """Write a line on stderr, above the bar."""
        if self._bar is not None:
            self._bar[0].console.print(text, markup=False, highlight=False)
        else:
            print(text, file=sys.stderr, flush=True)


@contextmanager
def progress_bar(
    description: str, total: int, *, completed: int = 0, keep: bool = False
) -> Iterator[ProgressBar]:
    """Show a progress bar of `total` steps; `keep` leaves it on the terminal afterwards."""
    if total < 2 or not sys.stderr.isatty():
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
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(description):
        yield


def columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines of left-aligned columns, two spaces apart."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
