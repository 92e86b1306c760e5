"""SVG drawings as strokes: path data, transforms, and what of a drawing is not a stroke."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from hmer_suite.errors import InputError
from hmer_suite.ink import document
from hmer_suite.ink.svg import path_data
from hmer_suite.ink.svg.path_data import read_path
from hmer_suite.ink.svg.reader import parse_svg


def lines(data: str) -> list[list[tuple[float, float]]]:
    """The polylines of path data."""
    return [[(point.real, point.imag) for point in line] for line in read_path(data, "p")]


def svg(body: str, **attributes: str) -> list[list[list[float]]]:
    written = "".join(f' {key}="{value}"' for key, value in attributes.items())
    data = f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"{written}>{body}</svg>'
    return [trace.tolist() for trace in parse_svg(data.encode(), "f", "f.svg").traces]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("M1 2L3 4", [[(1, 2), (3, 4)]]),
        ("m1,2 3,4-5 6", [[(1, 2), (4, 6), (-1, 12)]]),
        ("M1 2 3 4 5 6", [[(1, 2), (3, 4), (5, 6)]]),
        ("M1 2H5V7h-1v-2", [[(1, 2), (5, 2), (5, 7), (4, 7), (4, 5)]]),
        ("M0 0l1 1 2 2M9 9l.5.5", [[(0, 0), (1, 1), (3, 3)], [(9, 9), (9.5, 9.5)]]),
        ("M0 0h2v2z", [[(0, 0), (2, 0), (2, 2), (0, 0)]]),
        ("M1 1h2v2zl5 0", [[(1, 1), (3, 1), (3, 3), (1, 1)], [(1, 1), (6, 1)]]),
        ("M1 1h2zm3 0h1", [[(1, 1), (3, 1), (1, 1)], [(4, 1), (5, 1)]]),
        ("M1 1M2 2L3 3M4 4", [[(2, 2), (3, 3)]]),
        ("M1e1-2E0L.5-.5", [[(10, -2), (0.5, -0.5)]]),
        ("M1 1A0 5 0 0 1 4 4a2 2 0 1 0 0 0", [[(1, 1), (4, 4), (4, 4)]]),
        ("", []),
    ],
)
def test_straight_commands(data: str, expected: list[list[tuple[float, float]]]) -> None:
    assert lines(data) == expected


def bezier(share: float, *points: complex) -> complex:
    """De Casteljau's algorithm."""
    while len(points) > 1:
        points = tuple(a + share * (b - a) for a, b in pairwise(points))
    return points[0]


CURVES = {
    "M0 0C1 5 6 7 8 0": [(0, 1 + 5j, 6 + 7j, 8)],
    "M1 1c1 5 6 7 8 0": [(1 + 1j, 2 + 6j, 7 + 8j, 9 + 1j)],
    "M0 0C1 5 6 7 8 0S9 9 5 5": [(0, 1 + 5j, 6 + 7j, 8), (8, 10 - 7j, 9 + 9j, 5 + 5j)],
    "M1 1s9 9 5 5": [(1 + 1j, 1 + 1j, 10 + 10j, 6 + 6j)],
    "M0 0Q1 5 8 0": [(0, 1 + 5j, 8)],
    "M0 0q1 5 8 0t2 2": [(0, 1 + 5j, 8), (8, 15 - 5j, 10 + 2j)],
    "M0 0q1 5 8 0L9 9T7 5": [(0, 1 + 5j, 8), (9 + 9j, 9 + 9j, 7 + 5j)],
    "M0 0q1 5 8 0S9 9 5 5": [(0, 1 + 5j, 8), (8, 8, 9 + 9j, 5 + 5j)],
}


@pytest.mark.parametrize("data", CURVES)
def test_curves_are_sampled(data: str) -> None:
    (found,) = read_path(data, "p")
    for curve in CURVES[data]:
        for step in range(1, 17):
            point = bezier(step / 16, *curve)
            assert min(abs(other - point) for other in found) < 1e-9


