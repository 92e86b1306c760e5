"""Scenes of Excalidraw: the elements that were drawn by free hand, without those that were deleted."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TypeGuard

import numpy as np

from hmer_suite.errors import InputError
from hmer_suite.ink.document import FARTHEST, InkDocument, check_coordinates, finished
from hmer_suite.ink.json_strokes import points_as_trace


def is_excalidraw(value: object) -> TypeGuard[dict[str, object]]:
    """Whether a JSON value is a scene, or what Excalidraw puts on the clipboard."""
    return (
        isinstance(value, dict)
        and str(value.get("type", "")).startswith("excalidraw")
        and "elements" in value
    )


def read_excalidraw(value: object, id: str, name: str) -> InkDocument:
    """The ink of a scene; `InputError` calls its file `name`."""
    if not is_excalidraw(value):
        raise InputError(f"{name}: not an Excalidraw scene")
    return InkDocument(id, finished(_traces(value["elements"], name), name))


def _traces(elements: object, name: str) -> Iterator[np.ndarray]:
    if not isinstance(elements, list):
        raise InputError(f"{name}: elements must be a list")
    for number, element in enumerate(elements, 1):
        if not isinstance(element, dict):
            raise InputError(f"{name}: element {number} is not an object")
        if element.get("type") == "freedraw" and not element.get("isDeleted"):
            trace = _trace(element, f"{name}: element {number}")
            if len(trace):
                yield trace


def _trace(element: dict[str, object], where: str) -> np.ndarray:
    """The points of an element at its place, turned round the middle of its box."""
    points = element.get("points")
    if not isinstance(points, list):
        raise InputError(f"{where}: points must be a list")
    trace = points_as_trace(points, where)
    x, y, angle = (_number(element, key, where) for key in ("x", "y", "angle"))
    if len(trace) and angle:
        middle = (trace.min(axis=0) + trace.max(axis=0)) / 2
        turn = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
        trace = (trace - middle) @ turn + middle
    trace = trace + np.array([x, y])
    check_coordinates(trace, where)
    return trace


def _number(element: dict[str, object], key: str, where: str) -> float:
    value = element.get(key, 0.0)
    if isinstance(value, int | float) and abs(value) < FARTHEST:
        return float(value)
    raise InputError(f"{where}: {key} must be a number")
