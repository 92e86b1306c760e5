"""Limits of the system: full disks, too few open files, interrupted commands; one line each, and nothing hangs."""

from __future__ import annotations

import errno
import os
import resource
import shlex
import signal
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from hmer_suite.errors import UsageError
from hmer_suite.scores import executors

ROOT = Path(__file__).resolve().parents[2]
needs_full = pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")


def command(*words: str | Path, stdout: str | None = None) -> tuple[int, str]:
    """Exit code and stderr of ``hmer-suite``, its stdout going to a file."""
    with open(stdout or os.devnull, "w") as file:
        done = subprocess.run(
            [sys.executable, "-m", "hmer_suite", *map(str, words)],
            cwd=ROOT, stdout=file, stderr=subprocess.PIPE, text=True, timeout=300,
        )  # fmt: skip
    return done.returncode, done.stderr


@needs_full
@pytest.mark.parametrize("words", [["canon"], ["validate", "--json"]])
def test_stdout_on_a_full_disk(tmp_path, words):
    (tmp_path / "lines.txt").write_text("x ^ 2\n" * 5000)
    code, said = command(*words, tmp_path / "lines.txt", stdout="/dev/full")
    assert (code, said) == (3, "hmer-suite: error: No space left on device\n")


@needs_full
def test_an_output_file_on_a_full_disk(tmp_path):
    (tmp_path / "lines.txt").write_text("x ^ 2\n")
    code, said = command("canon", tmp_path / "lines.txt", "-o", "/dev/full")
    assert (code, said) == (3, "hmer-suite: error: /dev/full: cannot write: No space left on device\n")


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_stdout_that_takes_a_part(tmp_path, unbuffered):
    """A file that may not grow, as on a disk that has room for a part: what is left is not dropped in silence."""
    (tmp_path / "lines.txt").write_text("x ^ 2\n" * 5000)
    limit = f"ulimit -f 8; {shlex.quote(sys.executable)} -m hmer_suite canon {tmp_path}/lines.txt > {tmp_path}/out"
    done = subprocess.run(
        ["sh", "-c", limit],
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (3, "hmer-suite: error: File too large\n")
    assert (tmp_path / "out").stat().st_size in (4096, 8192)


@pytest.fixture
def few_files():
    """At most 64 open files beyond those of the test run; the limit comes back afterwards."""
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield lambda number: resource.setrlimit(resource.RLIMIT_NOFILE, (number, limits[1]))
    resource.setrlimit(resource.RLIMIT_NOFILE, limits)


def test_workers_that_the_hard_limit_does_not_allow(monkeypatch):
    monkeypatch.setattr(resource, "getrlimit", lambda _: (64, 64))
    with pytest.raises(UsageError, match="--workers 64: they need 216 open files, and `ulimit -n` allows 64"):
        executors.local_pool(64)
    with executors.local_pool(2) as pool:
        assert isinstance(pool, ProcessPoolExecutor)


def test_a_soft_limit_is_raised(few_files):
    few_files(200)
    executors.local_pool(100).shutdown()
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == 324


def test_a_system_that_starts_no_processes(monkeypatch):
    """The workers that did start are ended; else the command would wait for them for ever."""
    pool = ProcessPoolExecutor(3)
    start, begun = pool._spawn_process, []

    def refuse() -> None:
        if begun:
            raise OSError(errno.EAGAIN, "Resource temporarily unavailable")
        start()
        begun.extend(pool._processes.values())

    monkeypatch.setattr(pool, "_spawn_process", refuse)
    pool._safe_to_dynamically_spawn_children = False
    with pytest.raises(UsageError, match="the workers cannot be started: Resource temporarily unavailable"):
        list(executors.spread(pool, len, ["a", "b"]))
    for process in begun:
        process.join(60)
        assert process.exitcode is not None


@pytest.mark.parametrize(
    "words",
    [
        ["data", "synth", "20000", "-o", "FOLDER/set.parquet"],
        ["score", "FOLDER/preds.tsv", "--workers", "2", "--samples", "FOLDER/samples.jsonl"],
    ],
)
def test_an_interrupted_command_says_so_and_leaves_nothing(tmp_path, words):
    row = "a{}\t\\frac {{ x }} {{ {} }} + \\sqrt {{ y }} ^ 2\tx + {}\n"
    (tmp_path / "preds.tsv").write_text("".join(row.format(i, i, i) for i in range(20_000)))
    process = subprocess.Popen(
        [sys.executable, "-m", "hmer_suite", *(word.replace("FOLDER", str(tmp_path)) for word in words)],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    while not can_be_interrupted(process.pid):
        assert process.poll() is None
        time.sleep(0.02)
    process.terminate()
    _, said = process.communicate(timeout=300)
    assert (process.returncode, said.splitlines()[-1]) == (143, "hmer-suite: interrupted")
    assert "Traceback" not in said
    assert os.listdir(tmp_path) == ["preds.tsv"]


def can_be_interrupted(process: int) -> bool:
    """Whether a process has a handler of its own for SIGTERM."""
    status = Path(f"/proc/{process}/status").read_text()
    caught = next(line for line in status.splitlines() if line.startswith("SigCgt:"))
    return bool(int(caught.split()[1], 16) >> (signal.SIGTERM - 1) & 1)
