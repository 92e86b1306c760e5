"""``hmer-suite serve`` in a process of its own, for tests, pictures and measurements."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

START = 600.0
"""Seconds within which a server has loaded its networks."""


@contextlib.contextmanager
def serving(folder: Path, *options: str) -> Iterator[tuple[str, int]]:
    """Address and process id of a server on a free port; it is ended as Ctrl-C ends it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "hmer_suite", "serve", "--port", "0", *options],
        cwd=folder,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert process.stderr is not None
    try:
        line = process.stderr.readline()
        address = re.match(r"(http://[^ ]+?)/ ", line)
        assert address, line
        yield address[1], process.pid
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)


def wait_until_ready(address: str) -> None:
    """Return when the server has loaded its networks; TimeoutError if it does not in `START` seconds."""
    began = time.monotonic()
    while httpx.get(f"{address}/health", timeout=START).json()["status"] != "ok":
        if time.monotonic() - began > START:
            raise TimeoutError(f"{address} is not ready after {START:g} seconds")
        time.sleep(0.2)
