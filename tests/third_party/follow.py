"""Follow a page: its commands one after the other, its files written and compared where it shows them.

    python follow.py < steps.json > results.json

Each command is a process of its own, forked from this one, which has imported torch once for all: that takes longer
than most of them. A step is a list of words: ``run COMMAND``, ``write FILE TEXT``, ``append FILE TEXT`` or ``holds FILE
TEXT``. What comes out is a list of the steps that were done, the one that failed last.
"""

from __future__ import annotations

import importlib
import json
import os
import runpy
import shlex
import site
import sys
import sysconfig
import tempfile
import traceback
from pathlib import Path

PROGRAMS = {"hmer-suite": "hmer_suite", "pip": "pip", "pytest": "pytest"}
"""What a user types, and the module behind it."""

OFFLINE = ["--no-build-isolation", "--no-index", "--no-deps", "--no-cache-dir", "--disable-pip-version-check"]
"""What pip is told besides: everything that it could fetch is there."""

SLOW = (
    "torch._dynamo",
    "matplotlib.backends.backend_agg",
    "matplotlib.figure",
    "pytest",
    "hmer_suite.predict.reader",
    "hmer_suite.train.start_run",
)
"""Modules that most commands need."""


def follow(steps: list[list[str]]) -> list[dict]:
    """Do the steps up to the first that fails."""
    done = []
    for kind, *words in steps:
        done.append({"step": [kind, *words], **DOING[kind](*words)})
        if done[-1]["code"]:
            break
    return done


def write(name: str, text: str) -> dict:
    """A file as the page shows it, instead of what was there."""
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_text(text, "utf-8")
    return {"code": 0}


def append(name: str, text: str) -> dict:
    """What the page adds to a file."""
    return write(name, Path(name).read_text("utf-8") + text)


def holds(name: str, text: str) -> dict:
    """Whether a file has what the page shows of it."""
    return {"code": int(text not in Path(name).read_text("utf-8"))}


def run(command: str) -> dict:
    """A command in a process of its own."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        child = os.fork()
        if not child:
            os.dup2(out.fileno(), 1)
            os.dup2(err.fileno(), 2)
            os._exit(_code(shlex.split(command, comments=True)))
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        out.seek(0)
        err.seek(0)
        return {"code": code, "out": out.read(), "err": err.read()}


def _code(words: list[str]) -> int:
    """The exit code of a command, in the process that it has to itself."""
    try:
        _start(words)
    except SystemExit as stopped:
        return stopped.code if isinstance(stopped.code, int) else int(stopped.code is not None)
    except BaseException:
        traceback.print_exc()
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def _start(words: list[str]) -> None:
    site.addsitedir(sysconfig.get_path("purelib"))  # as Python does when it starts: there may be new packages
    importlib.invalidate_caches()
    if words[0] == "python":
        exec(compile(words[2], "page", "exec"), {"__name__": "__main__"})
        return
    sys.argv = words if words[0] != "pip" else [*words, *OFFLINE]
    runpy.run_module(PROGRAMS[words[0]], run_name="__main__", alter_sys=True)


DOING = {"run": run, "write": write, "append": append, "holds": holds}

if __name__ == "__main__":
    for name in SLOW:
        importlib.import_module(name)
    json.dump(follow(json.load(sys.stdin)), sys.stdout)
