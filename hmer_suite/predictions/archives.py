"""Folders and zip archives of one file for each sample: ``NAME.txt`` or ``NAME.lg``.

A ``NAME.txt``, as CoMER and its descendants write it, holds an optional ``%NAME`` line, then ``$latex$``; the dollars
are optional if the formula is on one line. A ``NAME.lg`` is a label graph of CROHME. Hidden files, files with other
suffixes and what macOS adds to archives are ignored. Nothing is unpacked to disk.
"""

from __future__ import annotations

import io
import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from hmer_suite.errors import InputError, PairingError
from hmer_suite.files import decode, read_bytes
from hmer_suite.predictions.graph_latex import latex_of
from hmer_suite.predictions.label_graphs import parse_label_graph
from hmer_suite.predictions.layouts import Origin, Reading, show
from hmer_suite.predictions.packing import refuse_in_zip

MAX_UNPACKED = 256 * 2**20
"""Largest total size in bytes of the unpacked members of an archive."""

DAMAGED = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, OSError, ValueError)
"""Exceptions that the zipfile module raises for damaged archives."""


@dataclass(frozen=True, slots=True)
class _Sample:
    """A ``NAME.txt``: its id, and its text before, in and after the formula."""

    id: str
    before: str
    formula: str
    after: str


@dataclass(frozen=True, slots=True)
class Archive:
    """Samples of a folder or zip archive, and the files that they come from, by name."""

    files: tuple[str, ...]
    samples: tuple[_Sample, ...]
    suffix: str = ".txt"

    @property
    def reading(self) -> Reading:
        """The samples as those of any other layout."""
        rows = [(sample.id, sample.formula, None, ()) for sample in self.samples]
        return Reading(list(rows), Origin(), "\n".join)

    def rewritten(self, texts: Sequence[str]) -> dict[str, bytes]:
        """Content of every file with these formulas, keyed by its name; label graphs cannot be written again."""
        if self.suffix != ".txt":
            raise InputError(
                "a label graph is read as LaTeX and cannot be written again: score --lg writes them"
            )
        return {
            file: f"{sample.before}{text}{sample.after}".encode()
            for file, sample, text in zip(self.files, self.samples, texts, strict=True)
        }


def write_zip(files: dict[str, bytes]) -> bytes:
    """A zip archive of these files; equal files make equal archives."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def read_folder(path: Path, format: str | None = None) -> Archive:
    """The ``NAME.txt`` or ``NAME.lg`` files of a folder, ordered by name; subfolders are not entered.

    *format* is ``folder`` for the former, ``lg`` for the latter, None if the folder decides.
    """
    try:
        found = sorted(os.listdir(path))
    except OSError as error:
        raise InputError(f"{path}: cannot read: {error.strerror}") from None
    suffix = _suffix(f"{path}: a folder", found, format)
    names = [name for name in found if _is_sample(name, suffix)]
    samples = [_sample(str(path / name), _read_regular(path / name), suffix) for name in names]
    return Archive(tuple(names), tuple(samples), suffix)


SUFFIXES = {"folder": ".txt", "lg": ".lg"}
"""Suffixes of the samples of a folder, by the name of its layout."""


def _suffix(where: str, names: Sequence[str], format: str | None) -> str:
    """Suffix of the samples among files; `InputError` if there are none, or of both kinds."""
    wanted = [SUFFIXES[format]] if format in SUFFIXES else list(SUFFIXES.values())
    there = [suffix for suffix in wanted if any(_is_sample(name, suffix) for name in names)]
    if len(there) > 1:
        raise InputError(f"{where}: both NAME.txt and NAME.lg files: say --layout folder or --layout lg")
    if not there:
        tables = [name for name in names if name.lower().endswith((".tsv", ".csv", ".json", ".jsonl"))]
        if len(tables) == 1:
            raise InputError(f"{where} of {show(tables[0])}: give that file itself")
        raise InputError(f"{where} without {' or '.join(f'NAME{suffix}' for suffix in wanted)} files")
    return there[0]


def _is_sample(name: str, suffix: str) -> bool:
    return name.lower().endswith(suffix) and not name.startswith(".")


def _read_regular(path: Path) -> bytes:
    if path.exists() and not path.is_file():
        # Opening a pipe that nobody writes to would block.
        raise InputError(f"{path}: not a file")
    return read_bytes(path)


def read_zip(name: str, data: bytes) -> Archive:
    """The ``NAME.txt`` or ``NAME.lg`` members of the archive `data`, in its order, from all of its folders."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            refuse_in_zip(name, archive.namelist())
            suffix, members = _members(name, archive)
            samples = [
                _sample(f"{name}/{member.filename}", _unpack(archive, member), suffix) for member in members
            ]
            return Archive(tuple(member.filename for member in members), tuple(samples), suffix)
    except DAMAGED as error:
        raise InputError(f"{name}: damaged zip archive: {str(error) or 'it breaks off'}") from None


