"""``hmer-suite compare``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from hmer_suite.cli.common import JSON, print_json, progress_bar
from hmer_suite.errors import PairingError, UsageError

if TYPE_CHECKING:
    from hmer_suite.scores.results import Scores


def compare(
    files: list[Path] = typer.Argument(
        ...,
        metavar="REFS_OR_FIRST A B [C ...]",
        help="References, or a system that holds them, then systems.",
    ),
    raw: bool = typer.Option(False, "--raw", help="Compare tokens as given instead of canonical spelling."),
    semantics: bool = typer.Option(
        False,
        "--semantics/--no-semantics",
        help="Also decide which predictions mean the same as their labels.",
    ),
    as_json: bool = JSON,
    report: Path = typer.Option(None, "--report", metavar="DIR", help="Write an HTML report to this folder."),
) -> None:
    """Compare systems on one test set: rates, paired bootstrap and permutation tests, wins and losses.

    All systems are scored against one set of labels: the first file's.

    Example:

      hmer-suite compare captions.txt wap.txt ours.tsv
    """
    from hmer_suite.scores.score import score

    systems = _systems(files)
    block = "raw" if raw else "canonical"
    scored = {
        name: score(paired.predictions, paired.references, ids=paired.ids, repair=False, semantics=False)
        for name, paired in systems.items()
    }
    if semantics:
        scored = {name: _judged(name, scores) for name, scores in scored.items()}
    from hmer_suite.scores.comparison import compare as test

    ids = next(iter(systems.values())).ids
    result = test(ids, {name: scores.counts(block) for name, scores in scored.items()})
    if report is not None:
        from hmer_suite.report.html import write_compare_report

        write_compare_report(result, scored, report, spelling=block)
    if as_json:
        meaning = {name: scores.semantics.to_json() for name, scores in scored.items() if semantics}
        more = {"semantics": meaning} if semantics else {}
        print_json({"labels": str(files[0]), "spelling": block, **result.to_json(), **more})
    else:
        from hmer_suite.report.tables import comparison_text, meanings_text

        typer.echo(f"labels: {files[0]}, {block} spelling")
        typer.echo(comparison_text(result))
        if semantics:
            typer.echo("\n" + meanings_text({name: scores.semantics for name, scores in scored.items()}))


def _judged(name: str, scores: Scores) -> Scores:
    from hmer_suite.equiv.sandbox.judge import shared
    from hmer_suite.scores.judging import judged

    with shared() as judge, progress_bar(f"meaning of {name}", scores.n) as advance:
        return judged(scores, judge, advance)


def _systems(files: list[Path]) -> dict:
    """Name and paired samples of every system, all against the labels of the first file."""
    from hmer_suite.predictions.files import pair, read_predictions, read_references

    references = read_references(files[0])
    systems = files if references.beside_predictions else files[1:]
    if len(systems) < 2:
        raise UsageError("compare needs at least two systems on one set of references")
    names = _names(systems)
    return {
        name: pair(read_predictions(path, references=references), references)
        for name, path in zip(names, systems, strict=True)
    }


def _names(paths: list[Path]) -> list[str]:
    """File names, or whole paths where two files have the same name."""
    names = [path.name for path in paths]
    if len(set(names)) == len(names):
        return names
    if len(set(paths)) < len(paths):
        raise PairingError(f"the same file twice: {', '.join(map(str, paths))}")
    return [str(path) for path in paths]
