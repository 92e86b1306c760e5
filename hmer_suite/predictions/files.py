"""Prediction and reference files of any recogniser: read them, pair their samples, write them.

The layouts are those of `FORMATS`; the layout of a file is detected from its content (`hmer_suite.predictions.detect`)
unless `format` is given. No sample and no character of a formula is dropped or normalised, only what surrounds one (the
line end, blanks after an id in `spaced`, the dollars of a NAME.txt). Two files are paired by id, or by line number if
both are plain.

Layouts in use: ``spaced`` by WAP (J. Zhang et al., Pattern Recognition 2017), ``zip`` by CoMER (W. Zhao and L. Gao,
ECCV 2022), ``json`` by TAMER (AAAI 2025) and Uni-MuMER (2025).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from hmer_suite.errors import InputError, PairingError, UsageError
from hmer_suite.files import decode, read_bytes, split_lines, write_whole
from hmer_suite.predictions import layouts
from hmer_suite.predictions.archives import read_folder, read_zip
from hmer_suite.predictions.detect import detect_json, detect_lines
from hmer_suite.predictions.layouts import Candidates, Row, first_duplicate, show

_BY_LINE: dict[str, Callable[[str, list[str]], list[Row]]] = {
    "tsv": layouts.read_tsv,
    "spaced": layouts.read_spaced,
    "plain": layouts.read_plain,
    "jsonl": layouts.read_jsonl,
}
_ZIP_MARKS = (b"PK\x03\x04", b"PK\x05\x06")
FORMATS = ("tsv", "spaced", "json", "jsonl", "plain", "folder", "zip")


@dataclass(frozen=True, slots=True)
class _Columns:
    """Rows transposed into columns."""

    ids: tuple[str, ...]
    predictions: tuple[str | None, ...]
    references: tuple[str | None, ...]
    candidates: tuple[Candidates, ...]

    @classmethod
    def of(cls, rows: Sequence[Row]) -> _Columns:
        """The columns of rows."""
        return cls(
            tuple([row[0] for row in rows]),
            tuple([row[1] for row in rows]),
            tuple([row[2] for row in rows]),
            tuple([row[3] for row in rows]),
        )


@dataclass(frozen=True, slots=True)
class ReferenceFile:
    """The content of a reference file; the ids of a plain file are its line numbers from 1.

    `beside_predictions` tells whether the file holds predictions as well, being the output of a system.
    """

    path: Path
    format: str
    ids: tuple[str, ...]
    references: tuple[str, ...]
    beside_predictions: bool = False


@dataclass(frozen=True, slots=True)
class PredictionFile:
    """The content of a prediction file; sample i is item i of every tuple.

    `references` is None if the file holds none, and has None for single samples without one; `nbest` is None if the
    file holds no candidates.
    """

    path: Path
    format: str
    ids: tuple[str, ...]
    predictions: tuple[str, ...]
    references: tuple[str | None, ...] | None
    nbest: tuple[Candidates, ...] | None

    def as_references(self) -> ReferenceFile:
        """The references in this file; `PairingError` names a sample without one."""
        if self.references is None:
            raise PairingError(f"{self.path}: no references inside; give a reference file")
        references = tuple([reference for reference in self.references if reference is not None])
        if len(references) < len(self.ids):
            lacking = [index for index, reference in enumerate(self.references) if reference is None]
            where = _place(self.path, self.format, lacking[0])
            raise PairingError(f"{where}: no reference for {show(self.ids[lacking[0]])}{_more(lacking)}")
        return ReferenceFile(self.path, self.format, self.ids, references, True)


@dataclass(frozen=True, slots=True)
class Paired:
    """Predictions in the order of the references; a missing one is None, with its id in `missing`."""

    ids: tuple[str, ...]
    predictions: tuple[str | None, ...]
    references: tuple[str, ...]
    missing: tuple[str, ...]


def read_predictions(
    path: str | Path, format: str | None = None, references: ReferenceFile | None = None
) -> PredictionFile:
    """Read a prediction file, folder or zip archive.

    `format` is one of `FORMATS`, by default detected from the content, with the help of `references` if they are
    known. Raises `InputError` (`PairingError` for a duplicate id), whose message names the file and, if there is one,
    the line.
    """
    path = Path(path)
    layout, columns = _read(path, format, _known_ids(references))
    return PredictionFile(
        path=path,
        format=layout,
        ids=columns.ids,
        predictions=_complete(columns.predictions, columns.ids, path, layout, 'no "pred"'),
        references=None if columns.references.count(None) == len(columns.ids) else columns.references,
        nbest=columns.candidates if any(columns.candidates) else None,
    )


def read_references(path: str | Path, format: str | None = None) -> ReferenceFile:
    """Read a reference file: any layout of prediction files.

    If it holds references besides predictions (third column, ``gt``), these are taken; otherwise its predictions
    are the references. Raises as `read_predictions` does.
    """
    path = Path(path)
    layout, columns = _read(path, format, None)
    alone = columns.references.count(None) == len(columns.ids)
    found = columns.predictions if alone else columns.references
    references = _complete(found, columns.ids, path, layout, "no reference")
    return ReferenceFile(path, layout, columns.ids, references, not alone and None not in columns.predictions)


def _complete(
    texts: tuple[str | None, ...], ids: tuple[str, ...], path: Path, layout: str, problem: str
) -> tuple[str, ...]:
    """The texts, none of which may be missing; `InputError` tells the problem and the id of one that is."""
    found = tuple([text for text in texts if text is not None])
    if len(found) < len(texts):
        index = texts.index(None)
        raise InputError(f"{_place(path, layout, index)}: {problem} for {show(ids[index])}")
    return found


def find_references_beside(path: str | Path) -> Path | None:
    """The reference file next to a prediction file: ``STEM.refs.*``, or else ``references.*`` in the same folder.

    STEM is the name of `path` without its last suffix. None if there is no such file; `InputError` if there are
    several.
    """
    path = Path(path)
    for stem in (f"{path.stem}.refs", "references"):
        found = sorted(p for p in path.parent.glob("*") if p.stem == stem and p.suffix and p != path)
        if len(found) > 1:
            raise InputError(f"{found[0]}: {found[1].name} is beside it as well: say which with --refs")
        if found:
            return found[0]
    return None


def pair(predictions: PredictionFile, references: ReferenceFile | None = None) -> Paired:
    """Pair each reference with its prediction; `references` are by default those in the prediction file.

    A reference without prediction is listed as missing. Raises `PairingError` for an id that has no reference, for
    plain files of unequal length, and if only one of the files has ids.
    """
    references = references or predictions.as_references()
    if (predictions.format == "plain") != (references.format == "plain"):
        raise PairingError(_mixed(predictions, references))
    if predictions.format == "plain":
        return _pair_lines(predictions, references)
    return _pair_ids(predictions, references)


def write_predictions(
    path: str | Path, ids: Sequence[str], predictions: Sequence[str], references: Sequence[str] | None = None
) -> None:
    """Write a ``tsv`` file, whole or not at all.

    `read_predictions(path, "tsv")` restores every character. Raises `InputError` for what a line cannot hold (tab,
    line feed, carriage return, NUL, half a surrogate pair), for an empty id and if there are no samples,
    `PairingError` for a duplicate id.
    """
    columns: list[Sequence[str]] = [ids, predictions, *([] if references is None else [references])]
    _check(path, "tsv", columns)
    rows = list(zip(*columns, strict=True))
    for row in rows:
        _check_line(path, row)
    write_whole(path, "".join("\t".join(row) + "\n" for row in rows))


# ---------------------------------------------------------------- reading


def _known_ids(references: ReferenceFile | None) -> tuple[str, ...] | None:
    if references is None:
        return None
    return () if references.format == "plain" else references.ids


def _read(path: Path, format: str | None, known_ids: tuple[str, ...] | None) -> tuple[str, _Columns]:
    if format is not None and format not in FORMATS:
        raise UsageError(f"unknown format {show(format)}, expected one of {', '.join(FORMATS)}")
    layout, rows = _read_folder(path, format) if path.is_dir() else _read_file(path, format, known_ids)
    columns = _Columns.of(rows)
    _check(path, layout, [columns.ids, columns.predictions, columns.references])
    return layout, columns


def _read_folder(path: Path, format: str | None) -> tuple[str, list[Row]]:
    if format not in (None, "folder"):
        raise InputError(f"{path}: a folder, not {format}")
    return "folder", read_folder(path)


def _read_file(path: Path, format: str | None, known_ids: tuple[str, ...] | None) -> tuple[str, list[Row]]:
    name, data = str(path), read_bytes(path)
    if format == "folder":
        raise InputError(f"{path}: not a folder")
    if format == "zip" or (format is None and data.startswith(_ZIP_MARKS)):
        return "zip", read_zip(name, data)
    text = decode(data, name)
    if not text:
        raise InputError(f"{path}: empty file")
    layout = format or detect_json(name, text)
    if layout == "json":
        return layout, layouts.read_json(name, text)
    lines = split_lines(text)
    layout = layout or detect_lines(name, lines, known_ids)
    return layout, _BY_LINE[layout](name, lines)


def _check(path: str | Path, layout: str, columns: Sequence[Sequence[str | None]]) -> None:
    """Raise an error for ids that are missing, empty or repeated, and for what is not text; ids come first."""
    ids = [str(identifier) for identifier in columns[0]]
    if not ids:
        raise InputError(f"{path}: no samples")
    if "" in ids:
        raise InputError(f"{_place(path, layout, ids.index(''))}: empty id")
    if len(set(ids)) < len(ids):
        identifier = first_duplicate(ids)
        first = ids.index(identifier)
        second = ids.index(identifier, first + 1)
        before = f", first on line {first + 1}" if layout in _BY_LINE else ""
        raise PairingError(f"{_place(path, layout, second)}: duplicate id {show(identifier)}{before}")
    if not _is_text(*columns):
        # JSON can escape half of a surrogate pair, and file names can hold any bytes: neither is text.
        guilty = next(row[0] for row in zip(ids, *columns, strict=True) if not _is_text(row))
        raise InputError(f"{path}: sample {show(guilty)} holds half a surrogate pair, which is not text")


def _is_text(*columns: Sequence[str | None]) -> bool:
    try:
        for column in columns:
            "".join(filter(None, column)).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _check_line(path: str | Path, row: tuple[str, ...]) -> None:
    for character in "\t\n\r\0":
        if any(character in text for text in row):
            raise InputError(f"{path}: sample {show(row[0])} holds {character!r}, which no tsv line can hold")
    if row[0].startswith("\ufeff"):
        # At the start of the file it would be read as the mark rather than as part of the id.
        raise InputError(f"{path}: id {show(row[0])} begins with a byte-order mark")


def _place(path: str | Path, layout: str, index: int) -> str:
    return f"{path}:{index + 1}" if layout in _BY_LINE else str(path)


def _more(indices: Sequence[object]) -> str:
    return f" (and {len(indices) - 1} more)" if len(indices) > 1 else ""


# ---------------------------------------------------------------- pairing


def _mixed(predictions: PredictionFile, references: ReferenceFile) -> str:
    files: tuple[PredictionFile | ReferenceFile, ...] = (predictions, references)
    described = [f"{file.path} ({file.format}) has {'no ' * (file.format == 'plain')}ids" for file in files]
    return f"{', but '.join(described)}: both must have ids or neither"


def _pair_lines(predictions: PredictionFile, references: ReferenceFile) -> Paired:
    texts = predictions.predictions, references.references
    if len(texts[0]) != len(texts[1]):
        described = [
            f"{path} has {len(lines)} lines{_blank_end(lines)}"
            for path, lines in zip((predictions.path, references.path), texts, strict=True)
        ]
        raise PairingError(", but ".join(described))
    return Paired(references.ids, texts[0], texts[1], missing=())


def _blank_end(lines: Sequence[str]) -> str:
    blank = 0
    while blank < len(lines) and not lines[-1 - blank].strip():
        blank += 1
    return f" (the last {blank} of them blank)" if blank else ""


def _pair_ids(predictions: PredictionFile, references: ReferenceFile) -> Paired:
    table = dict(zip(predictions.ids, predictions.predictions, strict=True))
    known = set(references.ids)
    extra = [index for index, identifier in enumerate(predictions.ids) if identifier not in known]
    if extra:
        raise PairingError(_extra(predictions, references, extra))
    found = tuple([table.get(identifier) for identifier in references.ids])
    missing = tuple([identifier for identifier in references.ids if identifier not in table])
    return Paired(references.ids, found, references.references, missing)


def _extra(predictions: PredictionFile, references: ReferenceFile, extra: list[int]) -> str:
    identifier = predictions.ids[extra[0]]
    where = _place(predictions.path, predictions.format, extra[0])
    alike = next((known for known in references.ids if _bare(known) == _bare(identifier)), None)
    hint = f"; it has {show(alike)}" if alike is not None else ""
    return f"{where}: {show(identifier)} is not in {references.path}{hint}{_more(extra)}"


def _bare(identifier: str) -> str:
    return Path(identifier.strip()).stem