def _members(name: str, archive: zipfile.ZipFile) -> tuple[str, list[zipfile.ZipInfo]]:
    for member in archive.infolist():
        if problem := member_problem(member):
            raise InputError(f"{name}: member {show(member.filename)} {problem}")
    files = [member for member in archive.infolist() if _is_file(member.filename)]
    suffix = _suffix(f"{name}: a zip archive", [PurePosixPath(file.filename).name for file in files], None)
    members = [file for file in files if _is_sample(PurePosixPath(file.filename).name, suffix)]
    if (size := sum(member.file_size for member in members)) > MAX_UNPACKED:
        raise InputError(f"{name}: would unpack to {size} bytes, more than the {MAX_UNPACKED} allowed")
    return suffix, members


def _is_file(filename: str) -> bool:
    return "__MACOSX" not in PurePosixPath(filename).parts and not filename.endswith("/")


def member_problem(member: zipfile.ZipInfo) -> str | None:
    """Why a member is not read, if it is not."""
    if problem := path_problem(member.filename):
        return problem
    if stat.S_ISLNK(member.external_attr >> 16):
        return "is a symbolic link"
    if member.flag_bits & 1:
        return "is encrypted"
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        # Only for these two does zipfile limit how much it unpacks at once.
        return "is neither stored nor deflated"
    return None


def path_problem(name: str) -> str | None:
    """Why the name of a member is refused, if it is."""
    path = PurePosixPath(name.replace("\\", "/"))
    if ".." in path.parts or path.is_absolute() or re.match("[A-Za-z]:", name):
        return "points out of the archive"
    return None


def _unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    with archive.open(member) as file:
        # With a number, reading stops there even if the archive states a wrong size.
        return file.read(member.file_size + 1)


def _sample(where: str, data: bytes, suffix: str) -> _Sample:
    name = PurePosixPath(where).name[: -len(suffix)]
    if suffix == ".lg":
        return _Sample(name, "", latex_of(where, parse_label_graph(where, decode(data, where))), "")
    whole = text = decode(data, where).replace("\r\n", "\n")
    line = 1
    if text.startswith("%"):
        title, _, text = text.partition("\n")
        line = 2
        _check_title(where, title[1:].strip(), name)
    formula = text.strip(" \t\n")
    if not formula:
        raise InputError(f"{where}:{line}: no formula; an empty prediction is written $$")
    inside = _undollar(f"{where}:{line}", formula)
    start = len(whole) - len(text) + text.index(formula) + (1 if inside != formula else 0)
    return _Sample(name, whole[:start], inside, whole[start + len(inside) :])


def _check_title(where: str, title: str, name: str) -> None:
    path = PurePosixPath(title)
    if name not in (title, path.name, path.stem):
        raise PairingError(f"{where}:1: the first line names {show(title)}, the file {show(name)}")


def _undollar(where: str, formula: str) -> str:
    if formula.startswith("$"):
        if len(formula) < 2 or not formula.endswith("$"):
            raise InputError(f"{where}: the formula opens with $ and does not end with $")
        return formula[1:-1]
    if "\n" in formula:
        lines = formula.count("\n") + 1
        raise InputError(f"{where}: {lines} lines, expected one formula")
    return formula