@pytest.mark.parametrize("turn", [0, 30, -110])
@pytest.mark.parametrize("large", [0, 1])
@pytest.mark.parametrize("sweep", [0, 1])
def test_arcs_lie_on_their_ellipse(turn: float, large: int, sweep: int) -> None:
    (found,) = read_path(f"M10 20A 8 3 {turn} {large}{sweep} 13 24", "p")
    assert abs(found[0] - (10 + 20j)) < 1e-9 and found[-1] == 13 + 24j
    # An ellipse with these axes is a circle of radius one after turning it back and dividing by the radii.
    back = np.array(found) * np.exp(-1j * math.radians(turn))
    circle = back.real / 8 + 1j * back.imag / 3
    matrix = np.stack([2 * circle.real, 2 * circle.imag, np.ones(len(circle))], axis=1)
    x, y, rest = np.linalg.lstsq(matrix, np.abs(circle) ** 2, rcond=None)[0]
    assert math.isclose(rest + x**2 + y**2, 1, abs_tol=1e-6)
    steps = np.unwrap(np.angle(circle - complex(x, y)))
    assert (np.diff(steps) > 0).all() if sweep else (np.diff(steps) < 0).all()
    assert (abs(steps[-1] - steps[0]) > math.pi) == bool(large)


def test_an_arc_whose_radii_are_too_small_is_half_an_ellipse() -> None:
    (found,) = read_path("M0 0A1 1 0 0 1 10 0", "p")
    assert np.allclose(np.abs(np.array(found) - 5), 5)
    assert min(point.imag for point in found) == pytest.approx(-5)


def test_flags_of_arcs_need_no_separator() -> None:
    assert lines("M0 0a5 5 0 01.5.5 5 5 0 1110 0") == lines("M0 0a5 5 0 0 1 .5 .5a5 5 0 1 1 10 0")


@pytest.mark.parametrize(
    "data",
    [
        "L1 2",
        "1 2",
        "M1",
        "M1 2L",
        "M1 2L3",
        "M1 2X3 4",
        "M1 2A1 1 0 2 0 3 3",
        "M1 2zz3",
        "M1 1e99",
        "M1 2L3 q",
    ],
)
def test_malformed_path_data_is_refused(data: str) -> None:
    with pytest.raises(InputError, match=r"p: (path data cannot be read from|a number beyond)"):
        read_path(data, "p")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('<polyline points="0,1 2,3 4 5"/>', [[[0, 1], [2, 3], [4, 5]]]),
        ('<polygon points="0,1 2,3 4,0"/>', [[[0, 1], [2, 3], [4, 0], [0, 1]]]),
        ('<line x1="1" y1="2px" x2="3"/>', [[[1, 2], [3, 0]]]),
        ('<path d="M0 0L1 1M2 2L3 3"/>', [[[0, 0], [1, 1]], [[2, 2], [3, 3]]]),
        (
            '<g transform="translate(10)"><g transform="scale(2,3)"><path d="M1 1L2 2"/></g></g>',
            [[[12, 3], [14, 6]]],
        ),
        ('<path transform="scale(2) translate(1 1)" d="M0 0L1 1"/>', [[[2, 2], [4, 4]]]),
        ('<path transform="rotate(90)" d="M0 0L5 1"/>', [[[0, 0], [-1, 5]]]),
        ('<path transform="rotate(180,5,5)" d="M0 0L5 1"/>', [[[10, 10], [5, 9]]]),
        ('<path transform="matrix(1 2 3 4 5 6)" d="M0 0L1 1"/>', [[[5, 6], [9, 12]]]),
        ('<path transform="skewX(45)" d="M0 0L1 2"/>', [[[0, 0], [3, 2]]]),
        ('<path transform="skewY(45), scale(1)" d="M0 0L1 2"/>', [[[0, 0], [1, 3]]]),
        (
            '<defs><path id="p" d="M0 0L1 1"/></defs><use href="#p" x="5" transform="scale(2)"/>',
            [[[10, 0], [12, 2]]],
        ),
        ('<symbol id="s"><path d="M0 0L1 1"/></symbol><use xlink:href="#s"/>', [[[0, 0], [1, 1]]]),
        ("<title>none</title><text>x</text>", []),
    ],
)
def test_shapes_and_transforms(body: str, expected: list[list[list[float]]]) -> None:
    found = svg(body, stroke="black")
    assert len(found) == len(expected)
    assert all(np.allclose(one, other) for one, other in zip(found, expected, strict=True))


