"""Samples of a batch as padded arrays.

Shapes: N batch, H W padded height and width in pixels, S largest number of strokes of a sample, P points of a stroke.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hmer_suite.specs.samples import InkSample, SampleSet


def padded_images(images: Sequence[np.ndarray], count: int, size: tuple[int, int]) -> np.ndarray:
    """Images of uint8 (N, 1, H, W), padded with zeros to `size`; without images `count` empty ones."""
    pixels = np.zeros((count, 1, *size), np.uint8)
    for row, image in zip(pixels, images, strict=False):
        row[0, : image.shape[0], : image.shape[1]] = image
    return pixels


def padded_strokes(rows: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Points (N, S, P, 2), and a mask (N, S) that is True for strokes, from the strokes (S, P, 2) of each sample."""
    count = max(map(len, rows))
    points = np.zeros((len(rows), count, *rows[0].shape[1:]), np.float32)
    mask = np.zeros((len(rows), count), bool)
    for place, strokes in enumerate(rows):
        points[place, : len(strokes)] = strokes
        mask[place, : len(strokes)] = True
    return points, mask


def inks_of(samples: SampleSet) -> Sequence[InkSample]:
    """The ink of samples that have some; `ValueError` for others."""
    if samples.inks is None:
        raise ValueError(f"split {samples.split}: samples without ink")
    return samples.inks
