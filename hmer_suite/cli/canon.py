"""``hmer-suite canon``."""

from __future__ import annotations

import typer

from hmer_suite.cli.common import INPUT, JSON, formulas, numbered, print_json


def canon(
    source: str = INPUT,
    as_json: bool = JSON,
    check: bool = typer.Option(
        False, "--check", help="Print only lines that would change; exit code 1 if any."
    ),
    extra: list[str] = typer.Option(
        [], "--also", help="Switch on a rewrite that is off by default (see --list); may be repeated."
    ),
    list_rewrites: bool = typer.Option(False, "--list", help="List the rewrites with examples and stop."),
) -> None:
    """Write each line in canonical spelling, as spaced tokens. The drawing never changes.

    A line that is not valid LaTeX has no canonical spelling and comes back as its tokens.

    Example:

      echo '{x}_1^\\prime \\le \\frac12' | hmer-suite canon -
    """
    from hmer_suite.errors import UsageError
    from hmer_suite.latex.canonical.canoniser import REWRITES, canonical

    if list_rewrites:
        for rewrite in REWRITES:
            state = "" if rewrite.default else " (off by default)"
            typer.echo(f"{rewrite.name}{state}: {rewrite.doc}\n    {rewrite.before}  ->  {rewrite.after}")
        return
    changed = 0
    for number, text in numbered(formulas(source)):
        try:
            spelled = canonical(text, extra=extra)
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
