"""The command line: each command parses its options, calls the library and prints.

Exit codes: 0 done; 1 the answer is "no"; 2 usage; 3 bad input; 4 a plugin failed.
"""

from __future__ import annotations

import sys
from importlib import import_module

import typer

from hmer_suite.errors import HmerSuiteError, UsageError
from hmer_suite.extras import missing_extra

COMMANDS = (
    "score",
    "compare",
    "validate",
    "fix",
    "canon",
    "equal",
    "train",
    "predict",
    "plugins",
    "serve",
    "demo",
)
"""Commands in the order of the help; each is the function `run` of the module with its name."""

app = typer.Typer(
    name="hmer-suite",
    help="Train and run recognisers of handwritten mathematical expressions; validate, repair, canonicalise, score "
    "and compare the LaTeX that they write.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

for _name in COMMANDS:
    app.command(_name)(import_module(f"hmer_suite.cli.{_name}").run)
app.add_typer(import_module("hmer_suite.cli.data").app)


VERSION = typer.Option(False, "--version", help="Print the version and exit.")


@app.callback(invoke_without_command=True)
def _root(context: typer.Context, version: bool = VERSION) -> None:
    if version:
        from hmer_suite.version import __version__

        typer.echo(f"hmer-suite {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(2)


def main() -> None:
    """Entry point of ``hmer-suite``: handled errors become one line on stderr and their exit code.

    So does a package that an extra would have brought.
    """
    try:
        app()
    except HmerSuiteError as error:
        print(f"hmer-suite: error: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except ModuleNotFoundError as error:
        line = missing_extra(error.name)
        if line is None:
            raise
        print(f"hmer-suite: error: {line}", file=sys.stderr)
        sys.exit(UsageError.exit_code)
    except BrokenPipeError:
        # The reader of stdout has gone, as in `hmer-suite canon FILE | head`.
        sys.stderr.close()
        sys.exit(0)
