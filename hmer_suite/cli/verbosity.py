"""``--quiet`` and ``--verbose``, before a command's name or among its options."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

import typer

from hmer_suite.terminal import Verbosity, detail, set_verbosity

QUIET = typer.Option(False, "--quiet", help="Print results and errors only: no notes, warnings or progress.")
VERBOSE = typer.Option(
    False, "--verbose", help="Also say on stderr what was read, and which defaults were chosen."
)

_ADDED = {"quiet": (bool, QUIET), "verbose": (bool, VERBOSE)}


def choose_verbosity(quiet: bool, verbose: bool) -> None:
    """Print less, or more, from now on; without either option nothing changes.

    Raises:
        typer.BadParameter: both are given.
    """
    if quiet and verbose:
        raise typer.BadParameter("--quiet and --verbose: give one of them")
    if quiet or verbose:
        set_verbosity(Verbosity.QUIET if quiet else Verbosity.VERBOSE)


def with_verbosity(run: Callable[..., None]) -> Callable[..., None]:
    """The function of a command with the options ``--quiet`` and ``--verbose``; its signature is what typer reads."""
    signature = inspect.signature(run, eval_str=True)

    @functools.wraps(run)
    def command(context: typer.Context, quiet: bool, verbose: bool, **given: Any) -> None:
        choose_verbosity(quiet, verbose)
        if chosen := _defaults(context, given):
            detail(f"by default: {' '.join(chosen)}")
        run(**given)

    keyword = inspect.Parameter.KEYWORD_ONLY
    added = [
        inspect.Parameter(name, keyword, default=option, annotation=kind)
        for name, (kind, option) in _ADDED.items()
    ]
    own = [one.replace(kind=keyword) for one in signature.parameters.values()]
    first = inspect.Parameter("context", keyword, annotation=typer.Context)
    vars(command)["__signature__"] = signature.replace(parameters=[first, *own, *added])
    command.__annotations__ = {"context": typer.Context, "quiet": bool, "verbose": bool} | {
        name: one.annotation for name, one in signature.parameters.items()
    }
    return command


def _defaults(context: typer.Context, given: dict[str, Any]) -> list[str]:
    """Options that were left to a default which is a value, as one would type them."""
    options = {option.name: option for option in context.command.params}
    chosen = []
    for name, value in given.items():
        source = context.get_parameter_source(name)
        if source is None or source.name != "DEFAULT" or value is None or value in ([], ""):
            continue
        option = options[name]
        if isinstance(value, bool):
            spellings = option.opts if value else option.secondary_opts
            chosen += spellings[:1]
        elif option.opts[0].startswith("-"):
            chosen.append(f"{max(option.opts, key=len)} {value}")
    return chosen
