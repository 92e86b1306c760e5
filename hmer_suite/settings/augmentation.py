"""Settings of augmentation, of images and of ink."""

from __future__ import annotations

from dataclasses import dataclass

from hmer_suite.specs.ranges import NonNegative, Positive, Share


@dataclass(frozen=True, slots=True)
class Augment:
    """Strength of image augmentation; None or 0 switches one kind off. Lengths in pixels suit symbols of 32 pixels."""

    scale: tuple[Positive, Positive] | None = (0.7, 1.4)
    """Range of the factor of size."""
    slant: NonNegative = 0.3
    """Largest shear, in pixels to the side per pixel of height."""
    rotation: NonNegative = 4.0
    """Largest angle in degrees."""
    elastic: NonNegative = 3.0
    """Largest displacement of ink in pixels before scaling."""
    elastic_grid: Positive = 24.0
    """Distance in pixels before scaling over which the displacement changes."""
    stroke: NonNegative = 0.8
    """Largest change of a stroke's edges in pixels, outwards, or half as far inwards, so that thin strokes stay."""
    gain: tuple[NonNegative, NonNegative] | None = (0.6, 1.0)
    """Range of the factor of the ink's darkness."""
    gamma: tuple[Positive, Positive] | None = (0.7, 1.4)
    """Range of the exponent of the ink's darkness."""
    blur: NonNegative = 0.6
    """Largest standard deviation in pixels of a Gaussian blur."""


NO_AUGMENT = Augment(
    scale=None, slant=0.0, rotation=0.0, elastic=0.0, stroke=0.0, gain=None, gamma=None, blur=0.0
)
"""No augmentation: images keep every byte."""


@dataclass(frozen=True, slots=True)
class AugmentInk:
    """Strength of ink augmentation; 0 switches one kind off. Unless stated otherwise, drawn uniformly from +-value."""

    size: NonNegative = 0.25
    """Natural logarithm of the factor of size of the formula."""
    aspect: NonNegative = 0.12
    """Natural logarithm of the factor of each axis of the formula."""
    turn: NonNegative = 0.09
    """Turn of the formula in radians."""
    slant: NonNegative = 0.3
    """Shear of the formula, to the side per height."""
    stroke_size: NonNegative = 0.12
    """Natural logarithm of the factor of size of each stroke."""
    stroke_turn: NonNegative = 0.1
    """Turn of each stroke in radians."""
    stroke_slant: NonNegative = 0.12
    """Shear of each stroke."""
    stroke_shift: NonNegative = 0.06
    """Shift of each stroke, as a fraction of its larger extent."""
    wobble: NonNegative = 0.03
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
