"""Sheets of what convolutions make of an image."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from PIL import Image

from hmer_suite.report.activations import CHANNELS, activation_sheet
from hmer_suite.report.attention import GAP, LETTERS


def sheet(layers: dict[str, np.ndarray], width: int = 700) -> np.ndarray:
    image = np.zeros((30, 60), np.uint8)
    return np.array(Image.open(BytesIO(activation_sheet(image, layers, width))))


def cell(picture: np.ndarray, row: int, place: int) -> np.ndarray:
    """One of the pictures of a layer."""
    width = (700 - GAP) // (CHANNELS + 1) - GAP
    height = round(30 * width / 60)
    left = GAP + place * (width + GAP)
    top = GAP + row * (LETTERS + height + 2 * GAP) + LETTERS + GAP // 2
    return picture[top : top + height, left : left + width].astype(int)


def test_mean_first_then_the_most_variable_channels():
    maps = np.zeros((8, 3, 6))
    maps[5, :, :3], maps[2, :, 3:] = 2.0, 9.0  # channel 2 is livelier
    picture = sheet({"first": maps})
    mean, variable, second = (cell(picture, 0, place) for place in range(3))
    assert (variable[:, 60:, 2] < 100).all() and (variable[:, :40, 2] > 200).all()
    assert (second[:, :40, 2] < 100).all() and (second[:, 60:, 2] > 200).all()
    assert mean[:, :40, 2].mean() < 200 and mean[:, 60:, 2].mean() < 100


def test_what_is_negative_shows_as_nought():
    picture = sheet({"first": np.full((5, 3, 6), -4.0)})
    assert (cell(picture, 0, 0) == 255).all()


def test_a_row_for_each_layer_of_any_size():
    maps = {"first": np.zeros((7, 15, 30)), "second": np.zeros((2, 1, 1)), "third": np.zeros((40, 3, 6))}
    maps["second"][1] = 1.0
    picture = sheet(maps)
    assert (cell(picture, 1, 1)[..., 2] < 100).all() or (cell(picture, 1, 2)[..., 2] < 100).all()
    assert len(picture) == GAP + 3 * (len(cell(picture, 0, 0)) + LETTERS + 2 * GAP)
