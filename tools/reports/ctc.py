r"""Read and score CROHME's validation and test split with a trained CTC recogniser; writes a report and its curves.

python -m tools.reports.ctc RUN --before EARLIER... --data crohme:../shared/data/crohme --out reports/ctc-crohme.md

The frames of each split are computed once and decoded in several ways. The weight of the language model is chosen on
the validation split. The scores are followed by tables for the linear reading of two-dimensional formulas: errors by
kind of formula, errors by frames per token, and the share of labels with too few frames.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from hmer_ctc_crnn.model import CtcCrnn
from torch import Tensor

from hmer_suite.decoding.ctc import read_frames
from hmer_suite.errors import InputError
from hmer_suite.files import write_whole
from hmer_suite.latex.automaton import is_valid
from hmer_suite.nn.ctc import frames_needed
from hmer_suite.predict.joining import Joining, better_half, find_joining, ranked_anew, ranks_anew
from hmer_suite.predict.open_reader import open_reader
from hmer_suite.predict.reader import Reader
from hmer_suite.predict.sample_reader import ALONE
from hmer_suite.registry import recogniser
from hmer_suite.report.tables import score_text
from hmer_suite.scores.rates import Counts, Rates, count, total
from hmer_suite.scores.score import score
from hmer_suite.specs.recogniser import Decoding
from hmer_suite.specs.samples import SampleSet
from hmer_suite.specs.vocabulary import Vocabulary
from hmer_suite.train.batching import plan_batches
from hmer_suite.train.checkpoint import LAST
from hmer_suite.train.loader import batch_of
from tools.command import run_tool
from tools.reports.common import SPLITS, add_run, report_parser
from tools.reports.formula_kinds import KINDS, formula_kind
from tools.reports.markdown import Cell, code, image, page, section, table
from tools.reports.recogniser import Measured, rates_table, run_picture, stages
from tools.reports.trained import BATCH, data_of, draw_stages, parameters, trained_on

BEST = "beam 10 + language model + prior, constrained"
"""The most accurate way of decoding."""

WAYS = {
    "greedy, free": Decoding(),
    "greedy, constrained": Decoding(constrained=True),
    "beam 10, free": Decoding(beam=10, prior=False),
    "beam 10, constrained": Decoding(beam=10, constrained=True, prior=False),
    "beam 10 + language model, free": Decoding(beam=10, lm_weight=1.0, prior=False),
    "beam 10 + language model, constrained": Decoding(beam=10, constrained=True, lm_weight=1.0, prior=False),
    BEST: Decoding(beam=10, constrained=True, lm_weight=1.0, prior=True),
}
"""Ways of decoding; the weight of the language model, here 1, is replaced by the one chosen on validation."""

WEIGHTS = (0.1, 0.2, 0.3, 0.4)
"""Weights of the language model to choose from."""

PUBLISHED_FRAMES = 37
"""Frames per image in the published systems."""

SCARCITY = (1.5, 2.0, 3.0, 4.0, 6.0, 9.0)
"""Bounds between groups of samples, in frames per frame that the label needs."""


@dataclass(frozen=True, slots=True)
class Frames:
    """The frames of a split: log-probabilities (T, S) of each sample, and the seconds that they took."""

    samples: SampleSet
    rows: tuple[Tensor, ...]
    seconds: float

    def read(self, vocabulary: Vocabulary, how: Decoding, joining: Joining) -> list[str]:
        """The decoded texts, in the order of the samples; `joining` has the prior."""
        asked = better_half(how) if ranks_anew(joining, how) else how
        found: list[str] = []
        for start in range(0, len(self.rows), BATCH):
            rows = list(self.rows[start : start + BATCH])
            padded = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True)
            lengths = torch.tensor([len(row) for row in rows])
            for hypotheses in read_frames(padded, lengths, vocabulary, asked):
                ranked = hypotheses if asked is how else ranked_anew(hypotheses, joining, how)
                found.append(ranked[0].latex)
        return found


def ctc_model(reader: Reader) -> CtcCrnn:
    """The network of a reader; InputError where it is not `ctc-crnn`."""
    if not isinstance(reader.model, CtcCrnn):
        raise InputError(f"{reader.checkpoint.folder}: not a checkpoint of ctc-crnn")
    return reader.model


def frames_of(reader: Reader, samples: SampleSet) -> Frames:
    """Frames of all samples."""
    model = ctc_model(reader)
    rows: dict[int, Tensor] = {}
    started = time.monotonic()
    for planned in plan_batches(samples.sizes, BATCH, seed=0, epoch=0, shuffle=False):
        with torch.inference_mode():
            logprobs, lengths = model.frames(batch_of(samples, planned.indices, model.vocabulary))
        for place, row, length in zip(planned.indices, logprobs[-1], lengths.tolist(), strict=True):
            rows[place] = row[:length].clone()
    return Frames(samples, tuple(rows[i] for i in range(len(samples))), time.monotonic() - started)


def tuned(frames: Frames, vocabulary: Vocabulary) -> dict[float, Rates]:
    """Rates of constrained beam search with each weight of the language model."""
    found = {}
    for weight in WEIGHTS:
        how = replace(WAYS["beam 10 + language model, constrained"], lm_weight=weight)
        found[weight] = rates(frames.read(vocabulary, how, ALONE), frames.samples.labels)
    return found


def rates(predictions: Sequence[str], labels: Sequence[str]) -> Rates:
    """Rates of predictions whose tokens are separated by spaces."""
    pairs = [(p.split(), label.split()) for p, label in zip(predictions, labels, strict=True)]
    return Rates.of(total([count(p, label, valid=is_valid(p)) for p, label in pairs]))


def measure(split: str, frames: Frames, vocabulary: Vocabulary, weight: float) -> Iterator[Measured]:
    """Scores of a split decoded in every way, with the prior that the plugin ships."""
    joining = find_joining([recogniser("ctc-crnn")], ["ctc-crnn"])
    for way, how in WAYS.items():
        if how.lm_weight:
            how = replace(how, lm_weight=weight)
        started = time.monotonic()
        found = frames.read(vocabulary, how, joining)
        seconds = frames.seconds + time.monotonic() - started
        scores = score(found, frames.samples.labels, ids=frames.samples.ids, semantics=False)
        yield Measured(split, way, scores, len(found) / seconds)


# --- tables ---------------------------------------------------------------------------------------------------


def grouped(measured: Measured, group: Callable[[str, str], str], order: Sequence[str]) -> str:
    """Raw rates of groups of samples; `group` maps id and label to the name of a group."""
    groups: dict[str, list[Counts]] = defaultdict(list)
    for sample in measured.scores.samples:
        groups[group(sample.id, sample.reference)].append(sample.raw)
    edits = total([sample.raw for sample in measured.scores.samples]).edits
    head = (
        "formulas",
        "tokens",
        "ExpRate",
        "WER",
        "deletions",
        "insertions",
        "substitutions",
        "share of errors",
    )
    rows = [(name, *_group_cells(total(groups[name]), edits)) for name in order if name in groups]
    return table(["", *head], rows)


def _group_cells(counts: Counts, all_edits: int) -> tuple[Cell, ...]:
    found, tokens = Rates.of(counts), counts.reference_tokens
    kinds = (counts.deletions, counts.insertions, counts.substitutions)
    share = f"{100 * counts.edits / max(1, all_edits):.1f} %"
    return (counts.samples, tokens, found.exprate, found.wer, *(100 * part / tokens for part in kinds), share)


def frame_groups(frames: Frames) -> tuple[Callable[[str, str], str], list[str]]:
    """A grouping by frames per frame that a label needs, and the names of the groups in order."""
    bounds = [0.0, *SCARCITY]
    names = [f"{low:g} to {high:g}" for low, high in zip(bounds, SCARCITY, strict=False)]
    names.append(f"over {SCARCITY[-1]:g}")
    counts = dict(zip(frames.samples.ids, map(len, frames.rows), strict=True))

    def group(name: str, label: str) -> str:
        ratio = counts[name] / max(1, frames_needed(label.split()))
        return names[sum(ratio > bound for bound in SCARCITY)]

    return group, names


def out_of_reach(reader: Reader, data: str) -> str:
    """Share of each split's labels that need more frames than the published systems and this one have."""
    model = ctc_model(reader)
    rows: list[tuple[Cell, ...]] = []
    for split, name in {"train": "training", **SPLITS}.items():
        samples = reader.samples([f"{data}@{split}"])
        needed = torch.tensor([frames_needed(label.split()) for label in samples.labels])
        cells = -(-torch.from_numpy(samples.sizes[:, 1].copy()) // model.framer.encoder.stride)
        own = cells * model.framer.split * model.options.repeat
        shares = [100 * float((needed > frames).float().mean()) for frames in (PUBLISHED_FRAMES, own)]
        rows.append((name, len(samples), *(f"{share:.2f} %" for share in shares), int(own.median())))
    return table(
        ["split", "labels", f"{PUBLISHED_FRAMES} frames", "ours", "frames of an image, median"], rows
    )


# --- the report -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Results:
    """All that was measured: scores, the chosen weight with the rates of each tried, and the test split's frames."""

    measured: Sequence[Measured]
    weight: float
    tried: Mapping[float, Rates]
    test: Frames


LINEAR = (
    "Frames write the label's tokens in LaTeX's order: a numerator before its denominator, a subscript before its "
    "superscript, although they share their columns. Each formula of CROHME 2014 is in the first row that fits. "
    "Deletions, insertions and substitutions are per hundred tokens."
)
COMMAND = "python -m tools.reports.ctc RUN --before EARLIER... --data crohme:PATH --out reports/"
PUBLISHED = (
    "Published for a system of this kind, on CROHME 2016 and with a clean-up that used the ground truth: WER 38.1, CER "
    "34.2. ExpRate is that of the tokens as read (raw); `repaired` fixes what was read, without the truth; `valid` is "
    "the share that the grammar accepts, which is all where decoding is constrained."
)


def report(reader: Reader, results: Results, runs: Sequence[Path], given: argparse.Namespace) -> str:
    """The page as Markdown; `runs` are the stages of training in order, the measured one last."""
    description = reader.checkpoint.description
    ways = {(m.split, m.way): m for m in results.measured}
    greedy = ways["test", "greedy, free"]
    best = ways["test", BEST]
    return page(
        f"{description.recogniser} on real ink",
        COMMAND + given.out.name,
        f"{parameters(reader):,} parameters, preset `{description.settings['preset']}`, trained on "
        f"{trained_on(description)} in the stages below, each from the last weights of the one before; {start(runs)}. "
        f"Selected on CROHME 2013 ({data_of(description)['validation']['n']} samples), never on a test split; no "
        "clean-up used the ground truth.",
        given.note,
        stages(runs),
        image("curves of the stages", run_picture(description.recogniser)),
        PUBLISHED,
        rates_table(results.measured),
        section(
            "Weight of the language model",
            f"Constrained beam search on CROHME 2013; {results.weight:g} was chosen, which has the lowest WER.",
            table(
                ["weight", "ExpRate", "WER", "CER"],
                [
                    (f"{weight:g}", found.exprate, found.wer, found.cer)
                    for weight, found in results.tried.items()
                ],
            ),
        ),
        section(
            "Where reading from left to right fails",
            LINEAR,
            section("Greedy, free", by_kind(greedy), level=3),
            section(BEST.capitalize(), by_kind(best), level=3),
        ),
        section(
            "Frames per token",
            "Frames of the image per frame that the label needs (its tokens, and a blank between equal neighbours); "
            "CROHME 2014, greedy, free.",
            grouped(greedy, *frame_groups(results.test)),
        ),
        section(
            "Labels out of reach",
            "Labels that need more frames than there are.",
            out_of_reach(reader, given.data),
        ),
        section("CROHME 2014, greedy, free", code(score_text(greedy.scores))),
        note=f"; threads: {torch.get_num_threads()}",
    )


def by_kind(measured: Measured) -> str:
    """Raw rates by kind of formula."""
    return grouped(measured, lambda _, label: formula_kind(label.split()), KINDS)


def start(runs: Sequence[Path]) -> str:
    """A clause that says which weights the first stage started from."""
    given = open_reader(str(runs[0] / LAST)).checkpoint.description.settings
    source = Path(str(given.get("encoder_from") or "")).name
    if source:
        return f"its convolutions started from those that ship with recogniser `{source}`"
    return (
        "the first of them from weights that shipped before"
        if given.get("init_from")
        else "it started from fresh weights"
    )


def main() -> None:
    parser = report_parser(__doc__)
    add_run(parser, "crohme:PATH")
    parser.add_argument("--note", default="", help="a paragraph above the stages")
    given = parser.parse_args()
    reader = open_reader(str(given.run))
    runs = [*given.before, given.run]
    vocabulary = reader.model.vocabulary
    frames = {split: frames_of(reader, reader.samples([f"{given.data}@{split}"])) for split in SPLITS}
    tried = tuned(frames["validation"], vocabulary)
    weight = min(tried, key=lambda weight: (tried[weight].wer, weight))
    measured = [m for split in SPLITS for m in measure(split, frames[split], vocabulary, weight)]
    results = Results(measured, weight, tried, frames["test"])
    write_whole(given.out, report(reader, results, runs, given))
    draw_stages(runs, given.out.parent / run_picture(reader.checkpoint.description.recogniser))


if __name__ == "__main__":
    run_tool(main)
