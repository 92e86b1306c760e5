"""Training runs as an HTML page: curves, best checkpoints, settings that differ, the last picture of samples."""

from __future__ import annotations

import json
import tomllib
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup

from hmer_suite.errors import InputError
from hmer_suite.files import read_bytes
from hmer_suite.report.chart import Frame, Line, Point, line_chart
from hmer_suite.report.page import render, write_page
from hmer_suite.report.run_samples import samples_over_time
from hmer_suite.report.training_curves import Points, TrainingLog, read_log, smooth

LOG, SETTINGS, SAMPLES = "log.jsonl", "settings.toml", "samples.png"
BEST = "best"
"""Files of a run, and the folder of its best checkpoint."""


MOST_WER = 150.0
"""Error rates in percent that are drawn; higher ones lie on the upper edge."""


@dataclass(frozen=True, slots=True)
class TrainingRun:
    """A run: its folder and name, its log, its settings as text, its best checkpoint if there is one."""

    folder: Path
    name: str
    log: TrainingLog
    settings: Mapping[str, str]
    recogniser: str
    data: str
    checkpoint: Path | None

    @property
    def best(self) -> Mapping[str, Any] | None:
        """The entry of the validation with the highest expression rate, the first of several."""
        rated = [row for row in self.log.validations if "exprate" in row["validation"]]
        return max(rated, key=lambda row: row["validation"]["exprate"], default=None)

    @property
    def steps(self) -> int:
        """Steps trained."""
        return max((row["step"] for row in (*self.log.steps, *self.log.validations)), default=0)

    @property
    def hours(self) -> float:
        """Hours trained."""
        return (
            max((row.get("seconds", 0.0) for row in (*self.log.steps, *self.log.validations)), default=0.0)
            / 3600
        )

    @property
    def loss(self) -> float | None:
        """The last training loss, smoothed; None before the first."""
        values = _smoothed(self.log.curve("loss"))
        return values[-1][1] if values else None

    def to_json(self) -> dict[str, object]:
        """The run as a JSON object."""
        best = self.best
        return {
            "name": self.name,
            "folder": str(self.folder),
            "recogniser": self.recogniser,
            "steps": self.steps,
            "hours": round(self.hours, 3),
            "best": None if best is None else {"step": best["step"], **best["validation"]},
            "checkpoint": None if self.checkpoint is None else str(self.checkpoint),
        }


def read_runs(paths: Sequence[str | Path]) -> list[TrainingRun]:
    """The runs that *paths* name: folders of runs, their logs or checkpoints, or folders that hold several runs.

    Raises:
        InputError: there is no run, or its log or settings cannot be read.
    """
    folders = list(dict.fromkeys(folder for path in paths for folder in _folders(Path(path))))
    names = [folder.resolve().name for folder in folders]
    unique = len(set(names)) == len(names)
    return [
        _read(folder, name if unique else str(folder)) for folder, name in zip(folders, names, strict=True)
    ]


def _folders(path: Path) -> list[Path]:
    if path.name == LOG and path.is_file():
        return [path.parent]
    if (path / LOG).is_file():
        return [path]
    if (path / "config.json").is_file() and (path.resolve().parent / LOG).is_file():
        return [path.resolve().parent]
    found = sorted(log.parent for log in path.glob(f"*/{LOG}"))
    if not found:
        why = f"no training run: there is no {LOG}" if path.exists() else "no such file or folder"
        raise InputError(f"{path}: {why}")
    return found


def _read(folder: Path, name: str) -> TrainingRun:
    checkpoint = folder / BEST if (folder / BEST / "config.json").is_file() else None
    config = _config(checkpoint / "config.json") if checkpoint is not None else {}
    data = config.get("data")
    return TrainingRun(
        folder=folder,
        name=name,
        log=read_log(folder / LOG),
        settings=_settings(folder / SETTINGS),
        recogniser=str(config.get("recogniser", "")),
        data=str(data.get("spec", "")) if isinstance(data, dict) else "",
        checkpoint=checkpoint,
    )


