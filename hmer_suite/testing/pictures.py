"""Pictures and ink for the tests of a plugin."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from hmer_suite.data.ink_sets import LabelledInk, ink_set
from hmer_suite.ink.marks import shape
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.specs.samples import InkSample, Mark, SampleSet

PICTURES = {
    "1": """
        ..#.
        .##.
        ..#.
        ..#.
        ..#.
        ..#.
        .###
        """,
    "x + 1": """
        .................#.
        ........#.......##.
        #...#...#........#.
        .#.#....#........#.
        ..#...#####......#.
        .#.#....#........#.
        #...#...#.......###
        """,
    "1 ^ { x }": """
        .......#...#
        ........#.#.
        ..#......#..
        .##.....#.#.
        ..#....#...#
        ..#.........
        ..#.........
        ..#.........
        .###........
        """,
    r"\frac { 1 } { x }": """
        ....#....
        ...##....
        ....#....
        ....#....
        ...###...
        .........
        #########
        .........
        ..#...#..
        ...#.#...
        ....#....
        ...#.#...
        ..#...#..
        """,
}
"""Four formulas as black and white pictures, a digit being seven rows high."""


INKS = {
    "1": """
        0: 0,1 1,0 1,6
        """,
    "x + 1": """
        0: 0,2 2,4 4,6
        0: 4,2 2,4 0,6
        1: 8,1 8,5
        1: 6,3 10,3
        2: 13,1 14,0 14,6
        """,
    "1 ^ { x }": """
        0: 0,4 1,3 1,9
        3: 4,0 6,2 8,4
        3: 8,0 6,2 4,4
        """,
    r"\frac { 1 } { x }": """
        2: 3,1 4,0 4,5
        0: 0,7 4,7 8,7
        5: 2,9 4,11 6,13
        5: 6,9 4,11 2,13
        """,
}
"""The same formulas as ink, a digit being six units high.

Each line is a stroke: the index of its token in the label, then its points, x to the right and y down.
"""


def pictures(symbol_height: int, drawn: Mapping[str, str] = PICTURES) -> SampleSet:
    """The four of `PICTURES`, or others drawn like them, with digits about `symbol_height` pixels high."""

    scale = max(1, round(symbol_height / 7))
    images = []
    for picture in drawn.values():
        ink = np.array([[dot == "#" for dot in row] for row in picture.split()], np.uint8) * 255
        images.append(np.pad(ink.repeat(scale, axis=0).repeat(scale, axis=1), scale))
    sizes = np.array([image.shape for image in images])
    ids = tuple(f"picture-{number}" for number in range(1, len(images) + 1))
    return SampleSet("train", ids, tuple(drawn), sizes, images, ("pictures",) * len(images))


def inks(points: int = 32, written: Mapping[str, str] = INKS) -> SampleSet:
    """The four of `INKS`, or others written like them, as ink with marks, resampled to `points` points."""
    rows = [
        LabelledInk(f"ink-{number}", label, _ink(label, text), "inks")
        for number, (label, text) in enumerate(written.items(), start=1)
    ]
    return ink_set("train", rows, Preprocessing(input="ink", points=points))


def _ink(label: str, text: str) -> InkSample:
    """Ink from lines like those of `INKS`."""

    tokens = label.split()
    traces: list[np.ndarray] = []
    places: dict[int, list[int]] = {}
    for number, line in enumerate(text.strip().splitlines()):
        token, _, points = line.partition(":")
        traces.append(np.array([point.split(",") for point in points.split()], np.float32))
        places.setdefault(int(token), []).append(number)
    marks = tuple(Mark(shape(tokens[token]), tuple(found), token) for token, found in places.items())
    return InkSample(tuple(traces), 6.0, marks)
