"""Grow made-up samples and watch time and memory; writes reports/scale.md.

python -m tools.scale --labels 10000 100000 1000000 --images 2000 20000 --text 20 200 --out reports/scale.md

Every step is a command in a process of its own. Labels are made up and repeated with ids of their own; a part of the
predictions is wrong. A Dask cluster of two and of four worker processes is started on loopback, and one worker is
killed while it counts; the scores must be those of this machine alone, byte for byte. The report is written anew after
every step, so that a measurement that is stopped leaves what it has measured.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from hmer_suite.handwriting.formulas import sample_formula
from tools.command import run_tool
from tools.reports.common import processor, report_parser, write_or_print
from tools.reports.markdown import page, section, table

SEED = 1016
DISTINCT = 2_000
"""Different labels; more samples repeat them."""

WRONG = 0.4
"""Share of predictions in which one token is another one."""

LINE = 300
"""Least characters of a line of text, which is several formulas in a row."""

HEAD = (
    "step",
    "samples",
    "time, s",
    "processor s",
    "peak memory, MiB",
    "processor time grows",
    "memory grows",
)

ABOUT = (
    "*Processor s* are those of the command and of its own worker processes, not of a cluster's; *peak memory* is that "
    "of the largest process. The last columns compare with the next smaller run of the same step: where time grows "
    "less than the samples, the start of the process weighs in, and work on formulas that repeat is done once. {load}"
)

SECTIONS = {
    "Labels": "",
    "Clusters": "Workers of Dask on loopback; *one killed*: with SIGKILL, as soon as all were counting. The JSON "
    "was that of one process, byte for byte, in every run below.",
    "Images": "Synthetic handwriting, prepared and read by `{reader}` with one thread: {per_second:.1f} images in a "
    "processor second, starts of processes included.",
    "Text": "Lines of {line} characters and more of {distinct:,} formulas, *samples* in MB; `score` reads two files of "
    "half of that each.",
}


@dataclass(frozen=True, slots=True)
class Step:
    """A command that was run: its samples, seconds, processor seconds, peak memory in MiB, and what it printed."""

    name: str
    samples: int
    seconds: float
    processor: float
    memory: float
    printed: str

    @property
    def row(self) -> tuple[str, ...]:
        """The line of the table, without the comparison."""
        return (
            self.name,
            f"{self.samples:,}",
            f"{self.seconds:.1f}",
            f"{self.processor:.1f}",
            f"{self.memory:.0f}",
        )


def run(name: str, samples: int, *arguments: str | Path) -> Step:
    """Run ``hmer-suite`` with these arguments; a failure ends the measurement."""
    with tempfile.TemporaryFile("w+") as out:
        begun = time.perf_counter()
        command = [sys.executable, "-m", "hmer_suite", *map(str, arguments)]
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begun
        if code := os.waitstatus_to_exitcode(status):
            raise SystemExit(f"{' '.join(command)}: exit code {code}")
        out.seek(0)
        step = Step(name, samples, seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, out.read())
    print(*step.row, file=sys.stderr)
    return step


def write_labels(folder: Path, count: int) -> tuple[Path, Path]:
    """A prediction file and a reference file of `count` samples."""
    rng = random.Random(SEED)
    labels = [sample_formula(rng) for _ in range(min(count, DISTINCT))]
    wrong = [_changed(label, rng) for label in labels]
    predictions, references = folder / f"preds-{count}.tsv", folder / f"refs-{count}.tsv"
    with predictions.open("w") as given, references.open("w") as known:
        for number in range(count):
            label = labels[number % len(labels)]
            said = wrong[number % len(labels)] if rng.random() < WRONG else label
            given.write(f"exam-{number:07}\t{said}\n")
            known.write(f"exam-{number:07}\t{label}\n")
    return predictions, references


def _changed(label: str, rng: random.Random) -> str:
    tokens = label.split()
    tokens[rng.randrange(len(tokens))] = rng.choice("x y 1 2 + {".split())
    return " ".join(tokens)


# ---------------------------------------------------------------- Dask


@contextmanager
def cluster(folder: Path, workers: int) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Address and worker processes of a Dask cluster on loopback."""
    file = folder / f"scheduler-{time.monotonic_ns()}.json"
    common = ["--scheduler-file", str(file), "--no-dashboard"]
    module = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0"]
    processes = [subprocess.Popen([*module, *common], stderr=subprocess.DEVNULL)]
    try:
        while not file.exists():
            if processes[0].poll() is not None:
                raise SystemExit("the scheduler of Dask does not start")
            time.sleep(0.1)
        module = [sys.executable, "-m", "distributed.cli.dask_worker", "--nthreads", "1", "--no-nanny"]
        processes += [subprocess.Popen([*module, *common], stderr=subprocess.DEVNULL) for _ in range(workers)]
        address = json.loads(file.read_text())["address"]
        _wait_for_workers(address, workers)
        yield address, processes[1:]
    finally:
        for process in processes:
            process.kill()
            process.wait()


