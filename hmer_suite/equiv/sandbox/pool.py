"""The worker processes of a judge as one handle: started, reached over sockets, and ended together.

Existing pools end a task by wall-clock time, so that results change with the load and the number of workers; their
replacement workers load everything again (about a second); and those of `multiprocessing` import the caller's main
module again, which fails in a notebook or an unguarded script.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import weakref
from collections.abc import Sequence
from multiprocessing.connection import Connection, Pipe

from hmer_suite.errors import UsageError

_PROGRAM = ("-P", "-m", "hmer_suite.equiv.sandbox.worker")
_FIRST_FREE = 3
"""The lowest descriptor that is not a standard stream."""


class WorkerPool:
    """A keeper and its workers (see `worker`), with one socket for each worker.

    The processes end with `stop`, with the last reference to the pool, and with this process.

    Attributes:
        process: the process id of the keeper.
        sockets: our ends; the answers of a worker, and word of its death, arrive here.
    """

    def __init__(self, workers: int, decide: str, memory: int):
        """Start the processes; this returns before they have loaded anything.

        Args:
            workers: number of workers.
            decide: the function that they run, as ``module:function``.
            memory: bytes for each worker beyond what is loaded.

        Raises:
            UsageError: the system refuses so many files or processes.
        """
        with contextlib.ExitStack() as ours, contextlib.ExitStack() as theirs:
            try:
                pairs = [_socket_pair(ours, theirs) for _ in range(workers)]
                self._keeper = _started(decide, memory, [end.fileno() for _, end in pairs])
            except OSError as error:
                raise UsageError(f"{workers} workers cannot be started: {error.strerror}") from None
            ours.pop_all()
        self.process = self._keeper.pid
        self.sockets = [end for end, _ in pairs]
        self._end = weakref.finalize(self, _ended, self._keeper, self.sockets)

    def kill(self) -> None:
        """Kill all processes; their ends of the sockets close, ours stay open."""
        _kill(self.process)

    def stop(self) -> None:
        """Kill all processes and close the sockets."""
        self._end()

    def exit_status(self) -> int | None:
        """The exit status of the keeper, negative for the signal that ended it; None if it runs."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self._keeper.wait(timeout=1)  # its sockets close a moment before it has ended
        return None

    def abandon(self) -> None:
        """Let go of the processes without ending them: in a fork they belong to another process."""
        self._end.detach()
        self._keeper.returncode = 0  # no child of this process, so there is nothing to wait for
        for socket in self.sockets:
            socket.close()


def _socket_pair(ours: contextlib.ExitStack, theirs: contextlib.ExitStack) -> tuple[Connection, Connection]:
    """Both ends of a socket, each closed with its stack.

    If a standard stream is closed, the system gives its descriptor to the next file; what is printed to that stream
    would then arrive as an answer, and the worker's end would be replaced by the worker's own stream.
    """
    ends = Pipe()
    for end, stack in zip(ends, (ours, theirs), strict=True):
        stack.callback(end.close)
    return _above_the_streams(ends[0], ours), _above_the_streams(ends[1], theirs)


def _above_the_streams(end: Connection, stack: contextlib.ExitStack) -> Connection:
    if end.fileno() >= _FIRST_FREE:
        return end
    moved = Connection(fcntl.fcntl(end.fileno(), fcntl.F_DUPFD_CLOEXEC, _FIRST_FREE))
    stack.callback(moved.close)
    end.close()
    return moved


def _started(decide: str, memory: int, sockets: Sequence[int]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, *_PROGRAM, decide, str(memory), *map(str, sockets)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=None if _is_inherited(2) else subprocess.DEVNULL,
        pass_fds=sockets,
        start_new_session=True,  # a group to kill as one; Ctrl-C in a terminal reaches the caller alone
        env=_environment(),
    )


def _is_inherited(descriptor: int) -> bool:
    """Whether a descriptor is open here and will be in a child."""
    try:
        return os.get_inheritable(descriptor)
    except OSError:
        return False


def _environment() -> dict[str, str]:
    """This process's environment and import path, with fixed hashes, on which sympy's answers may depend."""
    path = os.pathsep.join(entry or os.getcwd() for entry in sys.path)
    return os.environ | {"PYTHONPATH": path, "PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1"}


def _ended(keeper: subprocess.Popen[bytes], sockets: Sequence[Connection]) -> None:
    for socket in sockets:
        socket.close()
    _kill(keeper.pid)
    keeper.wait()


def _kill(group: int) -> None:
    with contextlib.suppress(ProcessLookupError):  # all have already ended
        os.killpg(group, signal.SIGKILL)
