"""Executors for scoring: processes on this machine, or a Dask cluster."""

from __future__ import annotations

import logging
import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from hmer_suite.errors import UsageError

IN_FLIGHT = 256
"""Tasks that an executor has at a time."""

Chunk = TypeVar("Chunk")
Result = TypeVar("Result")

_log = logging.getLogger(__name__)


def spread(executor: Executor, work: Callable[[Chunk], Result], chunks: Iterable[Chunk]) -> Iterator[Result]:
    """Results of *work* for every chunk, in order, each a task of *executor*.

    A chunk that is lost because its worker died is done once more, in this process, with a warning.
    """
    waiting: deque[tuple[Chunk, Future[Result] | None]] = deque()
    try:
        for chunk in chunks:
            if len(waiting) >= IN_FLIGHT:
                yield _result(work, *waiting.popleft())
            waiting.append((chunk, _submitted(executor, work, chunk)))
        while waiting:
            yield _result(work, *waiting.popleft())
    finally:
        for _, future in waiting:  # after Ctrl-C, nobody waits for them
            if future is not None:
                future.cancel()


def _submitted(executor: Executor, work: Callable[[Chunk], Result], chunk: Chunk) -> Future[Result] | None:
    """The task; None if the executor takes none, because its workers died.

    Raises `UsageError` where the system starts no more processes; the workers that run already are ended, as nobody
    else would end them.
    """
    try:
        return executor.submit(work, chunk)
    except BrokenExecutor:
        return None
    except OSError as error:
        for process in (getattr(executor, "_processes", None) or {}).values():
            process.kill()
        raise UsageError(f"the workers cannot be started: {error.strerror}") from None


def _result(work: Callable[[Chunk], Result], chunk: Chunk, future: Future[Result] | None) -> Result:
    try:
        if future is not None:
            return future.result()
    except _losses() as error:
        _log.warning("a worker died (%s); its samples are done again in this process", type(error).__name__)
    return work(chunk)


def _losses() -> tuple[type[BaseException], ...]:
    """Exceptions that mean that a worker died, not that its work failed."""
    distributed = sys.modules.get("distributed")
    return (BrokenExecutor, CancelledError, *([] if distributed is None else [distributed.KilledWorker]))


def local_pool(workers: int) -> Executor | None:
    """A process pool of *workers*, or None for one: the work then runs in this process.

    Raises:
        UsageError: fewer than one worker, or more than the limit of open files allows.
    """
    if workers < 1:
        raise UsageError(f"--workers {workers}: at least one worker is needed")
    if workers == 1:
        return None
    _make_room_for_files(workers)
    return ProcessPoolExecutor(workers)


FILES_OF_A_WORKER, OTHER_FILES = 3, 24
"""Open files that a worker takes in this process, and those of all else."""


def _make_room_for_files(workers: int) -> None:
    """Raise the soft limit of open files to what *workers* need; `UsageError` where the hard one is lower."""
    try:
        import resource
    except ModuleNotFoundError:  # no POSIX system, and no such limit
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = FILES_OF_A_WORKER * workers + OTHER_FILES
    if soft == resource.RLIM_INFINITY or needed <= soft:
        return
    if hard != resource.RLIM_INFINITY and needed > hard:
        raise UsageError(f"--workers {workers}: they need {needed} open files, and `ulimit -n` allows {hard}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))


@contextmanager
def dask_pool(scheduler: str, seconds: float = 10.0) -> Iterator[Executor]:
    """Executor of the Dask cluster whose scheduler listens at *scheduler*, while the context lasts.

    It is waited for *seconds* at most.

    Raises:
        ModuleNotFoundError: Dask is not installed.
        UsageError: nothing answers at the address.
    """
    from distributed import Client

    try:
        client = Client(scheduler, timeout=seconds, set_as_default=False)
    except (OSError, ValueError) as error:
        raise UsageError(f"--scheduler {scheduler}: {error}") from None
    with client:
        yield client.get_executor()


def default_workers(n: int) -> int:
    """Number of processes worth using for *n* samples: one per 2,000, at most one per core, at least one."""
    return min(os.cpu_count() or 1, max(1, n // 2000))
