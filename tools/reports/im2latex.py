r"""Measure a trained recogniser on printed formulas as papers on im2latex do; writes a report and its curves.

python -m tools.reports.im2latex RUN --before EARLIER... --data printed:test-a.formulas.norm.txt \
    --covered RUN --uncovered RUN --curve RUN_1 RUN_2 RUN_3 --out reports/im2latex.md

`--covered` and `--uncovered` are two runs of the same training, with coverage and without. `--curve` lists the run that
all runs of the learning curve start from, then those runs: the same number of steps on increasing amounts of data. Both
may be left out. The cheapest way of reading and the best one are measured on all formulas, the others on 500, spread
evenly.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from rapidfuzz.distance import Levenshtein

from hmer_suite.data.subsets import evenly_spaced
from hmer_suite.files import write_whole
from hmer_suite.latex.problems import validate
from hmer_suite.predict.open_reader import open_reader
from hmer_suite.predict.reader import Reader
from hmer_suite.repairs.rules import apply_rules, runaway
from hmer_suite.scores.metrics.bleu import corpus_bleu
from hmer_suite.scores.metrics.edit_similarity import edit_similarity
from hmer_suite.scores.metrics.exact import exact, exact_without_spaces
from hmer_suite.scores.metrics.visual import visual_matches
from hmer_suite.specs.recogniser import Decoding
from hmer_suite.specs.samples import SampleSet
from hmer_suite.train.checkpoint import BEST, read_checkpoint
from tools.command import run_tool
from tools.reports.common import add_run, report_parser
from tools.reports.markdown import Cell, image, page, section, table
from tools.reports.trained import data_of, draw_stages, parameters, read_stages, timed_reading

WAYS = {
    "greedy, free": Decoding(),
    "greedy, constrained": Decoding(constrained=True),
    "beam 5, free": Decoding(beam=5),
    "beam 5, constrained": Decoding(beam=5, constrained=True),
}
ON_ALL = ("greedy, free", "beam 5, constrained")
"""Ways in which all formulas of the file are read."""

PART = 500
"""Formulas read in the other ways, spread evenly over the file."""

LENGTHS = (20, 40, 60, 80, 120, 1_000)
"""Upper ends of the groups of references by number of tokens."""

PUBLISHED = table(
    ["published", "images", "BLEU-4", "edit similarity", "exact"],
    [
        ["plain CNN and LSTM (2017), as published", "original images", "78", "62", "35"],
        ["im2markup (Deng et al. 2017), as published", "original images", "87.7", "", "77.5 (visual)"],
    ],
)


@dataclass(frozen=True, slots=True)
class Readings:
    """Predictions with their references, whether the two look alike, and images read a second."""

    predictions: tuple[str, ...]
    references: tuple[str, ...]
    alike: tuple[bool, ...]
    speed: float = 0.0

    @classmethod
    def of(cls, reader: Reader, samples: SampleSet, how: Decoding) -> Readings:
        """A recogniser's readings of a set."""
        found, speed = timed_reading(reader, samples, how)
        return cls(tuple(found), samples.labels, tuple(visual_matches(found, samples.labels)), speed)

    def __len__(self) -> int:
        return len(self.references)

    def of_length(self, least: int, most: int) -> Readings:
        """The readings whose references have `least` to `most` tokens."""
        places = [i for i, text in enumerate(self.references) if least <= len(text.split()) <= most]
        return Readings(
            tuple(self.predictions[i] for i in places),
            tuple(self.references[i] for i in places),
            tuple(self.alike[i] for i in places),
        )

    def groups(self) -> Iterator[tuple[str, Readings]]:
        """The readings grouped by length of the reference, with the name of each group."""
        least = 1
        for most in LENGTHS:
            name = f"{least} to {most}" if most < LENGTHS[-1] else f"{least} and more"
            yield name, self.of_length(least, most)
            least = most + 1


