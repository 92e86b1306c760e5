"""Prediction and reference files of any recogniser: read them, pair their samples, write them.

The layouts are those of `FORMATS`; the layout of a file is detected from its content (`hmer_suite.predictions.detect`)
unless `format` is given. No sample and no character of a formula is dropped or normalised, only what surrounds one (the
line end, blanks after an id in `spaced`, the dollars of a NAME.txt). Two files are paired by id, or by line number if
both are plain.

Layouts in use: ``spaced`` by WAP (J. Zhang et al., Pattern Recognition 2017), ``zip`` by CoMER (W. Zhao and L. Gao,
ECCV 2022), ``json`` by TAMER (AAAI 2025) and Uni-MuMER (2025).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hmer_suite.errors import InputError, PairingError
from hmer_suite.files import write_whole
from hmer_suite.predictions import ids as ids_of_files
from hmer_suite.predictions.layouts import Candidates, Origin, Reading, Row, show
from hmer_suite.predictions.names import NO_COLUMNS, Columns
from hmer_suite.predictions.reading import FORMATS, Question, check, place, read_samples
from hmer_suite.predictions.tables import is_header

__all__ = [
    "FORMATS", "Paired", "PredictionFile", "ReferenceFile", "find_references_beside", "pair", "read_predictions",
    "read_references", "write_predictions",
]  # fmt: skip


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
    origin: Origin = field(default=Origin(), compare=False)

    @property
    def numbered(self) -> bool:
        """Whether the samples have no ids and are counted from 1."""
        return self.format == "plain" or self.origin.numbered


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
    origin: Origin = field(default=Origin(), compare=False)

    @property
    def numbered(self) -> bool:
        """Whether the samples have no ids and are counted from 1."""
        return self.format == "plain" or self.origin.numbered

    def as_references(self) -> ReferenceFile:
        """The references in this file; `PairingError` names a sample without one."""
        if self.references is None:
            raise PairingError(f"{self.path}: no references inside; give a reference file")
        references = tuple([reference for reference in self.references if reference is not None])
        if len(references) < len(self.ids):
            lacking = [index for index, reference in enumerate(self.references) if reference is None]
            where = place(self.path, self.origin.lines, lacking[0])
            raise PairingError(f"{where}: no reference for {show(self.ids[lacking[0]])}{_more(lacking)}")
        return ReferenceFile(self.path, self.format, self.ids, references, True, self.origin)


@dataclass(frozen=True, slots=True)
class Paired:
    """Predictions in the order of the references; a missing one is None, with its id in `missing`.

    `renamed` has ids of predictions that differ from their reference's by folder or suffix, with the latter.
    """

    ids: tuple[str, ...]
    predictions: tuple[str | None, ...]
    references: tuple[str, ...]
    missing: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...] = ()


def read_predictions(
    path: str | Path,
    format: str | None = None,
    references: ReferenceFile | None = None,
    columns: Columns = NO_COLUMNS,
) -> PredictionFile:
    """Read a prediction file, folder or zip archive; ``-`` is standard input.

    `format` is one of `FORMATS`, by default detected from the content, with the help of `references` if they are
    known; `columns` names columns or keys, by default the usual ones. Raises `InputError` (`PairingError` for a
    duplicate id), whose message names the file and, if there is one, the line.
    """
    known = None if references is None else () if references.numbered else references.ids
    read = read_samples(path, Question(format, known, columns))
    rows, origin = read.reading.rows, read.reading.origin
    ids = tuple([row[0] for row in rows])
    references_inside = tuple([row[2] for row in rows])
    candidates = tuple([row[3] for row in rows])
    return PredictionFile(
        path=Path(read.name),
        format=read.layout,
        ids=ids,
        predictions=_complete([row[1] for row in rows], read.name, read.reading, 'no "pred"'),
        references=None if references_inside.count(None) == len(ids) else references_inside,
        nbest=candidates if any(candidates) else None,
        origin=origin,
    )


def read_references(
    path: str | Path, format: str | None = None, columns: Columns = NO_COLUMNS
) -> ReferenceFile:
    """Read a reference file: any layout of prediction files.

    If it holds references besides predictions (third column, ``gt``), these are taken; otherwise its predictions
    are the references. Raises as `read_predictions` does.
    """
    read = read_samples(path, Question(format, None, columns))
    rows = read.reading.rows
    alone = all(row[2] is None for row in rows)
    found = [row[1] if alone else row[2] for row in rows]
    references = _complete(found, read.name, read.reading, "no reference")
    beside = not alone and all(row[1] is not None for row in rows)
    ids = tuple([row[0] for row in rows])
    return ReferenceFile(Path(read.name), read.layout, ids, references, beside, read.reading.origin)


def _complete(texts: Sequence[str | None], name: str, reading: Reading, problem: str) -> tuple[str, ...]:
    """The texts, none of which may be missing; `InputError` tells the problem and the id of one that is."""
    found = tuple([text for text in texts if text is not None])
    if len(found) < len(texts):
        index = texts.index(None)
        where = place(name, reading.origin.lines, index)
        raise InputError(f"{where}: {problem} for {show(reading.rows[index][0])}")
    return found


def find_references_beside(path: str | Path) -> Path | None:
    """The reference file next to a prediction file: ``STEM.refs.*``, or else ``references.*`` in the same folder.

    STEM is the name of `path` without its last suffix. None if there is no such file; `InputError` if there are
    several.
    """
    path = Path(path)
    if str(path) == "-":
        return None
    for stem in (f"{path.stem}.refs", "references"):
        found = sorted(p for p in path.parent.glob("*") if p.stem == stem and p.suffix and p != path)
        if len(found) > 1:
            raise InputError(f"{found[0]}: {found[1].name} is beside it as well: say which with --refs")
        if found:
            return found[0]
    return None


def pair(predictions: PredictionFile, references: ReferenceFile | None = None) -> Paired:
    """Pair each reference with its prediction; `references` are by default those in the prediction file.

    A reference without prediction is listed as missing. Ids that differ by folder or by the suffix of a file's name are
    the same if that is unambiguous. Raises `PairingError` for an id that has no reference, for files without ids of
    unequal length, and if only one of the files has ids.
    """
    references = references or predictions.as_references()
    if predictions.numbered != references.numbered:
        raise PairingError(_mixed(predictions, references))
    if predictions.numbered:
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
    rows = list(zip(*columns, strict=True))
    read: list[Row] = [(row[0], "".join(row[1:]), None, ()) for row in rows]
    check(path, Reading(read, Origin(range(1, len(rows) + 1)), "".join))
    for row in rows:
        _check_line(path, row)
    if is_header([cell.strip() for cell in rows[0]]):
        # The first sample would be read as a header.
        rows.insert(0, ("id", "pred", "gt")[: len(columns)])
    write_whole(path, "".join("\t".join(row) + "\n" for row in rows))


def _check_line(path: str | Path, row: tuple[str, ...]) -> None:
    for character in "\t\n\r\0":
        if any(character in text for text in row):
            raise InputError(f"{path}: sample {show(row[0])} holds {character!r}, which no tsv line can hold")
    if row[0].startswith("\ufeff"):
        # At the start of the file it would be read as the mark rather than as part of the id.
        raise InputError(f"{path}: id {show(row[0])} begins with a byte-order mark")


def _more(indices: Sequence[object]) -> str:
    return f" (and {len(indices) - 1} more)" if len(indices) > 1 else ""


# ---------------------------------------------------------------- pairing


def _mixed(predictions: PredictionFile, references: ReferenceFile) -> str:
    files: tuple[PredictionFile | ReferenceFile, ...] = (predictions, references)
    described = [f"{file.path} ({file.format}) has {'no ' * file.numbered}ids" for file in files]
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
    known = set(references.ids)
    extra = [index for index, identifier in enumerate(predictions.ids) if identifier not in known]
    renamed = ids_of_files.match(predictions.ids, references.ids) if extra else {}
    if renamed is None:
        raise PairingError(_extra(predictions, references, extra))
    ids = [renamed.get(identifier, identifier) for identifier in predictions.ids]
    table = dict(zip(ids, predictions.predictions, strict=True))
    found = tuple([table.get(identifier) for identifier in references.ids])
    missing = tuple([identifier for identifier in references.ids if identifier not in table])
    return Paired(references.ids, found, references.references, missing, tuple(renamed.items()))


def _extra(predictions: PredictionFile, references: ReferenceFile, extra: list[int]) -> str:
    identifier = predictions.ids[extra[0]]
    where = place(predictions.path, predictions.origin.lines, extra[0])
    key = ids_of_files.bare(identifier)
    alike = next((known for known in references.ids if ids_of_files.bare(known) == key), None)
    hint = f"; it has {show(alike)}" if alike is not None else ""
    return f"{where}: {show(identifier)} is not in {references.path}{hint}{_more(extra)}"
