r"""Measure which printed formulas can be typeset, and how fast; writes reports/printed.md and a sheet to look at.

python -m tools.reports.printed ../shared/data/im2latex/*.txt --out reports/printed.md --sheet SHEET.png

The sheet, a picture of some formulas, is not part of the report: the formulas are the work of others.
"""

from __future__ import annotations

import os
import re
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import cv2
import numpy as np

from hmer_suite.data.sources.printed import SOURCE
from hmer_suite.files import read_lines, write_whole
from hmer_suite.specs.recogniser import Preprocessing
from hmer_suite.specs.samples import SampleSet
from tools.command import run_tool
from tools.reports.common import report_parser
from tools.reports.markdown import Cell, page, section, table

PREPROCESSING = Preprocessing(symbol_height=10, max_pixels=60_000, padding=3)
"""The images that recogniser `im2latex` is trained on."""

SHOWN = 60
"""Formulas on the sheet."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A file drawn twice: processor seconds without a cache, and from the cache."""

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


COLUMNS = (
    "file", "lines", "drawn", "%", "formulas a second", "from the cache", "pixels, mean",
    "tokens, median / 95 % / most",
)  # fmt: skip


def report(drawn: list[Drawn], command: str) -> str:
    """The page as Markdown."""
    reasons = Counter(_kind(left.reason) for one in drawn for left in one.samples.left_out)
    return page(
        "Printed formulas",
        command,
        f"Drawn by Typst {version('typst')} in New Computer Modern, symbols {PREPROCESSING.symbol_height} pixels high; "
        "processor time of one process, including making labels canonical, cropping, encoding and caching drawings.",
        table(COLUMNS, map(_row, drawn)),
        section(
            "What is not drawn",
            f"{sum(reasons.values())} lines, each listed with its number and reason whenever the file is loaded:",
            table(["lines", "reason"], [(count, kind) for kind, count in reasons.most_common()]),
        ),
    )


def _row(one: Drawn) -> tuple[Cell, ...]:
    samples = one.samples
    lines = len(read_lines(one.path))
    middle, long, most = np.percentile([len(label.split()) for label in samples.labels], (50, 95, 100))
    return (
        f"`{one.path.name}`",
        lines,
        len(samples),
        100 * len(samples) / lines,
        f"{lines / one.fresh:,.0f}",
        f"{lines / one.cached:,.0f}",
        f"{samples.sizes.prod(1).mean():,.0f}",
        f"{middle:.0f} / {long:.0f} / {most:.0f}",
    )


def _kind(reason: str) -> str:
    """A reason without the formula that it quotes."""
    short = reason.removeprefix("the label is not valid LaTeX: ")
    short = re.sub(r": '.*", "", short, flags=re.DOTALL)
    return re.sub(r"`[^`]*` is not for text; .*", "a formula within text (`\\\\fbox`, `\\\\raisebox`)", short)


def sheet(drawn: list[Drawn]) -> np.ndarray:
    """Formulas spread evenly over the files, one below the other, dark on light."""
    chosen = [
        one.samples.images[place]
        for one in drawn
        for place in np.linspace(0, len(one.samples) - 1, SHOWN // len(drawn)).astype(int)
    ]
    width = max(image.shape[1] for image in chosen)
    return 255 - np.vstack([np.pad(image, ((0, 2), (0, width - image.shape[1]))) for image in chosen])


def main() -> None:
    parser = report_parser(__doc__)
    parser.add_argument("files", type=Path, nargs="+", help="files with one formula a line")
    parser.add_argument("--sheet", type=Path, help="PNG file to write")
    given = parser.parse_args()
    drawn = [draw(path) for path in given.files]
    command = f"python -m tools.reports.printed FORMULAS.txt... --out reports/{given.out.name}"
    write_whole(given.out, report(drawn, command))
    if given.sheet:
        cv2.imwrite(str(given.sheet), sheet(drawn))


if __name__ == "__main__":
    run_tool(main)
