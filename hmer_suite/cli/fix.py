"""``hmer-suite fix``."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from hmer_suite.cli.common import CHECK, COLUMNS, FORMAT, JSON, PERMIT_UNKNOWN, RULE, print_json
from hmer_suite.cli.documents import OUT, SOURCES, Formula, Target, open_sources, remembered

if TYPE_CHECKING:
    from hmer_suite.repairs.repair import Repair
    from hmer_suite.repairs.rules import Rule

EXPLAIN = typer.Option(False, "--explain", help="Print the edits and their reasons on stderr.")
AGGRESSIVE = typer.Option(
    False, "--aggressive", help="Also remove redundant symbols from lines that are already valid."
)


def run(
    sources: list[str] | None = SOURCES,
    out: Path | None = OUT,
    format: str | None = FORMAT,
    columns: str | None = COLUMNS,
    as_json: bool = JSON,
    explain: bool = EXPLAIN,
    check: bool = CHECK,
    aggressive: bool = AGGRESSIVE,
    rule: list[str] = RULE,
    permit_unknown: bool = PERMIT_UNKNOWN,
) -> None:
    """Repair each formula with the fewest edits that make it valid LaTeX. Valid formulas stay unchanged.

    The files may have any layout that score reads, and are written in the same: ids, references and all other columns
    and keys stay.

    Examples:

      hmer-suite fix preds.tsv -o repaired.tsv

      echo '\\frac { 1 } { 2' | hmer-suite fix --explain -
    """
    from hmer_suite.repairs import repair

    rules = _rules(rule, aggressive) if rule else None
    changed = 0
    opened = open_sources(sources, format, columns, out)
    several = len(opened) > 1
    repair_of = remembered(partial(repair, aggressive=aggressive, rules=rules, permit_unknown=permit_unknown))

    def output(formula: Formula) -> str:
        nonlocal changed
        repaired = repair_of(formula.text)
        changed += repaired.output != formula.text
        if as_json:
            print_json({**formula.names(several), **repaired.to_json()})
        elif check and repaired.output != formula.text:
            typer.echo(f"{formula.source}:{formula.line}: {repaired.output}")
        if explain:
            _explain(formula, repaired)
        return repaired.output

    for source in opened:
        source.rewrite(output, Target(out, several, out is None and (as_json or check)))
    if check and changed:
        raise typer.Exit(1)


def _explain(formula: Formula, repaired: Repair) -> None:
    for edit in repaired.edits:
        typer.echo(f"{formula.at(edit.at)}: {edit.op} {edit.token}: {edit.why}", err=True)


def _rules(names: list[str], aggressive: bool) -> list[Rule]:
    """Rules that are on, and those requested by name."""
    from hmer_suite.registry import rule
    from hmer_suite.repairs.rules import DEFAULT_RULES, RULES

    return list(dict.fromkeys([*(RULES if aggressive else DEFAULT_RULES), *map(rule, names)]))
