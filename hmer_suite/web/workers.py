"""Worker processes: bounded in number, in the time of a task, and in the tasks that wait for one.

A task runs in a process of its own kind, so that one that hangs, crashes or is killed costs itself alone: a task whose
worker is lost is tried once more, and a worker that is over its time is replaced. Processes are spawned, not forked:
the server has threads.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import signal
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

from pebble import ProcessExpired, ProcessPool

from hmer_suite.web.errors import Busy, TooSlow, WorkerLost

Result = TypeVar("Result")

TRIES = 2
"""Workers that may be lost over one task before it is given up, the last included."""


class Workers:
    """A pool of `count` processes for tasks of at most `seconds`, of which at most `waiting` wait for a process.

    Each process calls ``start(*arguments)`` first.
    """

    def __init__(
        self,
        count: int,
        seconds: float,
        waiting: int,
        start: Callable[..., None] | None = None,
        arguments: tuple[Any, ...] = (),
    ):
        self.count, self.seconds, self.waiting = count, seconds, waiting
        self.pending = 0
        """Tasks that run or wait."""
        self._start, self._arguments = start, arguments
        self._pool = self._new_pool()

    def _new_pool(self) -> ProcessPool:
        return ProcessPool(
            max_workers=self.count,
            initializer=_start,
            initargs=(self._start, self._arguments),
            context=multiprocessing.get_context("spawn"),
        )

    async def run(self, function: Callable[..., Result], *arguments: Any) -> Result:
        """The result of ``function(*arguments)``, computed in a worker.

        Errors of the function are raised here.

        Raises:
            Busy: too many tasks wait already.
            TooSlow: the function did not return in time.
            WorkerLost: the worker ended, and so did the one that tried again.
        """
        if self.pending >= self.count + self.waiting:
            raise Busy(f"{self.pending} requests are waiting already; try again in a moment")
        self.pending += 1
        try:
            for _ in range(TRIES):
                # A worker that is lost while it is idle breaks the whole pool.
                with contextlib.suppress(ProcessExpired, BrokenProcessPool):
                    return await self._once(function, arguments)
        finally:
            self.pending -= 1
        raise WorkerLost(f"the worker of this request ended {TRIES} times; the request is given up")

    async def _once(self, function: Callable[..., Result], arguments: tuple[Any, ...]) -> Result:
        if not self._pool.active:
            self._pool = self._new_pool()
        future = self._pool.schedule(function, args=list(arguments), timeout=self.seconds)
        result = asyncio.wrap_future(future)
        # asyncio logs an error that nobody fetches, as that of a worker that is lost after the client went away.
        result.add_done_callback(_fetch_error)
        try:
            # A client that goes away does not end the worker, which would have to load its networks again.
            return await asyncio.shield(result)
        except TimeoutError:
            raise TooSlow(f"not done after {self.seconds:g} seconds") from None

    def close(self) -> None:
        """End all workers."""
        self._pool.stop()
        self._pool.join()


def _fetch_error(future: asyncio.Future[Any]) -> None:
    if not future.cancelled():
        future.exception()


def _start(start: Callable[..., None] | None, arguments: tuple[Any, ...]) -> None:
    # Ctrl-C goes to the whole process group; the server ends its workers itself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if start is not None:
        start(*arguments)
