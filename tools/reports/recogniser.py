r"""Read and score CROHME's validation and test split with a trained recogniser; writes a report and its curves.

python -m tools.reports.recogniser RUN --before EARLIER... --data crohme:../shared/data/crohme \
    --out reports/wap-crohme.md

The report has, for each split and way of decoding, the figures of `hmer-suite score`; then the breakdowns of the
free greedy readings of the test split, and the ids of its worst samples. Texts of a beam are ranked as the plugin's
file says (`tools/reports/joined.py --tune` first).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from hmer_suite.files import write_whole
from hmer_suite.predict.joining import find_joining
from hmer_suite.predict.open_reader import open_reader
from hmer_suite.predict.reader import Reader
from hmer_suite.registry import recogniser
from hmer_suite.report.tables import score_text
from hmer_suite.scores.results import Scores
from hmer_suite.scores.score import score
from hmer_suite.specs.recogniser import Decoding
from tools.command import run_tool
from tools.reports.common import SPLITS, add_run, report_parser
from tools.reports.markdown import Cell, code, image, page, section, table
from tools.reports.trained import data_of, draw_stages, parameters, read_stages, timed_reading, trained_on

BEAM = 5
"""Width of the beam unless the command says otherwise."""

WORST = 10


@dataclass(frozen=True, slots=True)
class Measured:
    """Scores of one split read in one way, and samples read a second, with the samples in memory."""

    split: str
    way: str
    scores: Scores
    speed: float


def ways(beam: int) -> dict[str, Decoding]:
    """Greedy and beam search, free and constrained by the grammar, by name."""
    return {
        "greedy, free": Decoding(),
        "greedy, constrained": Decoding(constrained=True),
        f"beam {beam}, free, without prior": Decoding(beam=beam, prior=False),
        f"beam {beam}, free": Decoding(beam=beam),
        f"beam {beam}, constrained": Decoding(beam=beam, constrained=True),
    }


def measure(reader: Reader, data: str, beam: int) -> Iterator[Measured]:
    """Scores of every split read in every way."""
    for split in SPLITS:
        samples = reader.samples([f"{data}@{split}"])
        for way, how in ways(beam).items():
            found, speed = timed_reading(reader, samples, how)
            yield Measured(split, way, score(found, samples.labels, ids=samples.ids), speed)


def report(
    reader: Reader, measured: Sequence[Measured], runs: Sequence[Path], command: str, note: str
) -> str:
    """The page as Markdown; `runs` are the stages of training in order, the measured one last."""
    description = reader.checkpoint.description
    return page(
        f"{description.recogniser} on real ink",
        command,
        f"{parameters(reader):,} parameters, preset `{description.settings['preset']}`, trained on "
        f"{trained_on(description)} from fresh weights in the stages below, each from the last weights of the one "
        f"before. Selected on CROHME 2013 ({data_of(description)['validation']['n']} samples), never on a test split.",
        note,
        stages(runs),
        image("curves of the stages", run_picture(description.recogniser)),
        rates_table(measured),
        *_details(measured),
        note=f"; threads: {torch.get_num_threads()}",
    )


def stages(runs: Sequence[Path]) -> str:
    """Settings, duration (wall time) and validation result of each stage of training."""
    head = ["stage", "labels up to", "schedule", "peak lr", "steps", "images", "hours", "validation ExpRate"]
    rows: list[list[Cell]] = []
    for stage in read_stages(runs):
        given, trained = stage.settings, stage.counters
        images = trained["step"] * given["batch_size"]
        settings = (stage.label_length, given["schedule"], f"{given['lr']:g}")
        rows.append(
            [
                stage.number,
                *settings,
                trained["step"],
                images,
                trained["seconds"] / 3600,
                float(trained["best"]),
            ]
        )
    return table(head, rows)


def run_picture(name: str) -> str:
    """Name of the picture of the learning curves of recogniser `name`."""
    return f"{name}-curves.png"


COLUMNS = (
    "split", "decoding", "ExpRate", "95 %", "<=1", "<=2", "WER", "CER", "valid", "canonical ExpRate",
    "repaired ExpRate", "layout tree", "samples/s",
)  # fmt: skip


def rates_table(measured: Sequence[Measured]) -> str:
    """Rates of each split and way of decoding."""
    return table(COLUMNS, map(_cells, measured))


def _cells(found: Measured) -> tuple[Cell, ...]:
    scores, raw = found.scores, found.scores.raw
    low, high = scores.confidence["exprate"]
    rates = (raw.le1, raw.le2, raw.wer, raw.cer, raw.valid, scores.canonical.exprate)
    repaired = scores.repaired.exprate if scores.repaired else None
    interval = f"{low:.2f} - {high:.2f}"
    last = (repaired, scores.structure.exprate, found.speed)
    return (SPLITS[found.split], found.way, raw.exprate, interval, *rates, *last)


def _details(measured: Sequence[Measured]) -> Iterator[str]:
    free = next(m for m in measured if m.split == "test" and m.way == "greedy, free").scores
    yield section("CROHME 2014, greedy, free", code(score_text(free)))
    worst = sorted(free.samples, key=lambda sample: -sample.raw.edits)[:WORST]
    rows = [(s.id, s.raw.edits, s.raw.reference_tokens) for s in worst]
    yield section(f"The {WORST} worst samples", table(["id", "token errors", "tokens"], rows))


def _as_shipped(reader: Reader) -> Reader:
    """With the scoring of readings that the plugin ships for its weights."""
    name = reader.checkpoint.description.recogniser
    return replace(reader, joining=find_joining([recogniser(name)], [name]))


def main() -> None:
    parser = report_parser(__doc__)
    add_run(parser, "crohme:PATH")
    parser.add_argument("--note", default="", help="a paragraph above the stages")
    parser.add_argument("--beam", type=int, default=BEAM, help="width of the beam (default: %(default)s)")
    given = parser.parse_args()
    reader = _as_shipped(open_reader(str(given.run)))
    measured = list(measure(reader, given.data, given.beam))
    runs = [*given.before, given.run]
    beam = f" --beam {given.beam}" if given.beam != BEAM else ""
    command = (
        f"python -m tools.reports.recogniser RUN --before EARLIER... --data crohme:PATH{beam} "
        f"--out reports/{given.out.name}"
    )
    write_whole(given.out, report(reader, measured, runs, command, given.note))
    draw_stages(runs, given.out.parent / run_picture(reader.checkpoint.description.recogniser))


if __name__ == "__main__":
    run_tool(main)
