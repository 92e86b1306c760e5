"""Augmentation: known sizes, no ink cut, each variation by itself, the same whoever asks and in which order."""

from __future__ import annotations

from dataclasses import fields, replace

import cv2
import numpy as np
import pytest

from hmer_suite.settings.augmentation import NO_AUGMENT, Augment
from hmer_suite.train.augment import augment, draw_augmentation

ON = {
    "scale": (0.7, 1.4),
    "slant": 0.3,
    "rotation": 4.0,
    "elastic": 3.0,
    "stroke": 0.8,
    "gain": (0.6, 1.0),
    "gamma": (0.7, 1.4),
    "blur": 0.6,
}


def framed(height: int = 60, width: int = 200) -> np.ndarray:
    """Ink up to the very border, and a cross in the middle: whatever is cut is missed."""
    image = np.zeros((height, width), np.uint8)
    cv2.rectangle(image, (1, 1), (width - 2, height - 2), 255, 3)
    cv2.line(image, (10, 10), (width - 10, height - 10), 255, 3, cv2.LINE_AA)
    return image


def many(settings: Augment, image: np.ndarray, n: int = 60, **options) -> tuple[list[np.ndarray], object]:
    drawn = draw_augmentation(settings, np.array([image.shape] * n), seed=1, epoch=2, **options)
    return [drawn.apply(image, i) for i in range(n)], drawn


def test_all_switches_are_tried():
    assert set(ON) == {field.name for field in fields(Augment)} - {"elastic_grid"}


def test_off_is_off():
    image = framed()
    outs, drawn = many(NO_AUGMENT, image, 3)
    assert all(np.array_equal(out, image) for out in outs)
    assert drawn.sizes.tolist() == [[60, 200]] * 3


@pytest.mark.parametrize("name", ON)
def test_each_variation_by_itself_changes_images(name):
    outs, drawn = many(replace(NO_AUGMENT, **{name: ON[name]}), framed(), 8)
    assert all(out.shape == tuple(size) for out, size in zip(outs, drawn.sizes.tolist(), strict=True))
    assert all(out.dtype == np.uint8 for out in outs)
    assert len({out.tobytes() for out in outs}) > 5  # a faint blur is none


@pytest.mark.parametrize("name", ON)
def test_switching_one_off_leaves_the_others_as_drawn(name):
    sizes = np.array([[60, 200]] * 20)
    everything = draw_augmentation(Augment(), sizes, seed=1, epoch=2)
    without = draw_augmentation(
        replace(Augment(), **{name: getattr(NO_AUGMENT, name)}), sizes, seed=1, epoch=2
    )
    for other in {"elastic", "stroke", "gain", "gamma", "blur"} - {name}:
        assert np.array_equal(getattr(everything, other), getattr(without, other))


@pytest.mark.parametrize(
    "settings",
    [
        replace(NO_AUGMENT, scale=(0.7, 1.4)),
        replace(NO_AUGMENT, slant=0.5),
        replace(NO_AUGMENT, rotation=10),
        replace(NO_AUGMENT, scale=(0.7, 1.4), slant=0.3, rotation=5, elastic=4),
    ],
)
@pytest.mark.parametrize("size", [(60, 200), (200, 40), (24, 900), (9, 7)])
def test_no_ink_is_cut(settings, size):
    image = framed(*size)
    outs, drawn = many(settings, image)
    for out, matrix in zip(outs, drawn.matrices, strict=True):
        expected = image.sum() / abs(np.linalg.det(matrix[:, :2]))  # warping spreads ink over area
        if settings.elastic:  # bends stretch and squeeze
            assert out.sum() > 0.8 * expected
        else:
            assert out.sum() == pytest.approx(expected, rel=0.05, abs=2000)


def test_paper_around_the_ink_stays():
    image = np.zeros((80, 200), np.uint8)
    image[8:-8, 8:-8] = framed(64, 184)
    for out in many(Augment(), image)[0]:
        border = np.concatenate([out[0], out[-1], out[:, 0], out[:, -1]])
        assert border.max() == 0 and out.max() > 100


