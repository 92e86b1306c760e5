"""Published sets of ink: the splits among the folders and archives of CROHME, MathWriting and any other InkML files.

A folder belongs to the split that its name, or the outermost of those around it, stands for (`split_of`): the packs of
CROHME from 2011 to 2023 have ``CROHME_training`` and ``CROHME_testGT``, ``trainData`` and ``testDataGT``,
``TrainINKML`` and ``TestINKMLGT``, ``TestEM2014GT``, ``TEST2016_INKML_GT``, ``TestSet2019``, and
``INKML/{train,val,test}``. Archives are read where they lie, named likewise (``test2016.inkml.tar.xz``). Files in
folders without such names are one split, "train".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from hmer_suite.data.archive_files import TAR_SUFFIXES, ZIP_SUFFIXES, TarTree, ZipTree, is_archive
from hmer_suite.data.file_trees import FileTree, Folder, counted, folder_of
from hmer_suite.data.split_names import SplitName, Splits, arranged, split_of, split_of_path, words
from hmer_suite.errors import InputError, UsageError
from hmer_suite.images.files import IMAGE_SUFFIXES
from hmer_suite.ink.formats import FOLDER_SUFFIXES
from hmer_suite.specs.samples import LeftOut

CAPTION_FILES = ("captions.tsv", "captions.txt")
_INKML = (".inkml",)
_ELSEWHERE = (*IMAGE_SUFFIXES, ".lg")
"""Suffixes of files beside the ink that hold the same formulas."""

CUSTOMARY_VALIDATION = SplitName("test", 2013)
"""The test split that papers validate on, taken where a set has no validation split of its own."""

_OTHER_TASKS = ("symb", "struct", "matri")
"""Beginnings of words that tell folders of CROHME's other tasks: symbols, structures, matrices."""

_NO_SPLIT = "a folder whose name is no split (train, val, test, test2014, ...)"


@dataclass(frozen=True, slots=True, eq=False)
class InkPart:
    """Files of ink in one folder of a tree, or all of it, by their names in the tree.

    `captions` are the caption files that hold for them.
    """

    tree: FileTree
    folder: str
    names: tuple[str, ...]
    captions: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The name of the folder or of the archive."""
        return self.folder.rpartition("/")[2] or self.tree.title

    @property
    def where(self) -> str:
        """The path of the folder or of the archive."""
        return self.tree.place(self.folder)

    def inner(self, name: str) -> str:
        """The name of a file within the folder."""
        return name.removeprefix(f"{self.folder}/") if self.folder else name

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Name within the folder and bytes of each file, sorted by name."""
        for name in self.names:
            yield self.inner(name), self.tree.read(name)


@dataclass(frozen=True, slots=True, eq=False)
class InkSet:
    """The splits of a set; `left_out` belongs to none of them."""

    splits: Splits[InkPart]
    left_out: tuple[LeftOut, ...] = ()


def find_ink(path: Path) -> InkSet | None:
    """The set of ink in a folder or an archive; None if there is no ink.

    Raises:
        InputError: the path cannot be read.
        UsageError: several folders may be one split.
    """
    if not path.exists():
        raise InputError(f"{path}: no such folder or archive")
    if not path.is_dir() and not is_archive(path):
        return None
    tree: FileTree = Folder(path) if path.is_dir() else _archive(path)
    parts, left_out = _parts(tree)
    if isinstance(tree, Folder):
        parts += _archives(tree)
    if not parts:
        return None
    chosen, rest = _chosen(tree, parts)
    if not chosen and len(rest) == 1:
        return InkSet(arranged({split_of(tree.title) or SplitName("train"): rest[0]}), tuple(left_out))
    if not chosen:
        return InkSet(
            arranged({split_of(tree.title) or SplitName("train"): _joined(tree, rest)}), tuple(left_out)
        )
    hidden = {part.title: part for part in rest if part.folder} | _years_within(chosen)
    left_out += [_unread(part) for part in rest]
    return InkSet(replace(_with_validation(chosen), hidden=hidden), tuple(left_out))


