"""Settings of augmentation, of images and of ink."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Augment:
    """How far images are varied; None or 0 switches a variation off. Lengths in pixels suit symbols of 32."""

    scale: tuple[float, float] | None = (0.7, 1.4)
    """Range of the factor of size."""
    slant: float = 0.3
    """Largest shear, in pixels to the side per pixel of height."""
    rotation: float = 4.0
    """Largest angle in degrees."""
    elastic: float = 3.0
    """Largest displacement of ink in pixels before scaling."""
    elastic_grid: float = 24.0
    """Distance in pixels before scaling over which the displacement changes."""
    stroke: float = 0.8
    """Largest change of a stroke's edges in pixels, outwards, or half as far inwards, so that thin strokes stay."""
    gain: tuple[float, float] | None = (0.6, 1.0)
    """Range of the factor of the ink's darkness."""
    gamma: tuple[float, float] | None = (0.7, 1.4)
    """Range of the exponent of the ink's darkness."""
    blur: float = 0.6
    """Largest standard deviation in pixels of a Gaussian blur."""


NO_AUGMENT = Augment(
    scale=None, slant=0.0, rotation=0.0, elastic=0.0, stroke=0.0, gain=None, gamma=None, blur=0.0
)
"""Everything switched off: images stay what they are, byte for byte."""


@dataclass(frozen=True, slots=True)
class AugmentInk:
    """How far ink is varied; 0 switches a variation off. Those without another unit are drawn evenly from +-value."""

    size: float = 0.25
    """Natural logarithm of the factor of size of the formula."""
    aspect: float = 0.12
    """Natural logarithm of the factor of each axis of the formula."""
    turn: float = 0.09
    """Turn of the formula in radians."""
    slant: float = 0.3
    """Shear of the formula, to the side per height."""
    stroke_size: float = 0.12
    """Natural logarithm of the factor of size of each stroke."""
    stroke_turn: float = 0.1
    """Turn of each stroke in radians."""
    stroke_slant: float = 0.12
    """Shear of each stroke."""
    stroke_shift: float = 0.06
    """Shift of each stroke, as a part of its larger extent."""
    wobble: float = 0.03
    """Amplitude of a smooth wave along each stroke, as a part of its larger extent."""
    reverse: float = 0.05
    """Probability that a stroke is written from its end."""
    split: float = 0.01
    """Probability that the pen is lifted within a stroke, which becomes two."""
    join: float = 0.01
    """Probability that the pen is not lifted between two strokes of a symbol, which become one."""
    shuffle: float = 0.05
    """Probability that a formula's strokes are written in another order, each a few places off."""


NO_AUGMENT_INK = AugmentInk(**dict.fromkeys(AugmentInk.__dataclass_fields__, 0.0))
"""Everything switched off."""
