"""Speed of a recogniser on this machine: formulas a second of each search, and the first formula of a new process."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch

from hmer_suite.errors import HmerSuiteError
from hmer_suite.predict.job import Recognises, SamplesT
from hmer_suite.specs.recogniser import Decoding

PLUS = [[(10, 0), (10, 40)], [(30, 20), (54, 20)], [(42, 8), (42, 32)], [(75, 0), (75, 40)]]
"""Traces of ``1 + 1``, the formula of the cold start; points are (x, y), y downwards."""

_COLD = "import sys, hmer_suite as hs; hs.load(sys.argv[1]).read({plus})"


@dataclass(frozen=True, slots=True)
class Speed:
    """One search: its name, formulas read, seconds of the clock and of all cores together (user and system)."""

    search: str
    formulas: int
    seconds: float
    cpu_seconds: float

    @property
    def rate(self) -> float:
        """Formulas a second."""
        return self.formulas / self.seconds

    def to_json(self) -> dict[str, object]:
        """The numbers as a JSON object."""
        return {
            "search": self.search,
            "formulas": self.formulas,
            "seconds": round(self.seconds, 4),
            "cpu_seconds": round(self.cpu_seconds, 4),
            "formulas_per_second": round(self.rate, 2),
        }


@dataclass(frozen=True, slots=True)
class Batches:
    """Data set to read and samples per batch."""

    data: str
    size: int


def speeds(
    reader: Recognises[SamplesT], searches: Mapping[str, Decoding], batches: Batches
) -> Iterator[Speed]:
    """The speed of each search, after one reading that is not counted; loading of the samples is not counted either."""
    samples = reader.samples([batches.data])
    for name, how in searches.items():
        _read(reader, samples, how, batches.size)
        began, cpu = time.perf_counter(), time.process_time()
        n = _read(reader, samples, how, batches.size)
        yield Speed(name, n, time.perf_counter() - began, time.process_time() - cpu)


def _read(reader: Recognises[SamplesT], samples: SamplesT, how: Decoding, batch_size: int) -> int:
    found = reader.read(samples, how, batch_size=batch_size, tick=lambda _: None)
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return len(found)


def cold_start(name: str) -> Speed:
    """One formula read by a process that starts for it; `HmerSuiteError` with its last line if it fails."""
    before, began = os.times(), time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", _COLD.format(plus=PLUS), name], capture_output=True, text=True
    )
    seconds, after = time.perf_counter() - began, os.times()
    if done.returncode:
        raise HmerSuiteError(f"{name}: cold start failed: {_last(done.stderr.splitlines())}")
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return Speed("cold start", 1, seconds, used)


def _last(lines: Sequence[str]) -> str:
    return lines[-1] if lines else "without a word"


def machine() -> dict[str, object]:
    """What the numbers depend on besides the recogniser: device, cores, threads of torch, versions."""
    device = torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu"
    return {
        "device": device,
        "cores": os.cpu_count() or 1,
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "load": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
    }
