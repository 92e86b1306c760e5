"""Compare strokes traced from drawings with the strokes of the pen; writes reports/tracing.md.

python -m tools.reports.tracing --crohme ../shared/data/crohme --out reports/tracing.md
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import cv2
import numpy as np

from hmer_suite.data.sources.crohme import load_ink
from hmer_suite.data.sources.traced import TEST_DRAWING
from hmer_suite.files import write_whole
from hmer_suite.ink.raster import Drawing, draw, in_pixels
from hmer_suite.ink.tracing import trace
from hmer_suite.ink.tracing.traced_ink import traced
from hmer_suite.specs.samples import InkSample, Mark
from tools.command import run_tool
from tools.reports.common import add_crohme, report_parser
from tools.reports.markdown import Cell, page, table

COMMAND = "python -m tools.reports.tracing --crohme ../shared/data/crohme --out reports/tracing.md"
SAMPLES = 300
PENS = (2.0, 3.0, TEST_DRAWING.stroke * TEST_DRAWING.symbol_height, 5.0, 6.0)
"""Pen widths in pixels; the usual one is the third."""

_FINE = 3
"""Subdivisions of a pixel for measuring distances."""


def main() -> None:
    parser = report_parser(__doc__)
    add_crohme(parser)
    given = parser.parse_args()
    cv2.setNumThreads(1)
    samples = [ink for ink in load_ink(str(given.crohme), "test").samples if ink.fully_marked]
    chosen = [samples[number * len(samples) // SAMPLES] for number in range(SAMPLES)]
    rows = {
        pen: measured(chosen, replace(TEST_DRAWING, stroke=pen / TEST_DRAWING.symbol_height)) for pen in PENS
    }
    write_whole(given.out, report(rows))


@dataclass
class Counts:
    """Counts over some formulas; symbols are counted by class."""

    formulas: int = 0
    seconds: float = 0.0
    written: int = 0
    traced: int = 0
    alike: Counter[str] = field(default_factory=Counter)
    more: Counter[str] = field(default_factory=Counter)
    fewer: Counter[str] = field(default_factory=Counter)
    directed: list[bool] = field(default_factory=list)
    covered: list[float] = field(default_factory=list)
    on_ink: list[float] = field(default_factory=list)
    distance: list[float] = field(default_factory=list)

    @property
    def symbols(self) -> Counter[str]:
        """All symbols."""
        return self.alike + self.more + self.fewer


def measured(samples: Sequence[InkSample], drawing: Drawing) -> Counts:
    """Draw and trace formulas, and count."""
    counts = Counts()
    for sample in samples:
        image = draw(sample.traces, drawing, sample.unit)
        start = time.process_time()
        strokes = trace(image)
        counts.seconds += time.process_time() - start
        counts.formulas += 1
        counts.written += len(sample.traces)
        counts.traced += len(strokes)
        count_symbols(sample, traced(sample, drawing), counts)
        measure_cover(sample, image, strokes, drawing, counts)
    return counts


def count_symbols(written: InkSample, found: InkSample, counts: Counts) -> None:
    """Count symbols with as many strokes as the pen made, and single strokes in the pen's direction."""
    marks = iter(found.marks)
    candidate = next(marks, None)
    for mark in written.marks:
        strokes: tuple[int, ...] = ()
        if candidate is not None and (candidate.name, candidate.token) == (mark.name, mark.token):
            strokes, candidate = candidate.traces, next(marks, None)
        kind = (counts.alike, counts.more, counts.fewer)[np.sign(len(strokes) - len(mark.traces))]
        kind[mark.name] += 1
        if len(strokes) == len(mark.traces) == 1:
            counts.directed += _same_way(written, mark, found.traces[strokes[0]])


def _same_way(written: InkSample, mark: Mark, stroke: np.ndarray) -> list[bool]:
    """Whether a stroke goes in the direction of the pen's own; empty for one that ends where it began."""
    own = written.traces[mark.traces[0]]
    step = own[-1] - own[0]
    if np.hypot(*step) < 0.3 * written.unit or len(stroke) < 2:
        return []
    return [bool(step @ (stroke[-1] - stroke[0]) > 0)]


