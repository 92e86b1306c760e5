"""Measure what searching costs beside the network, free and within the grammar. Writes `reports/decode.md`.

    OMP_NUM_THREADS=1 python -m tools.reports.decode wap small base \\
        --labels ../shared/data/crohme/captions-test2014.txt --out reports/decode.md

The network has fresh weights and its own cost a step; it writes the labels, because each step adds to the score of
the label's next token. So free and constrained search write the same, and the same number of steps.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path

import torch
from torch import Tensor

from hmer_suite.decoding.constraint import constraint
from hmer_suite.decoding.stepwise import StepwiseRecogniser, search
from hmer_suite.files import write_whole
from hmer_suite.nn.batch import Batch
from hmer_suite.registry import recogniser
from hmer_suite.specs.recogniser import Decoding, RecogniserSpec
from hmer_suite.specs.vocabulary import END, PAD, Vocabulary

SEED = 2014
BATCH = 8
MAX_TOKENS = 60
CERTAIN = 20.0
"""Added to the score of the label's next token."""

HEIGHT, WIDTH = 3.0, 0.65
"""Size of an image in symbol heights: so high, and so wide for each token, braces counted (as CROHME 2014 is)."""


@dataclass
class Clock:
    """Processor seconds spent in the watcher, in the steps, and in all."""

    watcher: float = 0.0
    steps: float = 0.0
    count: int = 0
    total: float = 0.0

    @property
    def search(self) -> float:
        """What is left for the search itself."""
        return self.total - self.watcher - self.steps


@dataclass
class Dictation:
    """A recogniser that writes the labels of its batch at its own cost; `clock` takes the time."""

    model: StepwiseRecogniser
    clock: Clock = field(default_factory=Clock)

    @property
    def vocabulary(self) -> Vocabulary:
        """The vocabulary of the model."""
        return self.model.vocabulary

    def start(self, batch: Batch) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
        """As the model does, with the labels beside."""
        before = time.process_time()
        memory, state = self.model.start(batch)
        self.clock.watcher += time.process_time() - before
        return memory | {"label": batch.tokens}, state | {"place": torch.zeros_like(batch.lengths)}

    def step(self, memory: dict[str, Tensor], state: dict[str, Tensor], tokens: Tensor):
        """As the model does, with the label's next token made certain."""
        before = time.process_time()
        state = dict(state)
        memory = dict(memory)
        place, label = state.pop("place"), memory.pop("label")
        found, following = self.model.step(memory, state, tokens)
        wanted = label.gather(1, place.clamp(max=label.shape[1] - 1)[:, None])
        wanted = torch.where(wanted == PAD, END, wanted)
        favoured = found.scatter_add(1, wanted, torch.full(wanted.shape, CERTAIN))
        found, following = torch.log_softmax(favoured, dim=1), following | {"place": place + 1}
        self.clock.steps += time.process_time() - before
        self.clock.count += 1
        return found, following


def batches(labels: list[str], vocabulary: Vocabulary, symbol_height: int) -> Iterator[Batch]:
    """Batches of labels of like length, with images of noise that are as large as such formulas are."""
    generator = torch.Generator().manual_seed(SEED)
    labels = sorted(labels, key=lambda label: len(label.split()))
    for first in range(0, len(labels) - BATCH + 1, BATCH):
        written = [[*vocabulary.encode(label), END] for label in labels[first : first + BATCH]]
        lengths = torch.tensor([len(tokens) for tokens in written])
        tokens = torch.full((BATCH, int(lengths.max())), PAD)
        for row, numbers in enumerate(written):
            tokens[row, : len(numbers)] = torch.tensor(numbers)
        height = round(HEIGHT * symbol_height)
        width = max(height, round(WIDTH * symbol_height * lengths.float().mean().item()))
        images = torch.rand(BATCH, 1, height, width, generator=generator)
        yield Batch(("",) * BATCH, images, torch.tensor([[height, width]] * BATCH), tokens, lengths)


def built(spec: RecogniserSpec, preset: str, vocabulary: Vocabulary) -> tuple[StepwiseRecogniser, int]:
    """The recogniser with fresh weights, and its symbol height."""
    known = {option.name for option in fields(spec.options)}
    options = spec.options(**{key: value for key, value in spec.presets[preset].items() if key in known})
    torch.manual_seed(SEED)
    return spec.build(options, vocabulary).eval(), spec.preprocessing(options).symbol_height


