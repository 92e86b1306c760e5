"""WebDataset shards: tar archives in which the files of a sample share their name, and such files in a folder.

``000000.png`` and ``000000.txt`` (or ``.tex``, ``.latex``, ``.json``) are a picture and its label. A folder of shards
named after their splits (``train-000000.tar``) is one set.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from hmer_suite.data.archive_files import TarTree
from hmer_suite.data.column_names import LABELS, first_of
from hmer_suite.data.file_trees import FileTree, Folder, folder_of
from hmer_suite.data.layouts.found import FoundSet, Listing, Part, Picture, SetOptions, found_set, picture_in
from hmer_suite.data.split_names import SplitName, split_of, split_of_path
from hmer_suite.errors import InputError
from hmer_suite.files import decode
from hmer_suite.images.files import IMAGE_SUFFIXES
from hmer_suite.specs.samples import LeftOut

NAME = "shards"
_LABEL_SUFFIXES = ("txt", "tex", "latex", "json")
_SHARDS = (".tar",)
"""Suffixes of the shards of a folder; a compressed one, which has to be unpacked to be listed, must be named itself."""


def find(tree: FileTree, options: SetOptions) -> FoundSet | None:
    """The set of a shard, of a folder of shards, or of a folder of pictures with a file of text beside each."""
    parts, left_out = [], []
    for shard in tree.with_suffix(*_SHARDS) if isinstance(tree, Folder) else []:
        try:
            inner = TarTree(Path(tree.place(shard)))
        except InputError as error:
            left_out.append(LeftOut(shard, str(error)))
            continue
        if pictures := _pictures(inner):
            parts.append(Part(_split(shard), shard, pictures, partial(_listing, inner, inner.names, options)))
        else:
            left_out.append(LeftOut(shard, "an archive without pictures that have texts of the same names"))
    if not parts and _pictures(tree):
        for folder, names in tree.folders.items():
            split = split_of_path(folder.split("/")) if folder else None
            if split is None and isinstance(tree, TarTree):
                split = _split(tree.title)
            parts.append(Part(split, folder, len(names) // 2, partial(_listing, tree, names, options)))
    return found_set(NAME, tree, parts, left_out)


def _split(shard: str) -> SplitName | None:
    """The split that the name of a shard, or else the folders around it, say."""
    name = shard.rpartition("/")[2].split(".")[0]
    head = name.rstrip("0123456789-_{}.")
    return split_of(head, among_others=True) or split_of_path(folder_of(shard).split("/"))


def _samples(names: Sequence[str]) -> dict[str, dict[str, str]]:
    """Files by their sample and then by their suffix, which begins at the first dot of a name."""
    samples: dict[str, dict[str, str]] = {}
    for name in names:
        folder, _, last = name.rpartition("/")
        key, dot, suffix = last.partition(".")
        if dot:
            samples.setdefault(f"{folder}/{key}" if folder else key, {})[suffix.lower()] = name
    return samples


def _image(files: dict[str, str]) -> str | None:
    return next((name for suffix, name in files.items() if f".{suffix}" in IMAGE_SUFFIXES), None)


def _text(files: dict[str, str]) -> str | None:
    return next((files[suffix] for suffix in _LABEL_SUFFIXES if suffix in files), None)


def _pictures(tree: FileTree) -> int:
    """The number of pictures if at least half of them have a text of the same name, else 0."""
    pictures = [files for files in _samples(tree.names).values() if _image(files)]
    return len(pictures) if 2 * sum(_text(files) is not None for files in pictures) >= len(pictures) else 0


def _listing(tree: FileTree, names: Sequence[str], options: SetOptions) -> Listing:
    pictures: list[Picture] = []
    left_out: list[LeftOut] = []
    for key, files in _samples(names).items():
        image, text = _image(files), _text(files)
        if image is None and text is None:
            continue
        identifier = key.rpartition("/")[2]
        if image is None:
            left_out.append(LeftOut(identifier, f"no picture beside {tree.place(text or key)}"))
            continue
        label = None if text is None else _label(tree, text, options)
        pictures.append(picture_in(tree, image, identifier, label))
    return Listing(tuple(pictures), tuple(left_out))


def _label(tree: FileTree, name: str, options: SetOptions) -> str | None:
    where = tree.place(name)
    text = decode(tree.read(name), where)
    if not name.lower().endswith(".json"):
        return text.strip()
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{where}: not JSON: {error}") from None
    if not isinstance(value, dict):
        return value if isinstance(value, str) else None
    key = options.latex or first_of(LABELS, value)
    found = value.get(key) if key else None
    return found if isinstance(found, str) else None
