"""Runs of contenders, each in its own process and in turns; time and memory of whole commands."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from tools.benchmark.report import Row

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SAMPLING_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Result:
    """Answers of a contender: `hello` when ready, then one for each pass; or neither, and `why` it cannot run."""

    hello: dict
    passes: tuple[dict, ...]
    why: str = ""

    def rate(self, name: str) -> Row:
        """Formulas a second of the process once it is warm."""
        samples = tuple(answer["items"] / answer["seconds"] for answer in self.passes[1:])
        if not samples:
            return Row(name, "", (), self.why)
        last = self.passes[-1]
        return Row(
            name, "/s", samples, f"{last['items']:,} formulas, {last['items'] - last['found']:,} refused"
        )

    def first_rate(self, name: str) -> Row:
        """Formulas a second of the first pass of the fresh process, after imports and tables."""
        if not self.passes:
            return Row(name, "", (), self.why)
        first = self.passes[0]
        note = f"after {self.hello['seconds']:.2f} s of imports and tables"
        return Row(name, "/s", (first["items"] / first["seconds"],), note)

    def memory(self, name: str) -> Row:
        """Resident memory of the process after its last pass."""
        if not self.passes:
            return Row(name, "", (), self.why)
        before, first = self.hello["megabytes"], self.passes[0]["megabytes"]
        note = f"{before:.0f} MB before the first pass, {first:.0f} after it"
        return Row(name, "MB", (self.passes[-1]["megabytes"],), note)


def contender(name: str, path: Path, python: str = sys.executable) -> list[str]:
    """Command that starts a contender of `contenders.py`."""
    return [python, str(HERE / "contenders.py"), name, str(path)]


def katex(path: Path) -> list[str]:
    """Command that starts KaTeX as a contender."""
    return [shutil.which("node") or "node", str(HERE / "katex.mjs"), str(path)]


def race(commands: dict[str, list[str]], rounds: int) -> dict[str, Result]:
    """Let contenders take turns: one pass of the fresh process, then `rounds` more."""
    with ExitStack() as stack:
        running = {name: _Running(command, stack) for name, command in commands.items()}
        ready = [process for process in running.values() if process.hello]
        for _ in range(1 + rounds):
            for process in ready:
                process.one_pass()
    return {
        name: Result(process.hello, tuple(process.passes), process.why) for name, process in running.items()
    }


class _Running:
    """The process of one contender."""

    def __init__(self, command: list[str], stack: ExitStack):
        self.command = " ".join(command)
        self.hello: dict = {}
        self.passes: list[dict] = []
        self.why = ""
        self.errors = stack.enter_context(tempfile.TemporaryFile("w+"))  # noqa: SIM115, the stack closes it
        try:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self.errors,
                text=True,
                cwd=ROOT,
            )
        except FileNotFoundError as error:
            self.why = f"{Path(error.filename).name} is not installed"
            return
        stack.callback(self.process.communicate)
        assert self.process.stdin and self.process.stdout
        self.input, self.output = self.process.stdin, self.process.stdout
        hello = self.output.readline()
        if hello:
            self.hello = json.loads(hello)
        else:
            self.why = self._last_error()

    def one_pass(self) -> None:
        """Ask for one pass and wait for its answer."""
        self.input.write("\n")
        self.input.flush()
        answer = self.output.readline()
        if not answer:
            raise SystemExit(f"bench: {self.command} ended early: {self._last_error()}")
        self.passes.append(json.loads(answer))

    def _last_error(self) -> str:
        code = self.process.wait()
        self.errors.seek(0)
        errors = [line.strip() for line in self.errors if "Error: " in line]
        return errors[-1].partition("Error: ")[2] if errors else f"it ended with code {code}"


def command(name: str, arguments: list[str], rounds: int) -> Row:
    """Wall-clock seconds of ``hmer-suite ARGUMENTS``."""
    samples = []
    for _ in range(rounds):
        start = time.perf_counter()
        done = subprocess.run(_suite(arguments), capture_output=True, text=True, cwd=ROOT)
        samples.append(time.perf_counter() - start)
        if done.returncode:
            return Row(name, "", (), f"the command ended with code {done.returncode}")
    return Row(name, "s", tuple(samples))


def peak_memory(name: str, arguments: list[str], rounds: int) -> Row:
    """Highest sum of the proportional set sizes of the command's processes, in MB, by sampling /proc."""
    if not Path("/proc/self/smaps_rollup").exists():
        return Row(name, "", (), "this system does not report the memory of several processes together")
    return Row(name, "MB", tuple(_peak(arguments) for _ in range(rounds)))


def _peak(arguments: list[str]) -> float:
    process = subprocess.Popen(
        _suite(arguments), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT
    )
    ended, peak = threading.Event(), 0.0
    threading.Thread(target=_signal_end, args=(process, ended), daemon=True).start()
    while not ended.wait(SAMPLING_SECONDS):
        peak = max(peak, sum(map(_proportional_set, _family(process.pid))))
    return peak


def _signal_end(process: subprocess.Popen, ended: threading.Event) -> None:
    process.wait()
    ended.set()


def _suite(arguments: list[str]) -> list[str]:
    return [sys.executable, "-m", "hmer_suite", *arguments]


def _family(pid: int) -> Iterator[int]:
    yield pid
    for listing in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in _text_if_there(listing).split():
            yield from _family(int(child))


def _proportional_set(pid: int) -> float:
    lines = _text_if_there(Path(f"/proc/{pid}/smaps_rollup")).splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024 / 1e6


def _text_if_there(path: Path) -> str:
    """Text of a file in /proc; empty where its process has ended."""
    try:
        return path.read_text()
    except OSError:
        return ""
