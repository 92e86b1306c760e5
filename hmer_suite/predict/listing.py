"""Files of formulas that inputs name: found, given ids, and, where they are passed over, listed with the reason.

A file's id is its name without suffix; in a folder searched with its sub-folders, it begins with the path from that
folder. Files that would have the same id keep their suffix (``a.png``, ``a.svg``), and those of the same name too their
folder. TIFF and PDF files of several pages have a formula on each, with ``-p1``, ``-p2`` after the id.
"""

from __future__ import annotations

import os
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from hmer_suite.errors import InputError, PairingError
from hmer_suite.files import percent_escaped
from hmer_suite.images.files import IMAGE_SUFFIXES, count_pages
from hmer_suite.ink.formats import FOLDER_SUFFIXES, INK_SUFFIXES
from hmer_suite.predictions.layouts import show
from hmer_suite.specs.samples import LeftOut

SUFFIXES = (*IMAGE_SUFFIXES, *FOLDER_SUFFIXES)
"""Suffixes of a folder's files that are read; JSON may be anything, and is read only where it is named itself."""

_ONE_PAGE = frozenset({*IMAGE_SUFFIXES, *INK_SUFFIXES} - {".tif", ".tiff", ".pdf"})
"""Suffixes of files that are not opened to count their pages."""


@dataclass(frozen=True, slots=True)
class FormulaFile:
    """A file, or one page of it, that holds a formula.

    `page` counts from 0. `named` tells whether the file was named itself rather than its folder. `problem` says why
    it cannot be read, where that is known already.
    """

    id: str
    path: Path
    page: int = 0
    named: bool = False
    problem: str = ""

    @property
    def place(self) -> str:
        """The path, and the number of the page where it is not the first, for messages."""
        return f"{self.path}: page {self.page + 1}" if self.page else str(self.path)


@dataclass(frozen=True, slots=True)
class Listing:
    """The files of formulas that inputs name, in order, and the paths that were passed over, with the reasons."""

    files: tuple[FormulaFile, ...]
    passed_over: tuple[LeftOut, ...] = ()


def list_files(inputs: Sequence[str], recursive: bool = False) -> Listing:
    """The files that `inputs` name, in their order, those of a folder sorted by name.

    A file that does not exist or cannot be opened is listed with its problem. Raises `InputError` if there is nothing
    to read, or the only input does not exist.
    """
    found: list[_Found] = []
    passed: list[LeftOut] = []
    for text in inputs:
        path = Path(text)
        if not path.is_dir():
            found.append(_Found(path, path.name, named=True))
            continue
        for entry in _entries(path, path, recursive):
            (found if isinstance(entry, _Found) else passed).append(entry)  # type: ignore[arg-type]
    kept = _once(found, passed)
    if not kept:
        raise InputError(f"{inputs[0]}: a folder without files of images or ink{_more(passed)}")
    if len(inputs) == 1 and kept[0].named and not os.path.lexists(kept[0].path):
        raise InputError(f"{inputs[0]}: no such file or folder")
    return Listing(_with_ids([page for one in kept for page in _pages(one)]), tuple(passed))


# ---------------------------------------------------------------- folders


@dataclass(frozen=True, slots=True)
class _Found:
    """A file to read, and its name, which begins with the path from the folder that was searched."""

    path: Path
    name: str
    named: bool = False


def _entries(folder: Path, top: Path, recursive: bool) -> Iterator[_Found | LeftOut]:
    """The files of a folder that are read and the entries that are passed over, sorted by name."""
    try:
        entries = sorted(folder.iterdir(), key=lambda path: (path.stem, path.suffix))
    except OSError as error:
        yield LeftOut(str(folder), f"cannot read: {error.strerror}")
        return
    for path in entries:
        reason = _not_read(path, recursive)
        if reason:
            yield LeftOut(str(path), reason)
        elif path.is_dir():
            yield from _entries(path, top, recursive)
        else:
            yield _Found(path, path.relative_to(top).as_posix())


def _not_read(path: Path, recursive: bool) -> str:
    """The reason why an entry of a folder is passed over; empty if it is not."""
    if path.name.startswith("."):
        return "hidden"
    if path.is_dir():
        if not recursive:
            return "a folder; --recursive reads it"
        return "a link to a folder" if path.is_symlink() else ""
    if not path.is_file():
        return "not a file"
    suffix = path.suffix.lower()
    if suffix in SUFFIXES:
        return ""
    if suffix in INK_SUFFIXES:
        return f"{suffix} may hold anything; it is read if it is named itself"
    return f"neither an image nor ink, by its suffix {suffix}" if suffix else "a file without suffix"


def _once(found: Sequence[_Found], passed: list[LeftOut]) -> list[_Found]:
    """The files without those that were given before, which are added to `passed`."""
    first: dict[str, _Found] = {}
    for one in found:
        if first.setdefault(os.path.abspath(one.path), one) is not one:
            passed.append(LeftOut(str(one.path), "given twice"))
    return list(first.values())


def _more(passed: Sequence[LeftOut]) -> str:
    return f" ({len(passed)} passed over: {passed[0].id}: {passed[0].reason})" if passed else ""


# ---------------------------------------------------------------- pages and ids


@dataclass(frozen=True, slots=True)
class _Page:
    """A file, or a page of it, without id; `mark` is what the id of a page ends in."""

    found: _Found
    file: FormulaFile
    mark: str = ""


def _pages(found: _Found) -> list[_Page]:
    file = FormulaFile("", found.path, named=found.named)
    if not found.path.exists():
        return [_Page(found, replace(file, problem="no such file or folder"))]
    if found.path.suffix.lower() in _ONE_PAGE:
        return [_Page(found, file)]
    try:
        pages = count_pages(found.path)
    except InputError as error:
        return [_Page(found, replace(file, problem=str(error).removeprefix(f"{found.path}: ")))]
    if pages < 2:
        return [_Page(found, file)]
    return [_Page(found, replace(file, page=page), f"-p{page + 1}") for page in range(pages)]


_SHORT, _WITH_SUFFIX, _PATH = 0, 1, 2
"""Kinds of id, each longer than the one before."""


def _with_ids(pages: Sequence[_Page]) -> tuple[FormulaFile, ...]:
    """The files with the shortest ids that are distinct."""
    kinds = [_SHORT] * len(pages)
    while True:
        ids = [_id(page, kind) for page, kind in zip(pages, kinds, strict=True)]
        counts = Counter(ids)
        longer = [
            min(kind + 1, _PATH) if counts[id] > 1 else kind for id, kind in zip(ids, kinds, strict=True)
        ]
        if longer == kinds:
            break
        kinds = longer
    doubled = next((place for place, id in enumerate(ids) if counts[id] > 1), None)
    if doubled is not None:
        raise PairingError(f"{pages[doubled].file.place}: another file has the id {show(ids[doubled])} too")
    return tuple(replace(page.file, id=id) for page, id in zip(pages, ids, strict=True))


def _id(page: _Page, kind: int) -> str:
    name = page.found.name
    if kind == _SHORT:
        name = name.removesuffix(page.found.path.suffix)
    elif kind == _PATH:
        name = str(page.found.path)
    return _writable(name) + page.mark


def _writable(text: str) -> str:
    """A name as an id that every prediction file can hold: control characters and undecodable bytes are escaped."""
    return "".join(
        percent_escaped(char) if unicodedata.category(char) in ("Cc", "Cs") or char == "\ufeff" else char
        for char in text
    )
