"""Executors for scoring: processes on this machine, or a Dask cluster."""

from __future__ import annotations

import os
from concurrent.futures import Executor, ProcessPoolExecutor

from hmer_suite.errors import UsageError


def local_pool(workers: int) -> Executor | None:
    """A process pool of *workers*, or None for one: the work then runs in this process.

    Raises:
        UsageError: fewer than one worker.
    """
    if workers < 1:
        raise UsageError(f"--workers {workers}: at least one worker is needed")
    if workers == 1:
        return None
    return ProcessPoolExecutor(workers)


def dask_pool(scheduler: str) -> Executor:
    """Executor of the Dask cluster whose scheduler listens at *scheduler*.

    Raises:
        ModuleNotFoundError: Dask is not installed.
        UsageError: nothing answers at the address.
    """
    from distributed import Client

    try:
        return Client(scheduler, timeout="10s").get_executor()
    except (OSError, ValueError) as error:
        raise UsageError(f"--scheduler {scheduler}: {error}") from None


def default_workers(n: int) -> int:
    """Number of processes worth using for *n* samples: one per 2,000, at most one per core, at least one."""
    return min(os.cpu_count() or 1, max(1, n // 2000))
