"""Strokes of SVG drawings: paths, polylines, polygons and lines, with the transforms of their groups."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from hmer_suite.errors import InputError
from hmer_suite.ink.document import FARTHEST, MAX_TRACES, InkDocument, check_coordinates, finished
from hmer_suite.ink.svg.path_data import read_path
from hmer_suite.ink.xml_tree import MAX_DEPTH, id_of, local_name, parse_xml

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_NOT_DRAWN = frozenset(
    "defs symbol clipPath mask marker pattern style metadata title desc text script foreignObject".split()
)
"""Elements whose content is not drawn where it is written, or is not ink."""

_SHAPES = frozenset(("path", "polyline", "polygon", "line"))

_HREF = "{http://www.w3.org/1999/xlink}href"

_NUMBERS = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_TRANSFORM = re.compile(r"\s*(matrix|translate|scale|rotate|skewX|skewY)\s*\(([^()]*)\)[\s,]*")


@dataclass(frozen=True, slots=True)
class _Style:
    """Properties that a shape inherits; `stroke` and `fill` are empty where nothing sets them."""

    stroke: str = ""
    fill: str = ""
    visibility: str = "visible"
    display: str = ""

    def inside(self, element: Element) -> _Style:
        """The style of an element inside of this one."""
        values = {key: element.get(key, "") for key in ("stroke", "fill", "visibility", "display")}
        for part in element.get("style", "").split(";"):
            key, _, value = part.partition(":")
            if key.strip() in values:
                values[key.strip()] = value.replace("!important", "")
        # `display` is not inherited, but whatever is inside of an element without display is not shown either.
        return replace(self, **{key: value.strip() for key, value in values.items() if value.strip()})

    @property
    def shown(self) -> bool:
        return self.display != "none" and self.visibility not in ("hidden", "collapse")


def parse_svg(data: bytes, id: str, name: str | None = None) -> InkDocument:
    """The strokes of a drawing, in user units of its root; `InputError` calls the file `name`.

    Shapes that are filled and not stroked are outlines or paper, not strokes, and are left out.
    """
    name = name or id
    root, notes = parse_xml(data, name, doctype=True)
    if local_name(root) != "svg":
        raise InputError(f"{name}: not SVG: the root element is {local_name(root)}")
    reader = _Drawing(root, name)
    traces = finished(reader.traces(root, np.eye(3), _Style(), 0), name)
    if not traces and reader.filled:
        raise InputError(f"{name}: no strokes: {reader.filled} filled shapes, and none that is stroked")
    if reader.filled:
        notes.append(f"filled shapes without a stroke left out: {reader.filled}")
    return InkDocument(id, traces, notes=tuple(notes))


class _Drawing:
    """The shapes of one file. `filled` counts those that are not strokes."""

    def __init__(self, root: Element, name: str) -> None:
        self._by_id = {id: element for element in root.iter() if (id := id_of(element))}
        self._name = name
        self._elements = 0
        self.filled = 0

    def traces(self, element: Element, outer: np.ndarray, style: _Style, depth: int) -> Iterator[np.ndarray]:
        """Traces (points, 2) of an element and of what is inside it; `outer` (3, 3) takes them to the root."""
        self._elements += 1
        if depth > MAX_DEPTH or self._elements > 10 * MAX_TRACES:
            raise InputError(f"{self._name}: too many elements, or nested too deeply")
        kind = local_name(element)
        style = style.inside(element)
        if kind in _NOT_DRAWN or not style.shown:
            return
        matrix = outer @ _read_transform(element.get("transform", ""), f"{self._name}: {kind}")
        check_coordinates(matrix, f"{self._name}: {kind}: transform")
        if kind in _SHAPES:
            yield from self._shape(element, matrix, style)
        elif kind == "use":
            yield from self._used(element, matrix, style, depth)
        else:
            for child in element:
                yield from self.traces(child, matrix, style, depth + 1)

    def _used(self, element: Element, matrix: np.ndarray, style: _Style, depth: int) -> Iterator[np.ndarray]:
        reference = element.get("href", element.get(_HREF, "")).removeprefix("#")
        target = self._by_id.get(reference)
        if target is None:
            raise InputError(f"{self._name}: use: no element has the id {reference!r}")
        offset = [_length(element, key, self._name) for key in ("x", "y")]
        inner = matrix @ _translation(*offset)
        # A symbol is drawn only where it is used.
        for part in target if local_name(target) == "symbol" else [target]:
            yield from self.traces(part, inner, style, depth + 1)

    def _shape(self, element: Element, matrix: np.ndarray, style: _Style) -> Iterator[np.ndarray]:
        where = f"{self._name}: {local_name(element)}{f' {id}' if (id := id_of(element)) else ''}"
        lines = [line for line in _polylines(element, where) if line]
        if not _is_stroked(element, lines, style):
            self.filled += 1
            return
        for line in lines:
            points = np.array([(point.real, point.imag) for point in line])
            trace = points @ matrix[:2, :2].T + matrix[:2, 2]
            check_coordinates(trace, where)
            yield trace


def _is_stroked(element: Element, lines: list[list[complex]], style: _Style) -> bool:
    """Whether a shape is drawn with a pen.

    Where nothing says so, a style sheet may; a closed shape without a class is then an outline.
    """
    if style.stroke:
        return style.stroke not in ("none", "transparent")
    if style.fill:
        return style.fill in ("none", "transparent")
    closed = all(len(line) > 2 and line[0] == line[-1] for line in lines)
    return "class" in element.attrib or not closed


def _polylines(element: Element, where: str) -> list[list[complex]]:
    kind = local_name(element)
    if kind == "path":
        return read_path(element.get("d", ""), where)
    if kind == "line":
        x1, y1, x2, y2 = (_length(element, key, where) for key in ("x1", "y1", "x2", "y2"))
        return [[complex(x1, y1), complex(x2, y2)]]
    numbers = _read_numbers(element.get("points", ""), where)
    if len(numbers) % 2:
        raise InputError(f"{where}: an odd number of coordinates")
    points = [complex(x, y) for x, y in zip(numbers[::2], numbers[1::2], strict=True)]
    return [points + points[:1] if kind == "polygon" else points]


def _read_numbers(text: str, where: str) -> list[float]:
    if _NUMBERS.sub("", text).strip(", \t\r\n"):
        raise InputError(f"{where}: not numbers: {text[:20]!r}")
    numbers = [float(number) for number in _NUMBERS.findall(text)]
    if not all(abs(number) < FARTHEST for number in numbers):
        raise InputError(f"{where}: a number beyond {FARTHEST:g}")
    return numbers


def _length(element: Element, key: str, where: str) -> float:
    numbers = _read_numbers(element.get(key, "0").strip().removesuffix("px"), where)
    if len(numbers) != 1:
        raise InputError(f"{where}: {key}={element.get(key)!r} is not a length in user units")
    return numbers[0]


def _read_transform(text: str, where: str) -> np.ndarray:
    """The matrix (3, 3) of a ``transform`` attribute."""
    found = np.eye(3)
    place = 0
    while place < len(text.rstrip()):
        match = _TRANSFORM.match(text, place)
        if not match:
            raise InputError(f"{where}: not a transform: {text[place : place + 20]!r}")
        place = match.end()
        numbers = _read_numbers(match[2], where)
        try:
            found = found @ _MATRICES[match[1]](*numbers)
        except (TypeError, ValueError):
            raise InputError(f"{where}: {match[1]} with {len(numbers)} numbers") from None
        check_coordinates(found, f"{where}: transform")
    return found


def _affine(a: float, b: float, c: float, d: float, e: float, f: float) -> np.ndarray:
    return np.array([[a, c, e], [b, d, f], [0.0, 0.0, 1.0]])


def _translation(x: float, y: float = 0.0) -> np.ndarray:
    return _affine(1, 0, 0, 1, x, y)


def _scaling(x: float, y: float | None = None) -> np.ndarray:
    return _affine(x, 0, 0, x if y is None else y, 0, 0)


def _rotation(degrees: float, *centre: float) -> np.ndarray:
    x, y = centre or (0.0, 0.0)
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return _translation(x, y) @ _affine(cosine, sine, -sine, cosine, 0, 0) @ _translation(-x, -y)


def _skew_x(degrees: float) -> np.ndarray:
    return _affine(1, 0, math.tan(math.radians(degrees)), 1, 0, 0)


def _skew_y(degrees: float) -> np.ndarray:
    return _affine(1, math.tan(math.radians(degrees)), 0, 1, 0, 0)


_MATRICES: dict[str, Callable[..., np.ndarray]] = {
    "matrix": _affine,
    "translate": _translation,
    "scale": _scaling,
    "rotate": _rotation,
    "skewX": _skew_x,
    "skewY": _skew_y,
}
