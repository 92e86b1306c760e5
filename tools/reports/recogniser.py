r"""Read and score the validation and the test split with a trained recogniser; writes a report and its curves.

python tools/reports/recogniser.py RUN --before EARLIER... --data crohme:../shared/data/crohme \
    --out reports/wap-crohme.md

The report gives, for each split and way of decoding, what `hmer-suite score` counts; then the breakdowns of the
free greedy readings of the test split, and its worst samples by id.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch

from hmer_suite.files import write_whole
from hmer_suite.predict.open_reader import open_reader
from hmer_suite.predict.reader import Reader
from hmer_suite.report.tables import score_text
from hmer_suite.report.training_curves import draw_curves
from hmer_suite.scores.results import Scores
from hmer_suite.scores.score import score
from hmer_suite.specs.recogniser import Decoding
from hmer_suite.train.checkpoint import read_checkpoint

BEAM = 5
"""Hypotheses that a beam follows unless the command says otherwise."""

SPLITS = {"validation": "CROHME 2013", "test": "CROHME 2014"}
WORST = 10


@dataclass(frozen=True, slots=True)
class Measured:
    """Scores of one split read in one way, and the samples read a second, samples in memory."""

    split: str
    way: str
    scores: Scores
    speed: float


def ways(beam: int) -> dict[str, Decoding]:
    """Greedily and with a beam, free and within the grammar."""
    return {
        "greedy, free": Decoding(),
        "greedy, constrained": Decoding(constrained=True),
        f"beam {beam}, free": Decoding(beam=beam),
        f"beam {beam}, constrained": Decoding(beam=beam, constrained=True),
    }


def measure(reader: Reader, data: str, beam: int) -> Iterator[Measured]:
    """Every split in every way."""
    for split in SPLITS:
        samples = reader.samples([f"{data}@{split}"])
        for way, how in ways(beam).items():
            started = time.monotonic()
            found = [hypotheses[0].latex for hypotheses in reader.read(samples, how, batch_size=16)]
            speed = len(samples) / (time.monotonic() - started)
            yield Measured(split, way, score(found, samples.labels, ids=samples.ids), speed)


def report(reader: Reader, measured: list[Measured], runs: list[Path], command: str, note: str) -> str:
    """The page as Markdown; `runs` are the stages of training in their order, the measured one last."""
    described = reader.checkpoint.description
    parameters = sum(p.numel() for p in reader.model.parameters())
    head = [
        f"# {described.recogniser} on real ink",
        f"Written by `{command}`; threads: {torch.get_num_threads()}.",
        f"{parameters:,} parameters, preset `{described.settings['preset']}`, trained on "
        f"`{described.data['spec'].partition(':')[0]}` ({described.data['train']['n']:,} samples) from fresh weights "
        f"in the stages below, each from the last weights of the one before. Selected on CROHME 2013 "
        f"({described.data['validation']['n']} samples), never on a test split.",
        *([note] if note else []),
        stages(runs),
        f"![curves of the stages]({run_picture(described.recogniser)})",
    ]
    return "\n\n".join([*head, table(measured), *_details(measured)]) + "\n"


def stages(runs: list[Path]) -> str:
    """What each run trained on, for how long (wall time), and how far it came on validation."""
    rows = [
        "| stage | labels up to | schedule | peak lr | steps | images | hours | validation ExpRate |",
        "|---" * 8 + "|",
    ]
    for number, run in enumerate(runs, 1):
        given = read_checkpoint(run / "last").description.settings
        trained = json.loads((run / "last" / "training.json").read_text())
        longest = f"{given.get('max_tokens')} tokens" if given.get("max_tokens") else "any length"
        images = trained["step"] * given["batch_size"]
        cells = (longest, given["schedule"], f"{given['lr']:g}", f"{trained['step']:,}", f"{images:,}")
        rows.append(
            f"| {number} | {' | '.join(cells)} | {trained['seconds'] / 3600:.2f} | {trained['best']:.2f} |"
        )
    return "\n".join(rows)


def run_picture(name: str) -> str:
    """File of the curves beside the report."""
    return f"{name}-curves.png"


COLUMNS = (
    "split", "decoding", "ExpRate", "95 %", "<=1", "<=2", "WER", "CER", "valid", "canonical ExpRate",
    "repaired ExpRate", "layout tree", "samples/s",
)  # fmt: skip


def table(measured: list[Measured]) -> str:
    rows = [COLUMNS, ("---",) * len(COLUMNS), *map(_cells, measured)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _cells(found: Measured) -> tuple[str, ...]:
    scores, raw = found.scores, found.scores.raw
    low, high = scores.confidence["exprate"]
    rates = (raw.le1, raw.le2, raw.wer, raw.cer, raw.valid, scores.canonical.exprate, scores.repaired.exprate)
    numbers = [f"{value:.2f}" for value in (*rates, scores.structure.exprate, found.speed)]
    return (SPLITS[found.split], found.way, f"{raw.exprate:.2f}", f"{low:.2f} - {high:.2f}", *numbers)


def _details(measured: list[Measured]) -> Iterator[str]:
    free = next(m for m in measured if m.split == "test" and m.way == "greedy, free").scores
    yield f"## CROHME 2014, greedy, free\n\n```\n{score_text(free)}\n```"
    worst = sorted(free.samples, key=lambda sample: -sample.raw.edits)[:WORST]
    rows = "\n".join(f"| {s.id} | {s.raw.edits} | {s.raw.reference_tokens} |" for s in worst)
    yield f"## The {WORST} worst samples\n\n| id | token errors | tokens |\n|---|---|---|\n{rows}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path, help="folder of the run")
    parser.add_argument("--before", type=Path, nargs="*", default=[], help="runs that the weights come from")
    parser.add_argument("--data", required=True, help="crohme:PATH")
    parser.add_argument("--out", type=Path, required=True, help="report to write")
    parser.add_argument("--note", default="", help="a paragraph above the stages")
    parser.add_argument("--beam", type=int, default=BEAM, help="hypotheses that the beam follows")
    given = parser.parse_args()
    reader = open_reader(str(given.run))
    measured = list(measure(reader, given.data, given.beam))
    name = reader.checkpoint.description.recogniser
    out = f"reports/{given.out.name}"
    beam = f" --beam {given.beam}" if given.beam != BEAM else ""
    command = f"python tools/reports/recogniser.py RUN --before EARLIER... --data crohme:PATH{beam} --out {out}"
    write_whole(given.out, report(reader, measured, [*given.before, given.run], command, given.note))
    draw_curves([run / "log.jsonl" for run in (*given.before, given.run)], given.out.parent / run_picture(name))


if __name__ == "__main__":
    main()
