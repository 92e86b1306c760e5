"""The ink of one formula: pen traces, and what their file says about them.

Every reader of a file format returns an `InkDocument`, and passes its traces through `finished`, which checks their
size.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hmer_suite.errors import InputError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MAX_BYTES = 16 * 2**20
"""Largest ink file that is read, after decompression; the largest of CROHME has a hundredth of it."""

MAX_TRACES = 20_000
"""Most traces of one ink; the largest of CROHME has 115."""

MAX_POINTS = 1_000_000
"""Most points of one ink; the largest of CROHME has 6,581."""

FARTHEST = 1e15
"""Coordinates are below this, so that their squares are finite in single precision."""


@dataclass(frozen=True, slots=True)
class TraceGroup:
    """A symbol as its writer or an annotator marked it: its label and the places of its traces.

    `mathml_id` is the id of its element in the MathML tree, or empty.
    """

    label: str
    traces: tuple[int, ...]
    mathml_id: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class InkDocument:
    """One handwritten formula.

    `traces` are arrays (points, 2) of float32, x to the right and y down, in the units of the file. `truth` is the
    LaTeX that was typed for it, `mathml` the ``math`` element; either may be missing. `notes` say what was odd.
    """

    id: str
    traces: tuple[np.ndarray, ...]
    truth: str | None = None
    mathml: Element | None = None
    groups: tuple[TraceGroup, ...] = ()
    writer: str = ""
    source: str = ""
    notes: tuple[str, ...] = ()


def finished(traces: Iterable[np.ndarray], name: str) -> tuple[np.ndarray, ...]:
    """Traces (points, 2) as float32; `InputError` calls the file `name` where there are too many."""
    found: list[np.ndarray] = []
    points = 0
    for trace in traces:
        found.append(trace.astype(np.float32))
        points += len(trace)
        if len(found) > MAX_TRACES:
            raise InputError(f"{name}: more than the {MAX_TRACES:,} traces that are read")
        if points > MAX_POINTS:
            raise InputError(f"{name}: more than the {MAX_POINTS:,} points that are read")
    return tuple(found)


def check_coordinates(values: np.ndarray, where: str) -> None:
    """Raise `InputError` for coordinates that are not finite, or beyond `FARTHEST`."""
    if not (np.abs(values) < FARTHEST).all():
        raise InputError(f"{where}: a coordinate that is not finite, or beyond {FARTHEST:g}")


def check_size(data: bytes, name: str) -> None:
    """Raise `InputError` for the bytes of a file that is empty, or larger than `MAX_BYTES`."""
    if not data.strip():
        raise InputError(f"{name}: the file is empty")
    if len(data) > MAX_BYTES:
        raise InputError(f"{name}: {len(data):,} bytes, more than the {MAX_BYTES:,} that are read")
