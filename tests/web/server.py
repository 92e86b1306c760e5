"""A server in a process of its own, and strokes to send to it."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

EQUATION = {
    "strokes": {
        "x": [[0, 0], [20, 50], [20, 50], [70, 70]],
        "y": [[0, 40], [14, 14], [26, 26], [0, 40]],
    }
}
"""1 = 1."""


@contextlib.contextmanager
def serving(folder: Path, *options: str) -> Iterator[tuple[str, int]]:
    """Address and process id of ``hmer-suite serve`` on a free port; it is ended as Ctrl-C ends it."""
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
