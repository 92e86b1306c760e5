"""Functions in place of `decide` that hang, crash or exhaust memory, as chosen by the first text."""

from __future__ import annotations

import ctypes
import os
import re
import signal
import time

from hmer_suite.equiv.sandbox.worker import WARM_UP
from hmer_suite.equiv.verdict import AMBIGUOUS, DIFFERENT, EQUAL, UNDECIDED, UNPROVEN, Verdict

_seen: list[str] = []


def decide(a: str, b: str) -> Verdict:
    """DIFFERENT with the second text's length as witness, after the act that the first text names, if any."""
    act = ACTS.get(a)
    if act is not None:
        act(b)
    return Verdict(DIFFERENT, "numeric", {"n": str(len(b))})


def remembering(a: str, b: str) -> Verdict:
    """A verdict with all pairs of this process so far, to show that a worker's replacement starts afresh."""
    if (a, b) in WARM_UP:
        time.sleep(0.5)
        _seen.append("warm")
    else:
        _seen.append(a)
        decide(a, b)
    return Verdict(DIFFERENT, "numeric", {"seen": " ".join(_seen), "process": str(os.getpid())})


def _power(_: str) -> None:
    pow(7, 10**10)  # C code that holds the interpreter for hours: no handler of Python's would ever run


def _backtrack(_: str) -> None:
    re.match(r"(a+)+$", "a" * 60 + "b")


def _hoard(_: str) -> None:
    kept = []
    while True:
        kept.append(bytes(64 << 20))


def _hoard_in_gmp(_: str) -> None:
    from flint import fmpz

    number = fmpz(7)
    while True:
        number *= number


def _sleep(_: str) -> None:
    time.sleep(3600)


def _ignore_signals(_: str) -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    _power(_)


def _segfault(_: str) -> None:
    ctypes.string_at(0)


def _overflow(_: str) -> None:
    def descend(depth: int) -> int:
        return descend(depth + 1) + 1

    descend(0)


ACTS = {
    "power": _power,
    "backtrack": _backtrack,
    "spin": lambda b: [None for _ in iter(int, 1)],
    "hoard": _hoard,
    "gmp": _hoard_in_gmp,
    "sleep": _sleep,
    "deaf": _ignore_signals,
    "segfault": _segfault,
    "overflow": _overflow,
    "exit": lambda b: os._exit(3),
    "leave": lambda b: os._exit(0),
    "raise": lambda b: {}[b],
    "abort": lambda b: os.abort(),
    "print": lambda b: print("{}\n" * 1000, flush=True),
    "slow": lambda b: time.sleep(float(b)),
}


def busy(a: str, b: str) -> Verdict:
    """DIFFERENT after as many seconds of CPU time as the first text says."""
    end = time.process_time() + (0 if (a, b) in WARM_UP else float(a))
    while time.process_time() < end:
        pass
    return Verdict(DIFFERENT, "numeric")


def by_case(a: str, b: str) -> Verdict:
    """A predictable engine: EQUAL if only case differs, UNDECIDED for different lengths, else DIFFERENT."""
    if a.lower() == b.lower():
        return Verdict(EQUAL, "symbolic")
    if len(a) != len(b):
        return Verdict(UNDECIDED, "unsupported", reason=UNPROVEN if len(a) > len(b) else AMBIGUOUS)
    return Verdict(DIFFERENT, "numeric", {"x": "3/7"})
