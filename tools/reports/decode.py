r"""Measure the cost of decoding next to the network's, free and constrained by the grammar; writes reports/decode.md.

OMP_NUM_THREADS=1 python -m tools.reports.decode wap small base \
    --labels ../shared/data/crohme/captions-test2014.txt --out reports/decode.md

The network has fresh weights and its own cost per step. It is made to write the labels: each step adds to the score of
the label's next token. Free and constrained search therefore write the same tokens in the same number of steps.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from hmer_suite.decoding.constraint import constraint
from hmer_suite.decoding.stepwise import StepwiseRecogniser, search
from hmer_suite.nn.batch import Batch
from hmer_suite.registry import recogniser
from hmer_suite.specs.recogniser import Decoding, RecogniserSpec
from hmer_suite.specs.vocabulary import END, PAD, Vocabulary
from tools.command import run_tool
from tools.reports.common import read_captions, report_parser, write_or_print
from tools.reports.markdown import page, table
from tools.reports.trained import preset_options

SEED = 2014
BATCH = 8
MAX_TOKENS = 60
CERTAIN = 20.0
"""Added to the score of the label's next token."""

HEIGHT, WIDTH = 3.0, 0.65
"""Height of an image, and its width for each token (braces included), in symbol heights, as in CROHME 2014."""

HEAD = (
    "recogniser", "beam", "images", "steps", "images/s", "encoder, ms an image", "network, ms a step",
    "search, ms a step", "overhead cold, %", "overhead warm, %",
)  # fmt: skip

ABOUT = (
    "Fresh weights, made to write the labels at their own cost per step, so that free and constrained search write the "
    "same. Processor time, medians of the rounds. *Overhead*: the extra time of constrained search, in percent of all "
    "the time that free search takes after the encoder (the network's steps and its own work); *cold* with a mask that "
    "has seen no formula before, *warm* on the second pass."
)


@dataclass
class Clock:
    """Processor seconds spent in the encoder, in the network's steps and in all, and the number of steps."""

    encoder: float = 0.0
    steps: float = 0.0
    count: int = 0
    total: float = 0.0

    @property
    def search(self) -> float:
        """Processor seconds of the search itself."""
        return self.total - self.encoder - self.steps


class Dictation(StepwiseRecogniser):
    """A recogniser that writes the labels of its batch at the cost of another one's steps; `clock` takes the time."""

    def __init__(self, model: StepwiseRecogniser) -> None:
        super().__init__(model.vocabulary)
        self.model = model
        self.clock = Clock()

    def forward(self, batch: Batch, label_smoothing: float = 0.0) -> Tensor:
        """Losses of the model."""
        return self.model(batch, label_smoothing)

    def start(self, batch: Batch) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
        """Memory and state of the model, with the labels and the place in them."""
        before = time.process_time()
        memory, state = self.model.start(batch)
        self.clock.encoder += time.process_time() - before
        return memory | {"label": batch.tokens}, state | {"place": torch.zeros_like(batch.lengths)}

    def step(
        self, memory: dict[str, Tensor], state: dict[str, Tensor], tokens: Tensor
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """A step of the model, with the label's next token made certain."""
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
    """Batches of labels of similar length, with images of noise of the size that such formulas have."""
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
    """The recogniser with fresh weights, and its symbol height in pixels."""
    options = preset_options(spec, preset)
    torch.manual_seed(SEED)
    model = spec.build(options, vocabulary).eval()
    assert isinstance(model, StepwiseRecogniser), f"{spec.name} does not write token after token"
    return model, spec.preprocessing(options).symbol_height


def run(model: StepwiseRecogniser, read: list[Batch], how: Decoding) -> Clock:
    """The times of reading all batches."""
    dictation = Dictation(model)
    before = time.process_time()
    with torch.inference_mode():
        for batch in read:
            search(dictation, batch, how)
    dictation.clock.total = time.process_time() - before
    return dictation.clock


def measure(
    spec: RecogniserSpec, preset: str, labels: list[str], beam: int, rounds: int
) -> tuple[str | int, ...]:
    """One row of the report: free, constrained from a cold start, constrained; in turns."""
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
    cold, warm = (_overhead(clocks, which) for which in (1, 2))
    step = statistics.median(1e3 * clock.steps / clock.count for clock in plain)
    own = statistics.median(1e3 * clock.search / clock.count for clock in plain)
    encoder = statistics.median(1e3 * clock.encoder / images for clock in plain)
    speed = statistics.median(images / clock.total for clock in plain)
    figures = (f"{speed:.1f}", f"{encoder:.1f}", f"{step:.2f}", f"{own:.2f}", f"{cold:.1f}", f"{warm:.1f}")
    return (f"{spec.name} {preset}", beam, images, plain[0].count, *figures)


def _overhead(clocks: Sequence[tuple[Clock, Clock, Clock]], which: int) -> float:
    """Extra time of a constrained search in percent of the free one's steps and search, the median of the rounds."""
    return statistics.median(
        100 * (turn[which].search - turn[0].search) / (turn[0].steps + turn[0].search) for turn in clocks
    )


def report(spec: RecogniserSpec, given: argparse.Namespace) -> str:
    """The whole report."""
    labels = [label for label in read_captions(given.labels).values() if 0 < len(label.split()) <= MAX_TOKENS]
    labels = random.Random(SEED).sample(labels, min(given.images, len(labels)))
    rows = [measure(spec, preset, labels, beam, given.rounds) for preset in given.presets for beam in (1, 5)]
    return page(
        "Search next to the network",
        f"python -m tools.reports.decode {spec.name} {' '.join(given.presets)} --labels {given.labels.name} "
        f"--images {given.images} --rounds {given.rounds}",
        ABOUT,
        table(HEAD, rows),
        note=f"; torch {torch.__version__}, {torch.get_num_threads()} thread, batches of {BATCH}",
    )


def main() -> None:
    parser = report_parser(__doc__, prints=True)
    parser.add_argument("recogniser", help="a recogniser that writes token after token")
    parser.add_argument("presets", nargs="+", help="its presets to measure")
    parser.add_argument("--labels", type=Path, required=True, help="file with lines id<TAB>tokens")
    parser.add_argument(
        "--images", type=int, default=96, help="labels drawn from the file (default: %(default)s)"
    )
    parser.add_argument(
        "--rounds", type=int, default=3, help="rounds of the measurement (default: %(default)s)"
    )
    given = parser.parse_args()
    write_or_print(report(recogniser(given.recogniser), given), given.out)


if __name__ == "__main__":
    run_tool(main)
