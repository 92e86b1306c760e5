r"""Every recogniser on the same test set, in one table; writes reports/leaderboard.md.

python -m tools.leaderboard wap ctc-crnn --data crohme:../shared/data/crohme --out reports/leaderboard.md

A recogniser is named (its shipped weights) or given by a checkpoint. Each is read greedily, free and held to the
grammar; beside the measured rows stand figures that others published, with what they selected on.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from pathlib import Path

import torch

from hmer_suite.files import write_whole
from hmer_suite.recogniser import Decoding
from hmer_suite.scores.scoring import Scores, score
from hmer_suite.train.predict import Reader, open_reader

WAYS = {"greedy, free": Decoding(), "greedy, constrained": Decoding(constrained=True)}

QUOTED = (
    ("student CTC-CRNN", "CROHME 2016", "WER 38.1, CER 34.2", "its clean-up looked at the test set's ground truth"),
    ("CNN and LSTM, 2017", "im2latex-100k, its images", "BLEU 78", "not said"),
    ("im2markup", "im2latex-100k, its images", "BLEU 87.7, exact 77.5", "not said"),
)
"""Figures from papers and projects: system, test set, figure, what was selected on."""


@dataclass(frozen=True, slots=True)
class Row:
    """One system read in one way; *speed* is images a second, None for a file that others published."""

    system: str
    way: str
    parameters: int | None
    speed: float | None
    scores: Scores


def rows_of(name: str, data: str) -> list[Row]:
    """The rows of one recogniser on the test split of *data*."""
    reader = open_reader(name)
    samples = reader.samples([f"{data}@test"])
    return [_row(reader, name, way, how, samples) for way, how in WAYS.items()]


def _row(reader: Reader, name: str, way: str, how: Decoding, samples) -> Row:
    started = time.monotonic()
    found = [hypotheses[0].latex for hypotheses in reader.read(samples, how, batch_size=16)]
    speed = len(samples) / (time.monotonic() - started)
    size = sum(weight.numel() for weight in reader.model.parameters())
    return Row(name, way, size, speed, score(found, samples.labels, ids=samples.ids, semantics=True))


def table(rows: list[Row]) -> str:
    """The rows as Markdown, best canonical expression rate first."""
    head = (
        "| system | read | ExpRate raw | canonical | repaired | means the same | WER raw | CER raw | valid |"
        " parameters | images a second |\n|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n"
    )
    ordered = sorted(rows, key=lambda row: -row.scores.canonical.exprate)
    return head + "\n".join(_line(row) for row in ordered) + "\n"


def _line(row: Row) -> str:
    scores, meaning = row.scores, row.scores.semantics
    same = f"{meaning.rate:.2f} to {meaning.rate_upper:.2f}" if meaning is not None else "-"
    rates = [f"{block.exprate:.2f}" for block in (scores.raw, scores.canonical, scores.repaired)]
    size = f"{row.parameters / 1e6:.2f} M" if row.parameters else "-"
    speed = f"{row.speed:.1f}" if row.speed else "-"
    cells = [row.system, row.way, *rates, same, f"{scores.raw.wer:.2f}", f"{scores.raw.cer:.2f}"]
    return f"| {' | '.join([*cells, f'{scores.raw.valid:.2f}', size, speed])} |"


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("recognisers", nargs="+", help="names with shipped weights, or checkpoints")
    parser.add_argument("--data", required=True, help="data set with a test split, such as crohme:PATH")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    torch.set_num_threads(1)
    rows = [row for name in args.recognisers for row in rows_of(name, args.data)]
    command = f"python -m tools.leaderboard {' '.join(args.recognisers)} --data crohme:PATH --out {args.out}"
    quoted = "\n".join(f"| {' | '.join(figures)} |" for figures in QUOTED)
    write_whole(
        args.out,
        f"# Recognisers side by side\n\nTest split of CROHME (2014), one thread; written by `{command}`. The weights "
        "were selected on CROHME 2013; their cards say how they were trained and for how long.\n\n"
        f"{table(rows)}\n## Published\n\nFigures that others quote, not measured here:\n\n"
        f"| system | test set | figure | selected on |\n|---|---|---|---|\n{quoted}\n",
    )


if __name__ == "__main__":
    main()
