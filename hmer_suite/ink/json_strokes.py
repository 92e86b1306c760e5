"""Ink as JSON: lists of strokes as web pages, Mathpix, Quick, Draw! and MyScript's iink send them.

A stroke is a list of points ``[x, y]`` or ``{"x": .., "y": ..}``, or two lists ``{"x": [..], "y": [..]}``. Under
``"drawing"`` it is a pair of lists ``[[x, ..], [y, ..]]``. Strokes are in a list, in ``{"x": [[..]], "y": [[..]]}``, or
under one of the keys of `_HOLDERS`. X counts to the right and y down.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeGuard

import numpy as np

from hmer_suite.errors import InputError
from hmer_suite.ink.document import InkDocument, check_coordinates, finished

_HOLDERS = ("strokes", "strokeGroups", "traces", "drawing", "ink")
"""Keys under which strokes are, as long as the value is an object."""

_PAIRED = ("drawing", "ink")
"""Keys whose strokes are pairs of lists: Quick, Draw! and Google's input tools."""


def is_json_strokes(value: object) -> bool:
    """Whether a JSON value is a list, or an object with one of the keys that hold strokes."""
    if isinstance(value, dict):
        return {"x", "y"} <= value.keys() or not value.keys().isdisjoint(_HOLDERS)
    return isinstance(value, list)


def read_json_strokes(value: object, id: str, name: str) -> InkDocument:
    """The ink that a JSON value holds; `InputError` calls its file `name`."""
    return InkDocument(id, traces_of(value, name))


def traces_of(value: object, name: str) -> tuple[np.ndarray, ...]:
    """The traces (points, 2) of float32 that a JSON value holds; strokes without points are left out.

    Raises `InputError`, which calls the value `name`.
    """
    found = (
        _trace(stroke, f"{name}: stroke {number}") for number, stroke in enumerate(_strokes(value, name), 1)
    )
    return finished((trace for trace in found if len(trace)), name)


def _strokes(value: object, name: str) -> Sequence[object]:
    """The strokes of a value, each in one of the layouts of a stroke."""
    holder = ""
    while isinstance(value, dict) and (key := next((key for key in _HOLDERS if key in value), "")):
        value, holder = value[key], key
    if isinstance(value, dict) and "x" in value and "y" in value:
        return _strokes_of_axes(value["x"], value["y"], name)
    if not isinstance(value, list):
        raise InputError(f'{name}: no strokes: expected {{"strokes": {{"x": [[..]], "y": [[..]]}}}}')
    if holder in _PAIRED:
        return [_unpaired(stroke, f"{name}: stroke {number}") for number, stroke in enumerate(value, 1)]
    if holder == "strokeGroups":
        return [stroke for group in value for stroke in _strokes(group, name)]
    if value and all(map(_is_point, value)):
        return [value]
    return [stroke for stroke in value if not _is_erased(stroke)]


def _strokes_of_axes(across: object, down: object, name: str) -> Sequence[object]:
    """Strokes from lists of x and of y, or one stroke from plain numbers."""
    if not isinstance(across, list) or not isinstance(down, list) or len(across) != len(down):
        raise InputError(f"{name}: x and y must be lists of equal length, one item a stroke")
    if across and not any(isinstance(item, list) for item in (*across, *down)):
        return [{"x": across, "y": down}]
    return [{"x": xs, "y": ys} for xs, ys in zip(across, down, strict=True)]


def _is_point(value: object) -> bool:
    if isinstance(value, dict):
        return _is_number(value.get("x")) and _is_number(value.get("y"))
    return isinstance(value, list) and len(value) > 1 and all(map(_is_number, value))


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_erased(stroke: object) -> bool:
    """Whether MyScript recorded the stroke with the eraser."""
    return isinstance(stroke, dict) and str(stroke.get("pointerType", "")).upper() == "ERASER"


def _unpaired(stroke: object, where: str) -> object:
    """A stroke of Quick, Draw! with its lists under their names."""
    if not isinstance(stroke, list) or len(stroke) < 2:
        raise InputError(f"{where}: expected a list of x and a list of y")
    return {"x": stroke[0], "y": stroke[1]}


def _trace(stroke: object, where: str) -> np.ndarray:
    """A stroke as an array (points, 2) of float64."""
    if isinstance(stroke, dict) and isinstance(stroke.get("points"), list):
        stroke = stroke["points"]
    if isinstance(stroke, dict):
        return axes_as_trace(stroke, ("x", "y"), where)
    if not isinstance(stroke, list):
        raise InputError(f"{where}: expected a list of points, not {type(stroke).__name__}")
    return points_as_trace(stroke, where)


def axes_as_trace(stroke: Mapping[str, object], names: tuple[str, str], where: str) -> np.ndarray:
    """Points (n, 2) of float64 from the lists of x and of y under two names; `InputError` where they do not fit."""
    across, down = (stroke.get(name) for name in names)
    if not isinstance(across, list) or not isinstance(down, list) or len(across) != len(down):
        raise InputError(f"{where}: {names[0]} and {names[1]} must be lists of equally many numbers")
    return points_as_trace(list(zip(across, down, strict=True)), where)


def points_as_trace(points: Sequence[object], where: str) -> np.ndarray:
    """Points (n, 2) of float64 from pairs or objects with x and y; further values are left out.

    Raises `InputError` for anything else, and for coordinates that are not finite.
    """
    if not points:
        return np.empty((0, 2))
    try:
        trace = np.array(list(_coordinates(points)), dtype=np.float64).reshape(-1, 2)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise InputError(f"{where}: expected points of two numbers: {error}") from None
    check_coordinates(trace, where)
    return trace


def _coordinates(points: Sequence[object]) -> Iterator[tuple[float, float]]:
    for point in points:
        if isinstance(point, dict):
            x, y = point["x"], point["y"]
        elif isinstance(point, list | tuple):
            x, y = point[:2]
        else:
            raise TypeError(f"found {type(point).__name__}")
        if not (_is_number(x) and _is_number(y)):
            raise TypeError(f"found {type(y if _is_number(x) else x).__name__}")
        yield float(x), float(y)
