r"""Read printed formulas with a trained recogniser and measure what papers on im2latex measure; writes a report.

python tools/reports/im2latex.py RUN --before EARLIER... --data printed:test-a.formulas.norm.txt \
    --covered RUN --uncovered RUN --curve RUN_1 RUN_2 RUN_3 --out reports/im2latex.md

`--covered` and `--uncovered` are runs of the same training with coverage and without, `--curve` the run that all runs
of the learning curve start from and those runs, equally many steps on ever more data; they may be left out. All but
plain greedy reading is of 500 formulas only, spread evenly.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from hmer_suite.data.subsets import evenly_spaced
from hmer_suite.files import write_whole
from hmer_suite.latex.problems import validate
from hmer_suite.predict.open_reader import open_reader
from hmer_suite.predict.reader import Reader
from hmer_suite.repairs.rules import apply_rules, runaway
from hmer_suite.report.training import draw_curves
from hmer_suite.scores.metrics.bleu import corpus_bleu
from hmer_suite.scores.metrics.edit_similarity import edit_similarity
from hmer_suite.scores.metrics.exact import exact, exact_without_spaces
from hmer_suite.scores.metrics.visual import visual_matches
from hmer_suite.specs.recogniser import Decoding
from hmer_suite.specs.samples import SampleSet
from hmer_suite.train.checkpoint import BEST, read_checkpoint

WAYS = {
    "greedy, free": Decoding(),
    "greedy, constrained": Decoding(constrained=True),
    "beam 5, free": Decoding(beam=5),
    "beam 5, constrained": Decoding(beam=5, constrained=True),
}
PART = 500
"""Formulas that slower ways read, spread evenly over the file."""

LENGTHS = (20, 40, 60, 80, 120, 1_000)
"""Upper ends of the groups of references by their number of tokens."""

PUBLISHED = """\
| plain CNN and LSTM (2017), as published | original images | 78 | 62 | 35 | | |
| im2markup (Deng et al. 2017), as published | original images | 87.7 | | 77.5 (visual) | | |"""


@dataclass(frozen=True, slots=True)
class Readings:
    """Predictions beside their references, and whether they look alike."""

    predictions: tuple[str, ...]
    references: tuple[str, ...]
    alike: tuple[bool, ...]
    speed: float = 0.0

    @classmethod
    def of(cls, reader: Reader, samples: SampleSet, how: Decoding) -> Readings:
        """What a recogniser makes of a set."""
        started = time.monotonic()
        found = tuple(hypotheses[0].latex for hypotheses in reader.read(samples, how, batch_size=16))
        speed = len(samples) / (time.monotonic() - started)
        return cls(found, samples.labels, tuple(visual_matches(found, samples.labels)), speed)

    def __len__(self) -> int:
        return len(self.references)

    def pick(self, wanted: Callable[[int], bool]) -> Readings:
        """Those whose reference has as many tokens as wanted."""
        places = [i for i, text in enumerate(self.references) if wanted(len(text.split()))]
        columns = ([column[i] for i in places] for column in (self.predictions, self.references, self.alike))
        return Readings(*map(tuple, columns))

    def groups(self) -> Iterator[tuple[str, Readings]]:
        """By length of the reference, with the name of each group."""
        least = 1
        for most in LENGTHS:
            yield _span(least, most), self.pick(lambda n, a=least, b=most: a <= n <= b)
            least = most + 1


def _span(least: int, most: int) -> str:
    return f"{least} to {most}" if most < LENGTHS[-1] else f"{least} and more"


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


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    first, *others = (f"| {' | '.join(line)} |" for line in (head, *rows))
    # Only the table of ways of decoding is for the model card (`tools/weights/ship.py`).
    rule = (
        ("| " + " | ".join(["---"] * len(head)) + " |") if head[0] == "decoding" else "|---" * len(head) + "|"
    )
    return "\n".join([first, rule, *others])


# --- parts of the report -------------------------------------------------------------------------------------

METRICS = ("BLEU-4", "edit similarity", "exact", "exact without spaces", "visual")


def by_way(ways: dict[str, Readings]) -> str:
    rows = []
    for way, found in ways.items():
        valid = sum(not validate(text).problems for text in found.predictions)
        rows.append(
            [way, f"{len(found):,}", *metrics(found), f"{100 * valid / len(found):.2f}", f"{found.speed:.1f}"]
        )
    return table(["decoding", "formulas", *METRICS, "valid", "images/s"], rows)


def by_length(found: Readings) -> str:
    rows = [[name, f"{len(group):,}", *metrics(group)] for name, group in found.groups() if len(group)]
    return table(["tokens of the reference", "formulas", *METRICS], rows)


def errors_by_length(systems: dict[str, Readings]) -> str:
    """Token error rate by length for each system, as read and with the runaway rule behind it."""
    rows = []
    for name, found in systems.items():
        for span, group in (*found.groups(), ("all", found)):
            if len(group):
                rows.append([name, span, f"{len(group):,}", *_errors(group)])
    head = [
        "network",
        "tokens",
        "formulas",
        "error",
        "error behind the rule",
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
    from rapidfuzz.distance import Levenshtein

    pairs = [(a.split(), b.split()) for a, b in zip(predictions, references, strict=True)]
    return f"{100 * sum(Levenshtein.distance(*pair) for pair in pairs) / sum(len(b) for _, b in pairs):.1f}"


def curve(runs: Sequence[Path], samples: SampleSet) -> str:
    """Runs of equally many steps on ever more data, behind the run that they start from."""
    rows = []
    for number, run in enumerate(runs):
        described = read_checkpoint(run / "best").description
        found = Readings.of(open_reader(str(run), precision="bf16"), samples, WAYS["greedy, free"])
        formulas = f"{described.data['train']['n']:,}" if number else "none"
        rows.append(
            [formulas, f"{described.step:,}", *metrics(found), _wer(found.predictions, found.references)]
        )
    return table(["formulas behind the start", "steps", *METRICS, "token errors"], rows)


def stages(runs: Sequence[Path]) -> str:
    """What each run trained on, for how long, and how far it came on validation."""
    rows = []
    for number, run in enumerate(runs, 1):
        described = read_checkpoint(run / "last").description
        given, state = described.settings, json.loads((run / "last" / "training.json").read_text())
        longest = f"{given['max_tokens']} tokens" if given["max_tokens"] else "any length"
        rows.append(
            [
                str(number),
                f"{described.data['train']['n']:,}",
                longest,
                f"{given['schedule']}, {given['lr']:g}",
                f"{state['step']:,} of {given['batch_size']}",
                f"{state['seconds'] / 60:.0f}",
                f"{state['best_wer']:.1f}" if state["best"] >= 0 else "",
            ]
        )
    head = [
        "stage",
        "formulas",
        "labels up to",
        "schedule, peak lr",
        "steps",
        "minutes",
        "validation error, %",
    ]
    return table(head, rows)


def report(arguments: argparse.Namespace, reader: Reader, ways: dict[str, Readings]) -> str:
    """The page as Markdown."""
    described, free = reader.checkpoint.description, ways["greedy, free"]
    systems = {"with coverage": free}
    parts = [
        f"# {described.recogniser} on printed formulas",
        f"Written by `{COMMAND}`; threads: {torch.get_num_threads()}.",
        f"{sum(p.numel() for p in reader.model.parameters()):,} parameters, preset `{described.settings['preset']}`. "
        f"Trained in the stages below, each from the last weights of the one before; {_selected(reader)}. "
        f"Test formulas are drawn the same way as those of training, not the original images of im2latex-100k; "
        f"both sides in canonical spelling.{_limited(arguments.limit)}",
        stages([*arguments.before, arguments.run]),
        "Minutes are wall time on a machine that others used too.",
        "![curves of the stages](im2latex-curves.png)",
        "## Test\n\n" + by_way(ways),
        "| published | images | BLEU-4 | edit similarity | exact | | |\n|---|---|---|---|---|---|---|\n"
        + PUBLISHED,
        "## By length, greedy and free\n\n" + by_length(free),
    ]
    if arguments.uncovered:
        samples = evenly_spaced(arguments.samples, PART)
        runs = {"with coverage": arguments.covered, "without": arguments.uncovered}
        systems = {
            name: Readings.of(open_reader(str(run), precision="bf16"), samples, WAYS["greedy, free"])
            for name, run in runs.items()
        }
    parts.append(REPEATS + (PAIR if arguments.uncovered else "") + errors_by_length(systems))
    if arguments.curve:
        parts.append(CURVE + curve(arguments.curve, evenly_spaced(arguments.samples, PART)))
    return "\n\n".join(parts) + "\n"


COMMAND = "python tools/reports/im2latex.py RUN --before EARLIER... --data printed:TEST.txt --out reports/im2latex.md"
REPEATS = """## Repetition

