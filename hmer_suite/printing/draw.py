"""Printed formulas: LaTeX in, images in Computer Modern out, with nothing but a Python package.

Typst (`hmer_suite.printing.typst_markup`) sets many formulas at once, a page each, at several hundred a second; what
it has drawn is kept in the cache folder. Images are (H, W) uint8, 0 paper and 255 ink.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hmer_suite.printing.typst_markup import PREAMBLE, UNSPACED, NoDrawing, typst_of

if TYPE_CHECKING:
    import numpy as np
from hmer_suite.printing.pages import cropped

VERSION = 2
"""Counted up whenever formulas come out differently, so that no old drawing is taken from the cache."""

SYMBOL_HEIGHT = 0.0894
"""Inches from top to bottom of a typical full-size symbol at 10 pt, which `Preprocessing.symbol_height` measures.

These are 6.44 pt; a digit is 6.8 pt high, a capital 6.9, a small letter between 4.4 and 9.
"""

FORMULAS_AT_ONCE = 128
"""Formulas of one document; where Typst refuses one of them, all are set again in halves."""


# ---------------------------------------------------------------- drawing


def draw_printed(
    formulas: Sequence[str], symbol_height: float, *, spaced: bool = True
) -> list[np.ndarray | NoDrawing]:
    """The ink of each formula, cropped, symbols being about `symbol_height` pixels high; or why there is no drawing.

    With `spaced` False there is no white space between atoms.
    """
    setting = _Setting(symbol_height / SYMBOL_HEIGHT, PREAMBLE if spaced else PREAMBLE + UNSPACED)
    found: list[np.ndarray | NoDrawing] = []
    for start in range(0, len(formulas), FORMULAS_AT_ONCE):
        found += _drawn([_markup(formula) for formula in formulas[start : start + FORMULAS_AT_ONCE]], setting)
    return found


@dataclass(frozen=True, slots=True)
class _Setting:
    """Pixels an inch, and what stands in front of all formulas."""

    ppi: float
    preamble: str


def _markup(formula: str) -> str | NoDrawing:
    try:
        return typst_of(formula)
    except NoDrawing as error:
        return error


def _drawn(markups: Sequence[str | NoDrawing], setting: _Setting) -> list[np.ndarray | NoDrawing]:
    good = [markup for markup in markups if isinstance(markup, str)]
    pages = iter(_pages(good, setting) if good else ())
    return [next(pages) if isinstance(markup, str) else markup for markup in markups]


def _pages(markups: Sequence[str], setting: _Setting) -> list[np.ndarray | NoDrawing]:
    """One image a formula; a document that Typst refuses is cut in two until the culprit is found."""
    import typst

    document = setting.preamble + "\n#pagebreak()\n".join(markups)
    try:
        files = typst.compile(document.encode(), format="png", ppi=setting.ppi)
    except typst.TypstError as error:
        if len(markups) == 1:
            return [NoDrawing(f"Typst: {str(error).splitlines()[0]}")]
        middle = len(markups) // 2
        return _pages(markups[:middle], setting) + _pages(markups[middle:], setting)
    return [cropped(file) for file in (files if isinstance(files, list) else [files])]


# ---------------------------------------------------------------- printers


# ---------------------------------------------------------------- sets


# ---------------------------------------------------------------- cache

