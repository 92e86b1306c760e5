"""Measure how fast WAP trains and reads on one core; writes reports/wap-speed.md.

python -m tools.reports.wap --crohme ../shared/data/crohme --out reports/wap-speed.md
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch
from hmer_wap import SPEC, Options, build, preprocessing
from hmer_wap.attention import CoverageAttention
from hmer_wap.encoder import View
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from hmer_suite.data.sources.crohme import SOURCE
from hmer_suite.files import write_whole
from hmer_suite.nn.attention import AttendedMap, attend
from hmer_suite.nn.batch import Batch
from hmer_suite.specs.recogniser import Decoding
from hmer_suite.specs.vocabulary import END, Vocabulary
from tools.command import run_tool
from tools.reports.common import add_crohme, processor, report_parser
from tools.reports.markdown import page, section, table
from tools.reports.trained import preset_options

COMMAND = "python -m tools.reports.wap --crohme ../shared/data/crohme --out reports/wap-speed.md"
VOCABULARY = Vocabulary(tuple(f"symbol{i}" for i in range(108)))  # as many as CROHME has
IMAGES, HEIGHT, WIDTH, TOKENS = 8, 120, 400, 25
ROUNDS = 5
SAMPLES = 48
"""Images of the validation set on which the operations of presets are counted."""


@dataclass(frozen=True, slots=True)
class Speeds:
    """Values of all rounds by name."""

    rounds: dict[str, list[float]]

    def of(self, name: str) -> str:
        """Median, least and largest value, as text."""
        values = self.rounds[name]
        return f"{statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})"

    def ratio(self, name: str, other: str) -> str:
        """The median of the rounds' ratios; each round measures both within seconds."""
        pairs = zip(self.rounds[name], self.rounds[other], strict=True)
        return f"{statistics.median(a / b for a, b in pairs):.2f}"


def measured(works: dict[str, Callable[[], float]]) -> Speeds:
    """Run every work once to warm up, then all in turn, `ROUNDS` times, so that a busy machine slows all alike."""
    for work in works.values():
        work()
    rounds: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(ROUNDS):
        for name, work in works.items():
            rounds[name].append(work())
    return Speeds(rounds)


def seconds(work: Callable[[], object]) -> float:
    """Processor time of one call."""
    start = time.process_time()
    work()
    return time.process_time() - start


def wap_options(preset: str, **changes: object) -> Options:
    """The options of a preset of `wap`, with changes."""
    return preset_options(SPEC, preset, **changes)


def noise(number: int, height: int, width: int, tokens: int) -> Batch:
    """Random images and labels: speed does not depend on their content."""
    generator = torch.Generator().manual_seed(0)
    images = (torch.rand(number, 1, height, width, generator=generator) < 0.1).float()
    labels = torch.randint(3, len(VOCABULARY), (number, tokens), generator=generator)
    labels[:, -1] = END
    sizes, lengths = torch.tensor([[height, width]] * number), torch.full((number,), tokens)
    return Batch(tuple(map(str, range(number))), images, sizes, labels, lengths)


def matmul_rate(kind: torch.dtype) -> float:
    """Billions of operations a second in a matrix product of 1024 x 1024."""
    a, b = torch.randn(1024, 1024).to(kind), torch.randn(1024, 1024).to(kind)
    return 20 * 2 * 1024**3 / seconds(lambda: [a @ b for _ in range(20)]) / 1e9


def learning_rate(options: Options, batch: Batch, kind: torch.dtype) -> Callable[[], float]:
    """Images trained on a second: forward, backward and step."""
    model = build(options, VOCABULARY)
    optimiser = torch.optim.AdamW(model.parameters(), 1e-4)

    def step() -> None:
        with torch.autocast("cpu", kind, enabled=kind != torch.float32):
            loss = model(batch).mean()
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 2.0)
        optimiser.step()

    return lambda: len(batch) / seconds(step)


def reading_rate(options: Options, batch: Batch, kind: torch.dtype) -> Callable[[], float]:
    """Images read a second by greedy decoding to the length of the labels."""
    model = build(options, VOCABULARY).eval()
    torch.nn.init.constant_(
        model.parser.classify.bias[END : END + 1].detach(), -1e4
    )  # so that it never ends early
    how = Decoding(max_length=batch.tokens.shape[1])

    def read() -> None:
        with torch.autocast("cpu", kind, enabled=kind != torch.float32):
            model.decode(batch, how)

    return lambda: len(batch) / seconds(read)


