"""``hmer-suite score``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from hmer_suite.cli.common import COLUMNS, FORMAT, JSON, REPORT, RULE, judge_meaning, print_json
from hmer_suite.cli.warnings import warn_of, warn_of_renamed
from hmer_suite.errors import PairingError, UsageError

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from hmer_suite.predictions.files import Paired, PredictionFile
    from hmer_suite.repairs.rules import Rule
    from hmer_suite.scores.results import Scores

PREDICTIONS = typer.Argument(..., metavar="PREDS", help="Prediction file, folder or zip archive.")
REFS = typer.Option(
    None, "--refs", metavar="FILE", help="Reference file; by default the references inside or beside PREDS."
)
SEMANTICS = typer.Option(
    True,
    "--semantics/--no-semantics",
    help="Also decide which predictions mean the same as their references.",
)
REPAIR = typer.Option(True, "--repair/--no-repair", help="Also score the predictions after repair.")
METRIC = typer.Option(
    [], "--metric", metavar="NAME", help="Also compute this metric, ours or a plugin's. May be repeated."
)
WORKERS = typer.Option(
    None,
    "--workers",
    help="Number of worker processes; by default one per 2,000 samples, at most one per core.",
)
BACKEND = typer.Option("local", "--backend", metavar="local|dask", help="Where samples are counted.")
SCHEDULER = typer.Option(
    None, "--scheduler", metavar="ADDR", help="Address of the Dask scheduler, for --backend dask."
)
IMAGES = typer.Option(
    None,
    "--images",
    metavar="SET",
    help="With --report: show the pictures or ink that were read beside their samples; a data set or a folder, as "
    "predict takes it.",
)
FAIL_UNDER = typer.Option(
    [],
    "--fail-under",
    metavar="METRIC=VALUE",
    help="Exit with code 1 if METRIC is below VALUE: exprate=40 (canonical, as it is quoted), raw.exprate=40. "
    "May be repeated.",
)


def run(
    predictions: Path = PREDICTIONS,
    refs: Path | None = REFS,
    format: str | None = FORMAT,
    columns: str | None = COLUMNS,
    semantics: bool = SEMANTICS,
    repair: bool = REPAIR,
    rule: list[str] = RULE,
    metric: list[str] = METRIC,
    workers: int | None = WORKERS,
    backend: str = BACKEND,
    scheduler: str | None = SCHEDULER,
    report: Path | None = REPORT,
    images: str | None = IMAGES,
    fail_under: list[str] = FAIL_UNDER,
    as_json: bool = JSON,
) -> None:
    """Score a prediction file: token, canonical, repaired, layout-tree and meaning rates, with intervals.

    Meaning is always decided on this machine, even with --backend dask; a pair that takes more than a second of CPU
    time is UNDECIDED. Without references only validity and repairability are reported.

    Examples:

      hmer-suite score preds.tsv --refs captions.txt

      hmer-suite score preds.json --json > scores.json

      \b
    hmer-suite score preds.zip --refs captions.txt --report out/ --fail-under exprate=40
    """
    if images is not None and report is None:
        raise UsageError(f"--images {images}: only --report shows pictures")
    limits = [_limit(text) for text in fail_under]
    rules = _rules(rule)
    read, paired = _paired(predictions, refs, format, columns)
    if paired is None:
        if metric:
            raise UsageError(f"--metric {metric[0]}: {predictions} has no references inside or beside it")
        return _report_validity(read, as_json, rules)
    executor = _executor(backend, scheduler, workers, len(paired.ids))
    scores = _count(paired, repair, rules, metric, executor)
    if semantics:
        scores = judge_meaning(scores, "meaning", workers)
    if report is not None:
        _write_report(scores, predictions, report, images)
    _print(scores, as_json)
    _check(scores, limits)


def _paired(
    predictions: Path, refs: Path | None, format: str | None, columns: str | None
) -> tuple[PredictionFile, Paired | None]:
    """Predictions, and these with their references, or None if there are no references."""
    from hmer_suite.predictions.files import (
        find_references_beside,
        pair,
        read_predictions,
        read_references,
    )
    from hmer_suite.predictions.names import NO_COLUMNS, parse_columns

    if str(predictions) == "-" == str(refs):
        raise UsageError("standard input (-) can be read only once")
    chosen = NO_COLUMNS if columns is None else parse_columns(columns)
    known = None if refs is None else read_references(refs, columns=chosen.of_references())
    read = read_predictions(predictions, format, known, chosen)
    if known is None and read.references is None and (beside := find_references_beside(predictions)):
        known = read_references(beside)
        typer.echo(f"references: {beside}", err=True)
        if read.numbered and not known.numbered:
            # With ids to go by, lines that seemed plain may have them.
            read = read_predictions(predictions, format, known, chosen)
    warn_of(read, *([] if known is None else [known]))
    if known is None and read.references is None:
        return read, None
    paired = pair(read, known)
    warn_of_renamed(read, paired)
    return read, paired


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


def _rules(names: list[str]) -> list[Rule]:
    if not names:
        return []
    from hmer_suite.registry import rule

    return [rule(name) for name in names]


def _count(
    paired: Paired, repair: bool, rules: list[Rule], metrics: list[str], executor: Executor | None
) -> Scores:
    from hmer_suite.registry import metric
    from hmer_suite.scores.score import score

    try:
        return score(
            paired.predictions,
            paired.references,
            ids=paired.ids,
            repair=repair,
            semantics=False,
            executor=executor,
            rules=rules,
            metrics=[metric(name) for name in metrics],
        )
    finally:
        if executor is not None:
            executor.shutdown()


def _write_report(scores: Scores, predictions: Path, report: Path, images: str | None) -> None:
    from hmer_suite.predictions.confidences import read_confidences
    from hmer_suite.report.html import Known, write_score_report

    pictures = {} if images is None else _pictures(images, [sample.id for sample in scores.samples])
    known = Known(pictures, read_confidences(predictions))
    write_score_report(scores, report, title=predictions.name, known=known)


def _pictures(images: str, ids: list[str]) -> dict[str, str]:
    """Pictures of the samples *ids*; a message says of how many there is none."""
    from hmer_suite.predict.inputs import read_inputs
    from hmer_suite.predictions.ids import bare
    from hmer_suite.registry import data_source
    from hmer_suite.report.pictures import picture_uris
    from hmer_suite.specs.recogniser import Preprocessing

    read = picture_uris(read_inputs([images], Preprocessing(), data_source))
    by_name = {bare(name): picture for name, picture in read.items()} | read
    found = {name: by_name.get(name, by_name.get(bare(name), "")) for name in ids}
    lacking = [name for name in ids if not found[name]]
    if len(lacking) == len(ids):
        raise PairingError(f"--images {images}: no sample of the predictions is in it, such as {ids[0]}")
    if lacking:
        typer.echo(f"{images}: no picture of {len(lacking):,} samples, such as {lacking[0]}", err=True)
    return {name: picture for name, picture in found.items() if picture}


def _print(scores: Scores, as_json: bool) -> None:
    if as_json:
        print_json(scores.to_json())
    else:
        from hmer_suite.report.tables import score_text

        typer.echo(score_text(scores))


def _report_validity(read: PredictionFile, as_json: bool, rules: list[Rule]) -> None:
    from hmer_suite.report.tables import validity_text
    from hmer_suite.scores.validity import validity

    found = validity(read.predictions, rules)
    typer.echo("no references inside or beside the file: validity and repairability only", err=True)
    if as_json:
        print_json(found)
    else:
        typer.echo(validity_text(found))


def _limit(text: str) -> tuple[str, float]:
    """Name and least value of a metric from the text of ``--fail-under``."""
    name, _, value = text.partition("=")
    try:
        return name, float(value)
    except ValueError:
        raise UsageError(f"--fail-under {text}: expected METRIC=VALUE, such as exprate=40") from None


def _check(scores: Scores, limits: list[tuple[str, float]]) -> None:
    """Exit with code 1 if a metric is below its limit."""
    below = [(name, limit) for name, limit in limits if _value(scores, name) < limit]
    for name, limit in below:
        typer.echo(f"{name} {_value(scores, name):.2f} is below {limit}", err=True)
    if below:
        raise typer.Exit(1)


def _value(scores: Scores, name: str) -> float:
    """Value of ``exprate`` (canonical, as it is quoted), ``raw.exprate``, ``structure.exprate`` and so on."""
    if name in scores.metrics:
        return scores.metrics[name]
    block, _, rate = name.rpartition(".")
    rates = getattr(scores, block or "canonical", None)
    value = rates.to_json().get(rate) if rates is not None and hasattr(rates, "to_json") else None
    if not isinstance(value, int | float):
        raise UsageError(f"--fail-under {name}: no such metric; try exprate, raw.exprate or repaired.wer")
    return value
