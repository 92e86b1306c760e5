"""Print degraded as pictures of print are met: small, bold or thin, screenshots light and dark, JPEG, scans.

A drawing (H, W) of uint8 has 0 for paper and 255 for ink, and symbols of a known height; a picture (H, W) of uint8 is
as in image files. All is drawn from one random generator.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np


@dataclass(frozen=True, slots=True)
class Degradation:
    """Probabilities of each kind of degradation, and their strengths; lengths are in pixels of the picture.

    Unless a picture is `resized`, it is drawn as it is or reduced by half, as the pictures of im2latex-100k.
    """

    resized: float = 0.35
    symbol_heights: tuple[float, float] = (7.5, 26.0)
    halved: float = 0.35
    heavy: float = 0.3
    """Every pixel that ink touches becomes ink before the picture is reduced: print becomes bold."""
    toned: float = 0.25
    gamma: tuple[float, float] = (0.55, 1.6)
    scanned: float = 0.15
    turn: float = 1.2
    blur: float = 0.9
    noise: float = 0.06
    specks: float = 4.0
    """Mean number of specks on a scan."""
    faded: float = 0.2
    """Ink and paper are shades of grey."""
    inverted: float = 0.08
    jpeg: float = 0.25
    jpeg_quality: tuple[int, int] = (25, 95)
    two_tone: float = 0.05
    most_pixels: int = 500_000


DEGRADATION = Degradation()
"""The degradations of ``print-mix``."""


def degraded(
    drawing: np.ndarray, symbol_height: float, rng: np.random.Generator, how: Degradation = DEGRADATION
) -> np.ndarray:
    """A picture of the drawing, whose symbols are `symbol_height` pixels high, on paper with a margin."""
    margin = round(symbol_height * rng.uniform(0.2, 2.0)) + 1
    ink = np.pad(drawing, margin)
    if rng.random() < how.heavy:
        ink = np.where(ink > rng.integers(1, 70), np.uint8(255), np.uint8(0))
    ink = _resized(ink, symbol_height, rng, how)
    if rng.random() < how.toned:
        ink = _toned(ink, rng.uniform(*np.log(how.gamma)))
    scanned = rng.random() < how.scanned
    if scanned:
        ink = _moved(ink, rng, how)
    picture = _on_paper(ink, rng, how)
    if scanned:
        picture = _scanned(picture, rng, how)
    elif rng.random() < how.two_tone:
        picture = np.where(picture < picture.max() - rng.integers(40, 110), np.uint8(0), np.uint8(255))
    if rng.random() < how.inverted:
        picture = 255 - picture
    if rng.random() < how.jpeg:
        picture = _compressed(picture, int(rng.integers(how.jpeg_quality[0], how.jpeg_quality[1] + 1)))
    return picture


_FILTERS = (cv2.INTER_AREA, cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_LANCZOS4)


def _resized(ink: np.ndarray, height: float, rng: np.random.Generator, how: Degradation) -> np.ndarray:
    """The drawing as it is, by half, or at a random size; never larger than `most_pixels`."""
    kind, filtered = rng.random(), _FILTERS[int(rng.integers(len(_FILTERS)))]
    wanted = math.exp(rng.uniform(*np.log(how.symbol_heights)))
    scale = 1.0
    if kind < how.resized:
        scale = wanted / height
    elif kind < how.resized + how.halved and height / 2 >= how.symbol_heights[0]:
        scale = 0.5
    scale = min(scale, (how.most_pixels / ink.size) ** 0.5)
    if scale == 1:
        return ink
    size = (max(1, round(ink.shape[1] * scale)), max(1, round(ink.shape[0] * scale)))
    if scale < 0.6 and filtered != cv2.INTER_AREA:
        # OpenCV's filters do not widen as the picture is reduced: without a blur, thin strokes would vanish.
        ink = cv2.GaussianBlur(ink, (0, 0), 0.3 / scale)
    return cv2.resize(ink, size, interpolation=filtered)


def _compressed(picture: np.ndarray, quality: int) -> np.ndarray:
    """The picture with the artefacts of JPEG."""
    coded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE), np.uint8)


def _toned(ink: np.ndarray, gamma: float) -> np.ndarray:
    table = np.rint(255 * (np.arange(256) / 255) ** math.exp(gamma)).astype(np.uint8)
    return cv2.LUT(ink, table)


def _moved(ink: np.ndarray, rng: np.random.Generator, how: Degradation) -> np.ndarray:
    """The ink turned a little and blurred."""
    height, width = ink.shape
    # A long line is not put on the scanner as askew as a short one can be.
    most = min(math.radians(how.turn), 0.25 * height / width)
    angle = rng.uniform(-most, most)
    room = math.ceil(abs(math.tan(angle)) * width / 2)
    ink = np.pad(ink, ((room, room), (0, 0)))
    matrix = cv2.getRotationMatrix2D((ink.shape[1] / 2, ink.shape[0] / 2), math.degrees(angle), 1.0)
    ink = cv2.warpAffine(ink, matrix, ink.shape[::-1], flags=cv2.INTER_LINEAR)
    blur = rng.uniform(0, how.blur)
    return cv2.GaussianBlur(ink, (0, 0), blur) if blur > 0.2 else ink


def _on_paper(ink: np.ndarray, rng: np.random.Generator, how: Degradation) -> np.ndarray:
    """Black on white, or in two shades of grey."""
    if rng.random() >= how.faded:
        return 255 - ink
    dark, light = rng.uniform(0, 110), rng.uniform(185, 255)
    return cv2.LUT(ink, np.rint(light + (dark - light) * np.arange(256) / 255).astype(np.uint8))


def _scanned(picture: np.ndarray, rng: np.random.Generator, how: Degradation) -> np.ndarray:
    """Uneven light, noise and specks."""
    height, width = picture.shape
    corners = rng.uniform(0.88, 1.0, (2, 2)).astype(np.float32)
    light = cv2.resize(corners, (width, height), interpolation=cv2.INTER_LINEAR)
    lit = (picture * light).astype(np.float32)
    lit += 255 * rng.uniform(0, how.noise) * rng.standard_normal((height, width), np.float32)
    for _ in range(int(rng.poisson(how.specks))):
        place = int(rng.integers(width)), int(rng.integers(height))
        cv2.circle(lit, place, 0, float(rng.uniform(0, 255)), -1)
    return np.clip(np.rint(lit), 0, 255).astype(np.uint8)