Long formulas repeat tokens in every published system of this kind. Token errors by length, greedy and free: as read,
and with the repair rule `runaway` behind it, which keeps one copy of a loop that goes on to the end of the line.

"""
PAIR = """Here: two networks that differ by coverage alone, trained alike and briefly (the start and the row of all
formulas of the learning curve below).

"""
CURVE = """## Amount of data

The first row is a network that has seen formulas of the weighted grammar alone (`printed-synthetic`), and none that
anybody wrote. The others start from it and are trained for the same number of steps on ever more formulas, the last on
as many again twice over that are made of their parts (`printed:PATH,16000`). Tokens that a network has never seen it
cannot write.

"""


def _selected(reader: Reader) -> str:
    """How the weights were chosen."""
    if reader.checkpoint.folder.name == BEST:
        held_out = reader.checkpoint.description.data["validation"]["n"]
        return f"selected on {held_out} formulas held out of the training file, never on a test split"
    return "the last weights, nothing was selected"


def _limited(limit: int) -> str:
    return f" Measured on {limit:,} of them, spread evenly (`--limit {limit}`)." if limit else ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path, help="folder of the run")
    parser.add_argument("--before", type=Path, nargs="*", default=[], help="runs that the weights come from")
    parser.add_argument("--data", required=True, help="printed:TEST.txt")
    parser.add_argument("--uncovered", type=Path, help="run without coverage")
    parser.add_argument("--covered", type=Path, help="run with it, trained as that one")
    parser.add_argument("--curve", type=Path, nargs="*", default=[], help="runs on ever more data")
    parser.add_argument("--out", type=Path, required=True, help="report to write")
    parser.add_argument(
        "--limit", type=int, default=0, help="read so many formulas, spread evenly; 0 reads all"
    )
    given = parser.parse_args()
    if (given.uncovered is None) != (given.covered is None):
        parser.error("--uncovered and --covered go together")
    reader = open_reader(str(given.run), precision="bf16")
    given.samples = reader.samples([f"{given.data}@train"])
    if given.limit:
        given.samples = evenly_spaced(given.samples, given.limit)
    ways = {
        way: Readings.of(reader, given.samples if how == Decoding() else evenly_spaced(given.samples, PART), how)
        for way, how in WAYS.items()
    }
    write_whole(given.out, report(given, reader, ways))
    draw_curves(
        [run / "log.jsonl" for run in (*given.before, given.run)], given.out.parent / "im2latex-curves.png"
    )


if __name__ == "__main__":
    main()
