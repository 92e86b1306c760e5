"""Progress of a run: a bar or lines on stderr, ``log.jsonl``, those who listen, pictures.

``log.jsonl`` has one object per line: ``{"step", "epoch", "seconds", "loss", "lr", "images_per_second"}`` every few
steps, ``{"step", "epoch", "seconds", "validation": {"exprate", "wer", "valid", ...}}`` at each validation.
``samples.jsonl`` has the readings of the samples in the picture at each validation (`hmer_suite.report.run_samples`).
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from hmer_suite.errors import InputError
from hmer_suite.files import read_bytes, write_whole
from hmer_suite.report.run_samples import FILE as READINGS
from hmer_suite.report.training_curves import draw_curves
from hmer_suite.report.training_samples import draw_samples
from hmer_suite.scores.rates import Rates
from hmer_suite.specs.run_listener import RunStart
from hmer_suite.specs.samples import SampleSet
from hmer_suite.terminal import ProgressBar, progress_bar
from hmer_suite.train.listening import Listeners
from hmer_suite.train.plan import Horizon
from hmer_suite.train.state import Counters
from hmer_suite.train.trackers import find_listeners
from hmer_suite.train.training_run import TrainingRun

LOG, CURVES, SAMPLES = "log.jsonl", "curves.png", "samples.png"
LOG_EVERY = 20
"""Steps between two lines of the log."""
LINE_EVERY = 30.0
"""Seconds between two lines on stderr, if it is not a terminal."""
PICTURED = 8
"""Validation samples in the picture."""


class Reporter:
    """Reports a session of a run, to the user, its folder and those who listen; in the main process alone."""

    def __init__(self, run: TrainingRun, horizon: Horizon):
        self.run, self.horizon, self.out = run, horizon, run.out
        self.show = run.accelerator.is_main_process
        self.sums = (0.0, 0, 0)  # loss, steps and images since the last line of the log
        self.since = self.last_line = time.monotonic()
        self.bar = ProgressBar()
        self.stack = ExitStack()
        self.listeners: Listeners | None = None

    def __enter__(self) -> Reporter:
        if not self.show:
            return self
        run, first = self.run, self.horizon.first
        for name in (LOG, READINGS):
            self._truncate(name, first)
        start = RunStart(self.out, run.spec.name, run.settings.flat(), first, self.horizon.steps)
        self.listeners = Listeners(find_listeners(run.config.tracker), start)
        last = self.horizon.last_step(run.counters)
        bar = progress_bar("training", last, completed=first, keep=True)
        self.bar = self.stack.enter_context(bar)
        return self

    def __exit__(self, *_: object) -> None:
        self.stack.close()
        if self.listeners is not None:
            self.listeners.end(self.run.counters.step, self.run.is_complete())

    def checkpoint(self, counters: Counters, folder: Path) -> None:
        """Tell those who listen of a checkpoint that has been written."""
        if self.listeners is not None:
            self.listeners.checkpoint(counters.step, folder)

    def step(self, counters: Counters, loss: float, lr: float, images: int) -> None:
        """Report one step of `images` images on all processes."""
        if not self.show:
            return
        total, steps, seen = self.sums
        self.sums = total + loss, steps + 1, seen + images
        if counters.step % LOG_EVERY == 0:
            self._log_step(counters, lr)

    def validation(
        self, counters: Counters, rates: Rates, samples: SampleSet, predictions: Sequence[str]
    ) -> None:
        """Report a validation, and draw curves and samples."""
        if not self.show:
            return
        self._append({**_where(counters), "validation": rates.to_json()})
        values = {"exprate": rates.exprate, "wer": rates.wer, "valid": rates.valid}
        self._tell(counters, "validation", values)
        best = ", the best so far" if counters.stale == 0 else f", best {counters.best:.2f}"
        self.bar.write(
            f"step {counters.step}, epoch {counters.epoch}: validation expression rate {rates.exprate:.2f} %"
            f"{best}; WER {rates.wer:.2f} %, valid {rates.valid:.2f} %"
        )
        places = range(0, len(samples), max(1, len(samples) // PICTURED))[:PICTURED]
        pictured = [(samples.ids[i], samples.labels[i], predictions[i]) for i in places]
        readings = [{"id": name, "label": label, "prediction": read} for name, label, read in pictured]
        self._append({"step": counters.step, "samples": readings}, READINGS)
        self._draw(samples, predictions, places)

    def _draw(self, samples: SampleSet, predictions: Sequence[str], places: Sequence[int]) -> None:
        draw_curves([self.out / LOG], self.out / CURVES)
        rows = [(samples.ids[i], samples.images[i], samples.labels[i], predictions[i]) for i in places]
        draw_samples(rows, self.out / SAMPLES)

    def _log_step(self, counters: Counters, lr: float) -> None:
        now = time.monotonic()
        total, steps, images = self.sums
        loss, speed = total / steps, images / (now - self.since)
        self.sums, self.since = (0.0, 0, 0), now
        self._append({**_where(counters), "loss": loss, "lr": lr, "images_per_second": round(speed, 2)})
        self._tell(counters, "train", {"loss": loss, "lr": lr, "images_per_second": speed})
        info, last = f"loss {loss:.3f}, {speed:.1f} images/s", self.horizon.last_step(counters)
        self.bar.move_to(counters.step, info, last)
        if not self.bar.shown and now - self.last_line > LINE_EVERY:
            self.last_line = now
            left = self.horizon.minutes_left(counters)
            self.bar.write(f"step {counters.step} of {last}: {info}, {left:.0f} min left")

    def _tell(self, counters: Counters, group: str, values: Mapping[str, float]) -> None:
        if self.listeners is not None:
            self.listeners.log(counters.step, {f"{group}/{name}": value for name, value in values.items()})

    def _append(self, entry: dict[str, object], name: str = LOG) -> None:
        try:
            with open(self.out / name, "a", encoding="utf-8") as file:
                file.write(json.dumps(entry) + "\n")
        except OSError as error:
            raise InputError(f"{self.out / name}: cannot write: {error.strerror}") from None

    def _truncate(self, name: str, step: int) -> None:
        """Remove the lines that a killed run logged after its last checkpoint."""
        path = self.out / name
        if path.is_file():
            # A machine that lost power may leave NULs or torn characters where the last lines were.
            lines = read_bytes(path).decode("utf-8", "replace").split("\n")
            kept = [line for line in lines if _step_of(line) <= step]
            write_whole(path, "".join(line + "\n" for line in kept))


def _where(counters: Counters) -> dict[str, float]:
    return {"step": counters.step, "epoch": counters.epoch, "seconds": round(counters.seconds, 3)}


def _step_of(line: str) -> float:
    try:
        step = json.loads(line)["step"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return float("inf")  # cut off in the middle
    return step if isinstance(step, int) else float("inf")
