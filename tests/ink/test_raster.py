"""Ink drawn: sizes, edges, and how large symbols are."""

from __future__ import annotations

import math
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmer_suite.ink.raster import Drawing, draw
from hmer_suite.ink.symbol_height import symbol_height, symbol_height_of_boxes
from hmer_suite.specs.recogniser import Preprocessing


def line(*points: tuple[float, float]) -> np.ndarray:
    return np.array(points, dtype=np.float32)


def box(left: float, top: float, width: float, height: float) -> np.ndarray:
    """A round stroke with this extent."""
    turn = np.linspace(0, 2 * np.pi, 40)
    return np.stack([left + width * (1 + np.cos(turn)) / 2, top + height * (1 + np.sin(turn)) / 2], axis=1)


def cross(left: float, top: float, size: float) -> list[np.ndarray]:
    return [
        line((left, top + size / 2), (left + size, top + size / 2)),
        line((left + size / 2, top), (left + size / 2, top + size)),
    ]


ONE = [line((0, 0), (0, 10))]
"""A vertical stroke, whose width is taken for a third of its height."""

DIGITS = [box(x, 0, 6, 10) for x in (0, 9, 18, 27, 36)]


def ink_box(image: np.ndarray, threshold: int = 128) -> tuple[int, int, int, int]:
    rows, columns = (
        np.nonzero((image >= threshold).any(axis=1))[0],
        np.nonzero((image >= threshold).any(axis=0))[0],
    )
    return columns[0], rows[0], columns[-1] + 1, rows[-1] + 1


def test_paper_is_0_ink_is_255_and_edges_are_soft() -> None:
    image = draw([line((0, 0), (10, 7))])
    assert image.dtype == np.uint8 and image.ndim == 2
    assert image.min() == 0 and image.max() == 255
    assert ((image > 0) & (image < 255)).any()


@pytest.mark.parametrize("height", [16, 32, 48])
@pytest.mark.parametrize("unit", [1e-3, 1.0, 1e3])
@pytest.mark.parametrize("offset", [-1e4, 0.0, 1e4])
def test_size_depends_on_symbols_and_not_on_units_or_place(height: int, unit: float, offset: float) -> None:
    traces = [((digit + offset) * unit).astype(np.float32) for digit in DIGITS]
    image = draw(traces, Drawing(symbol_height=height))
    high, wide = image.shape
    pen = 0.09 * height
    # Round digits are a little less high than what is taken for a full-size symbol of their width.
    ink_height = high - 8 - pen
    assert ink_height == pytest.approx(height, rel=0.15, abs=1)
    assert (wide - 8 - pen) / ink_height == pytest.approx(42 / 10, rel=0.05)


