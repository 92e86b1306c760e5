"""Decisions on many pairs in worker processes, so that a pair that hangs or crashes costs only its own verdict.

Symbolic algebra can run without end, or take all memory, inside C code, where no Python signal handler runs. So
every pair is decided in a worker process that the kernel kills at its limits (see `worker`). Existing pools end a
task by wall-clock time, so that results change with the load and the number of workers; their replacement workers
load everything again (about a second); and those of `multiprocessing` import the caller's main module again, which
fails in a notebook or an unguarded script.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import logging
import os
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from functools import cache
from multiprocessing.connection import Connection, Pipe, wait
from typing import Any

from hmer_suite.equiv.verdict import CRASH, EQUAL, LENGTH, TIMEOUT, UNDECIDED, Verdict

Pair = tuple[str, str]

SECONDS = 1.0
"""Default limit on the CPU time of a pair."""

MEMORY = 1 << 30
"""Default limit on the memory of a worker, in bytes beyond what is loaded."""

LONGEST = 1_000_000
"""Pairs with more characters are not read."""

DECIDE = "hmer_suite.equiv.decide:decide"
"""The function that workers run, as ``module:function``."""

_log = logging.getLogger(__name__)


def cores() -> int:
    """The number of processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Judge:
    """Worker processes that decide pairs, started for the first pair that needs one.

    Not thread-safe. Use it as a context manager, or `close` it:

    >>> with Judge(workers=2) as judge:
    ...     verdicts = list(judge.judge([("x + y", "y + x"), ("x", "X")]))
    """

    def __init__(
        self,
        workers: int | None = None,
        *,
        seconds: float = SECONDS,
        memory: int = MEMORY,
        decide: str = DECIDE,
    ) -> None:
        """Set the limits; nothing is started yet.

        Args:
            workers: number of processes; by default one for each core.
            seconds: CPU time for each pair.
            memory: bytes for each worker beyond what is loaded.
            decide: the function to run, as ``module:function``.

        Raises:
            ValueError: a limit or the number of workers is not positive.
        """
        self.workers = cores() if workers is None else workers
        self.seconds, self.memory, self.decide = seconds, memory, decide
        for name, value in (("workers", self.workers), ("seconds", seconds), ("memory", memory)):
            if not value > 0:
                raise ValueError(f"{name} must be positive, got {value}")
        self._keeper: subprocess.Popen | None = None
        self._free: list[Connection] = []
        self._busy: dict[Connection, tuple[Pair, dict[Pair, Verdict]]] = {}

    def __enter__(self) -> Judge:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def judge(self, pairs: Iterable[Pair]) -> Iterator[Verdict]:
        """Verdicts in the order of *pairs*; a repeated pair is decided once.

        A verdict depends on its pair alone, not on the number of workers or on other pairs. A pair over its time
        is UNDECIDED with reason ``timeout``, over its memory with ``memory``; if the worker died otherwise, with
        ``crash``, and the worker's output is logged as a warning.

        Raises:
            RuntimeError: the process that starts the workers died.
        """
        pairs = [(str(a), str(b)) for a, b in pairs]
        answers = {pair: answer for pair in pairs if (answer := _at_once(*pair))}
        waiting = deque(pair for pair in dict.fromkeys(pairs) if pair not in answers)
        if waiting and self._keeper is None:
            self._start()
        for pair in pairs:
            while pair not in answers:
                self._hand_out(waiting, answers)
                self._collect()
            yield answers[pair]

    def close(self) -> None:
        """Kill all processes; a pair that is being decided gets no answer."""
        for socket in (*self._free, *self._busy):
            socket.close()
        self._free, self._busy = [], {}
        if self._keeper is not None:
            with contextlib.suppress(ProcessLookupError):  # it has already ended
                os.killpg(self._keeper.pid, signal.SIGKILL)
            self._keeper.wait()
            self._keeper = None

    def _start(self) -> None:
        ends = [Pipe() for _ in range(self.workers)]
        theirs = [str(end.fileno()) for _, end in ends]
        program = [sys.executable, "-P", "-m", "hmer_suite.equiv.sandbox.worker"]
        self._keeper = subprocess.Popen(
            [*program, self.decide, str(self.seconds), str(self.memory), *theirs],
            stdin=subprocess.DEVNULL,
            pass_fds=[end.fileno() for _, end in ends],
            start_new_session=True,  # a group to kill as one; Ctrl-C in a terminal reaches the caller alone
            env=_environment(),
        )
        for _, end in ends:
            end.close()
        self._free = [end for end, _ in ends]

    def _hand_out(self, waiting: deque[Pair], answers: dict[Pair, Verdict]) -> None:
        while waiting and self._free:
            socket, pair = self._free.pop(), waiting.popleft()
            self._busy[socket] = pair, answers
            try:
                socket.send_bytes(json.dumps(pair).encode())
            except BrokenPipeError:
                raise self._died() from None

    def _collect(self) -> None:
        """Wait for at least one answer and store all that have arrived."""
        ready = wait(list(self._busy))
        for socket in [socket for socket in self._busy if socket in ready]:
            try:
                answer = json.loads(socket.recv_bytes())
            except (EOFError, ConnectionResetError):
                raise self._died() from None
            pair, answers = self._busy.pop(socket)
            answers[pair] = self._verdict(pair, answer)
            self._free.append(socket)

    def _verdict(self, pair: Pair, answer: dict[str, Any]) -> Verdict:
        died = answer.get("died")
        if died is None:
            return Verdict(**answer)
        if died == CRASH:
            _log.warning(
                "worker died with status %s at %.200r and %.200r\n%s",
                answer["status"],
                *pair,
                answer["printed"],
            )
        how = TIMEOUT if died == TIMEOUT else "unsupported"
        return Verdict(UNDECIDED, how, reason=died, seconds=self.seconds if died == TIMEOUT else 0.0)

    def _died(self) -> RuntimeError:
        keeper = self._keeper
        if keeper is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                keeper.wait(timeout=1)  # its sockets close a moment before it has ended
        self.close()
        status = "unknown" if keeper is None else keeper.returncode
        return RuntimeError(f"the process that decides equivalence ended with status {status}")