def _wait_for_workers(address: str, workers: int) -> None:
    from distributed import Client

    with Client(address, set_as_default=False) as client:
        client.wait_for_workers(workers, timeout=120)


def on_clusters(folder: Path, alone: Step) -> Iterator[Step]:
    """Score on clusters, whole and with a worker killed in the middle; the scores must be those of `alone`."""
    files = write_labels(folder, alone.samples)
    for workers in (2, 4):
        for killed in (False, True):
            name = f"score, Dask, {workers} workers{', one killed' if killed else ''}"
            with cluster(folder, workers) as (address, processes):
                killer = threading.Thread(target=_kill_in_the_middle, args=(address, processes[0]))
                if killed:
                    killer.start()
                step = run(name, alone.samples, *scoring(files, "--backend", "dask", "--scheduler", address))
                if killed and processes[0].poll() is None:
                    raise SystemExit("the scores came before all workers were counting: count more samples")
            if step.printed != alone.printed:
                raise SystemExit(f"{name}: other scores than on this machine alone")
            yield step


def _kill_in_the_middle(address: str, process: subprocess.Popen[bytes]) -> None:
    """Kill a worker once all are counting; it lives on where the scores come first."""
    from distributed import Client

    try:
        with Client(address, set_as_default=False) as client:
            while not all(client.processing().values()):
                time.sleep(0.01)
            process.kill()
    except OSError:  # the cluster has ended
        return


# ---------------------------------------------------------------- steps


def scoring(files: tuple[Path, Path], *more: str) -> list[str | Path]:
    """Arguments of the command that scores."""
    return ["score", files[0], "--refs", files[1], "--no-semantics", "--json", *more]


def label_steps(folder: Path, counts: Sequence[int]) -> Iterator[Step]:
    """Scores of growing files."""
    for count in counts:
        yield run("score, one process", count, *scoring(write_labels(folder, count), "--workers", "1"))


