"""How fast WAP learns and reads on one core; writes `reports/wap-speed.md`.

python tools/reports/wap.py --crohme ../shared/data/crohme --out reports/wap-speed.md
"""

from __future__ import annotations

import argparse
import platform
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

COMMAND = "python tools/reports/wap.py --crohme ../shared/data/crohme --out reports/wap-speed.md"
VOCABULARY = Vocabulary(tuple(f"symbol{i}" for i in range(108)))  # as many as CROHME has
IMAGES, HEIGHT, WIDTH, TOKENS = 8, 120, 400, 25
ROUNDS = 5
SAMPLES = 48
"""Images of the validation set on which the work of presets is counted."""


@dataclass(frozen=True, slots=True)
class Speeds:
    """Medians over the rounds, with their least and largest, of values by name."""

    rounds: dict[str, list[float]]

    def of(self, name: str) -> str:
        """As text."""
        values = self.rounds[name]
        return f"{statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})"

    def ratio(self, name: str, other: str) -> str:
        """The median of the rounds' ratios, each round having measured both within seconds."""
        pairs = zip(self.rounds[name], self.rounds[other], strict=True)
        return f"{statistics.median(a / b for a, b in pairs):.2f}"


def measured(works: dict[str, Callable[[], float]]) -> Speeds:
    """Every work once to warm up, then in turn, `ROUNDS` times: what a busy machine takes, it takes from all."""
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


def preset_options(preset: str, **changes: object) -> Options:
    values = {**SPEC.presets[preset], **changes}
    return Options(**{name: value for name, value in values.items() if name in Options.__dataclass_fields__})


def noise(number: int, height: int, width: int, tokens: int) -> Batch:
    """Images and labels of chance: speed does not depend on what they show."""
    generator = torch.Generator().manual_seed(0)
    images = (torch.rand(number, 1, height, width, generator=generator) < 0.1).float()
    labels = torch.randint(3, len(VOCABULARY), (number, tokens), generator=generator)
    labels[:, -1] = END
    sizes, lengths = torch.tensor([[height, width]] * number), torch.full((number,), tokens)
    return Batch(tuple(map(str, range(number))), images, sizes, labels, lengths)


def matmul_rate(kind: torch.dtype) -> float:
    """Thousand million operations a second in a matrix product of 1024 x 1024."""
    a, b = torch.randn(1024, 1024).to(kind), torch.randn(1024, 1024).to(kind)
    return 20 * 2 * 1024**3 / seconds(lambda: [a @ b for _ in range(20)]) / 1e9


def learning_rate(options: Options, batch: Batch, kind: torch.dtype) -> Callable[[], float]:
    """Images a second, forward, backward and step."""
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
    """Images a second, greedy decoding to the length of the labels."""
    model = build(options, VOCABULARY).eval()
    torch.nn.init.constant_(model.parser.classify.bias[END : END + 1].detach(), -1e4)  # never ends too early
    how = Decoding(max_length=batch.tokens.shape[1])

    def read() -> None:
        with torch.autocast("cpu", kind, enabled=kind != torch.float32):
            model.decode(batch, how)

    return lambda: len(batch) / seconds(read)


def attention_rate(folded: bool) -> Callable[[], float]:
    """Steps a second, forward and backward, of base's attention alone on maps as of `HEIGHT` x `WIDTH` pixels."""
    options = preset_options("base")
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
    """Mean pixels and thousand million operations, forward, of an image as the preset's preprocessing delivers it."""
    options = preset_options(preset)
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


def report(crohme: Path) -> str:
    kinds = {"fp32": torch.float32, "bf16": torch.bfloat16}
    base, batch = preset_options("base"), noise(IMAGES, HEIGHT, WIDTH, TOKENS)
    small, less = preset_options("small"), noise(IMAGES, HEIGHT * 24 // 40, WIDTH * 24 // 40, TOKENS)
    works = {f"matmul {name}": lambda kind=kind: matmul_rate(kind) for name, kind in kinds.items()}
    for name, kind in kinds.items():
        works[f"base learns {name}"] = learning_rate(base, batch, kind)
        works[f"base reads {name}"] = reading_rate(base, batch, kind)
        works[f"multi learns {name}"] = learning_rate(preset_options("base", multi_scale=True), batch, kind)
        works[f"small learns {name}"] = learning_rate(small, less, kind)
        works[f"small reads {name}"] = reading_rate(small, less, kind)
    works |= {"folded": attention_rate(True), "unfolded": attention_rate(False)}
    found = measured(works)
    rows = [
        f"| {title} | {found.of(f'{name} fp32')} | {found.of(f'{name} bf16')} |"
        for title, name in (
            ("matrix product 1024 x 1024, GFLOP/s", "matmul"),
            ("`base` learns, images a second", "base learns"),
            ("`base` reads greedily, images a second", "base reads"),
            ("`base` with `multi_scale=true` learns, images a second", "multi learns"),
            ("`small` learns, images a second", "small learns"),
            ("`small` reads greedily, images a second", "small reads"),
        )
    ]
    (base_pixels, base_work), (small_pixels, small_work) = work_of("base", crohme), work_of("small", crohme)
    return f"""# Speed of WAP on one core

Written by `{COMMAND}`.

{_processor()}, one thread, PyTorch {torch.__version__}. Times are processor times; each figure is the median of
{ROUNDS} rounds (least to largest), all works in turn within a round, so that figures of one column go together.
Batches hold {IMAGES} images of {HEIGHT} x {WIDTH} pixels with {TOKENS} tokens; for `small` the same images as its
preprocessing delivers them, at three fifths of the size. Learning is forward, backward and step of AdamW.

| | fp32 | bf16 (autocast) |
|---|---|---|
{chr(10).join(rows)}

## Work

Operations of a forward pass, mean of {SAMPLES} images of the CROHME 2013 test set as each preset's preprocessing
delivers them:

| preset | weights | pixels | GFLOP an image |
|---|---|---|---|
| `base` | {_weights(base):.2f} M | {base_pixels:,.0f} | {base_work:.2f} |
| `small` | {_weights(small):.2f} M | {small_pixels:,.0f} | {small_work:.2f} |

`small` does {base_work / small_work:.1f} times less work for an image.

## The folded coverage convolution

Attention of `base` alone (512 maps of 11 x 11, then 512 to 512), forward and backward, fp32: folded
{found.of("folded")} steps a second, unfolded {found.of("unfolded")}; {found.ratio("folded", "unfolded")} times as fast.
"""


def _weights(options: Options) -> float:
    return sum(weight.numel() for weight in build(options, VOCABULARY).parameters()) / 1e6


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--crohme", type=Path, required=True, help="folder of the CROHME archives")
    parser.add_argument("--out", type=Path, required=True, help="the report to write")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    write_whole(arguments.out, report(arguments.crohme))


if __name__ == "__main__":
    main()
