"""What a layout finds in the files of a data set: its splits, each a list of labelled pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from hmer_suite.data.file_trees import FileTree
from hmer_suite.data.split_names import SplitName, Splits, arranged
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

    `left_out` belongs to no split. `symbols` says that labels are single symbols, which need not be formulas.
    """

    layout: str
    splits: Splits[Callable[[], Listing]]
    left_out: tuple[LeftOut, ...] = ()
    symbols: bool = False


@dataclass(frozen=True, slots=True)
class SetOptions:
    """Names of columns that the user gave, and a layout, a folder or a file of labels if only that is meant."""

    image: str | None = None
    latex: str | None = None
    id: str | None = None
    layout: str | None = None
    folder: str | None = None
    file: str | None = None

    def means(self, name: str) -> bool:
        """Whether a file of labels may be read: any, unless the user named one."""
        return self.file is None or self.file == name


@dataclass(slots=True)
class Parts:
    """The lists of pictures that a layout found, by split; those of one split are read one after the other."""

    listings: dict[SplitName, list[tuple[str, Callable[[], Listing]]]] = field(default_factory=dict)

    def add(self, split: SplitName, listing: Callable[[], Listing], title: str) -> None:
        """Add a part of a split; the title distinguishes its ids from equal ones of other parts."""
        self.listings.setdefault(split, []).append((title, listing))

    def splits(self) -> Splits[Callable[[], Listing]]:
        """The splits with all their parts."""
        return arranged({split: partial(_joined, parts) for split, parts in self.listings.items()})


def _joined(parts: Sequence[tuple[str, Callable[[], Listing]]]) -> Listing:
    found = [(title, part()) for title, part in parts]
    ids = [picture.id for _, part in found for picture in part.pictures]
    if len(set(ids)) < len(ids) and len(parts) > 1:
        found = [(title, _prefixed(part, title)) for title, part in found]
    return Listing(
        tuple(picture for _, part in found for picture in part.pictures),
        tuple(entry for _, part in found for entry in part.left_out),
    )


def _prefixed(part: Listing, title: str) -> Listing:
    return Listing(
        tuple(replace(picture, id=f"{title}/{picture.id}") for picture in part.pictures),
        tuple(replace(entry, id=f"{title}/{entry.id}") for entry in part.left_out),
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
