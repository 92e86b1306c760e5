"""``hmer-suite validate``."""

from __future__ import annotations

import typer

from hmer_suite.cli.common import JSON, PERMIT_UNKNOWN, formulas, numbered, print_json

SOURCE = typer.Argument(
    "-", metavar="FILE|-", help="File with one formula per line, or - for standard input."
)
GRAMMAR = typer.Option(
    "latex", "--grammar", metavar="NAME", help="Grammar to check against, ours or a plugin's."
)
CODES = typer.Option(False, "--codes", help="Print the table of problem codes with examples and exit.")


def run(
    source: str = SOURCE,
    as_json: bool = JSON,
    permit_unknown: bool = PERMIT_UNKNOWN,
    grammar: str = GRAMMAR,
    codes: bool = CODES,
) -> None:
    """Check whether each line is valid LaTeX, and report what is wrong, where and why.

    Exit code 1 if any line is invalid.

    Examples:

      hmer-suite validate labels.txt

      echo 'x ^ { 2' | hmer-suite validate -
    """
    if codes:
        return _print_codes()
    from hmer_suite.latex.problems import validate
    from hmer_suite.registry import compiled_grammar

    chosen = compiled_grammar(grammar)
    invalid = 0
    lines = formulas(source)
    for number, text in numbered(lines):
        diagnosis = validate(text, permit_unknown=permit_unknown, grammar=chosen)
        invalid += not diagnosis.valid
        if as_json:
            print_json({"line": number, **diagnosis.to_json()})
            continue
        for problem in diagnosis.problems:
            typer.echo(f"{source}:{number}:{problem.start + 1}: {problem.code}: {problem.message}")
            typer.echo("    " + problem.caret(text).replace("\n", "\n    "))
            if problem.expected:
                typer.echo(f"    expected: {', '.join(problem.expected)}")
    if not as_json:
        typer.echo(f"{len(lines) - invalid} of {len(lines)} lines are valid")
    if invalid:
        raise typer.Exit(1)


def _print_codes() -> None:
    from hmer_suite.latex.problems import PROBLEMS

    for code, (sentence, examples) in PROBLEMS.items():
        typer.echo(f"{code}: {sentence.format(token='TOKEN', before='COMMAND')}")
        for example in examples:
            typer.echo(f"    {example if len(example) < 60 else example[:57] + '...'}")
