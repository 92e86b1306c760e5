"""Printed formulas: images in Computer Modern, set by Typst from LaTeX.

Typst (`hmer_suite.printing.typst_markup`) sets many formulas at once, one on a page, several hundred a second. Images
are (H, W) uint8, 0 paper and 255 ink.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hmer_suite.printing.pages import cropped
from hmer_suite.printing.typst_markup import PREAMBLE, UNSPACED, NoDrawing, typst_of

DRAWING_VERSION = 2
"""Incremented whenever drawings change, so that none of an earlier version is taken from the cache."""

SYMBOL_HEIGHT = 0.0894
"""Height in inches of a typical full-size symbol at 10 pt, which `Preprocessing.symbol_height` measures.

This is 6.44 pt; a digit is 6.8 pt high, a capital 6.9, a small letter between 4.4 and 9.
"""

FORMULAS_AT_ONCE = 128
"""Formulas in one document; if Typst rejects one of them, all are set again in halves."""


def draw_printed(
    formulas: Sequence[str], symbol_height: float, *, spaced: bool = True, font: str = ""
) -> list[np.ndarray | NoDrawing]:
    """The cropped ink of each formula, its symbols about `symbol_height` pixels high, or the reason why it has none.

    With `spaced` False there is no white space between atoms. `font` is an installed font with mathematics, by default
    the Computer Modern that Typst includes.
    """
    preamble = PREAMBLE + ("" if spaced else UNSPACED) + (_font_rule(font) if font else "")
    setting = _Setting(symbol_height / SYMBOL_HEIGHT, preamble)
    found: list[np.ndarray | NoDrawing] = []
    for start in range(0, len(formulas), FORMULAS_AT_ONCE):
        found += _drawn([_markup(formula) for formula in formulas[start : start + FORMULAS_AT_ONCE]], setting)
    return found


def missing_font(font: str) -> str:
    """The reason in words why Typst cannot set formulas in a font, or an empty text."""
    import typst  # not for commands that only list data sources

    if not font:
        return ""
    _, warnings = typst.compile_with_warnings(f"{_font_rule(font)}$x$".encode(), format="png")
    return f"font {font} not found" if any("font family" in str(found) for found in warnings) else ""


def _font_rule(font: str) -> str:
    return f'#show math.equation: set text(font: "{font}")\n'


@dataclass(frozen=True, slots=True)
class _Setting:
    """Resolution in pixels per inch, and the markup before all formulas."""

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
    """One image for each formula; a document that Typst rejects is halved until the formula at fault is found."""
    import typst  # not for commands that only list data sources

    document = setting.preamble + "\n#pagebreak()\n".join(markups)
    try:
        files = typst.compile(document.encode(), format="png", ppi=setting.ppi)
    except typst.TypstError as error:
        if len(markups) == 1:
            return [NoDrawing(f"Typst: {str(error).splitlines()[0]}")]
        middle = len(markups) // 2
        return _pages(markups[:middle], setting) + _pages(markups[middle:], setting)
    # The image of a single page does not come in a list.
    return [cropped(file) for file in ([files] if isinstance(files, bytes) else files)]
