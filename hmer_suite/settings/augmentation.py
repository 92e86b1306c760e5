"""Settings of augmentation, of images and of ink."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from annotated_types import Interval

from hmer_suite.errors import UsageError
from hmer_suite.specs.ranges import Share

Factor = Annotated[float, Interval(gt=0, le=100)]
Darkness = Annotated[float, Interval(ge=0, le=100)]
Degrees = Annotated[float, Interval(ge=0, le=180)]
Pixels = Annotated[float, Interval(ge=0, le=1000)]
Distance = Annotated[float, Interval(ge=1, le=10_000)]
Shear = Annotated[float, Interval(ge=0, le=10)]
Logarithm = Annotated[float, Interval(ge=0, le=5)]
Radians = Annotated[float, Interval(ge=0, le=7)]
Fraction = Annotated[float, Interval(ge=0, le=10)]


@dataclass(frozen=True, slots=True)
class Augment:
    """Strength of image augmentation; None or 0 switches one kind off. Lengths in pixels suit symbols of 32 pixels."""

    scale: tuple[Factor, Factor] | None = (0.7, 1.4)
    """Range of the factor of size."""
    slant: Shear = 0.3
    """Largest shear, in pixels to the side per pixel of height."""
    rotation: Degrees = 4.0
    """Largest angle in degrees."""
    elastic: Pixels = 3.0
    """Largest displacement of ink in pixels before scaling."""
    elastic_grid: Distance = 24.0
    """Distance in pixels before scaling over which the displacement changes."""
    stroke: Pixels = 0.8
    """Largest change of a stroke's edges in pixels, outwards, or half as far inwards, so that thin strokes stay."""
    gain: tuple[Darkness, Darkness] | None = (0.6, 1.0)
    """Range of the factor of the ink's darkness."""
    gamma: tuple[Factor, Factor] | None = (0.7, 1.4)
    """Range of the exponent of the ink's darkness."""
    blur: Pixels = 0.6
    """Largest standard deviation in pixels of a Gaussian blur."""

    def __post_init__(self) -> None:
        for name in ("scale", "gain", "gamma"):
            limits = getattr(self, name)
            if limits is not None and limits[0] > limits[1]:
                raise UsageError(
                    f"augment.{name}={limits[0]:g},{limits[1]:g}: expected the smaller number first"
                )


NO_AUGMENT = Augment(
    scale=None, slant=0.0, rotation=0.0, elastic=0.0, stroke=0.0, gain=None, gamma=None, blur=0.0
)
"""No augmentation: images keep every byte."""


@dataclass(frozen=True, slots=True)
class AugmentInk:
    """Strength of ink augmentation; 0 switches one kind off. Unless stated otherwise, drawn uniformly from +-value."""

    size: Logarithm = 0.25
    """Natural logarithm of the factor of size of the formula."""
    aspect: Logarithm = 0.12
    """Natural logarithm of the factor of each axis of the formula."""
    turn: Radians = 0.09
    """Turn of the formula in radians."""
    slant: Shear = 0.3
    """Shear of the formula, to the side per height."""
    stroke_size: Logarithm = 0.12
    """Natural logarithm of the factor of size of each stroke."""
    stroke_turn: Radians = 0.1
    """Turn of each stroke in radians."""
    stroke_slant: Shear = 0.12
    """Shear of each stroke."""
    stroke_shift: Fraction = 0.06
    """Shift of each stroke, as a fraction of its larger extent."""
    wobble: Fraction = 0.03
    """Amplitude of a smooth wave along each stroke, as a fraction of its larger extent."""
    reverse: Share = 0.05
    """Probability that a stroke is reversed."""
    split: Share = 0.01
    """Probability that a stroke is split in two."""
    join: Share = 0.01
    """Probability that two consecutive strokes of a symbol are joined into one."""
    shuffle: Share = 0.05
    """Probability that a formula's strokes change their order, each by a few places."""


NO_AUGMENT_INK = AugmentInk(**dict.fromkeys(AugmentInk.__dataclass_fields__, 0.0))
"""No augmentation."""
