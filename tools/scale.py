"""Grow made-up samples and watch time and memory; writes reports/scale.md.

python -m tools.scale --labels 10000 100000 1000000 --images 20000 --out reports/scale.md

Every step is a command in a process of its own. Labels are made up and repeated with ids of their own; a part of the
predictions is wrong. A Dask cluster of two and of four worker processes is started on loopback, and one worker is
killed while it counts; the scores must be those of this machine alone, byte for byte.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from hmer_suite.handwriting.formulas import sample_formula
from tools.reports.common import processor, report_parser, write_or_print
from tools.reports.markdown import page, section, table

SEED = 1016
DISTINCT = 2_000
"""Different labels; more samples repeat them."""

WRONG = 0.4
"""Share of predictions in which one token is another one."""

KILLED_AFTER = 0.3
"""When a worker is killed, as a share of the time that the whole cluster took."""

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
    "less than the samples, the start of the process weighs in. On a cluster, and with a worker killed there, the "
    "JSON was that of one process, byte for byte. {load}"
)


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


def on_cluster(folder: Path, files: tuple[Path, Path], count: int, workers: int, alone: Step) -> list[Step]:
    """Score on a cluster, whole and with a worker killed in the middle; the scores must be those of `alone`."""
    steps: list[Step] = []
    for killed in (False, True):
        with cluster(folder, workers) as (address, processes):
            if killed:
                _kill_after(processes[0], KILLED_AFTER * steps[0].seconds)
            name = f"score, Dask, {workers} workers{', one killed' if killed else ''}"
            given = scoring(files, "--backend", "dask", "--scheduler", address)
            steps.append(run(name, count, *given))
            if killed and processes[0].poll() is None:
                raise SystemExit("the worker was not killed in time")
        if steps[-1].printed != alone.printed:
            raise SystemExit(f"{steps[-1].name}: other scores than on this machine alone")
    return steps


def _kill_after(process: subprocess.Popen[bytes], seconds: float) -> None:
    script = "import os, signal, sys, time; time.sleep(float(sys.argv[1])); os.kill(int(sys.argv[2]), signal.SIGKILL)"
    subprocess.Popen([sys.executable, "-c", script, str(seconds), str(process.pid)])


# ---------------------------------------------------------------- steps


def scoring(files: tuple[Path, Path], *more: str) -> list[str | Path]:
    """Arguments of the command that scores."""
    return ["score", files[0], "--refs", files[1], "--no-semantics", "--json", *more]


def label_steps(folder: Path, counts: Sequence[int], clustered: int) -> list[Step]:
    """Scores of growing files, and of the one of `clustered` samples on clusters."""
    steps: list[Step] = []
    for count in counts:
        files = write_labels(folder, count)
        alone = run("score, one process", count, *scoring(files, "--workers", "1"))
        steps.append(alone)
        if count == clustered:
            for workers in (2, 4):
                steps += on_cluster(folder, files, count, workers, alone)
    return steps


def image_steps(folder: Path, counts: Sequence[int], name: str, shards: int) -> list[Step]:
    """Prepared sets of growing numbers of images, read in shards."""
    steps: list[Step] = []
    for count in counts:
        prepared = folder / f"images-{count}.parquet"
        steps.append(
            run(
                "data prepare",
                count,
                "data",
                "prepare",
                f"synthetic:{count}",
                "--split",
                "train",
                "-o",
                prepared,
            )
        )
        found: list[str] = []
        for number in range(1, shards + 1):
            out = folder / f"{count}-{number}.tsv"
            shard = f"{number}/{shards}"
            steps.append(
                run(
                    f"predict {name} --shard I/{shards}", count // shards,
                    "predict", name, f"{prepared}@train", "-o", out, "--shard", shard,
                )
            )  # fmt: skip
            found += [line.partition("\t")[0] for line in out.read_text().splitlines()]
        if len(found) != len(set(found)) or len(found) != count:
            raise SystemExit(f"the shards have {len(found)} predictions of {count} samples")
    return steps


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


def main() -> None:
    parser = report_parser(__doc__)
    parser.add_argument("--labels", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--clustered", type=int, default=100_000, help="samples that are scored on clusters")
    parser.add_argument("--images", type=int, nargs="*", default=[2_000, 20_000])
    parser.add_argument("--reader", default="ctc-crnn", help="recogniser that reads the images")
    parser.add_argument("--shards", type=int, default=4)
    given = parser.parse_args()
    if any(
        before >= after for numbers in (given.labels, given.images) for before, after in pairwise(numbers)
    ):
        parser.error("numbers of samples must grow")
    with tempfile.TemporaryDirectory() as scratch:
        labels = label_steps(Path(scratch), given.labels, given.clustered)
        images = image_steps(Path(scratch), given.images, given.reader, given.shards)
    load = f"On {processor()}, with {os.getloadavg()[0]:.0f} other processes that wanted its {os.cpu_count()} threads."
    text = page(
        "Scale",
        "python -m tools.scale --labels " + " ".join(map(str, given.labels))
        + f" --clustered {given.clustered} --images " + " ".join(map(str, given.images))
        + f" --reader {given.reader} --shards {given.shards}",
        ABOUT.format(load=load),
        section("Labels", table(HEAD, compared(labels))),
        section("Images", table(HEAD, compared(images))) if images else "",
    )  # fmt: skip
    write_or_print(text, given.out)


if __name__ == "__main__":
    main()
