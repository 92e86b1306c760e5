"""Commands whose disk is full: a small file system in memory, mounted in a name space of its own."""

from __future__ import annotations

import os
import random
import shlex
import subprocess
import sys
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

from tools.chaos.commands import call
from tools.chaos.skip import Skipped

Results = Iterator[str | None]

OLD = "what was there before\n"


def full_disk(rng: random.Random, folder: Path) -> Results:
    """Commands that write to a disk with room for a part of what they write, over an old file of the same name."""
    _check_mount(folder)
    lines = [f"s{i}\tx ^ {{ {i % 7} }} + \\frac {{ {i} }} {{ y }}\tx ^ {{ {i % 5} }}\n" for i in range(6000)]
    (folder / "preds.tsv").write_text("".join(lines), "utf-8")
    call(["data", "synth", "40", "-o", str(folder / "set.parquet"), "--seed", "2"])
    small = ["--set", "preset=demo", "--set", "device=cpu", "--set", "workers=0", "--set", "save_every=1"]
    commands = (
        ("canon", "preds.tsv", "-o", "full/out.tsv"),
        ("fix", "preds.tsv", "-o", "full/out.tsv"),
        ("score", "preds.tsv", "--no-semantics", "--samples", "full/out.jsonl"),
        ("data", "synth", "400", "-o", "full/out.parquet"),
        ("train", "wap", "--data", "synthetic:12,0,3", "--max-steps", "2", *small, "--out", "full/run"),
        ("canon", "preds.tsv"),
    )
    for words in cycle(commands):
        yield _fault(words, rng.randrange(1, 12), folder)


def _check_mount(folder: Path) -> None:
    """Raise `Skipped` if this user may not mount a file system, or there is no `unshare`."""
    (folder / "full").mkdir()
    try:
        done = _mounted(["true"], 8, folder)
    except OSError as error:
        raise Skipped(f"unshare: {error.strerror}") from None
    if done.returncode:
        raise Skipped(f"no small file system can be mounted: {done.stderr.strip()[:100]}")


def _mounted(words: list[str], pages: int, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command where ``full`` in the folder is a file system of some pages of 4 KiB, which holds an old file.

    Behind the command's own output come the names of what is in the file system then, and the old file.
    """
    script = (
        f"mount -t tmpfs -o size={4 * pages + 4}k none full && printf %s {shlex.quote(OLD)} > full/out.tsv || exit 99\n"
        f"{shlex.join(words)}\ncode=$?\necho; ls -A full; cat full/out.tsv; exit $code\n"
    )
    settings = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run(
        ["unshare", "--map-root-user", "--mount", "sh", "-c", script],
        cwd=folder, env=settings, capture_output=True, text=True, check=False, timeout=600,
    )  # fmt: skip


def _fault(words: tuple[str, ...], pages: int, folder: Path) -> str | None:
    """What is wrong with what a command says and leaves on a full disk, or None."""
    own = [sys.executable, "-m", "hmer_suite", *words]
    # The last command prints to the full disk instead.
    line = ["sh", "-c", f"{shlex.join(own)} > full/printed"] if len(words) == 2 else own
    done = _mounted(line, pages, folder)
    errors = [text for text in done.stderr.splitlines() if text.startswith("hmer-suite: error: ")]
    left = done.stdout.rpartition("\n\n")[2] if "\n\n" in done.stdout else done.stdout
    held = done.returncode == 3 and len(errors) == 1 and "Traceback" not in done.stderr
    held = held and OLD in left and ".tmp" not in left
    if held:
        return None
    return f"{' '.join(words)} with {pages} pages: {done.returncode}, {done.stderr[-300:]!r}, left {left[-200:]!r}"
