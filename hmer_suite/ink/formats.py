"""Every format of ink that is read, in one table, and which of them a file has.

The content decides; the suffix counts where the content does not tell, and then its reader explains what is wrong.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePath

from hmer_suite.errors import InputError
from hmer_suite.files import read_bytes
from hmer_suite.ink.document import MAX_BYTES, InkDocument, check_size
from hmer_suite.ink.excalidraw import is_excalidraw, read_excalidraw
from hmer_suite.ink.inkml import parse_inkml
from hmer_suite.ink.jiix import is_jiix, read_jiix
from hmer_suite.ink.json_strokes import is_json_strokes, read_json_strokes
from hmer_suite.ink.svg.reader import parse_svg
from hmer_suite.ink.xournal import parse_xournal

_GZIP = b"\x1f\x8b"
_BYTE_ORDER_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}

_BEFORE_ROOT = re.compile(r"\s*(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^<>\[]*(?:\[.*?\]\s*)?>)", re.DOTALL)
_ROOT = re.compile(r"\s*<(?:[\w.-]+:)?([\w.-]+)")


@dataclass(frozen=True, slots=True)
class Content:
    """The content of a file, unpacked.

    `root` is the name of an XML file's root element, or empty. `value` is what JSON stands for, or None, and
    `problem` says why a file that begins as JSON does is none.
    """

    data: bytes
    root: str = ""
    value: object = None
    problem: str = ""

    @property
    def is_json(self) -> bool:
        """Whether the file is JSON, or would be if it were well formed."""
        return self.value is not None or bool(self.problem)


@dataclass(frozen=True, slots=True)
class InkFormat:
    """A format of ink: its suffixes, how its content is recognised, and its reader.

    The reader gets the content, an id, and the name of the file for errors. `in_folders` says whether the suffixes
    are enough to take a file out of a folder.
    """

    name: str
    suffixes: tuple[str, ...]
    recognises: Callable[[Content], bool]
    read: Callable[[Content, str, str], InkDocument]
    in_folders: bool = True


def _rooted(root: str) -> Callable[[Content], bool]:
    return lambda content: content.root == root


def _of_bytes(parse: Callable[[bytes, str, str], InkDocument]) -> Callable[[Content, str, str], InkDocument]:
    return lambda content, id, name: parse(content.data, id, name)


def _of_json(read: Callable[[object, str, str], InkDocument]) -> Callable[[Content, str, str], InkDocument]:
    def read_content(content: Content, id: str, name: str) -> InkDocument:
        if content.value is None:
            problem = f"not JSON: {content.problem}" if content.problem else "no strokes: expected JSON"
            raise InputError(f"{name}: {problem}")
        return read(content.value, id, name)

    return read_content


_INKML = InkFormat("InkML", (".inkml",), _rooted("ink"), _of_bytes(parse_inkml))
_XOURNAL = InkFormat("Xournal++", (".xopp", ".xoj"), _rooted("xournal"), _of_bytes(parse_xournal))
_JSON_STROKES = InkFormat(
    "JSON strokes",
    (".json", ".ndjson"),
    lambda content: is_json_strokes(content.value),
    _of_json(read_json_strokes),
    in_folders=False,
)

INK_FORMATS = (
    _INKML,
    _XOURNAL,
    InkFormat("SVG", (".svg", ".svgz"), _rooted("svg"), _of_bytes(parse_svg)),
    InkFormat(
        "Excalidraw",
        (".excalidraw",),
        lambda content: is_excalidraw(content.value),
        _of_json(read_excalidraw),
    ),
    InkFormat("JIIX", (".jiix",), lambda content: is_jiix(content.value), _of_json(read_jiix)),
    _JSON_STROKES,
)
"""All formats; where two recognise a file, the first reads it."""

INK_SUFFIXES = tuple(suffix for format in INK_FORMATS for suffix in format.suffixes)
"""Suffixes of files that are taken for ink."""

FOLDER_SUFFIXES = tuple(suffix for format in INK_FORMATS if format.in_folders for suffix in format.suffixes)
"""Suffixes of the files that are taken out of a folder; JSON may be anything there."""


def read_ink(path: str | Path) -> InkDocument:
    """The ink in a file of any format of the table, its id being the file's name without suffix.

    Its `traces` are arrays (points, 2) of float32, X to the right and Y down, in the units of the file.

    Raises:
        InputError: the file cannot be read, is malformed, or has no traces.
    """
    ink = parse_ink(read_bytes(path), Path(path).stem, str(path))
    if not ink.traces:
        raise InputError(f"{path}: no traces")
    return ink


def parse_ink(data: bytes, id: str, name: str | None = None) -> InkDocument:
    """The ink in the bytes of a file; `name` is its path or name, whose suffix counts where the bytes do not tell.

    Raises `InputError`, which calls the file `name`.
    """
    name = name or id
    content = _content(data, name)
    found = _format_of(content, PurePath(name).suffix.lower())
    if found is None:
        raise InputError(f"{name}: not a file of ink: neither {', '.join(one.name for one in INK_FORMATS)}")
    return found.read(content, id, name)


def looks_like_ink(data: bytes) -> bool:
    """Whether the first bytes of a file are those of XML, JSON or a gzip file, and of no image."""
    for mark in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            data = data[len(mark) :].replace(b"\0", b"")
    return data.startswith(_GZIP) or data.lstrip()[:1] in (b"<", b"{", b"[")


def _format_of(content: Content, suffix: str) -> InkFormat | None:
    for format in INK_FORMATS:
        if format.recognises(content):
            return format
    for format in INK_FORMATS:
        if suffix in format.suffixes:
            return format
    if content.is_json:
        return _JSON_STROKES
    return _INKML if looks_like_ink(content.data) else None


def _content(data: bytes, name: str) -> Content:
    check_size(data, name)
    if data.startswith(_GZIP):
        data = _unpacked(data, name)
    start = next((mark for mark in _BYTE_ORDER_MARKS if data.startswith(mark)), b"")
    text = data[: 2**16].decode(_BYTE_ORDER_MARKS.get(start, "latin-1"), "replace").lstrip()
    if text[:1] in ("{", "["):
        return _json_content(data)
    while found := _BEFORE_ROOT.match(text):
        text = text[found.end() :]
    root = _ROOT.match(text)
    return Content(data, root[1] if root else "")


def _unpacked(data: bytes, name: str) -> bytes:
    """The content of a gzip file, up to `MAX_BYTES`."""
    unpacker = zlib.decompressobj(wbits=31)
    try:
        found = unpacker.decompress(data, MAX_BYTES + 1)
    except zlib.error as error:
        raise InputError(f"{name}: damaged gzip file: {error}") from None
    if len(found) > MAX_BYTES:
        raise InputError(f"{name}: more than the {MAX_BYTES:,} bytes that are read, once unpacked")
    if not unpacker.eof:
        raise InputError(f"{name}: damaged gzip file: it ends too early")
    return found


def _json_content(data: bytes) -> Content:
    try:
        return Content(data, value=json.loads(data))
    except (ValueError, RecursionError) as error:
        # UnicodeDecodeError and JSONDecodeError are ValueErrors, and so is a number of too many digits.
        problem = str(error)
    lines = [line for line in data.splitlines() if line.strip()]
    if len(lines) > 1 and all(line.lstrip().startswith(b"{") for line in lines[:2]):
        problem = f"{len(lines)} lines of JSON; a file of ink holds one formula"
    return Content(data, problem=problem)
