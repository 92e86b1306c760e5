"""Tracing: which strokes come out of drawings, where they lie, and in which order and direction."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from hmer_suite.handwriting.writers import synthetic
from hmer_suite.ink.raster import Drawing, draw, in_pixels
from hmer_suite.ink.tracing import trace

PENS = (2.0, 3.0, 3.6, 5.0)
SYMBOL = 40.0
"""Pixels: inks here are drawn at their own size."""


def line(*points: tuple[float, float]) -> np.ndarray:
    return np.array(points, dtype=np.float64)


def arc(x: float, y: float, across: float, down: float, start: float, stop: float) -> np.ndarray:
    """Part of an ellipse about (x, y), from one angle to another in turns, clockwise as it is seen."""
    turn = 2 * np.pi * np.linspace(start, stop, 60)
    return np.stack([x + across * np.cos(turn), y + down * np.sin(turn)], axis=1)


BAR, STEM = line((0, 0), (36, 1)), line((18, 0), (17, 40))
T = [BAR, STEM]
PLUS = [line((0, 15), (30, 15)), line((15, 0), (15, 30))]
X = [line((0, 0), (26, 34)), line((26, 2), (0, 33))]
RING = [arc(20, 20, 15, 20, -0.25, -1.25)]


def drawn(traces: Sequence[np.ndarray], pen: float = 3.6) -> tuple[np.ndarray, list[np.ndarray]]:
    """A drawing in a pen of so many pixels, and where in it the traces are."""
    drawing = Drawing(symbol_height=SYMBOL, stroke=pen / SYMBOL)
    return draw(traces, drawing, SYMBOL), list(in_pixels(traces, drawing, SYMBOL)[0])


def deviation(points: np.ndarray, other: np.ndarray) -> float:
    """The greatest distance in pixels from a point of one line to the points of another, which is made dense."""
    steps = np.linspace(0, len(other) - 1, 2000)
    dense = np.stack([np.interp(steps, np.arange(len(other)), axis) for axis in other.T], axis=1)
    return float(np.linalg.norm(points[:, None] - dense, axis=2).min(axis=1).max())


def assert_same_lines(found: Sequence[np.ndarray], written: Sequence[np.ndarray], within: float) -> None:
    """Each line that was written is traced once, from end to end."""
    assert len(found) == len(written)
    for own in written:
        nearest = min(found, key=lambda points: deviation(points, own) + deviation(own, points))
        assert deviation(nearest, own) < within and deviation(own, nearest) < within


@pytest.mark.parametrize("pen", PENS)
@pytest.mark.parametrize("ink", [T, PLUS, X, RING], ids=["T", "+", "x", "O"])
def test_strokes_are_those_that_were_written(ink: list[np.ndarray], pen: float) -> None:
    image, places = drawn(ink, pen)
    assert_same_lines(trace(image), places, within=0.5 * pen + 0.7)


@pytest.mark.parametrize("angle", range(0, 180, 15))
def test_a_bar_stays_one_stroke_however_it_is_turned(angle: int) -> None:
    cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    image, places = drawn([stroke @ np.array([[cos, sin], [-sin, cos]]) for stroke in T])
    assert_same_lines(trace(image), places, within=2.5)


@pytest.mark.parametrize("pen", PENS)
@pytest.mark.parametrize("slope", [0.35, 0.6, 1.0, 2.0])
def test_strokes_that_cross_at_any_angle_go_straight_on(slope: float, pen: float) -> None:
    image, places = drawn([line((0, 0), (50, 50 * slope)), line((0, 50 * slope), (50, 0))], pen)
    assert_same_lines(trace(image), places, within=0.5 * pen + 0.7)


def test_strokes_that_run_beside_each_other_are_two_from_top_to_bottom() -> None:
    left, right = arc(0, 20, 12, 20, -0.25, 0.25), arc(26, 20, 13, 20, -0.25, -0.75)
    assert len(trace(drawn([left])[0])) == 1
    first, second = trace(drawn([left, right])[0])
    for found in (first, second):
        assert np.ptp(found[:, 1]) == pytest.approx(40, abs=2)


def test_a_sharp_corner_is_one_stroke_out_to_its_tip_and_back() -> None:
    one = line((0, 12), (12, 0), (10, 40))
    image, (place,) = drawn([one])
    (found,) = trace(image)
    assert deviation(place, found) < 2.5
    assert found[0] == pytest.approx(place[0], abs=1.5) and found[-1] == pytest.approx(place[-1], abs=1.5)


def test_a_closed_stroke_begins_at_its_top_and_goes_to_the_left() -> None:
    (found,) = trace(drawn(RING)[0])
    assert found[0] == pytest.approx(found[-1], abs=1)
    assert found[0, 1] == pytest.approx(found[:, 1].min(), abs=0.5)
    assert found[len(found) // 4, 0] < found[0, 0] < found[3 * len(found) // 4, 0]


def test_a_loop_with_a_tail_is_one_open_stroke() -> None:
    six = np.concatenate([line((26, 0)), arc(20, 30, 14, 12, 0.52, -0.48)])
    image, (place,) = drawn([six])
    (found,) = trace(image)
    assert deviation(place, found) < 2.5
    assert found[0] == pytest.approx(place[0], abs=2)


@pytest.mark.parametrize("pen", PENS)
def test_dots_are_points(pen: float) -> None:
    image, (dot, _) = drawn([line((0, 0)), line((0, 14), (1, 36))], pen)
    point, stem = trace(image)
    assert point.shape == (1, 2)
    assert point[0] == pytest.approx(dot[0], abs=0.5)
    assert len(stem) > 5


def test_small_loops_stay_open_where_they_show_grey() -> None:
    loop = np.concatenate([line((0, 40)), arc(12, 9, 2.6, 8, 0.3, -0.7), line((24, 44))])
    image, (place,) = drawn([loop])
    assert_same_lines(trace(image), [place], within=2.5)


def test_traces_go_to_the_right_or_down() -> None:
    strokes = [
        line((30, 0), (0, 2)),
        line((50, 40), (52, 0)),
        line((70, 40), (90, 0)),
        line((130, 0), (105, 40)),
    ]
    for found in trace(drawn(strokes)[0]):
        right, down = (found[-1] - found[0]).tolist()
        assert right > 15 or down > 15


def test_order_is_from_left_to_right_and_downwards() -> None:
    fraction = [
        line((0, 50), (60, 50)),
        line((40, 70), (41, 100)),
        line((10, 0), (10, 40)),
        line((30, 5), (30, 40)),
    ]
    after = line((80, 30), (80, 60))
    image, (bar, below, first, second, last) = drawn([*fraction, after])
    for found, own in zip(trace(image), (first, second, bar, below, last), strict=True):
        assert deviation(found, own) < 1.5


def test_a_line_one_pixel_wide() -> None:
    image = np.zeros((20, 60), np.uint8)
    image[10, 5:55] = 255
    (found,) = trace(image)
    assert found[0] == pytest.approx((5.5, 10.5), abs=1)
    assert found[-1] == pytest.approx((54.5, 10.5), abs=1)
    assert np.abs(found[:, 1] - 10.5).max() < 0.5


def test_paper_without_ink_has_no_traces() -> None:
    assert trace(np.zeros((30, 40), np.uint8)) == ()


def test_one_pixel_of_ink_is_a_point() -> None:
    image = np.zeros((9, 9), np.uint8)
    image[3, 5] = 255
    (found,) = trace(image)
    assert found.shape == (1, 2) and found[0] == pytest.approx((5.5, 3.5), abs=0.5)


def test_an_image_full_of_ink() -> None:
    assert len(trace(np.full((12, 30), 255, np.uint8))) >= 1


@pytest.mark.parametrize("number", range(12))
def test_traces_of_formulas_lie_on_their_ink(number: int) -> None:
    written = synthetic(5, 0, number)
    drawing = Drawing(symbol_height=SYMBOL)
    image = draw(written.traces, drawing, 1.0)
    found = trace(image)
    points = np.concatenate(found)
    assert all(stroke.dtype == np.float32 and stroke.shape[1] == 2 for stroke in found)
    columns, rows = points.astype(int).T
    assert (image[rows, columns] > 0).mean() > 0.99
    assert len(found) <= 2 * len(written.traces)


def test_equal_images_give_equal_traces() -> None:
    image = draw(synthetic(5, 0, 3).traces, Drawing(symbol_height=SYMBOL), 1.0)
    for first, second in zip(trace(image), trace(image.copy()), strict=True):
        assert (first == second).all()


@pytest.mark.parametrize("seed", range(25))
def test_any_image_can_be_traced(seed: int) -> None:
    rng = np.random.default_rng(seed)
    image = np.where(rng.random((25, 40)) < seed / 25, rng.integers(0, 256, (25, 40)), 0).astype(np.uint8)
    for found in trace(image):
        assert np.isfinite(found).all()
        assert (found >= 0).all() and (found <= (40, 25)).all()
