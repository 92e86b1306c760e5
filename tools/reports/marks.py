r"""Compare training runs with and without symbol marks, by images seen and by minutes; writes reports/wap-marks.md.

python -m tools.reports.marks RUN... --data crohme:../shared/data/crohme --told CHECKPOINT... --out reports/wap-marks.md

A run's `log.jsonl` has its validations. Wall time is not comparable where runs share a core with other work: the file
`processor.jsonl` in the run's folder, lines `{"step", "cpu"}`, has the seconds of processor time that its process had
taken by a step; `--sample RUN=PID...` writes it while the runs are going on. The networks of `--told`, checkpoints in
the folders of runs, are given the labels of 300 validation samples (teacher forcing), to measure how well they know the
next token and where they attend to it.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from hmer_wap.marks import FLOOR, cells_of_tokens, touched
from hmer_wap.model import Wap

from hmer_suite.data.subsets import evenly_spaced
from hmer_suite.errors import InputError
from hmer_suite.nn.batch import Batch
from hmer_suite.nn.mark_supervision import attention_losses, strokes_of_tokens
from hmer_suite.nn.teacher_forcing import TeacherForcing
from hmer_suite.registry import data_source
from hmer_suite.settings.resolve import read_settings
from hmer_suite.train.loader import Loader
from hmer_suite.train.pretrained import find_checkpoint
from hmer_suite.train.reporter import LOG
from tools.command import run_tool
from tools.reports.common import write_or_print
from tools.reports.markdown import Cell, code, page, table
from tools.reports.trained import BATCH

PROCESSOR = "processor.jsonl"
TOLD = 300
"""Validation samples for teacher forcing."""

GIVEN = (
    "preset", "seed", "epochs", "lr", "warmup_steps", "batch_size", "ema", "threads", "workers", "max_tokens",
    "validate_every", "validation_limit", "attention_weight", "class_weight",
)  # fmt: skip
"""Settings that the report lists."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run: its settings, the validations in its log, and processor seconds by step (empty where not measured)."""

    folder: Path
    settings: dict[str, object]
    validations: tuple[dict, ...]
    processor: tuple[tuple[int, float], ...]

    @classmethod
    def read(cls, folder: Path) -> Run:
        entries = _lines(folder / LOG)
        taken = _lines(folder / PROCESSOR) if (folder / PROCESSOR).exists() else []
        return cls(
            folder,
            read_settings(folder / "settings.toml"),
            tuple(entry for entry in entries if "validation" in entry),
            tuple((line["step"], line["cpu"]) for line in taken),
        )

    @property
    def name(self) -> str:
        """The name of the run's folder."""
        return self.folder.name

    def command(self) -> str:
        """The command that started the run, without paths of the machine."""
        words = [f"--set {name}={self.settings[name]}" for name in GIVEN]
        return f"hmer-suite train wap --data crohme:DATA/crohme --out runs/{self.name} {' '.join(words)}"

    def processor_minutes(self, step: int) -> float | None:
        """Minutes of processor time that the process had taken by a step; None where they are not known."""
        place = bisect_left(self.processor, (step, 0.0))
        if not 0 < place < len(self.processor):
            return None
        (first, start), (second, end) = self.processor[place - 1 : place + 1]
        return (start + (end - start) * (step - first) / (second - first)) / 60


def _lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


