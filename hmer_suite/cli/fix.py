"""``hmer-suite fix``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from hmer_suite.cli.common import CHECK, INPUT, JSON, PERMIT_UNKNOWN, RULE, formulas, numbered, print_json

if TYPE_CHECKING:
    from hmer_suite.repairs.rules import Rule

EXPLAIN = typer.Option(False, "--explain", help="Print the edits and their reasons on stderr.")
AGGRESSIVE = typer.Option(
    False, "--aggressive", help="Also remove redundant symbols from lines that are already valid."
)


def run(
    source: str = INPUT,
    as_json: bool = JSON,
    explain: bool = EXPLAIN,
    check: bool = CHECK,
    aggressive: bool = AGGRESSIVE,
    rule: list[str] = RULE,
    permit_unknown: bool = PERMIT_UNKNOWN,
) -> None:
    """Repair each line with the fewest edits that make it valid LaTeX. Valid lines stay unchanged.

    Examples:

      hmer-suite fix preds.txt > repaired.txt

      echo '\\frac { 1 } { 2' | hmer-suite fix --explain -
    """
    from hmer_suite.repairs import repair

    rules = _rules(rule, aggressive) if rule else None
    changed = 0
    for number, text in numbered(formulas(source)):
        repaired = repair(text, aggressive=aggressive, rules=rules, permit_unknown=permit_unknown)
        changed += repaired.output != text
        if as_json:
            print_json({"line": number, **repaired.to_json()})
        elif not check:
            typer.echo(repaired.output)
        elif repaired.output != text:
            typer.echo(f"{source}:{number}: {repaired.output}")
        if explain:
            for edit in repaired.edits:
                place = f"{source}:{number}:{edit.at + 1}"
                typer.echo(f"{place}: {edit.op} {edit.token}: {edit.why}", err=True)
    if check and changed:
        raise typer.Exit(1)


def _rules(names: list[str], aggressive: bool) -> list[Rule]:
    """Rules that are on, and those requested by name."""
    from hmer_suite.registry import rule
    from hmer_suite.repairs.rules import DEFAULT_RULES, RULES

    return list(dict.fromkeys([*(RULES if aggressive else DEFAULT_RULES), *map(rule, names)]))
