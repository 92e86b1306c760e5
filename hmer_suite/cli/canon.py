"""``hmer-suite canon``."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import typer

from hmer_suite.cli.common import CHECK, COLUMNS, FORMAT, JSON, print_json
from hmer_suite.cli.documents import OUT, SOURCES, Formula, Target, open_sources, remembered

ALSO = typer.Option(
    [],
    "--also",
    metavar="NAME",
    help="Also apply this rewrite, off by default (see --list). May be repeated.",
)
LIST = typer.Option(False, "--list", help="List the rewrites with examples and exit.")


def run(
    sources: list[str] | None = SOURCES,
    out: Path | None = OUT,
    format: str | None = FORMAT,
    columns: str | None = COLUMNS,
    as_json: bool = JSON,
    check: bool = CHECK,
    also: list[str] = ALSO,
    list_rewrites: bool = LIST,
) -> None:
    """Rewrite each formula in canonical spelling, as tokens separated by spaces. The drawing never changes.

    A formula that is not valid LaTeX has no canonical spelling and is returned as its tokens. The files may have any
    layout that score reads, and are written in the same: ids, references and all other columns and keys stay.

    Examples:

      hmer-suite canon labels.tsv -o canonical.tsv

      echo '{x}_1^\\prime \\le \\frac12' | hmer-suite canon -
    """
    from hmer_suite.errors import UsageError
    from hmer_suite.latex.canonical.canoniser import canonical

    if list_rewrites:
        return _list_rewrites()
    changed = 0
    opened = open_sources(sources, format, columns, out)
    several = len(opened) > 1
    canonical_of = remembered(partial(canonical, extra=also))

    def spelled(formula: Formula) -> str:
        nonlocal changed
        try:
            output = canonical_of(formula.text)
        except ValueError as error:
            raise UsageError(f"--also: {error}") from None
        changed += output != formula.text
        if as_json:
            print_json({**formula.names(several), "input": formula.text, "output": output})
        elif check and output != formula.text:
            typer.echo(f"{formula.source}:{formula.line}: {output}")
        return output

    for source in opened:
        source.rewrite(spelled, Target(out, several, out is None and (as_json or check)))
    if check and changed:
        raise typer.Exit(1)


def _list_rewrites() -> None:
    from hmer_suite.latex.canonical.canoniser import REWRITES

    for rewrite in REWRITES:
        state = "" if rewrite.default else " (off by default)"
        typer.echo(f"{rewrite.name}{state}: {rewrite.doc}\n    {rewrite.before}  ->  {rewrite.after}")