# --- teacher forcing ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    """Results of teacher forcing on validation labels.

    `run` is the run's name, `step` that of the weights, `nats` the mean loss per token, `right` the share of tokens
    that are the most probable, `on_symbol` the geometric mean, over tokens whose symbol is marked, of the attention on
    the cells that its strokes touch.
    """

    run: str
    step: int
    nats: float
    right: float
    on_symbol: float


@torch.no_grad()
def tell(folder: Path, data: str) -> Told:
    """Teacher forcing of a checkpoint on the validation labels of ``SOURCE:ARGUMENT``.

    Raises InputError for a checkpoint of another recogniser than `wap`.
    """
    spec, checkpoint = find_checkpoint(str(folder))
    model = checkpoint.build(spec)
    if not isinstance(model, Wap):
        raise InputError(f"{folder}: not a checkpoint of wap")
    source, argument = data_source(data)
    samples = evenly_spaced(source.load(argument, "validation", checkpoint.description.preprocessing), TOLD)
    sums = torch.zeros(5)
    for batch in Loader(samples, model.vocabulary, BATCH, shuffle=False).epoch(0):
        sums += _sums(model, batch)
    nats, right, tokens, missed, marked = sums.tolist()
    on_symbol = float(torch.tensor(-missed / marked).exp())
    where = (folder.resolve().parent.name, checkpoint.description.step)
    return Told(*where, nats / tokens, right / tokens, on_symbol)


def _sums(model: Wap, batch: Batch) -> torch.Tensor:
    """Sums (5,) over a batch: nats, right tokens, tokens, minus log of attention, tokens whose symbol is marked."""
    if batch.strokes is None:
        raise InputError("the validation images come without the strokes that they were drawn from")
    forcing = TeacherForcing.of(batch.tokens, batch.lengths)
    outputs = model.teacher_forced(batch, forcing)
    cells = touched(
        batch.strokes,
        batch.sizes,
        (outputs.attention.shape[1], outputs.attention.shape[2]),
        model.watcher.stride,
    )
    wanted = cells_of_tokens(strokes_of_tokens(batch.tokens, batch.strokes, model.table), cells)
    missed = attention_losses(outputs.attention.flatten(1).clamp_min(FLOOR).log(), forcing, wanted).sum()
    right = (outputs.scores.argmax(1) == forcing.targets).sum()
    nats = forcing.losses(outputs.scores).sum()
    marked = wanted.any(2).sum()
    return torch.stack([nats, right, batch.lengths.sum(), missed, marked]).float()


# --- the report -----------------------------------------------------------------------------------------------


def validations(runs: Sequence[Run]) -> Iterator[list[Cell]]:
    """A row for each validation of the first run: images, then minutes and rates of each run at the same step."""
    for entry in runs[0].validations:
        row: list[Cell] = [entry["step"] * batch_size(runs[0])]
        for run in runs:
            found = next((other for other in run.validations if other["step"] == entry["step"]), None)
            row += [None] * 5 if found is None else _figures(run, found)
        yield row


def batch_size(run: Run) -> int:
    """Samples of a step of training."""
    return int(str(run.settings["batch_size"]))


def _figures(run: Run, entry: dict) -> list[Cell]:
    rates, minutes = entry["validation"], run.processor_minutes(entry["step"])
    taken = None if minutes is None else f"{minutes:.1f}"
    return [f"{entry['seconds'] / 60:.1f}", taken, *(float(rates[key]) for key in ("exprate", "le1", "wer"))]


def heads(runs: Sequence[Run]) -> list[str]:
    """Column heads of the validations."""
    parts = ("wall minutes", "processor minutes", "ExpRate", "<=1", "WER")
    return ["images seen", *(f"{run.name}: {part}" for run in runs for part in parts)]


def told_table(told: Sequence[Told], batch_size: int) -> str:
    """Results of teacher forcing, in the order of training."""
    rows = [
        (at.run, at.step * batch_size, f"{at.nats:.3f}", f"{100 * at.right:.1f}", f"{100 * at.on_symbol:.1f}")
        for at in sorted(told, key=lambda at: at.step)
    ]
    return table(
        ["run", "images seen", "nats a token", "next token right, %", "attention on the symbol, %"], rows
    )


ABOUT_TOLD = (
    f"Teacher forcing: weights of the runs (not their averages), given the labels of {TOLD} validation samples, spread "
    "evenly. Attention on the symbol is the geometric mean, over tokens whose symbol is marked, of the share of "
    "attention on the cells that its strokes touch."
)


def report(runs: Sequence[Run], told: Sequence[Told], notes: str) -> str:
    """The whole report; `notes` is text between the commands and the figures."""
    limit = runs[0].settings["validation_limit"]
    which = f"the first {limit} samples" if limit else "all samples"
    return page(
        "wap with and without symbol marks",
        "python -m tools.reports.marks RUN... --data crohme:DATA/crohme --told CHECKPOINT... "
        "--notes NOTES --out reports/wap-marks.md",
        code("\n".join(run.command() for run in runs)),
        notes,
        f"Validation is CROHME 2013, {which}, greedy, free. Minutes are those of training and validation together; "
        "processor minutes include reading the data.",
        table(heads(runs), validations(runs)),
        *((ABOUT_TOLD, told_table(told, batch_size(runs[0]))) if told else ()),
    )


# --- processor time -------------------------------------------------------------------------------------------


def sample(processes: dict[Path, int], every: float = 10.0) -> None:
    """Write the processor time of running processes to their runs' folders, until all have ended; Linux only."""
    while processes:
        for folder, process in list(processes.items()):
            try:
                fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                del processes[folder]
                continue
            _note(folder, sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK"))
        time.sleep(every)


def _note(folder: Path, seconds: float) -> None:
    log = folder / LOG
    steps = [entry["step"] for entry in _lines(log)] if log.exists() else []
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / PROCESSOR, "a", encoding="utf-8") as file:
        file.write(json.dumps({"step": steps[-1] if steps else 0, "cpu": seconds}) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("runs", nargs="*", type=Path, metavar="RUN", help="folders of runs")
    parser.add_argument("--data", help="validation samples for teacher forcing, SOURCE:ARGUMENT")
    parser.add_argument(
        "--told",
        nargs="+",
        default=[],
        type=Path,
        metavar="CHECKPOINT",
        help="checkpoints to measure by teacher forcing",
    )
    parser.add_argument("--notes", type=Path, help="text file with paragraphs for the report")
    parser.add_argument(
        "--sample", nargs="+", metavar="RUN=PID", help="measure processor time, and write no report"
    )
    parser.add_argument("--out", type=Path, help="report to write (default: standard output)")
    given = parser.parse_args()
    if given.sample:
        pairs = (text.rpartition("=") for text in given.sample)
        sample({Path(folder): int(process) for folder, _, process in pairs})
        return
    torch.set_num_threads(1)
    runs = [Run.read(folder) for folder in given.runs]
    told = [tell(folder, given.data) for folder in given.told]
    notes = given.notes.read_text(encoding="utf-8").strip() if given.notes else ""
    write_or_print(report(runs, told, notes), given.out)


if __name__ == "__main__":
    run_tool(main)
