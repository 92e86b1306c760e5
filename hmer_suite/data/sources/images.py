"""Users' own images as a data source: ``--data images:FOLDER``.

The folder holds image files and a caption file, ``captions.tsv`` or ``captions.txt``, in any layout of reference files
that has ids (``id<TAB>latex``, ``name.png token token ...``); an id is the name of an image file with or without its
suffix. Subfolders ``train``, ``validation`` and ``test`` are splits, each with captions of its own or in those of the
folder around them; a folder without them is the split "train".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from hmer_suite.data.prepare import RawSample, image_and_label, prepare_samples
from hmer_suite.errors import InputError, PairingError, UsageError
from hmer_suite.files import read_text
from hmer_suite.hookspecs import hookimpl
from hmer_suite.images.files import IMAGE_SUFFIXES, open_image
from hmer_suite.predictions.files import read_references
from hmer_suite.predictions.layouts import show
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.specs.samples import SPLITS, DataSourceSpec, LeftOut, SampleSet

CAPTION_FILES = ("captions.tsv", "captions.txt")


def load(argument: str, split: str, preprocessing: Preprocessing) -> SampleSet:
    """A split of a folder; samples without caption, image or valid label are left out. See `DataSourceSpec`."""
    if not argument:
        raise UsageError("images: say which folder, as in images:FOLDER")
    folder = Path(argument).expanduser()
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder")
    place = _places(folder).get(split)
    if place is None:
        raise UsageError(f"{folder}: no split {show(split)}, it has {', '.join(_places(folder))}")
    files = image_files(place)
    captions, orphans = _captions(folder, place, files)
    raw = [
        RawSample(
            id=stem,
            name=str(path),
            source=folder.name,
            load=partial(
                image_and_label, partial(open_image, path), captions.get(stem), str(path), preprocessing
            ),
        )
        for stem, path in files.items()
    ]
    samples = prepare_samples(split, raw, orphans)
    if not len(samples):
        reasons = [f"{entry.id}: {entry.reason}" for entry in samples.left_out[:3]]
        raise InputError(f"{place}: no image with a caption{'; ' if reasons else ''}{'; '.join(reasons)}")
    return samples


def _places(folder: Path) -> dict[str, Path]:
    """The folder of each split."""
    places = {split: folder / split for split in SPLITS if (folder / split).is_dir()}
    return places or {"train": folder}


def image_files(folder: Path) -> dict[str, Path]:
    """Image files of a folder, sorted, keyed by name without suffix; `PairingError` if two share one."""
    return by_stem(path for path in sorted(folder.iterdir()) if path.suffix.lower() in IMAGE_SUFFIXES)


def by_stem(paths: Iterable[Path]) -> dict[str, Path]:
    """Files keyed by name without suffix, but no hidden ones; `PairingError` names two with the same key."""
    found: dict[str, Path] = {}
    for path in paths:
        if path.name.startswith(".") or not path.is_file():
            continue
        if path.stem in found:
            raise PairingError(f"{path}: {found[path.stem]} has the same name but for its suffix or folder")
        found[path.stem] = path
    return found


# ---------------------------------------------------------------- captions


@dataclass(frozen=True, slots=True)
class _Captions:
    """A caption file; `shared` tells whether it is in the folder around the splits, for all of them."""

    path: Path
    shared: bool


def _captions(
    folder: Path, place: Path, files: Mapping[str, Path]
) -> tuple[dict[str, str], Sequence[LeftOut]]:
    """Captions keyed by the name of the image without suffix, and those that have no image."""
    file = _caption_file(folder, place)
    read = read_references(file.path, _layout(file.path))
    captions: dict[str, str] = {}
    for identifier, text in zip(read.ids, read.references, strict=True):
        stem = _stem(identifier)
        if stem in captions:
            raise PairingError(f"{file.path}: two captions for {show(stem)}")
        captions[stem] = text
    orphans = [stem for stem in captions if stem not in files]
    if file.shared:
        # Reported once, with the first split, and only if none of the splits has the image.
        places = _places(folder)
        first = next(iter(places.values())) == place
        elsewhere = {stem for other in places.values() for stem in image_files(other)} if first else set()
        orphans = [stem for stem in orphans if first and stem not in elsewhere]
    return captions, [
        LeftOut(stem, f"no image of that name for its caption in {file.path}") for stem in orphans
    ]


def _caption_file(folder: Path, place: Path) -> _Captions:
    for home in dict.fromkeys((place, folder)):
        found = [home / name for name in CAPTION_FILES if (home / name).is_file()]
        if len(found) > 1:
            raise InputError(f"{found[0]}: {found[1].name} is beside it as well: which holds the captions?")
        if found:
            return _Captions(found[0], shared=home != place)
    raise InputError(f"{place}: no captions.tsv or captions.txt with lines of id, tab and LaTeX")


def _layout(path: Path) -> str | None:
    """Layout of a caption file, which always has ids; None for JSON, whose layouts are told apart on reading."""
    text = read_text(path).lstrip()
    if text[:1] in ("{", "["):
        return None
    return "tsv" if "\t" in text else "spaced"


def _stem(identifier: str) -> str:
    """The name of an image, without folder and suffix, from the id of its caption."""
    path = Path(identifier)
    return path.stem if path.suffix.lower() in IMAGE_SUFFIXES else path.name


SOURCE = DataSourceSpec("images", "Your own images: a folder of image files and a caption file.", load)


@hookimpl
def hmer_data_sources() -> Iterable[DataSourceSpec]:
    """The source of this module."""
    return [SOURCE]