def test_aspect_padding_and_pen() -> None:
    drawing = Drawing(symbol_height=40, stroke=0.1, padding=7)
    image = draw([line((0, 0), (30, 0), (30, 15), (0, 15), (0, 0))], drawing)
    left, top, right, bottom = ink_box(image)
    high, wide = image.shape
    assert abs(left - 7) <= 1 and abs(top - 7) <= 1
    assert abs(wide - right - 7) <= 1 and abs(high - bottom - 7) <= 1
    pen = 0.1 * 40
    assert (right - left - pen) / (bottom - top - pen) == pytest.approx(2, rel=0.05)
    middle = image[:, wide // 2]
    assert middle[: high // 2].sum() / 255 == pytest.approx(pen, abs=0.7)


@pytest.mark.parametrize("stroke", [0.05, 0.08, 0.15])
@pytest.mark.parametrize("height", [24, 32, 64])
def test_the_pen_is_relative_to_the_symbols(stroke: float, height: int) -> None:
    drawing = Drawing(symbol_height=height, stroke=stroke)
    image = draw(ONE, drawing)
    scale = height / symbol_height(ONE)
    width = image[image.shape[0] // 2].sum() / 255
    assert width == pytest.approx(max(1, stroke * height), rel=0.08)
    assert image.sum() / 255 == pytest.approx(width * 10 * scale + np.pi / 4 * width**2, rel=0.05)


@pytest.mark.parametrize("traces", [[line((5, 5))], [line((5, 5), (5, 5))], [line((3, 3)), line((3, 3))]])
def test_a_single_point_is_a_dot(traces: list[np.ndarray]) -> None:
    pen = 0.2 * 32
    image = draw(traces, Drawing(symbol_height=32, padding=4, stroke=0.2))
    assert image.shape == (15, 15)
    assert image.sum() / 255 == pytest.approx(np.pi / 4 * pen**2, rel=0.25)
    assert image[0].max() == image[:, 0].max() == image[-1].max() == image[:, -1].max() == 0


def test_a_dot_beside_other_ink_is_drawn() -> None:
    image = draw([*DIGITS, line((52, 10))])
    assert (image[:, -12:] >= 128).any()


@pytest.mark.parametrize("limit", [20_000, 3_000])
def test_large_images_are_shrunk_with_their_aspect(limit: int) -> None:
    traces = [box(9 * number, 0, 6, 10) for number in range(60)]
    free = draw(traces, Drawing(max_pixels=10**9))
    held = draw(traces, Drawing(max_pixels=limit))
    assert free.size > 20_000
    assert 0.75 * limit < held.size <= limit
    room = 8 + 1
    ratio = (held.shape[1] - room) / max(1, held.shape[0] - room)
    assert ratio == pytest.approx((free.shape[1] - 10.56) / (free.shape[0] - 10.56), rel=0.3)


def test_a_limit_below_the_padding_still_ends() -> None:
    assert draw(DIGITS, Drawing(max_pixels=10)).size > 10


@pytest.mark.parametrize("extent", [(30, 10), (10, 30), (0, 20), (0, 0)])
def test_canvas(extent: tuple[float, float]) -> None:
    """scale = (size - 2 * padding) / max(width, height)."""
    image = draw([line((2, 2), (2 + extent[0], 2 + extent[1]))], Drawing(canvas=128, padding=8))
    scale = 112 / max(*extent, 1e-9)
    width, height = (math.ceil(side * scale) + 16 if any(extent) else 16 for side in extent)
    assert image.shape == (height, width)


def test_preprocessing_is_obeyed() -> None:
    drawing = Drawing.of(Preprocessing(symbol_height=20, max_pixels=5_000, padding=2))
    assert (drawing.symbol_height, drawing.max_pixels, drawing.padding) == (20, 5_000, 2)


def test_long_traces_and_repeated_points_are_drawn_alike() -> None:
    turn = np.linspace(0, 6, 5_000)
    dense = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    slow = np.repeat(dense, 3, axis=0)
    difference = np.abs(draw([dense]).astype(int) - draw([slow]).astype(int))
    assert difference.max() <= 40 and difference.mean() < 0.1


# --- how large a symbol is ------------------------------------------------------------------------------------


def height_of(*traces: np.ndarray) -> float:
    return symbol_height(list(traces))


def test_formulas_of_one_size_are_alike() -> None:
    alone = height_of(*DIGITS)
    formulas = {
        "with scripts": [*DIGITS, box(7, -3, 3, 4), box(16, -3, 3, 4)],
        "with operators": [*DIGITS, *cross(45, 2, 6), line((53, 4), (59, 4)), line((53, 6), (59, 6))],
        "over a bar": [*DIGITS, line((-2, 12), (45, 12)), *(digit + np.array([0, 14]) for digit in DIGITS)],
        "under a root": [*DIGITS, line((-8, 5), (-5, 12), (-2, -3), (44, -3))],
        "behind an integral": [*DIGITS, line((-6, -6), (-4, 17))],
        "with dots": [*DIGITS, *(line((45 + 3 * n, 9), (45.3 + 3 * n, 9.3)) for n in range(3))],
    }
    found = {name: height_of(*traces) / alone for name, traces in formulas.items()}
    assert all(0.8 < ratio < 1.25 for ratio in found.values()), found


@pytest.mark.parametrize(
    ("traces", "low", "high"),
    [
        (ONE, 7, 13),
        # A minus is about as wide as a digit is high.
        ([line((0, 0), (8, 0))], 5, 10),
        (cross(0, 0, 6), 6, 10),
        ([box(0, 0, 6, 10), line((2, -60), (2.2, -60))], 8, 13),
        # A nought with a speck in it is no frame around a symbol.
        ([box(0, 0, 80, 100), line((40, 50), (41, 51))], 80, 130),
    ],
)
def test_few_strokes(traces: list[np.ndarray], low: float, high: float) -> None:
    assert low < height_of(*traces) < high


def test_ink_without_extent_has_some_size() -> None:
    assert height_of(line((4, 4))) == 1.0
    assert height_of(line((4, 4)), line((4, 12))) == 8.0


def test_memory_for_the_height_of_symbols_grows_with_the_number_of_traces() -> None:
    """Ten times the traces take at most some ten times the memory; comparing every pair takes a hundred times."""
    peaks = []
    for number in (2_000, 20_000):
        traces = [np.array([[7.0 * place, 0.0], [7.0 * place + 4, 9.0]]) for place in range(number)]
        tracemalloc.start()
        assert symbol_height(traces) == pytest.approx(symbol_height(traces[:30]))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 20 * peaks[0]


def test_boxes_and_strokes_agree() -> None:
    boxes = np.array([(*trace.min(axis=0), *trace.max(axis=0)) for trace in DIGITS])
    assert symbol_height_of_boxes(boxes) == pytest.approx(symbol_height(DIGITS))


boxes = st.lists(
    st.tuples(*[st.floats(-100, 100), st.floats(-100, 100), st.floats(0, 60), st.floats(0, 60)]),
    min_size=1,
    max_size=12,
)


@given(boxes, st.floats(0.01, 100), st.permutations(range(12)))
def test_symbol_height_scales_with_the_ink(
    shapes: list[tuple[float, ...]], scale: float, order: list[int]
) -> None:
    found = np.array([(x, y, x + w, y + h) for x, y, w, h in shapes])
    height = symbol_height_of_boxes(found)
    assert np.isfinite(height) and height > 0
    if np.ptp(found[:, [0, 2]], axis=1).max() > 1e-3:
        shuffled = found[[place for place in order if place < len(found)]]
        assert symbol_height_of_boxes(shuffled) == pytest.approx(height)
        # Powers of two keep every comparison as it was.
        assert symbol_height_of_boxes(found * 2.0 ** round(np.log2(scale))) == pytest.approx(
            height * 2.0 ** round(np.log2(scale))
        )


@given(
    st.lists(
        st.lists(st.tuples(st.integers(-500, 500), st.integers(-500, 500)), min_size=1, max_size=8),
        min_size=1,
        max_size=6,
    )
)
def test_any_ink_can_be_drawn(points: list[list[tuple[int, int]]]) -> None:
    image = draw([np.array(trace, dtype=np.float32) for trace in points])
    assert image.max() > 200 and image.size <= 160_000
    edges = np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])
    assert edges.max() == 0
