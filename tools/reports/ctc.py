r"""Read and score the validation and the test split with a trained CTC recogniser; writes a report and its curves.

python -m tools.reports.ctc RUN --before EARLIER... --data crohme:../shared/data/crohme --out reports/ctc-crohme.md

Frames are made once for each split and read in several ways. The weight of the language model is chosen on the
validation split. Behind the scores stand the tables that the linear reading of two-dimensional formulas asks for:
errors by structure, errors by how many frames a token has, and how many labels have too few.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import torch
from torch import Tensor

from hmer_suite.decoding.ctc import read_frames
from hmer_suite.files import write_whole
from hmer_suite.latex.automaton import is_valid
from hmer_suite.nn.ctc import frames_needed
from hmer_suite.predict.open_reader import open_reader
from hmer_suite.predict.reader import Reader
from hmer_suite.report.tables import score_text
from hmer_suite.report.training import draw_curves
from hmer_suite.scores.rates import Counts, Rates, count, total
from hmer_suite.scores.score import score
from hmer_suite.specs.recogniser import Decoding
from hmer_suite.specs.samples import SampleSet
from hmer_suite.specs.vocabulary import Vocabulary
from hmer_suite.train.batching import plan_batches
from hmer_suite.train.loader import collate
from tools.reports.recogniser import SPLITS, Measured, run_picture, stages, table

WAYS = {
    "greedy, free": Decoding(),
    "greedy, constrained": Decoding(constrained=True),
    "beam 10, free": Decoding(beam=10),
    "beam 10, constrained": Decoding(beam=10, constrained=True),
    "beam 10 + language model, free": Decoding(beam=10, lm_weight=1.0),
    "beam 10 + language model, constrained": Decoding(beam=10, constrained=True, lm_weight=1.0),
}
"""Where the language model speaks, the weight found on the validation split takes the place of 1."""

WEIGHTS = (0.1, 0.2, 0.3, 0.4)
"""Weights of the language model that are tried."""

PUBLISHED_FRAMES = 37
"""Frames of an image in the published systems."""

SCARCITY = (1.5, 2.0, 3.0, 4.0, 6.0, 9.0)
"""Bounds between groups of samples, in frames for each one that the label needs."""

BATCH = 16


@dataclass(frozen=True, slots=True)
class Frames:
    """The frames of a split: of each sample its log-probabilities (T, S); the seconds that they took."""

    samples: SampleSet
    rows: tuple[Tensor, ...]
    seconds: float

    def read(self, vocabulary: Vocabulary, how: Decoding) -> list[str]:
        """What they say, in order."""
        found: list[str] = []
        for start in range(0, len(self.rows), BATCH):
            rows = list(self.rows[start : start + BATCH])
            padded = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True)
            lengths = torch.tensor([len(row) for row in rows])
            found += [hypotheses[0].latex for hypotheses in read_frames(padded, lengths, vocabulary, how)]
        return found


def frames_of(reader: Reader, samples: SampleSet) -> Frames:
    """Frames of all samples."""
    rows: dict[int, Tensor] = {}
    started = time.monotonic()
    for planned in plan_batches(samples.sizes, BATCH, seed=0, epoch=0, shuffle=False):
        images = [samples.images[i] for i in planned.indices]
        names = [samples.ids[i] for i in planned.indices]
        with torch.inference_mode():
            said, lengths = reader.model.frames(collate(images, names, None, reader.model.vocabulary))
        for place, row, length in zip(planned.indices, said[-1], lengths.tolist(), strict=True):
            rows[place] = row[:length].clone()
    return Frames(samples, tuple(rows[i] for i in range(len(samples))), time.monotonic() - started)


def tuned(frames: Frames, vocabulary: Vocabulary) -> dict[float, Rates]:
    """Rates of constrained beam search with each weight of the language model."""
    found = {}
    for weight in WEIGHTS:
        how = replace(WAYS["beam 10 + language model, constrained"], lm_weight=weight)
        found[weight] = rates(frames.read(vocabulary, how), frames.samples.labels)
    return found


def rates(predictions: Sequence[str], labels: Sequence[str]) -> Rates:
    """Rates of spaced predictions."""
    pairs = [(p.split(), label.split()) for p, label in zip(predictions, labels, strict=True)]
    return Rates.of(total([count(p, label, valid=is_valid(p)) for p, label in pairs]))


def measure(split: str, frames: Frames, vocabulary: Vocabulary, weight: float) -> Iterator[Measured]:
    """A split in every way."""
    for way, how in WAYS.items():
        if how.lm_weight:
            how = replace(how, lm_weight=weight)
        started = time.monotonic()
        found = frames.read(vocabulary, how)
        seconds = frames.seconds + time.monotonic() - started
        scores = score(found, frames.samples.labels, ids=frames.samples.ids, semantics=False)
        yield Measured(split, way, scores, len(found) / seconds)


# ------------------------------------------------------------------------------------------------ structure

STRUCTURES = (
    "fraction in a fraction",
    "one level of fractions",
    "root",
    "stacked scripts or limits",
    "scripts",
    "one line",
)
"""From what suits reading from left to right least to what suits it best; a formula belongs to the first it has."""

_STACKS = {"\\sum", "\\prod", "\\lim", "\\limits", "\\max", "\\min"}


def structure(tokens: Sequence[str]) -> str:
    """Which of `STRUCTURES` a canonical label is."""
    if "\\frac" in tokens:
        return STRUCTURES[0 if _nested(tokens) else 1]
    if "\\sqrt" in tokens:
        return STRUCTURES[2]
    scripted = any(token in ("_", "^") for token in tokens)
    if not scripted:
        return STRUCTURES[5]
    return STRUCTURES[3 if _stacked(tokens) else 4]


def _nested(tokens: Sequence[str]) -> bool:
    """Whether a fraction stands within another."""
    ends: list[int] = []  # depth of braces in which the arguments of open fractions stand, two for each
    depth = 0
    for token in tokens:
        if token == "\\frac":
            if ends:
                return True
            ends += [depth, depth]
        elif token == "{":
            depth += 1
        elif token == "}":
            depth -= 1
            if ends and depth == ends[-1]:
                ends.pop()
    return False


def _stacked(tokens: Sequence[str]) -> bool:
    """Whether scripts stand above each other, or limits above or below their operator."""
    below = [before in _STACKS and after in ("_", "^") for before, after in pairwise(tokens)]
    both = [before == "}" and after == "^" for before, after in pairwise(tokens)]
    return any(below) or any(
        two and _opened_by(tokens, place) == "_" for place, two in enumerate(both)
    )  # x _ { i } ^ { 2 }


def _opened_by(tokens: Sequence[str], place: int) -> str:
    """What stands before the group that ends at *place*."""
    depth = 0
    for i in range(place, -1, -1):
        depth += (tokens[i] == "}") - (tokens[i] == "{")
        if not depth:
            return tokens[i - 1] if i else ""
    return ""


# --------------------------------------------------------------------------------------------------- tables


def grouped(measured: Measured, group: Callable[[str, str], str], order: Sequence[str]) -> str:
    """A table of the raw rates of groups of samples; `group` is given id and label."""
    groups: dict[str, list[Counts]] = defaultdict(list)
    for sample in measured.scores.samples:
        groups[group(sample.id, sample.reference)].append(sample.raw)
    everything = total([sample.raw for sample in measured.scores.samples])
    rows = [
        "| | formulas | tokens | ExpRate | WER | deletions | insertions | substitutions | share of errors |"
    ]
    rows.append("|---" * 9 + "|")
    for name in (name for name in order if name in groups):
        counts = total(groups[name])
        found = Rates.of(counts)
        errors = [100 * part / counts.reference_tokens for part in (counts.deletions, counts.insertions)]
        errors.append(100 * counts.substitutions / counts.reference_tokens)
        cells = [f"{value:.2f}" for value in (found.exprate, found.wer, *errors)]
        cells.append(f"{100 * counts.edits / max(1, everything.edits):.1f} %")
        rows.append(f"| {name} | {counts.samples} | {counts.reference_tokens} | {' | '.join(cells)} |")
    return "\n".join(rows)


def scarcity(frames: Frames) -> tuple[Callable[[str, str], str], list[str]]:
    """A grouping by frames for each that a label needs, and the groups in order."""
    bounds = [0.0, *SCARCITY]
    names = [f"{low:g} to {high:g}" for low, high in zip(bounds, SCARCITY, strict=False)] + [
        f"over {SCARCITY[-1]:g}"
    ]
    counts = dict(zip(frames.samples.ids, map(len, frames.rows), strict=True))

    def group(name: str, label: str) -> str:
        ratio = counts[name] / max(1, frames_needed(label.split()))
        return names[sum(ratio > bound for bound in SCARCITY)]

    return group, names


def reach(reader: Reader, data: str) -> str:
    """How many labels of each split no frames suffice for: those of the published systems, and our own."""
    rows = [
        f"| split | labels | {PUBLISHED_FRAMES} frames | ours | frames of an image, median |",
        "|---" * 5 + "|",
    ]
    stride, split_ = reader.model.framer.encoder.stride, reader.model.framer.split
    for split, name in {"train": "training", **SPLITS}.items():
        samples = reader.samples([f"{data}@{split}"])
        needed = torch.tensor([frames_needed(label.split()) for label in samples.labels])
        cells = -(-torch.from_numpy(samples.sizes[:, 1].copy()) // stride)
        own = cells * split_ * reader.model.options.repeat
        shares = [100 * float((needed > frames).float().mean()) for frames in (PUBLISHED_FRAMES, own)]
        cells_ = [f"{share:.2f} %" for share in shares]
        rows.append(f"| {name} | {len(samples):,} | {' | '.join(cells_)} | {int(own.median())} |")
    return "\n".join(rows)


def report(reader: Reader, parts: dict[str, object], command: str) -> str:
    """The page as Markdown."""
    described = reader.checkpoint.description
    parameters = sum(p.numel() for p in reader.model.parameters())
    measured: list[Measured] = parts["measured"]
    ways = {(m.split, m.way): m for m in measured}
    greedy = ways["test", "greedy, free"]
    best = ways["test", "beam 10 + language model, constrained"]
    group, names = scarcity(parts["test"])
    by_structure = (lambda _, label: structure(label.split())), STRUCTURES
    weight: float = parts["weight"]
    grid = "\n".join(
        f"| {tried:g} | {found.exprate:.2f} | {found.wer:.2f} | {found.cer:.2f} |"
        for tried, found in parts["tuned"].items()
    )
    return "\n\n".join([
        f"# {described.recogniser} on real ink",
        f"Written by `{command}`; threads: {torch.get_num_threads()}.",
        f"{parameters:,} parameters, preset `{described.settings['preset']}`, trained on "
        f"`{described.data['spec'].partition(':')[0]}` ({described.data['train']['n']:,} samples) in the stages below, "
        f"each from the last weights of the one before; {parts['start']}. Selected on CROHME 2013 "
        f"({described.data['validation']['n']} samples), never on a test split; no clean-up looked at a truth.",
        parts["stages"],
        f"![curves of the stages]({run_picture(described.recogniser)})",
        "Published for a system of this kind, on CROHME 2016 and with the truth used in its clean-up: WER 38.1, CER "
        "34.2. ExpRate is that of the tokens as read (raw); `repaired` mends what was read, without the truth; `valid` "
        "is what the grammar takes, which is all of it where reading is constrained.",
        table(measured),
        f"## Weight of the language model\n\nConstrained beam search on CROHME 2013; {weight:g} was taken, "
        f"which has the lowest WER.\n\n| weight | ExpRate | WER | CER |\n|---|---|---|---|\n{grid}",
        "## Where reading from left to right fails\n\nThe label's tokens are what frames write, in LaTeX's order: a "
        "numerator before its denominator, a subscript before its superscript, although they share their columns. Each "
        "formula of CROHME 2014 stands in the first row that it belongs to. Deletions, insertions and substitutions "
        "are for each hundred tokens.\n\n### Greedy, free\n\n"
        f"{grouped(greedy, *by_structure)}\n\n### Beam 10 + language model, constrained\n\n"
        f"{grouped(best, *by_structure)}",
        "## What frames there are for a token\n\nFrames of the image for each that the label needs (its tokens, and a "
        f"blank in each double); CROHME 2014, greedy, free.\n\n{grouped(greedy, group, names)}",
        f"## Labels out of reach\n\nLabels that need more frames than there are.\n\n{parts['reach']}",
        f"## CROHME 2014, greedy, free\n\n```\n{score_text(greedy.scores)}\n```",
    ]) + "\n"  # fmt: skip


def beginning(runs: list[Path]) -> str:
    """A clause that says what the first stage started from."""
    given = open_reader(str(runs[0] / "last")).checkpoint.description.settings
    source = Path(str(given.get("encoder_from") or "")).name
    return (
        f"its convolutions started from those that ship with recogniser `{source}`"
        if source
        else "it started from fresh weights"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path, help="folder of the run")
    parser.add_argument("--before", type=Path, nargs="*", default=[], help="runs that the weights come from")
    parser.add_argument("--data", required=True, help="crohme:PATH")
    parser.add_argument("--out", type=Path, required=True, help="report to write")
    given = parser.parse_args()
    reader = open_reader(str(given.run))
    runs = [*given.before, given.run]
    vocabulary = reader.model.vocabulary
    frames = {split: frames_of(reader, reader.samples([f"{given.data}@{split}"])) for split in SPLITS}
    tried = tuned(frames["validation"], vocabulary)
    weight = min(tried, key=lambda weight: (tried[weight].wer, weight))
    measured = [m for split in SPLITS for m in measure(split, frames[split], vocabulary, weight)]
    parts = {
        "measured": measured,
        "test": frames["test"],
        "weight": weight,
        "tuned": tried,
        "reach": reach(reader, given.data),
        "stages": stages(runs),
        "start": beginning(runs),
    }
    out = f"reports/{given.out.name}"
    command = f"python -m tools.reports.ctc RUN --before EARLIER... --data crohme:PATH --out {out}"
    write_whole(given.out, report(reader, parts, command))
    name = reader.checkpoint.description.recogniser
    draw_curves([run / "log.jsonl" for run in runs], given.out.parent / run_picture(name))


if __name__ == "__main__":
    main()
