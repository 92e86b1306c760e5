"""The command line: each command parses, calls one function of the library and prints.

Exit codes: 0 done; 1 the answer is "no"; 2 usage; 3 bad input; 4 a plugin failed.
"""

from __future__ import annotations

import sys
from importlib import import_module

import typer

from hmer_suite.errors import HmerSuiteError

COMMANDS = ("score", "compare", "validate", "fix", "canon", "equal", "train", "predict", "plugins", "demo")
"""Modules of this package, one command each, in the order of the help."""

app = typer.Typer(
    name="hmer-suite",
    help="Common ground for handwritten mathematical expression recognition: validate, repair, "
    "canonicalise, score and compare LaTeX predictions.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

for _name in COMMANDS:
    _module = import_module(f"hmer_suite.cli.{_name}")
    app.command(_name)(getattr(_module, _name))
app.add_typer(import_module("hmer_suite.cli.data").app)


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    version: bool = typer.Option(False, "--version", help="Print the version and stop."),
) -> None:
    if version:
        from hmer_suite.version import __version__

        typer.echo(f"hmer-suite {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(2)


def main() -> None:
    """Entry point of ``hmer-suite``: handled errors become one line and their exit code."""
    try:
        app()
    except HmerSuiteError as error:
        print(f"hmer-suite: error: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # The reader of our output has gone, as in `hmer-suite canon FILE | head`: nothing is left to say.
        sys.stderr.close()
        sys.exit(0)
