"""Printed formulas as matplotlib's mathtext draws them, a part of LaTeX in five sets of fonts."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from hmer_suite.printing.pages import cropped_ink
from hmer_suite.printing.tex import typed
from hmer_suite.printing.typst_markup import NoDrawing


def mathtext_pages(formulas: Sequence[str], ppi: float, fonts: str) -> list[np.ndarray | NoDrawing]:
    """One image for each formula at 10 pt, cropped, or the reason why it has none.

    `fonts` is a value of matplotlib's setting ``mathtext.fontset``.
    """
    from matplotlib import rc_context  # not for commands that only list data sources
    from matplotlib.font_manager import FontProperties
    from matplotlib.mathtext import MathTextParser

    parser = MathTextParser("agg")
    found: list[np.ndarray | NoDrawing] = []
    with rc_context({"mathtext.fontset": fonts}), _complaints() as complaints:
        for formula in formulas:
            complaints.clear()
            try:
                drawn = parser.parse(f"${typed(formula)}$", ppi, FontProperties(size=10))
            except (ValueError, RuntimeError) as error:
                found.append(NoDrawing(f"mathtext: {str(error).strip().splitlines()[-1]}"))
                continue
            ink = cropped_ink(np.asarray(drawn.image, np.uint8))
            found.append(NoDrawing(f"mathtext: {complaints[0]}") if complaints else ink)
    return found


@contextmanager
def _complaints() -> Iterator[list[str]]:
    """What mathtext logs, for instance that it draws a dummy for a symbol that a font lacks."""
    complaints: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: complaints.append(record.getMessage())  # type: ignore[method-assign]
    logger = logging.getLogger("matplotlib.mathtext")
    propagated, logger.propagate = logger.propagate, False
    logger.addHandler(handler)
    try:
        yield complaints
    finally:
        logger.removeHandler(handler)
        logger.propagate = propagated
