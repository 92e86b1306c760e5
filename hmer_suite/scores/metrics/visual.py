"""Visual exact match: both sides are drawn, and the pictures compared column by column.

Modelled on the image evaluation of im2markup (Deng et al., ICML 2017, section 6), with white columns removed from both
sides. The steps are:

1. Both sides are set in Computer Modern (`hmer_suite.printing.typst_markup`) at 300 dots per inch without any white
   space between atoms, neither typed nor TeX's own: a space would shift what follows by a fraction of a pixel, and so
   change every column. A pixel is ink if it is darker than half.
2. Columns without ink are left out.
3. The pictures match if they have equally many columns left and no two columns at the same place differ in five
   pixels or more; the lower picture is padded with white at the bottom.

im2markup also tolerates any run of fewer than five inserted, deleted or replaced columns, which with its renderer hides
a full stop more or less. Drawing is deterministic here, so no such run is tolerated. A prediction that cannot be drawn
is wrong; if the reference cannot be drawn, only the same tokens are right.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hmer_suite.hookspecs import hookimpl
from hmer_suite.specs.metric import MetricSpec

DOTS_PER_INCH = 300

TOLERANCE = 5
"""Columns match if they differ in fewer pixels."""


def visual(predictions: Sequence[str | None], references: Sequence[str]) -> float:
    """Percentage of predictions that look like their reference; a missing one is wrong."""
    matches = visual_matches(predictions, references)
    return 100.0 * sum(matches) / len(matches)


def visual_matches(predictions: Sequence[str | None], references: Sequence[str]) -> list[bool]:
    """Whether prediction i looks like reference i, for each pair."""
    pairs = list(zip(predictions, references, strict=True))
    found = [prediction == reference for prediction, reference in pairs]
    compared = [
        (place, prediction, reference)
        for place, (prediction, reference) in enumerate(pairs)
        if prediction and reference and prediction != reference
    ]
    drawn = _columns([text for _, *texts in compared for text in texts])
    for (place, *_), ours, theirs in zip(compared, drawn[::2], drawn[1::2], strict=True):
        found[place] = ours is not None and theirs is not None and alike(ours, theirs)
    return found


def alike(ours: np.ndarray, theirs: np.ndarray) -> bool:
    """Whether two pictures (H, W; True is ink) without white columns match."""
    if ours.shape[1] != theirs.shape[1]:
        return False
    height = max(len(ours), len(theirs))
    ours, theirs = (np.pad(ink, ((0, height - len(ink)), (0, 0))) for ink in (ours, theirs))
    return bool(((ours != theirs).sum(axis=0) < TOLERANCE).all())


def _columns(formulas: Sequence[str]) -> list[np.ndarray | None]:
    """Ink (H, W) of each formula without white columns; None if it cannot be drawn."""
    from hmer_suite.printing.draw import SYMBOL_HEIGHT, draw_printed
    from hmer_suite.printing.typst_markup import NoDrawing

    drawn = draw_printed(formulas, DOTS_PER_INCH * SYMBOL_HEIGHT, spaced=False)
    return [None if isinstance(image, NoDrawing) else _without_white(image > 127) for image in drawn]


def _without_white(ink: np.ndarray) -> np.ndarray:
    return ink[:, ink.any(axis=0)]


METRIC = MetricSpec("visual", "both sides drawn and compared column by column, white space ignored", visual)


@hookimpl
def hmer_metrics() -> list[MetricSpec]:
    """Register the metric."""
    return [METRIC]
