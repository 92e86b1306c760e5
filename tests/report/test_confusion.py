"""The picture of a confusion matrix."""

from __future__ import annotations

import numpy as np

from hmer_suite.report.confusion import alike_together, draw_confusions


def test_those_taken_for_each_other_become_neighbours():
    shares = np.diag([90.0] * 6)
    shares[0, 4] = shares[4, 1] = shares[2, 5] = 10.0
    order = alike_together(shares)
    assert sorted(order) == list(range(6))
    place = {number: order.index(number) for number in range(6)}
    assert abs(place[0] - place[4]) == abs(place[4] - place[1]) == abs(place[2] - place[5]) == 1
    assert alike_together(np.ones((1, 1))) == [0]


def test_a_picture_with_dark_diagonal_and_nothing_where_nothing_was(tmp_path):
    from PIL import Image

    tokens = ("1", "|", "x", r"\times", "never")
    counts = np.zeros((5, 5), int)
    counts[:4, :4] = np.diag([100] * 4)
    counts[0, 1], counts[2, 3] = 40, 1
    draw_confusions(counts, tokens, tmp_path / "a.png", "Symbols")
    dark = np.asarray(Image.open(tmp_path / "a.png").convert("RGB")).astype(int)
    blue = ((dark[..., 2] - dark[..., 0]) > 40).sum()
    draw_confusions(np.diag([100] * 5), tokens, tmp_path / "b.png", "Symbols")
    other = np.asarray(Image.open(tmp_path / "b.png").convert("RGB")).astype(int)
    assert other.shape[0] > dark.shape[0]  # the token that nobody wrote has no row
    assert blue > ((other[..., 2] - other[..., 0]) > 40).sum() * 3 / 5
