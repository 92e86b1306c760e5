r"""Score every recogniser on the same test sets, in one page; writes reports/leaderboard.md.

python -m tools.reports.leaderboard stroke wap ctc-crnn stroke+wap+ctc-crnn im2latex symbol-cnn \
    --data ../shared/data --out reports/leaderboard.md

A recogniser is given by name (its shipped weights), by a run or by a checkpoint; several joined by `+` read together.
Each reads every test set that it can take, greedily, free and constrained by the grammar. Beside them are predictions
that others published, scored here, and figures that they published, with what they selected on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch

from hmer_suite.data.subsets import evenly_spaced
from hmer_suite.errors import InputError, UsageError
from hmer_suite.files import write_whole
from hmer_suite.predict.joint_reader import JoinedSamples, JointReader
from hmer_suite.predict.open_reader import open_readers
from hmer_suite.predict.reader import Reader
from hmer_suite.scores.metrics.bleu import corpus_bleu
from hmer_suite.scores.results import Scores
from hmer_suite.scores.score import score
from hmer_suite.specs.recogniser import Decoding
from hmer_suite.specs.samples import SampleSet
from hmer_suite.train.description import Description
from tools.command import run_tool
from tools.reports.common import add_data_folder, read_pairs, report_parser
from tools.reports.markdown import Cell, page, section, table
from tools.reports.trained import data_of, parameters, timed_reading

WAYS = {"greedy, free": Decoding(), "greedy, constrained": Decoding(constrained=True)}


@dataclass(frozen=True, slots=True)
class TestSet:
    """One test set: `data` and `files` are below the folder of the data sets.

    `files` are predictions that others published, each with a file of references where they have none inside; `quoted`
    are figures from papers: system, figures, what they were selected on. At most `limit` samples are read, spread
    evenly.
    """

    title: str
    data: str
    about: str
    limit: int = 1_000
    files: Mapping[str, tuple[str, str | None]] = field(default_factory=dict)
    quoted: Sequence[tuple[str, str, str]] = ()


READS = 1.0
"""Canonical expression rate, in percent, from which a recogniser can be said to read a set."""

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
                "its clean-up used the ground truth",
            ),
        ),
    ),
    TestSet(
        "Printed formulas",
        "printed:{}/im2latex/test-a.formulas.norm.txt@train",
        "Part a of im2latex-100k's test formulas, typeset anew in Computer Modern; 500 of them, spread evenly.",
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
        "Symbols cut from the ink of CROHME 2014; 1,000 of them, spread evenly. ExpRate is accuracy here. Constrained "
        "by the grammar, no recogniser can write a fraction bar or a root alone.",
        quoted=(("Álvaro et al., as cited by Dong and Liu 2017, 101 classes", "accuracy 91.24", "not said"),),
    ),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One system read in one way; a file that others published has no `members` and no `speed`.

    `members` are the recognisers that read together, one or several, with their numbers of weights.
    """

    system: str
    way: str
    scores: Scores
    speed: float | None = None
    members: tuple[tuple[Description, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Board:
    """The rows of a test set, and a sentence for each recogniser that cannot read it."""

    test: TestSet
    rows: tuple[Row, ...]
    unread: tuple[str, ...]


def board(test: TestSet, names: Sequence[str], data: Path, limit: int | None) -> Board:
    """Let every recogniser read a test set."""
    rows: list[Row] = []
    unread: list[str] = []
    for name in names:
        try:
            rows += read_rows(name, test, data, limit)
        except (InputError, UsageError) as error:
            unread.append(f"`{name}` cannot read this set: {_without_folder(str(error), data)}.")
    return Board(test, (*rows, *file_rows(test, data)), tuple(unread))


def _without_folder(text: str, data: Path) -> str:
    return text.replace(str(data), "DATA")


def read_rows(name: str, test: TestSet, data: Path, limit: int | None) -> Iterator[Row]:
    """The readings of a recogniser, or of several joined, in every way.

    Raises `InputError` or `UsageError` where one of them cannot read the set.
    """
    reader = open_readers(name)
    samples = _part(reader.samples([test.data.format(data)]), min(limit or test.limit, test.limit))
    system = name if isinstance(reader, JointReader) else _system(name, reader.checkpoint.description)
    members = tuple((one.checkpoint.description, parameters(one)) for one in _members(reader))
    for way, how in WAYS.items():
        found, speed = timed_reading(reader, samples, how)
        yield Row(system, way, _scored(found, samples), speed, members)


def _system(asked: str, description: Description) -> str:
    """The recogniser's name where its shipped weights were asked for, and with its preset where a run was."""
    name = description.recogniser
    return name if asked == name else f"{name}, {description.settings['preset']}"


def _scored(found: Sequence[str], samples: SampleSet | JoinedSamples) -> Scores:
    """The scores of readings; whether nonsense means the same as its reference is costly to ask and says nothing."""
    scores = score(found, samples.labels, ids=samples.ids, semantics=False)
    if scores.canonical.exprate < READS:
        return scores
    return score(found, samples.labels, ids=samples.ids)


def _part(samples: SampleSet | JoinedSamples, limit: int) -> SampleSet | JoinedSamples:
    """At most `limit` samples, evenly_spaced evenly."""
    if isinstance(samples, SampleSet):
        return evenly_spaced(samples, limit)
    return JoinedSamples(tuple(evenly_spaced(own, limit) for own in samples.sets))


def _members(reader: Reader | JointReader) -> tuple[Reader, ...]:
    return reader.members if isinstance(reader, JointReader) else (reader,)


def file_rows(test: TestSet, data: Path) -> Iterator[Row]:
    """Scores of predictions that others published."""
    for system, (predictions, labels) in test.files.items():
        paired = read_pairs(data, predictions, labels)
        yield Row(system, "-", score(paired.predictions, paired.references, ids=paired.ids))


# --- the page ------------------------------------------------------------------------------------------------

COLUMNS = (
    "system", "read", "ExpRate raw", "canonical", "repaired", "means the same", "WER", "CER", "BLEU-4", "valid",
    "parameters", "images/s", "training",
)  # fmt: skip


def rates_table(rows: Sequence[Row]) -> str:
    """The rows, best canonical expression rate first."""
    return table(COLUMNS, map(_cells, sorted(rows, key=lambda row: -row.scores.canonical.exprate)))


def _cells(row: Row) -> tuple[Cell, ...]:
    scores, meaning = row.scores, row.scores.semantics
    raw = scores.raw
    bleu = corpus_bleu(
        [sample.prediction or "" for sample in scores.samples],
        [sample.reference for sample in scores.samples],
    )
    repaired = scores.repaired.exprate if scores.repaired else None
    same = f"{meaning.rate:.2f} to {meaning.rate_upper:.2f}" if meaning else None
    size = sum(weights for _, weights in row.members)
    seconds = sum(description.seconds for description, _ in row.members)
    costs = (
        f"{size / 1e6:.2f} M" if size else "-",
        f"{row.speed:.1f}" if row.speed else "-",
        f"{seconds / 3600:.1f} h" if seconds else "-",
    )
    rates = (raw.exprate, scores.canonical.exprate, repaired, same, raw.wer, raw.cer, bleu, raw.valid)
    return (row.system, row.way, *rates, *costs)


def trained(boards: Sequence[Board]) -> str:
    """The data that each recogniser was trained and selected on."""
    members = [member for board in boards for row in board.rows for member, _ in row.members]
    rows = []
    named = {(member.recogniser, str(member.settings["preset"])): member for member in members}
    for (name, preset), found in named.items():
        data = data_of(found)
        rows.append((name, preset, data["spec"], data["train"]["n"], data["validation"]["n"]))
    return table(["recogniser", "preset", "last trained on", "samples", "selected on"], rows)


def board_section(board: Board) -> str:
    """The part of the page on one test set."""
    test = board.test
    return section(
        test.title,
        test.about,
        rates_table(board.rows),
        *board.unread,
        "As published, not measured here:",
        table(["system", "figures", "selected on"], test.quoted),
    )


ABOUT = """\
Every recogniser reads every test set that it can take, also sets that it was not made for. Names joined by `+` read
together. Rates are those of `hmer-suite score`: **raw** compares tokens as given, **canonical** in canonical spelling,
**repaired** after repair, **means the same** counts readings proven equal in meaning (the second number counts the
undecided as right; not asked below a canonical rate of 1 %). **training** is the wall time of all stages, including the
encoder's where it came from another recogniser, on a part of a processor core."""
SELECTED = (
    "CROHME 2013 selected, or formulas that no test set has. Two exceptions: the prior of joined readings was thought "
    "of in part while reading errors on CROHME 2014 (`reports/joined.md`), and the height of `im2latex`'s images while "
    "reading errors on others' print (`reports/real-print.md`)."
)


def main() -> None:
    parser = report_parser(__doc__)
    add_data_folder(parser)
    parser.add_argument(
        "recognisers", nargs="+", help="names with shipped weights, runs or checkpoints; + joins several"
    )
    parser.add_argument("--limit", type=int, help="samples of a set at most, for a quick trial")
    given = parser.parse_args()
    torch.set_num_threads(1)
    boards = [board(test, given.recognisers, given.data, given.limit) for test in TEST_SETS]
    limited = f" --limit {given.limit}" if given.limit else ""
    text = page(
        "Recognisers side by side",
        f"python -m tools.reports.leaderboard {' '.join(given.recognisers)} --data DATA{limited} "
        f"--out reports/{given.out.name}",
        ABOUT,
        trained(boards),
        SELECTED,
        *map(board_section, boards),
        note=", one thread, no GPU",
    )
    write_whole(given.out, text)


if __name__ == "__main__":
    run_tool(main)