def measure_cover(
    sample: InkSample, image: np.ndarray, strokes: Sequence[np.ndarray], drawing: Drawing, counts: Counts
) -> None:
    """Count how closely ink and traced strokes cover each other."""
    places, height = in_pixels(sample.traces, drawing, sample.unit)
    pen = max(1.0, drawing.stroke * height)
    to_strokes, to_pen = _distances(strokes, image.shape), _distances(places, image.shape)
    middles = to_strokes[_FINE // 2 :: _FINE, _FINE // 2 :: _FINE]
    counts.covered.append(float((middles[image >= 128] <= pen).mean()))
    x, y = (np.concatenate(strokes) * _FINE).astype(int).T
    off = to_pen[y, x]
    counts.on_ink.append(float((off <= pen).mean()))
    counts.distance.append(float(off.mean()))


def _distances(traces: Sequence[np.ndarray], shape: tuple[int, int]) -> np.ndarray:
    """Distance in pixels from each place of a fine grid to the nearest of the lines."""
    grid = np.full((shape[0] * _FINE, shape[1] * _FINE), 255, np.uint8)
    for points in traces:
        cv2.polylines(grid, [np.round(points * _FINE - 0.5).astype(np.int32)[:, None]], False, 0)
    return cv2.distanceTransform(grid, cv2.DIST_L2, cv2.DIST_MASK_PRECISE) / _FINE


# --- the report -----------------------------------------------------------------------------------------------


ABOUT = f"""\
{SAMPLES} formulas of CROHME 2014, evenly spread, are drawn at {TEST_DRAWING.symbol_height:.0f} pixels a symbol
and traced (`hmer_suite.ink.tracing`). *Strokes*: traced strokes per formula, next to the pen's own. *Symbols*: share
of those that are traced in as many strokes as the pen made, in more, and in fewer; marks are carried over by
`hmer_suite.ink.tracing.traced_ink`, which cuts strokes where symbols touch. *Direction*: share of the single strokes
that go from end to end as the pen did. *Covered*: share of the drawn ink within a pen's width of a traced stroke; *on
ink*: share of the points of traced strokes within a pen's width of the pen's own line; *off*: their mean distance from
it in pixels. *Pen*: its width in pixels. *ms*: milliseconds of one core that `trace` takes for a formula."""

COLUMNS = (
    "pen", "pen's strokes", "strokes", "symbols alike", "more", "fewer", "direction", "covered", "on ink", "off", "ms",
)  # fmt: skip


def report(counts: dict[float, Counts]) -> str:
    """The page as Markdown; `counts` by width of the pen."""
    rates = table(COLUMNS, [_row(pen, found) for pen, found in counts.items()])
    unlike = "Symbols in another number of strokes, with the usual pen:"
    return page("Tracing drawings", COMMAND, ABOUT, rates, unlike, _symbols(counts[PENS[2]]))


def _row(pen: float, counts: Counts) -> tuple[Cell, ...]:
    total = counts.symbols.total()
    kinds = [f"{kind.total() / total:.1%}" for kind in (counts.alike, counts.more, counts.fewer)]
    strokes = [f"{strokes / counts.formulas:.1f}" for strokes in (counts.written, counts.traced)]
    cover = (
        f"{np.mean(counts.covered):.2%}",
        f"{np.mean(counts.on_ink):.2%}",
        f"{np.mean(counts.distance):.2f}",
    )
    name = f"{pen:g} (usual)" if pen == PENS[2] else f"{pen:g}"
    milliseconds = f"{1000 * counts.seconds / counts.formulas:.1f}"
    return (name, *strokes, *kinds, f"{np.mean(counts.directed):.1%}", *cover, milliseconds)


def _symbols(counts: Counts) -> str:
    """The classes with the most symbols that are traced in another number of strokes."""
    others = counts.more + counts.fewer
    rows = [
        (f"`{name}`", counts.symbols[name], counts.more[name], counts.fewer[name])
        for name, _ in others.most_common(20)
    ]
    return table(["symbol", "marked", "more", "fewer"], rows)


if __name__ == "__main__":
    run_tool(main)
