"""``hmer-suite train``."""

from __future__ import annotations

import os
from pathlib import Path

import typer

from hmer_suite.cli.common import JSON, print_json
from hmer_suite.errors import UsageError


def train(
    name: str = typer.Argument(..., metavar="NAME", help="Recogniser, as `hmer-suite plugins` lists it."),
    data: str = typer.Option(
        "", "--data", metavar="SPEC", help="SOURCE:ARGUMENT, several joined by +; default synthetic."
    ),
    out: Path = typer.Option(None, "--out", metavar="DIR", help="Folder of the run; default runs/NAME."),
    config: Path = typer.Option(
        None, "--config", metavar="FILE.toml", help="Settings; --set goes above them."
    ),
    given: list[str] = typer.Option([], "--set", metavar="KEY=VALUE", help="One setting; may be repeated."),
    max_steps: int = typer.Option(
        None, "--max-steps", min=0, help="Stop with a checkpoint after so many steps."
    ),
    max_minutes: float = typer.Option(
        None, "--max-minutes", min=0, help="Stop with a checkpoint after so many minutes."
    ),
    resume: Path = typer.Option(None, "--resume", metavar="DIR", help="Go on with the run in DIR, exactly."),
    as_json: bool = JSON,
) -> None:
    """Train a recogniser; `best/` in the run's folder is the checkpoint that validation selected.

    Settings come from the recogniser, its preset, --config and --set, in this order; `hmer-suite plugins NAME`
    lists them. Under `accelerate launch` the batches are shared between processes.

    Examples:

      hmer-suite train wap --data crohme:DATA/crohme --set preset=small --max-minutes 60

      hmer-suite train wap --resume runs/wap
    """
    if resume is not None and (data or config or given or out):
        raise UsageError(
            f"--resume {resume}: data, settings and folder are those of the run; give none of them"
        )
    from hmer_suite.train.run import Request, resume_run, start_run
    from hmer_suite.train.state import Limits

    limits = Limits(max_steps, max_minutes)
    if resume is not None:
        summary = resume_run(name, resume, limits)
    else:
        request = Request(data or "synthetic", out or Path("runs") / name, config, tuple(given))
        summary = start_run(name, request, limits)
    if os.environ.get("RANK", "0") != "0":
        return  # under accelerate, one process speaks for all
    if as_json:
        print_json(summary)
    else:
        _say(summary)


def _say(summary: dict) -> None:
    for run in summary["runs"]:
        state = "complete" if run["complete"] else f"stopped; go on with --resume {run['folder']}"
        best = (
            f"best validation expression rate {run['best']:.2f} %"
            if run["best"] is not None
            else "not validated yet"
        )
        typer.echo(f"{run['folder']}: {run['step']} steps in {run['seconds'] / 60:.1f} min, {best}; {state}")
    if summary["deviation"] is not None:
        typer.echo(
            f"mean of {len(summary['runs'])} seeds {summary['mean']:.2f} %, deviation {summary['deviation']:.2f}"
        )
