"""The lock of a run's folder, so that two trainings do not write into one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hmer_suite.errors import InputError, UsageError
from hmer_suite.files import lock_file

LOCK = ".lock"
"""File of a run's folder that the process which trains there has locked; it names the process."""


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder of a run; only the first of several processes of one training does.

    The operating system drops the lock with the process, whatever ended it. Raises `UsageError` where another process
    holds it, and `InputError` for a folder that cannot be written.
    """
    if os.environ.get("RANK", "0") != "0":
        yield
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = open(folder / LOCK, "a+", encoding="utf-8")  # noqa: SIM115 - closed below
    except OSError as error:
        raise InputError(f"{folder}: cannot write: {error.strerror}") from None
    with file:
        try:
            # A lock of the process, not of the open file, which children would go on holding.
            lock_file(file, of_process=True)
        except (BlockingIOError, PermissionError):
            file.seek(0)
            raise UsageError(
                f"{folder}: process {file.read(20).strip() or '?'} is training into it"
            ) from None
        except OSError:
            pass  # a file system without locks
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield
