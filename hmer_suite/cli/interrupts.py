"""Ctrl-C and the signals that end a process, so that a command can say what it has done."""

from __future__ import annotations

import os
import signal
import sys
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Protocol

import typer

SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")
"""Signals that interrupt a command; SIGHUP is not known everywhere."""

AGAIN: int = getattr(signal, "SIGALRM", 0)
"""Signal of the timer with which a swallowed exception is raised again; 0 where there is none."""

SOON = 0.001
"""Seconds until then."""


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

    A library may swallow the exception that a signal raises: code that catches all, an import within compiled code, a
    destructor. It is raised again as soon as nobody holds it any more, and the command never ends as if none had come.

    A signal that the parent has told the process to ignore, as nohup does, stays ignored.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = _numbers()
    former = {number: signal.getsignal(number) for number in (*numbers, *([AGAIN] if AGAIN else []))}
    hook = sys.unraisablehook
    arrival = _Arrival(stop, os.getpid())
    try:
        for number in numbers:
            if former[number] is not signal.SIG_IGN:
                signal.signal(number, arrival.take)
        yield
    except BaseException as error:
        arrival.settled = True
        if not arrival.number:
            raise
        raise arrival.end(error) from None
    else:
        arrival.settled = True
        if arrival.number:
            raise arrival.end()
    finally:
        sys.unraisablehook = hook
        for number, handler in former.items():
            signal.signal(number, handler if handler is not None else signal.SIG_DFL)


def _numbers() -> list[int]:
    return [number for name in SIGNALS if (number := getattr(signal, name, None)) is not None]


@dataclass
class _Arrival:
    """The signal that has come to the process `owner`, 0 if none has raised `Interrupted`, until it is `settled`."""

    stop: Deferral | None
    owner: int
    number: int = 0
    settled: bool = False
    raised: weakref.ref[Interrupted] | None = None

    def take(self, number: int, _: FrameType | None) -> None:
        """Handle the signal."""
        if os.getpid() != self.owner:
            os._exit(128 + number)  # a child that was forked, and has nothing to save
        deferred = self.stop is not None and self.stop.heeded
        if not (deferred and int(os.environ.get("WORLD_SIZE", "1")) > 1):
            # A launcher of several processes sends SIGTERM after the Ctrl-C that all of them got; it has its own
            # patience.
            for known in _numbers():
                signal.signal(known, signal.SIG_DFL)
        if self.stop is None or not deferred:
            raise self._interrupted(number)  # in no variable, which its traceback would keep it alive with
        if not self.stop.number:
            self.stop.number = number
            # Not print, whose buffer this may have come in the middle of.
            os.write(
                2, b"hmer-suite: interrupted: finishing the step and saving; a second signal ends at once\n"
            )

    def end(self, error: BaseException | None = None) -> typer.Exit:
        """Say that the command was interrupted, and what it has done; the exception to leave it with."""
        report = f": {error.report}" if isinstance(error, Interrupted) and error.report else ""
        print(f"hmer-suite: interrupted{report}", file=sys.stderr)
        return typer.Exit(128 + self.number)

    def _interrupted(self, number: int) -> Interrupted:
        sys.unraisablehook = _quiet
        self.number = number
        error = Interrupted(number)
        self.raised = weakref.ref(error, self._lost)
        return error

    def _lost(self, _: weakref.ref[Interrupted]) -> None:
        """Raise again soon, as the exception has ended unseen; not here, where exceptions are ignored."""
        if self.settled or os.getpid() != self.owner or not AGAIN:
            return
        if threading.current_thread() is threading.main_thread():
            signal.signal(AGAIN, self._take_again)
            signal.setitimer(signal.ITIMER_REAL, SOON)

    def _take_again(self, *_: object) -> None:
        if not self.settled:
            raise self._interrupted(self.number)


def _quiet(unraisable: sys.UnraisableHookArgs) -> None:
    """Report an exception that cannot be raised, unless it is an interrupt, which comes again."""
    if not isinstance(unraisable.exc_value, Interrupted):
        sys.__unraisablehook__(unraisable)
