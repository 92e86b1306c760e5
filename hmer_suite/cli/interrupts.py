"""Ctrl-C and the signals that end a process, so that a command can say what it has done."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from types import FrameType
from typing import Protocol

import typer

SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")
"""Signals that interrupt a command; SIGHUP is not known everywhere."""


class Interrupted(BaseException):
    """A signal has arrived; `report` says what is done, once a command has filled it in."""

    def __init__(self, number: int):
        super().__init__(signal.Signals(number).name)
        self.number = number
        self.report = ""


class Deferral(Protocol):
    """A request that work may take up at a point where it can stop: `heeded` says that it will."""

    number: int
    heeded: bool


@contextmanager
def interruptible(stop: Deferral | None = None) -> Iterator[None]:
    """End the command with status 128 + n and one line on stderr when signal n arrives; a second one ends it at once.

    With `stop`, a signal is only noted there while the work heeds it, and the caller ends the command.

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
                signal.signal(number, partial(_interrupt, stop, os.getpid()))
        yield
    except Interrupted as stop:
        report = f": {stop.report}" if stop.report else ""
        print(f"hmer-suite: interrupted{report}", file=sys.stderr)
        raise typer.Exit(128 + stop.number) from None
    finally:
        for number, handler in former.items():
            signal.signal(number, handler if handler is not None else signal.SIG_DFL)


def _interrupt(stop: Deferral | None, owner: int, number: int, _: FrameType | None) -> None:
    if os.getpid() != owner:
        os._exit(128 + number)  # a child that was forked, and has nothing to save
    deferred = stop is not None and stop.heeded
    if not (deferred and int(os.environ.get("WORLD_SIZE", "1")) > 1):
        # A launcher of several processes sends SIGTERM after the Ctrl-C that all of them got; it has its own patience.
        for name in SIGNALS:
            if (known := getattr(signal, name, None)) is not None:
                signal.signal(known, signal.SIG_DFL)
    if stop is None or not deferred:
        raise Interrupted(number)
    if not stop.number:
        stop.number = number
        # Not print, whose buffer this may have come in the middle of.
        os.write(2, b"hmer-suite: interrupted: finishing the step and saving; a second signal ends at once\n")
