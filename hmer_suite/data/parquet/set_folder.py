"""Prepared sets written as a folder: one Parquet file for each split, and a card."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from hmer_suite.data.card import Origin, card
from hmer_suite.data.parquet.writing import check_sets, write_set
from hmer_suite.errors import InputError
from hmer_suite.files import write_whole
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.specs.samples import SampleSet

CARD = "README.md"
FILES = "data"
"""Subfolder of the files, as data hubs have it."""


def write_folder(
    path: Path,
    sets: Sequence[SampleSet],
    origin: Origin,
    preprocessing: Preprocessing,
    tick: Callable[[], None] = lambda: None,
) -> list[Path]:
    """Write splits to ``PATH/data/SPLIT-00000-of-00001.parquet`` with a card, the whole folder or nothing.

    A folder that holds a prepared set already is replaced. Splits without samples are on the card alone. Returns the
    files.

    Raises:
        InputError: the path cannot be written or holds something else, an id is repeated, or there are no samples.
    """
    check_sets(path, sets)
    check_target(path)
    files = [(samples, f"{FILES}/{samples.split}-00000-of-00001.parquet") for samples in sets if len(samples)]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=".hmer-suite-", dir=path.parent))
    except OSError as error:
        raise InputError(f"{path}: cannot write: {error.strerror}") from None
    try:
        (made / FILES).mkdir()
        for samples, file in files:
            write_set(made / file, [samples], preprocessing, tick)
        write_whole(made / CARD, card(origin, files, preprocessing))
        made.chmod(0o777 & ~_umask())
        _put(made, path)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return [path / file for _, file in files]


def check_target(path: Path) -> None:
    """Raise `InputError` for an existing path that is neither an empty folder nor a prepared set."""
    if not path.exists():
        return
    if not path.is_dir():
        raise InputError(f"{path}: a file; give a folder, or a name that ends in .parquet for a single file")
    odd = [
        other
        for other in path.rglob("*")
        if other.is_file()
        and other != path / CARD
        and not (other.parent == path / FILES and other.suffix == ".parquet")
    ]
    if odd:
        raise InputError(
            f"{path}: holds {odd[0].relative_to(path)}, which is no part of a prepared set; give another folder"
        )


def _put(made: Path, path: Path) -> None:
    """Move a folder into place, and what was there away."""
    try:
        if not path.exists():
            os.replace(made, path)
            return
        old = Path(tempfile.mkdtemp(prefix=".hmer-suite-", dir=path.parent))
        os.replace(path, old / "old")
        os.replace(made, path)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise InputError(f"{path}: cannot write: {error.strerror}") from None


def _umask() -> int:
    value = os.umask(0)
    os.umask(value)
    return value