def _archive(path: Path) -> FileTree:
    return ZipTree(path) if path.name.lower().endswith(ZIP_SUFFIXES) else TarTree(path)


def _parts(tree: FileTree) -> tuple[list[tuple[SplitName | None, InkPart]], list[LeftOut]]:
    """The files of ink by the outermost folder that names a split, else by the outermost folder."""
    captions = [name for name in tree.names if name.rpartition("/")[2] in CAPTION_FILES]
    groups: dict[tuple[str, SplitName | None], list[str]] = {}
    for name in tree.with_suffix(*(FOLDER_SUFFIXES if captions else _INKML)):
        groups.setdefault(_group(folder_of(name).split("/")), []).append(name)
    parts = [
        (split, InkPart(tree, folder, tuple(names), _captions_for(folder, captions)))
        for (folder, split), names in groups.items()
    ]
    others = tree.with_suffix(*_ELSEWHERE) if parts else []
    kinds = ", ".join(sorted({f".{name.rpartition('.')[2].lower()}" for name in others}))
    ignored = (
        [LeftOut(".", f"{counted(len(others), 'file')} of other kinds ({kinds}), not read")] if others else []
    )
    return parts, ignored


def _captions_for(folder: str, captions: Sequence[str]) -> tuple[str, ...]:
    """The caption files in a folder or around it, the innermost first."""
    around = [
        name for name in captions if f"{folder}/".startswith(f"{folder_of(name)}/") or not folder_of(name)
    ]
    inside = [name for name in captions if folder and name.startswith(f"{folder}/")]
    return tuple(dict.fromkeys([*inside, *sorted(around, key=len, reverse=True)]))


def _group(folders: Sequence[str]) -> tuple[str, SplitName | None]:
    """The folder that decides on the split of files, and the split; ``""`` for files in the outermost folder."""
    for place, folder in enumerate(folders):
        if any(word.startswith(_OTHER_TASKS) for word in words(folder)):
            return "/".join(folders[: place + 1]), None
    for place in range(len(folders)):
        if split := split_of(folders[place]):
            return "/".join(folders[: place + 1]), split_of_path(folders) or split
    return folders[0], None


def _archives(tree: Folder) -> list[tuple[SplitName | None, InkPart]]:
    """The archives of InkML in a folder that are named after splits, such as ``train.inkml.tar.xz``."""
    found: list[tuple[SplitName | None, InkPart]] = []
    for name in tree.with_suffix(*ZIP_SUFFIXES, *TAR_SUFFIXES):
        last = name.rpartition("/")[2]
        stem = last.partition(".")[0]
        split = split_of_path([*folder_of(name).split("/"), stem])
        if split is not None and (".inkml." in last.lower() or _is_zip_of_ink(tree.path(name))):
            found.append((split, InkPart(_LazyArchive(tree.path(name)), "", ())))
    return found


def _is_zip_of_ink(path: Path) -> bool:
    """Whether a zip archive holds InkML; a tar archive, which has to be unpacked to be listed, must be called so."""
    return path.name.lower().endswith(ZIP_SUFFIXES) and bool(ZipTree(path).with_suffix(*_INKML))


class _LazyArchive(FileTree):
    """An archive that is opened when its files are wanted."""

    def __init__(self, path: Path):
        self.path = path
        super().__init__(str(path), ())

    def read(self, name: str) -> bytes:
        """Never called: the archive has no names before it is opened."""
        raise KeyError(name)


def opened(part: InkPart) -> InkPart:
    """The part with the files of its archive, if it is one that has not been opened."""
    if not isinstance(part.tree, _LazyArchive):
        return part
    tree = _archive(part.tree.path)
    return InkPart(tree, "", tuple(tree.with_suffix(*_INKML)))


