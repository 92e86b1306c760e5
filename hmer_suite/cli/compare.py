"""``hmer-suite compare``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from hmer_suite.cli.common import JSON, REPORT, judge_meaning, print_json
from hmer_suite.cli.warnings import warn_of, warn_of_renamed
from hmer_suite.errors import PairingError, UsageError

if TYPE_CHECKING:
    from hmer_suite.predictions.files import Paired

FILES = typer.Argument(
    ...,
    metavar="REFS_OR_FIRST A B [C ...]",
    help="A reference file, or a prediction file with references, then prediction files.",
)
RAW = typer.Option(False, "--raw", help="Compare tokens as given instead of in canonical spelling.")
SEMANTICS = typer.Option(
    False,
    "--semantics/--no-semantics",
    help="Also decide which predictions mean the same as their references.",
)


def run(
    files: list[Path] = FILES,
    raw: bool = RAW,
    semantics: bool = SEMANTICS,
    as_json: bool = JSON,
    report: Path | None = REPORT,
) -> None:
    """Compare systems on one test set: rates, paired bootstrap and permutation tests, wins and losses.

    All systems are scored against one set of references: those of the first file.

    Example:

      hmer-suite compare captions.txt wap.txt ours.tsv
    """
    from hmer_suite.scores.comparison import compare
    from hmer_suite.scores.score import score

    systems = _systems(files)
    spelling = "raw" if raw else "canonical"
    scored = {
        name: score(paired.predictions, paired.references, ids=paired.ids, repair=False, semantics=False)
        for name, paired in systems.items()
    }
    if semantics:
        scored = {name: judge_meaning(scores, f"meaning of {name}") for name, scores in scored.items()}
    ids = next(iter(systems.values())).ids
    comparison = compare(ids, {name: scores.counts(spelling) for name, scores in scored.items()})
    if report is not None:
        from hmer_suite.report.html import write_compare_report

        write_compare_report(comparison, scored, report, spelling=spelling)
    meanings = {name: scores.semantics for name, scores in scored.items() if scores.semantics is not None}
    if as_json:
        more = {"semantics": {name: found.to_json() for name, found in meanings.items()}} if meanings else {}
        print_json({"labels": str(files[0]), "spelling": spelling, **comparison.to_json(), **more})
        return
    from hmer_suite.report.tables import comparison_text, meanings_text

    typer.echo(f"labels: {files[0]}, {spelling} spelling")
    typer.echo(comparison_text(comparison))
    if meanings:
        typer.echo("\n" + meanings_text(meanings))


def _systems(files: list[Path]) -> dict[str, Paired]:
    """Paired samples of every system, keyed by its name, all against the references of the first file."""
    from hmer_suite.predictions.files import pair, read_predictions, read_references

    references = read_references(files[0])
    systems = files if references.beside_predictions else files[1:]
    if len(systems) < 2:
        raise UsageError("compare needs at least two systems on one set of references")
    if list(map(str, files)).count("-") > 1 or (str(files[0]) == "-" and references.beside_predictions):
        raise UsageError("standard input (-) can be read only once")
    warn_of(references)
    paired = {}
    for name, path in zip(_names(systems), systems, strict=True):
        read = read_predictions(path, references=references)
        paired[name] = pair(read, references)
        warn_of(read)
        warn_of_renamed(read, paired[name])
    return paired


def _names(paths: list[Path]) -> list[str]:
    """File names, or whole paths if two files have the same name."""
    names = [path.name for path in paths]
    if len(set(names)) == len(names):
        return names
    if len(set(paths)) < len(paths):
        raise PairingError(f"the same file is given twice: {', '.join(map(str, paths))}")
    return [str(path) for path in paths]
