"""``hmer-suite score``."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from hmer_suite.cli.common import ANSWERS, COLUMNS, JSON, REPORT, RULE, judge_meaning
from hmer_suite.cli.pictures import ATTENTION, IMAGES, attention_of, pictures_of
from hmer_suite.cli.tables import EXTRACT, FORMAT, LAYOUT, TABLE, Input, Output, input_and_output
from hmer_suite.cli.warnings import warn_of, warn_of_renamed
from hmer_suite.errors import UsageError
from hmer_suite.extras import has_posix
from hmer_suite.terminal import note

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Executor
    from contextlib import AbstractContextManager

    from hmer_suite.equiv.answers.switches import Answers
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
BACKEND = typer.Option(
    "local", "--backend", metavar="local|dask", help="Where samples are counted and meaning is decided."
)
SCHEDULER = typer.Option(
    None, "--scheduler", metavar="ADDR", help="Address of the Dask scheduler, for --backend dask."
)
FAIL_UNDER = typer.Option(
    [],
    "--fail-under",
    metavar="METRIC=VALUE",
    help="Exit with code 1 if METRIC is below VALUE: exprate=40 (canonical, as it is quoted), raw.exprate=40. "
    "May be repeated.",
)


SAMPLES = typer.Option(
    None,
    "--samples",
    metavar="FILE",
    help="Write a row for each sample (.jsonl, .csv or .parquet): both spellings, edits, problems, verdict, tags.",
)
LABEL_GRAPHS = typer.Option(
    None,
    "--lg",
    metavar="DIR",
    help="Write CROHME's label graphs of predictions and references to this folder.",
)


def run(
    predictions: Path = PREDICTIONS,
    refs: Path | None = REFS,
    layout: str | None = LAYOUT,
    columns: str | None = COLUMNS,
    extract: bool = EXTRACT,
    semantics: bool = SEMANTICS,
    answers: list[str] = ANSWERS,
    repair: bool = REPAIR,
    rule: list[str] = RULE,
    metric: list[str] = METRIC,
    workers: int | None = WORKERS,
    backend: str = BACKEND,
    scheduler: str | None = SCHEDULER,
    report: Path | None = REPORT,
    images: str | None = IMAGES,
    attention: Path | None = ATTENTION,
    samples: Path | None = SAMPLES,
    label_graphs: Path | None = LABEL_GRAPHS,
    fail_under: list[str] = FAIL_UNDER,
    format: list[str] = FORMAT,
    table: str | None = TABLE,
    as_json: bool = JSON,
) -> None:
    """Score a prediction file: token, canonical, repaired, layout-tree and meaning rates, with intervals.

    A pair whose meaning takes more than a second of CPU time to decide is UNDECIDED. Neither --workers nor --backend
    changes a result. Without references only validity and repairability are reported.

    Examples:

      hmer-suite score preds.tsv --refs captions.txt

      hmer-suite score preds.json --samples samples.jsonl --format latex

      \b
    hmer-suite score preds.zip --refs captions.txt --report out/ --fail-under exprate=40
    """
    from hmer_suite.predictions.files import Paired

    limits = [_limit(text) for text in fail_under]
    given, output = input_and_output(layout, columns, extract, format, table, as_json)
    files = _Files(report, samples, label_graphs, images, attention).checked()
    rules = _rules(rule)
    paired = _paired(predictions, refs, given)
    if not isinstance(paired, Paired):
        _check_without_references(metric, samples, predictions)
        files.write_graphs(paired.ids, paired.predictions)
        return _report_validity(paired, output, rules)
    switches = _switches(answers, semantics)
    with _executor(backend, scheduler, workers, len(paired.ids)) as executor:
        scores = _count(paired, repair, rules, metric, executor)
        if extract:
            scores = _extracted(scores)
        if semantics and _can_judge():
            cluster = executor if backend == "dask" else None
            scores = judge_meaning(scores, "meaning", workers, cluster=cluster, answers=switches)
    files.write(scores, paired, predictions.name)
    output.print(scores.tables(extra=output.extra), scores.to_json)
    _check(scores, limits)


def _check_without_references(metric: list[str], samples: Path | None, predictions: Path) -> None:
    """Raise if an option needs the references that there are not."""
    if metric or samples:
        option = f"--metric {metric[0]}" if metric else f"--samples {samples}"
        raise UsageError(f"{option}: {predictions} has no references inside or beside it")


def _extracted(scores: Scores) -> Scores:
    """The scores with the rules of extraction in their signature."""
    from dataclasses import replace

    from hmer_suite.predictions.extraction import VERSION

    return replace(scores, extraction=VERSION)


def _paired(predictions: Path, refs: Path | None, given: Input) -> Paired | PredictionFile:
    """Predictions with their references, or alone if there are no references."""
    from hmer_suite.predictions.files import (
        find_references_beside,
        pair,
        read_predictions,
        read_references,
    )

    if str(predictions) == "-" == str(refs):
        raise UsageError("standard input (-) can be read only once")
    known = None if refs is None else read_references(refs, columns=given.columns.of_references())
    read = read_predictions(predictions, given.layout, known, given.columns)
    if known is None and read.references is None and (beside := find_references_beside(predictions)):
        known = read_references(beside)
        note(f"references: {beside}")
        if read.numbered and not known.numbered:
            # With ids to go by, lines that seemed plain may have them.
            read = read_predictions(predictions, given.layout, known, given.columns)
    if given.extract:
        from hmer_suite.predictions.extraction import extract_predictions, extract_references

        read, known = extract_predictions(read), None if known is None else extract_references(known)
    warn_of(read, *([] if known is None else [known]))
    if known is None and read.references is None:
        return read
    paired = pair(read, known)
    warn_of_renamed(read, paired)
    return paired


@dataclass(frozen=True, slots=True)
class _Files:
    """Files to write beside what is printed: an HTML report, rows of samples, label graphs."""

    report: Path | None
    samples: Path | None
    label_graphs: Path | None
    images: str | None = None
    attention: Path | None = None

    def checked(self) -> _Files:
        """These files; raises before anything is read if what is asked for cannot be written."""
        for option, value in (("--images", self.images), ("--attention", self.attention)):
            if value is not None and self.report is None:
                raise UsageError(f"{option} {value}: only --report shows pictures")
        if self.samples is not None:
            from hmer_suite.report.sample_files import check_samples_file

            check_samples_file(self.samples)
        return self

    def write(self, scores: Scores, paired: Paired, title: str) -> None:
        if self.report is not None:
            from hmer_suite.report.html import write_score_report
            from hmer_suite.report.sample_data import Known

            pictures = {} if self.images is None else pictures_of(self.images, paired.ids)
            attention = {} if self.attention is None else attention_of(self.attention, paired.ids)
            known = Known(pictures, paired.known_confidences, attention)
            note(f"report: {write_score_report(scores, self.report, title=title, known=known)}")
        if self.samples is not None:
            from hmer_suite.report.sample_files import write_samples

            write_samples(self.samples, scores, paired.confidences)
        self.write_graphs(paired.ids, paired.predictions, paired.references)

    def write_graphs(
        self, ids: Sequence[str], predictions: Sequence[str | None], references: Sequence[str] | None = None
    ) -> None:
        if self.label_graphs is not None:
            from hmer_suite.scores.label_graphs import write_label_graphs

            write_label_graphs(self.label_graphs, ids, predictions, references)


def _executor(
    backend: str, scheduler: str | None, workers: int | None, n: int
) -> AbstractContextManager[Executor | None]:
    from hmer_suite.scores.executors import dask_pool, default_workers, local_pool

    if workers is not None and workers < 1:
        raise UsageError(f"--workers {workers}: at least one worker is needed")
    if backend == "dask":
        if scheduler is None:
            raise UsageError("--backend dask needs --scheduler ADDR")
        return dask_pool(scheduler)
    if backend != "local":
        raise UsageError(f"--backend {backend}: expected local or dask")
    return local_pool(default_workers(n) if workers is None else workers) or contextlib.nullcontext()


def _switches(names: list[str], semantics: bool) -> Answers:
    from hmer_suite.equiv.answers.switches import parse_answers

    if names and not semantics:
        raise UsageError(f"--answers {names[0]}: needs --semantics")
    return parse_answers(names)


def _can_judge() -> bool:
    """Whether this system can judge meaning; a note says so if it cannot."""
    if has_posix():
        return True
    note("--no-semantics is taken: verdicts on meaning need a POSIX system (Linux, macOS, WSL)")
    return False


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


def _report_validity(read: PredictionFile, output: Output, rules: list[Rule]) -> None:
    from hmer_suite.report.tables import validity_tables, validity_text
    from hmer_suite.scores.validity import validity

    found = validity(read.predictions, rules)
    note("no references inside or beside the file: validity and repairability only")
    parts = (validity_text(found),) if output.format == "text" else validity_tables(found)
    output.print(parts, lambda: found)


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
