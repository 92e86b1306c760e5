"""Print degraded as pictures of print are met, and what the preprocessing makes of it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from hmer_suite.images.degrade import Degradation, degraded
from hmer_suite.images.photo import normalise
from hmer_suite.images.print_scale import box_table
from hmer_suite.ink.symbol_height import symbol_height_of_boxes
from hmer_suite.printing.draw import draw_printed
from hmer_suite.specs.recogniser import Preprocessing

WANT = Preprocessing(symbol_height=10, max_pixels=60_000, padding=3, pen=False)
NONE = Degradation(resized=0, halved=0, heavy=0, toned=0, scanned=0, faded=0, inverted=0, jpeg=0, two_tone=0)
FORMULAS = [
    r"a - b = \frac { c + 1 } { d - 2 } \overline { x }",
    r"\sqrt { b ^ { 2 } - 4 a c }",
    r"x _ { i } = - y _ { i + 1 } + 3",
]


@pytest.fixture(scope="module")
def drawings() -> list[np.ndarray]:
    return [ink for ink in draw_printed(FORMULAS, 18) if isinstance(ink, np.ndarray)]


def picture(ink: np.ndarray, how: Degradation, seed: int = 0) -> np.ndarray:
    return degraded(ink, 18, np.random.default_rng(seed), how)


def test_without_degradation_only_a_margin_is_added(drawings):
    for ink in drawings:
        found = 255 - picture(ink, NONE)
        left, top, width, height = cv2.boundingRect(found)
        assert np.array_equal(found[top : top + height, left : left + width], ink)
        assert min(left, top) > 3


@pytest.mark.parametrize(
    "kind", ["resized", "halved", "heavy", "toned", "scanned", "faded", "inverted", "jpeg", "two_tone"]
)
def test_each_kind_changes_the_picture_and_keeps_the_formula(drawings, kind):
    how = Degradation(**{**{name: getattr(NONE, name) for name in NONE.__dataclass_fields__}, kind: 1.0})
    for seed, ink in enumerate(drawings):
        plain, changed = picture(ink, NONE, seed), picture(ink, how, seed)
        assert plain.shape != changed.shape or not np.array_equal(plain, changed)
        assert np.array_equal(changed, picture(ink, how, seed)), "a function of the generator"
        clean, found = normalise(255 - np.pad(ink, 9), WANT), normalise(changed, WANT)
        assert np.allclose(clean.shape, found.shape, rtol=0.25), (kind, clean.shape, found.shape)
        assert 0.5 < found.sum() / clean.sum() < 2.5


def runs(filled: np.ndarray) -> int:
    """Number of runs of True."""
    return int((np.diff(np.concatenate([[0], filled.astype(int)])) == 1).sum())


@pytest.mark.parametrize("size", [7.0, 8.0, 9.5, 12.0])
def test_thin_rules_of_small_print_stay(size):
    """Spread over two rows of pixels, a minus is fainter than half of a stem."""
    for ink in draw_printed(["H - H", "H = H"], 18):
        assert isinstance(ink, np.ndarray)
        for shift in range(3):  # where rules lie between rows
            large = np.pad(ink, ((9 + shift, 9), (9, 9)))
            small = cv2.resize(large, None, fx=size / 18, fy=size / 18, interpolation=cv2.INTER_AREA)
            assert runs((normalise(255 - small, WANT) > 30).any(axis=0)) == 3


def test_the_size_of_print_is_told_from_its_boxes():
    """More exactly than from percentiles of sizes, of which scripts are a large part in some formulas."""
    before, after = [], []
    for height in (9, 14, 30, 60):
        for ink in draw_printed(
            [*FORMULAS, r"L _ { a } = - \frac { 1 } { 4 } F _ { \mu \nu } F ^ { \mu \nu }"], height
        ):
            mask = (np.pad(ink, 2) > 51).astype(np.uint8)
            left, top, wide, high = cv2.connectedComponentsWithStats(mask, connectivity=8)[2][1:, :4].T
            boxes = np.stack([left, top, left + wide, top + high], axis=1)
            first = 0.845 * symbol_height_of_boxes(boxes)
            before.append(abs(np.log(first / height)))
            after.append(abs(np.log(box_table().symbol_height(boxes, first) / height)))
    assert max(after) < 0.15
    assert np.mean(after) < 0.5 * np.mean(before)
