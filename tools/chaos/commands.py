"""Commands of the suite called in this process or in one of their own, with all that they say."""

from __future__ import annotations

import contextlib
import io
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from hmer_suite import registry
from hmer_suite.cli import OUTSIDE, app
from hmer_suite.errors import HmerSuiteError
from tests.third_party.zoo import Animal, install


@dataclass(frozen=True, slots=True)
class Said:
    """Exit code and streams of a command; an exception that is not ours is code 70, with its traceback in `err`."""

    code: int
    out: str
    err: str


def call(words: Sequence[str]) -> Said:
    """Run a command in this process, as the command line does."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            result = app(list(words), standalone_mode=False)
            code = result if isinstance(result, int) else 0  # of typer.Exit
        except HmerSuiteError as error:
            print(f"hmer-suite: error: {error}", file=err)
            code = error.exit_code
        except SystemExit as error:
            code = int(error.code or 0)
        except OSError as error:
            if error.errno not in OUTSIDE:
                traceback.print_exc(file=err)
            print(f"hmer-suite: error: {error.filename}: {error.strerror}", file=err)
            code = 3 if error.errno in OUTSIDE else 70
        except BaseException as error:  # whatever else escapes is what is looked for
            code = int(getattr(error, "exit_code", 70))
            if code == 70:
                traceback.print_exc(file=err)
    return Said(code, out.getvalue(), err.getvalue())


@contextmanager
def at_large(animal: Animal, folder: Path) -> Iterator[tuple[str, ...]]:
    """Have a plugin of the zoo installed while the context lasts; gives the words of its command."""
    words = install(animal, folder)
    sys.path.insert(0, str(folder))
    registry.load.cache_clear()
    try:
        yield words
    finally:
        sys.path.remove(str(folder))
        sys.modules.pop("zoo_odd", None)
        registry.load.cache_clear()


def fault_of_animal(animal: Animal, folder: Path) -> str | None:
    """What is wrong with the answer to a plugin that misbehaves, or None: exit code 4, one line, nothing on stdout."""
    with at_large(animal, folder) as words:
        said = call(words)
    errors = [line for line in said.err.splitlines() if line.startswith("hmer-suite: error: ")]
    if said.code == 4 and len(errors) == 1 and not said.out and "Traceback" not in said.err:
        return None
    return f"{animal.name}: exit code {said.code}, stdout {said.out[:80]!r}, stderr {said.err[-300:]!r}"