def run(model: StepwiseRecogniser, read: list[Batch], how: Decoding) -> Clock:
    """Read all batches."""
    dictation = Dictation(model)
    before = time.process_time()
    with torch.inference_mode():
        for batch in read:
            search(dictation, batch, how)
    dictation.clock.total = time.process_time() - before
    return dictation.clock


def measure(spec: RecogniserSpec, preset: str, labels: list[str], beam: int, rounds: int) -> str:
    """One row of the report: free, constrained from a cold start, constrained; taking turns."""
    vocabulary = Vocabulary.of(labels)
    model, symbol_height = built(spec, preset, vocabulary)
    read = list(batches(labels, vocabulary, symbol_height))
    free, held = Decoding(beam=beam), Decoding(beam=beam, constrained=True)
    clocks: list[tuple[Clock, Clock, Clock]] = []
    run(model, read[:1], free)
    for _ in range(rounds):
        constraint.cache_clear()
        clocks.append((run(model, read, free), run(model, read, held), run(model, read, held)))
    images = len(read) * BATCH
    plain = [clock for clock, _, _ in clocks]
    shares = [
        statistics.median(
            100 * (turn[which].search - turn[0].search) / (turn[0].steps + turn[0].search) for turn in clocks
        )
        for which in (1, 2)
    ]
    step = statistics.median(1e3 * clock.steps / clock.count for clock in plain)
    own = statistics.median(1e3 * clock.search / clock.count for clock in plain)
    watched = statistics.median(1e3 * clock.watcher / images for clock in plain)
    speed = statistics.median(images / clock.total for clock in plain)
    counts = f"{preset} | {beam} | {images} | {plain[0].count}"
    return (
        f"| {spec.name} {counts} | {speed:.1f} | {watched:.1f} | {step:.2f} | {own:.2f} "
        f"| {shares[0]:.1f} | {shares[1]:.1f} |"
    )


def report(spec: RecogniserSpec, settings: argparse.Namespace) -> str:
    """The whole report."""
    lines = settings.labels.read_text("utf-8").splitlines()
    labels = [line.partition("\t")[2] for line in lines]
    labels = [label for label in labels if 0 < len(label.split()) <= MAX_TOKENS]
    labels = random.Random(SEED).sample(labels, min(settings.images, len(labels)))
    rows = [
        measure(spec, preset, labels, beam, settings.rounds) for preset in settings.presets for beam in (1, 5)
    ]
    presets = " ".join(settings.presets)
    return "\n".join(
        [
            "# Search beside the network",
            "",
            f"`python -m tools.reports.decode {spec.name} {presets} --labels {settings.labels} "
            f"--images {settings.images} --rounds {settings.rounds}`, torch {torch.__version__}, "
            f"{torch.get_num_threads()} thread, batches of {BATCH}.",
            "",
            "Fresh weights, made to write the labels at their own cost a step, so that free and constrained "
            "search write the same. Processor time, medians of the rounds. *Overhead*: what constrained search takes "
            "more than free search, in per cent of all that free search takes behind the watcher (its steps "
            "and its own work); *cold* with a mask that has seen no formula before, *warm* on the second pass.",
            "",
            "| recogniser | beam | images | steps | images/s | watcher, ms an image | network, ms a step "
            "| search, ms a step | overhead cold, % | overhead warm, % |",
            "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
            *rows,
            "",
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("recogniser", help="one that writes token after token")
    parser.add_argument("presets", nargs="+", help="its presets to measure")
    parser.add_argument("--labels", type=Path, required=True, help="id<TAB>tokens, one a line")
    parser.add_argument("--images", type=int, default=96, help="labels drawn from them (default 96)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of the measurement (default 3)")
    parser.add_argument("--out", type=Path, help="report to write; standard output without it")
    settings = parser.parse_args()
    text = report(recogniser(settings.recogniser), settings)
    if settings.out:
        write_whole(settings.out, text)
    else:
        print(text)


if __name__ == "__main__":
    main()
