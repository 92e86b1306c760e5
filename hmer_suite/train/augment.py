"""Image augmentation: scale, slant, rotation, elastic bending, stroke width, tone and blur, each switched separately.

What changes the size is drawn for a whole epoch at once, before any image is decoded, so that batches can be planned on
true sizes: `draw_augmentation` returns an `EpochAugmentation`, whose `apply` transforms one image. All of it is a
function of settings, seed, epoch and index of the sample, whatever the number of processes and workers.

One warp does scale, slant, rotation and elastic bending, on a canvas that holds all of the original image.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hmer_suite.settings.augmentation import Augment

_DRAWS = ("scale", "slant", "rotation", "stroke", "gain", "gamma", "elastic", "blur")
_EPOCH, _SAMPLE = 1, 2  # streams of random numbers

MAX_DRIFT = 0.5
"""Rotation lifts the end of a line by at most this share of the image's height: long lines are not written askew."""


@dataclass(frozen=True, slots=True, eq=False)
class EpochAugmentation:
    """The random augmentation of each sample in one epoch; row i belongs to sample i.

    `sizes` (n, 2) are the new heights and widths. `matrices` (n, 2, 3) map a pixel (x, y, 1) of the new image to one
    of the old. `elastic` (n,) are displacements in old pixels; `stroke`, `gain`, `gamma`, `blur` (n,)
    as in `Augment`.
    """

    settings: Augment
    seed: int
    epoch: int
    sizes: np.ndarray
    matrices: np.ndarray
    elastic: np.ndarray
    stroke: np.ndarray
    gain: np.ndarray
    gamma: np.ndarray
    blur: np.ndarray

    def apply(self, image: np.ndarray, index: int) -> np.ndarray:
        """The augmented image of sample `index`, of size `sizes[index]`; (H, W) of uint8, 0 background to 255 ink."""
        image = self._warped(image, index)
        if stroke := float(self.stroke[index]):
            image = _stroked(image, stroke)
        if blur := float(self.blur[index]):
            image = _blurred(image, blur)
        gain, gamma = float(self.gain[index]), float(self.gamma[index])
        return image if gain == gamma == 1 else _toned(image, gain, gamma)

    def move_points(self, points: np.ndarray, index: int) -> np.ndarray:
        """Points (..., 2) of x and y of sample `index`, moved with its image; elastic bending is left out."""
        matrix = self.matrices[index]
        return (points - matrix[:, 2]) @ np.linalg.inv(matrix[:, :2]).T

    def _warped(self, image: np.ndarray, index: int) -> np.ndarray:
        import cv2

        settings = self.settings
        if not (settings.scale or settings.slant or settings.rotation or settings.elastic):
            return image
        (height, width), matrix = self.sizes[index].tolist(), self.matrices[index]
        bend = float(self.elastic[index])
        if not bend:
            inverse = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
            return cv2.warpAffine(image, matrix, (width, height), flags=inverse)
        columns, rows = _bends(np.random.default_rng([self.seed, self.epoch, index, _SAMPLE]), self, index)
        across, down = np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32)[:, None]
        (a, b, c), (d, e, f) = matrix.astype(np.float32)
        columns += a * across + (b * down + c)
        rows += d * across + (e * down + f)
        return cv2.remap(image, columns, rows, cv2.INTER_LINEAR)


def draw_augmentation(
    settings: Augment, sizes: np.ndarray, *, seed: int, epoch: int, max_pixels: int | None = None
) -> EpochAugmentation:
    """The augmentation of one epoch of images of `sizes` (n, 2), heights and widths.

    No image becomes larger than `max_pixels`, if it is given: it is scaled less. Switching one kind off does not change
    the random numbers of the others.
    """
    uniform = np.random.default_rng([seed, epoch, _EPOCH]).random((len(_DRAWS), len(sizes)))
    draws = dict(zip(_DRAWS, uniform, strict=True))
    signed = {name: 2 * values - 1 for name, values in draws.items()}
    sizes = np.maximum(np.asarray(sizes, dtype=np.float64).reshape(-1, 2), 1)
    angle = _angles(signed["rotation"] * settings.rotation, sizes)
    forward = _shear_and_turn(signed["slant"] * settings.slant, angle)
    elastic = settings.elastic * draws["elastic"]
    boxes = (np.abs(forward) @ (sizes[:, ::-1] + 2 * elastic[:, None])[:, :, None])[:, :, 0]  # width, height
    scale = _between(settings.scale, draws["scale"], logarithmic=True)
    if max_pixels is not None:
        scale = np.minimum(scale, _largest_scale(boxes, max_pixels))
    forward *= scale[:, None, None]
    canvas = np.ceil(boxes * scale[:, None] - 1e-6).astype(np.int64)
    stroke = signed["stroke"] * settings.stroke
    return EpochAugmentation(
        settings=settings,
        seed=seed,
        epoch=epoch,
        sizes=np.maximum(canvas[:, ::-1], 1),
        matrices=_back(forward, sizes[:, ::-1], np.maximum(canvas, 1)),
        elastic=elastic,
        stroke=np.where(stroke < 0, stroke / 2, stroke),
        gain=_between(settings.gain, draws["gain"]),
        gamma=_between(settings.gamma, draws["gamma"], logarithmic=True),
        blur=settings.blur * draws["blur"],
    )


