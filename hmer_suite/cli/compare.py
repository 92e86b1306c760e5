"""``hmer-suite compare``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from hmer_suite.cli.common import COLUMNS, JSON, REPORT, judge_meaning
from hmer_suite.cli.pictures import IMAGES, pictures_of
from hmer_suite.cli.tables import EXTRACT, FORMAT, LAYOUT, TABLE, Input, input_and_output
from hmer_suite.cli.warnings import warn_of, warn_of_renamed
from hmer_suite.errors import PairingError, UsageError
from hmer_suite.terminal import note

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hmer_suite.predictions.files import Paired, ReferenceFile
    from hmer_suite.report.sample_data import Known
    from hmer_suite.scores.comparison import Comparison
    from hmer_suite.scores.meaning import Semantics
    from hmer_suite.scores.results import Scores
    from hmer_suite.scores.tables import Part

FILES = typer.Argument(
    ...,
    metavar="REFS_OR_FIRST A B [C ...]",
    help="A reference file, or a prediction file with references, then prediction files, each as FILE or NAME=FILE; "
    "with --refs prediction files only.",
)
REFS = typer.Option(None, "--refs", metavar="FILE", help="Reference file of all systems.")
RAW = typer.Option(False, "--raw", help="Compare tokens as given instead of in canonical spelling.")
SEMANTICS = typer.Option(
    False,
    "--semantics/--no-semantics",
    help="Also decide which predictions mean the same as their references.",
)


def run(
    files: list[str] = FILES,
    refs: Path | None = REFS,
    layout: str | None = LAYOUT,
    columns: str | None = COLUMNS,
    extract: bool = EXTRACT,
    raw: bool = RAW,
    semantics: bool = SEMANTICS,
    format: list[str] = FORMAT,
    table: str | None = TABLE,
    as_json: bool = JSON,
    report: Path | None = REPORT,
    images: str | None = IMAGES,
) -> None:
    """Compare systems on one test set: rates, paired bootstrap and permutation tests, wins and losses.

    All systems are scored against one set of references: those of --refs, or of the first file.

    Examples:

      hmer-suite compare captions.txt wap.txt ours.tsv

      hmer-suite compare --refs captions.txt WAP=wap.txt ours=ours.tsv --format latex
    """
    from hmer_suite.scores.comparison import compare

    given, output = input_and_output(layout, columns, extract, format, table, as_json)
    if images is not None and report is None:
        raise UsageError(f"--images {images}: only --report shows pictures")
    labels, systems = _systems(files, refs, given)
    spelling = "raw" if raw else "canonical"
    scored = {name: _score(paired, extract, repair=report is not None) for name, paired in systems.items()}
    if semantics:
        scored = {name: judge_meaning(scores, f"meaning of {name}") for name, scores in scored.items()}
    ids = next(iter(systems.values())).ids
    comparison = compare(ids, {name: scores.counts(spelling) for name, scores in scored.items()})
    if report is not None:
        from hmer_suite.report.comparison_page import write_compare_report

        known = _known(systems, images)
        note(f"report: {write_compare_report(comparison, scored, report, spelling=spelling, known=known)}")
    meanings = {name: scores.semantics for name, scores in scored.items() if scores.semantics is not None}
    signatures = {str(replace(scores, repairs=False).signature) for scores in scored.values()}
    head = f"labels: {labels}, {spelling} spelling"
    more = {"semantics": {name: found.to_json() for name, found in meanings.items()}} if meanings else {}
    output.print(
        _parts(head, comparison, meanings, sorted(signatures)),
        lambda: {"labels": labels, "spelling": spelling, **comparison.to_json(), **more},
    )


def _parts(
    head: str, comparison: Comparison, meanings: Mapping[str, Semantics], signatures: Sequence[str]
) -> Iterator[Part]:
    from hmer_suite.scores.comparison_tables import comparison_tables, meanings_table

    yield head
    yield from comparison_tables(comparison)
    if meanings:
        yield meanings_table(meanings)
    yield "\n".join(signatures)


def _known(systems: Mapping[str, Paired], images: str | None) -> dict[str, Known]:
    """The confidences in the prediction files, and pictures of the samples."""
    from hmer_suite.report.sample_data import Known

    pictures = {} if images is None else pictures_of(images, next(iter(systems.values())).ids)
    return {name: Known(pictures, paired.known_confidences) for name, paired in systems.items()}


def _score(paired: Paired, extract: bool, repair: bool) -> Scores:
    from hmer_suite.predictions.extraction import VERSION
    from hmer_suite.scores.score import score

    scores = score(paired.predictions, paired.references, ids=paired.ids, repair=repair, semantics=False)
    return replace(scores, extraction=VERSION) if extract else scores


def _systems(files: list[str], refs: Path | None, given: Input) -> tuple[str, dict[str, Paired]]:
    """Name of the reference file, and the paired samples of every system, keyed by its name."""
    from hmer_suite.predictions.extraction import extract_predictions, extract_references
    from hmer_suite.predictions.files import pair, read_predictions

    references, systems = _references(files, refs, given)
    if len(systems) < 2:
        raise UsageError("compare needs at least two systems on one set of references")
    warn_of(references)
    known = extract_references(references) if given.extract else references
    paired = {}
    for name, path in _named(systems).items():
        read = read_predictions(path, given.layout, references, given.columns)
        if given.extract:
            read = extract_predictions(read)
        paired[name] = pair(read, known)
        warn_of(read)
        warn_of_renamed(read, paired[name])
    return str(references.path), paired


def _references(files: list[str], refs: Path | None, given: Input) -> tuple[ReferenceFile, list[str]]:
    """The references, and the files of systems."""
    from hmer_suite.predictions.files import read_references

    paths = [*([] if refs is None else [str(refs)]), *map(_path, files)]
    once = "standard input (-) can be read only once"
    if paths.count("-") > 1:
        raise UsageError(once)
    references = read_references(
        paths[0], columns=given.columns if refs is None else given.columns.of_references()
    )
    systems = files if refs is not None or references.beside_predictions else files[1:]
    if refs is None and systems is files and paths[0] == "-":
        raise UsageError(once)
    return references, systems


def _path(argument: str) -> str:
    """The file of FILE or NAME=FILE; a file whose name has an equals sign is itself."""
    return argument if Path(argument).exists() else argument.partition("=")[2] or argument


def _named(arguments: list[str]) -> dict[str, str]:
    """Files by name: the one given, else the file's name, or whole paths if two files have the same name."""
    paths = list(map(_path, arguments))
    given = [
        argument[: -len(path) - 1] if path != argument else None
        for argument, path in zip(arguments, paths, strict=True)
    ]
    names = [name or Path(path).name for name, path in zip(given, paths, strict=True)]
    if len(set(names)) < len(names):
        names = [name or path for name, path in zip(given, paths, strict=True)]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        if twice in given:
            raise UsageError(f"the name {twice} is given twice")
        raise PairingError(f"the same file is given twice: {', '.join(paths)}")
    return dict(zip(names, paths, strict=True))
