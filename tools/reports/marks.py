r"""Compare runs of one training with symbol marks and without: by images seen, and by minutes; writes a report.

python -m tools.reports.marks RUN... --data crohme:../shared/data/crohme --told CHECKPOINT... --out reports/wap-marks.md

A run's `log.jsonl` has its validations. Wall time says little where runs share a core with other work: a file
`processor.jsonl` in the run's folder, lines `{"step", "cpu"}`, tells seconds of processor time that its process had
taken by a step, and `--sample RUN=PID...` writes it while the runs go on. The networks of `--told`, checkpoints in the
folders of runs, are told the labels of 300 validation samples, to see what they make of the next token and where they
look for it.
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
from hmer_suite.files import write_whole
from hmer_suite.nn.batch import Batch
from hmer_suite.nn.mark_supervision import attention_losses, strokes_of_tokens
from hmer_suite.nn.teacher_forcing import Lesson
from hmer_suite.registry import data_source
from hmer_suite.settings.resolve import read_settings
from hmer_suite.train.loader import Loader
from hmer_suite.train.pretrained import find_checkpoint
from hmer_suite.train.reporter import LOG

PROCESSOR = "processor.jsonl"
TOLD = 300
"""Validation samples that networks are told the labels of."""

GIVEN = (
    "preset", "seed", "epochs", "lr", "warmup_steps", "batch_size", "ema", "threads", "workers", "max_tokens",
    "validate_every", "validation_limit", "attention_weight", "class_weight",
)  # fmt: skip
"""Settings that the report repeats."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run: its settings, the validations in its log, and processor seconds by step (empty where nobody took them)."""

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
        return self.folder.name

    def command(self) -> str:
        """What started it, without paths of the machine."""
        words = [f"--set {name}={self.settings[name]}" for name in GIVEN]
        return f"hmer-suite train wap --data crohme:DATA/crohme --out runs/{self.name} {' '.join(words)}"

    def processor_minutes(self, step: int) -> float | None:
        """Minutes of processor time that the process had taken by a step, or None where they are not known."""
        place = bisect_left(self.processor, (step, 0.0))
        if not 0 < place < len(self.processor):
            return None
        (first, start), (second, end) = self.processor[place - 1 : place + 1]
        return (start + (end - start) * (step - first) / (second - first)) / 60


def _lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


