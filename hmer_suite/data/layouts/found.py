"""What a layout finds in the files of a data set: its splits, each a list of labelled pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, TypeAlias

from hmer_suite.data.column_names import ColumnNames
from hmer_suite.data.file_trees import FileTree, counted
from hmer_suite.data.split_names import SplitName, Splits, arranged, split_of
from hmer_suite.images.files import IMAGE_SUFFIXES, open_image
from hmer_suite.specs.samples import LeftOut

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image

    PictureContent: TypeAlias = Image | np.ndarray


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that is still to be read, its label as it was typed, and its name in messages."""

    id: str
    name: str
    label: str | None
    open: Callable[[], PictureContent]


@dataclass(frozen=True, slots=True)
class Listing:
    """The pictures of a split, and what had to be left out of it."""

    pictures: tuple[Picture, ...]
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundSet:
    """A set in a published layout.

    `left_out` belongs to no split. `symbols` says that labels are single symbols, which need not be formulas; `own`
    that the files are named as this project documents it, so that no other layout is meant.
    """

    layout: str
    splits: Splits[Callable[[], Listing]]
    left_out: tuple[LeftOut, ...] = ()
    symbols: bool = False
    own: bool = False


@dataclass(frozen=True, slots=True)
class SetOptions(ColumnNames):
    """Names of columns that the user gave, and a layout, a folder or a file of labels if only that is meant."""

    layout: str | None = None
    folder: str | None = None
    file: str | None = None

    def means(self, name: str) -> bool:
        """Whether a file of labels may be read: any, unless the user named one."""
        return self.file is None or self.file == name


@dataclass(frozen=True, slots=True)
class Part:
    """Some pictures of a set, `count` of them, found in a folder or file named `title`.

    Without a split they are those of a set that has none; of a set with splits they are left out.
    """

    split: SplitName | None
    title: str
    count: int
    listing: Callable[[], Listing]


def found_set(
    layout: str, tree: FileTree, parts: Sequence[Part], left_out: Iterable[LeftOut] = ()
) -> FoundSet | None:
    """The set of these parts, which are "train" if none of them nor the tree names a split; None without parts.

    What lies beside the parts with splits is left out; parts of one split are read one after the other.
    """
    if not parts:
        return None
    named = [part for part in parts if part.split is not None]
    outside = [_no_split(tree, part) for part in parts if part.split is None] if named else []
    default = split_of(tree.title) or SplitName("train")
    splits: dict[SplitName, list[Part]] = {}
    for part in named or parts:
        splits.setdefault(part.split or default, []).append(part)
    return FoundSet(
        layout,
        arranged({split: partial(_joined, same) for split, same in splits.items()}),
        (*outside, *left_out),
    )


def _no_split(tree: FileTree, part: Part) -> LeftOut:
    why = "its name is no split (train, val, test, test2014, ...)"
    hint = f"images:{tree.place(part.title)} reads it"
    return LeftOut(part.title or ".", f"{counted(part.count, 'image')}: {why}; {hint}")


def _joined(parts: Sequence[Part]) -> Listing:
    found = [(part.title, part.listing()) for part in parts]
    ids = [picture.id for _, part in found for picture in part.pictures]
    if len(set(ids)) < len(ids) and len(parts) > 1:
        found = [(title, _prefixed(part, title)) for title, part in found]
    return Listing(
        tuple(picture for _, part in found for picture in part.pictures),
        tuple(entry for _, part in found for entry in part.left_out),
    )


def _prefixed(part: Listing, title: str) -> Listing:
    start = str(PurePosixPath(title).with_suffix(""))
    return Listing(
        tuple(replace(picture, id=f"{start}/{picture.id}") for picture in part.pictures),
        tuple(replace(entry, id=f"{start}/{entry.id}") for entry in part.left_out),
    )


def picture_in(tree: FileTree, name: str, id: str, label: str | None) -> Picture:
    """The picture in an image file of a tree."""
    return Picture(id, tree.place(name), label, lambda: open_image(tree.read(name), tree.place(name)))


def images_of(tree: FileTree) -> dict[str, list[str]]:
    """The image files in each folder of a tree that has some."""
    images: Mapping[str, list[str]] = {
        folder: [name for name in names if name.lower().endswith(IMAGE_SUFFIXES)]
        for folder, names in tree.folders.items()
    }
    return {folder: names for folder, names in images.items() if names}
