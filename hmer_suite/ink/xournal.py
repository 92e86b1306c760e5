"""Pages of Xournal++ and Xournal: what was written with the pen.

Coordinates are in points of 1/72 inch. Strokes of the highlighter and the eraser are not ink. Pages follow each other
downwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from hmer_suite.errors import InputError
from hmer_suite.ink.document import InkDocument, check_coordinates, finished
from hmer_suite.ink.xml_tree import local_name, named, parse_xml, text_of

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


def parse_xournal(data: bytes, id: str, name: str | None = None) -> InkDocument:
    """The ink of a file, already unpacked; `InputError` calls it `name`."""
    name = name or id
    root, notes = parse_xml(data, name)
    if local_name(root) != "xournal":
        raise InputError(f"{name}: not Xournal++: the root element is {local_name(root)}")
    return InkDocument(id, finished(_traces(root, name), name), notes=tuple(notes))


def _traces(root: Element, name: str) -> Iterator[np.ndarray]:
    top = 0.0
    number = 0
    for page in named(root, "page"):
        for stroke in named(page, "stroke"):
            number += 1
            text = text_of(stroke)
            if stroke.get("tool", "pen") == "pen" and text:
                yield _points(text, f"{name}: stroke {number}") + np.array([0.0, top])
        top += _height(page, name)


def _height(page: Element, name: str) -> float:
    try:
        height = float(page.get("height", 0))
    except ValueError:
        height = -1.0
    if not 0 <= height < 1e6:
        raise InputError(f"{name}: a page of the height {page.get('height')!r}")
    return height


def _points(text: str, where: str) -> np.ndarray:
    try:
        values = np.array([float(number) for number in text.split()])
    except ValueError as error:
        raise InputError(f"{where}: {error}") from None
    if len(values) % 2:
        raise InputError(f"{where}: an odd number of coordinates")
    check_coordinates(values, where)
    return values.reshape(-1, 2)
