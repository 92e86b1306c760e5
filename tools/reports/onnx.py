r"""Compare exported recognisers with their networks: tokens, speed, cost of bytes, cold start; writes reports/onnx.md.

OMP_NUM_THREADS=1 python -m tools.reports.onnx stroke wap --crohme ../shared/data/crohme --out reports/onnx.md
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from hmer_suite.data.subsets import pick
from hmer_suite.predict.onnx_export import export_onnx
from hmer_suite.predict.open_reader import open_readers
from hmer_suite.predict.sample_reader import SampleReader
from hmer_suite.specs.recogniser import Decoding, Hypothesis
from hmer_suite.specs.samples import SampleSet
from hmer_suite.train.pretrained import checkpoint_of
from tools.command import run_tool
from tools.reports.common import report_parser, write_or_print
from tools.reports.markdown import join_blocks, page, section, table

SEED = 2014

WAYS = {
    "greedy, free": Decoding(),
    "greedy, constrained": Decoding(constrained=True),
    "beam 5, constrained": Decoding(beam=5, nbest=1, constrained=True),
}

RUNTIMES = ("torch", "onnx", "onnx int8")

HEAD = ("recogniser", "search", "run by", "ms a sample", "same tokens", "largest difference", "right, %")

ABOUT = (
    "Processor time on one thread, reading alone, batches of 8. *Same tokens*: samples whose best reading is the "
    "network's. *Largest difference* of the log-probabilities of readings that are the same. *Right*: readings that "
    "are the label in canonical spelling, token for token."
)

COLD = (
    "One formula from a new process, processor time and the time that passes; the first includes the second thread's. "
    "The machine had {load:.1f} processes waiting for each of its {cores} processors, so that the time that passes "
    "says little."
)


@dataclass(frozen=True, slots=True)
class Measured:
    """Best readings of the samples and the processor seconds that they took."""

    found: list[Hypothesis]
    seconds: float

    @classmethod
    def of(cls, reader: SampleReader, samples: SampleSet, how: Decoding) -> Measured:
        """Readings of samples."""
        reader.propose(pick(samples, [0]), how, 8)
        before = time.process_time()
        found = reader.propose(samples, how, 8)
        return cls([row[0] for row in found], time.process_time() - before)

    def row(
        self, name: str, way: str, runtime: str, network: Measured, labels: tuple[str, ...]
    ) -> tuple[str, ...]:
        """The line of the table."""
        pairs = list(zip(self.found, network.found, strict=True))
        same = [(mine, theirs) for mine, theirs in pairs if mine.tokens == theirs.tokens]
        apart = max((abs(mine.logprob - theirs.logprob) for mine, theirs in same), default=0.0)
        right = sum(mine.latex == label for mine, label in zip(self.found, labels, strict=True))
        return (
            name, way, runtime, f"{1000 * self.seconds / len(pairs):.1f}", f"{len(same)} of {len(pairs)}",
            f"{apart:.0e}" if runtime != "torch" else "", f"{100 * right / len(pairs):.2f}",
        )  # fmt: skip


def compared(name: str, folders: dict[str, Path], spec: str, count: int) -> list[tuple[str, ...]]:
    """The lines of one recogniser."""
    readers = {runtime: open_readers(str(folders.get(runtime, name))) for runtime in RUNTIMES}
    every = readers["torch"].samples([spec])
    chosen = np.random.default_rng(SEED).permutation(len(every))[:count]
    samples = pick(every, sorted(chosen.tolist()))
    rows = []
    for way, how in WAYS.items():
        network = Measured.of(readers["torch"], samples, how)
        for runtime in RUNTIMES:
            found = network if runtime == "torch" else Measured.of(readers[runtime], samples, how)
            rows.append(found.row(name, way, runtime, network, samples.labels))
            print(*rows[-1], file=sys.stderr)
    return rows


def cold_start(name: str, example: Path) -> tuple[float, float]:
    """Processor seconds and seconds of ``predict NAME FILE`` in a new process, the best of three."""
    found = []
    for _ in range(3):
        before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        command = [sys.executable, "-m", "hmer_suite", "predict", name, str(example)]
        subprocess.run(command, check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        found.append((used, time.perf_counter() - begun))
    return min(found)


EXAMPLE = (
    '{"strokes": {"x": [[0, 10, 20], [20, 10, 0], [40, 60], [50, 50]], '
    '"y": [[0, 10, 20], [0, 10, 20], [10, 10], [0, 20]]}}'
)
"""An x and a plus sign."""


def main() -> None:
    parser = report_parser(__doc__)
    parser.add_argument("names", nargs="+", metavar="NAME", help="recognisers that ship weights")
    parser.add_argument("--crohme", type=Path, required=True, help="folder of CROHME's data")
    parser.add_argument(
        "--samples", type=int, default=200, help="samples of the test split of 2014 (default 200)"
    )
    given = parser.parse_args()
    torch.set_num_threads(1)
    rows: list[tuple[str, ...]] = []
    cold: list[tuple[str, str, str, str]] = []
    with tempfile.TemporaryDirectory() as scratch:
        example = Path(scratch) / "ink.json"
        example.write_text(EXAMPLE)
        for name in given.names:
            folders = {runtime: Path(scratch) / name / runtime for runtime in RUNTIMES[1:]}
            for runtime, folder in folders.items():
                folder.parent.mkdir(exist_ok=True)
                export_onnx(*checkpoint_of(name, None), folder, runtime.endswith("int8"))
            rows += compared(name, folders, f"crohme:{given.crohme}@test", given.samples)
            for runtime, known in (("torch", name), ("onnx", str(folders["onnx"]))):
                used, passed = cold_start(known, example)
                cold.append((name, runtime, f"{used:.2f}", f"{passed:.2f}"))
    cores = os.cpu_count() or 1
    busy = COLD.format(load=os.getloadavg()[0] / cores, cores=cores)
    text = page(
        "Exported recognisers",
        f"python -m tools.reports.onnx {' '.join(given.names)} --samples {given.samples}",
        ABOUT,
        table(HEAD, rows),
        section("Cold start", join_blocks(busy, table(("recogniser", "run by", "processor s", "s"), cold))),
    )
    write_or_print(text, given.out)


if __name__ == "__main__":
    run_tool(main)
