"""``hmer-suite validate``."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import typer

from hmer_suite.cli.common import COLUMNS, JSON, PERMIT_UNKNOWN, print_json
from hmer_suite.cli.documents import SOURCES, Formula, open_sources, remembered
from hmer_suite.errors import UsageError

if TYPE_CHECKING:
    from hmer_suite.latex.problems import Diagnosis

LAYOUT = typer.Option(
    None, "--layout", metavar="NAME", help="Layout of the file; by default detected from its content."
)
FORMAT = typer.Option(
    None,
    "--format",
    metavar="text|github",
    help="text, or github for annotations of a pull request. The name of a layout is taken for --layout.",
)
FORMATS = ("text", "github")
GRAMMAR = typer.Option(
    "latex", "--grammar", metavar="NAME", help="Grammar to check against, ours or a plugin's."
)
CODES = typer.Option(False, "--codes", help="Print the table of problem codes with examples and exit.")


def run(
    sources: list[str] | None = SOURCES,
    layout: str | None = LAYOUT,
    format: str | None = FORMAT,
    columns: str | None = COLUMNS,
    as_json: bool = JSON,
    permit_unknown: bool = PERMIT_UNKNOWN,
    grammar: str = GRAMMAR,
    codes: bool = CODES,
) -> None:
    """Check whether each formula is valid LaTeX, and report what is wrong, where and why.

    The files may have any layout that score reads; places count characters of the line, or of the formula where the
    line does not have it as it is (JSON, quoted fields). Exit code 1 if any formula is invalid.

    Examples:

      hmer-suite validate labels.txt

      echo 'x ^ { 2' | hmer-suite validate -

      hmer-suite validate labels/*.txt --format github
    """
    if codes:
        return _print_codes()
    from hmer_suite.latex.problems import validate
    from hmer_suite.registry import compiled_grammar

    chosen = compiled_grammar(grammar)
    if format not in (None, *FORMATS):
        format, layout = None, layout or format
    if as_json and format is not None:
        raise UsageError(f"--format {format} and --json: give one of them")
    show = _annotate if format == "github" else _report
    diagnosis_of = remembered(partial(validate, permit_unknown=permit_unknown, grammar=chosen))
    n = invalid = 0
    opened = open_sources(sources, layout, columns)
    for formula in (formula for source in opened for formula in source.formulas()):
        diagnosis = diagnosis_of(formula.text)
        n += 1
        invalid += not diagnosis.valid
        if as_json:
            print_json({**formula.names(len(opened) > 1), **_shifted(diagnosis, formula.offset).to_json()})
        else:
            show(formula, diagnosis)
    if not as_json:
        typer.echo(f"{n - invalid} of {n} lines are valid")
    if invalid:
        raise typer.Exit(1)


def _shifted(diagnosis: Diagnosis, offset: int) -> Diagnosis:
    """The diagnosis with places that count characters of the line, on which *offset* precede the formula."""
    moved = [replace(p, start=p.start + offset, end=p.end + offset) for p in diagnosis.problems]
    return replace(diagnosis, problems=tuple(moved))


def _report(formula: Formula, diagnosis: Diagnosis) -> None:
    for problem in diagnosis.problems:
        typer.echo(f"{formula.at(problem.start)}: {problem.code}: {problem.message}")
        typer.echo("    " + problem.caret(formula.text).replace("\n", "\n    "))
        if problem.expected:
            typer.echo(f"    expected: {', '.join(problem.expected)}")


def _annotate(formula: Formula, diagnosis: Diagnosis) -> None:
    """Print the problems as workflow commands, which GitHub shows beside the line in a pull request."""
    for problem in diagnosis.problems:
        first, end = problem.start + formula.offset + 1, problem.end + formula.offset
        place = {"line": formula.line, "col": first, "endColumn": max(first, end), "title": problem.code}
        named = {"file": formula.source} | place if formula.source != "-" else place
        values = ",".join(f"{name}={_escaped(str(value), ':,')}" for name, value in named.items())
        typer.echo(f"::error {values}::{_escaped(problem.message)}")


def _escaped(text: str, more: str = "") -> str:
    """Text as a workflow command holds it: percent signs, line ends and the characters of *more* by their codes."""
    return "".join(f"%{ord(char):02X}" if char in f"%\r\n{more}" else char for char in text)


def _print_codes() -> None:
    from hmer_suite.latex.problems import PROBLEMS

    for code, (sentence, examples) in PROBLEMS.items():
        typer.echo(f"{code}: {sentence.format(token='TOKEN', before='COMMAND')}")
        for example in examples:
            typer.echo(f"    {example if len(example) < 60 else example[:57] + '...'}")
