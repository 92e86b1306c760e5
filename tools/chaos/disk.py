"""Commands whose disk is full: a small file system in memory, mounted in a name space of its own."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import cycle
from pathlib import Path

from tools.chaos.kills import SMALL
from tools.chaos.skip import Skipped
from tools.chaos.warm import OLD, REFUSED, warm

Results = Iterator[str | None]

PAGE = 4096


def full_disk(rng: random.Random, folder: Path) -> Results:
    """Commands that write to a disk with room for a part of what they write, over an old file of the same name."""
    (folder / "full").mkdir()
    lines = [f"s{i}\tx ^ {{ {i % 7} }} + \\frac {{ {i} }} {{ y }}\tx ^ {{ {i % 5} }}\n" for i in range(2000)]
    (folder / "preds.tsv").write_text("".join(lines), "utf-8")
    settings = [word for setting in SMALL for word in ("--set", setting)]
    commands = (
        ("canon", "preds.tsv", "-o", "full/out.tsv"),
        ("fix", "preds.tsv", "-o", "full/out.tsv"),
        ("score", "preds.tsv", "--no-semantics", "--samples", "full/out.jsonl"),
        ("data", "synth", "9", "-o", "full/out.parquet"),
        ("train", "wap", "--data", "synthetic:4,0,2", "--max-steps", "2", *settings, "--out", "full/run"),
        ("canon", "preds.tsv", ">", "full/printed"),
    )
    for words in cycle(commands):
        yield _fault(words, rng.randrange(2, 12) * PAGE, folder)


def _fault(words: Sequence[str], size: int, folder: Path) -> str | None:
    """What is wrong with what a command says and leaves on a full disk, or None.

    Raises `Skipped` where no file system can be mounted.
    """
    code = warm().start(words, folder / "said.txt", disk=size, at=folder).wait()
    said = (folder / "said.txt").read_text("utf-8", "replace")
    if code == REFUSED:
        raise Skipped(f"no small file system can be mounted: {said.strip()[:100]}")
    left = (folder / "left").read_text("utf-8")
    errors = [text for text in said.splitlines() if text.startswith("hmer-suite: error: ")]
    held = code == 3 and len(errors) == 1 and "Traceback" not in said and OLD in left and ".tmp" not in left
    return (
        None
        if held
        else f"{' '.join(words)} with {size} bytes: {code}, {said[-300:]!r}, left {left[-200:]!r}"
    )
