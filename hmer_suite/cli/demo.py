"""``hmer-suite demo``."""

from __future__ import annotations

from pathlib import Path

import typer


def demo(
    name: str = typer.Argument(
        None, metavar="[NAME]", help="Recogniser; by default one that has a preset demo."
    ),
    out: Path = typer.Option(
        Path("hmer-suite-demo"),
        "--out",
        metavar="DIR",
        help="Folder for run, predictions, pictures and report.",
    ),
    minutes: float = typer.Option(5.0, "--minutes", min=0, help="Longest time to train."),
) -> None:
    """Show the whole path on built-in data: train on synthetic ink, read, score, compare, draw.

    A second call goes on training where the first stopped.
    """
    from hmer_suite.demo import run_demo

    found = run_demo(name, out, minutes, typer.echo)
    typer.echo("\nlook at:\n" + "\n".join(f"  {path}" for path in found))
