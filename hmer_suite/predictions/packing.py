"""Packed text: gzip, xz and bzip2 are unpacked as they are read; what else a file may be is named from its first bytes.

What unpacks to more than `MAX_RATIO` bytes for each of its own is refused: text of samples packs to a fiftieth at most,
and gzip cannot go beyond.
"""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from hmer_suite.errors import InputError

MAX_RATIO = 1100
"""Most bytes that a byte of a packed file may unpack to."""

_FREE = 2**24
"""Bytes that are unpacked whatever the ratio."""

_MEMORY = 2**28
"""Most bytes of memory that the dictionary of an xz file may take."""


class _Unpacker(Protocol):
    """An unpacker of one member of a file."""

    @property
    def eof(self) -> bool:
        """Whether the member has ended."""

    @property
    def unused_data(self) -> bytes:
        """The bytes after the end of the member."""

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        """At most *max_length* bytes; what is left of *data* is kept."""


class _Gzip:
    """zlib's unpacker, which keeps what is left as those of the other packings do."""

    def __init__(self) -> None:
        self._unpacker = zlib.decompressobj(wbits=31)

    @property
    def eof(self) -> bool:
        return self._unpacker.eof

    @property
    def unused_data(self) -> bytes:
        return self._unpacker.unused_data

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        return self._unpacker.decompress(self._unpacker.unconsumed_tail + data, max_length)


class _Packer(Protocol):
    """A packer of a stream of bytes."""

    def compress(self, data: bytes, /) -> bytes:
        """Packed bytes, as far as they are complete."""

    def flush(self) -> bytes:
        """The rest of the packed bytes."""


@dataclass(frozen=True, slots=True)
class Packing:
    """A way to pack a file: its name, the suffix and the first bytes of such files, its unpacker and its packer."""

    name: str
    suffix: str
    mark: bytes
    unpacker: Callable[[], _Unpacker]
    packer: Callable[[], _Packer]


PACKINGS = (
    Packing("gzip", ".gz", b"\x1f\x8b", _Gzip, lambda: zlib.compressobj(9, wbits=31)),
    Packing("xz", ".xz", b"\xfd7zXZ\0", lambda: lzma.LZMADecompressor(memlimit=_MEMORY), lzma.LZMACompressor),
    Packing("bzip2", ".bz2", b"BZh", bz2.BZ2Decompressor, bz2.BZ2Compressor),
)

LONGEST_MARK = 10
"""Bytes from which the packing is told."""

_BZIP2_BLOCK = b"1AY&SY"

_OTHERS = (
    (b"\x28\xb5\x2f\xfd", "packed by Zstandard: unpack it (zstd -d)"),
    (b"\x04\x22\x4d\x18", "packed by LZ4: unpack it (lz4 -d)"),
    (b"\x1f\x9d", "packed by compress: unpack it (uncompress)"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive: unpack it (7z x)"),
    (b"Rar!\x1a\x07", "a RAR archive: unpack it (unrar x)"),
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "a workbook or document of an old Office: save the sheet as CSV (UTF-8)",
    ),
    (b"SQLite format 3\0", "an SQLite database: write the table as CSV (sqlite3 -csv)"),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file: write the predictions as CSV or JSON lines"),
    (b"\x93NUMPY", "an array of NumPy: write CSV or JSON lines (id, prediction)"),
    (b"ARROW1\0\0", "an Arrow file: write Parquet or CSV"),
    (b"Obj\x01", "an Avro file: write Parquet or CSV"),
    (b"%PDF-", "a PDF: give text"),
    (b"\x89PNG", "a picture: predict reads pictures"),
    (b"\xff\xd8\xff", "a picture: predict reads pictures"),
    (b"GIF89a", "a picture: predict reads pictures"),
)
_PICKLES = tuple(bytes((0x80, version)) for version in range(2, 6))
_IN_ZIP = (
    ("xl/", "an Excel workbook: save the sheet as CSV (UTF-8)"),
    ("word/", "a Word document: save it as plain text"),
    ("content.xml", "an OpenDocument file: save the sheet as CSV (UTF-8)"),
    ("data.pkl", "a file of PyTorch: write its predictions as JSON lines (id, pred)"),
    (".npy", "arrays of NumPy: write CSV or JSON lines (id, prediction)"),
)


def packing_of(start: bytes) -> Packing | None:
    """The packing of a file with these first bytes; None if it is not packed in a way that is read."""
    found = next((packing for packing in PACKINGS if start.startswith(packing.mark)), None)
    if found is not None and found.name == "bzip2" and start[4:10] != _BZIP2_BLOCK:
        return None  # a formula may begin with these letters
    return found


def refuse_binary(name: str, start: bytes) -> None:
    """Raise `InputError` for a file that is no text by its first bytes, with what it is and what to do."""
    kind = next((kind for mark, kind in _OTHERS if start.startswith(mark)), None)
    if kind is None and start.startswith(_PICKLES):
        kind = "a pickle, which may run anything when it is read: write JSON lines (id, pred)"
    if kind is None and start[257:262] == b"ustar":
        kind = "a tar archive: unpack it (tar xf)"
    if kind is not None:
        raise InputError(f"{name}: {kind}")


def refuse_in_zip(name: str, members: Iterable[str]) -> None:
    """Raise `InputError` for a file of an application that is a zip archive by its members."""
    for member in members:
        for part, kind in _IN_ZIP:
            if member.startswith(part) if part.endswith("/") else member.endswith(part):
                raise InputError(f"{name}: {kind}")


def unpacked(name: str, packing: Packing, pieces: Iterable[bytes], most: int) -> Iterator[bytes]:
    """The bytes that pieces of a packed file unpack to, at most *most* at once; it may have several members.

    Raises `InputError` for a damaged file, and for one that unpacks to far more than text does.
    """
    unpacker = packing.unpacker()
    read = written = 0
    try:
        for piece in pieces:
            data = piece
            read += len(piece)
            while data:
                if unpacker.eof:
                    unpacker = packing.unpacker()
                for found in _all_of(unpacker, data, most):
                    written += len(found)
                    if written > max(_FREE, MAX_RATIO * read):
                        raise InputError(f"{name}: unpacks to more than {MAX_RATIO} times its size")
                    yield found
                data = unpacker.unused_data if unpacker.eof else b""
    except (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError) as error:
        raise InputError(f"{name}: damaged {packing.name} file: {error}") from None
    if not unpacker.eof:
        raise InputError(f"{name}: damaged {packing.name} file: it breaks off")


def _all_of(unpacker: _Unpacker, data: bytes, most: int) -> Iterator[bytes]:
    """What *data* unpacks to, as far as the member goes."""
    while not unpacker.eof:
        found = unpacker.decompress(data, most)
        if found:
            yield found
        if len(found) < most:
            return
        data = b""


def packed(pieces: Iterable[bytes], path: str) -> Iterator[bytes]:
    """Pieces of a file packed as its suffix says, or as they are."""
    packing = next((one for one in PACKINGS if path.lower().endswith(one.suffix)), None)
    if packing is None:
        yield from pieces
        return
    packer = packing.packer()
    for piece in pieces:
        yield packer.compress(piece)
    yield packer.flush()


def without_packing(name: str) -> str:
    """A file's name in lower case without the suffix of its packing."""
    name = name.lower()
    return next((name.removesuffix(one.suffix) for one in PACKINGS if name.endswith(one.suffix)), name)
