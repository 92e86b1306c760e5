"""Measure how well ink is recovered from photos; writes reports/photo.md.

python -m tools.reports.photo --crohme ../shared/data/crohme --out reports/photo.md
"""

from __future__ import annotations

import time

import cv2
import numpy as np

from hmer_suite.data.sources.crohme import load_ink
from hmer_suite.errors import InputError
from hmer_suite.files import write_whole
from hmer_suite.images.photo import normalise
from hmer_suite.ink.raster import draw
from tests.images.degrade import overlap
from tests.images.test_photo import DEGRADED
from tools.command import run_tool
from tools.reports.common import add_crohme, report_parser
from tools.reports.markdown import Cell, page, table

COMMAND = "python -m tools.reports.photo --crohme ../shared/data/crohme --out reports/photo.md"
SAMPLES = 60
LOST = 0.6
"""Overlap below which ink counts as lost."""

ABOUT = f"""\
{SAMPLES} drawings of CROHME 2013, evenly spread, are degraded (`tests/images/degrade.py`), normalised
(`hmer_suite.images.photo.normalise`) and laid over the clean drawing: intersection over union of the ink, each side a
pixel wider, in a common box, shifts of two pixels free. Symbols may come out larger or smaller than they were drawn:
the scale column is the width found divided by the width drawn, its 10 and 90 % quantiles. One thread."""

COLUMNS = ("degraded", "mean overlap", "10 % quantile", f"below {LOST}", "scale", "ms an image")


def main() -> None:
    parser = report_parser(__doc__)
    add_crohme(parser)
    given = parser.parse_args()
    cv2.setNumThreads(1)
    inks = load_ink(str(given.crohme), "validation").inks
    chosen = [list(ink.traces) for ink in inks[:: len(inks) // SAMPLES][:SAMPLES]]
    rows = [_row(name, chosen) for name in DEGRADED]
    write_whole(given.out, page("Photos normalised", COMMAND, ABOUT, table(COLUMNS, rows)))


def _row(name: str, inks: list[list[np.ndarray]]) -> tuple[Cell, ...]:
    degrade, _ = DEGRADED[name]
    overlaps, scales, seconds = [], [], 0.0
    for number, ink in enumerate(inks):
        degraded, drawn = degrade(ink, number), draw(ink)
        start = time.process_time()
        try:
            found = normalise(degraded)
        except InputError:
            overlaps.append(0.0)
            continue
        seconds += time.process_time() - start
        overlaps.append(overlap(found, drawn))
        scales.append(found.shape[1] / drawn.shape[1])
    low, high = np.quantile(scales, (0.1, 0.9))
    mean, tenth = f"{np.mean(overlaps):.3f}", f"{np.quantile(overlaps, 0.1):.3f}"
    lost = sum(value < LOST for value in overlaps)
    return (name, mean, tenth, lost, f"{low:.2f} to {high:.2f}", f"{1000 * seconds / len(inks):.0f}")


if __name__ == "__main__":
    run_tool(main)