def test_scale_spans_its_range_and_no_more():
    _, drawn = many(replace(NO_AUGMENT, scale=(0.7, 1.4)), framed(100, 300), 500)
    factors = drawn.sizes[:, 1] / 300
    assert 0.7 <= factors.min() < 0.72 and 1.38 < factors.max() <= 1.41
    assert 0.4 < np.mean(factors < 1) < 0.6  # as often smaller as larger


def test_no_image_exceeds_the_largest_area():
    image = framed(120, 380)
    outs, _ = many(Augment(), image, max_pixels=50_000)
    assert max(out.size for out in outs) <= 50_000
    assert max(out.size for out in outs) > 48_000


def test_slant_leans_strokes_and_keeps_the_height():
    image = np.zeros((60, 60), np.uint8)
    image[10:50, 30] = 255
    outs, drawn = many(replace(NO_AUGMENT, slant=0.3), image)
    leans = []
    for out in outs:
        rows, columns = np.nonzero(out > 60)
        leans.append(np.polyfit(rows, columns, 1)[0])
        assert np.ptp(rows) == 39
    assert min(leans) < -0.25 and max(leans) > 0.25 and max(map(abs, leans)) < 0.33
    assert set(drawn.sizes[:, 0]) == {60}


def test_rotation_is_held_for_long_lines():
    drawn = draw_augmentation(replace(NO_AUGMENT, rotation=10), np.array([[40, 2000]] * 50), seed=0, epoch=0)
    assert drawn.sizes[:, 0].max() <= 40 + 20 + 1


def test_strokes_become_wider_and_thinner_but_do_not_vanish():
    image = np.zeros((40, 100), np.uint8)
    image[20:22, 10:90] = 255
    sums = np.array([out.sum() for out in many(replace(NO_AUGMENT, stroke=1.0), image)[0]]) / image.sum()
    assert 0.45 < sums.min() < 0.7 and 1.8 < sums.max() < 2.1


def test_contrast_keeps_paper_paper():
    image = np.arange(256, dtype=np.uint8)[None]
    for out in many(replace(NO_AUGMENT, gain=(0.5, 1.2), gamma=(0.5, 2.0)), image)[0]:
        assert out[0, 0] == 0 and (np.diff(out[0].astype(int)) >= 0).all() and out[0, 255] >= 127


def test_a_function_of_seed_epoch_and_place():
    image, sizes = framed(), np.array([[60, 200]] * 10)
    first = draw_augmentation(Augment(), sizes, seed=1, epoch=2)
    forwards = [first.apply(image, i) for i in range(10)]
    again = draw_augmentation(Augment(), sizes, seed=1, epoch=2)
    backwards = [again.apply(image, i) for i in reversed(range(10))][::-1]
    assert all(np.array_equal(a, b) for a, b in zip(forwards, backwards, strict=True))
    assert not np.array_equal(draw_augmentation(Augment(), sizes, seed=1, epoch=3).sizes, first.sizes)
    assert not np.array_equal(draw_augmentation(Augment(), sizes, seed=2, epoch=2).sizes, first.sizes)


def test_the_image_given_is_left_alone():
    image = framed()
    before = image.copy()
    out = augment(image, Augment(), np.random.default_rng(0))
    assert np.array_equal(image, before)
    assert np.array_equal(out, augment(image, Augment(), np.random.default_rng(0)))


def test_real_ink_stays_whole(shared):
    from hmer_suite.data.sources.crohme import load
    from hmer_suite.specs.recogniser import Preprocessing

    samples = load(str(shared / "crohme"), "test", Preprocessing())
    drawn = draw_augmentation(Augment(), samples.sizes, seed=0, epoch=0, max_pixels=160_000)
    for i in range(0, len(samples), 5):
        out = drawn.apply(samples.images[i], i)
        assert out.shape == tuple(drawn.sizes[i]) and out.size <= 160_000
        assert max(out[0].max(), out[-1].max(), out[:, 0].max(), out[:, -1].max()) == 0, samples.ids[i]
