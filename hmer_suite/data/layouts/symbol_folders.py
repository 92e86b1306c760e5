r"""Pictures of single symbols in a folder for each symbol, as Kaggle's ``extracted_images`` has them.

A folder is named as its symbol is typed (``+``, ``A``), as its command without backslash (``alpha``), or by a word for
what no folder can be called (``forward_slash``, ``ascii_124``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from hmer_suite.data.file_trees import FileTree, counted, stem_of
from hmer_suite.data.layouts.found import (
    FoundSet,
    Listing,
    Part,
    SetOptions,
    found_set,
    images_of,
    picture_in,
)
from hmer_suite.data.split_names import split_of_path
from hmer_suite.latex.token_classes import CLASSES
from hmer_suite.specs.samples import LeftOut

NAME = "symbol-folders"

_WORDS = {
    "forward_slash": "/", "slash": "/", "div": r"\div", "lt": "<", "less": "<", "gt": ">", "greater": ">",
    "plus": "+", "minus": "-", "equal": "=", "equals": "=", "comma": ",", "dot": ".", "point": ".", "colon": ":",
    "semicolon": ";", "pipe": "|", "vert": "|", "bar": "|", "exclamation": "!", "lparen": "(", "rparen": ")",
    "lbracket": "[", "rbracket": "]", "lbrace": r"\{", "rbrace": r"\}", "{": r"\{", "}": r"\}", "ascii_124": "|",
}  # fmt: skip
"""Symbols by the names of folders that say them in words."""


def symbol_of(folder: str) -> str | None:
    """The token that the name of a folder means; None if it means none."""
    if folder in _WORDS:
        return _WORDS[folder]
    if found := re.fullmatch(r"ascii_(\d{2,3})", folder):
        folder = chr(int(found[1]))
    if len(folder) == 1:
        return _WORDS.get(folder, folder) if folder in CLASSES or folder.isalnum() else None
    command = folder if folder.startswith("\\") else f"\\{folder}"
    return command if command in CLASSES else None


def find(tree: FileTree, options: SetOptions) -> FoundSet | None:
    """The set of a tree whose folders of pictures are mostly named after symbols."""
    images = {folder: names for folder, names in images_of(tree).items() if folder}
    symbols = {folder: symbol_of(folder.rpartition("/")[2]) for folder in images}
    named = [folder for folder, symbol in symbols.items() if symbol]
    if len(named) < 2 or 2 * len(named) < len(images):
        return None
    parts, left_out = [], []
    for folder, symbol in symbols.items():
        if symbol is None:
            left_out.append(
                LeftOut(
                    folder, f"{counted(len(images[folder]), 'image')} in a folder whose name is no symbol"
                )
            )
            continue
        listing = partial(_listing, tree, images[folder], folder.rpartition("/")[2], symbol)
        split = split_of_path(folder.split("/")[:-1])
        parts.append(Part(split, folder, len(images[folder]), listing))
    if rest := [name for name in images_of(tree).get("", [])]:
        left_out.append(LeftOut(".", f"{counted(len(rest), 'image')} in no folder of a symbol"))
    found = found_set(NAME, tree, parts, left_out)
    return None if found is None else replace(found, symbols=True)


def _listing(tree: FileTree, names: Sequence[str], folder: str, symbol: str) -> Listing:
    return Listing(tuple(picture_in(tree, name, f"{folder}/{stem_of(name)}", symbol) for name in names))
