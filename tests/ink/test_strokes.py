"""Traces as strokes of equally many points, against a slow and obvious way to do it."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmer_suite.ink.strokes import centred, resample, strokes_of
from hmer_suite.specs.samples import InkSample

COORDINATES = st.integers(-400, 400).map(lambda n: n / 4)
TRACES = st.lists(st.tuples(COORDINATES, COORDINATES), min_size=1, max_size=9).map(
    lambda points: np.array(points, np.float64)
)
INKS = st.lists(TRACES, min_size=1, max_size=5)


def walked(trace: np.ndarray, points: int) -> np.ndarray:
    """Points equally spaced along a trace, found by walking along it."""
    lengths = [math.dist(a, b) for a, b in pairwise(trace)]
    found = []
    for number in range(points):
        left = sum(lengths) * number / (points - 1)
        place = trace[0]
        for (start, end), length in zip(pairwise(trace), lengths, strict=True):
            if not length:
                continue
            part = min(1.0, left / length)
            place = start + part * (end - start)
            left -= length
            if left <= 0:
                break
        found.append(place)
    return np.array(found)


@given(INKS, st.integers(2, 40))
def test_resampling_is_walking_along_each_trace(traces: list[np.ndarray], points: int):
    found = resample(traces, points)
    assert found.shape == (len(traces), points, 2) and found.dtype == np.float64
    for stroke, trace in zip(found, traces, strict=True):
        assert np.allclose(stroke, walked(trace, points), atol=1e-6)


@given(INKS)
def test_ends_are_kept(traces: list[np.ndarray]):
    for stroke, trace in zip(resample(traces, 7), traces, strict=True):
        assert np.allclose(stroke[[0, -1]], trace[[0, -1]], atol=1e-6)


def test_points_of_a_straight_trace_are_equally_far_apart_whatever_the_pace_of_the_pen():
    trace = np.array([[0.0, 0.0], [0.1, 0.0], [0.2, 0.0], [9.0, 0.0]])
    (stroke,) = resample([trace], 10)
    assert np.allclose(stroke, np.stack([np.linspace(0, 9, 10), np.zeros(10)], axis=1))


def test_round_a_corner_the_way_counts_and_not_the_distance():
    (stroke,) = resample([np.array([[0.0, 0.0], [4.0, 0.0], [4.0, 4.0]])], 5)
    assert np.allclose(stroke, [[0, 0], [2, 0], [4, 0], [4, 2], [4, 4]])


@pytest.mark.parametrize("trace", [[[3, 4]], [[3, 4], [3, 4]], [[3, 4]] * 5])
def test_a_dot_is_the_same_point_many_times(trace):
    bar = np.array([[0.0, 0.0], [0.0, 8.0]])
    strokes = resample([bar, np.array(trace, np.float32), bar], 6)
    assert np.array_equal(strokes[1], [[3.0, 4.0]] * 6)
    assert np.allclose(strokes[0], strokes[2])


@given(INKS, st.integers(0, 4))
def test_a_trace_is_resampled_as_if_it_were_alone(traces: list[np.ndarray], number: int):
    number %= len(traces)
    assert np.allclose(resample(traces, 9)[number], resample([traces[number]], 9)[0], atol=1e-6)


@given(INKS, st.floats(0.01, 1000.0), st.tuples(COORDINATES, COORDINATES))
def test_neither_place_nor_unit_matters(traces: list[np.ndarray], scale: float, shift: tuple[float, float]):
    plain = strokes_of(InkSample(tuple(traces), 5.0), 8)
    moved = strokes_of(InkSample(tuple((trace + shift) * scale for trace in traces), 5.0 * scale), 8)
    assert np.allclose(plain, moved, atol=1e-5)


def test_lengths_are_in_symbol_heights_from_the_left_edge_and_the_middle():
    ink = InkSample((np.array([[10.0, 20.0], [10.0, 40.0]]), np.array([[30.0, 50.0], [50.0, 50.0]])), 10.0)
    strokes = strokes_of(ink, 2)
    assert strokes.tolist() == [[[0, -1.5], [0, 0.5]], [[2, 1.5], [4, 1.5]]]
    assert np.array_equal(centred(strokes + 7), strokes)


def test_ink_without_a_unit_is_taken_as_it_is():
    trace = np.array([[0.0, 0.0], [2.0, 0.0]])
    assert strokes_of(InkSample((trace,), 0.0), 2).tolist() == [[[0, 0], [2, 0]]]
