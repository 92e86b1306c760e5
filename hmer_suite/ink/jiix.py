"""JIIX, the JSON export of MyScript's iink: the strokes of its blocks, which are in millimetres."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hmer_suite.errors import InputError
from hmer_suite.ink.document import InkDocument, finished
from hmer_suite.ink.json_strokes import axes_as_trace


def is_jiix(value: object) -> bool:
    """Whether a JSON value has strokes as JIIX writes them."""
    return isinstance(value, dict) and next(_strokes(value), None) is not None


def read_jiix(value: object, id: str, name: str) -> InkDocument:
    """The ink of an export; `InputError` calls its file `name`.

    A stroke that is listed in more than one place, by its id, counts once.
    """
    traces: list[np.ndarray] = []
    seen: set[str] = set()
    for number, stroke in enumerate(_strokes(value), 1):
        stroke_id = str(stroke.get("id", ""))
        if stroke_id and stroke_id in seen:
            continue
        seen.add(stroke_id)
        trace = axes_as_trace(stroke, ("X", "Y"), f"{name}: stroke {number}")
        if len(trace):
            traces.append(trace)
    if not seen:
        raise InputError(f"{name}: no strokes with X and Y; export JIIX with its strokes")
    return InkDocument(id, finished(traces, name))


def _strokes(value: object) -> Iterator[dict[str, object]]:
    """Every object with X and Y, in document order."""
    waiting = [value]
    while waiting:
        found = waiting.pop()
        if isinstance(found, dict):
            if "X" in found and "Y" in found:
                yield found
            else:
                waiting.extend(reversed(found.values()))
        elif isinstance(found, list):
            waiting.extend(reversed(found))
