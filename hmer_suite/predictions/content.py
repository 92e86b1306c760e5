"""Bytes of a prediction file as text, and text as such bytes again: UTF-8, UTF-16 with its mark, packed or not.

A file is opened by its beginning (`open_content`). One that is longer is then read as a whole, which takes
`MEMORY_PER_BYTE` bytes of memory for each of its own, or block by block.
"""

from __future__ import annotations

import codecs
import os
import sys
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BufferedReader
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from hmer_suite.errors import InputError
from hmer_suite.files import decode, opened
from hmer_suite.predictions.packing import (
    LONGEST_MARK,
    packed,
    packing_of,
    refuse_binary,
    unpacked,
    without_packing,
)

STANDARD_INPUT = "standard input"
"""Name in messages of the file that is given as ``-``."""

HEAD = 2 * 2**20
"""Bytes of text that are read to tell the layout of a file; a shorter file is read as a whole."""

PIECE = 2**19
"""Most bytes that are read or unpacked at once."""

MAX_LINE = 16 * 2**20
"""Most bytes of a line, or of a record of several lines, in a file that is read block by block."""

MAX_UNPACKED = 2**30
"""Largest size in bytes of a packed file that is unpacked as a whole."""

MEMORY_PER_BYTE = 6
"""Bytes of memory that a byte of a file takes while it is read as a whole."""

_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Form:
    """The form of a text: its encoding by Python's name, and the end of its first line."""

    encoding: str = "utf-8"
    line_end: str = "\n"


@dataclass(frozen=True, slots=True)
class Content:
    """The unpacked bytes of a file. `name` is for messages and has the suffix that tells the layout."""

    name: str
    data: bytes

    @property
    def form(self) -> Form:
        """UTF-16 as spreadsheets export it, UTF-8 with their mark, or UTF-8; a line feed if there is no line end."""
        head, _, _ = self.data.partition(b"\n")
        if self.data.startswith(_UTF16_MARKS):
            return Form("utf-16", "\r\n" if head.removesuffix(b"\0").endswith(b"\r") else "\n")
        encoding = "utf-8-sig" if self.data.startswith(BOM_UTF8) else "utf-8"
        return Form(encoding, "\r\n" if head.endswith(b"\r") else "\n")

    @property
    def text(self) -> str:
        """The text without its byte-order mark; `InputError` names the line of what is not text."""
        return decode(b"".join(_as_utf8(self.name, [self.data])), self.name)


@dataclass(frozen=True, slots=True)
class Opening:
    """The beginning of a file, and the unpacked bytes after it, which can be taken once; None if there are none.

    `size` is that of the file, None if it is not known; `packed` says that the file is packed.
    """

    head: Content
    rest: Iterator[bytes] | None
    size: int | None
    packed: bool

    @property
    def start(self) -> str:
        """The text of the lines that the beginning has whole."""
        data = next(_as_utf8(self.head.name, [self.head.data]))
        return decode(data[: data.rfind(b"\n") + 1], self.head.name)

    def whole(self) -> Content:
        """The whole content; `InputError` for one that does not fit into the memory of this machine."""
        if self.rest is None:
            return self.head
        name, most = self.head.name, largest_file()
        if self.size is not None:
            _check_size(name, self.size, most)
        data = bytearray(self.head.data)
        for piece in self.rest:
            data += piece
            if self.packed and len(data) > MAX_UNPACKED:
                raise InputError(f"{name}: would unpack to more than {MAX_UNPACKED} bytes")
            _check_size(name, len(data), most)
        return Content(name, bytes(data))

    def texts(self) -> Iterator[str]:
        """The text in pieces that end where a line ends, without its byte-order mark; the first is the longest.

        Raises `InputError` with the line of what is not text, or is longer than `MAX_LINE`.
        """
        return _decoded(self.head.name, _as_utf8(self.head.name, chain([self.head.data], self.rest or ())))


def open_content(path: str | Path) -> Opening:
    """Open a file, unpacked if it is packed, or standard input for ``-``.

    Raises `InputError` if it cannot be read, or is a file of another kind than text, Parquet and zip.
    """
    is_input = str(path) == "-"
    name = STANDARD_INPUT if is_input else str(path)
    source = _pieces(sys.stdin.buffer) if is_input else _pieces_of_file(path)
    start = next(source, b"")
    while len(start) < LONGEST_MARK and (piece := next(source, b"")):
        start += piece
    packing = packing_of(start)
    pieces = chain([start], source)
    content = pieces if packing is None else unpacked(name, packing, pieces, PIECE)
    head = bytearray()
    for piece in content:
        if not head:
            refuse_binary(name, piece)
        head += piece
        if len(head) >= HEAD:
            size = None if is_input or packing is not None else Path(path).stat().st_size
            return Opening(Content(name, bytes(head)), content, size, packing is not None)
    return Opening(Content(name, bytes(head)), None, len(head), packing is not None)


def largest_file() -> int:
    """Bytes of the largest file that is read as a whole: a share of this machine's memory."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // MEMORY_PER_BYTE


def _check_size(name: str, size: int, most: int) -> None:
    if size > most:
        raise InputError(
            f"{name}: more than {most / 1e9:.2g} GB, the largest file that fits into the memory of this machine as a "
            "whole; text with a sample on each line has no such limit"
        )


def _pieces_of_file(path: str | Path) -> Iterator[bytes]:
    with opened(path) as file:
        yield from _pieces(file)


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    """The bytes of a file or pipe as they come."""
    while piece := file.read1(PIECE) if isinstance(file, BufferedReader) else file.read(PIECE):
        yield piece


def _as_utf8(name: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces of a text in UTF-8, if the first begins with the mark of UTF-16; else as they are."""
    pieces = iter(pieces)
    first = next(pieces, b"")
    if not first.startswith(_UTF16_MARKS):
        yield first
        yield from pieces
        return
    decoder = codecs.getincrementaldecoder("utf-16")()
    try:
        for piece in chain([first], pieces):
            yield decoder.decode(piece).encode("utf-8")
        yield decoder.decode(b"", final=True).encode("utf-8")
    except UnicodeError:
        raise InputError(f"{name}: damaged UTF-16 text") from None


def _decoded(name: str, pieces: Iterable[bytes]) -> Iterator[str]:
    """Text of pieces in UTF-8, cut anew where lines end."""
    kept, line, byte = b"", 1, 0
    for piece in pieces:
        lines, end, rest = (kept + piece).rpartition(b"\n")
        whole, kept = lines + end, rest
        if len(kept) > MAX_LINE and byte + len(whole):
            raise InputError(f"{name}:{line + whole.count(10)}: a line of more than {MAX_LINE} bytes")
        if whole:
            yield decode(whole, name, line, byte)
            line, byte = line + whole.count(b"\n"), byte + len(whole)
    if kept or not byte:
        yield decode(kept, name, line, byte)


def encoded_pieces(texts: Iterable[str], encoding: str, path: str | Path) -> Iterator[bytes]:
    """Pieces of a text as bytes for `path`, packed as the suffix of `path` says."""
    encoder = codecs.getincrementalencoder(encoding)()
    data = (encoder.encode(text) for text in texts)
    return packed(data, str(path))


def encoded(text: str, encoding: str, path: str | Path) -> bytes:
    """Text as bytes for `path`, packed as the suffix of `path` says."""
    return b"".join(encoded_pieces([text], encoding, path))


def bare_suffix(name: str) -> str:
    """The suffix of a file's name in lower case, that of its packing apart."""
    return Path(without_packing(name)).suffix
