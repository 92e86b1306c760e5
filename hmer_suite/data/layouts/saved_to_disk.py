"""Sets that `datasets.Dataset.save_to_disk` and `DatasetDict.save_to_disk` wrote: folders of Arrow streams."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from hmer_suite.data.column_names import IDS, LABELS, first_of
from hmer_suite.data.file_trees import FileTree, Folder, folder_of
from hmer_suite.data.layouts.found import FoundSet, Listing, Part, Picture, SetOptions, found_set
from hmer_suite.data.split_names import split_of_path
from hmer_suite.errors import InputError, UsageError
from hmer_suite.images.files import open_image
from hmer_suite.predictions.layouts import show

if TYPE_CHECKING:
    import pyarrow as pa

NAME = "saved-to-disk"


def find(tree: FileTree, options: SetOptions) -> FoundSet | None:
    """The set of a tree with Arrow files, each folder of them being a split."""
    folders: dict[str, list[str]] = {}
    for name in tree.with_suffix(".arrow"):
        if not name.rpartition("/")[2].startswith("cache-"):  # left by `Dataset.map`
            folders.setdefault(folder_of(name), []).append(name)
    if not folders:
        return None
    parts = []
    for folder, names in folders.items():
        split = split_of_path(folder.split("/")) if folder else None
        count = sum(_table(tree, name).num_rows for name in names) if split is None else 0
        parts.append(Part(split, folder, count, partial(_listing, tree, names, options)))
    return found_set(NAME, tree, parts)


def _listing(tree: FileTree, names: Sequence[str], options: SetOptions) -> Listing:
    """The rows of some files, which are numbered through all of them where they have no ids."""
    pictures: list[Picture] = []
    for name in names:
        pictures += _pictures(tree.place(name), _table(tree, name), options, len(pictures))
    return Listing(tuple(pictures))


def _table(tree: FileTree, name: str) -> pa.Table:
    # Only these sets need it, and it takes 50 ms to load.
    import pyarrow as pa

    try:
        source = (
            pa.memory_map(str(tree.path(name))) if isinstance(tree, Folder) else pa.py_buffer(tree.read(name))
        )
        return pa.ipc.open_stream(source).read_all()
    except (pa.ArrowException, OSError) as error:
        reason = str(error).strip().split("\n")[0]
        raise InputError(f"{tree.place(name)}: not a sound Arrow file: {reason[:200]}") from None


def _pictures(where: str, table: pa.Table, options: SetOptions, first: int) -> list[Picture]:
    from hmer_suite.data.parquet.columns import image_column, image_files_of, text_columns, texts_of

    image = options.image or image_column(table.schema)
    label = options.latex or first_of(LABELS, text_columns(table.schema))
    for column, what in ((image, "images"), (label, "LaTeX")):
        if column is None:
            raise InputError(
                f"{where}: no column of {what} among {', '.join(table.schema.names)}: say image=..,latex=.."
            )
        if column not in table.schema.names:
            raise UsageError(f"{where}: no column {show(column)}, there are {', '.join(table.schema.names)}")
    identifier = options.id or first_of(IDS, table.schema.names)
    files, labels = image_files_of(where, table[image]), texts_of(where, table[label])
    ids = texts_of(where, table[identifier]) if identifier else [None] * len(files)
    return [
        Picture(
            ids[row] or str(first + row),
            f"{where}: row {row}",
            labels[row],
            partial(_open, files[row], f"{where}: row {row}"),
        )
        for row in range(len(files))
    ]


def _open(data: bytes | None, name: str):  # type: ignore[no-untyped-def]
    if data is None:
        raise InputError(f"{name}: no image bytes in the file")
    return open_image(data, name)
