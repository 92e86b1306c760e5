"""Pictures with a text file of captions: one's own, and those of CoMER, HME100K, WAP, CAN, ABM, TAMER and UniMER.

A caption file is named after what it holds (``captions.tsv``, ``caption.txt``, ``train_labels.txt``,
``14_test_labels.txt``, ``test_caption.txt``, ``hwe.txt``). Its pictures lie in its own folder, in a folder ``img`` or
``images``, or in a folder or a pickle of the same name but for such words (``train_images``, ``14_test_images.pkl``,
``hwe``). Lines have an id, which is the name of a picture with or without folder and suffix, or are labels in the order
of the pictures' names (UniMER). Captions in the folder around those of the splits are for all of them.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING

from hmer_suite.data.file_trees import FileTree, Folder, counted, folder_of, stem_of
from hmer_suite.data.layouts.found import (
    FoundSet,
    Listing,
    Part,
    Picture,
    SetOptions,
    found_set,
    images_of,
    picture_in,
)
from hmer_suite.data.layouts.pickles import arrays_in, picture_of, read_arrays
from hmer_suite.data.split_names import GENERIC, SplitName, split_of, split_of_path, words, year_of
from hmer_suite.errors import InputError, PairingError, UsageError
from hmer_suite.files import decode, split_lines
from hmer_suite.images.files import IMAGE_SUFFIXES
from hmer_suite.predictions.content import Content
from hmer_suite.predictions.layouts import show
from hmer_suite.predictions.reading import Question, check, read_file
from hmer_suite.specs.samples import SPLITS, LeftOut

if TYPE_CHECKING:
    import numpy as np

NAME = "captions"
PICKLES = (".pkl", ".pickle")
_CAPTION_WORDS = frozenset(("caption", "captions", "label", "labels", "gt"))
UNIMER_TESTS = ("spe", "cpe", "sce", "hwe")
"""The parts of UniMER's test set: simple and complex print, screen captures, handwriting."""


@dataclass(frozen=True, slots=True)
class _CaptionFile:
    """A caption file: its name in the tree, and the words that it shares with the folder of its pictures."""

    name: str
    key: frozenset[str]

    @property
    def folder(self) -> str:
        return folder_of(self.name)

    @property
    def has_ids(self) -> bool:
        """Whether its name says that every line begins with an id."""
        return bool({"caption", "captions"} & set(words(stem_of(self.name))))


