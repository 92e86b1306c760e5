"""``hmer-suite demo``."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import typer

NAME = typer.Argument(None, metavar="NAME", help="Recogniser; by default one that has a preset demo.")
OUT = typer.Option(
    Path("hmer-suite-demo"),
    "--out",
    metavar="DIR",
    help="Folder for the run, predictions, pictures and report.",
)
MINUTES = typer.Option(
    1.75, "--minutes", min=0.01, help="Minutes of training; a resumed run keeps those it has."
)


def run(name: str | None = NAME, out: Path = OUT, minutes: float = MINUTES) -> None:
    """Show all steps on synthetic data: train on ink, predict, score, compare, draw.

    A run that was interrupted is resumed; one that is complete is read and scored again.

    Example:

      hmer-suite demo --minutes 2
    """
    from hmer_suite.demo import next_steps, run_demo

    page = run_demo(name, out, minutes, typer.echo)
    program = "hmer-suite" if shutil.which("hmer-suite") else sys.argv[0]
    following = next_steps(out / "run")[0].removeprefix("hmer-suite ")
    typer.echo(f"\nopen {page.resolve().as_uri()}\nnext: {program} {following}")
