"""``hmer-suite equal``."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from hmer_suite.cli.common import ANSWERS, JSON, print_json
from hmer_suite.errors import InputError, UsageError
from hmer_suite.terminal import note, progress_bar

if TYPE_CHECKING:
    from hmer_suite.equiv.sandbox.judge import Judge
    from hmer_suite.equiv.verdict import Answer, Verdict
    from hmer_suite.predictions.pairs import PairLine

_COLOURS = {"EQUAL": "green", "DIFFERENT": "red", "UNDECIDED": "yellow"}

FIRST = typer.Argument(None, metavar="A", help="A formula.")
SECOND = typer.Argument(None, metavar="B", help="Another formula.")
PAIRS = typer.Option(
    None,
    "--pairs",
    metavar="FILE|-",
    help="File of pairs, one a line: two formulas separated by a tab, or a JSON object with an id and two formulas; "
    "- for stdin.",
)
WORKERS = typer.Option(None, "--workers", help="Number of worker processes; by default one per core.")
SECONDS = typer.Option(1.0, "--seconds", help="CPU time limit per pair, in seconds.")

IN_FLIGHT = 256
"""Lines that are read ahead of the verdict that is printed."""


def run(
    a: str | None = FIRST,
    b: str | None = SECOND,
    pairs: str | None = PAIRS,
    answers: list[str] = ANSWERS,
    as_json: bool = JSON,
    workers: int | None = WORKERS,
    seconds: float = SECONDS,
) -> None:
    """Decide whether two formulas mean the same: EQUAL, DIFFERENT or UNDECIDED, with the method and a witness.

    EQUAL is proved and DIFFERENT is certain; everything else is UNDECIDED, with the reason. With --pairs the output
    has one verdict per line, in order, as soon as it is there, with the id of the pair if it has one; blank lines are
    skipped. With --answers the two may be texts with answers in them. Put -- before a formula that begins with a minus
    sign.

    Exit code 0 if every pair is EQUAL, 1 if any is DIFFERENT or UNDECIDED, 3 if a line is no pair.

    Examples:

      hmer-suite equal '\\frac{x}{2}' '\\frac12 x'

      hmer-suite equal -- '-(a-b)' 'b-a'

      hmer-suite equal --pairs pairs.jsonl --json > verdicts.jsonl

      hmer-suite equal --answers boxed,units 'So it is \\boxed{5\\text{ cm}}.' 5
    """
    from hmer_suite.equiv.answers.switches import parse_answers
    from hmer_suite.equiv.sandbox.judge import Judge

    options = parse_answers(answers).options()
    try:
        judge = Judge(workers, seconds=seconds)
    except ValueError as error:
        raise UsageError(f"--{error}") from None
    with judge:
        if pairs is None:
            words = Counter([_one(judge, a, b, options, as_json)])
        elif a is not None:
            raise UsageError(f"equal: either two formulas or --pairs, not both: {a}")
        else:
            words = _file(judge, pairs, options, as_json)
    if words.total() > words["EQUAL"]:
        raise typer.Exit(1)


def _one(judge: Judge, a: str | None, b: str | None, options: Mapping[str, str], as_json: bool) -> str:
    if a is None or b is None:
        raise UsageError("equal needs two formulas, or --pairs FILE")
    (verdict,) = judge.judge([(a, b)], options=options)
    if as_json:
        print_json(verdict.to_json())
    else:
        typer.echo(_sentence(verdict))
    return verdict.verdict


def _file(judge: Judge, source: str, options: Mapping[str, str], as_json: bool) -> Counter[str]:
    """Print the verdicts on a file of pairs; how many there were of each word."""
    words: Counter[str] = Counter()
    blank: list[int] = []
    errors: list[str] = []
    with _lines(source) as (lines, total), progress_bar("comparing", total) as bar:
        for line, verdict in _decided(judge, lines, options):
            bar.advance()
            if line.blank:
                blank.append(line.line)
            elif verdict is None:
                errors.append(str(line.error))
                if as_json:
                    print_json({**line.names(), "line": line.line, "error": line.error})
            else:
                words[verdict.verdict] += 1
                _print(source, line, verdict, as_json)
    if blank:
        note(f"{source}: blank lines skipped: {len(blank)}, the first is line {blank[0]}")
    if not as_json:
        counts = ", ".join(f"{words[word]:,} {word}" for word in _COLOURS)
        typer.echo(f"{counts} of {words.total():,} pairs")
    if errors:
        more = f" (and {len(errors) - 1} more lines)" if len(errors) > 1 else ""
        raise InputError(errors[0] + more)
    return words


@contextmanager
def _lines(source: str) -> Iterator[tuple[Iterator[PairLine], int]]:
    """The pairs of a file as they come, and the number of its lines; 0 if that is not known before it ends."""
    from hmer_suite.files import opened
    from hmer_suite.predictions.pairs import read_pairs

    if source == "-":
        yield read_pairs(sys.stdin.buffer, "standard input"), 0
        return
    with opened(source) as file:
        total = 0
        if file.seekable():
            total = sum(1 for _ in file)
            file.seek(0)
        yield read_pairs(file, source), total


def _decided(
    judge: Judge, lines: Iterator[PairLine], options: Mapping[str, str]
) -> Iterator[tuple[PairLine, Verdict | None]]:
    """Lines with their verdicts, None where there is no pair; a thread reads ahead, so that none waits for the next."""
    from queue import Queue
    from threading import Thread

    from hmer_suite.equiv.sandbox.tasks import Task

    coming: Queue[tuple[PairLine, Task | None] | Exception | None] = Queue(IN_FLIGHT)

    def read() -> None:
        try:
            for line in lines:
                empty = line.blank or line.error is not None
                coming.put((line, None if empty else judge.submit(line.first, line.second, options=options)))
            coming.put(None)
        except Exception as error:  # raised again where the lines are waited for
            coming.put(error)

    Thread(target=read, daemon=True).start()
    while (item := coming.get()) is not None:
        if isinstance(item, Exception):
            raise item
        line, task = item
        yield line, None if task is None else judge.result(task)
        if coming.empty():
            sys.stdout.flush()  # for a reader that waits for this verdict before it asks on


def _print(source: str, line: PairLine, verdict: Verdict, as_json: bool) -> None:
    if as_json:
        print_json({**line.names(), **verdict.to_json()})
    else:
        named = f"{line.id}: " if line.has_id else ""
        typer.echo(f"{source}:{line.line}: {named}{_sentence(verdict)}")


def _sentence(verdict: Verdict) -> str:
    from hmer_suite.report.tables import verdict_text

    word, rest = verdict.verdict, verdict_text(verdict).removeprefix(verdict.verdict)
    said = typer.style(word, fg=_COLOURS[word], bold=True) + rest
    if verdict.answers is None:
        return said
    compared = f"{_taken(verdict.answers.first)} and {_taken(verdict.answers.second)}"
    forgave = f", forgiving {', '.join(verdict.answers.forgave)}" if verdict.answers.forgave else ""
    return f"{said} [{compared}{forgave}]"


def _taken(answers: tuple[Answer, ...]) -> str:
    """What was taken as an answer, and by which switch."""
    found = [f"{answer.text} ({'+'.join(answer.by) or 'whole'})" for answer in answers]
    return " or ".join(found) or "no answer"
