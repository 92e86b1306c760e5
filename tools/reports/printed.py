r"""Which formulas of files can be drawn, how fast, and what they look like; writes a report.

python tools/reports/printed.py ../shared/data/im2latex/*.txt --out reports/printed.md --sheet SHEET.png

The sheet, a picture to look at, is no part of the report: it shows what others wrote.
"""

from __future__ import annotations

import argparse
import os
import re
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import typst

from hmer_suite.data.sources.printed import SOURCE
from hmer_suite.files import read_lines, write_whole
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.specs.samples import SampleSet

PREPROCESSING = Preprocessing(symbol_height=10, max_pixels=60_000, padding=3)
"""As recogniser `im2latex` wants images."""

SHOWN = 60
"""Formulas on the sheet."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A file drawn twice: seconds without a cache, and from it."""

    path: Path
    samples: SampleSet
    fresh: float
    cached: float


def draw(path: Path) -> Drawn:
    """A file drawn into an empty cache, then taken from it."""
    with tempfile.TemporaryDirectory() as cache:
        os.environ["XDG_CACHE_HOME"] = cache
        times = []
        for _ in range(2):
            started = time.process_time()
            samples = SOURCE.load(str(path), "train", PREPROCESSING)
            times.append(time.process_time() - started)
    return Drawn(path, samples, *times)


def report(drawn: list[Drawn], command: str) -> str:
    """The page as Markdown."""
    rows = [_row(one) for one in drawn]
    reasons = Counter(_kind(left.reason) for one in drawn for left in one.samples.left_out)
    listed = "\n".join(f"| {count} | {kind} |" for kind, count in reasons.most_common())
    return f"""# Printed formulas

Written by `{command}`.

Drawn by Typst {typst.__version__} in New Computer Modern, symbols {PREPROCESSING.symbol_height} pixels high; processor
time of one process, labels made canonical, drawings cropped, encoded and cached included.

| file | lines | drawn | % | formulas a second | from the cache | pixels, mean | tokens, median / 95 % / most |
|---|---|---|---|---|---|---|---|
{chr(10).join(rows)}

## What is not drawn

{sum(reasons.values())} lines, each listed with its number and reason whenever the file is loaded:

| lines | reason |
|---|---|
{listed}
"""


def _row(one: Drawn) -> str:
    samples = one.samples
    lines = len(read_lines(one.path))
    lengths = [len(label.split()) for label in samples.labels]
    middle, long, most = np.percentile(lengths, (50, 95, 100))
    cells = (
        f"`{one.path.name}`",
        f"{lines:,}",
        f"{len(samples):,}",
        f"{100 * len(samples) / lines:.2f}",
        f"{lines / one.fresh:,.0f}",
        f"{lines / one.cached:,.0f}",
        f"{samples.sizes.prod(1).mean():,.0f}",
        f"{middle:.0f} / {long:.0f} / {most:.0f}",
    )
    return f"| {' | '.join(cells)} |"


def _kind(reason: str) -> str:
    """A reason without the formula that it is about."""
    short = reason.removeprefix("the label is not valid LaTeX: ")
    short = re.sub(r": '.*", "", short, flags=re.DOTALL)
    return re.sub(r"`[^`]*` is not for text; .*", "a formula within text (`\\\\fbox`, `\\\\raisebox`)", short)


def sheet(drawn: list[Drawn]) -> np.ndarray:
    """Formulas from all over the files, below each other, dark on light."""
    chosen = [
        one.samples.images[place]
        for one in drawn
        for place in np.linspace(0, len(one.samples) - 1, SHOWN // len(drawn)).astype(int)
    ]
    width = max(image.shape[1] for image in chosen)
    return 255 - np.vstack([np.pad(image, ((0, 2), (0, width - image.shape[1]))) for image in chosen])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", type=Path, nargs="+", help="files with one formula a line")
    parser.add_argument("--out", type=Path, required=True, help="report to write")
    parser.add_argument("--sheet", type=Path, help="PNG file to write")
    given = parser.parse_args()
    drawn = [draw(path) for path in given.files]
    command = f"python tools/reports/printed.py FORMULAS.txt... --out reports/{given.out.name}"
    write_whole(given.out, report(drawn, command))
    if given.sheet:
        cv2.imwrite(str(given.sheet), sheet(drawn))


if __name__ == "__main__":
    main()
