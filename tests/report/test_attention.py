"""Pictures of attention: where they glow, how large they are, how long they stand."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from hmer_suite.report.attention import attention_animation, attention_sheet, overlay

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
