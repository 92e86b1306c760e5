"""``hmer-suite report``."""

from __future__ import annotations

from pathlib import Path

import typer

from hmer_suite.cli.common import JSON, print_json

RUNS = typer.Argument(
    ..., metavar="RUN...", help="Folders of training runs, or folders that hold several runs."
)
OUT = typer.Option(
    Path("report"), "--out", "-o", metavar="DIR", help="Folder for the page; index.html is in it."
)


def run(runs: list[Path] = RUNS, out: Path = OUT, as_json: bool = JSON) -> None:
    """Write an HTML page on training runs: curves, best checkpoints, settings that differ, samples.

    A run is a folder that `hmer-suite train` wrote; it may still be training.

    Examples:

      hmer-suite report runs/wap

      hmer-suite report runs/seed-1 runs/seed-2 --out report/
    """
    from hmer_suite.report.runs import read_runs, write_run_report

    found = read_runs(runs)
    page = write_run_report(found, out)
    if as_json:
        print_json({"report": str(page), "runs": [one.to_json() for one in found]})
    else:
        typer.echo(page)
