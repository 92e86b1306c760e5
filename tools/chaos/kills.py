"""``kill -9`` of commands at random moments, and what has to be left."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from safetensors import safe_open

from hmer_suite.errors import HmerSuiteError
from hmer_suite.train.checkpoint import LAST, WEIGHTS, read_checkpoint, read_state
from tools.chaos.commands import call, started

Results = Iterator[str | None]


def killed(words: Sequence[str], folder: Path, moment: float) -> bool:
    """Start a command and kill it after `moment` seconds; whether it still ran then."""
    process = started(words, folder)
    try:
        process.wait(moment)
        return False
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return True


def seconds_of(words: Sequence[str], folder: Path) -> float:
    """Seconds that a command takes when nothing disturbs it; `RuntimeError` if it fails."""
    began = time.monotonic()
    process = started(words, folder)
    if process.wait() != 0:
        raise RuntimeError((folder / "said.txt").read_text("utf-8", "replace")[-2000:])
    return time.monotonic() - began


def _train_words(out: Path) -> list[str]:
    settings = ("preset=demo", "device=cpu", "threads=1", "workers=0", "save_every=1", "epochs=2")
    words = ["train", "wap", "--data", "synthetic:64,0,3", "--out", str(out), "--max-steps", "12"]
    return [*words, *(word for setting in settings for word in ("--set", setting))]


def kill_train(rng: random.Random, folder: Path) -> Results:
    """Training, killed and resumed until it is done; then the weights are those of an undisturbed run."""
    whole, out = folder / "whole", folder / "killed"
    usual = seconds_of(_train_words(whole), folder)
    resume = ["train", "wap", "--resume", str(out), "--max-steps", "12"]
    while True:
        began = any((out / name).is_dir() for name in (LAST, f".{LAST}.old"))
        moment = rng.uniform(0.3, 1.1) * usual
        disturbed = killed(resume if began else _train_words(out), folder, moment)
        failure = _fault_of_run(out)
        if failure is None and not disturbed:
            failure = (
                None if _same_weights(whole, out) else "the weights differ from those of an undisturbed run"
            )
            os.rename(out, folder / f"done-{rng.randrange(10**9)}")
        yield None if failure is None else f"after {moment:.2f} s: {failure}"


def _fault_of_run(out: Path) -> str | None:
    """What is wrong with the last checkpoint of a run, or None; there may be none yet."""
    if not any((out / name).is_dir() for name in (LAST, f".{LAST}.old")):
        return None
    try:
        read_state(read_checkpoint(out / LAST))
    except HmerSuiteError as error:
        return str(error)
    return None


def _same_weights(first: Path, second: Path) -> bool:
    """Whether two runs ended with the same weights, bit for bit."""
    with (
        safe_open(first / LAST / WEIGHTS, "np") as ours,
        safe_open(second / LAST / WEIGHTS, "np") as theirs,
    ):
        names = set(ours.keys())
        return names == set(theirs.keys()) and all(
            ours.get_tensor(name).tobytes() == theirs.get_tensor(name).tobytes() for name in names
        )


def kill_predict(rng: random.Random, folder: Path) -> Results:
    """Predictions of a prepared set, killed and resumed until they are there."""
    data, whole, out = folder / "set.parquet", folder / "whole.tsv", folder / "killed.tsv"
    call(["data", "synth", "60", "-o", str(data), "--seed", "2"])
    words = ["predict", "wap", str(data), "--batch-size", "1", "--device", "cpu", "-o"]
    usual = seconds_of([*words, str(whole)], folder)
    while True:
        moment = rng.uniform(0.3, 1.1) * usual
        disturbed = killed([*words, str(out), "--resume"], folder, moment)
        failure = "a prediction file that is not whole" if disturbed and _differs(out, whole) else None
        if not disturbed:
            failure = None if out.is_file() and not _differs(out, whole) else "the resumed file is another"
            out.unlink(missing_ok=True)
        yield None if failure is None else f"after {moment:.2f} s: {failure}"


def _differs(path: Path, whole: Path) -> bool:
    """Whether a file is there and has other bytes than the whole one."""
    return path.is_file() and path.read_bytes() != whole.read_bytes()


def kill_prepare(rng: random.Random, folder: Path) -> Results:
    """A set of synthetic handwriting, killed while it is written."""
    return _all_or_nothing(["data", "synth", "300", "--seed", "3", "-o"], ".parquet", rng, folder)


def kill_score(rng: random.Random, folder: Path) -> Results:
    """Scores of some thousand samples, killed while the file of samples is written."""
    rows = [f"s{i}\tx ^ {{ {i % 7} }}\tx ^ {{ {i % 5} }}\n" for i in range(4000)]
    (folder / "preds.tsv").write_text("".join(rows), "utf-8")
    words = ["score", str(folder / "preds.tsv"), "--no-semantics", "--workers", "1", "--samples"]
    return _all_or_nothing(words, ".jsonl", rng, folder)


def _all_or_nothing(words: Sequence[str], suffix: str, rng: random.Random, folder: Path) -> Results:
    """A command whose last word is the file that it writes, killed; the file is whole or not there."""
    whole, out = folder / f"whole{suffix}", folder / f"killed{suffix}"
    usual = seconds_of([*words, str(whole)], folder)
    while True:
        moment = rng.uniform(0.5, 1.05) * usual
        disturbed = killed([*words, str(out)], folder, moment)
        failure = "the file is there and not whole" if _differs(out, whole) else None
        if not disturbed and not out.is_file():
            failure = "it ended without its file"
        out.unlink(missing_ok=True)
        yield None if failure is None else f"after {moment:.2f} s: {failure}"
