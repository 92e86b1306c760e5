"""The command line: each command parses its options, calls the library and prints.

Exit codes: 0 done; 1 the answer is "no"; 2 usage; 3 bad input; 4 a plugin failed; 128 + n ended by signal n.
"""

from __future__ import annotations

import errno
import os
import sys
from importlib import import_module
from io import RawIOBase, TextIOWrapper
from typing import TextIO

import typer

from hmer_suite.cli.interrupts import interruptible
from hmer_suite.cli.verbosity import QUIET, VERBOSE, choose_verbosity, with_verbosity
from hmer_suite.errors import HmerSuiteError, InputError, UsageError, did_you_mean
from hmer_suite.extras import missing_extra
from hmer_suite.terminal import Verbosity, set_verbosity

COMMANDS = (
    "score",
    "compare",
    "validate",
    "fix",
    "canon",
    "equal",
    "train",
    "predict",
    "export",
    "report",
    "plugins",
    "serve",
    "demo",
    "bench",
)
"""Commands in the order of the help; each is the function `run` of the module with its name."""

app = typer.Typer(
    name="hmer-suite",
    help="Train and run recognisers of handwritten mathematical expressions; validate, repair, canonicalise, score "
    "and compare the LaTeX that they write.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

for _name in COMMANDS:
    app.command(_name)(with_verbosity(import_module(f"hmer_suite.cli.{_name}").run))
_data = import_module("hmer_suite.cli.data").app
for _command in _data.registered_commands:
    _command.callback = with_verbosity(_command.callback)
app.add_typer(_data)


VERSION = typer.Option(False, "--version", help="Print the version and exit.")


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context, version: bool = VERSION, quiet: bool = QUIET, verbose: bool = VERBOSE
) -> None:
    if version:
        from hmer_suite.version import __version__

        typer.echo(f"hmer-suite {__version__}")
        raise typer.Exit
    choose_verbosity(quiet, verbose)
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(2)


OUTSIDE = frozenset((
    errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO, errno.ENOTDIR,
    errno.EISDIR, errno.ENAMETOOLONG, errno.ELOOP, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN, errno.ESTALE,
))  # fmt: skip
"""Errors of the system for which no program is at fault: a full or read-only disk, permissions, limits."""


def main() -> None:
    """Entry point of ``hmer-suite``: handled errors become one line on stderr and their exit code.

    So do a package that an extra would have brought, and a disk that is full or may not be written.
    """
    _open_streams()
    stdout = sys.stdout
    try:
        try:
            code = _command_line()
        finally:
            set_verbosity(Verbosity.NORMAL)  # for a caller within this process
            stdout.flush()  # what is still buffered, while its reader may be missed without a traceback
        sys.exit(code)
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
        _end_without_reader(stdout)
    except OSError as error:
        if error.errno not in OUTSIDE:
            raise
        where = f"{error.filename}: " if error.filename is not None else ""
        print(f"hmer-suite: error: {where}{error.strerror}", file=sys.stderr)
        _end_without_reader(stdout, InputError.exit_code)
    except SystemExit:
        if sys.stdout is not stdout:  # typer met the broken pipe, and replaced the stream
            _end_without_reader(stdout)
        raise


USAGE = typer.BadParameter.__mro__[1]
"""Base of the errors of a command line that makes no sense; its home differs between the versions of typer."""


def _command_line() -> int:
    """Run the command of the command line; its exit code, 128 + n after signal n."""
    try:
        with interruptible():
            return app(standalone_mode=False, prog_name="hmer-suite") or 0
    except typer.Exit as end:
        return end.exit_code
    except typer.Abort:
        return 1
    except Exception as error:
        if not isinstance(error, USAGE):
            raise
        print(_usage_error(error), file=sys.stderr)
        return UsageError.exit_code


def _usage_error(error: Exception) -> str:
    """One line on a usage error, with a suggestion; or the help, where a command was called without arguments."""
    context, option = getattr(error, "ctx", None), getattr(error, "option_name", None)
    if hasattr(error, "possibilities") and option is not None and context is not None:
        known = [name for one in context.command.params for name in (*one.opts, *one.secondary_opts)]
        return f"hmer-suite: error: no option {option}{did_you_mean(option, known)}"
    say = getattr(error, "format_message", error.__str__)
    said = str(say())
    return said if "\n" in said else f"hmer-suite: error: {said}"


def _open_streams() -> None:
    """Open closed standard streams on the null device, so that no other file gets their descriptors and their place."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.set_inheritable(
                os.open(os.devnull, os.O_RDWR), True
            )  # opens the lowest free one, which is this
    sys.stdin = sys.stdin or os.fdopen(0, closefd=False)
    sys.stdout = sys.stdout or os.fdopen(1, "w", closefd=False)
    sys.stderr = sys.stderr or os.fdopen(2, "w", closefd=False)
    if isinstance(sys.stdout, TextIOWrapper) and isinstance(sys.stdout.buffer, RawIOBase):
        # Without a buffer (PYTHONUNBUFFERED) what a full disk did not take of a text would be dropped in silence.
        sys.stdout = open(1, "w", 1, encoding=sys.stdout.encoding, closefd=False)  # noqa: SIM115 - until the end
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # half of a surrogate pair, as arguments may have


def _end_without_reader(stdout: TextIO, code: int = 0) -> None:
    """End; the reader of stdout has gone, as in ``hmer-suite canon FILE | head``, or stdout takes no more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stdout.fileno())  # for what the interpreter flushes at its end
    sys.exit(code)
