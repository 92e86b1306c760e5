"""Metadata in the header of a file of weights: name, preset, digest of the vocabulary, version, licence.

The layout is that of safetensors (Hugging Face): the length of the header in 8 bytes, little-endian; the header, a JSON
object padded with spaces to a multiple of 8 bytes; then the numbers. ``__metadata__`` maps texts to texts. Entries are
sorted, so that equal weights make equal files.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from hmer_suite.errors import InputError

METADATA = "__metadata__"

LARGEST_HEADER = 100_000_000
"""Bytes of the longest header that safetensors reads."""


def vocabulary_digest(symbols: Sequence[str]) -> str:
    """SHA-256 of the tokens in their order, one a line; two networks with one digest have the same outputs."""
    return hashlib.sha256("\n".join(symbols).encode()).hexdigest()


def with_metadata(data: bytes, metadata: Mapping[str, str]) -> bytes:
    """The content of a file of weights with this metadata instead of its own; the numbers stay where they are.

    Values that are empty are left out.
    """
    header, start = _header(data)
    header.pop(METADATA, None)
    kept = {name: metadata[name] for name in sorted(metadata) if metadata[name]}
    text = json.dumps({METADATA: kept, **header}, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + data[start:]


def read_metadata(path: Path) -> dict[str, str]:
    """The metadata of a file of weights, empty if it has none; only the header is read.

    Raises `InputError` for a file that cannot be read or is none of safetensors.
    """
    try:
        with open(path, "rb") as file:
            length = file.read(8)
            data = length + file.read(min(int.from_bytes(length, "little"), LARGEST_HEADER))
        found = _header(data)[0].get(METADATA, {})
    except OSError as error:
        raise InputError(f"{path}: cannot read: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise InputError(f"{path}: damaged: no header of safetensors") from None
    return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}


def _header(data: bytes) -> tuple[dict[str, object], int]:
    """The header, and the place of the numbers; `ValueError` where there is none."""
    start = 8 + int.from_bytes(data[:8], "little")
    found = json.loads(data[8:start])
    if not isinstance(found, dict):
        raise ValueError("the header is no object")
    return found, start
