"""``hmer-suite demo``."""

from __future__ import annotations

from pathlib import Path

import typer

NAME = typer.Argument(None, metavar="NAME", help="Recogniser; by default one that has a preset demo.")
OUT = typer.Option(
    Path("hmer-suite-demo"),
    "--out",
    metavar="DIR",
    help="Folder for the run, predictions, pictures and report.",
)
MINUTES = typer.Option(5.0, "--minutes", min=0, help="Longest training time, in minutes.")


def run(name: str | None = NAME, out: Path = OUT, minutes: float = MINUTES) -> None:
    """Show all steps on synthetic data: train on ink, predict, score, compare, draw.

    A second call resumes training where the first stopped.

    Example:

      hmer-suite demo --minutes 2
    """
    from hmer_suite.demo import run_demo

    paths = run_demo(name, out, minutes, typer.echo)
    typer.echo("\nfiles to look at:\n" + "\n".join(f"  {path}" for path in paths))
