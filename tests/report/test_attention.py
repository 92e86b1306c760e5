"""Pictures of attention: where they glow, how large they are, how long they stand."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from hmer_suite.report.attention import (
    FAINT,
    GLOW,
    attention_animation,
    attention_sheet,
    coloured_strokes,
    overlay,
    stroke_animation,
    stroke_sheet,
)

TOKENS = ("x", "^", "{", "2", "}")


def ink() -> np.ndarray:
    image = np.zeros((40, 90), np.uint8)
    image[10:30, 20:24] = 255
    return image


def looks(number: int) -> np.ndarray:
    maps = np.zeros((number, 5, 9), np.float32)
    for i in range(number):
        maps[i, 2, i] = 1
    return maps


def test_paper_glows_where_the_parser_looks_and_ink_stays_black():
    look = np.zeros((4, 9))
    look[1, 6] = 0.2
    picture = overlay(ink(), look)
    assert picture.shape == (40, 90, 3)
    assert picture[15, 65].tolist() == [255, 96, 32]
    assert picture[35, 5].tolist() == [255, 255, 255]
    assert not picture[10:30, 20:24].any()


def test_no_attention_at_all_is_no_glow():
    assert (overlay(np.zeros((8, 8), np.uint8), np.zeros((2, 2))) == 255).all()


def test_sheet_has_a_picture_for_each_token():
    sheet = np.asarray(Image.open(BytesIO(attention_sheet(ink(), looks(5), TOKENS, width=800))))
    assert sheet.shape[1] <= 800
    glowing = (sheet[..., 0] > 200) & (sheet[..., 2] < 100)
    # Two pictures stand beside each other, and of five the last row holds one.
    rows = np.flatnonzero(np.diff(glowing.any(1).astype(int)) == 1)
    assert len(rows) == 3
    assert glowing[: rows[1], :400].any() and glowing[: rows[1], 400:].any()
    assert not glowing[rows[2] :, 400:].any()


def test_animation_has_a_frame_for_each_token_and_rests_on_the_last():
    movie = Image.open(BytesIO(attention_animation(ink(), looks(5), TOKENS)))
    times = []
    for frame in range(movie.n_frames):
        movie.seek(frame)
        times.append(movie.info["duration"])
    assert times == [600, 600, 600, 600, 2500]


@pytest.mark.parametrize("draw", [attention_sheet, attention_animation])
@pytest.mark.parametrize("shape", [(1, 1), (30, 2500), (900, 20)])
def test_any_size_of_image_can_be_drawn(draw, shape):
    picture = Image.open(BytesIO(draw(np.zeros(shape, np.uint8), looks(1), ("\\frac",), width=600)))
    assert picture.width <= 600


@pytest.mark.parametrize("draw", [attention_sheet, attention_animation])
def test_maps_and_tokens_must_be_as_many(draw):
    with pytest.raises(ValueError, match="2 maps for 5 tokens"):
        draw(ink(), looks(2), TOKENS)


# --- over strokes -------------------------------------------------------------------------------------------------

TRACES = (np.array([[0.0, 0.0], [0.0, 6.0]]), np.array([[3.0, 3.0], [8.0, 3.0]]), np.array([[11.0, 6.0]]))
"""A bar, a dash and a dot."""


def test_a_stroke_is_the_brighter_the_more_it_is_looked_at():
    placed = [10 * trace + 10 for trace in TRACES]
    picture = coloured_strokes(placed, np.array([0.0, 0.4, 0.2]), (140, 90), 6)
    assert picture.shape == (90, 140, 3)
    assert tuple(picture[40, 10]) == FAINT and tuple(picture[40, 60]) == GLOW
    assert np.abs(picture[70, 120] - (np.array(FAINT) + GLOW) / 2).max() <= 1
    assert (picture[10, 60] == 255).all()


def test_the_stroke_looked_at_lies_above_the_others():
    cross = [np.array([[0.0, 10.0], [20.0, 10.0]]), np.array([[10.0, 0.0], [10.0, 20.0]])]
    for look, colour in (([1.0, 0.0], GLOW), ([0.0, 1.0], GLOW)):
        assert tuple(coloured_strokes(cross, np.array(look), (21, 21), 4)[10, 10]) == colour


@pytest.mark.parametrize("unit", [1e-3, 1.0, 5e4])
def test_pictures_of_ink_are_as_large_whatever_its_unit(unit: float):
    traces = [(trace + 77) * unit for trace in TRACES]
    looks = np.eye(3)
    sheet = np.asarray(Image.open(BytesIO(stroke_sheet(traces, looks, TOKENS[:3]))))
    wanted = np.asarray(Image.open(BytesIO(stroke_sheet(TRACES, looks, TOKENS[:3]))))
    assert sheet.shape == wanted.shape and np.abs(sheet.astype(int) - wanted).mean() < 1


def test_a_sheet_and_an_animation_of_ink():
    looks = np.eye(3)[[0, 1, 2, 1, 0]]
    sheet = np.asarray(Image.open(BytesIO(stroke_sheet(TRACES, looks, TOKENS, width=400))))
    assert sheet.shape[1] <= 400
    assert (np.abs(sheet - np.array(GLOW)).max(2) < 3).any()
    movie = Image.open(BytesIO(stroke_animation(TRACES, looks, TOKENS)))
    assert movie.n_frames == 5
    long = [np.array([[100.0 * i, 0.0], [100.0 * i, 6.0]]) for i in range(9)]
    assert Image.open(BytesIO(stroke_sheet(long, np.ones((1, 9)), ["x"], width=600))).width <= 600


def test_attention_that_is_not_over_the_strokes():
    with pytest.raises(ValueError, match="2 maps for 5 tokens"):
        stroke_sheet(TRACES, np.eye(3)[:2], TOKENS)
    with pytest.raises(ValueError, match=r"attention of shape \(2,\) over 3 strokes"):
        stroke_sheet(TRACES, np.ones((5, 2)), TOKENS)
