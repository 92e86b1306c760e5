"""Prediction and reference files of any recogniser: read them, and pair their samples.

The layouts are those of `FORMATS`; the layout of a file is detected from its content (`hmer_suite.predictions.detect`)
unless `format` is given. No sample and no character of a formula is dropped or normalised, only what surrounds one (the
line end, blanks after an id in `spaced`, the dollars of a NAME.txt). Two files are paired by id, or by line number if
both are plain.

Layouts in use: ``spaced`` by WAP (J. Zhang et al., Pattern Recognition 2017), ``zip`` by CoMER (W. Zhao and L. Gao,
ECCV 2022), ``json`` by TAMER (AAAI 2025) and Uni-MuMER (2025).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hmer_suite.errors import InputError, PairingError
from hmer_suite.predictions import ids as ids_of_files
from hmer_suite.predictions.layouts import Candidates, Origin, Reading, show
from hmer_suite.predictions.names import NO_COLUMNS, Columns
from hmer_suite.predictions.reading import FORMATS, Question, place, read_samples

__all__ = [
    "FORMATS", "Paired", "PredictionFile", "PredictionRow", "ReferenceFile", "find_references_beside", "pair",
    "read_predictions", "read_references",
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
class PredictionRow:
    """One sample of a prediction file: what is not known is None or empty; `confidence` is from 0 to 1."""

    id: str
    prediction: str
    reference: str | None = None
    nbest: Candidates = ()
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class PredictionFile:
    """The content of a prediction file; sample i is item i of every tuple, and iteration gives the samples.

    `references` is None if the file holds none, and has None for single samples without one; `nbest` and `confidences`
    (from 0 to 1) are None if the file holds none.
    """

    path: Path
    format: str
    ids: tuple[str, ...]
    predictions: tuple[str, ...]
    references: tuple[str | None, ...] | None
    nbest: tuple[Candidates, ...] | None
    origin: Origin = field(default=Origin(), compare=False)
    confidences: tuple[float | None, ...] | None = None

    @property
    def numbered(self) -> bool:
        """Whether the samples have no ids and are counted from 1."""
        return self.format == "plain" or self.origin.numbered

    def __len__(self) -> int:
        return len(self.ids)

    def __iter__(self) -> Iterator[PredictionRow]:
        """The samples, in the order of the file."""
        n = len(self)
        columns = (self.references or [None] * n, self.nbest or [()] * n, self.confidences or [None] * n)
        for row in zip(self.ids, self.predictions, *columns, strict=True):
            yield PredictionRow(*row)

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

    `renamed` has ids of predictions that differ from their reference's by folder or suffix, with the latter;
    `confidences` are those of the predictions, None if the file holds none.
    """

    ids: tuple[str, ...]
    predictions: tuple[str | None, ...]
    references: tuple[str, ...]
    missing: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...] = ()
    confidences: tuple[float | None, ...] | None = None

    @property
    def known_confidences(self) -> dict[str, float]:
        """The confidences that the file has, by id."""
        pairs = zip(self.ids, self.confidences or (), strict=False)
        return {name: confidence for name, confidence in pairs if confidence is not None}


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
        confidences=None if read.reading.confidences is None else tuple(read.reading.confidences),
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
    return Paired(references.ids, texts[0], texts[1], missing=(), confidences=predictions.confidences)


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
    confidences = predictions.confidences
    if confidences is not None:
        by_id = dict(zip(ids, confidences, strict=True))
        confidences = tuple([by_id.get(identifier) for identifier in references.ids])
    return Paired(references.ids, found, references.references, missing, tuple(renamed.items()), confidences)


def _extra(predictions: PredictionFile, references: ReferenceFile, extra: list[int]) -> str:
    identifier = predictions.ids[extra[0]]
    where = place(predictions.path, predictions.origin.lines, extra[0])
    key = ids_of_files.bare(identifier)
    alike = next((known for known in references.ids if ids_of_files.bare(known) == key), None)
    hint = f"; it has {show(alike)}" if alike is not None else ""
    return f"{where}: {show(identifier)} is not in {references.path}{hint}{_more(extra)}"
