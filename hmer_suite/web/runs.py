"""Training runs of a folder, as the page of runs shows them."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hmer_suite.web.errors import UnknownName
from hmer_suite.web.schemas import Run, RunAnswer, RunPoint

LOG = "log.jsonl"
MOST_POINTS = 1_000


def list_runs(folder: Path | None) -> list[Run]:
    """The runs in a folder, the latest first."""
    if folder is None or not folder.is_dir():
        return []
    logs = [path / LOG for path in folder.iterdir() if (path / LOG).is_file()]
    return sorted((_summary(log) for log in logs), key=lambda run: -run.updated)


def read_run(folder: Path | None, name: str) -> RunAnswer:
    """The curve of a run by its name; `UnknownName` for a name that `list_runs` does not have."""
    if folder is None or name not in {run.name for run in list_runs(folder)}:
        raise UnknownName(f"{name}: no such run")
    points = [_point(line) for line in _lines(folder / name / LOG)]
    kept = [point for point in points if point.exprate is not None]
    others = [point for point in points if point.exprate is None]
    every = -(-len(others) // MOST_POINTS) or 1
    return RunAnswer(name=name, points=sorted(others[::every] + kept, key=lambda point: point.step))


def _summary(log: Path) -> Run:
    points = [_point(line) for line in _lines(log)]
    rates = [point.exprate for point in points if point.exprate is not None]
    return Run(
        name=log.parent.name,
        steps=max((point.step for point in points), default=0),
        seconds=max((point.seconds or 0.0 for point in points), default=0.0),
        best=max(rates, default=None),
        updated=log.stat().st_mtime,
    )


def _lines(log: Path) -> Iterator[dict[str, Any]]:
    """Objects of a log; a line that is still being written is left for the next time."""
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            value = json.loads(line)
        except json.JSONDecodeError:
            continue
        if isinstance(value, dict) and isinstance(value.get("step"), int):
            yield value


def _point(line: dict[str, Any]) -> RunPoint:
    found = line.get("validation")
    validation = found if isinstance(found, dict) else {}
    return RunPoint(
        step=line["step"],
        seconds=_number(line.get("seconds")),
        loss=_number(line.get("loss")),
        lr=_number(line.get("lr")),
        exprate=_number(validation.get("exprate")),
        wer=_number(validation.get("wer")),
        validation_loss=_number(validation.get("loss")),
    )


def _number(value: object) -> float | None:
    """A value of a log, None unless it is a finite number."""
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else None
