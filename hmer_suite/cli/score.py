"""``hmer-suite score``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from hmer_suite.cli.common import JSON, RULE, print_json, progress_bar
from hmer_suite.errors import UsageError

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from hmer_suite.predictions.files import Paired
    from hmer_suite.repairs.rules import Rule
    from hmer_suite.scores.results import Scores


def score(
    predictions: Path = typer.Argument(..., metavar="PREDS", help="Prediction file, folder or zip archive."),
    refs: Path = typer.Option(
        None, "--refs", help="Reference file; by default those inside or beside PREDS."
    ),
    format: str = typer.Option(None, "--format", help="Layout of PREDS, if its content does not tell."),
    semantics: bool = typer.Option(
        True,
        "--semantics/--no-semantics",
        help="Also decide which predictions mean the same as their references.",
    ),
    repair: bool = typer.Option(
        True, "--repair/--no-repair", help="Also score the predictions after repair."
    ),
    rule: list[str] = RULE,
    metric: list[str] = typer.Option(
        [], "--metric", metavar="NAME", help="Also compute this metric of a plugin. May be repeated."
    ),
    workers: int = typer.Option(
        None, "--workers", help="Processes; by default one per core for large files."
    ),
    backend: str = typer.Option("local", "--backend", metavar="local|dask", help="Where the work runs."),
    scheduler: str = typer.Option(None, "--scheduler", metavar="ADDR", help="Address of the Dask scheduler."),
    report: Path = typer.Option(None, "--report", metavar="DIR", help="Write an HTML report to this folder."),
    fail_under: list[str] = typer.Option(
        [], "--fail-under", metavar="METRIC=VALUE", help="Exit code 1 below it, such as canonical.exprate=40."
    ),
    as_json: bool = JSON,
) -> None:
    """Score a prediction file: token, canonical, repaired, layout-tree and meaning rates, with intervals.

    Meaning is decided on this machine, with --backend dask too; a pair that takes more than a second of CPU time is
    UNDECIDED. Without references it reports validity and repairability.

    Examples:

      hmer-suite score preds.tsv --refs captions.txt

      hmer-suite score preds.json --json > scores.json

      hmer-suite score preds.zip --refs captions.txt --report out/ --fail-under exprate=40
    """
    limits = [_limit(text) for text in fail_under]
    extras = _extras(rule, metric)
    paired = _paired(predictions, refs, format)
    if paired is None:
        if metric:
            raise UsageError(f"--metric {metric[0]}: {predictions} has no references inside or beside it")
        return _report_validity(predictions, format, as_json, extras.get("rules", []))
    scores = _scores(paired, repair, extras, _executor(backend, scheduler, workers, len(paired.ids)))
    if semantics:
        scores = _judged(scores, workers)
    if report is not None:
        from hmer_suite.report.html import write_score_report

        write_score_report(scores, report, title=predictions.name)
    if as_json:
        print_json(scores.to_json())
    else:
        from hmer_suite.report.tables import score_text

        typer.echo(score_text(scores))
    below = [text for text in limits if _value(scores, text[0]) < text[1]]
    for metric, value in below:
        typer.echo(f"{metric} {_value(scores, metric):.2f} is below {value}", err=True)
    if below:
        raise typer.Exit(1)


def _paired(predictions: Path, refs: Path | None, format: str | None) -> Paired | None:
    """Predictions with their references, or None where there are no references anywhere."""
    from hmer_suite.predictions.files import (
        find_references_beside,
        pair,
        read_predictions,
        read_references,
    )

    known = None if refs is None else read_references(refs)
    read = read_predictions(predictions, format, known)
    if known is None and read.references is None:
        beside = find_references_beside(predictions)
        if beside is None:
            return None
        known = read_references(beside)
        typer.echo(f"references: {beside}", err=True)
    return pair(read, known)


def _executor(backend: str, scheduler: str | None, workers: int | None, n: int) -> Executor | None:
    from hmer_suite.scores.executors import dask_pool, default_workers, local_pool

    if workers is not None and workers < 1:
        raise UsageError(f"--workers {workers}: at least one worker is needed")
    if backend == "dask":
        if scheduler is None:
            raise UsageError("--backend dask needs --scheduler ADDR")
        return dask_pool(scheduler)
    if backend != "local":
        raise UsageError(f"--backend {backend}: expected local or dask")
    return local_pool(default_workers(n) if workers is None else workers)


def _extras(rules: list[str], metrics: list[str]) -> dict[str, list]:
    """Rules and metrics of plugins, as `scoring.score` takes them."""
    if not rules and not metrics:
        return {}
    from hmer_suite import registry

    return {"rules": [*map(registry.rule, rules)], "metrics": [*map(registry.metric, metrics)]}


def _scores(paired: Paired, repair: bool, extras: dict[str, list], executor: Executor | None) -> Scores:
    from hmer_suite.scores.score import score as count

    how = {"repair": repair, "semantics": False, "executor": executor, **extras}
    try:
        return count(paired.predictions, paired.references, ids=paired.ids, **how)
    finally:
        if executor is not None:
            executor.shutdown()


def _judged(scores: Scores, workers: int | None) -> Scores:
    from hmer_suite.equiv.sandbox.judge import shared
    from hmer_suite.scores.judging import judged

    with shared(workers) as judge, progress_bar("meaning", scores.n) as advance:
        return judged(scores, judge, advance)


def _report_validity(predictions: Path, format: str | None, as_json: bool, rules: list[Rule]) -> None:
    from hmer_suite.predictions.files import read_predictions
    from hmer_suite.report.tables import validity_text
    from hmer_suite.scores.validity import validity

    found = validity(read_predictions(predictions, format).predictions, rules)
    typer.echo("no references inside or beside the file: validity and repairability only", err=True)
    if as_json:
        print_json(found)
    else:
        typer.echo(validity_text(found))


def _limit(text: str) -> tuple[str, float]:
    metric, _, value = text.partition("=")
    try:
        return metric, float(value)
    except ValueError:
        raise UsageError(f"--fail-under {text}: expected METRIC=VALUE, such as exprate=40") from None


def _value(scores: Scores, metric: str) -> float:
    """Value of ``exprate`` (raw), ``canonical.exprate``, ``structure.exprate`` and so on."""
    if metric in scores.metrics:
        return scores.metrics[metric]
    block, _, name = metric.rpartition(".")
    rates = getattr(scores, block or "raw", None)
    value = rates.to_json().get(name) if hasattr(rates, "to_json") else None
    if not isinstance(value, int | float):
        raise UsageError(
            f"--fail-under {metric}: no such metric; try exprate, canonical.exprate or repaired.wer"
        )
    return value
