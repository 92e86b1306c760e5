"""``hmer-suite train``."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typer

from hmer_suite.cli.common import JSON, plugin_names, print_json
from hmer_suite.cli.interrupts import interruptible
from hmer_suite.errors import UsageError

NAME = typer.Argument(
    ..., metavar="NAME", autocompletion=plugin_names, help="Recogniser, as `hmer-suite plugins` lists it."
)
DATA = typer.Option(
    [],
    "--data",
    metavar="SPEC",
    help="Data source SOURCE:ARGUMENT, several joined by + or each with its own --data; default synthetic.",
)
OUT = typer.Option(None, "--out", metavar="DIR", help="Folder of the run; default runs/NAME.")
CONFIG = typer.Option(
    None, "--config", metavar="FILE.toml", help="File with settings; --set overrides them. Default none."
)
SET = typer.Option([], "--set", metavar="KEY=VALUE", help="Change one setting. May be repeated.")
MAX_STEPS = typer.Option(
    None, "--max-steps", min=0, help="Stop with a checkpoint after this many steps; default no limit."
)
MAX_MINUTES = typer.Option(
    None, "--max-minutes", min=0, help="Stop with a checkpoint after this many minutes; default no limit."
)
RESUME = typer.Option(
    None, "--resume", metavar="DIR", help="Resume the run in DIR from its last checkpoint, bit for bit."
)


def run(
    name: str = NAME,
    data: list[str] = DATA,
    out: Path | None = OUT,
    config: Path | None = CONFIG,
    given: list[str] = SET,
    max_steps: int | None = MAX_STEPS,
    max_minutes: float | None = MAX_MINUTES,
    resume: Path | None = RESUME,
    as_json: bool = JSON,
) -> None:
    """Train a recogniser; the checkpoint selected by validation is `best/` in the folder of the run.

    Settings come from the recogniser's defaults, its preset, --config and --set, later ones overriding earlier ones;
    `hmer-suite plugins NAME` lists them. Under `accelerate launch` each batch is shared between processes. Ctrl-C,
    SIGTERM and SIGHUP finish the step and save, for --resume; a second one ends at once.

    Examples:

      \b
    hmer-suite train wap --data crohme:DATA/crohme --set preset=small --max-minutes 60

      hmer-suite train wap --resume runs/wap
    """
    if resume is not None and (data or config or given or out):
        raise UsageError(
            f"--resume {resume}: the run keeps its data, settings and folder; give no --data, --config, --set or --out"
        )
    from hmer_suite.train.state import Limits, Stop

    folder = resume or out or Path("runs") / name
    stop = Stop()
    with interruptible(stop):
        from hmer_suite.train.start_run import Request, resume_run, start_run

        limits = Limits(max_steps, max_minutes, stop)
        if resume is not None:
            summary = resume_run(name, resume, limits)
        else:
            request = Request("+".join(data) or "synthetic", folder, config, tuple(given))
            summary = start_run(name, request, limits)
    if os.environ.get("RANK", "0") == "0":  # under accelerate, only the first process prints
        if as_json:
            print_json(summary)
        else:
            _print(summary)
    if stop.number:
        _say_interrupted(name, folder)
        raise typer.Exit(128 + stop.number)


def _say_interrupted(name: str, folder: Path) -> None:
    if os.environ.get("RANK", "0") == "0":
        again = shlex.join(["hmer-suite", "train", name, "--resume", str(folder)])
        print(f"hmer-suite: interrupted: saved; continue with {again}", file=sys.stderr)


def _print(summary: Mapping[str, Any]) -> None:
    for run in summary["runs"]:
        state = "complete" if run["complete"] else f"stopped; continue with --resume {run['folder']}"
        best = (
            f"best validation expression rate {run['best']:.2f} %"
            if run["best"] is not None
            else "not validated yet"
        )
        typer.echo(f"{run['folder']}: {run['step']} steps in {run['seconds'] / 60:.1f} min, {best}; {state}")
    if summary["deviation"] is not None:
        typer.echo(
            f"mean of {len(summary['runs'])} seeds {summary['mean']:.2f} %, "
            f"standard deviation {summary['deviation']:.2f}"
        )
