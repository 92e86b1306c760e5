"""The layout of a data set of pictures, found out from its files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from hmer_suite.data.archive_files import TAR_SUFFIXES, ZIP_SUFFIXES, TarTree, ZipTree
from hmer_suite.data.file_trees import FileTree, Folder, PartOfTree, counted
from hmer_suite.data.layouts import captions, im2latex, records, saved_to_disk, shards, symbol_folders
from hmer_suite.data.layouts.found import FoundSet, SetOptions, images_of
from hmer_suite.data.layouts.packed import packed_remedy
from hmer_suite.errors import InputError, UsageError, did_you_mean

LAYOUTS: Mapping[str, Callable[[FileTree, SetOptions], FoundSet | None]] = {
    module.NAME: module.find
    for module in (captions, records, im2latex, saved_to_disk, shards, symbol_folders)
}
"""All layouts of pictures, by the names that ``layout=`` takes."""


def open_tree(path: Path) -> tuple[FileTree, str | None]:
    """The files of a folder or an archive, or those around a single file, and the name of that file."""
    if path.is_dir():
        return Folder(path), None
    if not path.exists():
        raise InputError(f"{path}: no such file or folder")
    name = path.name.lower()
    if name.endswith(ZIP_SUFFIXES):
        return ZipTree(path), None
    if name.endswith(TAR_SUFFIXES):
        return TarTree(path), None
    if name.endswith(captions.PICKLES):
        return _pickle_with_captions(path), None
    if name.endswith((*records.SUFFIXES, ".txt", ".lst")):
        return Folder(path.parent), path.name
    remedy = packed_remedy(path.name) or "neither a folder, an archive, a pickle nor a file of labels"
    raise InputError(f"{path}: {remedy}")


def _pickle_with_captions(path: Path) -> FileTree:
    """A pickle and the texts beside it."""
    beside = [
        other.name for other in path.parent.iterdir() if other.suffix in (".txt", ".tsv") and other.is_file()
    ]
    return Folder(path.parent, (path.name, *beside))


def detect(path: Path, options: SetOptions) -> FoundSet:
    """The set of pictures at a path.

    Raises:
        InputError: there is none in a layout that is known.
        UsageError: it may be read in several ways, and the options do not say in which.
    """
    found = detected(path, options)
    if not found:
        raise InputError(f"{path}: {_without_layout(path)}")
    if len(found) > 1:
        ways = " or ".join(f"images:{path},layout={one.layout}" for one in found)
        raise UsageError(f"{path}: it can be read in several ways: say {ways}")
    return found[0]


def detected(path: Path, options: SetOptions) -> list[FoundSet]:
    """The set at a path in each layout that fits."""
    if options.layout is not None and options.layout not in LAYOUTS:
        known = ", ".join(LAYOUTS)
        raise UsageError(
            f"no layout {options.layout}{did_you_mean(options.layout, LAYOUTS)} there are {known}"
        )
    tree, file = open_tree(path)
    if options.folder is not None:
        tree = PartOfTree(tree, options.folder.strip("/"))
        if not tree.names:
            raise UsageError(f"{path}: no folder {options.folder} with files in it")
    wanted = replace(options, file=file)
    layouts = [options.layout] if options.layout else list(LAYOUTS)
    found = [one for layout in layouts if (one := LAYOUTS[layout](tree, wanted)) is not None]
    return [one for one in found if one.own] or found


def _without_layout(path: Path) -> str:
    tree, _ = open_tree(path)
    images = sum(map(len, images_of(tree).values()))
    if not images and path.is_dir():
        packed = (
            f"{file.name}: {remedy}"
            for file in sorted(path.rglob("*"))
            if (remedy := packed_remedy(file.name))
        )
        if (first := next(packed, None)) is not None:
            return first
    captions = "captions.tsv or captions.txt with lines of id, tab and LaTeX"
    return f"{counted(images, 'image')}, but no {captions}, and no published layout of labels"
