"""Ink drawn and traced: which symbols the traced strokes belong to."""

from __future__ import annotations

import numpy as np
import pytest

from hmer_suite.handwriting.writers import synthetic
from hmer_suite.ink.raster import Drawing
from hmer_suite.ink.symbol_height import symbol_height
from hmer_suite.ink.tracing.traced_ink import traced
from hmer_suite.specs.samples import InkSample, Mark

DRAWING = Drawing(symbol_height=40)


def line(*points: tuple[float, float]) -> np.ndarray:
    return np.array(points, dtype=np.float32)


def formula(*symbols: tuple[str, list[np.ndarray]]) -> InkSample:
    """Marked ink whose symbols are 40 units high; symbol i is token i."""
    traces: list[np.ndarray] = []
    marks = []
    for token, (name, strokes) in enumerate(symbols):
        marks.append(Mark(name, tuple(range(len(traces), len(traces) + len(strokes))), token))
        traces += strokes
    return InkSample(tuple(traces), 40.0, tuple(marks))


PLUS = [line((0, 20), (30, 20)), line((15, 5), (15, 35))]
ONE = [line((50, 0), (50, 40))]


def boxes(sample: InkSample) -> dict[str, np.ndarray]:
    """Left, top, right and bottom of each symbol, in parts of the whole."""
    whole = np.concatenate(sample.traces)
    low, extent = whole.min(axis=0), np.ptp(whole, axis=0)
    found = {}
    for mark in sample.marks:
        points = (np.concatenate([sample.traces[place] for place in mark.traces]) - low) / extent
        found[mark.name] = np.concatenate([points.min(axis=0), points.max(axis=0)])
    return found


def test_marks_go_with_their_strokes() -> None:
    written = formula(("1", ONE), ("+", PLUS))
    found = traced(written, DRAWING)
    assert found.fully_marked
    assert [(mark.name, mark.token, len(mark.traces)) for mark in found.marks] == [("1", 0, 1), ("+", 1, 2)]
    for name, box in boxes(found).items():
        assert box == pytest.approx(boxes(written)[name], abs=0.05)


def test_traces_are_in_pixels_and_their_unit_is_measured_again() -> None:
    found = traced(formula(("1", ONE), ("+", PLUS)), DRAWING)
    assert found.unit == symbol_height(found.traces)
    assert np.ptp(np.concatenate(found.traces), axis=0) == pytest.approx((50, 40), abs=2)


def test_a_stroke_over_two_symbols_is_cut_where_the_first_ends() -> None:
    minus, more = [line((0, 20), (30, 20))], [line((30, 20), (70, 20))]
    found = traced(formula(("-", minus), ("\\rightarrow", more)), DRAWING)
    first, second = found.traces
    assert [mark.traces for mark in found.marks] == [(0,), (1,)]
    assert np.ptp(first[:, 0]) == pytest.approx(30, abs=3) and np.ptp(second[:, 0]) == pytest.approx(
        40, abs=3
    )
    assert first[:, 0].max() <= second[:, 0].min()


def test_a_stroke_that_comes_back_to_its_symbol_is_not_cut() -> None:
    parts = [line((0, 20), (30, 20)), line((60, 20), (90, 20))]
    found = traced(formula(("-", parts), ("x", [line((30, 20), (60, 20))])), DRAWING)
    assert [(mark.name, mark.traces) for mark in found.marks] == [("-", (0,))]
    assert found.fully_marked


def test_what_nobody_marked_has_no_mark() -> None:
    written = formula(("1", ONE), ("+", PLUS))
    found = traced(InkSample(written.traces, written.unit, written.marks[:1]), DRAWING)
    assert [(mark.name, len(mark.traces)) for mark in found.marks] == [("1", 1)]
    assert len(found.traces) == 3 and not found.fully_marked


def test_ink_without_marks() -> None:
    written = formula(("1", ONE), ("+", PLUS))
    found = traced(InkSample(written.traces, written.unit), DRAWING)
    assert len(found.traces) == 3 and found.marks == ()


def test_the_owner_is_the_nearest_symbol_whatever_the_units() -> None:
    small = formula(("1", ONE), ("+", PLUS))
    large = InkSample(tuple(1000 * points + 7 for points in small.traces), 40_000.0, small.marks)
    found = traced(large, DRAWING)
    assert found.marks == traced(small, DRAWING).marks


@pytest.mark.parametrize("number", range(8))
def test_all_strokes_of_made_up_formulas_belong_to_a_symbol(number: int) -> None:
    written = synthetic(9, 0, number)
    found = traced(InkSample(written.traces, symbol_height(written.traces), written.marks), DRAWING)
    assert found.fully_marked
    # A symbol that has run into a larger one may have no stroke of its own.
    names = [mark.name for mark in written.marks]
    assert len(names) - 1 <= len(found.marks) <= len(names)
