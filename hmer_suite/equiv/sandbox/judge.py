"""Decisions on many pairs in worker processes, so that a pair that hangs or crashes costs only its own verdict.

Symbolic algebra can run without end, or take all memory, inside C code, where no Python signal handler runs. So
every pair is decided in a worker process that the kernel kills at its limits (see `worker`).

Threads share a judge without a thread of its own: whoever waits for a verdict reads the answers of all workers, and
hands on to the next thread when its own has come. A fork gets a judge without processes, which starts its own.
"""

from __future__ import annotations

import json
import os
import threading
import weakref
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from multiprocessing.connection import Connection, wait

from hmer_suite.equiv.sandbox.pool import WorkerPool
from hmer_suite.equiv.sandbox.tasks import Asker, Task, lost_again, verdict_of
from hmer_suite.equiv.sandbox.worker import Question
from hmer_suite.equiv.verdict import EQUAL, LENGTH, UNDECIDED, Verdict
from hmer_suite.errors import UsageError

Pair = tuple[str, str]

SECONDS = 1.0
"""Default limit on the CPU time of a pair."""

MEMORY = 1 << 30
"""Default limit on the memory of a worker, in bytes beyond what is loaded."""

LONGEST = 1_000_000
"""Pairs with more characters are not read."""

AHEAD = 4096
"""Pairs that are read ahead of the verdict that is waited for, so that a slow pair does not delay the others."""

AHEAD_CHARACTERS = 1 << 24
"""Characters of the pairs that are read ahead."""

_REMEMBERED = 1000
"""Verdicts of pairs with more characters are not kept for when the pair comes again."""

DECIDE = "hmer_suite.equiv.answers.decision:decide_answers"
"""The function that workers run, as ``module:function``."""


