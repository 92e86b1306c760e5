"""Ink of note-taking applications and in JSON: Xournal++, Excalidraw, JIIX, lists of strokes."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from hmer_suite.errors import InputError
from hmer_suite.ink.formats import parse_ink
from hmer_suite.ink.json_strokes import traces_of


def read(value: object) -> list[list[list[float]]]:
    """The traces of a JSON file."""
    return [trace.tolist() for trace in parse_ink(json.dumps(value).encode(), "f", "f.json").traces]


def refused(value: object) -> str:
    """The message by which a JSON file is refused, without the file's name."""
    with pytest.raises(InputError) as caught:
        read(value)
    return str(caught.value).removeprefix("f.json: ")


# --- Xournal++ --------------------------------------------------------------------------------------------


def xournal(*pages: str) -> list[list[list[float]]]:
    body = "".join(f'<page width="100" height="50"><layer>{page}</layer></page>' for page in pages)
    return [
        trace.tolist() for trace in parse_ink(f"<xournal>{body}</xournal>".encode(), "f", "f.xopp").traces
    ]


def test_only_the_pen_of_xournal_writes() -> None:
    strokes = "".join(f'<stroke tool="{tool}">1 2 3 4</stroke>' for tool in ("pen", "highlighter", "eraser"))
    assert xournal(f"{strokes}<text>1 2</text><stroke>5 6 7 8</stroke>") == [
        [[1, 2], [3, 4]],
        [[5, 6], [7, 8]],
    ]


def test_pages_of_xournal_follow_each_other_downwards() -> None:
    stroke = '<stroke tool="pen">1 2 3 4</stroke>'
    assert xournal(stroke, "", stroke) == [[[1, 2], [3, 4]], [[1, 102], [3, 104]]]