def attention_rate(folded: bool) -> Callable[[], float]:
    """Steps a second, forward and backward, of the attention of `base` alone, on maps of `HEIGHT` x `WIDTH` pixels."""
    options = wap_options("base")
    attention = CoverageAttention(684, options.attention, 11, options.coverage_channels, positions=False)
    cells = (-(-HEIGHT // 16), -(-WIDTH // 16))
    view = View(torch.randn(IMAGES, 684, *cells), torch.ones(IMAGES, 1, *cells, dtype=torch.bool))
    query, coverage = torch.randn(IMAGES, options.attention), torch.rand(IMAGES, *cells, requires_grad=True)
    one_step = attend if folded else partial(_unfolded, attention)

    def learn() -> None:
        attended = attention.attended(view)
        torch.stack([one_step(query, coverage, attended)[0] for _ in range(TOKENS)]).sum().backward()

    return lambda: TOKENS / seconds(learn)


def _unfolded(
    attention: CoverageAttention, query: Tensor, coverage: Tensor, attended: AttendedMap
) -> tuple[Tensor, Tensor]:
    """`hmer_suite.nn.attention.attend` with the convolution and the linear map one after the other."""
    maps = attention.coverage(coverage[:, None]).permute(0, 2, 3, 1).flatten(1, 2)
    inside = (2 * attention.coverage_map(maps)).add_(attended.keys).add_(query[:, None]).sigmoid_()
    seen = ((inside @ attended.energy).view_as(attended.mask_bias) + attended.mask_bias).flatten(1).softmax(1)
    return torch.bmm(seen[:, None], attended.values)[:, 0], seen.view_as(attended.mask_bias)


def work_of(preset: str, crohme: Path) -> tuple[float, float]:
    """Mean pixels and billions of operations (forward) of an image with the preset's preprocessing."""
    options = wap_options(preset)
    samples = SOURCE.load(str(crohme), "validation", preprocessing(options))
    model, pixels, operations = build(options, VOCABULARY).eval(), 0, 0
    every = len(samples) // SAMPLES
    for i in range(0, every * SAMPLES, every):
        image = torch.from_numpy(samples.images[i])[None, None] / 255
        tokens = torch.full((1, len(samples.labels[i].split()) + 1), END)
        sizes, lengths = torch.tensor([image.shape[2:]]), torch.tensor([tokens.shape[1]])
        with torch.no_grad(), FlopCounterMode(display=False) as counter:
            model(Batch(("",), image, sizes, tokens, lengths))
        pixels, operations = pixels + image.numel(), operations + counter.get_total_flops()
    return pixels / SAMPLES, operations / SAMPLES / 1e9


KINDS = {"fp32": torch.float32, "bf16": torch.bfloat16}
TITLES = {
    "matmul": "matrix product 1024 x 1024, GFLOP/s",
    "base learns": "`base` trains, images a second",
    "base reads": "`base` reads greedily, images a second",
    "multi learns": "`base` with `multi_scale=true` trains, images a second",
    "small learns": "`small` trains, images a second",
    "small reads": "`small` reads greedily, images a second",
}


def works() -> dict[str, Callable[[], float]]:
    """Everything that is timed, by name."""
    base, batch = wap_options("base"), noise(IMAGES, HEIGHT, WIDTH, TOKENS)
    small, less = wap_options("small"), noise(IMAGES, HEIGHT * 24 // 40, WIDTH * 24 // 40, TOKENS)
    found: dict[str, Callable[[], float]] = {
        f"matmul {name}": partial(matmul_rate, kind) for name, kind in KINDS.items()
    }
    for name, kind in KINDS.items():
        found[f"base learns {name}"] = learning_rate(base, batch, kind)
        found[f"base reads {name}"] = reading_rate(base, batch, kind)
        found[f"multi learns {name}"] = learning_rate(wap_options("base", multi_scale=True), batch, kind)
        found[f"small learns {name}"] = learning_rate(small, less, kind)
        found[f"small reads {name}"] = reading_rate(small, less, kind)
    return found | {"folded": attention_rate(True), "unfolded": attention_rate(False)}


def report(crohme: Path) -> str:
    """The page as Markdown."""
    found = measured(works())
    rows = [(title, *(found.of(f"{name} {kind}") for kind in KINDS)) for name, title in TITLES.items()]
    work = {preset: work_of(preset, crohme) for preset in ("base", "small")}
    return page(
        "Speed of WAP on one core",
        COMMAND,
        f"{processor()}, one thread, PyTorch {torch.__version__}. Times are processor times; each figure is the "
        f"median of {ROUNDS} rounds (least to largest), with everything measured in turn within a round, so that "
        f"figures of one column are comparable. Batches have {IMAGES} images of {HEIGHT} x {WIDTH} pixels with "
        f"{TOKENS} tokens; for `small`, the same images after its preprocessing, at three fifths of the size. Training "
        "is forward, backward and step of AdamW.",
        table(["", "fp32", "bf16 (autocast)"], rows),
        section(
            "Work",
            f"Operations of a forward pass, mean of {SAMPLES} images of the CROHME 2013 test set after each preset's "
            "preprocessing:",
            table(
                ["preset", "weights", "pixels", "GFLOP an image"],
                [
                    (f"`{preset}`", f"{_weights(wap_options(preset)):.2f} M", f"{pixels:,.0f}", operations)
                    for preset, (pixels, operations) in work.items()
                ],
            ),
            f"`small` does {work['base'][1] / work['small'][1]:.1f} times less work per image.",
        ),
        section(
            "The folded coverage convolution",
            "Attention of `base` alone (512 maps of 11 x 11, then 512 to 512), forward and backward, fp32: folded "
            f"{found.of('folded')} steps a second, unfolded {found.of('unfolded')}; "
            f"{found.ratio('folded', 'unfolded')} times as fast.",
        ),
    )


def _weights(options: Options) -> float:
    return sum(weight.numel() for weight in build(options, VOCABULARY).parameters()) / 1e6


def main() -> None:
    parser = report_parser(__doc__)
    add_crohme(parser)
    given = parser.parse_args()
    torch.set_num_threads(1)
    write_whole(given.out, report(given.crohme))


if __name__ == "__main__":
    run_tool(main)