def _config(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(read_bytes(path))
    except ValueError as error:
        raise InputError(f"{path}: not JSON: {error}") from None
    return value if isinstance(value, dict) else {}


def _settings(path: Path) -> dict[str, str]:
    """Settings as they are written, with dotted names; empty without the file."""
    if not path.is_file():
        return {}
    try:
        found = tomllib.loads(read_bytes(path).decode())
    except ValueError as error:
        raise InputError(f"{path}: not TOML: {error}") from None
    return dict(_flat(found, ""))


def _flat(table: Mapping[str, object], prefix: str) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for name, value in table.items():
        if isinstance(value, dict):
            rows += _flat(value, f"{prefix}{name}.")
        else:
            rows.append((prefix + name, json.dumps(value) if not isinstance(value, str) else value))
    return rows


def write_run_report(runs: Sequence[TrainingRun], directory: str | Path) -> Path:
    """Write the page on *runs* to ``directory/index.html`` and return that path.

    Raises:
        InputError: the folder or the page cannot be written; no partial file is left.
    """
    return write_page(run_page(runs), Path(directory))


def run_page(runs: Sequence[TrainingRun]) -> str:
    """HTML page on one or several training runs; no script runs on it."""
    names = list(dict.fromkeys(name for run in runs for name in run.settings))
    rows = [(name, [run.settings.get(name, "") for run in runs]) for name in names]
    return render(
        "runs.html",
        title=" / ".join(run.name for run in runs),
        runs=runs,
        charts=_charts(runs),
        differing=[row for row in rows if len(set(row[1])) > 1],
        shared=[(name, values[0]) for name, values in rows if len(set(values)) == 1],
        readings=[(run.name, found) for run in runs if (found := samples_over_time(run.folder)) is not None],
        pictures=[
            (run.name, _picture(run.folder / SAMPLES)) for run in runs if (run.folder / SAMPLES).is_file()
        ],
    )


def _picture(path: Path) -> str:
    return f"data:image/png;base64,{b64encode(read_bytes(path)).decode()}"


def _charts(runs: Sequence[TrainingRun]) -> list[Markup]:
    losses = [
        line
        for place, run in enumerate(runs)
        for line in (
            Line(run.name, _smoothed(run.log.curve("loss")), place),
            Line(run.name, _points(run.log.validation("loss")), place, dashed=True, dots=True),
        )
    ]
    rates = [
        Line(run.name, _points(run.log.validation("exprate")), n, dots=True) for n, run in enumerate(runs)
    ]
    errors = [Line(run.name, _points(run.log.validation("wer")), n, dots=True) for n, run in enumerate(runs)]
    speeds = [Line(run.name, _points(run.log.curve("lr")), n) for n, run in enumerate(runs)]
    return [
        _chart("Loss", "training, smoothed; dashed: validation", losses, logarithmic=_spans(losses)),
        _chart("Expression rate", "validation, % of samples", rates, top=100.0),
        _chart(
            "Token error rate (WER)", f"validation, % of tokens, up to {MOST_WER:g}", errors, top=_top(errors)
        ),
        _chart("Learning rate", "", speeds),
    ]


def _points(curve: Points) -> list[Point]:
    return [(float(step), float(value)) for step, value in zip(*curve, strict=True)]


def _smoothed(curve: Points) -> list[Point]:
    steps, values = curve
    return _points((steps, smooth(values, len(values) / 60).tolist())) if values else []


def _top(lines: Sequence[Line]) -> float:
    """The upper end of an axis of error rates: first validations may be far above."""
    return min(MOST_WER, max((value for line in lines for _, value in line.points), default=MOST_WER))


def _spans(lines: Sequence[Line]) -> bool:
    """Whether values are positive and span so much that their logarithms show more."""
    values = [value for line in lines for _, value in line.points]
    return bool(values) and min(values) > 0 and max(values) > 5 * min(values)


def _chart(
    title: str, up: str, lines: Sequence[Line], *, top: float | None = None, logarithmic: bool = False
) -> Markup:
    points = [point for line in lines for point in line.points]
    last = max((x for x, _ in points), default=1.0)
    highest = max((y for _, y in points), default=1.0)
    lowest = min((y for _, y in points), default=0.1) if logarithmic else 0.0
    frame = Frame(title, "step", up, (0.0, last or 1.0), (lowest, top or highest or 1.0), logarithmic)
    ends = [f"{line.name} {line.points[-1][1]:.4g}" for line in lines if line.points]
    return line_chart(frame, lines, f"{title}, last values: {', '.join(ends) or 'none'}")
