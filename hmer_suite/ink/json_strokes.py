"""Ink as web pages send it: JSON with the coordinates of each stroke.

``{"strokes": {"strokes": {"x": [[..], ..], "y": [[..], ..]}}}``, with or without the outer names, or a list of strokes
that are lists of points ``[x, y]`` or ``{"x": .., "y": ..}``. X counts to the right and y down.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hmer_suite.errors import InputError
from hmer_suite.ink.formula_ink import FARTHEST, Ink

if TYPE_CHECKING:
    import numpy as np

MAX_BYTES = 16 * 2**20
"""Largest JSON text that is read."""


def parse_json_strokes(data: bytes, id: str, name: str | None = None) -> Ink:
    """The ink in a JSON text; `InputError` calls the file `name` and says what is wrong with it."""
    name = name or id
    if len(data) > MAX_BYTES:
        raise InputError(f"{name}: {len(data):,} bytes, more than the {MAX_BYTES:,} that are read")
    try:
        found = json.loads(data)
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"{name}: not JSON: {error}") from None
    return Ink(id, traces_of(found, name))


def traces_of(value: Any, name: str) -> tuple[np.ndarray, ...]:
    """The traces (n, 2) of float32 that a JSON value holds; those without points are left out."""
    while isinstance(value, dict) and "strokes" in value:
        value = value["strokes"]
    if isinstance(value, dict):
        value = _paired(value, name)
    if not isinstance(value, list):
        raise InputError(f'{name}: no strokes: expected {{"strokes": {{"x": [[..]], "y": [[..]]}}}}')
    return tuple(
        _trace(points, f"{name}: stroke {number}") for number, points in enumerate(value, 1) if points
    )


def _paired(value: dict[str, Any], name: str) -> list[list[tuple[Any, Any]]]:
    """Strokes of points from lists of x and of y."""
    across, down = value.get("x"), value.get("y")
    if not isinstance(across, list) or not isinstance(down, list) or len(across) != len(down):
        raise InputError(f"{name}: x and y must be lists of as many strokes")
    strokes = []
    for number, (xs, ys) in enumerate(zip(across, down, strict=True), start=1):
        if not isinstance(xs, list) or not isinstance(ys, list) or len(xs) != len(ys):
            raise InputError(f"{name}: stroke {number}: x and y must be lists of as many numbers")
        strokes.append(list(zip(xs, ys, strict=True)))
    return strokes


def _trace(points: Any, where: str) -> np.ndarray:
    import numpy as np

    if not isinstance(points, list):
        raise InputError(f"{where}: expected a list of points, not {type(points).__name__}")
    try:
        rows = [(point["x"], point["y"]) if isinstance(point, dict) else tuple(point)[:2] for point in points]
        trace = np.array(rows, dtype=np.float64).reshape(-1, 2)
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"{where}: expected points of two numbers: {error}") from None
    if not (np.abs(trace) < FARTHEST).all():
        raise InputError(f"{where}: a coordinate that is not finite, or beyond {FARTHEST:g}")
    return trace.astype(np.float32)