class _Store:
    """Pictures by their names without suffix; `PairingError` if two of a folder share one."""

    def __init__(self, tree: FileTree, place: str, names: Sequence[str] = ()):
        self.tree, self.place, self.names = tree, place, names

    @cached_property
    def stems(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for name in self.names:
            stem = stem_of(name)
            if stem in found:
                raise PairingError(
                    f"{self.tree.place(name)}: {self.tree.place(found[stem])} has the same name "
                    "but for its suffix or folder"
                )
            found[stem] = name
        return found

    def picture(self, stem: str, label: str | None) -> Picture:
        """The picture of that name."""
        return picture_in(self.tree, self.stems[stem], stem, label)


class _PickledStore(_Store):
    """The pictures of a pickle by their keys."""

    @cached_property
    def stems(self) -> dict[str, str]:
        return {_stem(key): key for key in self._arrays}

    @cached_property
    def _arrays(self) -> dict[str, np.ndarray]:
        if isinstance(self.tree, Folder):
            return read_arrays(self.tree.path(self.place))
        return arrays_in(io.BytesIO(self.tree.read(self.place)), self.tree.place(self.place))

    def picture(self, stem: str, label: str | None) -> Picture:
        key = self.stems[stem]
        where = f"{self.tree.place(self.place)}: {key}"
        return Picture(stem, where, label, partial(_open_array, self._arrays[key], where))


def _open_array(array: np.ndarray, where: str) -> np.ndarray:
    try:
        return picture_of(array)
    except ValueError as error:
        raise InputError(f"{where}: {error}") from None


def find(tree: FileTree, options: SetOptions) -> FoundSet | None:
    """The set of a tree with caption files."""
    files = [file for file in _caption_files(tree) if options.means(file.name)]
    if not files:
        return None
    stores = _Stores(tree, files)
    parts: list[Part] = []
    for file in files:
        if beside := stores.of(file):
            listing = partial(_listing, tree, file, beside, stores.shared(file))
            parts.append(Part(_split(file), _title(file), sum(len(store.names) for store in beside), listing))
        parts += _parts_around(tree, file, stores)
    found = found_set(NAME, tree, parts, stores.unused())
    own = any(stem_of(file.name) == "captions" for file in files)
    return None if found is None else replace(found, own=own)


def _title(file: _CaptionFile) -> str:
    """The folder whose pictures a file is for, or the file itself if there are others beside it."""
    return file.name if file.key else file.folder


def _split(file: _CaptionFile) -> SplitName | None:
    """The split that the name of a caption file, or else those of the folders around it, stand for."""
    stem = stem_of(file.name)
    if stem.lower() in UNIMER_TESTS:
        return SplitName("test")
    parts = file.folder.split("/") if file.folder else []
    return split_of(stem) or split_of_path(parts)


# ---------------------------------------------------------------- caption files and the pictures beside them


def _caption_files(tree: FileTree) -> list[_CaptionFile]:
    images = {folder: {stem_of(name) for name in names} for folder, names in images_of(tree).items()}
    found: dict[tuple[str, frozenset[str]], _CaptionFile] = {}
    for name in tree.with_suffix(".txt", ".tsv"):
        folder, stem = folder_of(name), stem_of(name)
        if not names_captions(stem) or stem in images.get(folder, ()):
            continue
        file = _CaptionFile(name, _key(stem))
        if before := found.get((folder, file.key)):
            raise InputError(
                f"{tree.place(before.name)}: {name.rpartition('/')[2]} is beside it as well: "
                "which holds the captions?"
            )
        found[folder, file.key] = file
    return list(found.values())


def names_captions(stem: str) -> bool:
    """Whether the name of a text file says that it holds captions."""
    return (
        bool(_CAPTION_WORDS & set(words(stem))) or stem.lower() in UNIMER_TESTS or split_of(stem) is not None
    )


def _key(name: str) -> frozenset[str]:
    """The words of a name that tell it from others beside it, years with four digits."""
    return frozenset(str(year_of(word) or word) for word in words(name) if word not in GENERIC)


class _Stores:
    """The pictures of a tree, by the caption files that they belong to."""

    def __init__(self, tree: FileTree, files: Sequence[_CaptionFile]):
        self._tree, self._files = tree, files
        self._images = images_of(tree)
        self._pickles = tree.with_suffix(*PICKLES)
        self._used: set[str] = set()

    def of(self, file: _CaptionFile) -> list[_Store]:
        """The pictures of a caption file."""
        places = self._places(file)
        self._used |= set(places)
        return [self._store(place) for place in places]

    def _store(self, place: str) -> _Store:
        if place in self._images:
            return _Store(self._tree, place, self._images[place])
        return _PickledStore(self._tree, place)

    def shared(self, file: _CaptionFile) -> bool:
        """Whether the pictures of a file are those of others as well."""
        places = set(self._places(file))
        return any(places & set(self._places(other)) for other in self._files if other != file)

    def _places(self, file: _CaptionFile) -> list[str]:
        beside = self._beside(file.folder)
        same = [place for place in beside if self._key_of(file, place) == file.key]
        if same or not file.key:
            return same or self._only_pickle(file)
        # One folder of pictures for the captions of all splits.
        return [place for place in beside if not self._key_of(file, place)] or self._only_pickle(file)

    def _beside(self, folder: str) -> list[str]:
        folders = [place for place in self._images if place == folder or folder_of(place) == folder]
        pickles = [name for name in self._pickles if folder_of(name) == folder]
        return [place for place in (*folders, *pickles) if place or folder == ""]

    def _key_of(self, file: _CaptionFile, place: str) -> frozenset[str]:
        return (
            frozenset()
            if place == file.folder
            else _key(stem_of(place) if place in self._pickles else place.rpartition("/")[2])
        )

    def _only_pickle(self, file: _CaptionFile) -> list[str]:
        """The pickle beside a caption file that has no other pictures."""
        keys = {other.key for other in self._files if other.folder == file.folder and other != file}
        pickles = [
            name
            for name in self._pickles
            if folder_of(name) == file.folder and self._key_of(file, name) not in keys
        ]
        if len(pickles) > 1 and not file.key:
            names = ", ".join(f"images:{self._tree.place(name)}" for name in pickles)
            raise UsageError(
                f"{self._tree.place(file.name)}: captions of several pickles: say which, {names}"
            )
        return pickles if not file.key or len(self._pickles) == 1 else []

    def split_folders(self, file: _CaptionFile) -> dict[str, SplitName]:
        """The folders of pictures that a caption file around them is for."""
        if file.key:
            return {}
        own = {other.folder for other in self._files}
        start = f"{file.folder}/" if file.folder else ""
        found: dict[str, SplitName] = {}
        for place in self._images:
            inner = place.removeprefix(start).split("/")
            split = split_of_path(inner) if place.startswith(start) and place != file.folder else None
            if split is not None and not any(self._around(folder, place, file.folder) for folder in own):
                found[place] = split
        return found

    @staticmethod
    def _around(folder: str, place: str, outer: str) -> bool:
        return folder != outer and (place == folder or place.startswith(f"{folder}/"))

    def folder_store(self, place: str) -> _Store:
        """The pictures of a folder."""
        self._used.add(place)
        return self._store(place)

    def unused(self) -> Iterator[LeftOut]:
        """The folders and pickles of pictures that have no captions."""
        for place in sorted((*self._images, *self._pickles)):
            if place in self._used:
                continue
            if place in self._pickles:
                yield LeftOut(place, "a pickle without a caption file of its name")
                continue
            split = split_of_path(place.split("/"))
            name = "" if split else " in a folder whose name is no split (train, val, test, test2014, ...)"
            yield LeftOut(
                place or ".", f"{counted(len(self._images[place]), 'image')} without captions{name}"
            )


def _parts_around(tree: FileTree, file: _CaptionFile, stores: _Stores) -> list[Part]:
    """The folders of splits below a caption file; its captions without any picture are reported with the first."""
    found = stores.split_folders(file)
    folders = dict(sorted(found.items(), key=lambda item: SPLITS.index(item[1].kind)))
    everywhere = [stores.folder_store(place) for place in folders]
    return [
        Part(
            split,
            store.place,
            len(store.names),
            partial(_listing_of_folder, tree, file, store, everywhere if number == 0 else None),
        )
        for number, (split, store) in enumerate(zip(folders.values(), everywhere, strict=True))
    ]


# ---------------------------------------------------------------- captions


def _listing(tree: FileTree, file: _CaptionFile, stores: Sequence[_Store], shared: bool) -> Listing:
    """All pictures of the stores with their captions, but only those with captions if the pictures are shared."""
    places = {stem: store for store in reversed(stores) for stem in store.stems}
    captions = _captions(tree, file, places)
    missing = tuple(_orphans(tree, file, [stem for stem in captions if stem not in places]))
    pictures = tuple(
        places[stem].picture(stem, captions.get(stem))
        for store in stores
        for stem in store.stems
        if places[stem] is store and (stem in captions or not shared)
    )
    return Listing(pictures, missing)


def _listing_of_folder(
    tree: FileTree, file: _CaptionFile, store: _Store, others: Sequence[_Store] | None
) -> Listing:
    captions = _captions(tree, file, store.stems)
    pictures = tuple(store.picture(stem, captions.get(stem)) for stem in store.stems)
    if others is None:
        return Listing(pictures)
    known = {stem for other in others for stem in other.stems}
    return Listing(pictures, tuple(_orphans(tree, file, [stem for stem in captions if stem not in known])))


def _orphans(tree: FileTree, file: _CaptionFile, stems: Sequence[str]) -> Iterator[LeftOut]:
    for stem in stems:
        yield LeftOut(stem, f"no image of that name for its caption in {tree.place(file.name)}")


def _captions(tree: FileTree, file: _CaptionFile, stems: Mapping[str, object]) -> dict[str, str]:
    """Captions keyed by the name of the picture without suffix."""
    name, data = tree.place(file.name), tree.read(file.name)
    if not file.has_ids:
        lines = split_lines(decode(data, name))
        if not _begin_with_ids(lines, stems):
            return _by_line(name, lines, stems)
    return captions_with_ids(name, data)


def captions_with_ids(name: str, data: bytes) -> dict[str, str]:
    """Captions of a file in any layout of reference files that has ids, keyed by the names of pictures.

    Raises `InputError` for what is not such a file, `PairingError` for two captions of one picture.
    """
    read = read_file(Content(name, data), Question(_layout(decode(data, name))))
    check(read.name, read.reading)
    captions: dict[str, str] = {}
    alone = all(row[2] is None for row in read.reading.rows)
    for identifier, prediction, reference, _ in read.reading.rows:
        stem, text = _stem(identifier), prediction if alone else reference
        if stem in captions:
            raise PairingError(f"{name}: two captions for {show(stem)}")
        if text is None:
            raise InputError(f"{name}: no caption for {show(stem)}")
        captions[stem] = text
    return captions


def _layout(text: str) -> str | None:
    """Layout of a caption file, which always has ids; None for JSON, whose layouts are told apart on reading."""
    if text.lstrip()[:1] in ("{", "["):
        return None
    return "tsv" if "\t" in text else "spaced"


def _begin_with_ids(lines: Sequence[str], stems: Mapping[str, object]) -> bool:
    first = [line.split("\t", 1)[0].split(" ", 1)[0] for line in lines if line.strip()]
    return 2 * sum(_stem(word) in stems for word in first) >= max(1, len(first))


def _by_line(name: str, lines: Sequence[str], stems: Mapping[str, object]) -> dict[str, str]:
    """Labels by the order of the pictures' names; by their numbers where the names are such."""
    numbers = {int(stem): stem for stem in stems if stem.isdecimal() and len(stem) < 10}
    if len(numbers) == len(stems) and max(numbers, default=0) < len(lines):
        return {numbers.get(number, str(number)): line for number, line in enumerate(lines)}
    if len(lines) != len(stems):
        raise PairingError(f"{name}: {len(lines):,} labels without ids, but {len(stems):,} pictures")
    return dict(zip(sorted(stems), lines, strict=True))


def _stem(identifier: str) -> str:
    """The name of an image, without folder and suffix, from the id of its caption."""
    name = identifier.rpartition("/")[2]
    stem, dot, suffix = name.rpartition(".")
    return stem if dot and f".{suffix.lower()}" in IMAGE_SUFFIXES else name
