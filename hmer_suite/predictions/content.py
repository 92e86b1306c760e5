"""Bytes of a prediction file as text, and text as such bytes again: UTF-8, UTF-16 with its mark, gzip."""

from __future__ import annotations

import contextlib
import gzip
import os
import sys
import zlib
from codecs import BOM_UTF8
from dataclasses import dataclass
from pathlib import Path

from hmer_suite.errors import InputError
from hmer_suite.files import decode, read_bytes

STANDARD_INPUT = "standard input"
"""Name in messages of the file that is given as ``-``."""

MAX_UNPACKED = 2**30
"""Largest size in bytes of an unpacked gzip file."""

MEMORY_PER_BYTE = 6
"""Bytes of memory that a byte of a file takes while its samples are held: a text of 1 GB takes 5.2 GB."""

_GZIP_MARK = b"\x1f\x8b"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Content:
    """The unpacked bytes of a file. `name` is for messages and has the suffix that tells the layout."""

    name: str
    data: bytes

    @property
    def encoding(self) -> str:
        """UTF-16 as spreadsheets export it, UTF-8 with their mark, or UTF-8, by the name that Python knows."""
        if self.data.startswith(_UTF16_MARKS):
            return "utf-16"
        return "utf-8-sig" if self.data.startswith(BOM_UTF8) else "utf-8"

    @property
    def line_end(self) -> str:
        """The end of the first line, a line feed if there is none."""
        head = self.text.partition("\n")[0]
        return "\r\n" if head.endswith("\r") else "\n"

    @property
    def text(self) -> str:
        """The text without its byte-order mark; `InputError` names the line of what is not text."""
        if self.encoding != "utf-16":
            return decode(self.data, self.name)
        try:
            return decode(self.data.decode("utf-16").encode("utf-8"), self.name)
        except UnicodeError:
            raise InputError(f"{self.name}: damaged UTF-16 text") from None


def read_content(path: str | Path) -> Content:
    """Content of a file, unpacked if it is gzip; of standard input for ``-``.

    Raises `InputError` for one that does not fit into the memory of this machine, before it is read.
    """
    most = largest_file()
    if str(path) == "-":
        name, data = STANDARD_INPUT, sys.stdin.buffer.read(most + 1)
        size = len(data)
    else:
        with contextlib.suppress(OSError):  # said when it is read
            _check_size(str(path), Path(path).stat().st_size, most)
        name, data = str(path), read_bytes(path)
        size = len(data)
    _check_size(name, size, most)
    return Content(name, _unpacked(name, data) if data.startswith(_GZIP_MARK) else data)


def largest_file() -> int:
    """Bytes of the largest file that is read as a whole: a share of this machine's memory."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // MEMORY_PER_BYTE


def _check_size(name: str, size: int, most: int) -> None:
    if size > most:
        raise InputError(
            f"{name}: more than {most / 1e9:.2g} GB, the largest file that fits into the memory of this machine as a "
            "whole; split it, as `split -l 1000000` does"
        )


def _unpacked(name: str, data: bytes) -> bytes:
    unpacker = zlib.decompressobj(wbits=31)
    found = b""
    try:
        while data:
            found += unpacker.decompress(data, MAX_UNPACKED - len(found) + 1)
            if len(found) > MAX_UNPACKED:
                raise InputError(f"{name}: would unpack to more than {MAX_UNPACKED} bytes")
            if not unpacker.eof:
                raise InputError(f"{name}: damaged gzip file: it breaks off")
            data, unpacker = unpacker.unused_data, zlib.decompressobj(wbits=31)
    except zlib.error as error:
        raise InputError(f"{name}: damaged gzip file: {error}") from None
    return found


def encoded(text: str, encoding: str, path: str | Path) -> bytes:
    """Text as bytes for `path`, packed if `path` ends in ``.gz``."""
    data = text.encode(encoding)
    return gzip.compress(data, mtime=0) if str(path).lower().endswith(".gz") else data


def bare_suffix(name: str) -> str:
    """The suffix of a file's name in lower case, ``.gz`` apart."""
    return Path(name.lower().removesuffix(".gz")).suffix