STROKE = '<path d="M0 0L1 1"/>'
OUTLINE = '<path {}d="M0 0L5 0L5 5Z"/>'


@pytest.mark.parametrize(
    ("body", "count"),
    [
        (STROKE, 1),
        (f'{STROKE}<g display="none"><path display="inline" d="M0 0L1 1"/></g>', 1),
        (f'{STROKE}<g visibility="hidden"><path d="M0 0L1 1"/></g>', 1),
        (f'{STROKE}<path style="display: none" d="M0 0L1 1"/>', 1),
        (
            f'{STROKE}<g stroke="none"><path d="M0 0L1 1"/><path style="stroke:#000 !important" d="M0 0L1 1"/></g>',
            2,
        ),
        (STROKE + OUTLINE.format(""), 1),
        (STROKE + OUTLINE.format('fill="white" '), 1),
        (STROKE + OUTLINE.format('fill="none" '), 2),
        (STROKE + OUTLINE.format('stroke="red" fill="red" '), 2),
        (STROKE + OUTLINE.format('class="pen" '), 2),
        (
            f'{STROKE}<clipPath id="c">{STROKE}</clipPath><marker>{STROKE}</marker><rect width="9" height="9"/>',
            1,
        ),
    ],
)
def test_what_is_not_drawn_with_a_pen_is_left_out(body: str, count: int) -> None:
    assert len(svg(body)) == count


def test_filled_shapes_are_counted() -> None:
    ink = parse_svg(f"<svg>{STROKE}{OUTLINE.format('') * 2}</svg>".encode(), "f")
    assert ink.notes == ("filled shapes without a stroke left out: 2",)


NESTED = "".join(f'<g id="u{n + 1}"><use href="#u{n}"/><use href="#u{n}"/></g>' for n in range(40))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (OUTLINE.format(""), "no strokes: 1 filled shapes, and none that is stroked"),
        ('<path id="p7" d="M0 0L"/>', "path p7: path data cannot be read from '' on"),
        ('<polyline points="1 2 3"/>', "polyline: an odd number of coordinates"),
        ('<polyline points="1 2 a"/>', "polyline: not numbers: '1 2 a'"),
        ('<line x1="50%"/>', "line: not numbers: '50%'"),
        ('<line x1=""/>', "line: x1='' is not a length in user units"),
        ('<g transform="turn(5)"/>', "g: not a transform: 'turn(5)'"),
        ('<g transform="translate()"/>', "g: translate with 0 numbers"),
        ('<g transform="rotate(1 2)"/>', "g: rotate with 2 numbers"),
        (
            '<g transform="scale(1e14)"><g transform="scale(1e14)"/></g>',
            "g: transform: a coordinate that is not finite",
        ),
        ('<use href="#nothing"/>', "use: no element has the id 'nothing'"),
        ('<use id="u" href="#u"/>', "too many elements, or nested too deeply"),
        (f'<g id="u0"/>{NESTED}', "too many elements, or nested too deeply"),
    ],
)
def test_drawings_that_cannot_be_read_are_refused(body: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        svg(body)
    assert str(caught.value).startswith(f"f.svg: {message}")


def test_points_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(path_data, "MAX_POINTS", 20)
    with pytest.raises(InputError, match="more than the 20 points"):
        svg('<path d="M0 0C1 1 2 2 3 3 4 4 5 5 6 6"/>')
    monkeypatch.setattr(document, "MAX_POINTS", 3)
    with pytest.raises(InputError, match="more than the 3 points"):
        svg(STROKE * 2)
