"""Executors that scoring runs on: processes of this machine, or a Dask cluster."""

from __future__ import annotations

from concurrent.futures import Executor

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
    from concurrent.futures import ProcessPoolExecutor

    return ProcessPoolExecutor(workers)


def dask_pool(scheduler: str) -> Executor:
    """The executor of a Dask cluster whose scheduler listens at *scheduler*.

    Raises:
        UsageError: Dask is not installed, or nothing answers at the address.
    """
    try:
        from distributed import Client
    except ImportError:
        raise UsageError("--backend dask needs the extra `hmer-suite[dask]`") from None
    try:
        return Client(scheduler, timeout="10s").get_executor()
    except (OSError, ValueError) as error:
        raise UsageError(f"--scheduler {scheduler}: {error}") from None


def default_workers(n: int) -> int:
    """Workers worth starting for *n* samples: none beside this process for a small file."""
    import os

    return min(os.cpu_count() or 1, max(1, n // 2000))