def metrics(found: Readings) -> list[str]:
    """BLEU, edit similarity, exact match with and without spaces, visual match, in percent."""
    pair = (found.predictions, found.references)
    values = (
        corpus_bleu(*pair),
        edit_similarity(*pair),
        exact(*pair),
        exact_without_spaces(*pair),
        100 * sum(found.alike) / len(found),
    )
    return [f"{value:.2f}" for value in values]


# --- parts of the report -------------------------------------------------------------------------------------

METRICS = ("BLEU-4", "edit similarity", "exact", "exact without spaces", "visual")


def by_way(ways: dict[str, Readings]) -> str:
    """Metrics of each way of decoding."""
    rows: list[list[Cell]] = []
    for way, found in ways.items():
        valid = sum(not validate(text).problems for text in found.predictions)
        rows.append([way, len(found), *metrics(found), 100 * valid / len(found), f"{found.speed:.1f}"])
    return table(["decoding", "formulas", *METRICS, "valid", "images/s"], rows)


def by_length(found: Readings) -> str:
    """Metrics of each group of lengths."""
    rows: list[list[Cell]] = [
        [name, len(group), *metrics(group)] for name, group in found.groups() if len(group)
    ]
    return table(["tokens of the reference", "formulas", *METRICS], rows)


def errors_by_length(systems: dict[str, Readings]) -> str:
    """Token error rate by length for each system, as read and after the rule `runaway`."""
    rows: list[list[Cell]] = []
    for name, found in systems.items():
        for span, group in (*found.groups(), ("all", found)):
            if len(group):
                rows.append([name, span, len(group), *_errors(group)])
    head = [
        "network",
        "tokens",
        "formulas",
        "error",
        "error after the rule",
        "cut by the rule",
        "tokens written",
    ]
    return table(head, rows)


def _errors(found: Readings) -> list[str]:
    """Token error rates in percent, share of predictions that the rule cut, and predicted over true tokens."""
    cut = [" ".join(apply_rules(text.split(), [runaway.RULE]).tokens) for text in found.predictions]
    changed = sum(a != b for a, b in zip(cut, found.predictions, strict=True))
    written, true = (
        sum(len(text.split()) for text in side) for side in (found.predictions, found.references)
    )
    return [
        _wer(found.predictions, found.references),
        _wer(cut, found.references),
        f"{100 * changed / len(found):.1f} %",
        f"{100 * written / true:.0f} %",
    ]


def _wer(predictions: Sequence[str], references: Sequence[str]) -> str:
    pairs = [(a.split(), b.split()) for a, b in zip(predictions, references, strict=True)]
    return f"{100 * sum(Levenshtein.distance(*pair) for pair in pairs) / sum(len(b) for _, b in pairs):.1f}"


def curve(runs: Sequence[Path], samples: SampleSet) -> str:
    """Runs of the same number of steps on increasing amounts of data, after the run that they start from."""
    rows = []
    for number, run in enumerate(runs):
        described = read_checkpoint(run / "best").description
        found = Readings.of(open_reader(str(run), precision="bf16"), samples, WAYS["greedy, free"])
        formulas = f"{data_of(described)['train']['n']:,}" if number else "none"
        rows.append(
            [formulas, f"{described.step:,}", *metrics(found), _wer(found.predictions, found.references)]
        )
    return table(["formulas after the start", "steps", *METRICS, "token errors"], rows)


def stages(runs: Sequence[Path]) -> str:
    """Data, settings, duration and validation error of each stage of training."""
    head = [
        "stage",
        "formulas",
        "labels up to",
        "schedule, peak lr",
        "steps",
        "minutes",
        "validation error, %",
    ]
    rows: list[list[Cell]] = []
    for stage in read_stages(runs):
        given, state = stage.settings, stage.counters
        rows.append(
            [
                stage.number,
                data_of(stage.description)["train"]["n"],
                stage.label_length,
                f"{given['schedule']}, {given['lr']:g}",
                f"{state['step']:,} of {given['batch_size']}",
                f"{state['seconds'] / 60:.0f}",
                f"{state['best_wer']:.1f}" if state["best"] >= 0 else None,
            ]
        )
    return table(head, rows)


