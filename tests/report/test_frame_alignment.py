"""The picture of an alignment."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from hmer_suite.report.frame_alignment import FrameAlignment, draw_alignment


def alignment(tokens: int, frames: int = 20) -> FrameAlignment:
    held = np.zeros((tokens, frames), np.float32)
    for i in range(tokens):
        held[i, 2 + 3 * i] = 1
    return FrameAlignment(held, 1 - held.sum(0), 96.0)


def test_tokens_run_down_to_the_right(tmp_path):
    image = np.zeros((40, 90), np.uint8)
    image[10:30, 10:13] = 255
    draw_alignment(image, alignment(5), ("x", "$", "\\frac", "^", "}"), tmp_path / "a.png")
    pixels = np.asarray(Image.open(tmp_path / "a.png").convert("RGB")).astype(int)
    orange = (pixels[..., 0] > pixels[..., 2] + 80).nonzero()
    assert len(orange[0]) > 100
    assert np.corrcoef(orange)[0, 1] > 0.95


def test_a_token_without_a_frame_of_its_own_is_seen_where_it_may_lie(tmp_path):
    found = alignment(2)
    found.held[1] = 0
    found.held[1, 10:] = 0.04
    draw_alignment(np.zeros((40, 96), np.uint8), found, ("x", "}"), tmp_path / "a.png")
    pixels = np.asarray(Image.open(tmp_path / "a.png").convert("RGB")).astype(int)
    orange = (pixels[..., 0] > pixels[..., 2] + 80).nonzero()[1]
    width = pixels.shape[1]
    assert (orange > width / 2).sum() > 5 * (orange < width / 2).sum()


def test_a_row_for_each_token(tmp_path):
    with pytest.raises(ValueError, match="5 rows for 1 tokens"):
        draw_alignment(np.zeros((9, 9), np.uint8), alignment(5), ("x",), tmp_path / "a.png")