def cores() -> int:
    """The number of processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Judge:
    """Worker processes that decide pairs, started for the first pair that needs one.

    Threads may share one. It works on in a fork, with processes of its own. Use it as a context manager, or `close` it:

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
            check_positive(name, value)
        self._changed = threading.Condition()
        self._reading = False  # whether a thread waits on the sockets
        self._pool: WorkerPool | None = None
        self._free: list[Connection] = []
        self._busy: dict[Connection, Task] = {}
        self._askers: deque[Asker] = deque()
        _judges.add(self)

    def __enter__(self) -> Judge:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def judge(
        self,
        pairs: Iterable[Pair],
        *,
        seconds: float | None = None,
        options: Mapping[str, str] | None = None,
        ahead: int = AHEAD,
    ) -> Iterator[Verdict]:
        """Verdicts in the order of *pairs*, which are read as they are needed, at most *ahead* of them at a time.

        A verdict depends on its pair alone, not on the number of workers or on other pairs; a pair that came shortly
        before is not decided again. A pair over its time is UNDECIDED with reason ``timeout``, over its memory with
        ``memory``. If the worker died otherwise, the pair is decided once more; if it dies again, the reason is
        ``crash``, and the worker's output is logged as a warning.

        Args:
            pairs: the formulas.
            seconds: CPU time for each pair, instead of the judge's own.
            options: keyword arguments for the function that decides.
            ahead: pairs that may be on their way at a time; with 1, one worker is used.

        Raises:
            ValueError: *seconds* is not positive.
            TypeError: a pair is not two strings.
            UsageError: the system refuses the processes.
            RuntimeError: the process that starts the workers failed, or the judge was closed.
        """
        limit = self.seconds if seconds is None else seconds
        check_positive("seconds", limit)
        asker, coming = Asker(), deque[Task]()
        known: dict[Pair, Task] = {}
        characters = 0
        try:
            for number, pair in enumerate(pairs, start=1):
                a, b = _texts(pair, number)
                task = known.get((a, b))
                if task is None or task.error:
                    task = Task(Question(a, b, limit, options or {}))
                    self._submit(task, asker)
                    _remember(known, task)
                coming.append(task)
                characters += _length(task)
                while coming and (coming[0].done or len(coming) >= ahead or characters > AHEAD_CHARACTERS):
                    characters -= _length(coming[0])
                    yield self._result(coming.popleft())
            while coming:
                yield self._result(coming.popleft())
        finally:
            with self._changed:
                asker.tasks.clear()  # of a reading that is given up

    def submit(
        self, a: str, b: str, *, seconds: float | None = None, options: Mapping[str, str] | None = None
    ) -> Task:
        """The pair on its way to a worker, for `result`; for callers whose pairs arrive one by one.

        Raises:
            UsageError: the system refuses the processes.
        """
        task = Task(Question(a, b, self.seconds if seconds is None else seconds, options or {}))
        self._submit(task, Asker())
        return task

    def result(self, task: Task) -> Verdict:
        """The verdict of a task of `submit`, waited for.

        Raises:
            RuntimeError: as in `judge`.
        """
        return self._result(task)

    def close(self) -> None:
        """Kill all processes; a pair that is being decided gets no answer."""
        with self._changed:
            self._give_up(RuntimeError("the judge was closed"))
            pool, self._pool = self._pool, None
            self._free = []
            if pool is None:
                return
            pool.kill()  # whoever reads wakes up
            while self._reading:
                self._changed.wait()
            pool.stop()

    # --- with the lock held ------------------------------------------------------------------------------------

    def _start(self) -> WorkerPool:
        if self._pool is None:
            self._pool = WorkerPool(self.workers, self.decide, self.memory)
            self._free = list(self._pool.sockets)
        return self._pool

    def _hand_out(self) -> None:
        """Send waiting tasks to free workers, one of each asker in turn."""
        while self._askers:
            asker = self._askers[0]
            if not asker.tasks:
                self._askers.popleft().queued = False
                continue
            self._start()
            if not self._free:
                return
            self._askers.rotate(-1)
            self._send(self._free.pop(), asker.tasks.popleft())

    def _send(self, socket: Connection, task: Task) -> None:
        self._busy[socket] = task
        try:
            socket.send_bytes(task.question.encoded())
        except (BrokenPipeError, ConnectionResetError):
            self._lost()

    def _receive(self, socket: Connection) -> None:
        """Take one message: the answer of a worker, or word of its death."""
        try:
            answer = json.loads(socket.recv_bytes())
        except (EOFError, ConnectionResetError):
            self._lost()
            return
        if "failed" in answer:
            self._fail(UsageError(answer["failed"]))
            return
        task = self._busy.pop(socket, None)
        if task is None:
            return  # a worker died between two pairs
        self._free.append(socket)
        task.verdict = verdict_of(task, answer)
        if task.verdict is None:
            self._again(task)

    def _again(self, *tasks: Task) -> None:
        """Put tasks before all others."""
        self._askers.appendleft(Asker(tasks=deque(tasks), queued=True))

    def _lost(self) -> None:
        """After the keeper has ended: decide what was being decided once more, with new processes."""
        pool, self._pool = self._pool, None
        if pool is None:
            return  # several sockets told it
        status = pool.exit_status()
        pool.stop()
        tasks, self._busy, self._free = [*self._busy.values()], {}, []
        ended = f"the process that decides equivalence ended with status {status}"
        if status is not None and status > 0:  # by an exception, which it has printed
            self._again(*tasks)
            self._give_up(RuntimeError(ended))
            return
        for task in tasks:
            task.verdict = lost_again(task, ended, "")
        self._again(*(task for task in tasks if task.verdict is None))

    def _fail(self, error: Exception) -> None:
        """After the keeper could not do its work: no task gets an answer."""
        pool, self._pool, self._free = self._pool, None, []
        if pool is not None:
            pool.stop()
        self._give_up(error)

    def _give_up(self, error: Exception) -> None:
        for task in self._busy.values():
            task.error = error
        self._busy = {}
        for asker in self._askers:
            asker.give_up(error)
        self._askers.clear()
        self._changed.notify_all()

    # --- taking the lock ---------------------------------------------------------------------------------------

    def _submit(self, task: Task, asker: Asker) -> None:
        task.verdict = _at_once(task.question.first, task.question.second)
        if task.verdict is not None:
            return
        with self._changed:
            asker.tasks.append(task)
            if not asker.queued:
                asker.queued = True
                self._askers.append(asker)
            if not self._free and self._pool is not None and not self._reading:
                self._take(wait(self._pool.sockets, 0))
            self._hand_out()

    def _result(self, task: Task) -> Verdict:
        with self._changed:
            while not task.done:
                self._hand_out()
                if self._reading:
                    self._changed.wait()
                elif self._pool is not None:
                    self._read(self._pool)
        if task.verdict is None:
            raise task.error or RuntimeError("the judge was closed")
        return task.verdict

    def _read(self, pool: WorkerPool) -> None:
        """Wait for a message with the lock released, and take all that have arrived."""
        self._reading = True
        self._changed.release()
        try:
            # Also on those of idle workers: a pair sent meanwhile by another thread may be answered there.
            ready = wait(pool.sockets)
        finally:
            self._changed.acquire()
            self._reading = False
            self._changed.notify_all()
        if pool is self._pool:
            self._take(ready)
            self._hand_out()

    def _take(self, ready: Iterable[object]) -> None:
        pool = self._pool
        for socket in ready:
            if pool is self._pool and isinstance(socket, Connection):
                self._receive(socket)
        self._changed.notify_all()

    def _forked(self) -> None:
        """In the child of a fork: forget the processes, and whatever other threads were doing."""
        self._changed, self._reading = threading.Condition(), False
        tasks, self._busy, self._free = [*self._busy.values()], {}, []
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.abandon()
        this, askers = threading.get_ident(), [*self._askers]
        self._askers = deque(asker for asker in askers if asker.thread == this)
        for asker in askers:
            if asker.thread != this:
                asker.give_up(RuntimeError("the thread that asked is not in this fork"))
        self._again(*tasks)


def check_positive(name: str, value: float) -> None:
    """Raise `ValueError` unless a limit is positive."""
    if not value > 0:
        raise ValueError(f"{name} must be positive, got {value}")


def _texts(pair: Pair, number: int) -> Pair:
    if isinstance(pair, str) or len(pair) != 2 or not all(isinstance(text, str) for text in pair):
        raise TypeError(f"pair {number}: expected two strings, got {pair!r:.200}")
    return pair[0], pair[1]


def _length(task: Task) -> int:
    return len(task.question.first) + len(task.question.second)


def _remember(known: dict[Pair, Task], task: Task) -> None:
    if _length(task) <= _REMEMBERED:
        if len(known) >= AHEAD:
            del known[next(iter(known))]
        known[task.question.first, task.question.second] = task


def _at_once(a: str, b: str) -> Verdict | None:
    """The verdict, if no process is needed for it."""
    if a == b:
        return Verdict(EQUAL, "identical")
    if len(a) + len(b) > LONGEST:
        return Verdict(UNDECIDED, "unsupported", reason=LENGTH)
    return None


_judges: weakref.WeakSet[Judge] = weakref.WeakSet()
"""All judges of this process, to be told of a fork."""


def _after_fork() -> None:
    for judge in list(_judges):
        judge._forked()


os.register_at_fork(after_in_child=_after_fork)
