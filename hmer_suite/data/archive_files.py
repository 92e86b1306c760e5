"""Zip and tar archives as file trees: bounded in members, size and ratio, and never unpacked to disk."""

from __future__ import annotations

import io
import lzma
import tarfile
import zipfile
import zlib
from pathlib import Path

from hmer_suite.data.file_trees import FileTree, is_hidden
from hmer_suite.errors import InputError
from hmer_suite.predictions.archives import DAMAGED, member_problem, path_problem
from hmer_suite.predictions.layouts import show

MAX_MEMBERS = 2_000_000
"""Most members of an archive; the largest set of the field, UniMER's, has half of that."""

MAX_MEMBER = 4 * 2**30
"""Largest size in bytes of one unpacked member."""

MAX_IN_MEMORY = 2**30
"""Largest size in bytes of a compressed tar archive that is unpacked, ten times that of CROHME's largest."""

MAX_RATIO = 300
"""Largest ratio of unpacked to packed size of an archive beyond `FREE_SIZE`; bitmaps of a few strokes reach 60."""

FREE_SIZE = 256 * 2**20
"""Unpacked size in bytes up to which the ratio does not matter."""

ZIP_SUFFIXES = (".zip",)
TAR_SUFFIXES = (".tar", ".tar.gz", ".tgz", ".tar.xz", ".txz", ".tar.bz2", ".tbz2")


def is_archive(path: Path) -> bool:
    """Whether a path has the suffix of an archive that is read."""
    return path.name.lower().endswith((*ZIP_SUFFIXES, *TAR_SUFFIXES))


class ZipTree(FileTree):
    """The members of a zip archive, each unpacked when it is read."""

    def __init__(self, path: Path):
        self._path = path
        try:
            self._archive = zipfile.ZipFile(path)
        except FileNotFoundError:
            raise InputError(f"{path}: no such file or folder") from None
        except DAMAGED as error:
            raise InputError(f"{path}: damaged zip archive: {str(error) or 'it breaks off'}") from None
        self._members = self._checked(self._archive.infolist())
        super().__init__(str(path), self._members)

    def _checked(self, members: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
        if len(members) > MAX_MEMBERS:
            raise InputError(f"{self._path}: {len(members):,} members, at most {MAX_MEMBERS:,} are read")
        found: dict[str, zipfile.ZipInfo] = {}
        for member in members:
            if problem := member_problem(member):
                raise InputError(f"{self._path}: member {show(member.filename)} {problem}")
            if member.is_dir() or is_hidden(member.filename):
                continue
            if member.filename in found:
                raise InputError(f"{self._path}: two members are named {show(member.filename)}")
            check_member(f"{self._path}: member {show(member.filename)}", member.file_size)
            found[member.filename] = member
        size = sum(member.file_size for member in found.values())
        check_ratio(str(self._path), size, self._path.stat().st_size)
        return found

    def read(self, name: str) -> bytes:
        """The bytes of a member; the size that the archive states for it is the most that is read."""
        member = self._members[name]
        try:
            with self._archive.open(member) as file:
                return file.read(member.file_size + 1)
        except DAMAGED as error:
            reason = str(error) or "it breaks off"
            raise InputError(f"{self.place(name)}: damaged zip archive: {reason}") from None


class TarTree(FileTree):
    """The members of a tar archive: at their places in the file, or in memory where the archive is compressed."""

    def __init__(self, path: Path):
        self._path = path
        self._places: dict[str, tuple[int, int]] = {}
        self._contents: dict[str, bytes] = {}
        try:
            with tarfile.open(path) as archive:
                self._packed = not isinstance(archive.fileobj, io.BufferedReader)
                self._list(archive)
        except FileNotFoundError:
            raise InputError(f"{path}: no such file or folder") from None
        except (tarfile.TarError, lzma.LZMAError, zlib.error, EOFError, OSError, ValueError) as error:
            raise InputError(f"{path}: damaged, or not an archive: {error}") from None
        super().__init__(str(path), [*self._places, *self._contents])

    def _list(self, archive: tarfile.TarFile) -> None:
        room = MAX_IN_MEMORY
        for count, member in enumerate(archive, start=1):
            where = f"{self._path}: member {show(member.name)}"
            room -= member.size if self._packed else 0
            if room < 0:
                raise InputError(
                    f"{self._path}: unpacks to more than {MAX_IN_MEMORY:,} bytes; unpack it first"
                )
            if count > MAX_MEMBERS:
                raise InputError(f"{self._path}: more than the {MAX_MEMBERS:,} members that are read")
            name = member.name.removeprefix("./")
            if problem := path_problem(name):
                raise InputError(f"{where} {problem}")
            if not member.isfile() or is_hidden(name):
                continue
            if name in self._places or name in self._contents:
                raise InputError(f"{self._path}: two members are named {show(name)}")
            check_member(where, member.size)
            if self._packed:
                file = archive.extractfile(member)
                assert file is not None  # it is a regular file
                self._contents[name] = file.read()
            else:
                self._places[name] = (member.offset_data, member.size)

    def read(self, name: str) -> bytes:
        """The bytes of a member."""
        if self._packed:
            return self._contents[name]
        start, size = self._places[name]
        try:
            with self._path.open("rb") as file:
                file.seek(start)
                data = file.read(size)
        except OSError as error:
            raise InputError(f"{self._path}: cannot read: {error.strerror}") from None
        if len(data) < size:
            raise InputError(f"{self.place(name)}: the archive breaks off")
        return data


def check_member(where: str, size: int) -> None:
    """Raise `InputError`, beginning with `where`, for a member that is too large."""
    if size > MAX_MEMBER:
        raise InputError(f"{where} unpacks to {size:,} bytes, more than the {MAX_MEMBER:,} that are read")


def check_ratio(where: str, size: int, packed: int) -> None:
    """Raise `InputError`, beginning with `where`, for an archive that unpacks to implausibly much."""
    if size > max(FREE_SIZE, MAX_RATIO * packed):
        raise InputError(
            f"{where}: {packed:,} bytes that unpack to {size:,}: more than {MAX_RATIO} times as many are not read"
        )
