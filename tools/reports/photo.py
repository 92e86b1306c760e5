"""How well ink is found again in photos; writes `reports/photo.md`.

python -m tools.reports.photo --crohme ../shared/data/crohme --out reports/photo.md
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import cv2
import numpy as np

from hmer_suite.data.sources.crohme import load_ink
from hmer_suite.errors import InputError
from hmer_suite.files import write_whole
from hmer_suite.images.photo import normalise
from hmer_suite.ink.raster import draw
from tests.images.degrade import overlap
from tests.images.test_photo import DEGRADED

COMMAND = "python -m tools.reports.photo --crohme ../shared/data/crohme --out reports/photo.md"
SAMPLES = 60

HEAD = f"""# Photos normalised

Written by `{COMMAND}`.

{SAMPLES} drawings of CROHME 2013, evenly spread, are made worse (`tests/images/degrade.py`), normalised
(`hmer_suite.images.photo.normalise`) and laid over the clean drawing: intersection by union of the ink, each side a
pixel wider, in a common box, shifts of two pixels free. Symbols may come out larger or smaller than they were drawn:
the scale column is the width found by the width drawn, its 10 and 90 % quantiles. One thread.

| made worse | mean overlap | 10 % quantile | below 0.6 | scale | ms an image |
|---|---|---|---|---|---|
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--crohme", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    inks = load_ink(str(arguments.crohme), "validation").inks
    chosen = [list(ink.traces) for ink in inks[:: len(inks) // SAMPLES][:SAMPLES]]
    write_whole(arguments.out, HEAD + "".join(_row(name, chosen) for name in DEGRADED))


def _row(name: str, inks: list[list[np.ndarray]]) -> str:
    degrade, _ = DEGRADED[name]
    overlaps, scales, seconds = [], [], 0.0
    for number, ink in enumerate(inks):
        worse, drawn = degrade(ink, number), draw(ink)
        start = time.process_time()
        try:
            found = normalise(worse)
        except InputError:
            overlaps.append(0.0)
            continue
        seconds += time.process_time() - start
        overlaps.append(overlap(found, drawn))
        scales.append(found.shape[1] / drawn.shape[1])
    low, high = np.quantile(scales, (0.1, 0.9))
    lost = sum(value < 0.6 for value in overlaps)
    figures = f"{np.mean(overlaps):.3f} | {np.quantile(overlaps, 0.1):.3f} | {lost} | {low:.2f} to {high:.2f}"
    return f"| {name} | {figures} | {1000 * seconds / len(inks):.0f} |\n"


if __name__ == "__main__":
    main()