def augment(image: np.ndarray, settings: Augment, rng: np.random.Generator) -> np.ndarray:
    """One augmented image, (H, W) of uint8 with 0 background and 255 ink; its size may change."""
    seed, epoch = (int(number) for number in rng.integers(1 << 31, size=2))
    return draw_augmentation(settings, np.array([image.shape]), seed=seed, epoch=epoch).apply(image, 0)


def _between(bounds: tuple[float, float] | None, draws: np.ndarray, logarithmic: bool = False) -> np.ndarray:
    """Uniform draws from [0, 1) mapped to the bounds; ones without bounds."""
    if bounds is None:
        return np.ones(len(draws))
    low, high = bounds
    return low * (high / low) ** draws if logarithmic else low + (high - low) * draws


def _angles(degrees: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Angles in radians, limited by `MAX_DRIFT`."""
    most = np.arcsin(np.minimum(1.0, MAX_DRIFT * sizes[:, 0] / sizes[:, 1]))
    return np.clip(np.radians(degrees), -most, most)


def _shear_and_turn(slant: np.ndarray, angle: np.ndarray) -> np.ndarray:
    """Matrices (n, 2, 2) on (x, y): horizontal shear, then rotation; y points down."""
    cosine, sine = np.cos(angle), np.sin(angle)
    turn = np.stack([cosine, sine, -sine, cosine], axis=1).reshape(-1, 2, 2)
    one, zero = np.ones_like(slant), np.zeros_like(slant)
    return turn @ np.stack([one, -slant, zero, one], axis=1).reshape(-1, 2, 2)


def _largest_scale(boxes: np.ndarray, max_pixels: int) -> np.ndarray:
    """The largest s with (s * width + 1) * (s * height + 1) <= max_pixels: sizes are rounded upwards."""
    area, girth = boxes.prod(axis=1), boxes.sum(axis=1)
    return (np.sqrt(girth**2 + 4 * area * max(max_pixels - 1, 0)) - girth) / (2 * area)


def _back(forward: np.ndarray, old: np.ndarray, new: np.ndarray) -> np.ndarray:
    """Matrices (n, 2, 3) from new to old pixels, centre onto centre; `old` and `new` (n, 2) are (width, height)."""
    inverse = np.linalg.inv(forward)
    middle = (old - 1) / 2 - (inverse @ ((new - 1) / 2)[:, :, None])[:, :, 0]
    return np.concatenate([inverse, middle[:, :, None]], axis=2)


def _bends(
    rng: np.random.Generator, augmentation: EpochAugmentation, index: int
) -> tuple[np.ndarray, np.ndarray]:
    """Smooth random displacements in x and y (H, W) of float32, within the sample's `elastic` old pixels."""
    import cv2

    height, width = augmentation.sizes[index].tolist()
    shrink = np.abs(augmentation.matrices[index, 1, 1])  # old pixels per new one
    cell = augmentation.settings.elastic_grid / max(float(shrink), 1e-6)
    knots = (2, max(1, round(height / cell)), max(1, round(width / cell)))  # one: moved, but not bent
    grid = rng.uniform(-1, 1, knots).astype(np.float32)
    columns, rows = (cv2.resize(values, (width, height), interpolation=cv2.INTER_CUBIC) for values in grid)
    largest = max(cv2.norm(columns, cv2.NORM_INF), cv2.norm(rows, cv2.NORM_INF))
    most = np.float32(augmentation.elastic[index] / max(largest, 1e-6))
    return columns * most, rows * most


def _stroked(image: np.ndarray, stroke: float) -> np.ndarray:
    """Stroke edges moved outwards by `stroke` pixels, or inwards when it is negative: a blend of neighbours."""
    import cv2

    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    while abs(stroke) > 1e-3:
        part = min(abs(stroke), 1.0)
        moved = cv2.dilate(image, cross) if stroke > 0 else cv2.erode(image, cross)
        image = cv2.addWeighted(image, 1 - part, moved, part, 0)
        stroke -= part if stroke > 0 else -part
    return image


def _blurred(image: np.ndarray, blur: float) -> np.ndarray:
    import cv2

    return cv2.GaussianBlur(image, (0, 0), blur, borderType=cv2.BORDER_CONSTANT) if blur >= 0.2 else image


def _toned(image: np.ndarray, gain: float, gamma: float) -> np.ndarray:
    """Darkness v in [0, 1] becomes gain * v ** gamma; background is unchanged."""
    import cv2

    table = np.arange(256) / 255
    return cv2.LUT(image, np.rint(np.clip(gain * table**gamma, 0, 1) * 255).astype(np.uint8))
