"""Printed formulas as a data source: ``--data printed:FORMULAS.txt``, one formula a line, LaTeX or tokens.

``printed:FORMULAS.txt`` is a split "train"; of a folder, ``train.txt``, ``validation.txt`` and ``test.txt`` are the
splits. ``printed:PATH,N`` adds N formulas to the training split, made out of its own by exchanging parts and symbols;
``printed:PATH,N,SEED`` adds N others, and ``printed:PATH,N,SEED,LONGEST`` pieces of such formulas, of at most LONGEST
tokens. Ids are ``FILE-000017`` for line 17. Lines that are no valid LaTeX, are empty or cannot be drawn are left out,
each with its reason. Drawings are kept in the cache folder (`hmer_suite.printing.cache.cache_folder`).

``printed-tex:...`` is the same drawn by TeX itself, where the programs `latex` and `dvipng` are installed.

``printed-synthetic:N[,SEED[,LONGEST]]`` are N formulas of the weighted grammar (`hmer_suite.handwriting.formulas`),
printed: a split "train" for which no file is needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count as forever
from pathlib import Path
from typing import TYPE_CHECKING

from hmer_suite.data.sources.synthetic import Series
from hmer_suite.errors import InputError, UsageError
from hmer_suite.files import read_lines
from hmer_suite.hookspecs import hookimpl
from hmer_suite.predictions.layouts import show
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.specs.samples import SPLITS, DataSourceSpec, SampleSet

if TYPE_CHECKING:
    from hmer_suite.printing.cache import Printer
import numpy as np

from hmer_suite.data.prepare import canonical_label
from hmer_suite.images.files import EncodedImages, encode_png
from hmer_suite.printing.cache import Job, Line, cache_folder, drawing_digest, is_writable
from hmer_suite.printing.draw import FORMULAS_AT_ONCE
from hmer_suite.printing.pages import fit
from hmer_suite.printing.typst_markup import NoDrawing
from hmer_suite.specs.samples import LeftOut


def load(argument: str, split: str, preprocessing: Preprocessing) -> SampleSet:
    """One split; see `hmer_suite.specs.samples.DataSourceSpec`."""
    from hmer_suite.printing.cache import TYPST

    return _load(argument, split, preprocessing, TYPST)


def load_with_tex(argument: str, split: str, preprocessing: Preprocessing) -> SampleSet:
    """The same, drawn by TeX; `UsageError` where it is not installed."""
    from hmer_suite.printing.cache import TEX

    return _load(argument, split, preprocessing, TEX)


def load_synthetic(argument: str, split: str, preprocessing: Preprocessing) -> SampleSet:
    """Formulas of the weighted grammar, drawn; formula i is always the same, however many there are."""
    from hmer_suite.data.sources.printed import printed_set
    from hmer_suite.printing.cache import Job, Line

    name = "printed-synthetic"
    if split != "train":
        raise UsageError(f"{name}:{argument}: no split {show(split)}, it is train")
    series = Series.of(name, argument)
    lines = [
        Line(f"{name}-{number:06}", f"{name}:{argument}: formula {number}", _sampled(series, number))
        for number in range(series.count)
    ]
    return printed_set(Job(split, name, lines, preprocessing))


def _sampled(series: Series, number: int) -> str:
    import random

    from hmer_suite.handwriting.formulas import sample_formula

    rng = random.Random(f"printed synthetic {series.seed} {number}")
    formulas = (sample_formula(rng) for _ in forever())
    return next(text for text in formulas if not series.longest or len(text.split()) <= series.longest)


def _load(argument: str, split: str, preprocessing: Preprocessing, printer: Printer) -> SampleSet:
    from hmer_suite.data.sources.printed import printed_set
    from hmer_suite.printing.cache import Job, Line

    path, wanted = _parse(argument)
    file = _file_of(path, split)
    lines = [
        Line(f"{file.stem}-{number:06}", f"{file}:{number}", text)
        for number, text in enumerate(read_lines(file), start=1)
    ]
    if wanted.count and split == "train":
        remade = _remade([line.latex for line in lines], wanted)
        lines += [
            Line(f"{file.stem}-remade-{number:06}", f"{file}: remade {number}", text)
            for number, text in enumerate(remade, start=1)
        ]
    samples = printed_set(Job(split, file.stem, lines, preprocessing, printer))
    if not len(samples):
        reasons = "; ".join(f"{entry.id}: {entry.reason}" for entry in samples.left_out[:3])
        raise InputError(f"{file}: no formula that can be drawn{f' ({reasons})' if reasons else ''}")
    return samples


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


def _remade(formulas: Iterable[str], wanted: Series) -> Iterator[str]:
    """Formulas that nobody wrote, of the parts of those that somebody did; all valid, none of them empty."""
    import random

    from hmer_suite.handwriting.recombine import FormulaRecombiner, excerpt
    from hmer_suite.latex.canonical.canoniser import canonical
    from hmer_suite.latex.problems import validate

    def is_valid(formula: str) -> bool:
        return not validate(formula).problems

    formulas = FormulaRecombiner.of(filter(None, map(canonical, filter(is_valid, formulas))), longest=LONGEST)

    def one(rng: random.Random) -> str:
        formula = formulas(rng)
        # A column of an array may have been exchanged for a letter that is none.
        if not is_valid(formula):
            return ""
        return excerpt(formula, rng, wanted.longest) if wanted.longest else formula

    for number in range(wanted.count):
        rng = random.Random(f"printed {wanted.seed} {number}")
        yield next(text for text in (one(rng) for _ in forever()) if text and is_valid(text))


LONGEST = 160
"""No formula is made longer by exchanging parts; the longest of im2latex-100k has as many tokens."""


def _parse(argument: str) -> tuple[Path, Series]:
    """File or folder, and what is to be remade; the path may hold commas itself."""
    words = argument.split(",")
    numbers: list[int] = []
    while len(words) > 1 and len(numbers) < 3 and words[-1].strip().isdecimal():
        numbers.insert(0, int(words.pop()))
    path = ",".join(words)
    if not path:
        raise UsageError(f"printed:{argument}: expected printed:PATH[,N[,SEED[,LONGEST]]]")
    return Path(path).expanduser(), Series(*(numbers or [0]))


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
    """The sources."""
    return [SOURCE, TEX_SOURCE, SYNTHETIC_SOURCE]


def printed_set(job: Job) -> SampleSet:
    """All formulas that can be drawn; what cannot, or is no valid LaTeX, is left out with the reason."""
    from hmer_suite.data.parquet import read_set, write_set

    path = cache_folder() / f"{drawing_digest(job)}.parquet"
    if path.is_file():
        return read_set(path, job.split, job.preprocessing)
    samples = _printed(job)
    if len(samples) and is_writable(path.parent):
        write_set(path, [samples], job.preprocessing)
    return samples


def _printed(job: Job) -> SampleSet:

    labelled, left_out = _labelled(job.lines)
    names, labels, files, sizes = [], [], [], []
    for start in range(0, len(labelled), FORMULAS_AT_ONCE):
        part = labelled[start : start + FORMULAS_AT_ONCE]
        drawn = job.printer.draw([label for _, label in part], job.preprocessing.symbol_height)
        for (line, label), ink in zip(part, drawn, strict=True):
            if isinstance(ink, NoDrawing):
                left_out.append(LeftOut(line.id, str(ink)))
                continue
            image = fit(ink, job.preprocessing)
            names.append(line)
            labels.append(label)
            files.append(encode_png(image))
            sizes.append(image.shape)
    return SampleSet(
        split=job.split,
        ids=tuple(line.id for line in names),
        labels=tuple(labels),
        sizes=np.array(sizes, np.int32).reshape(-1, 2),
        images=EncodedImages(files, [line.name for line in names]),
        sources=(job.source,) * len(names),
        left_out=tuple(left_out),
    )


def _labelled(lines: Iterable[Line]) -> tuple[list[tuple[Line, str]], list[LeftOut]]:
    """Lines with their canonical labels, and those that have none."""
    labelled: list[tuple[Line, str]] = []
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
