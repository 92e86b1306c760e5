"""Variation of ink: each switch does its own work and no other, and marks stay on their strokes."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from hmer_suite.data.sources import synthetic
from hmer_suite.ink.strokes import resample, strokes_of
from hmer_suite.settings.augmentation import NO_AUGMENT_INK, AugmentInk
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.specs.samples import InkSample, Mark, SampleSet
from hmer_suite.train.augment_ink import varied_strokes, vary_traces

POINTS = 24
TRACES = ("reverse", "split", "join", "shuffle")
EACH = ("stroke_size", "stroke_turn", "stroke_slant", "stroke_shift", "wobble")
WHOLE = ("size", "aspect", "turn", "slant")


@pytest.fixture(scope="module")
def samples() -> SampleSet:
    """Made-up handwriting with marks."""
    return synthetic.load("25,5,20", "train", Preprocessing(input="ink"))


def only(**settings: float) -> AugmentInk:
    """These variations and no other."""
    return replace(NO_AUGMENT_INK, **settings)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def piece_of(part: np.ndarray, whole: np.ndarray) -> bool:
    """Whether the points of one trace stand side by side in another, in either direction."""
    ours, theirs = part.tolist(), whole.tolist()
    runs = [theirs[i : i + len(ours)] for i in range(len(theirs) - len(ours) + 1)]
    return ours in runs or ours[::-1] in runs


def assert_marks_followed(found: InkSample, ink: InkSample) -> None:
    """Each mark has the points that it had, and every point has one place."""
    assert len(found.marks) == len(ink.marks) and found.fully_marked == ink.fully_marked
    for after, before in zip(found.marks, ink.marks, strict=True):
        assert (after.name, after.token) == (before.name, before.token)
        points = [tuple(p) for trace in after.traces for p in found.traces[trace].tolist()]
        wanted = [tuple(p) for trace in before.traces for p in ink.traces[trace].tolist()]
        assert Counter(points) == Counter(wanted)


# --- off ----------------------------------------------------------------------------------------------------------


def test_everything_off_leaves_every_bit(samples):
    for ink in samples.inks:
        assert vary_traces(ink, NO_AUGMENT_INK, rng()) is ink
        found = varied_strokes(ink, POINTS, NO_AUGMENT_INK, rng())
        assert found.tobytes() == strokes_of(ink, POINTS).tobytes()


@pytest.mark.parametrize("name", [*EACH, *WHOLE])
def test_each_switch_varies_strokes_and_leaves_traces(samples, name: str):
    settings = only(**{name: getattr(AugmentInk(), name)})
    for ink in samples.inks[:5]:
        assert vary_traces(ink, settings, rng()) is ink
        plain, found = strokes_of(ink, POINTS), varied_strokes(ink, POINTS, settings, rng())
        assert found.shape == plain.shape and not np.allclose(found, plain, atol=1e-3)
        assert np.array_equal(found, varied_strokes(ink, POINTS, settings, rng()))
        low, high = found.min((0, 1)), found.max((0, 1))
        assert low[0] == pytest.approx(0, abs=1e-9) and low[1] == pytest.approx(-high[1])


@pytest.mark.parametrize("name", TRACES)
def test_each_switch_of_traces_leaves_points(samples, name: str):
    settings = only(**{name: 1.0})
    for ink in samples.inks[:5]:
        assert varied_strokes(ink, POINTS, settings, rng()).tobytes() == strokes_of(ink, POINTS).tobytes()


@pytest.mark.parametrize("name", ["wobble", "size", "stroke_turn"])
def test_a_switch_does_not_change_what_is_drawn_for_the_rest(samples, name: str):
    """Switched on ever so little, it changes ever so little."""
    rest = only(turn=0.3, slant=0.2, stroke_shift=0.1)
    for ink in samples.inks[:5]:
        both = varied_strokes(ink, POINTS, replace(rest, **{name: 1e-7}), rng())
        assert np.allclose(both, varied_strokes(ink, POINTS, rest, rng()), atol=1e-4)


# --- the formula as a whole, and each stroke ------------------------------------------------------------------------


def aspects(strokes: np.ndarray) -> np.ndarray:
    return np.ptp(strokes.reshape(-1, 2), axis=0)


def test_size_and_aspect_stay_within_their_bounds(samples):
    ink = samples.inks[0]
    plain = aspects(strokes_of(ink, POINTS))
    factors = {
        name: [np.log(aspects(varied_strokes(ink, POINTS, only(**{name: 0.2}), rng(n))) / plain) for n in range(60)]
        for name in ("size", "aspect")
    }
    for name, found in factors.items():
        assert 0.15 < np.abs(found).max() <= 0.2 + 1e-9, name
    same = [abs(across - down) for across, down in factors["size"]]
    assert max(same) < 1e-9 < 0.1 < max(abs(across - down) for across, down in factors["aspect"])


def test_a_turn_keeps_distances_and_a_slant_keeps_heights(samples):
    for ink in samples.inks[:5]:
        plain = strokes_of(ink, POINTS)
        turned = varied_strokes(ink, POINTS, only(turn=0.4), rng(2))
        slanted = varied_strokes(ink, POINTS, only(slant=0.4), rng(2))
        lengths = [np.hypot(*np.diff(strokes, axis=1).reshape(-1, 2).T) for strokes in (plain, turned)]
        assert np.allclose(*lengths)
        assert np.allclose(slanted[..., 1], plain[..., 1]) and not np.allclose(slanted[..., 0], plain[..., 0])


def test_a_stroke_moves_about_its_middle_as_far_as_it_is_large(samples):
    for ink in samples.inks[:5]:
        plain = resample(ink.traces, POINTS) / ink.unit
        extent = np.ptp(plain, axis=1).max(axis=1)
        for settings in (only(stroke_shift=0.1), only(wobble=0.1)):
            found = varied_strokes(ink, POINTS, settings, rng(1))
            offset = found - plain
            offset -= offset.reshape(-1, 2).mean(axis=0)
            bound = 2 * 0.1 * np.hypot(1, 1) * (extent[:, None] + extent.max()) + 1e-9
            assert (np.hypot(*offset.transpose(2, 0, 1)) <= bound).all()


# --- traces ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TRACES)
@pytest.mark.parametrize("seed", range(3))
def test_marks_follow_each_change(samples, name: str, seed: int):
    for ink in samples.inks:
        found = vary_traces(ink, only(**{name: 0.5}), rng(seed))
        assert_marks_followed(found, ink)
        assert found.unit == ink.unit


@pytest.mark.parametrize("seed", range(5))
def test_marks_follow_all_changes_together(samples, seed: int):
    settings = only(reverse=0.5, split=0.5, join=0.5, shuffle=1.0)
    for ink in samples.inks:
        assert_marks_followed(vary_traces(ink, settings, rng(seed)), ink)


def test_reversed_strokes_are_the_same_points_from_the_end(samples):
    for ink in samples.inks:
        found = vary_traces(ink, only(reverse=1.0), rng())
        assert all(np.array_equal(a[::-1], b) for a, b in zip(found.traces, ink.traces, strict=True))


def test_a_cut_stroke_becomes_two_that_follow_each_other(samples):
    for ink in samples.inks:
        found = vary_traces(ink, only(split=1.0), rng())
        cut = sum(len(trace) > 3 for trace in ink.traces)
        assert len(found.traces) == len(ink.traces) + cut
        assert min(map(len, found.traces)) >= min(2, *map(len, ink.traces))
        assert np.array_equal(np.concatenate(found.traces), np.concatenate(ink.traces))


def test_strokes_of_one_symbol_are_joined_and_those_of_two_are_not(samples):
    joined = 0
    for ink in samples.inks:
        found = vary_traces(ink, only(join=1.0), rng())
        owner = {trace: number for number, mark in enumerate(ink.marks) for trace in mark.traces}
        borders = sum(owner.get(n) is None or owner.get(n) != owner.get(n + 1) for n in range(len(ink.traces) - 1))
        assert len(found.traces) == borders + 1
        assert np.array_equal(np.concatenate(found.traces), np.concatenate(ink.traces))
        joined += len(ink.traces) - len(found.traces)
    assert joined > 20


def test_strokes_without_marks_are_never_joined(samples):
    bare = replace(samples.inks[0], marks=())
    assert vary_traces(bare, only(join=1.0), rng()).traces == bare.traces


def test_another_order_has_every_stroke_once_and_most_near_their_place(samples):
    moved, together = [], 0
    for seed, ink in enumerate(samples.inks):
        found = vary_traces(ink, only(shuffle=1.0), rng(seed))
        numbers = {id(trace): place for place, trace in enumerate(ink.traces)}
        order = [numbers[id(trace)] for trace in found.traces]
        assert sorted(order) == list(range(len(ink.traces)))
        moved += np.abs(np.subtract(order, range(len(order)))).tolist()
        together += order == sorted(order)
    assert 0 < np.mean(moved) < 4 and together < len(samples) / 3


def test_each_change_happens_as_often_as_said():
    """Of many strokes of one point each, a tenth is turned round; a symbol of two strokes is joined in a tenth."""
    line = np.array([[0.0, 0.0], [1.0, 0.0], [2.0, 1.0], [3.0, 0.0], [4.0, 0.0]])
    ink = InkSample(tuple(line + np.array([0, 9 * n]) for n in range(2000)), 1.0, tuple(
        Mark("=", (2 * n, 2 * n + 1), n) for n in range(1000)
    ))  # fmt: skip
    turned = vary_traces(ink, only(reverse=0.1), rng())
    share = np.mean([trace[0, 0] == 4 for trace in turned.traces])
    assert share == pytest.approx(0.1, abs=0.03)
    assert len(vary_traces(ink, only(join=0.1), rng()).traces) == pytest.approx(1900, abs=40)
    assert len(vary_traces(ink, only(split=0.1), rng()).traces) == pytest.approx(2200, abs=60)


def test_pieces_are_parts_of_what_was_written(samples):
    settings = only(reverse=0.5, split=0.5, shuffle=1.0)
    for ink in samples.inks[:8]:
        for trace in vary_traces(ink, settings, rng(4)).traces:
            assert any(piece_of(trace, whole) for whole in ink.traces)