@pytest.mark.parametrize(
    ("stroke", "message"),
    [
        ('<stroke tool="pen">1 2 3</stroke>', r"f\.xopp: stroke 1: an odd number of coordinates"),
        ('<stroke tool="pen">1 two</stroke>', r"f\.xopp: stroke 1: could not convert string to float: 'two'"),
        ('<stroke tool="pen">1 nan</stroke>', r"f\.xopp: stroke 1: a coordinate that is not finite"),
        ('</layer><page height="tall"/><layer>', r"f\.xopp: a page of the height 'tall'"),
    ],
)
def test_malformed_strokes_of_xournal(stroke: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        xournal(stroke)


# --- Excalidraw -------------------------------------------------------------------------------------------


def scene(*elements: object) -> dict[str, object]:
    return {"type": "excalidraw", "version": 2, "elements": list(elements)}


def drawn(x: float = 0, y: float = 0, **more: object) -> dict[str, object]:
    return {"type": "freedraw", "x": x, "y": y, "points": [[0, 0, 0.5], [4, 2, 0.5]], **more}


def test_elements_of_excalidraw_are_at_their_place_without_the_deleted_ones() -> None:
    elements = (drawn(10, 20), drawn(isDeleted=True), {"type": "rectangle", "x": 0, "y": 0}, drawn(points=[]))
    assert read(scene(*elements)) == [[[10, 20], [14, 22]]]
    assert read(scene(*elements) | {"type": "excalidraw/clipboard"}) == [[[10, 20], [14, 22]]]


def test_elements_of_excalidraw_are_turned_round_their_middle() -> None:
    (trace,) = read(scene(drawn(10, 20, angle=math.pi / 2)))
    assert np.allclose(trace, [[13, 19], [11, 23]])


@pytest.mark.parametrize(
    ("element", "message"),
    [
        (drawn(x="1"), "element 1: x must be a number"),
        (drawn(points=None), "element 1: points must be a list"),
        (drawn(points=[[1]]), "element 1: expected points of two numbers"),
        (drawn(y=1e300), "element 1: y must be a number"),
        (7, "element 1 is not an object"),
    ],
)
def test_malformed_elements_of_excalidraw(element: object, message: str) -> None:
    assert refused(scene(element)).startswith(message)


# --- JIIX -------------------------------------------------------------------------------------------------


def test_strokes_of_jiix_are_found_at_any_depth_once_each() -> None:
    first = {"type": "stroke", "id": "1", "X": [1, 3], "Y": [2, 4], "F": [1, 1]}
    second = {"type": "stroke", "id": "2", "X": [5], "Y": [6]}
    empty = {"type": "stroke", "id": "3", "X": [], "Y": []}
    block = {
        "type": "Math",
        "expressions": [{"type": "+", "operands": [{"items": [first]}, {"items": [second]}]}],
    }
    assert read({"type": "Page", "children": [block | {"items": [first, second, empty]}]}) == [
        [[1, 2], [3, 4]],
        [[5, 6]],
    ]
    same = {"X": [5], "Y": [6]}
    assert read({"type": "Math", "items": [same, same]}) == [[[5, 6]], [[5, 6]]]


def test_malformed_strokes_of_jiix() -> None:
    assert (
        refused({"items": [{"X": [1], "Y": []}]}) == "stroke 1: X and Y must be lists of equally many numbers"
    )
    assert refused({"items": [{"X": ["1"], "Y": [2]}]}).startswith("stroke 1: expected points of two numbers")


# --- lists of strokes -------------------------------------------------------------------------------------

TWO = [[[0, 0], [10, 20]], [[5, 7]]]


@pytest.mark.parametrize(
    "value",
    [
        pytest.param({"strokes": {"strokes": {"x": [[0, 10], [5]], "y": [[0, 20], [7]]}}}, id="Mathpix"),
        pytest.param([{"x": [0, 10], "y": [0, 20]}, {"x": [5], "y": [7]}], id="lists in each stroke"),
        pytest.param({"word": "x", "drawing": [[[0, 10], [0, 20]], [[5], [7]]]}, id="Quick, Draw!"),
        pytest.param({"drawing": [[[0, 10], [0, 20], [0, 9]], [[5], [7], [12]]]}, id="Quick, Draw!, raw"),
        pytest.param(TWO, id="points"),
        pytest.param({"traces": TWO}, id="traces"),
        pytest.param({"strokes": [{"points": [{"x": 0, "y": 0}, {"x": 10, "y": 20}]}, [[5, 7]]]}, id="objects"),
        pytest.param([[], *TWO], id="an empty stroke"),
        pytest.param(
            {
                "strokeGroups": [
                    {"strokes": [{"x": [0, 10], "y": [0, 20]}, {"x": [1], "y": [1], "pointerType": "ERASER"}]},
                    {"strokes": [{"x": [5], "y": [7], "pointerType": "PEN"}]},
                ]
            },
            id="iink",
        ),
    ],
)  # fmt: skip
def test_lists_of_strokes(value: object) -> None:
    assert read(value) == TWO


@pytest.mark.parametrize(
    "value", [[[1, 2], [3, 4]], [{"x": 1, "y": 2}, {"x": 3, "y": 4}], {"x": [1, 3], "y": [2, 4]}]
)
def test_one_stroke_needs_no_list_around_it(value: object) -> None:
    assert read(value) == [[[1, 2], [3, 4]]]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"strokes": 5}, "no strokes: expected"),
        ({"x": 1, "y": 2}, "x and y must be lists of equal length, one item a stroke"),
        ({"x": [[1], 2], "y": [[1], 2]}, "stroke 2: x and y must be lists of equally many numbers"),
        ([{"x": [1, 2], "y": [1]}], "stroke 1: x and y must be lists of equally many numbers"),
        ({"drawing": [[[1, 2]]]}, "stroke 1: expected a list of x and a list of y"),
        ([[[1, True]]], "stroke 1: expected points of two numbers: found bool"),
        ([[[1, "2"]]], "stroke 1: expected points of two numbers: found str"),
        ([[{"x": 1}]], "stroke 1: expected points of two numbers: 'y'"),
        ([[7]], "stroke 1: expected points of two numbers: found int"),
        ([[[1, 10**400]]], "stroke 1: expected points of two numbers: int too large"),
        ([[[1, 1e16]]], "stroke 1: a coordinate that is not finite, or beyond 1e+15"),
    ],
)
def test_malformed_strokes(value: object, message: str) -> None:
    assert refused(value).startswith(message)


def test_values_in_memory_are_read_alike() -> None:
    assert [trace.tolist() for trace in traces_of({"strokes": TWO}, "s")] == TWO