def archive_of(part: InkPart) -> Path | None:
    """The path of the archive that a part lies in; None for a folder."""
    if isinstance(part.tree, _LazyArchive):
        return part.tree.path
    return None if isinstance(part.tree, Folder) else Path(part.tree.root)


def _chosen(
    tree: FileTree, parts: Sequence[tuple[SplitName | None, InkPart]]
) -> tuple[dict[SplitName, InkPart], list[InkPart]]:
    """One part for each split, that with labels and least deep, and the parts that are not taken."""
    chosen: dict[SplitName, InkPart] = {}
    rest = [part for split, part in parts if split is None]
    for split in dict.fromkeys(split for split, _ in parts if split is not None):
        same = sorted((part for other, part in parts if other == split), key=_rank)
        if len(same) > 1 and _rank(same[0]) == _rank(same[1]):
            raise UsageError(
                f"{tree.root}: {same[0].where} and {same[1].where} are both the split {split}: name the folder of one"
            )
        chosen[split] = same[0]
        rest += same[1:]
    return chosen, rest


def _rank(part: InkPart) -> tuple[int, int, bool]:
    """How much a part is wanted, least first: ``TestINKMLGT`` before ``TestINKML``, the least deep, archives."""
    found = words(part.title)
    graded = 0 if "gt" in found and "no" not in found else 1
    return graded, len(Path(part.where).parts), archive_of(part) is None


def _with_validation(chosen: Mapping[SplitName, InkPart]) -> Splits[InkPart]:
    """The splits; the test set of 2013 is for validation beside a later one, or where it is called ``test2013``."""
    found = dict(chosen)
    part = found.get(CUSTOMARY_VALIDATION)
    validated = any(split.kind == "validation" for split in found)
    later = any(split.kind == "test" and split.year != CUSTOMARY_VALIDATION.year for split in found)
    if part is None or validated or not (later or part.title.lower().partition(".")[0] == "test2013"):
        return arranged(found)
    del found[CUSTOMARY_VALIDATION]
    splits = arranged({**found, SplitName("validation", CUSTOMARY_VALIDATION.year): part})
    return replace(splits, aliases={**splits.aliases, str(CUSTOMARY_VALIDATION): "validation"})


def _years_within(chosen: Mapping[SplitName, InkPart]) -> dict[str, InkPart]:
    """Test sets of a year that lie within another split, such as ``valid/TestEM2014GT_INKMLs``."""
    found: dict[str, dict[str, list[str]]] = {}
    parts = {part.folder: part for part in chosen.values()}
    for part in chosen.values():
        for name in part.names:
            inner = folder_of(part.inner(name)).split("/")
            for place, folder in enumerate(inner):
                split = split_of(folder)
                if split is not None and split.kind == "test" and split.year:
                    path = "/".join([*filter(None, [part.folder]), *inner[: place + 1]])
                    found.setdefault(str(split), {}).setdefault(path, []).append(name)
                    break
    taken = {str(split) for split in chosen}
    tree = next(iter(chosen.values())).tree
    return {
        split: InkPart(tree, path, tuple(names))
        for split, places in found.items()
        if split not in taken and len(places) == 1
        for path, names in places.items()
        if path not in parts
    }


def _joined(tree: FileTree, parts: Sequence[InkPart]) -> InkPart:
    names = sorted(name for part in parts for name in part.names)
    return InkPart(
        tree, "", tuple(names), tuple(dict.fromkeys(name for part in parts for name in part.captions))
    )


def _unread(part: InkPart) -> LeftOut:
    if not part.folder:
        count = f"{counted(len(part.names), 'file')} of ink" if part.names else f"the archive {part.title}"
        return LeftOut(".", f"{count} beside the folders of the splits")
    named = split_of(part.title)
    why = _NO_SPLIT if named is None else f"another folder of the split {named}"
    return LeftOut(
        part.folder, f"{counted(len(part.names), 'file')} of ink in {why}; @{part.title} reads them"
    )
