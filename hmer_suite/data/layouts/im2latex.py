"""im2latex-100k (Deng et al., ICML 2017): formulas one a line, and lists of the pictures of each split.

A line of ``im2latex_train.lst`` has the number of a formula from 0, the name of its picture without suffix, and how it
was drawn; the lists of im2markup have the picture with its suffix first, then the number. The formulas are those of
``im2latex_formulas.lst`` or ``formulas.norm.lst``, in Latin-1 as published or in UTF-8.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from hmer_suite.data.file_trees import FileTree, stem_of
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
from hmer_suite.data.split_names import split_of, words
from hmer_suite.errors import InputError, UsageError
from hmer_suite.files import split_lines
from hmer_suite.predictions.layouts import show
from hmer_suite.specs.samples import LeftOut

NAME = "im2latex-100k"


def find(tree: FileTree, options: SetOptions) -> FoundSet | None:
    """The set of a tree with files of type ``.lst``."""
    lists = tree.with_suffix(".lst")
    formulas = [name for name in lists if {"formulas", "formula"} & set(words(stem_of(name)))]
    splits = {name: split_of(stem_of(name), among_others=True) for name in lists if name not in formulas}
    if not formulas or not any(splits.values()):
        return None
    if len(formulas) > 1:
        wanted = [name for name in formulas if options.latex in (name, stem_of(name))]
        if len(wanted) != 1:
            raise UsageError(
                f"{tree.root}: several files of formulas: say which, latex={' or latex='.join(formulas)}"
            )
        formulas = wanted
    parts = [
        Part(split, name, len(split_lines(_text(tree, name))), partial(_listing, tree, formulas[0], name))
        for name, split in splits.items()
    ]
    return found_set(NAME, tree, parts)


def _listing(tree: FileTree, formulas: str, name: str) -> Listing:
    labels = split_lines(_text(tree, formulas))
    places = {stem_of(image): image for names in images_of(tree).values() for image in names}
    pictures: list[Picture] = []
    left_out: list[LeftOut] = []
    for number, line in enumerate(split_lines(_text(tree, name)), 1):
        where = f"{tree.place(name)}:{number}"
        image, index = _entry(where, line.split())
        if index >= len(labels):
            raise InputError(f"{where}: formula {index} of {len(labels):,} in {tree.place(formulas)}")
        if image in places:
            pictures.append(picture_in(tree, places[image], image, labels[index]))
        else:
            left_out.append(LeftOut(image, f"{where}: no picture of that name"))
    return Listing(tuple(pictures), tuple(left_out))


def _entry(where: str, fields: Sequence[str]) -> tuple[str, int]:
    """Picture without suffix, and number of its formula."""
    if len(fields) in (2, 3) and fields[0].isdecimal() and len(fields[0]) < 10:
        return stem_of(fields[1]), int(fields[0])
    if len(fields) == 2 and fields[1].isdecimal() and len(fields[1]) < 10:
        return stem_of(fields[0]), int(fields[1])
    raise InputError(f"{where}: {show(' '.join(fields))}: expected the number of a formula and a picture")


def _text(tree: FileTree, name: str) -> str:
    data = tree.read(name)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")
