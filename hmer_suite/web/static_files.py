"""The files of the pages."""

from __future__ import annotations

from pathlib import Path

import ziamath

STATIC = Path(__file__).parent / "static"
MATHLIVE = STATIC / "vendor" / "mathlive"
"""The formula editor, where `make web` has installed it."""
MATH_FONT = Path(ziamath.__file__).parent / "fonts" / "STIXTwoMath-Regular.ttf"
"""A font with mathematical letters; many systems have none, and draw them all alike."""


def has_mathlive() -> bool:
    """Whether the formula editor is installed."""
    return (MATHLIVE / "mathlive.min.mjs").is_file()
