"""Counts of the steps that Python code takes, which unlike seconds do not depend on the machine or on its load."""

from __future__ import annotations

import sys
from collections.abc import Callable


class TooManyStepsError(AssertionError):
    """A call has taken more steps than it may; it is ended, so that a computation without end fails a test."""


def steps(call: Callable[[], object], most: int = 30_000_000) -> int:
    """Lines of Python that a call executes, those of the functions that it calls included.

    What happens within one call of C code counts as one. Raises `TooManyStepsError` beyond `most`.
    """
    count = 0

    def trace(frame: object, event: str, argument: object) -> Callable[..., object]:
        nonlocal count
        count += event == "line"
        if count > most:
            raise TooManyStepsError(f"more than {most} steps")
        return trace

    former = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(former)
    return count
