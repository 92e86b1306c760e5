"""``hmer-suite equal``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from hmer_suite.cli.common import JSON, formulas, numbered, print_json
from hmer_suite.errors import InputError, UsageError
from hmer_suite.terminal import progress_bar

if TYPE_CHECKING:
    from hmer_suite.equiv.verdict import Verdict

_COLOURS = {"EQUAL": "green", "DIFFERENT": "red", "UNDECIDED": "yellow"}

FIRST = typer.Argument(None, metavar="A", help="A formula.")
SECOND = typer.Argument(None, metavar="B", help="Another formula.")
PAIRS = typer.Option(
    None,
    "--pairs",
    metavar="FILE|-",
    help="File with two formulas per line, separated by a tab; - for stdin.",
)
WORKERS = typer.Option(None, "--workers", help="Number of worker processes; by default one per core.")
SECONDS = typer.Option(1.0, "--seconds", help="CPU time limit per pair, in seconds.")


def run(
    a: str | None = FIRST,
    b: str | None = SECOND,
    pairs: str | None = PAIRS,
    as_json: bool = JSON,
    workers: int | None = WORKERS,
    seconds: float = SECONDS,
) -> None:
    """Decide whether two formulas mean the same: EQUAL, DIFFERENT or UNDECIDED, with the method and a witness.

    EQUAL is proved and DIFFERENT is certain; everything else is UNDECIDED, with the reason. With --pairs the output
    has one verdict per line. Put -- before a formula that begins with a minus sign.

    Exit code 0 if every pair is EQUAL, 1 if any is DIFFERENT or UNDECIDED.

    Examples:

      hmer-suite equal '\\frac{x}{2}' '\\frac12 x'

      hmer-suite equal -- '-(a-b)' 'b-a'

      hmer-suite equal --pairs pairs.tsv --json > verdicts.jsonl
    """
    from hmer_suite.equiv.sandbox.judge import Judge

    asked = _asked(a, b, pairs)
    try:
        judge = Judge(workers, seconds=seconds)
    except ValueError as error:
        raise UsageError(f"--{error}") from None
    verdicts: list[Verdict] = []
    with judge, progress_bar("comparing", len(asked)) as bar:
        for number, verdict in enumerate(judge.judge(asked), start=1):
            verdicts.append(verdict)
            if as_json:
                print_json(verdict.to_json())
            else:
                typer.echo(f"{pairs}:{number}: {_sentence(verdict)}" if pairs else _sentence(verdict))
            bar.advance()
    if pairs and not as_json:
        typer.echo(_summary(verdicts))
    if any(verdict.verdict != "EQUAL" for verdict in verdicts):
        raise typer.Exit(1)


def _asked(a: str | None, b: str | None, pairs: str | None) -> list[tuple[str, str]]:
    if pairs is not None:
        if a is not None:
            raise UsageError(f"equal: either two formulas or --pairs, not both: {a}")
        return [_split(text, pairs, number) for number, text in numbered(formulas(pairs))]
    if a is None or b is None:
        raise UsageError("equal needs two formulas, or --pairs FILE")
    return [(a, b)]


def _split(text: str, source: str, number: int) -> tuple[str, str]:
    columns = text.split("\t")
    if len(columns) != 2:
        name = "standard input" if source == "-" else source
        raise InputError(
            f"{name}:{number}: expected two formulas separated by one tab, found {len(columns) - 1} tabs"
        )
    return columns[0], columns[1]


def _sentence(verdict: Verdict) -> str:
    from hmer_suite.report.tables import verdict_text

    word, rest = verdict.verdict, verdict_text(verdict).removeprefix(verdict.verdict)
    return typer.style(word, fg=_COLOURS[word], bold=True) + rest


def _summary(verdicts: list[Verdict]) -> str:
    words = [verdict.verdict for verdict in verdicts]
    counts = ", ".join(f"{words.count(word):,} {word}" for word in _COLOURS)
    return f"{counts} of {len(words):,} pairs"
