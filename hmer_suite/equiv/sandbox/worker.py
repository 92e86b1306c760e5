"""The processes that decide pairs: a keeper with everything loaded, and a fork of it for each slot of the pool.

``python -m hmer_suite.equiv.sandbox.worker MODULE:FUNCTION MEMORY FD...`` is what `pool.WorkerPool` starts; each FD
is a socket for questions (`Question`) and answers. The keeper imports the function once, forks a worker for each
and waits: a dead worker is reported on its socket and replaced by another fork within milliseconds, in the same
loaded state as the first one, whatever was decided before. The keeper has one thread, so forking is safe.

The limits need no cooperation of the worker, as C code may never return:

- **time** is CPU time, measured by the kernel, which does not depend on other load or on the number of workers; an
  interval timer kills the process by a signal with its default action. A second timer, on wall-clock time and
  `PATIENCE` times longer, is for a process that waits without computing;
- **memory** is `RLIMIT_AS`, counted from what is loaded, on Linux alone; elsewhere time is the only limit.
"""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import json
import os
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from multiprocessing.connection import Connection
from typing import IO

from hmer_suite.equiv.verdict import CRASH, MEMORY, TIMEOUT, Verdict

Decide = Callable[..., Verdict]
"""A function of two texts, and of keywords if a question has options."""

PATIENCE = 30
"""Seconds of wall-clock time for each second of CPU time that a pair may take."""

WARM_UP = (
    (r"\frac { x } { 2 } + x", r"x + \frac 1 2 x"),
    (r"\int _ { 0 } ^ { 1 } \sin x d x", r"1 - \cos 1"),
)
"""Pairs decided before any fork, so that no later pair pays for what is loaded or compiled on first use."""

_OUT_OF_MEMORY = 77
"""Exit status of a worker after `MemoryError`."""

_HUNG_UP = 78
"""Exit status of a worker whose socket was closed; with any other, 0 included, it died on a pair."""

_COMPLAINTS = (b"allocate memory", b"MemoryError", b"out of memory")
"""Messages of GMP, FLINT and Python when memory runs out."""


@dataclass(frozen=True, slots=True)
class WorkerSlot:
    """A slot of the pool: its socket, and the file for the output of its worker."""

    socket: Connection
    printed: IO[bytes]


@dataclass(frozen=True, slots=True)
class Question:
    """A pair with its limit in *seconds* of CPU time, and keyword arguments for the function that decides it."""

    first: str
    second: str
    seconds: float
    options: Mapping[str, str] = field(default_factory=dict)

    def encoded(self) -> bytes:
        """The question as a message to a worker."""
        return json.dumps([self.first, self.second, self.seconds, dict(self.options)]).encode()

    @classmethod
    def decoded(cls, message: bytes) -> Question:
        """The question of a message."""
        return cls(*json.loads(message))


def keep(decide: Decide, memory: int, sockets: Sequence[Connection]) -> None:
    """Keep one worker alive for every socket until the other ends are closed.

    Each worker may use *memory* bytes beyond what is loaded. If the system refuses a process or file, the other ends
    are told why, and this returns.
    """
    for pair in WARM_UP:
        decide(*pair)
    gc.freeze()  # the forks share loaded pages as long as no collection touches them
    try:
        _keep(decide, memory, sockets)
    except OSError as error:
        for socket in sockets:
            with contextlib.suppress(OSError):  # the caller, or this worker, is gone
                socket.send_bytes(
                    json.dumps({"failed": f"a worker cannot be started: {error.strerror}"}).encode()
                )


def _keep(decide: Decide, memory: int, sockets: Sequence[Connection]) -> None:
    slots = [WorkerSlot(socket, tempfile.TemporaryFile()) for socket in sockets]  # noqa: SIM115
    running: dict[int, WorkerSlot] = {}
    for slot in slots:
        running[_fork(decide, memory, slot, slots)] = slot
    while running:
        process, status = os.wait()
        slot = running.pop(process)
        if os.waitstatus_to_exitcode(status) == _HUNG_UP:
            slot.socket.close()  # so that the caller, should it be there after all, learns that nobody listens
            continue
        with contextlib.suppress(BrokenPipeError):  # the caller is gone, as the next fork will notice
            slot.socket.send_bytes(json.dumps(_death(status, slot)).encode())
        running[_fork(decide, memory, slot, slots)] = slot


def _fork(decide: Decide, memory: int, slot: WorkerSlot, slots: Sequence[WorkerSlot]) -> int:
    """Start a worker for *slot* and return its process id."""
    process = os.fork()
    if process:
        return process
    status = 1
    try:
        for other in slots:
            if other is not slot:
                other.socket.close()
        for stream in (1, 2):
            os.dup2(slot.printed.fileno(), stream)
        _limit_memory(memory)
        serve(decide, slot.socket)
        status = _HUNG_UP
    except MemoryError:
        status = _OUT_OF_MEMORY
    except BaseException:  # a fork must never continue in the keeper's code
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(status)


def serve(decide: Decide, socket: Connection) -> None:
    """Answer questions until the other end is closed."""
    faulthandler.enable(2)  # by its number, as there is no sys.stderr where the caller has none
    for ended_by in (signal.SIGPROF, signal.SIGALRM):
        signal.signal(ended_by, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGPROF, signal.SIGALRM))
    while True:
        try:
            question = Question.decoded(socket.recv_bytes())
        except EOFError:
            return
        _arm(question.seconds)
        started = time.thread_time()  # the process clock advances in ticks while a timer runs
        verdict = decide(question.first, question.second, **question.options)
        took = time.thread_time() - started
        _arm(0)
        socket.send_bytes(json.dumps(verdict.to_json() | {"seconds": round(took, 6)}).encode())


def _arm(seconds: float) -> None:
    """Set both timers, or stop them with 0."""
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, PATIENCE * seconds)


def _limit_memory(memory: int) -> None:
    """Allow *memory* bytes of address space beyond what is in use."""
    try:
        with open("/proc/self/statm") as file:
            loaded = int(file.read().split()[0]) * resource.getpagesize()
    except FileNotFoundError:
        return  # not Linux
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    if hard == resource.RLIM_INFINITY or loaded + memory < hard:
        resource.setrlimit(resource.RLIMIT_AS, (loaded + memory, hard))


def _death(status: int, slot: WorkerSlot) -> dict[str, str | int]:
    """The reason for a worker's death, in one word, and the end of its output."""
    code = os.waitstatus_to_exitcode(status)
    slot.printed.seek(0)
    text = slot.printed.read()
    slot.printed.seek(0)
    slot.printed.truncate()
    if code in (-signal.SIGPROF, -signal.SIGALRM):
        died = TIMEOUT
    elif code == _OUT_OF_MEMORY or any(words in text for words in _COMPLAINTS):
        died = MEMORY
    else:
        died = CRASH
    return {"died": died, "status": code, "printed": text[-4000:].decode("utf-8", "replace").strip()}


def main() -> None:
    """Serve as the keeper of a pool."""
    name, memory, *descriptors = sys.argv[1:]
    module, _, function = name.partition(":")
    sockets = [Connection(int(descriptor)) for descriptor in descriptors]
    keep(getattr(import_module(module), function), int(memory), sockets)


if __name__ == "__main__":
    main()