# --- what networks make of labels that they are told ----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    """Over tokens of validation labels: how well the next one is known, and how attention lies.

    `run` is its name, `step` that of the weights. `nats` a token, `right` the share of tokens that are the most
    probable, `on_symbol` the geometric mean, over tokens whose symbol is marked, of the attention on the cells that
    its strokes touch.
    """

    run: str
    step: int
    nats: float
    right: float
    on_symbol: float


@torch.no_grad()
def tell(folder: Path, data: str) -> Told:
    """What the weights of a checkpoint make of the validation labels of ``SOURCE:ARGUMENT``."""
    spec, checkpoint = find_checkpoint(str(folder))
    model = checkpoint.build(spec)
    source, argument = data_source(data)
    samples = evenly_spaced(source.load(argument, "validation", checkpoint.description.preprocessing), TOLD)
    sums = torch.zeros(5)
    for batch in Loader(samples, model.vocabulary, 16, shuffle=False).epoch(0):
        sums += _sums(model, batch)
    nats, right, tokens, beside, marked = sums.tolist()
    on_symbol = float(torch.tensor(-beside / marked).exp())
    where = (folder.resolve().parent.name, checkpoint.description.step)
    return Told(*where, nats / tokens, right / tokens, on_symbol)


def _sums(model: Wap, batch: Batch) -> torch.Tensor:
    """Of a batch: nats, tokens that are right, tokens, minus log of attention, tokens whose symbol is marked."""
    if batch.strokes is None:
        raise InputError("the validation images do not say which strokes they were drawn with")
    lesson = Lesson.of(batch.tokens, batch.lengths)
    taught = model._taught(batch, lesson)
    cells = touched(batch.strokes, batch.sizes, tuple(taught.looks.shape[1:]), model.watcher.stride)
    wanted = cells_of_tokens(strokes_of_tokens(batch.tokens, batch.strokes, model.table), cells)
    beside = attention_losses(taught.looks.flatten(1).clamp_min(FLOOR).log(), lesson, wanted).sum()
    right = (taught.scores.argmax(1) == lesson.targets).sum()
    nats = lesson.losses(taught.scores).sum()
    marked = wanted.any(2).sum()
    return torch.stack([nats, right, batch.lengths.sum(), beside, marked]).float()


# --- the report -----------------------------------------------------------------------------------------------


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = (head, ["---"] * len(head), *rows)
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def validations(runs: Sequence[Run]) -> Iterator[list[str]]:
    """A row for each validation of the first run: images, then of each run minutes and rates at the same step."""
    for entry in runs[0].validations:
        row = [f"{entry['step'] * int(runs[0].settings['batch_size']):,}"]
        for run in runs:
            found = next((other for other in run.validations if other["step"] == entry["step"]), None)
            row += [""] * 5 if found is None else _figures(run, found)
        yield row


def _figures(run: Run, entry: dict) -> list[str]:
    rates, minutes = entry["validation"], run.processor_minutes(entry["step"])
    taken = "" if minutes is None else f"{minutes:.1f}"
    return [f"{entry['seconds'] / 60:.1f}", taken, *(f"{rates[key]:.2f}" for key in ("exprate", "le1", "wer"))]


def heads(runs: Sequence[Run]) -> list[str]:
    parts = ("wall minutes", "processor minutes", "ExpRate", "<=1", "WER")
    return ["images seen", *(f"{run.name}: {part}" for run in runs for part in parts)]


def told_table(told: Sequence[Told], batch_size: int) -> str:
    rows = [
        [
            at.run,
            f"{at.step * batch_size:,}",
            f"{at.nats:.3f}",
            f"{100 * at.right:.1f}",
            f"{100 * at.on_symbol:.1f}",
        ]
        for at in sorted(told, key=lambda at: at.step)
    ]
    return table(["run", "images seen", "nats a token", "next token right, %", "attention on the symbol, %"], rows)


def report(runs: Sequence[Run], told: Sequence[Told], notes: str) -> str:
    """The whole report; `notes` is text that stands between commands and figures."""
    limit = runs[0].settings["validation_limit"]
    which = f"the first {limit} samples" if limit else "all samples"
    parts = [
        "# wap with and without symbol marks",
        "Written by `python -m tools.reports.marks RUN... --data crohme:DATA/crohme --told CHECKPOINT... "
        "--notes NOTES --out reports/wap-marks.md`.",
        "```\n" + "\n".join(run.command() for run in runs) + "\n```",
        notes,
        f"Validation is CROHME 2013, {which}, greedy, free. Minutes are those of training and validation together; "
        "those of the processor hold the reading of the data too.",
        table(heads(runs), list(validations(runs))),
    ]
    if told:
        parts += [
            f"Weights of the runs (not their averages), told the labels of {TOLD} validation samples, spread evenly. "
            "Attention on the symbol is the geometric mean, over tokens whose symbol is marked, of the share of "
            "attention on the cells that its strokes touch.",
            told_table(told, int(runs[0].settings["batch_size"])),
        ]
    return "\n\n".join(part for part in parts if part) + "\n"


# --- processor time -------------------------------------------------------------------------------------------


def sample(processes: dict[Path, int], every: float = 10.0) -> None:
    """Write the processor time of running processes beside their runs' steps, until all have ended; Linux only."""
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
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", nargs="*", type=Path, metavar="RUN")
    parser.add_argument("--data", help="validation samples to tell the labels of, SOURCE:ARGUMENT")
    parser.add_argument("--told", nargs="+", default=[], type=Path, metavar="CHECKPOINT")
    parser.add_argument("--notes", type=Path, help="text file whose paragraphs the report repeats")
    parser.add_argument("--sample", nargs="+", metavar="RUN=PID", help="take processor time, and write no report")
    parser.add_argument("--out", type=Path, default=Path("wap-marks.md"))
    given = parser.parse_args()
    if given.sample:
        pairs = (text.rpartition("=") for text in given.sample)
        sample({Path(folder): int(process) for folder, _, process in pairs})
        return
    torch.set_num_threads(1)
    runs = [Run.read(folder) for folder in given.runs]
    told = [tell(folder, given.data) for folder in given.told]
    notes = given.notes.read_text(encoding="utf-8").strip() if given.notes else ""
    write_whole(given.out, report(runs, told, notes))


if __name__ == "__main__":
    main()
