"""Options of `score` and `compare`: how files are read, and in which format tables are printed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from hmer_suite.cli.common import print_json
from hmer_suite.errors import UsageError

if TYPE_CHECKING:
    from hmer_suite.predictions.names import Columns
    from hmer_suite.scores.tables import Part

LAYOUT = typer.Option(
    None, "--layout", metavar="NAME", help="Layout of the files; by default detected from their content."
)
FORMAT = typer.Option(
    [],
    "--format",
    metavar="text|json|md|latex|csv",
    help="Format of the tables; latex needs booktabs, csv has a line for each number. The name of a layout of files "
    "(tsv, spaced, plain, ..) is taken for --layout.",
)
TABLE = typer.Option(
    None, "--table", metavar="NAME", help="Print this table alone, such as rates, length, systems or tests."
)
EXTRACT = typer.Option(
    False,
    "--extract",
    help="Take the formulas from the output of language models: fences, dollars, \\\\[ \\\\], \\\\boxed, "
    "equation, prose. Named in the signature.",
)

_OTHER_NAMES = {"markdown": "md", "tex": "latex"}
_FORMATS = ("text", "json", "md", "latex", "csv")


@dataclass(frozen=True, slots=True)
class Input:
    """How files are read: their layout and columns, and whether formulas are extracted."""

    layout: str | None
    columns: Columns
    extract: bool


@dataclass(frozen=True, slots=True)
class Output:
    """The format of what is printed, and the only table, if not all are."""

    format: str
    table: str | None

    @property
    def extra(self) -> bool:
        """Whether tables are wanted that are not shown unless asked for."""
        return self.format == "csv" or self.table is not None

    def print(self, parts: Iterable[Part], document: Callable[[], object]) -> None:
        """Print tables and remarks, or the JSON *document* of the same."""
        if self.format == "json":
            return print_json(document())
        from hmer_suite.scores.tables import render

        typer.echo(render(parts, self.format, self.table))


def input_and_output(
    layout: str | None,
    columns: str | None,
    extract: bool,
    formats: list[str],
    table: str | None,
    as_json: bool,
) -> tuple[Input, Output]:
    """What the options say.

    Raises:
        UsageError: two formats or layouts, or one that is unknown.
    """
    from hmer_suite.predictions.names import NO_COLUMNS, parse_columns
    from hmer_suite.predictions.reading import FORMATS as LAYOUTS

    names = [_OTHER_NAMES.get(name, name) for name in formats]
    outputs = dict.fromkeys([*(name for name in names if name in _FORMATS), *(["json"] if as_json else [])])
    layouts = dict.fromkeys(
        [*([layout] if layout else []), *(name for name in names if name not in _FORMATS)]
    )
    for name in layouts:
        if name not in LAYOUTS:
            known = ", ".join((*_FORMATS, *LAYOUTS)) if name != layout else ", ".join(LAYOUTS)
            option = "--layout" if name == layout else "--format"
            raise UsageError(f"{option} {name}: expected one of {known}")
    for option, found in (("--format", outputs), ("--layout", layouts)):
        if len(found) > 1:
            raise UsageError(f"{option}: only one of {', '.join(found)}")
    if table is not None and "json" in outputs:
        raise UsageError(f"--table {table}: JSON holds all tables")
    chosen = NO_COLUMNS if columns is None else parse_columns(columns)
    return (
        Input(next(iter(layouts), None), chosen, extract),
        Output(next(iter(outputs), "text"), table),
    )
