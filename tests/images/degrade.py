"""Drawings made worse as cameras, scanners and paper do it, and how much of the ink is found again."""

from __future__ import annotations

import cv2
import numpy as np

from hmer_suite.handwriting.writers import synthetic
from hmer_suite.ink.raster import Drawing, draw


def traces(number: int) -> list[np.ndarray]:
    """Ink of a made-up formula of some length."""
    return synthetic(7, 0, number).traces


def large(ink: list[np.ndarray], height: float = 64, stroke: float = 0.09, padding: int = 24) -> np.ndarray:
    """A large drawing (H, W) of float32, 0 paper to 1 ink."""
    drawing = Drawing(symbol_height=height, stroke=stroke, padding=padding, max_pixels=10**8)
    return draw(ink, drawing).astype(np.float32) / 255


def on_page(
    ink: np.ndarray, height: int = 500, width: int = 900, top: int = 130, left: int = 60
) -> np.ndarray:
    """A drawing somewhere on a large sheet."""
    page = np.zeros((max(height, top + ink.shape[0] + 40), max(width, left + ink.shape[1] + 60)), np.float32)
    page[top : top + ink.shape[0], left : left + ink.shape[1]] = ink
    return page


def rotated(ink: np.ndarray, degrees: float) -> np.ndarray:
    """A drawing turned by some degrees."""
    height, width = ink.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    return cv2.warpAffine(ink, matrix, (width, height))


def ruled(ink: np.ndarray, every: int, darkness: float = 0.3, squared: bool = False) -> np.ndarray:
    """A drawing on ruled or squared paper."""
    lines = np.zeros_like(ink)
    for row in range(every // 2, ink.shape[0], every):
        lines[row : row + 2] = darkness
    if squared:
        for column in range(every // 2, ink.shape[1], every):
            lines[:, column : column + 2] = darkness
    return np.maximum(ink, lines)


def photographed(
    ink: np.ndarray,
    seed: int = 0,
    noise: float = 5,
    contrast: float = 1.0,
    board: bool = False,
    shadow: bool = True,
) -> np.ndarray:
    """A colour photo (H, W, 3) of uint8, RGB: blurred, unevenly lit, with a shadow over it, noisy, JPEG."""
    random = np.random.default_rng(seed)
    ink = cv2.GaussianBlur(ink * contrast, (0, 0), 1.0)[..., None]
    paper, pen = ((0.2, 0.24, 0.22), (0.93, 0.93, 0.9)) if board else ((0.93, 0.9, 0.82), (0.2, 0.2, 0.4))
    colours = np.array(paper) * (1 - ink) + np.array(pen) * ink
    y, x = np.mgrid[-0.5 : 0.5 : ink.shape[0] * 1j, -0.5 : 0.5 : ink.shape[1] * 1j]
    angle = random.uniform(0, 2 * np.pi)
    light = 0.75 + 0.4 * (x * np.cos(angle) + y * np.sin(angle))
    if shadow:
        light = light * (0.6 + 0.4 / (1 + np.exp(-60 * (x * np.sin(angle + 1) + y * np.cos(angle + 1)))))
    values = 255 * colours * light[..., None] + random.normal(0, noise, colours.shape)
    return jpeg(np.clip(values, 0, 255).astype(np.uint8), 60)


def jpeg(image: np.ndarray, quality: int) -> np.ndarray:
    """An image behind lossy compression."""
    return cv2.imdecode(
        cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_UNCHANGED
    )


def overlap(found: np.ndarray, wanted: np.ndarray) -> float:
    """Intersection by union of two drawings' ink, each a pixel wider, brought to one box; shifts of 2 px are free."""
    found, wanted = _cropped(found), _cropped(wanted)
    found = cv2.resize(found, wanted.shape[::-1], interpolation=cv2.INTER_AREA)
    found, wanted = (cv2.dilate(np.pad(image, 3), np.ones((3, 3))) > 100 for image in (found, wanted))
    shifted = [np.roll(found, (dy, dx), (0, 1)) for dy in range(-2, 3) for dx in range(-2, 3)]
    return max(float((image & wanted).sum() / (image | wanted).sum()) for image in shifted)


def _cropped(image: np.ndarray) -> np.ndarray:
    ys, xs = np.nonzero(image > 100)
    return image[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1]
