"""``kill -9`` of commands at random moments, and what has to be left."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from PIL import Image, ImageDraw
from safetensors import safe_open

from hmer_suite.errors import HmerSuiteError
from hmer_suite.train.checkpoint import LAST, WEIGHTS, read_checkpoint, read_state
from tools.chaos.warm import warm

Results = Iterator[str | None]

SMALL = (
    "preset=demo",
    "device=cpu",
    "threads=1",
    "workers=0",
    "save_every=1",
    "validate_every=100",
    "batch_size=2",
)
"""Settings of a training whose steps are short, each with a checkpoint."""


def killed(words: Sequence[str], folder: Path, moment: float) -> bool:
    """Start a command and kill it after `moment` seconds; whether it still ran then."""
    running = warm().start(words, folder / "said.txt")
    if running.wait(moment) is not None:
        return False
    running.kill()
    return True


def seconds_of(words: Sequence[str], folder: Path) -> float:
    """Seconds that a command takes when nothing disturbs it; `RuntimeError` if it fails."""
    began = time.monotonic()
    if warm().start(words, folder / "said.txt").wait() != 0:
        raise RuntimeError((folder / "said.txt").read_text("utf-8", "replace")[-2000:])
    return time.monotonic() - began


def kill_train(rng: random.Random, folder: Path) -> Results:
    """Training, killed and resumed until it is done; then the weights are those of an undisturbed run."""
    whole, out = folder / "whole", folder / "killed"
    settings = [word for setting in SMALL for word in ("--set", setting)]
    start = ["train", "wap", "--data", "synthetic:4,0,2", "--max-steps", "5", *settings, "--out"]
    resume = ["train", "wap", "--resume", str(out), "--max-steps", "5"]
    usual = seconds_of([*start, str(whole)], folder)
    while True:
        began = any((out / name).is_dir() for name in (LAST, f".{LAST}.old"))
        moment = rng.uniform(0.3, 1.0) * usual
        disturbed = killed(resume if began else [*start, str(out)], folder, moment)
        failure = _fault_of_run(out)
        if failure is None and not disturbed:
            same = _same_weights(whole, out)
            failure = None if same else "the weights differ from those of an undisturbed run"
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
    """Predictions of a folder of pictures, killed and resumed until they are there."""
    pictures, whole, out = folder / "pictures", folder / "whole.tsv", folder / "killed.tsv"
    pictures.mkdir()
    for number in range(12):
        _scrawl(rng).save(pictures / f"{number}.png")
    words = ["predict", "wap", str(pictures), "--batch-size", "1", "--beam", "1", "--device", "cpu", "-o"]
    usual = seconds_of([*words, str(whole)], folder)
    while True:
        moment = rng.uniform(0.1, 0.8) * usual
        disturbed = killed([*words, str(out), "--resume"], folder, moment)
        failure = "a prediction file that is not whole" if disturbed and _differs(out, whole) else None
        if not disturbed:
            failure = None if out.is_file() and not _differs(out, whole) else "the resumed file is another"
            out.unlink(missing_ok=True)
        yield None if failure is None else f"after {moment:.2f} s: {failure}"


def _scrawl(rng: random.Random) -> Image.Image:
    """A picture of some lines of a pen."""
    picture = Image.new("L", (120, 60), 255)
    for _ in range(4):
        ends = [(rng.randrange(120), rng.randrange(60)) for _ in range(3)]
        ImageDraw.Draw(picture).line(ends, fill=0, width=2)
    return picture


def _differs(path: Path, whole: Path) -> bool:
    """Whether a file is there and has other bytes than the whole one."""
    return path.is_file() and path.read_bytes() != whole.read_bytes()


def kill_prepare(rng: random.Random, folder: Path) -> Results:
    """A set of synthetic handwriting, killed while it is written."""
    return _all_or_nothing(["data", "synth", "30", "--seed", "3", "-o"], ".parquet", rng, folder)


def kill_score(rng: random.Random, folder: Path) -> Results:
    """Scores of some hundred samples, killed while the file of samples is written."""
    rows = [f"s{i}\tx ^ {{ {i % 7} }}\tx ^ {{ {i % 5} }}\n" for i in range(400)]
    (folder / "preds.tsv").write_text("".join(rows), "utf-8")
    words = ["score", str(folder / "preds.tsv"), "--no-semantics", "--workers", "1", "--samples"]
    return _all_or_nothing(words, ".jsonl", rng, folder)


def _all_or_nothing(words: Sequence[str], suffix: str, rng: random.Random, folder: Path) -> Results:
    """A command whose last word is the file that it writes, killed; the file is whole or not there."""
    whole, out = folder / f"whole{suffix}", folder / f"killed{suffix}"
    usual = seconds_of([*words, str(whole)], folder)
    while True:
        moment = rng.uniform(0.4, 1.05) * usual
        disturbed = killed([*words, str(out)], folder, moment)
        failure = "the file is there and not whole" if _differs(out, whole) else None
        if not disturbed and not out.is_file():
            failure = "it ended without its file"
        out.unlink(missing_ok=True)
        yield None if failure is None else f"after {moment:.2f} s: {failure}"