COMMAND = "python -m tools.reports.im2latex RUN --before EARLIER... --data printed:TEST.txt --out reports/im2latex.md"
REPEATS = """\
Long formulas repeat tokens in every published system of this kind. Token errors by length, greedy and free: as read,
and after the repair rule `runaway`, which keeps one copy of a loop that goes on to the end of the line."""
PAIR = """\
Here: two networks that differ by coverage alone, trained alike and briefly (the start and the row of all
formulas of the learning curve below)."""
CURVE = """\
The first row is a network that was trained on formulas of the weighted grammar alone (`printed-synthetic`), none of
them written by a person. The others start from it and are trained for the same number of steps on increasing numbers of
formulas, the last on twice as many more that are composed of their parts (`printed:PATH,16000`). A network cannot write
tokens that it has never seen."""
CURVES = "im2latex-curves.png"


def report(given: argparse.Namespace, reader: Reader, samples: SampleSet, ways: dict[str, Readings]) -> str:
    """The page as Markdown."""
    description, free = reader.checkpoint.description, ways["greedy, free"]
    part = evenly_spaced(samples, PART)
    systems = {"with coverage": free}
    if given.uncovered:
        runs = {"with coverage": given.covered, "without": given.uncovered}
        systems = {
            name: Readings.of(open_reader(str(run), precision="bf16"), part, WAYS["greedy, free"])
            for name, run in runs.items()
        }
    return page(
        f"{description.recogniser} on printed formulas",
        COMMAND,
        f"{parameters(reader):,} parameters, preset `{description.settings['preset']}`. "
        f"Trained in the stages below, each from the last weights of the one before; {_selected(reader)}. "
        f"Test formulas are drawn the same way as those of training, not the original images of im2latex-100k; "
        f"both sides in canonical spelling.{_limited(given.limit)}",
        stages([*given.before, given.run]),
        "Minutes are wall time on a machine with other work on it.",
        image("curves of the stages", CURVES),
        section("Test", by_way(ways), PUBLISHED),
        section("By length, greedy and free", by_length(free)),
        section("Repetition", REPEATS, PAIR if given.uncovered else "", errors_by_length(systems)),
        section("Amount of data", CURVE, curve(given.curve, part)) if given.curve else "",
        note=f"; threads: {torch.get_num_threads()}",
    )


def _selected(reader: Reader) -> str:
    """A clause on how the weights were chosen."""
    if reader.checkpoint.folder.name == BEST:
        held_out = data_of(reader.checkpoint.description)["validation"]["n"]
        return f"selected on {held_out} formulas held out of the training file, never on a test split"
    return "the last weights, nothing was selected"


def _limited(limit: int) -> str:
    return f" Measured on {limit:,} of them, spread evenly (`--limit {limit}`)." if limit else ""


def main() -> None:
    parser = report_parser(__doc__)
    add_run(parser, "printed:TEST.txt")
    parser.add_argument("--uncovered", type=Path, help="run without coverage")
    parser.add_argument("--covered", type=Path, help="run with coverage, otherwise trained in the same way")
    parser.add_argument(
        "--curve", type=Path, nargs="*", default=[], help="runs on increasing amounts of data"
    )
    parser.add_argument("--limit", type=int, default=0, help="formulas to read, spread evenly (default: all)")
    given = parser.parse_args()
    if (given.uncovered is None) != (given.covered is None):
        parser.error("--uncovered and --covered go together")
    reader = open_reader(str(given.run), precision="bf16")
    samples = reader.samples([f"{given.data}@train"])
    if given.limit:
        samples = evenly_spaced(samples, given.limit)
    ways = {
        way: Readings.of(reader, samples if way in ON_ALL else evenly_spaced(samples, PART), how)
        for way, how in WAYS.items()
    }
    write_whole(given.out, report(given, reader, samples, ways))
    draw_stages([*given.before, given.run], given.out.parent / CURVES)


if __name__ == "__main__":
    run_tool(main)
