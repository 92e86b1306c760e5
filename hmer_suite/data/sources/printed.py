"""Printed formulas as a data source: ``--data printed:FORMULAS.txt``, one formula a line, LaTeX or tokens.

``printed:FORMULAS.txt`` is a split "train"; in a folder, ``train.txt``, ``validation.txt`` and ``test.txt`` are the
splits. ``printed:PATH,N`` adds N formulas to the training split, recombined from its own parts and symbols;
``printed:PATH,N,SEED`` adds N others, and ``printed:PATH,N,SEED,LONGEST`` excerpts of such formulas, of at most LONGEST
tokens. Ids are ``FILE-000017`` for line 17. Lines that are empty, not valid LaTeX or cannot be drawn are left out, each
with its reason. Drawings are cached (`hmer_suite.printing.cache.drawings_folder`).

``printed-tex:...`` is the same drawn by TeX itself, if the programs `latex` and `dvipng` are installed.

``printed-synthetic:N[,SEED[,LONGEST]]`` are N formulas of the weighted grammar (`hmer_suite.handwriting.formulas`),
printed, as a split "train"; it needs no file.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from pathlib import Path

import numpy as np

from hmer_suite.data.prepare import canonical_label
from hmer_suite.data.sources.arguments import Series, path_and_numbers
from hmer_suite.errors import InputError, UsageError
from hmer_suite.files import read_lines
from hmer_suite.handwriting.formulas import sample_formula
from hmer_suite.handwriting.recombine import FormulaRecombiner, excerpt
from hmer_suite.hookspecs import hookimpl
from hmer_suite.images.files import EncodedImages, encode_png
from hmer_suite.latex.canonical.canoniser import canonical
from hmer_suite.latex.problems import validate
from hmer_suite.predictions.layouts import show
from hmer_suite.printing.cache import (
    TEX,
    TYPST,
    FormulaLine,
    Printer,
    PrintJob,
    drawing_digest,
    drawings_folder,
    is_writable,
)
from hmer_suite.printing.draw import FORMULAS_AT_ONCE
from hmer_suite.printing.pages import fit
from hmer_suite.printing.typst_markup import NoDrawing
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.specs.samples import SPLITS, DataSourceSpec, LeftOut, SampleSet

LONGEST = 160
"""Largest number of tokens that a formula reaches by exchanging parts; im2latex-100k has formulas as long."""


def load(argument: str, split: str, preprocessing: Preprocessing) -> SampleSet:
    """One split; see `hmer_suite.specs.samples.DataSourceSpec`."""
    return _load(argument, split, preprocessing, TYPST)


def load_with_tex(argument: str, split: str, preprocessing: Preprocessing) -> SampleSet:
    """The same, drawn by TeX; `UsageError` if it is not installed."""
    return _load(argument, split, preprocessing, TEX)


def load_synthetic(argument: str, split: str, preprocessing: Preprocessing) -> SampleSet:
    """Printed formulas of the weighted grammar; formula i does not depend on how many there are."""
    name = "printed-synthetic"
    return printed_set(PrintJob(split, name, synthetic_lines(name, argument, split), preprocessing))


def synthetic_lines(source: str, argument: str, split: str) -> list[FormulaLine]:
    """Formulas of the weighted grammar, for the argument ``N[,SEED[,LONGEST]]`` of a source."""
    if split != "train":
        raise UsageError(f"{source}:{argument}: no split {show(split)}, it is train")
    series = Series.of(source, argument)
    return [
        FormulaLine(
            f"{source}-{number:06}", f"{source}:{argument}: formula {number}", _sampled(series, number)
        )
        for number in range(series.count)
    ]


def _sampled(series: Series, number: int) -> str:
    rng = random.Random(f"printed synthetic {series.seed} {number}")
    formulas = (sample_formula(rng) for _ in count())
    return next(text for text in formulas if not series.longest or len(text.split()) <= series.longest)


def _load(argument: str, split: str, preprocessing: Preprocessing, printer: Printer) -> SampleSet:
    file, lines = formula_lines("printed", argument, split)
    samples = printed_set(PrintJob(split, file.stem, lines, preprocessing, printer))
    require_drawn(samples.ids, samples.left_out, file)
    return samples


def formula_lines(source: str, argument: str, split: str) -> tuple[Path, list[FormulaLine]]:
    """The file of a split and its formulas, for the argument ``PATH[,N[,SEED[,LONGEST]]]`` of a source."""
    path, wanted = _parse(source, argument)
    file = _file_of(path, split)
    lines = [
        FormulaLine(f"{file.stem}-{number:06}", f"{file}:{number}", text)
        for number, text in enumerate(read_lines(file), start=1)
    ]
    if wanted.count and split == "train":
        recombined = _recombined([line.latex for line in lines], wanted)
        lines += [
            FormulaLine(f"{file.stem}-remade-{number:06}", f"{file}: remade {number}", text)
            for number, text in enumerate(recombined, start=1)
        ]
    return file, lines


def require_drawn(ids: Sequence[str], left_out: Sequence[LeftOut], file: Path) -> None:
    """Raise `InputError`, which begins with the file, if none of its formulas was drawn."""
    if not ids:
        reasons = "; ".join(f"{entry.id}: {entry.reason}" for entry in left_out[:3])
        raise InputError(f"{file}: no formula that can be drawn{f' ({reasons})' if reasons else ''}")


def _parse(source: str, argument: str) -> tuple[Path, Series]:
    """The file or folder, and the series of formulas to add, of length 0 by default."""
    path, numbers = path_and_numbers(argument, 3)
    if not path:
        raise UsageError(f"{source}:{argument}: expected {source}:PATH[,N[,SEED[,LONGEST]]]")
    return Path(path).expanduser(), Series(*(numbers or [0]))


def _file_of(path: Path, split: str) -> Path:
    if not path.exists():
        raise InputError(f"{path}: no such file or folder")
    if not path.is_dir():
        if split != "train":
            raise UsageError(f"{path}: no split {show(split)}, a single file is train")
        return path
    places = {name: path / f"{name}.txt" for name in SPLITS if (path / f"{name}.txt").is_file()}
    if not places:
        raise InputError(f"{path}: a folder without train.txt, validation.txt or test.txt")
    if split not in places:
        raise UsageError(f"{path}: no split {show(split)}, it has {', '.join(places)}")
    return places[split]


def _recombined(formulas: Iterable[str], wanted: Series) -> Iterator[str]:
    """New valid formulas, none of them empty, made of parts of the given ones."""
    labels = filter(None, map(canonical, filter(_is_valid, formulas)))
    recombine = FormulaRecombiner.of(labels, longest=LONGEST)

    def one(rng: random.Random) -> str:
        formula = recombine(rng)
        # A column specification of an array may have been exchanged for a letter that is not one.
        if not _is_valid(formula):
            return ""
        return excerpt(formula, rng, wanted.longest) if wanted.longest else formula

    for number in range(wanted.count):
        rng = random.Random(f"printed {wanted.seed} {number}")
        yield next(text for text in (one(rng) for _ in count()) if text and _is_valid(text))


def _is_valid(formula: str) -> bool:
    return not validate(formula).problems


def printed_set(job: PrintJob) -> SampleSet:
    """All formulas that can be drawn; the others are left out with the reason."""
    # It loads pyarrow, which commands that only list data sources do not need.
    from hmer_suite.data.parquet import read_set, write_set

    path = drawings_folder() / f"{drawing_digest(job)}.parquet"
    if path.is_file():
        return read_set(path, job.split, job.preprocessing)
    samples = _printed(job)
    if len(samples) and is_writable(path.parent):
        write_set(path, [samples], job.preprocessing)
    return samples


def _printed(job: PrintJob) -> SampleSet:
    labelled, left_out = _labelled(job.lines)
    drawn_lines: list[FormulaLine] = []
    labels: list[str] = []
    files: list[bytes] = []
    sizes: list[tuple[int, ...]] = []
    for start in range(0, len(labelled), FORMULAS_AT_ONCE):
        part = labelled[start : start + FORMULAS_AT_ONCE]
        drawn = job.printer.draw([label for _, label in part], job.preprocessing.symbol_height)
        for (line, label), ink in zip(part, drawn, strict=True):
            if isinstance(ink, NoDrawing):
                left_out.append(LeftOut(line.id, str(ink)))
                continue
            image = fit(ink, job.preprocessing)
            drawn_lines.append(line)
            labels.append(label)
            files.append(encode_png(image))
            sizes.append(image.shape)
    return SampleSet(
        split=job.split,
        ids=tuple(line.id for line in drawn_lines),
        labels=tuple(labels),
        sizes=np.array(sizes, np.int32).reshape(-1, 2),
        images=EncodedImages(files, [line.name for line in drawn_lines]),
        sources=(job.source,) * len(drawn_lines),
        left_out=tuple(left_out),
    )


def _labelled(lines: Iterable[FormulaLine]) -> tuple[list[tuple[FormulaLine, str]], list[LeftOut]]:
    """Lines with their canonical labels, and those that are left out."""
    labelled: list[tuple[FormulaLine, str]] = []
    left_out: list[LeftOut] = []
    for line in lines:
        try:
            label = canonical_label(line.latex, line.name)
        except InputError as error:
            left_out.append(LeftOut(line.id, str(error).removeprefix(f"{line.name}: ")))
            continue
        if label:
            labelled.append((line, label))
        else:
            left_out.append(LeftOut(line.id, "empty line"))
    return labelled, left_out


SOURCE = DataSourceSpec(
    "printed", "Printed formulas: a file with one formula a line, drawn; PATH[,N[,SEED[,LONGEST]]].", load
)


TEX_SOURCE = DataSourceSpec(
    "printed-tex", "The same drawn by TeX, where latex and dvipng are installed.", load_with_tex
)


SYNTHETIC_SOURCE = DataSourceSpec(
    "printed-synthetic",
    "Formulas of the weighted grammar, printed; N[,SEED[,LONGEST]]: nothing to download.",
    load_synthetic,
    ("train",),
)


@hookimpl
def hmer_data_sources() -> list[DataSourceSpec]:
    """The sources of this module."""
    return [SOURCE, TEX_SOURCE, SYNTHETIC_SOURCE]