def image_steps(folder: Path, counts: Sequence[int], name: str, shards: int) -> Iterator[Step]:
    """Prepared sets of growing numbers of images, read in shards."""
    for count in counts:
        prepared = folder / f"images-{count}.parquet"
        making = ["data", "prepare", f"synthetic:{count}", "--split", "train", "-o", prepared]
        yield run("data prepare", count, *making)
        found: list[str] = []
        for number in range(1, shards + 1):
            out = folder / f"{count}-{number}.tsv"
            reading = ["predict", name, f"{prepared}@train", "-o", out, "--shard", f"{number}/{shards}"]
            yield run(f"predict {name} --shard I/{shards}", count // shards, *reading)
            found += [line.partition("\t")[0] for line in out.read_text().splitlines()]
        if len(found) != len(set(found)) or len(found) != count:
            raise SystemExit(f"the shards have {len(found)} predictions of {count} samples")


def text_steps(folder: Path, sizes: Sequence[int]) -> Iterator[Step]:
    """Commands that go through texts of growing sizes, in MB."""
    for size in sizes:
        text = folder / f"text-{size}.txt"
        _write_text(text, size * 10**6)
        for command in ("validate", "fix", "canon"):
            more = [] if command == "validate" else ["-o", folder / "out.txt"]
            yield run(command, size, command, text, *more)
        halves = folder / "text-preds.txt", folder / "text-refs.txt"
        _write_text(halves[0], size * 10**6 // 2, WRONG)
        _write_text(halves[1], size * 10**6 // 2)
        yield run("score", size, *scoring(halves, "--workers", "1"))


def _write_text(file: Path, size: int, wrong: float = 0.0) -> None:
    """Write a text of about *size* bytes; in a share of its lines one token is another one."""
    rng = random.Random(SEED)
    formulas = [sample_formula(rng) for _ in range(DISTINCT)]
    lines = [rng.choice(formulas) for _ in range(DISTINCT)]
    for number, line in enumerate(lines):
        while len(line) < LINE:
            line = f"{line} = {rng.choice(formulas)}"
        lines[number] = line
    lines = [_changed(line, rng) if rng.random() < wrong else line for line in lines]
    whole = "\n".join(lines) + "\n"
    with file.open("w") as written:
        for _ in range(max(1, size // len(whole))):
            written.write(whole)


def compared(steps: Sequence[Step]) -> list[tuple[str, ...]]:
    """The lines of the table, each with its growth since the last smaller one of its name."""
    rows = []
    for number, step in enumerate(steps):
        smaller = [one for one in steps[:number] if one.name == step.name and one.samples < step.samples]
        if not smaller:
            rows.append((*step.row, "", ""))
            continue
        last = max(smaller, key=lambda one: one.samples)
        share = step.samples / last.samples
        grown = (step.processor / last.processor, step.memory / last.memory)
        rows.append(
            (*step.row, f"{grown[0]:.1f} times for {share:.0f}", f"{grown[1]:.1f} times for {share:.0f}")
        )
    return rows


@dataclass
class Report:
    """The page, written anew with every step."""

    given: Namespace
    steps: dict[str, list[Step]] = field(default_factory=dict)

    def add(self, name: str, steps: Iterator[Step]) -> None:
        """Take the steps of a section as they are measured."""
        for step in steps:
            self.steps.setdefault(name, []).append(step)
            write_or_print(self._text(), self.given.out)

    def _text(self) -> str:
        load = f"{os.getloadavg()[0]:.0f} processes wanted its {os.cpu_count()} threads at the end"
        about = ABOUT.format(load=f"On {processor()}; {load}: processor seconds count here, not seconds.")
        parts = [
            section(name, self._words(name), table(HEAD, compared(steps)))
            for name, steps in self.steps.items()
        ]
        return page("Scale", self._command(), about, *parts)

    def _words(self, name: str) -> str:
        reading = [step for step in self.steps.get("Images", ()) if step.name.startswith("predict")]
        rate = sum(step.samples for step in reading) / (sum(step.processor for step in reading) or 1)
        return SECTIONS[name].format(reader=self.given.reader, per_second=rate, line=LINE, distinct=DISTINCT)

    def _command(self) -> str:
        given = self.given
        numbers = {"labels": given.labels, "images": given.images, "text": given.text}
        words = [f"--{name} {' '.join(map(str, values))}" for name, values in numbers.items()]
        more = f"--clustered {given.clustered} --reader {given.reader} --shards {given.shards}"
        return f"python -m tools.scale {' '.join(words)} {more}"


def _given() -> Namespace:
    parser = report_parser(__doc__)
    parser.add_argument("--labels", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument(
        "--clustered", type=int, default=100_000, help="which of these is scored on clusters too"
    )
    parser.add_argument("--images", type=int, nargs="*", default=[2_000, 20_000])
    parser.add_argument("--reader", default="ctc-crnn", help="recogniser that reads the images")
    parser.add_argument("--shards", type=int, default=4)
    parser.add_argument("--text", type=int, nargs="*", default=[20, 200], help="sizes of texts in MB")
    given = parser.parse_args()
    for numbers in (given.labels, given.images, given.text):
        if any(before >= after for before, after in pairwise(numbers)):
            parser.error("numbers must grow")
    if given.clustered not in given.labels:
        parser.error("--clustered must be one of --labels")
    return given


def main() -> None:
    report = Report(given := _given())
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        report.add("Labels", label_steps(folder, given.labels))
        alone = next(step for step in report.steps["Labels"] if step.samples == given.clustered)
        report.add("Clusters", on_clusters(folder, alone))
        report.add("Images", image_steps(folder, given.images, given.reader, given.shards))
        report.add("Text", text_steps(folder, given.text))


if __name__ == "__main__":
    run_tool(main)
