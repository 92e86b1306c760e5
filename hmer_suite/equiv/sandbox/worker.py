"""The processes that decide pairs: one that keeps everything loaded, and one fork of it for each place in the pool.

``python -m hmer_suite.equiv.sandbox.worker MODULE:FUNCTION SECONDS MEMORY FD...`` is what `pool.Judge` starts; each FD
is a socket that brings pairs and takes answers. The keeper imports the function once, forks a worker for every socket
and waits: a worker that dies is announced on its socket and replaced by another fork within milliseconds, with the
same loaded state that the first one had, whatever was decided before. The keeper has one thread, so forking is safe.

No limit here needs the worker's cooperation, for none can be had from C code that does not come back:

- **time** is CPU time, which the kernel measures and which does not depend on what else the machine does or on the
  number of workers; an interval timer ends the process by a signal that keeps its default action. A second timer on
  the clock, `PATIENCE` times longer, is for a process that waits without computing;
- **memory** is `RLIMIT_AS`, counted from what is loaded. It is there on Linux alone; elsewhere time is the only limit.
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
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from multiprocessing.connection import Connection
from typing import IO

from hmer_suite.equiv.verdict import CRASH, MEMORY, TIMEOUT, Verdict

Decide = Callable[[str, str], Verdict]

PATIENCE = 30
"""Seconds on the clock for each second of CPU time that a pair may take."""

WARM_UP = (
    (r"\frac { x } { 2 } + x", r"x + \frac 1 2 x"),
    (r"\int _ { 0 } ^ { 1 } \sin x d x", r"1 - \cos 1"),
)
"""Decided once before any fork, so that no pair pays for what is loaded or compiled on first use, sympy above all."""

_OUT_OF_MEMORY = 77
"""Exit status of a worker that met `MemoryError`."""

_HUNG_UP = 78
"""Exit status of a worker that is no longer needed; with any other it died on a pair, 0 included."""

_COMPLAINTS = (b"allocate memory", b"MemoryError", b"out of memory")
"""What GMP and FLINT write before they abort, and Python."""


@dataclass(frozen=True, slots=True)
class WorkerSlot:
    """A place in the pool: its socket, and the file that takes what its worker prints."""

    socket: Connection
    printed: IO[bytes]


@dataclass(frozen=True, slots=True)
class ResourceLimits:
    """What one pair may cost: *seconds* of CPU time, and bytes of *memory* beyond what is loaded."""

    seconds: float = 1.0
    memory: int = 1 << 30


def keep(decide: Decide, limits: ResourceLimits, sockets: Sequence[Connection]) -> None:
    """Keep one worker alive for every socket until the other ends are closed."""
    for pair in WARM_UP:
        decide(*pair)
    gc.freeze()  # what is loaded is shared by all forks as long as no collection touches it
    places = [WorkerSlot(socket, tempfile.TemporaryFile()) for socket in sockets]  # noqa: SIM115
    running = {_fork(decide, limits, place, places): place for place in places}
    while running:
        process, status = os.wait()
        place = running.pop(process)
        if os.waitstatus_to_exitcode(status) != _HUNG_UP:
            with contextlib.suppress(BrokenPipeError):  # the caller has gone, as the next fork will see
                place.socket.send_bytes(json.dumps(_death(status, place)).encode())
            running[_fork(decide, limits, place, places)] = place


def _fork(decide: Decide, limits: ResourceLimits, place: WorkerSlot, places: Sequence[WorkerSlot]) -> int:
    """A new worker for *place*; gives its process id."""
    process = os.fork()
    if process:
        return process
    status = 1
    try:
        for other in places:
            if other is not place:
                other.socket.close()
        for stream in (1, 2):
            os.dup2(place.printed.fileno(), stream)
        _limit_memory(limits.memory)
        serve(decide, limits.seconds, place.socket)
        status = _HUNG_UP
    except MemoryError:
        status = _OUT_OF_MEMORY
    except BaseException:  # nothing of a fork may run on into the keeper's own code
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(status)


def serve(decide: Decide, seconds: float, socket: Connection) -> None:
    """Answer pairs until the other end is closed."""
    faulthandler.enable()
    for ended_by in (signal.SIGPROF, signal.SIGALRM):
        signal.signal(ended_by, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGPROF, signal.SIGALRM))
    while True:
        try:
            pair = json.loads(socket.recv_bytes())
        except EOFError:
            return
        _arm(seconds)
        started = time.thread_time()  # the clock of the process goes by ticks while a timer watches it
        verdict = decide(*pair)
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


def _death(status: int, place: WorkerSlot) -> dict:
    """Why a worker died, in one word, and the end of what it printed."""
    code = os.waitstatus_to_exitcode(status)
    place.printed.seek(0)
    text = place.printed.read()
    place.printed.seek(0)
    place.printed.truncate()
    if code in (-signal.SIGPROF, -signal.SIGALRM):
        died = TIMEOUT
    elif code in (_OUT_OF_MEMORY, -signal.SIGKILL) or any(words in text for words in _COMPLAINTS):
        died = MEMORY  # SIGKILL is the system's own answer to memory that runs out
    else:
        died = CRASH
    return {"died": died, "status": code, "printed": text[-4000:].decode("utf-8", "replace").strip()}


def main() -> None:
    """Serve as the keeper of a pool."""
    name, seconds, memory, *descriptors = sys.argv[1:]
    module, _, function = name.partition(":")
    sockets = [Connection(int(descriptor)) for descriptor in descriptors]
    keep(getattr(import_module(module), function), ResourceLimits(float(seconds), int(memory)), sockets)


if __name__ == "__main__":
    main()
