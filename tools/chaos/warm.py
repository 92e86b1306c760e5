"""Commands in forks of a process that has loaded the suite: they begin at once, and may be killed at any moment.

``python -m tools.chaos.warm`` is that process. It reads one request a line and answers each with a number.
"""

from __future__ import annotations

import ctypes
import json
import os
import select
import signal
import subprocess
import sys
import weakref
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path

LOADED = (
    "hmer_suite.cli", "hmer_suite.train.training_run", "hmer_suite.train.start_run", "hmer_suite.train.trackers",
    "hmer_suite.predict.job", "hmer_suite.predict.open_reader", "hmer_suite.scores.score", "hmer_suite.data.prepare",
    "hmer_suite.data.parquet", "hmer_suite.data.sources.synthetic", "hmer_suite.handwriting.writers", "hmer_wap.model",
    "torch", "torch._dynamo", "accelerate", "tensorboard", "matplotlib", "cv2", "pydantic", "pyarrow.parquet",
)  # fmt: skip
"""Modules that are there before a command begins, if they are installed."""

NEW_MOUNTS, NEW_USERS = 0x00020000, 0x10000000
"""Flags of `unshare`: mounts of a process's own, and users of its own."""


class Warm:
    """The loaded process; it ends with this object, and with the process that has it."""

    def __init__(self) -> None:
        settings = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(sys.path)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tools.chaos.warm"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=settings, text=True,
        )  # fmt: skip
        self.end = weakref.finalize(self, _ended, self.process)

    def start(self, words: Sequence[str], said: Path, *, disk: int = 0, at: Path | None = None) -> Running:
        """Start a command that says what it says into a file, in a folder *at*.

        With *disk*, ``full`` in that folder is a file system in memory of so many bytes, and what is in it when the
        command has ended is kept in ``left``. A process that may not have one ends with the code `REFUSED`.
        """
        request = {"words": list(words), "said": str(said), "disk": disk, "at": str(at or said.parent)}
        return Running(self, self.ask(request))

    def ask(self, request: object) -> int:
        """The number that answers a request."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(f"{json.dumps(request)}\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())


def _ended(process: subprocess.Popen[str]) -> None:
    with process:  # which closes the pipes and waits
        process.kill()


@cache
def warm() -> Warm:
    """The loaded process that all attacks share."""
    return Warm()


class Running:
    """A command that was started, in a session of its own."""

    def __init__(self, parent: Warm, process: int):
        self.parent = parent
        self.process = process

    def wait(self, seconds: float | None = None) -> int | None:
        """The exit code, negative after a signal; None if it still runs after that time."""
        watched = os.pidfd_open(self.process)
        try:
            if not select.select([watched], [], [], seconds)[0]:
                return None
        finally:
            os.close(watched)
        return self.parent.ask({"wait": self.process})

    def kill(self) -> None:
        """Kill it with all processes of its session."""
        with suppress(ProcessLookupError):
            os.killpg(self.process, signal.SIGKILL)
        self.wait()


def _serve() -> None:
    """Answer requests until there are no more."""
    for name in LOADED:
        with suppress(ImportError):
            import_module(name)
    while line := sys.stdin.readline():
        request = json.loads(line)
        if "wait" in request:
            answer = os.waitstatus_to_exitcode(os.waitpid(request["wait"], 0)[1])
        else:
            answer = os.fork()
            if not answer:
                _run(request)
        print(answer, flush=True)


def _run(request: dict) -> None:
    """Become the command of a request."""
    os.setsid()
    os.chdir(request["at"])
    with open(os.devnull, "rb") as nothing, open(request["said"], "wb") as said:
        os.dup2(nothing.fileno(), 0)
        os.dup2(said.fileno(), 1)
        os.dup2(said.fileno(), 2)
    if request["disk"]:
        _on_small_disk(request["disk"])
    if request["words"][-2:-1] == [">"]:
        os.dup2(os.open(request["words"].pop(), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666), 1)
        request["words"].pop()
    sys.argv = ["hmer-suite", *request["words"]]
    sys.stdin = open(0, closefd=False)  # noqa: SIM115 - until the end
    from hmer_suite.cli import main

    main()
    sys.exit(0)


def _on_small_disk(size: int) -> None:
    """Mount a small file system at ``full`` and go on in a fork; this process ends with the exit code of the fork."""
    system = ctypes.CDLL(None, use_errno=True)
    ids = (os.getuid(), os.getgid())
    private = 0x4000 | 0x40000  # all mounts, recursively, without an effect on others
    if ids[0]:
        if system.unshare(NEW_USERS | NEW_MOUNTS):
            _refuse("unshare")
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"0 {ids[0]} 1")
        Path("/proc/self/gid_map").write_text(f"0 {ids[1]} 1")
    elif system.unshare(NEW_MOUNTS):
        _refuse("unshare")
    if system.mount(b"none", b"/", None, private, None):
        _refuse("mount")
    if system.mount(b"none", b"full", b"tmpfs", 0, f"size={size}".encode()):
        _refuse("mount")
    Path("full/out.tsv").write_text(OLD)
    child = os.fork()
    if child:
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        names = sorted(str(path.relative_to("full")) for path in Path("full").rglob("*"))
        Path("left").write_text("\n".join([*names, "", Path("full/out.tsv").read_text("utf-8", "replace")]))
        os._exit(status if status >= 0 else 128 - status)


OLD = "what was there before\n"
"""What the file of the small disk holds before the command."""

REFUSED = 99
"""Exit code of a process that may not mount a small disk."""


def _refuse(what: str) -> None:
    print(f"{what}: {os.strerror(ctypes.get_errno())}", flush=True)
    os._exit(REFUSED)


if __name__ == "__main__":
    _serve()
