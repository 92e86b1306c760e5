"""The lock of a run's folder, so that two trainings do not write into one."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from hmer_suite.errors import InputError, UsageError
from hmer_suite.files import lock_file

LOCK = ".lock"
"""File of a run's folder that the process which trains there has locked; it names the process."""


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder of a run; only the first of several processes of one training does.

    The operating system drops the lock with the process, whatever ended it. A folder that was not there, and in which
    nothing was written when an exception ends the context, is removed again. Raises `UsageError` where another process
    holds the lock, and `InputError` for a folder that cannot be written.
    """
    if os.environ.get("RANK", "0") != "0":
        yield
        return
    missing = [parent for parent in (folder, *folder.parents) if not parent.exists()]
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
        try:
            yield
        except BaseException:
            _remove_empty(missing)
            raise


def _remove_empty(folders: Sequence[Path]) -> None:
    """Remove folders, inner ones first, in which there is nothing but the lock."""
    if folders and os.listdir(folders[0]) == [LOCK]:
        os.unlink(folders[0] / LOCK)
        for folder in folders:
            with suppress(OSError):
                folder.rmdir()
