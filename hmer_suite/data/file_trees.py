"""The files of a data set by their names, whether in a folder or in an archive."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path, PurePosixPath

from hmer_suite.errors import InputError
from hmer_suite.files import read_bytes


class FileTree(ABC):
    """Files named by their POSIX paths within `root`, sorted; hidden files are not among them."""

    def __init__(self, root: str, names: Iterable[str]):
        self.root = root
        self.names: tuple[str, ...] = tuple(sorted(names))

    @abstractmethod
    def read(self, name: str) -> bytes:
        """The bytes of a file; `InputError` if it cannot be read."""

    def place(self, name: str) -> str:
        """The file in messages, by its path."""
        return f"{self.root}/{name}" if name else self.root

    @property
    def title(self) -> str:
        """The last part of the path of the tree."""
        return Path(self.root).name

    @cached_property
    def folders(self) -> dict[str, list[str]]:
        """The names of the files in each folder that holds some; the outermost is ``""``."""
        found: dict[str, list[str]] = {}
        for name in self.names:
            found.setdefault(folder_of(name), []).append(name)
        return found

    @cached_property
    def known(self) -> frozenset[str]:
        """All names, for looking them up."""
        return frozenset(self.names)

    def with_suffix(self, *suffixes: str) -> list[str]:
        """The files with one of these suffixes, given in lower case."""
        return [name for name in self.names if name.lower().endswith(suffixes)]


class Folder(FileTree):
    """The files of a folder and its subfolders, or some of them; links are followed, each folder is entered once."""

    def __init__(self, path: Path, names: Iterable[str] | None = None):
        self._path = path
        super().__init__(str(path), _names(path) if names is None else names)

    def read(self, name: str) -> bytes:
        """The bytes of a file."""
        return read_bytes(self._path / name)

    def path(self, name: str) -> Path:
        """The path of a file."""
        return self._path / name


class PartOfTree(FileTree):
    """A folder of another tree."""

    def __init__(self, tree: FileTree, folder: str):
        self._tree, self._folder = tree, folder
        start = f"{folder}/"
        super().__init__(
            tree.place(folder), [name.removeprefix(start) for name in tree.names if name.startswith(start)]
        )

    def read(self, name: str) -> bytes:
        """The bytes of a file."""
        return self._tree.read(f"{self._folder}/{name}")


def _names(root: Path) -> list[str]:
    entered: set[str] = set()
    names: list[str] = []
    for folder, folders, files in os.walk(root, followlinks=True, onerror=_refuse):
        real = os.path.realpath(folder)
        if real in entered:
            folders.clear()
            continue
        entered.add(real)
        folders[:] = sorted(name for name in folders if not is_hidden(name))
        inside = Path(folder).relative_to(root).as_posix()
        start = "" if inside == "." else f"{inside}/"
        names += [start + name for name in files if not is_hidden(name)]
    return names


def _refuse(error: OSError) -> None:
    raise InputError(f"{error.filename}: cannot read: {error.strerror}")


def is_hidden(name: str) -> bool:
    """Whether a path has a hidden part, such as ``.git``, ``._NAME`` and ``__MACOSX`` in archives made on macOS."""
    return any(part.startswith(".") or part == "__MACOSX" for part in PurePosixPath(name).parts)


def folder_of(name: str) -> str:
    """The folder of a file, ``""`` for the outermost."""
    return name.rpartition("/")[0]


def stem_of(name: str) -> str:
    """The name of a file without its folder and suffix."""
    return PurePosixPath(name).stem


def within(folder: str, name: str) -> str:
    """The path of `name`, which is relative to `folder`, within the tree; ``""`` if it leads out of it."""
    parts: list[str] = folder.split("/") if folder else []
    for part in name.replace("\\", "/").split("/"):
        if part == "..":
            if not parts:
                return ""
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "" if name.startswith("/") else "/".join(parts)


def counted(number: int, what: str) -> str:
    """A number of things, such as ``1 file`` and ``2,000 files``."""
    return f"{number:,} {what}{'s' * (number != 1)}"
