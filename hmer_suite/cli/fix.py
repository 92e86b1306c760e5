"""``hmer-suite fix``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from hmer_suite.cli.common import (
    INPUT,
    JSON,
    PERMIT_UNKNOWN,
    RULE,
    formulas,
    numbered,
    print_json,
)

if TYPE_CHECKING:
    from hmer_suite.repairs.rules import Rule


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
    rule: list[str] = RULE,
    permit_unknown: bool = PERMIT_UNKNOWN,
) -> None:
    """Write each line repaired: the fewest edits that make it valid LaTeX. Valid lines come back as they are.

    Examples:

      hmer-suite fix preds.txt > repaired.txt

      echo '\\frac { 1 } { 2' | hmer-suite fix --explain -
    """
    from hmer_suite.repairs import repair

    rules = _rules(rule, aggressive) if rule else None
    changed = 0
    for number, text in numbered(formulas(source)):
        mended = repair(text, aggressive=aggressive, rules=rules, permit_unknown=permit_unknown)
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


def _rules(names: list[str], aggressive: bool) -> list[Rule]:
    """The rules in force, and those asked for by name."""
    from hmer_suite.registry import rule
    from hmer_suite.repairs.rules import DEFAULT_RULES, RULES

    return list(dict.fromkeys([*(RULES if aggressive else DEFAULT_RULES), *map(rule, names)]))
