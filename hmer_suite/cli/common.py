"""Options and functions that several commands share."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import typer

from hmer_suite.terminal import progress_bar

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from hmer_suite.equiv.answers.switches import Answers
    from hmer_suite.scores.results import Scores

JSON = typer.Option(False, "--json", help="Print JSON on stdout instead of text.")
PERMIT_UNKNOWN = typer.Option(
    False, "--permit-unknown", help="Treat commands that hmer-suite does not know as symbols."
)
RULE = typer.Option(
    [], "--rule", metavar="NAME", help="Also apply this repair rule, ours or a plugin's. May be repeated."
)
FORMAT = typer.Option(
    None,
    "--layout",
    "--format",
    metavar="NAME",
    help="Layout of the file; by default detected from its content.",
)
BATCH_SIZE = typer.Option(8, "--batch-size", min=1, help="Samples per batch.")
DEVICE = typer.Option("", "--device", help="cpu, cuda or cuda:1; default a GPU if there is one, else cpu.")
PRECISION = typer.Option(
    "fp32",
    "--precision",
    help="fp32, or bf16, which is faster on processors that support it and slightly less exact.",
)
COLUMNS = typer.Option(
    None,
    "--columns",
    metavar="id=..,pred=..,ref=..",
    help="Columns (by name, or by number from 1) or JSON keys to read; by default those with usual names.",
)
ANSWERS = typer.Option(
    [],
    "--answers",
    metavar="NAME,...",
    help="Compare the answers in two texts: boxed, prose, fences (where to look), unordered, units, "
    "tolerance=FRACTION (what to forgive). May be repeated.",
)
CHECK = typer.Option(
    False, "--check", help="Print only lines that would change; exit code 1 if there are any."
)
REPORT = typer.Option(None, "--report", metavar="DIR", help="Write an HTML report to this folder.")


def plugin_names(incomplete: str) -> list[str]:
    """Names of plugins that complete a word on the command line; nothing is imported for them."""
    from importlib.metadata import entry_points

    return sorted({one.name for one in entry_points(group="hmer_suite") if one.name.startswith(incomplete)})


def formulas(source: str) -> list[str]:
    """Lines of a file, or of standard input for ``-``.

    Raises:
        InputError: the file cannot be read as UTF-8 text.
    """
    from hmer_suite.files import decode, read_lines, split_lines

    if source == "-":
        return split_lines(decode(sys.stdin.buffer.read(), "standard input"))
    return read_lines(source)


def print_json(value: object) -> None:
    """Print one JSON document on a line of its own."""
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair, which JSON can write
        text = json.dumps(value)
    sys.stdout.write(text + "\n")


def numbered(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Lines with their numbers from 1."""
    return enumerate(lines, start=1)


def judge_meaning(
    scores: Scores,
    description: str,
    workers: int | None = None,
    *,
    cluster: Executor | None = None,
    answers: Answers | None = None,
) -> Scores:
    """*scores* with a verdict on the meaning of every sample, decided under a progress bar.

    The work is done by *workers* processes of this machine, or by the workers of a *cluster*.
    """
    from hmer_suite.equiv.sandbox.shared import shared
    from hmer_suite.scores.judging import ExecutorJudge, judged

    judge = shared(workers) if cluster is None else ExecutorJudge(cluster)
    with progress_bar(description, scores.n) as bar:
        return judged(scores, judge, bar.advance, answers=answers)
