r"""Every recogniser on the same test sets, in one page; writes reports/leaderboard.md.

python -m tools.reports.leaderboard wap ctc-crnn im2latex symbol-cnn --data ../shared/data --out reports/leaderboard.md

A recogniser is named (its shipped weights) or given by a run or a checkpoint. Each reads every test set greedily, free
and held to the grammar, whatever it was made for; beside them stand predictions that others published, scored here,
and figures that they published, with what they selected on.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch

from hmer_suite.data.subsets import evenly_spaced
from hmer_suite.files import write_whole
from hmer_suite.predict.open_reader import open_reader
from hmer_suite.predict.reader import Reader
from hmer_suite.predictions.files import pair, read_predictions, read_references
from hmer_suite.scores.metrics.bleu import corpus_bleu
from hmer_suite.scores.results import Scores
from hmer_suite.scores.score import score
from hmer_suite.specs.recogniser import Decoding
from hmer_suite.specs.samples import SampleSet
from hmer_suite.train.checkpoint import Description

WAYS = {"greedy, free": Decoding(), "greedy, constrained": Decoding(constrained=True)}


@dataclass(frozen=True, slots=True)
class TestSet:
    """What all recognisers read: `data` and `files` are below the folder of the data.

    `files` are predictions that others published, with their references where they lie apart; `quoted` figures from
    papers: system, figures, what was selected on. At most `limit` samples are read, spread evenly.
    """

    title: str
    data: str
    about: str
    limit: int = 1_000
    files: Mapping[str, tuple[str, str | None]] = field(default_factory=dict)
    quoted: Sequence[tuple[str, str, str]] = ()


SELECTED_2014 = "CROHME 2014 itself, by its public code"
TEST_SETS = (
    TestSet(
        "CROHME 2014",
        "crohme:{}/crohme@test",
        "Real ink, all 986 formulas of the test split.",
        files={
            "DenseNet-WAP (2018), its predictions": (
                "predictions/wap-crohme2014.txt",
                "crohme/captions-test2014.txt",
            ),
            "Uni-MuMER 3B (2025), its predictions": ("predictions/unimumer-3b-crohme2014.json", None),
            "Uni-MuMER 7B (2025), its predictions": ("predictions/unimumer-7b-crohme2014.json", None),
        },
        quoted=(
            (
                "WAP (Zhang et al. 2017)",
                "ExpRate 46.55, several networks together (not checked against the paper)",
                "not said",
            ),
            ("BTTR (Zhao et al. 2021)", "ExpRate 53.96 (not checked against the paper)", SELECTED_2014),
            ("CAN-DWAP (Li et al. 2022)", "ExpRate 57.00 (not checked against the paper)", SELECTED_2014),
            ("CoMER (Zhao and Gao 2022)", "ExpRate 59.33 (not checked against the paper)", SELECTED_2014),
            (
                "a student CTC-CRNN, on CROHME 2016",
                "WER 38.1, CER 34.2",
                "its clean-up looked at the ground truth",
            ),
        ),
    ),
    TestSet(
        "Printed formulas",
        "printed:{}/im2latex/test-a.formulas.norm.txt@train",
        "Part a of im2latex-100k's test formulas, set anew in Computer Modern; 500 of them, spread evenly.",
        limit=500,
        quoted=(
            (
                "CNN and LSTM (2017), on the original images",
                "BLEU 78, edit similarity 62, exact 35",
                "not said",
            ),
            (
                "im2markup (Deng et al. 2017), on the original images",
                "BLEU 87.7, exact (visual) 77.5",
                "not said",
            ),
        ),
    ),
    TestSet(
        "Single symbols",
        "symbols:{}/crohme@test",
        "Symbols cut from the ink of CROHME 2014; 1,000 of them, spread evenly. ExpRate is accuracy here. Held to the "
        "grammar, nobody may write a fraction's bar or a lone root.",
        quoted=(("Álvaro et al., as cited by Dong and Liu 2017, 101 classes", "accuracy 91.24", "not said"),),
    ),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One system read in one way; a file that others published has no `description`, `parameters` and `speed`."""

    system: str
    way: str
    scores: Scores
    parameters: int | None = None
    speed: float | None = None
    description: Description | None = None


def read_rows(name: str, test: TestSet, data: str) -> Iterator[Row]:
    """What a recogniser makes of a test set, in every way."""
    reader = open_reader(name)
    samples = evenly_spaced(reader.samples([test.data.format(data)]), test.limit)
    for way, how in WAYS.items():
        yield _row(reader, way, how, samples)


