"""Labelled pictures as a data source: ``--data images:PATH``, in one's own folder or in a published layout.

One's own folder holds image files and a caption file, ``captions.tsv`` or ``captions.txt``, in any layout of reference
files that has ids (``id<TAB>latex``, ``name.png token token ...``); an id is the name of an image file with or without
its suffix. Subfolders ``train``, ``val`` and ``test`` are splits, each with captions of its own or in those of the
folder around them; a folder without them is the split "train". The published layouts are the modules of
`hmer_suite.data.layouts`; PATH is a folder, a zip or tar archive, a pickle, or a file of labels, and is read where it
lies. ``images:PATH,image=COLUMN,latex=COLUMN,id=COLUMN`` names columns, ``layout=NAME`` and ``folder=NAME`` say what is
meant where a path holds several sets.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from hmer_suite.data.layouts.detection import detect
from hmer_suite.data.layouts.found import FoundSet, Picture, SetOptions
from hmer_suite.data.prepare import RawSample, canonical_label, image_and_label, prepare_samples
from hmer_suite.data.sources.arguments import path_and_options
from hmer_suite.errors import InputError, PairingError, UsageError
from hmer_suite.hookspecs import hookimpl
from hmer_suite.latex.token_classes import CLASSES
from hmer_suite.predictions.layouts import first_duplicate, show
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.specs.samples import DataSourceSpec, LeftOut, SampleSet

OPTIONS = ("image", "latex", "id", "layout", "folder")


def load(argument: str, split: str, preprocessing: Preprocessing) -> SampleSet:
    """A split of a set; samples without caption, image or valid label are left out. See `DataSourceSpec`."""
    path, found = _found(argument)
    wanted = found.splits.find(split)
    if wanted is None:
        raise UsageError(f"{path}: no split {show(split)}, it has {', '.join(found.splits.named)}")
    samples = read_split(path, found, wanted[0], preprocessing)
    if not len(samples):
        reasons = [f"{entry.id}: {entry.reason}" for entry in samples.left_out[:3]]
        raise InputError(f"{path}: no image with a caption{'; ' if reasons else ''}{'; '.join(reasons)}")
    return samples


def splits_of(argument: str) -> tuple[str, ...]:
    """The names of the splits of a set; the errors of `load`."""
    return tuple(_found(argument)[1].splits.named)


def _found(argument: str) -> tuple[Path, FoundSet]:
    if not argument:
        raise UsageError("images: say which folder, as in images:FOLDER")
    text, options = path_and_options("images", argument, OPTIONS)
    path = Path(text).expanduser()
    return path, detect(path, SetOptions(**options))


def read_split(path: Path, found: FoundSet, name: str, preprocessing: Preprocessing) -> SampleSet:
    """The split of that name; what belongs to no split is left out of the first."""
    listing = found.splits.named[name]()
    ids = [picture.id for picture in listing.pictures]
    if len(set(ids)) < len(ids):
        raise PairingError(f"{path}: split {name}: two pictures have the id {show(first_duplicate(ids))}")
    raw = [
        RawSample(picture.id, picture.name, path.name, partial(_read, picture, found.symbols, preprocessing))
        for picture in listing.pictures
    ]
    first = next(iter(found.splits.named)) == name
    outside: Sequence[LeftOut] = found.left_out if first else ()
    return prepare_samples(name, raw, (*outside, *listing.left_out))


def _read(picture: Picture, symbols: bool, preprocessing: Preprocessing) -> tuple[np.ndarray, str]:
    """Image and label of a picture; the label of a single symbol need not be a formula."""
    if not symbols:
        return image_and_label(picture.open, picture.label, picture.name, preprocessing)
    text = (picture.label or "").strip()
    label = text if text in CLASSES else canonical_label(text, picture.name)
    if not label:
        raise InputError(f"{picture.name}: no label")
    return image_and_label(picture.open, None, picture.name, preprocessing, labelled=False)[0], label


SOURCE = DataSourceSpec(
    "images",
    "Labelled pictures: a folder with a caption file, or any published layout.",
    load,
    find_splits=splits_of,
)


@hookimpl
def hmer_data_sources() -> Iterable[DataSourceSpec]:
    """The source of this module."""
    return [SOURCE]
