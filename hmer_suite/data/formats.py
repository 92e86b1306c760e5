"""The layouts of prediction and reference files, one reader each: text in, one `Row` a sample out.

Every reader takes the name that its errors speak of. In the layouts with one sample a line, sample i stands on
line i: a blank line between samples is an error (it has no id), blank lines at the end are not samples.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from hmer_suite.errors import InputError, PairingError
from hmer_suite.files import decode, read_bytes, split_lines

NBest = tuple[tuple[str, float], ...]
"""Candidates of one sample: (text, natural-log probability), in the order of the file."""

MAX_UNPACKED = 256 * 2**20
"""Bytes that the members of a zip archive may unpack to, all together."""


class Row(NamedTuple):
    """One sample as its file gives it; what the file does not say is None (no candidates: empty)."""

    id: str
    prediction: str | None
    reference: str | None = None
    nbest: NBest = ()


def show(text: str) -> str:
    """`text` quoted for a message: escaped to one line, and cut when long."""
    return repr(text if len(text) <= 60 else text[:57] + "...")


# ---------------------------------------------------------------- one sample a line


def read_tsv(name: str, lines: list[str]) -> list[Row]:
    """``id<TAB>prediction[<TAB>reference]``; an id alone has an empty prediction."""
    rows = []
    for number, line in enumerate(_samples(name, lines), 1):
        columns = line.split("\t")
        if len(columns) > 3:
            raise InputError(f"{name}:{number}: {len(columns)} columns, expected id, prediction, reference")
        if len(columns) == 1 and " " in line:
            raise InputError(f"{name}:{number}: no tab between id and prediction: {show(line)}")
        rows.append(Row(columns[0], columns[1] if len(columns) > 1 else "", *columns[2:]))
    return rows


def read_spaced(name: str, lines: list[str]) -> list[Row]:
    """``id token token ...``, as WAP writes it; an id alone has an empty prediction."""
    rows = []
    for number, line in enumerate(_samples(name, lines), 1):
        if "\t" in line:
            raise InputError(f"{name}:{number}: a tab in a file of 'id token token ...' lines: --format tsv?")
        identifier, _, prediction = line.partition(" ")
        rows.append(Row(identifier, prediction.lstrip(" ")))
    return rows


def read_plain(name: str, lines: list[str]) -> list[Row]:
    """One prediction a line, blank lines included; the ids are the line numbers from 1."""
    return [Row(str(number), line) for number, line in enumerate(lines, 1)]


def read_jsonl(name: str, lines: list[str]) -> list[Row]:
    """One object a line with ``id``, ``pred`` and perhaps ``gt`` and ``nbest``."""
    return [
        _record(f"{name}:{number}", _loads(name, line, number))
        for number, line in enumerate(_samples(name, lines), 1)
    ]


def _samples(name: str, lines: list[str]) -> list[str]:
    end = len(lines)
    while end and not lines[end - 1].strip(" \t\r"):
        end -= 1
    lines = lines[:end]
    if "" in lines:
        raise InputError(f"{name}:{lines.index('') + 1}: blank line where a sample with its id was expected")
    return lines


# ---------------------------------------------------------------- JSON


def read_json(name: str, text: str) -> list[Row]:
    """``{id: {"pred", "gt"}}``, ``{id: prediction}``, or a list of objects with ``id`` or ``img_id``."""
    value = _loads(name, text)
    if isinstance(value, list):
        return [_record(f"{name}: entry {number}", entry) for number, entry in enumerate(value, 1)]
    if not isinstance(value, dict):
        raise InputError(f"{name}: JSON holds {_kind(value)}, expected an object or a list of objects")
    if is_record(value):
        return [_record(name, value)]
    return [_entry(name, identifier, entry) for identifier, entry in value.items()]


def is_record(value: object) -> bool:
    """Whether a JSON value is one sample, rather than a table of them by id."""
    return isinstance(value, dict) and ("id" in value or "img_id" in value) and ("pred" in value or "gt" in value)


def _loads(name: str, text: str, line: int | None = None) -> Any:
    import json

    try:
        return json.loads(text, object_pairs_hook=partial(_unique, name if line is None else f"{name}:{line}"))
    except json.JSONDecodeError as error:
        where = f"{name}:{line or error.lineno}"
        if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated"):
            raise InputError(f"{where}: JSON breaks off in the middle: {error.msg}") from None
        raise InputError(f"{where}: not JSON: {error.msg} (column {error.colno})") from None
    except RecursionError:
        raise InputError(f"{name}: JSON is nested too deeply for a prediction file") from None
    except ValueError as error:  # an integer of more digits than Python converts
        raise InputError(f"{name}: not JSON: {error}") from None


def _unique(where: str, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # Left alone, the json module keeps the last of two equal ids and says nothing.
    table = dict(pairs)
    if len(table) < len(pairs):
        raise PairingError(f"{where}: duplicate id {show(first_duplicate(key for key, _ in pairs))}")
    return table


def first_duplicate(items: Iterable[str]) -> str:
    """The first item that appeared before; there must be one."""
    seen: set[str] = set()
    # set.add returns None, so the condition holds only for an item already seen.
    return next(item for item in items if item in seen or seen.add(item))


def _record(where: str, value: Any) -> Row:
    if not isinstance(value, dict):
        raise InputError(f'{where}: {_kind(value)}, expected an object with "id" and "pred"')
    identifier = value.get("id", value.get("img_id"))
    if isinstance(identifier, int) and not isinstance(identifier, bool):
        identifier = str(identifier)
    if identifier is None:
        raise InputError(f'{where}: no "id" or "img_id"')
    if not isinstance(identifier, str):
        raise InputError(f"{where}: the id is {_kind(identifier)}, expected a string")
    return _entry(where, identifier, value)


def _entry(where: str, identifier: str, value: Any) -> Row:
    if isinstance(value, str):
        return Row(identifier, value)
    if not isinstance(value, dict):
        raise InputError(f"{where}: {show(identifier)} has {_kind(value)}, expected a string or an object")
    prediction, reference = value.get("pred"), value.get("gt")
    if not isinstance(prediction, str) and "pred" in value:
        raise InputError(f'{where}: "pred" of {show(identifier)} is {_kind(prediction)}, expected a string')
    if not isinstance(reference, str | None):
        raise InputError(f'{where}: "gt" of {show(identifier)} is {_kind(reference)}, expected a string')
    nbest = _nbest(where, identifier, value["nbest"]) if "nbest" in value else ()
    return Row(identifier, prediction, reference, nbest)


def _nbest(where: str, identifier: str, value: Any) -> NBest:
    try:
        candidates = tuple((text, float(score)) for text, score in value)
    except (TypeError, ValueError):
        candidates = ((None, 0.0),)
    if not all(isinstance(text, str) and score == score for text, score in candidates):
        raise InputError(f'{where}: "nbest" of {show(identifier)} is not a list of [text, log probability]')
    return candidates


def _kind(value: object) -> str:
    kinds = {dict: "an object", list: "a list", str: "a string", bool: "true or false", type(None): "null"}
    return kinds.get(type(value), "a number")


# ---------------------------------------------------------------- one sample a file


def read_folder(path: Path) -> list[Row]:
    """The ``NAME.txt`` files of a folder, by name; hidden files, other suffixes and subfolders are not samples."""
    try:
        names = sorted(name for name in os.listdir(path) if _is_sample(name))
    except OSError as error:
        raise InputError(f"{path}: cannot read: {error.strerror}") from None
    if not names:
        raise InputError(f"{path}: a folder without NAME.txt files")
    return [_sample(f"{path / name}", name, _read_member(path / name)) for name in names]


def _is_sample(name: str) -> bool:
    return name.lower().endswith(".txt") and not name.startswith(".")


def _read_member(path: Path) -> bytes:
    if path.exists() and not path.is_file():
        raise InputError(f"{path}: not a file")
    return read_bytes(path)


def read_zip(name: str, data: bytes) -> list[Row]:
    """The ``NAME.txt`` members of an archive, in its order; nothing is unpacked to disk."""
    import io
    import struct
    import zipfile
    import zlib

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return [
                _sample(f"{name}/{member.filename}", member.filename, _unpack(archive, member))
                for member in _members(name, archive)
            ]
    # What zipfile lets through for archives that are damaged in one place or another.
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, OSError, ValueError) as error:
        raise InputError(f"{name}: damaged zip archive: {error}") from None


def _members(name: str, archive: Any) -> Iterator[Any]:
    for member in archive.infolist():
        _check_member(name, member)
    members = [member for member in archive.infolist() if _is_member(member.filename)]
    if not members:
        raise InputError(f"{name}: a zip archive without NAME.txt files")
    if (size := sum(member.file_size for member in members)) > MAX_UNPACKED:
        raise InputError(f"{name}: would unpack to {size} bytes, more than {MAX_UNPACKED}")
    return iter(members)


def _is_member(filename: str) -> bool:
    path = PurePosixPath(filename)
    return "__MACOSX" not in path.parts and not filename.endswith("/") and _is_sample(path.name)


def _check_member(name: str, member: Any) -> None:
    path = PurePosixPath(member.filename.replace("\\", "/"))
    if ".." in path.parts or path.is_absolute() or re.match("[A-Za-z]:", member.filename):
        raise InputError(f"{name}: member {show(member.filename)} points out of the archive")
    if stat.S_ISLNK(member.external_attr >> 16):
        raise InputError(f"{name}: member {show(member.filename)} is a symbolic link")
    if member.flag_bits & 1:
        raise InputError(f"{name}: member {show(member.filename)} is encrypted")
    if member.compress_type not in (0, 8):
        # zipfile bounds what it unpacks only for "stored" and "deflated".
        raise InputError(f"{name}: member {show(member.filename)} is neither stored nor deflated")


def _unpack(archive: Any, member: Any) -> bytes:
    with archive.open(member) as file:
        # With a number, zipfile stops there even where the archive lies about the size.
        return file.read(member.file_size + 1)


def _sample(where: str, filename: str, data: bytes) -> Row:
    """``%NAME`` line (may be absent), then ``$latex$`` (the dollars may be absent from one line)."""
    identifier = PurePosixPath(filename).name[: -len(".txt")]
    text = decode(data, where).replace("\r\n", "\n")
    number = 1
    if text.startswith("%"):
        title, _, text = text.partition("\n")
        number = 2
        _check_title(f"{where}:1", title[1:].strip(), identifier)
    formula = text.strip(" \t\n")
    if not formula:
        raise InputError(f"{where}:{number}: no formula; an empty prediction is written $$")
    return Row(identifier, _undollar(f"{where}:{number}", formula))


def _check_title(where: str, title: str, identifier: str) -> None:
    path = PurePosixPath(title)
    if identifier not in (title, path.name, path.stem):
        raise PairingError(f"{where}: the file name says {show(identifier)}, its first line {show(title)}")


def _undollar(where: str, formula: str) -> str:
    if formula.startswith("$"):
        if len(formula) < 2 or not formula.endswith("$"):
            raise InputError(f"{where}: the formula opens with $ and does not end with one")
        return formula[1:-1]
    if "\n" in formula:
        raise InputError(f"{where}: {formula.count(chr(10)) + 1} lines, expected one formula")
    return formula