def _row(reader: Reader, way: str, how: Decoding, samples: SampleSet) -> Row:
    started = time.monotonic()
    found = [hypotheses[0].latex for hypotheses in reader.read(samples, how, batch_size=16)]
    speed = len(samples) / (time.monotonic() - started)
    description = reader.checkpoint.description
    return Row(
        description.recogniser,
        way,
        score(found, samples.labels, ids=samples.ids),
        sum(weight.numel() for weight in reader.model.parameters()),
        speed,
        description,
    )


def file_rows(test: TestSet, data: Path) -> Iterator[Row]:
    """Predictions that others published."""
    for system, (predictions, labels) in test.files.items():
        references = read_references(data / labels) if labels else None
        paired = pair(read_predictions(data / predictions, references=references), references)
        yield Row(system, "-", score(paired.predictions, paired.references, ids=paired.ids))


# --- the page ------------------------------------------------------------------------------------------------


def table(rows: Sequence[Row]) -> str:
    """The rows as Markdown, best canonical expression rate first."""
    head = (
        "| system | read | ExpRate raw | canonical | repaired | means the same | WER | CER | BLEU-4 | valid |"
        " parameters | images/s | training |\n|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n"
    )
    ordered = sorted(rows, key=lambda row: -row.scores.canonical.exprate)
    return head + "\n".join(map(_line, ordered))


def _line(row: Row) -> str:
    scores, meaning = row.scores, row.scores.semantics
    raw = scores.raw
    bleu = corpus_bleu(
        [sample.prediction or "" for sample in scores.samples],
        [sample.reference for sample in scores.samples],
    )
    rates = [f"{block.exprate:.2f}" for block in (raw, scores.canonical, scores.repaired)]
    same = f"{meaning.rate:.2f} to {meaning.rate_upper:.2f}"
    figures = [f"{value:.2f}" for value in (raw.wer, raw.cer, bleu, raw.valid)]
    size = f"{row.parameters / 1e6:.2f} M" if row.parameters else "-"
    speed = f"{row.speed:.1f}" if row.speed else "-"
    seconds = row.description.seconds if row.description else 0
    hours = f"{seconds / 3600:.1f} h" if seconds else "-"
    return f"| {' | '.join([row.system, row.way, *rates, same, *figures, size, speed, hours])} |"


def trained(rows: Sequence[Row]) -> str:
    """What each recogniser was trained and selected on."""
    found = {row.system: row.description for row in rows if row.description}
    lines = [
        f"| {name} | {described.settings['preset']} | {described.data['spec']} | {described.data['train']['n']:,} | "
        f"{described.data['validation']['n']:,} |"
        for name, described in found.items()
    ]
    head = "| recogniser | preset | last trained on | samples | selected on |\n|---|---|---|--:|--:|\n"
    return head + "\n".join(lines)


def section(test: TestSet, rows: Sequence[Row]) -> str:
    quoted = "\n".join(f"| {' | '.join(figures)} |" for figures in test.quoted)
    published = (
        f"As published, not measured here:\n\n| system | figures | selected on |\n|---|---|---|\n{quoted}"
    )
    return f"## {test.title}\n\n{test.about}\n\n{table(rows)}\n\n{published}"


HEAD = """# Recognisers side by side

Written by `{command}`, one thread, no GPU. Every recogniser reads every test set, also what it was not made for.
Rates are those of `hmer-suite score`: **raw** compares tokens as given, **canonical** in canonical spelling,
**repaired** behind the fixer, **means the same** is proven to (the second number counts the undecided as right).
**training** is the wall time of all stages, with the encoder's where it came from another recogniser, on a part of a
processor core.

{trained}

No test split selected anything here: CROHME 2013 did, or formulas held out of the training file."""


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("recognisers", nargs="+", help="names with shipped weights, runs or checkpoints")
    parser.add_argument(
        "--data", type=Path, required=True, help="folder with crohme/, im2latex/, predictions/"
    )
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    torch.set_num_threads(1)
    boards = [
        (test, [row for name in args.recognisers for row in read_rows(name, test, str(args.data))])
        for test in TEST_SETS
    ]
    command = f"python -m tools.reports.leaderboard {' '.join(args.recognisers)} --data DATA --out {args.out}"
    head = HEAD.format(command=command, trained=trained(boards[0][1]))
    sections = [section(test, [*rows, *file_rows(test, args.data)]) for test, rows in boards]
    write_whole(args.out, "\n\n".join([head, *sections]) + "\n")


if __name__ == "__main__":
    main()
