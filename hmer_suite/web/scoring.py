"""Scoring of prediction files that users send, by ``hmer-suite score`` itself in a process of its own."""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import os
import signal
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from hmer_suite.errors import InputError, UsageError
from hmer_suite.web.errors import TooSlow, WorkerLost
from hmer_suite.web.limits import Limits
from hmer_suite.web.schemas import File, ScoreAnswer, ScoreRequest


async def score_files(asked: ScoreRequest, limits: Limits) -> ScoreAnswer:
    """The scores of a request, and its report if it asks for one; the files are deleted afterwards.

    Raises:
        InputError, UsageError: the message of the command.
        TooSlow: scoring did not end in time.
        WorkerLost: the process was ended by something else.
    """
    with TemporaryDirectory(prefix="hmer-suite-") as name:
        folder = Path(name)
        command = ["score", _write(asked.predictions, folder / "predictions"), "--json"]
        if asked.references is not None:
            command += ["--refs", _write(asked.references, folder / "references")]
        command.append("--semantics" if asked.semantics else "--no-semantics")
        if asked.report:
            command += ["--report", "report"]
        printed = await _run(command, folder, limits)
        page = folder / "report" / "index.html"
        report = page.read_text(encoding="utf-8") if asked.report and page.exists() else None
    return ScoreAnswer(scores=json.loads(printed), report=report)


def _write(file: File, base: Path) -> str:
    """Write a file beside the others of the request; returns its name."""
    path = base.with_name(base.name + file.suffix)
    if file.encoding == "text":
        path.write_text(file.content, encoding="utf-8")
        return path.name
    try:
        path.write_bytes(base64.b64decode(file.content, validate=True))
    except (binascii.Error, ValueError):
        raise InputError(f"{base.name}: not valid base64") from None
    return path.name


async def _run(command: list[str], folder: Path, limits: Limits) -> bytes:
    """The output of a command that runs in `folder`, with a limit on its time and memory."""
    bounded = f"import resource; resource.setrlimit(resource.RLIMIT_AS, ({limits.scoring_memory},) * 2); "
    start = "from hmer_suite.cli import main; main()"
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        (bounded if os.name == "posix" else "") + start,
        *command,
        cwd=folder,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    try:
        printed, said = await asyncio.wait_for(process.communicate(), limits.scoring_seconds)
    except TimeoutError:
        raise TooSlow(f"not scored after {limits.scoring_seconds:g} seconds") from None
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    if process.returncode:
        raise _error(process.returncode, said.decode(errors="replace"))
    return printed


def _error(status: int, said: str) -> Exception:
    """The error of a command that failed, with its own message."""
    lines = [line for line in said.splitlines() if line.startswith("hmer-suite: error: ")]
    if not lines:
        return WorkerLost("scoring ended without an answer, perhaps for lack of memory")
    message = lines[-1].removeprefix("hmer-suite: error: ")
    return UsageError(message) if status == UsageError.exit_code else InputError(message)
