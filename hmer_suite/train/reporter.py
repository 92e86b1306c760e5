"""Progress of a run: a bar or lines on stderr, ``log.jsonl``, TensorBoard, pictures.

``log.jsonl`` has one object per line: ``{"step", "epoch", "seconds", "loss", "lr", "images_per_second"}`` every few
steps, ``{"step", "epoch", "seconds", "validation": {"exprate", "wer", "valid", ...}}`` at each validation.
``samples.jsonl`` has the readings of the samples in the picture at each validation (`hmer_suite.report.run_samples`).
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from torch.utils.tensorboard import SummaryWriter

from hmer_suite.errors import InputError
from hmer_suite.files import read_bytes, write_whole
from hmer_suite.report.run_samples import FILE as READINGS
from hmer_suite.report.training_curves import draw_curves
from hmer_suite.report.training_samples import draw_samples
from hmer_suite.scores.rates import Rates
from hmer_suite.specs.samples import SampleSet
from hmer_suite.terminal import ProgressBar, progress_bar
from hmer_suite.train.state import Counters

LOG, CURVES, SAMPLES = "log.jsonl", "curves.png", "samples.png"
LOG_EVERY = 20
"""Steps between two lines of the log."""
LINE_EVERY = 30.0
"""Seconds between two lines on stderr, if it is not a terminal."""
PICTURED = 8
"""Validation samples in the picture."""


class Reporter:
    """Reports a run in folder `out` from step `step` on; with `show` false it does nothing."""

    def __init__(self, out: Path, total_steps: int, step: int, *, show: bool = True):
        self.out, self.total, self.show = out, total_steps, show
        self.first_step = step
        self.sums = (0.0, 0, 0)  # loss, steps and images since the last line of the log
        self.since = self.last_line = time.monotonic()
        self.bar = ProgressBar()
        self.stack = ExitStack()
        self.writer: SummaryWriter | None = None

    def __enter__(self) -> Reporter:
        if not self.show:
            return self
        for name in (LOG, READINGS):
            self._truncate(name, self.first_step)
        self.writer = SummaryWriter(str(self.out / "tensorboard"), purge_step=self.first_step + 1)
        bar = progress_bar("training", self.total, completed=self.first_step, keep=True)
        self.bar = self.stack.enter_context(bar)
        return self

    def __exit__(self, *_: object) -> None:
        self.stack.close()
        if self.writer is not None:
            self.writer.close()

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
        for name in ("exprate", "wer", "valid"):
            self._plot(f"validation/{name}", getattr(rates, name), counters.step)
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
        for name, value in (("loss", loss), ("lr", lr), ("images_per_second", speed)):
            self._plot(f"train/{name}", value, counters.step)
        info = f"loss {loss:.3f}, {speed:.1f} images/s"
        self.bar.move_to(counters.step, info)
        if not self.bar.shown and now - self.last_line > LINE_EVERY:
            self.last_line = now
            left = counters.seconds / counters.step * (self.total - counters.step) / 60
            self.bar.write(f"step {counters.step} of {self.total}: {info}, {left:.0f} min left")

    def _plot(self, name: str, value: float, step: int) -> None:
        if self.writer is not None:
            self.writer.add_scalar(name, value, step)

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
