"""Pictures listed in records: Hugging Face image folders, TexTeller, LLaMA-Factory, tables of paths and labels, HASYv2.

A file of records is JSON, JSON lines, CSV or TSV with a header; each record names the file of a picture and its LaTeX.
An object of JSON has labels or records by the files of their pictures.
A path is relative to the file of records or to a folder ``images`` beside it, or leads there from elsewhere: of
``data/crohme/images/a.png`` as much is dropped from the left as it takes. No path leads out of the data set.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial

from hmer_suite.data.column_names import IDS, IMAGE_FILES, LABELS, first_of
from hmer_suite.data.file_trees import FileTree, counted, folder_of, stem_of, within
from hmer_suite.data.layouts.captions import names_captions
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
from hmer_suite.data.split_names import SplitName, split_of, split_of_path
from hmer_suite.errors import InputError, UsageError
from hmer_suite.files import decode, split_lines
from hmer_suite.predictions.layouts import show
from hmer_suite.specs.samples import LeftOut

NAME = "records"
SUFFIXES = (".jsonl", ".json", ".csv", ".tsv")
MAX_RECORDS_FILE = 2 * 2**30
"""Largest size in bytes of a file of records."""

_KEY = "\0"
"""The column of the keys of a JSON object, which no file names."""

_HASY = "symbol_id"
"""A column of HASYv2, whose labels are single symbols."""


@dataclass(frozen=True, slots=True)
class _Record:
    """A record: its line or number for messages, the path of its picture, and what else it says."""

    where: str
    image: str
    label: str | None
    id: str | None = None
    split: str | None = None


def find(tree: FileTree, options: SetOptions) -> FoundSet | None:
    """The set of a tree with files of records that name pictures of the tree."""
    places = _Places(tree)
    parts, symbols, used = list[Part](), False, set[str]()
    for name in _record_files(tree, options):
        records = _records(tree, name, options)
        found = {record.where: places.find(name, record.image) for record in records}
        if not any(found.values()):
            if options.file == name and records:
                raise InputError(f"{records[0].where}: no picture {show(records[0].image)} beside the file")
            continue
        symbols = symbols or _has_symbols(tree, name)
        used |= set(filter(None, found.values()))
        for split, same in _by_split(tree, name, records, found).items():
            parts.append(Part(split, name, len(same), partial(_listing, tree, same, found)))
    result = found_set(NAME, tree, parts, _unlabelled(tree, used))
    return None if result is None else replace(result, symbols=symbols)


def _record_files(tree: FileTree, options: SetOptions) -> Iterator[str]:
    if options.file is not None:
        if options.file.lower().endswith(SUFFIXES):
            yield options.file
        return
    images = {folder: {stem_of(name) for name in names} for folder, names in images_of(tree).items()}
    for name in tree.with_suffix(*SUFFIXES):
        # A file beside a picture of its name belongs to it alone, and captions have a layout of their own.
        captions = name.lower().endswith(".tsv") and names_captions(stem_of(name))
        if stem_of(name) not in images.get(folder_of(name), ()) and not captions:
            yield name


def _by_split(
    tree: FileTree, name: str, records: Sequence[_Record], found: Mapping[str, str]
) -> dict[SplitName | None, list[_Record]]:
    """Records by the split that they say, or their file, the folders around it, or those of their pictures."""
    around = folder_of(name).split("/") if folder_of(name) else []
    of_file = split_of(stem_of(name), among_others=True) or split_of_path(around)
    splits: dict[SplitName | None, list[_Record]] = {}
    for record in records:
        said = split_of(record.split) if record.split else None
        split = said or of_file or split_of_path(found[record.where].split("/")[:-1])
        splits.setdefault(split, []).append(record)
    return splits


def _listing(tree: FileTree, records: Sequence[_Record], found: Mapping[str, str]) -> Listing:
    pictures: list[Picture] = []
    left_out: list[LeftOut] = []
    ids = [record.id or stem_of(found[record.where] or record.image) for record in records]
    doubled = len(set(ids)) < len(ids)
    for record, identifier in zip(records, ids, strict=True):
        name = found[record.where]
        if doubled and not record.id:
            identifier = name.rpartition(".")[0] or identifier
        if name:
            pictures.append(picture_in(tree, name, identifier, record.label))
        else:
            left_out.append(LeftOut(identifier, f"{record.where}: no picture {show(record.image)}"))
    return Listing(tuple(pictures), tuple(left_out))


def _unlabelled(tree: FileTree, used: set[str]) -> Iterator[LeftOut]:
    for folder, names in images_of(tree).items():
        if rest := sum(name not in used for name in names):
            yield LeftOut(folder or ".", f"{counted(rest, 'image')} that no record names")


class _Places:
    """Pictures of a tree, found by the paths in records."""

    def __init__(self, tree: FileTree):
        self._tree = tree

    @cached_property
    def _names(self) -> dict[str, str]:
        """Pictures by their paths with and without suffix."""
        found: dict[str, str] = {}
        for names in images_of(self._tree).values():
            for name in names:
                found[name] = name
                found.setdefault(name.rpartition(".")[0], name)
        return found

    @cached_property
    def _last_parts(self) -> dict[str, str]:
        """Pictures by the last part of their path, ``""`` for those that share it."""
        found: dict[str, str] = {}
        for name in self._names:
            last = name.rpartition("/")[2]
            found[last] = "" if last in found else self._names[name]
        return found

    def find(self, file: str, path: str) -> str:
        """The picture that a record of a file means; ``""`` if there is none."""
        folder = folder_of(file)
        for start in (folder, within(folder, "images"), within(folder, "img")):
            if found := self._names.get(within(start, path)):
                return found
        parts = path.replace("\\", "/").split("/")
        for drop in range(1, len(parts)):
            if found := self._names.get(within(folder, "/".join(parts[drop:]))):
                return found
        return self._last_parts.get(parts[-1], "") if ".." not in parts else ""


# ---------------------------------------------------------------- records


def _records(tree: FileTree, name: str, options: SetOptions) -> list[_Record]:
    """The records of a file; none if it is of another kind."""
    where = tree.place(name)
    data = tree.read(name)
    if len(data) > MAX_RECORDS_FILE:
        raise InputError(f"{where}: {len(data):,} bytes, more than the {MAX_RECORDS_FILE:,} that are read")
    if not data.strip():
        return []
    text = decode(data, where)
    if name.lower().endswith((".csv", ".tsv")):
        rows = _table(where, text)
    elif name.lower().endswith(".json"):
        rows = _json(where, text)
    else:
        rows = _json_lines(where, text)
    return [record for place, row in rows if (record := _record(place, row, options)) is not None]


def _table(where: str, text: str) -> Iterator[tuple[str, Mapping[str, object]]]:
    head = text.partition("\n")[0]
    delimiter = max("\t,;", key=head.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for row in reader:
            yield f"{where}:{reader.line_num}", {key or "": value for key, value in row.items()}
    except csv.Error as error:
        raise InputError(f"{where}:{reader.line_num}: not a table: {error}") from None


def _json(where: str, text: str) -> Iterator[tuple[str, Mapping[str, object]]]:
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        if text.lstrip()[:1] == "{":
            yield from _json_lines(where, text)  # called JSON for short
            return
        raise InputError(f"{where}: not JSON: {error}") from None
    if isinstance(values, dict):
        for key, value in values.items():
            row = value if isinstance(value, dict) else {LABELS[0]: value}
            yield f"{where}: {key}", {**row, _KEY: key}
        return
    for number, value in enumerate(values if isinstance(values, list) else [], 1):
        if not isinstance(value, dict):
            return
        yield f"{where}: entry {number}", value


def _json_lines(where: str, text: str) -> Iterator[tuple[str, Mapping[str, object]]]:
    for number, line in enumerate(split_lines(text), 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            if number == 1:
                return  # a JSON document of several lines, which holds no records
            raise InputError(f"{where}:{number}: not JSON: {error}") from None
        if not isinstance(value, dict):
            return
        yield f"{where}:{number}", value


def _record(where: str, row: Mapping[str, object], options: SetOptions) -> _Record | None:
    """A record of a picture; None if it names none."""
    for wanted in (options.image, options.latex, options.id):
        if wanted is not None and wanted not in row:
            if first_of(IMAGE_FILES, row) is None and options.file is None:
                return None  # a file of another kind
            raise UsageError(f"{where}: no column {show(wanted)}, there are {', '.join(row)}")
    image = options.image or first_of(IMAGE_FILES, row) or (_KEY if _KEY in row else None)
    if image is None or not (path := _path(row[image])):
        return None
    identifier = options.id or first_of(IDS, row)
    split = row.get("split")
    return _Record(
        where,
        path,
        _label(row, options.latex, image),
        str(row[identifier]) if identifier and isinstance(row[identifier], (str, int)) else None,
        split if isinstance(split, str) else None,
    )


def _path(value: object) -> str:
    """The path of the only picture in a record; ``""`` if there is none or several."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, dict):
        value = value.get("path")
    return value if isinstance(value, str) else ""


def _label(row: Mapping[str, object], wanted: str | None, image: str) -> str | None:
    """The label of a record, or the last answer of its conversation; None if it has none."""
    names = [name for name in row if name != image]
    name = wanted or first_of(LABELS, names)
    if name is not None:
        value = row[name]
        return value if isinstance(value, str) else None
    for key, role, text in (("messages", "role", "content"), ("conversations", "from", "value")):
        turns = row.get(key)
        for turn in reversed(turns if isinstance(turns, list) else []):
            if isinstance(turn, dict) and turn.get(role) in ("assistant", "gpt"):
                answer = turn.get(text)
                return answer if isinstance(answer, str) else None
    answer = row.get("output")
    return answer if isinstance(answer, str) else None


def _has_symbols(tree: FileTree, name: str) -> bool:
    return _HASY in tree.read(name)[:200].decode("utf-8", "replace").split("\n")[0].split(",")
