"""``hmer-suite canon``."""

from __future__ import annotations

import typer

from hmer_suite.cli.common import CHECK, INPUT, JSON, formulas, numbered, print_json

ALSO = typer.Option(
    [],
    "--also",
    metavar="NAME",
    help="Also apply this rewrite, off by default (see --list). May be repeated.",
)
LIST = typer.Option(False, "--list", help="List the rewrites with examples and exit.")


def run(
    source: str = INPUT,
    as_json: bool = JSON,
    check: bool = CHECK,
    also: list[str] = ALSO,
    list_rewrites: bool = LIST,
) -> None:
    """Rewrite each line in canonical spelling, as tokens separated by spaces. The drawing never changes.

    A line that is not valid LaTeX has no canonical spelling and is returned as its tokens.

    Example:

      echo '{x}_1^\\prime \\le \\frac12' | hmer-suite canon -
    """
    from hmer_suite.errors import UsageError
    from hmer_suite.latex.canonical.canoniser import canonical

    if list_rewrites:
        return _list_rewrites()
    changed = 0
    for number, text in numbered(formulas(source)):
        try:
            spelled = canonical(text, extra=also)
        except ValueError as error:
            raise UsageError(f"--also: {error}") from None
        changed += spelled != text
        if as_json:
            print_json({"line": number, "input": text, "output": spelled})
        elif not check:
            typer.echo(spelled)
        elif spelled != text:
            typer.echo(f"{source}:{number}: {spelled}")
    if check and changed:
        raise typer.Exit(1)


def _list_rewrites() -> None:
    from hmer_suite.latex.canonical.canoniser import REWRITES

    for rewrite in REWRITES:
        state = "" if rewrite.default else " (off by default)"
        typer.echo(f"{rewrite.name}{state}: {rewrite.doc}\n    {rewrite.before}  ->  {rewrite.after}")
