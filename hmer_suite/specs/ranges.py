"""Ranges of settings, as a field's type declares them: ``dropout: Probability = 0.1``.

A value outside its range is refused before a network is built. Other ranges are written the same way, with
`annotated_types`: ``heads: Annotated[int, Interval(ge=1, le=16)] = 8``.
"""

from __future__ import annotations

from typing import Annotated

from annotated_types import Interval

Size = Annotated[int, Interval(ge=1, le=65_536)]
"""A number of channels, features, layers or pixels."""

Count = Annotated[int, Interval(ge=0, le=2**31 - 1)]
"""A number of steps, samples or tokens; 0 often switches something off."""

PositiveCount = Annotated[int, Interval(ge=1, le=2**31 - 1)]
"""A number of steps, samples or tokens that cannot be 0."""

LARGEST = 10**9
"""Largest number of a setting without a range of its own; single precision has room for it in any product."""

Positive = Annotated[float, Interval(gt=0, le=LARGEST)]
"""A finite number above 0."""

NonNegative = Annotated[float, Interval(ge=0, le=LARGEST)]
"""A finite number that may be 0, such as the weight of a loss."""

Probability = Annotated[float, Interval(ge=0, lt=1)]
"""A probability or a share that cannot be 1, such as dropout."""

Share = Annotated[float, Interval(ge=0, le=1)]
"""A share, both ends included."""
