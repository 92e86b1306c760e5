"""Ctrl-C and the signals that end a process, so that a command can say what it has done."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import typer

SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")
"""Signals that interrupt a command; SIGHUP is not known everywhere."""


class Interrupted(BaseException):
    """A signal has arrived; `report` says what is done, once a command has filled it in."""

    def __init__(self, number: int):
        super().__init__(signal.Signals(number).name)
        self.number = number
        self.report = ""


@contextmanager
def interruptible() -> Iterator[None]:
    """End the command with status 128 + n and one line on stderr when signal n arrives; a second one ends it at once.

    A signal that the parent has told the process to ignore, as nohup does, stays ignored.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = [number for name in SIGNALS if (number := getattr(signal, name, None)) is not None]
    former = {number: signal.getsignal(number) for number in numbers}
    try:
        for number, handler in former.items():
            if handler is not signal.SIG_IGN:
                signal.signal(number, _interrupt)
        yield
    except Interrupted as stop:
        report = f": {stop.report}" if stop.report else ""
        print(f"hmer-suite: interrupted{report}", file=sys.stderr)
        raise typer.Exit(128 + stop.number) from None
    finally:
        for number, handler in former.items():
            signal.signal(number, handler if handler is not None else signal.SIG_DFL)


def _interrupt(number: int, _: FrameType | None) -> None:
    for name in SIGNALS:
        if (known := getattr(signal, name, None)) is not None:
            signal.signal(known, signal.SIG_DFL)
    raise Interrupted(number)
