"""Calls into the code of plugins: whatever it raises or prints, the command that asked for it stays in one piece."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from hmer_suite.errors import HmerSuiteError, PluginError
from hmer_suite.extras import missing_extra

T = TypeVar("T")


@contextmanager
def plugin_code(failing: str) -> Iterator[None]:
    """Run code of a plugin: any exception becomes a `PluginError` that begins with `failing`, on one line.

    So does `sys.exit`, which would end the command as if it had done its work. Errors for users and too little memory
    pass, and so does a missing package that an extra would have brought. What the code prints goes to stderr, as
    stdout may carry a JSON document.
    """
    try:
        with printing_to_stderr():
            yield
    except (HmerSuiteError, MemoryError):
        raise
    except (Exception, SystemExit) as error:
        if is_lack_of_memory(error) or (
            isinstance(error, ModuleNotFoundError) and missing_extra(error.name) is not None
        ):
            raise
        raise PluginError(f"{failing}: {describe_error(error)}") from error


@contextmanager
def printing_to_stderr() -> Iterator[None]:
    """Send what Python code prints to stderr; in the main thread only, as all threads share one stdout."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    with contextlib.redirect_stdout(sys.stderr):
        yield


def finished_within(seconds: float, call: Callable[[], T]) -> T | None:
    """The result of a call made in a thread of its own, or None if it has none after `seconds`.

    A call that never ends stays behind in its thread, which does not keep the process from ending. Raises what the
    call raises.
    """
    results: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(call())
        except BaseException as error:  # raised again in the thread that waits
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True, name="plugin")
    with printing_to_stderr():
        thread.start()
        thread.join(seconds)
    if errors:
        raise errors[0]
    return results[0] if results else None


def is_lack_of_memory(error: BaseException) -> bool:
    """Whether torch says that memory is exhausted; torch itself is not imported for the question."""
    return type(error).__name__ == "OutOfMemoryError" or "can't allocate memory" in str(error)


def describe_error(error: BaseException) -> str:
    """An error on one line, with its type and, if a file of the plugin raised it, the location."""
    said = f"{type(error).__name__}: {' '.join(str(error).split())}"
    places = [
        place for place in traceback.extract_tb(error.__traceback__) if not _is_machinery(place.filename)
    ]
    return f"{said} ({places[-1].filename}:{places[-1].lineno})" if places else said


_MACHINERY = {__file__, contextlib.__file__, str(Path(__file__).with_name("registry.py"))}


def _is_machinery(filename: str) -> bool:
    """Whether a frame of that file lies between the suite and the plugin."""
    return filename in _MACHINERY or filename.startswith(
        (f"{Path(importlib.__file__).parent}{os.sep}", "<frozen")
    )