def _at_once(a: str, b: str) -> Verdict | None:
    """The verdict, if no process is needed for it."""
    if a == b:
        return Verdict(EQUAL, "identical")
    if len(a) + len(b) > LONGEST:
        return Verdict(UNDECIDED, "unsupported", reason=LENGTH)
    return None


def _environment() -> dict[str, str]:
    """This process's environment and import path, with fixed hashes, on which sympy's answers may depend."""
    path = os.pathsep.join(entry or os.getcwd() for entry in sys.path)
    return os.environ | {"PYTHONPATH": path, "PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1"}


_lock = threading.Lock()


def equal(a: str, b: str) -> Verdict:
    """Whether two formulas mean the same: EQUAL, DIFFERENT or UNDECIDED, with how it was decided and a witness.

    The first pair that is not identical starts a worker process, which takes about a second, serves all later pairs
    and ends with this process. Thread-safe.
    """
    with shared(1) as judge:
        (verdict,) = judge.judge([(a, b)])
    return verdict


@contextlib.contextmanager
def shared(workers: int | None = None) -> Iterator[Judge]:
    """A judge with the default limits whose processes are kept for the next call; for one user at a time.

    Raises:
        ValueError: *workers* is not positive.
    """
    with _lock:
        yield _warm(os.getpid(), cores() if workers is None else workers)


@cache
def _warm(process: int, workers: int) -> Judge:
    """The shared judge of a process; a fork has another id and so another judge."""
    judge = Judge(workers)
    atexit.register(lambda: judge.close() if os.getpid() == process else None)
    return judge
