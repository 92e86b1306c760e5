"""Visual exact match: both sides are drawn, and the pictures compared column by column.

After the image evaluation of im2markup (Deng et al., ICML 2017, section 6), with columns of white taken out of both
sides. Exactly:

1. Both sides are set in Computer Modern (`hmer_suite.printing.typst_markup`) at 300 dots an inch without any white
   space between atoms, neither typed nor TeX's own: what stands behind a space would else be moved by a part of a
   pixel, and every column changed. A pixel is ink where it is darker than half.
2. Columns without ink are left out.
3. The pictures match where they have equally many columns left and no two columns of the same number differ in five
   pixels or more, the lower picture being filled up with white at the bottom.

im2markup also lets pass any run of fewer than five columns that are inserted, deleted or replaced: with its renderer a
full stop more or less. Here nothing is drawn by chance, and no such run is let pass. A prediction that cannot be
drawn is wrong; where the reference cannot be drawn, only the same tokens are right.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from hmer_suite.hookspecs import hookimpl
from hmer_suite.specs.metric import MetricSpec

if TYPE_CHECKING:
    import numpy as np

DOTS_PER_INCH = 300

TOLERANCE = 5
"""Columns that differ in fewer pixels are alike."""


def visual(predictions: Sequence[str | None], references: Sequence[str]) -> float:
    """Percentage of predictions that look like their reference; a missing one is wrong."""
    matches = visual_matches(predictions, references)
    return 100.0 * sum(matches) / len(matches)


def visual_matches(predictions: Sequence[str | None], references: Sequence[str]) -> list[bool]:
    """For each pair of formulas whether they look alike."""
    found = [prediction == reference for prediction, reference in zip(predictions, references, strict=True)]
    open_ = [
        place for place, same in enumerate(found) if not same and predictions[place] and references[place]
    ]
    drawn = _columns([text for place in open_ for text in (predictions[place], references[place])])
    for place, ours, theirs in zip(open_, drawn[::2], drawn[1::2], strict=True):
        found[place] = ours is not None and theirs is not None and alike(ours, theirs)
    return found


def alike(ours: np.ndarray, theirs: np.ndarray) -> bool:
    """Whether two pictures (H, W; True is ink) without white columns match."""
    import numpy as np

    if ours.shape[1] != theirs.shape[1]:
        return False
    height = max(len(ours), len(theirs))
    ours, theirs = (np.pad(ink, ((0, height - len(ink)), (0, 0))) for ink in (ours, theirs))
    return bool(((ours != theirs).sum(axis=0) < TOLERANCE).all())


def _columns(formulas: Sequence[str]) -> Iterable[np.ndarray | None]:
    """Ink (H, W) of each formula without white columns; None where it cannot be drawn."""
    from hmer_suite.printing.draw import SYMBOL_HEIGHT, draw_printed
    from hmer_suite.printing.typst_markup import NoDrawing

    drawn = draw_printed(formulas, DOTS_PER_INCH * SYMBOL_HEIGHT, spaced=False)
    return [None if isinstance(image, NoDrawing) else _without_white(image > 127) for image in drawn]


def _without_white(ink: np.ndarray) -> np.ndarray:
    return ink[:, ink.any(axis=0)]


METRIC = MetricSpec("visual", "both sides drawn and compared column by column, white space apart", visual)


@hookimpl
def hmer_metrics() -> list[MetricSpec]:
    """The metric."""
    return [METRIC]
