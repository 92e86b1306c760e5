"""``hmer-suite fix``."""

from __future__ import annotations

import typer

from hmer_suite.cli.common import INPUT, JSON, PERMIT_UNKNOWN, formulas, numbered, print_json


def fix(
    source: str = INPUT,
    as_json: bool = JSON,
    explain: bool = typer.Option(False, "--explain", help="Show the edits and their reasons on stderr."),
    check: bool = typer.Option(
        False, "--check", help="Print only lines that would change; exit code 1 if any."
    ),
    aggressive: bool = typer.Option(
        False, "--aggressive", help="Also remove redundant symbols from lines that are valid."
    ),
    permit_unknown: bool = PERMIT_UNKNOWN,
) -> None:
    """Write each line repaired: the fewest edits that make it valid LaTeX. Valid lines come back as they are.

    Examples:

      hmer-suite fix preds.txt > repaired.txt

      echo '\\frac { 1 } { 2' | hmer-suite fix --explain -
    """
    from hmer_suite.repairs import repair

    changed = 0
    for number, text in numbered(formulas(source)):
        mended = repair(text, aggressive=aggressive, permit_unknown=permit_unknown)
        changed += mended.output != text
        if as_json:
            print_json({"line": number, **mended.to_json()})
        elif not check:
            typer.echo(mended.output)
        elif mended.output != text:
            typer.echo(f"{source}:{number}: {mended.output}")
        if explain:
            for edit in mended.edits:
                place = f"{source}:{number}:{edit.at + 1}"
                typer.echo(f"{place}: {edit.op} {edit.token}: {edit.why}", err=True)
    if check and changed:
        raise typer.Exit(1)
