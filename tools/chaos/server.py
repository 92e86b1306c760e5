"""``kill -9`` of the processes of ``serve``: of a worker while it reads, and of the server itself."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tests.web.ink import EQUATION

Results = Iterator[str | None]

KILLS = 12
"""Workers that are killed before their server is."""

PATIENCE = 120.0
"""Seconds after which a server or an answer is given up."""


def kill_server(rng: random.Random, folder: Path) -> Results:
    """A server whose workers are killed at random moments of a request, and then the server; its port is reused."""
    port = _free_port()
    while True:
        server = _start(port, folder)
        try:
            yield _first_fault(server, port)
            for _ in range(KILLS):
                yield _kill_worker(server, port, rng.uniform(0, 0.3))
        finally:
            _end(server)
        yield _fault_after_end(server, port)


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _start(port: int, folder: Path) -> subprocess.Popen[bytes]:
    settings = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(sys.path)}
    with open(folder / "said.txt", "wb") as said:
        server = subprocess.Popen(
            [sys.executable, "-m", "hmer_suite", "serve", "--port", str(port), "--recogniser", "stroke"],
            stdout=said, stderr=said, env=settings, start_new_session=True, cwd=folder,
        )  # fmt: skip
    began = time.monotonic()
    while time.monotonic() - began < PATIENCE and server.poll() is None:
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return server
        time.sleep(0.1)
    said_text = (folder / "said.txt").read_text("utf-8", "replace")
    raise RuntimeError(f"the server did not start: {said_text[-500:]}")


def _ask(port: int) -> tuple[int, str]:
    """Status and text of the answer to strokes; status 0 if there is none."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/v1/strokes",
        json.dumps({"strokes": EQUATION}).encode(),
        {"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError as error:
        return 0, str(error)


def _first_fault(server: subprocess.Popen[bytes], port: int) -> str | None:
    status, text = _ask(port)
    return None if status == 200 and "latex" in text else f"first request: {status} {text[:200]}"


def _kill_worker(server: subprocess.Popen[bytes], port: int, moment: float) -> str | None:
    """Kill a worker some time after a request was sent; what is wrong with its answer or the next, or None."""
    answers: list[tuple[int, str]] = []
    asking = threading.Thread(target=lambda: answers.append(_ask(port)))
    asking.start()
    time.sleep(moment)
    workers = children(server.pid)
    for worker in workers:
        with suppress(ProcessLookupError):
            os.kill(worker, signal.SIGKILL)
    asking.join(PATIENCE)
    status, text = answers[0] if answers else (0, "no answer")
    if status != 200 and not (status == 503 and "detail" in text):
        return f"{len(workers)} workers killed after {moment:.2f} s: {status} {text[:200]}"
    status, text = _ask(port)
    return None if status == 200 else f"the request after that: {status} {text[:200]}"


def children(process: int) -> list[int]:
    """Ids of the processes that a process has started and that run Python, but for the tracker of their resources."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with suppress(OSError, ValueError):
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            command = (entry / "cmdline").read_bytes()
            if parent == process and b"resource_tracker" not in command:
                found.append(int(entry.name))
    return found


def _end(server: subprocess.Popen[bytes]) -> None:
    """Kill the server alone, without a chance to end its workers."""
    with suppress(ProcessLookupError):
        os.kill(server.pid, signal.SIGKILL)
    server.wait()


def _fault_after_end(server: subprocess.Popen[bytes], port: int) -> str | None:
    """What is wrong once the server is dead: someone still answers, or holds the port, or its workers live on."""
    began = time.monotonic()
    while time.monotonic() - began < PATIENCE:
        if not _members(server.pid):
            break
        time.sleep(0.1)
    else:
        left = _members(server.pid)
        for process in left:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        return f"{len(left)} processes of the dead server live on"
    with socket.socket() as again:
        again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            again.bind(("127.0.0.1", port))
        except OSError as error:
            return f"port {port} after the server was killed: {error.strerror}"
    return None


def _members(session: int) -> list[int]:
    """Ids of the processes of a session, those that have ended apart."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError, ValueError, IndexError):
                state, _, _, its = (entry / "stat").read_text().rpartition(")")[2].split()[:4]
                if int(its) == session and state != "Z":
                    found.append(int(entry.name))
    return found
