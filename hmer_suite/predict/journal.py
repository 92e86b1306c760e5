"""The predictions of an unfinished job, kept in a file beside the prediction file so that the job can be resumed.

``OUT.partial`` has a line of JSON with the job's settings, then the rows of ``jsonl`` (`hmer_suite.predict.output`),
appended part by part. Once all are there, the prediction file is written whole and ``OUT.partial`` removed, so that
``OUT`` never holds a part of the predictions. A line that was cut off, and the rows of an unfinished part, are
dropped on resuming: batches, on which the last digits of scores depend, are then the same as without interruption.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from hmer_suite.errors import InputError, UsageError
from hmer_suite.files import lock_file
from hmer_suite.predict.output import write_rows

SUFFIX = ".partial"
_SETTINGS = "hmer-suite predict"
"""Key of the first line."""


@dataclass(frozen=True, slots=True)
class JobDescription:
    """What a job's rows depend on: settings by name, the ids of its samples in order, and the size of its parts."""

    settings: Mapping[str, object]
    ids: Sequence[str]
    part_size: int

    def header(self) -> dict[str, object]:
        """The first line of the file."""
        digest = hashlib.sha256("\n".join(self.ids).encode("utf-8", "surrogatepass")).hexdigest()
        return {_SETTINGS: {**self.settings, "inputs": digest[:16], "part_size": self.part_size}}


class Journal:
    """The open file of a job: `done` rows were in it when it was opened, or have been appended since."""

    def __init__(self, out: Path, file: IO[bytes], done: int, failed: int):
        self.out, self.done, self.failed = out, done, failed
        self._file = file

    @property
    def path(self) -> Path:
        """The file's path."""
        return partial_path(self.out)

    def append(self, rows: Sequence[Mapping[str, object]]) -> None:
        """Add rows, those of one part, and wait until they are on the disk."""
        try:
            self._file.write("".join(_line(row) for row in rows).encode("utf-8"))
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise InputError(f"{self.path}: cannot write: {error.strerror}") from None
        self.done += len(rows)
        self.failed += sum("error" in row for row in rows)

    def finish(self) -> None:
        """Write the prediction file and remove the journal."""
        write_rows(self.out, self.rows)
        if os.path.isfile(self.path):
            os.unlink(self.path)

    def rows(self) -> Iterator[dict[str, object]]:
        """All rows so far."""
        self._file.seek(0)
        next(self._file)
        yield from map(json.loads, self._file)


def partial_path(out: Path) -> Path:
    """The journal of a prediction file."""
    return out.with_name(out.name + SUFFIX)


@contextmanager
def open_journal(out: Path, job: JobDescription, resume: bool) -> Iterator[Journal]:
    """The journal of a job that writes `out`, with the rows that are done if `resume`, else empty.

    Raises `UsageError` if it was left by a job with other settings or inputs, and `InputError` if it cannot be
    written, is damaged or another process is writing it.
    """
    if out.exists() and not out.is_file():
        # Beside a device, such as /dev/null, nothing is left.
        with tempfile.TemporaryFile() as file:
            file.write(_line(job.header()).encode("utf-8"))
            yield Journal(out, file, 0, 0)
        return
    path = partial_path(out)
    try:
        file = open(path, "a+b")  # noqa: SIM115 - closed below
    except OSError as error:
        raise InputError(f"{path}: cannot write: {error.strerror}") from None
    with file:
        _lock(file, path)
        done, failed = _resumed(file, path, job) if resume else (0, 0)
        if not done:
            file.truncate(0)
            file.write(_line(job.header()).encode("utf-8"))
            file.flush()
        yield Journal(out, file, done, failed)


def rows_left(out: Path) -> int:
    """Number of rows that an interrupted job has left beside its prediction file."""
    try:
        with open(partial_path(out), "rb") as file:
            return max(0, sum(1 for _ in file) - 1)
    except OSError:
        return 0


def _lock(file: IO[bytes], path: Path) -> None:
    """Hold the file until it is closed, which the end of the process does too."""
    try:
        lock_file(file)
    except BlockingIOError:
        raise InputError(f"{path}: another process is writing it") from None
    except OSError:
        pass  # a file system without locks


def _resumed(file: IO[bytes], path: Path, job: JobDescription) -> tuple[int, int]:
    """Numbers of rows that are done and of those that could not be read; the file is cut off after them."""
    file.seek(0)
    header = file.readline()
    if not header.endswith(b"\n"):
        return 0, 0
    _check_header(_object(header, path, 1), job, path)
    ends, failed, errors = [file.tell()], 0, [0]
    for number, line in enumerate(file, start=2):
        if not line.endswith(b"\n"):
            break
        row = _object(line, path, number)
        if number - 2 >= len(job.ids) or row.get("id") != job.ids[number - 2]:
            raise InputError(f"{path}:{number}: damaged: the id is not that of input {number - 1}")
        failed += "error" in row
        ends.append(ends[-1] + len(line))
        errors.append(failed)
    rows = len(ends) - 1
    done = rows if rows == len(job.ids) else rows // job.part_size * job.part_size
    file.truncate(ends[done])
    return done, errors[done]


def _check_header(found: dict[str, object], job: JobDescription, path: Path) -> None:
    have, want = found.get(_SETTINGS), job.header()[_SETTINGS]
    if not isinstance(have, dict) or not isinstance(want, dict):
        raise InputError(f"{path}:1: not the file of an interrupted `predict`")
    for name in want:
        if have.get(name) != json.loads(json.dumps(want[name])):
            raise UsageError(
                f"{path}: was made with {name} {have.get(name)}, not {want[name]}: resume with the same inputs and "
                "options, or remove it"
            )


def _object(line: bytes, path: Path, number: int) -> dict[str, object]:
    try:
        found = json.loads(line)
    except ValueError as error:
        raise InputError(f"{path}:{number}: damaged: {error}") from None
    if not isinstance(found, dict):
        raise InputError(f"{path}:{number}: damaged: not an object")
    return found


def _line(row: Mapping[str, object]) -> str:
    return json.dumps(row, ensure_ascii=False) + "\n"
