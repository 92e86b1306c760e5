"""Files read and written: errors name file, line and byte, and a file is written whole or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any, BinaryIO

from hmer_suite.errors import InputError
from hmer_suite.extras import has_posix

_BOM = "\ufeff"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def read_bytes(path: str | Path) -> bytes:
    """All bytes of a regular file or pipe; `InputError` names a path that cannot be read."""
    with opened(path) as file:
        return file.read()


@contextlib.contextmanager
def opened(path: str | Path) -> Iterator[BinaryIO]:
    """A regular file or pipe, to be read as it comes; `InputError` names a path that cannot be read."""
    try:
        with open(path, "rb") as file:
            _check_kind(file, path)
            yield file
    except FileNotFoundError:
        raise InputError(f"{path}: no such file or folder") from None
    except BrokenPipeError:
        raise  # of what is written meanwhile
    except OSError as error:
        raise InputError(f"{path}: cannot read: {error.strerror}") from None


def _check_kind(file: BinaryIO, path: str | Path) -> None:
    mode = os.fstat(file.fileno()).st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISFIFO(mode)):
        # /dev/zero never ends, and a terminal waits indefinitely.
        raise InputError(f"{path}: neither a file nor a pipe")


def decode(data: bytes, name: str | Path, line: int = 1, byte: int = 0) -> str:
    """`data` as UTF-8 text without its byte-order mark; errors call the file `name`.

    Data from the middle of the file begin on its *line*, at its *byte*. Raises `InputError` with line and byte offset
    for NUL bytes, UTF-16 and anything else that is not UTF-8.
    """
    if not byte and data.startswith(_UTF16_MARKS):
        raise InputError(f"{name}: UTF-16 text, expected UTF-8")
    if (offset := data.find(b"\0")) >= 0:
        where = f"{name}:{line + data.count(10, 0, offset)}"
        raise InputError(f"{where}: NUL byte at byte {byte + offset}: not a text file")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        where = f"{name}:{line + data.count(10, 0, error.start)}"
        found = f"0x{data[error.start]:02x} at byte {byte + error.start}"
        raise InputError(f"{where}: not UTF-8: {found}") from None
    return text if byte else text.removeprefix(_BOM)


def read_text(path: str | Path) -> str:
    """The UTF-8 text of a file, as `decode` reads it, with its line ends unchanged."""
    return decode(read_bytes(path), path)


def split_lines(text: str) -> list[str]:
    r"""Lines of `text`, ended by ``\n`` or ``\r\n``.

    Nothing else ends a line: U+2028, ``\x0b``, ``\x85`` or a lone ``\r`` within a formula are characters
    (`str.splitlines` would cut there, and shift every later sample by one). A final line end closes the last
    line without opening another; each further one is an empty line.
    """
    if not text:
        return []
    lines = text.removesuffix("\n").split("\n")
    return [line.removesuffix("\r") for line in lines] if "\r" in text else lines


def read_lines(path: str | Path) -> list[str]:
    """The lines of a UTF-8 file: line i of the file is item i - 1."""
    return split_lines(read_text(path))


def write_whole(path: str | Path, content: str | bytes | Iterable[bytes]) -> None:
    """Write `content` (text as UTF-8, or pieces), so that `path` holds either all of it or its previous content.

    It is written next to the target and moved into place; a symbolic link keeps its target, and an existing file
    its permissions. Pieces are written as they come. Raises `InputError` if the path cannot be written.
    """
    data = content.encode("utf-8") if isinstance(content, str) else content
    pieces = [data] if isinstance(data, bytes) else data
    target = os.path.realpath(path)
    try:
        if os.path.exists(target) and not os.path.isfile(target):
            # A device or pipe such as /dev/null must not be replaced.
            _write_through(path, pieces)
        else:
            _replace(target, pieces)
    except BrokenPipeError:
        raise  # of a reader that has gone, of this or of what making the pieces prints
    except OSError as error:
        raise InputError(f"{path}: cannot write: {error.strerror}") from None


def check_writable(path: str | Path) -> None:
    """Raise `InputError` if `write_whole` could not write this path, before anything is computed for it."""
    folder = os.path.dirname(os.path.realpath(path))
    if os.path.isdir(path):
        raise InputError(f"{path}: cannot write: it is a folder")
    if not os.path.isdir(folder):
        raise InputError(f"{path}: cannot write: there is no folder {folder}")
    if not os.access(folder if not os.path.exists(path) or os.path.isfile(path) else path, os.W_OK):
        raise InputError(f"{path}: cannot write: permission denied")


def _write_through(path: str | Path, pieces: Iterable[bytes]) -> None:
    with open(path, "wb") as file:
        file.writelines(pieces)


def _replace(target: str, pieces: Iterable[bytes]) -> None:
    folder = os.path.dirname(target)
    temporary = os.path.join(folder, f".hmer-suite-{os.getpid()}-{os.urandom(4).hex()}.tmp")
    try:
        with open(temporary, "xb") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        if os.path.exists(target):
            os.chmod(temporary, stat.S_IMODE(os.stat(target).st_mode))
        os.replace(temporary, target)
    except BaseException:
        # Also on Ctrl-C: no partial file is left.
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
        raise


def cache_folder() -> Path:
    """The folder for files that can be made again: ``$XDG_CACHE_HOME/hmer-suite``, by default in ``~/.cache``.

    A relative ``$XDG_CACHE_HOME`` is ignored, as the XDG Base Directory Specification demands.
    """
    home = os.environ.get("XDG_CACHE_HOME", "")
    base = Path(home) if os.path.isabs(home) else Path.home() / ".cache"
    return base / "hmer-suite"


MAX_NAME = 120
"""Bytes of the longest name that `file_name_of` writes in full; suffixes still fit into the 255 of file systems."""

_KEPT = frozenset(" !'()+,-.=@[]_{}")
"""Punctuation that every file system takes and `file_name_of` keeps."""


def file_name_of(id: str) -> str:
    """The name, without suffix, of a file that belongs to the sample `id`: one component, never a path.

    Distinct ids have distinct names. Letters and digits of any script and the harmless punctuation stay; anything else
    is ``%`` and two hexadecimal digits for each of its bytes, and so are dots and blanks at either end. An empty id is
    ``%``. A name longer than `MAX_NAME` bytes is cut, followed by ``~`` and half of its SHA-256 digest.
    """
    ends = {0, len(id) - 1}
    name = "".join(
        percent_escaped(char) if place in ends and char in ". " else _component(char)
        for place, char in enumerate(id)
    )
    data = name.encode("utf-8")
    if len(data) <= MAX_NAME:
        return name or "%"
    digest = hashlib.sha256(data).hexdigest()[:32]
    return f"{data[: MAX_NAME - 33].decode('utf-8', 'ignore')}~{digest}"


def _component(char: str) -> str:
    return char if char.isalnum() or char in _KEPT else percent_escaped(char)


def percent_escaped(text: str) -> str:
    """``%`` and two hexadecimal digits for each byte of the UTF-8 text, halves of surrogate pairs included."""
    return "".join(f"%{byte:02X}" for byte in text.encode("utf-8", "surrogatepass"))


def lock_file(file: IO[Any], *, of_process: bool = False) -> None:
    """Hold an open file until it is closed; with `of_process` the lock is not inherited by children.

    Raises `OSError` as fcntl does: `BlockingIOError` (or `PermissionError`) where another process holds it. Systems
    other than POSIX have no such locks, and two processes are not kept apart there.
    """
    if not has_posix():
        return
    import fcntl

    hold = fcntl.lockf if of_process else fcntl.flock
    hold(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
