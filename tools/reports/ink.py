"""Measure how consistently and how fast CROHME's ink is drawn; writes reports/ink.md.

python -m tools.reports.ink --data ../shared/data --out reports/ink.md
"""

from __future__ import annotations

import os
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TypeVar
from xml.etree.ElementTree import Element

import cv2
import numpy as np
from defusedxml.ElementTree import fromstring

from hmer_suite.data.sources.crohme import PARTS, find_part, inkml_files, load, load_ink
from hmer_suite.errors import InputError
from hmer_suite.files import write_whole
from hmer_suite.ink.inkml import InkDocument, parse_inkml
from hmer_suite.ink.raster import draw
from hmer_suite.ink.symbol_height import symbol_height, symbol_height_of_boxes
from hmer_suite.specs.recogniser import Preprocessing
from tools.command import run_tool
from tools.reports.common import add_data_folder, report_parser
from tools.reports.markdown import Cell, page, section, table

FULL_SIZE = "0123456789ABCEFHRXbd"
"""Symbols whose mean height is 1 by definition."""

LETTERS = frozenset(
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHILMNPRSTVXY"
) | {f"\\{name}" for name in "alpha beta gamma lambda mu phi pi sigma theta Delta".split()}  # fmt: skip
"""Symbols that have a usual height; brackets, roots and operators grow with their arguments."""

Estimator = Callable[[np.ndarray], float]
"""The symbol height of a formula from the boxes (n, 4) of its strokes."""

Result = TypeVar("Result")

COMMAND = "python -m tools.reports.ink --data ../shared/data --out reports/ink.md"


def main() -> None:
    parser = report_parser(__doc__)
    add_data_folder(parser)
    given = parser.parse_args()
    cv2.setNumThreads(1)
    folder = given.data / "crohme"
    write_whole(given.out, page("Drawing CROHME's ink", COMMAND, heights(folder), times(folder)))


# --- the size of symbols --------------------------------------------------------------------------------------

HEIGHTS = """\
The true size of a formula is taken from the symbols marked on its line (not in a script, by MathML): the median of
their heights, each divided by the usual height of that symbol. *Spread*: standard deviation of
log(estimated / true); 0.22 is a fifth. *Several*: formulas with two such symbols or more."""


def heights(folder: Path) -> str:
    """Spread of the estimated symbol height about the height measured on marked symbols."""
    formulas = list(marked(folder))
    true = true_scales([letters for _, letters in formulas])
    known = [number for number, scale in enumerate(true) if np.isfinite(scale)]
    several = [number for number in known if len(formulas[number][1]) > 1]
    estimates: list[tuple[Cell, ...]] = []
    for name, estimate in ESTIMATES.items():
        error = np.log([estimate(boxes_of(ink)) for ink, _ in formulas]) - np.log(true)
        error -= np.median(error[several])
        low, high = np.exp(np.percentile(error[several], [1, 99]))
        spreads = (f"{error[several].std():.3f}", f"{error[known].std():.3f}")
        estimates.append((name, *spreads, f"{low:.2f} to {high:.2f}"))
    error = np.log([symbol_height(ink.traces) for ink, _ in formulas]) - np.log(true)
    sources: list[tuple[Cell, ...]] = []
    for source in sorted({ink.source for ink, _ in formulas}):
        members = [number for number in several if formulas[number][0].source == source]
        sources.append((source, len(members), float(np.exp(np.median(error[members])))))
    return section(
        "Symbol height",
        HEIGHTS,
        table(["estimate from the strokes' boxes", "spread, several", "spread, all", "1 to 99 %"], estimates),
        table(["source", "formulas", "estimated / true, median"], sources),
    )


def _sizes(boxes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]


def _percentile(percent: float, larger: bool) -> Estimator:
    def estimate(boxes: np.ndarray) -> float:
        widths, heights = _sizes(boxes)
        sizes = np.maximum(widths, heights) if larger else heights
        return float(np.percentile(sizes[sizes > 0], percent)) if (sizes > 0).any() else 1.0

    return estimate


ESTIMATES: dict[str, Estimator] = {
    "`symbol_height_of_boxes`, as shipped": symbol_height_of_boxes,
    "height, median": _percentile(50, larger=False),
    "height, 80th percentile": _percentile(80, larger=False),
    "larger side, median": _percentile(50, larger=True),
    "larger side, 70th percentile": _percentile(70, larger=True),
}


def boxes_of(ink: InkDocument) -> np.ndarray:
    """Boxes (n, 4) of the traces: left, top, right, bottom."""
    return np.array([(*trace.min(axis=0), *trace.max(axis=0)) for trace in ink.traces], dtype=np.float64)


def marked(folder: Path) -> Iterator[tuple[InkDocument, list[tuple[str, float]]]]:
    """Training ink, with label and height of each letter or digit on its line."""
    for name, data in inkml_files(find_part(folder, "train")):
        path = PurePosixPath(name)
        try:
            ink = parse_inkml(data, path.stem, source=path.parent.name)
        except InputError:
            continue
        on_line = {} if ink.mathml is None else dict(_depths(ink.mathml, 0))
        heights = []
        for label, places, reference in _groups(data, ink):
            if label in LETTERS and on_line.get(reference) == 0:
                height = float(np.ptp(np.concatenate([ink.traces[place] for place in places])[:, 1]))
                heights += [(label, height)] if height > 0 else []
        yield ink, heights


def _groups(data: bytes, ink: InkDocument) -> Iterator[tuple[str, tuple[int, ...], str]]:
    """Label, traces and MathML element of each marked symbol."""
    try:
        root = fromstring(data)
    except SyntaxError:
        return
    elements = [element for element in root.iter() if _named(element, "traceGroup")]
    elements = [element for element in elements if any(_named(child, "traceView") for child in element)]
    for element, group in zip(elements, ink.groups, strict=False):
        reference = next((child.get("href", "") for child in element if _named(child, "annotationXML")), "")
        yield group.label, group.traces, reference


def _named(element: Element, name: str) -> bool:
    return element.tag.rpartition("}")[2] == name


def _depths(element: Element, depth: int) -> Iterator[tuple[str, int]]:
    """Ids of MathML elements, with the number of scripts around each."""
    scripts = any(_named(element, name) for name in "msub msup msubsup munder munderover mover mroot".split())
    id = element.get("{http://www.w3.org/XML/1998/namespace}id")
    if id:
        yield id, depth
    for place, child in enumerate(element):
        yield from _depths(child, depth + (scripts and place > 0))


def true_scales(formulas: list[list[tuple[str, float]]], rounds: int = 15) -> np.ndarray:
    """Height of a full-size symbol in each formula, nan where no symbol determines it.

    Usual heights of symbols and sizes of formulas are fitted in turn, as medians of logarithms.
    """
    usual: dict[str, float] = defaultdict(float)
    scales: list[float] = []
    for _ in range(rounds):
        scales = [
            float(np.median([np.log(height) - usual[label] for label, height in letters]))
            if letters
            else np.nan
            for letters in formulas
        ]
        found: dict[str, list[float]] = defaultdict(list)
        for letters, scale in zip(formulas, scales, strict=True):
            if len(letters) > 2:
                for label, height in letters:
                    found[label].append(np.log(height) - scale)
        usual.update({label: float(np.median(values)) for label, values in found.items()})
        level = float(np.mean([usual[label] for label in FULL_SIZE]))
        usual.update({label: value - level for label, value in usual.items()})
    return np.exp(scales)


# --- processor time -------------------------------------------------------------------------------------------

TIMES = """\
Seconds of one core. *Cold*: from the archive; *warm*: from the cache; *images*: warm, drawn at symbol
height 32."""


def times(folder: Path) -> str:
    """Processor seconds of one core for reading and drawing."""
    rows: list[tuple[Cell, ...]] = []
    with tempfile.TemporaryDirectory() as cache:
        os.environ["XDG_CACHE_HOME"] = cache
        for split in PARTS:
            cold, _ = timed(partial(load_ink, str(folder), split))
            warm, ink = timed(partial(load_ink, str(folder), split))
            whole, samples = timed(partial(load, str(folder), split, Preprocessing()))
            drawing, _ = timed(partial(_draw_all, ink.inks))
            pixels = samples.sizes.prod(axis=1)
            seconds = [f"{value:.1f}" for value in (cold, warm, whole)]
            sizes = (f"{pixels.mean():,.0f}", f"{pixels.max():,}")
            speed = f"{len(samples) / drawing:,.0f}"
            rows.append((split, len(samples), len(samples.left_out), *seconds, speed, *sizes))
    counts = ("split", "samples", "left out")
    head = (*counts, "cold", "warm", "images", "drawn a second", "mean pixels", "largest")
    return section("Time and size", TIMES, table(head, rows))


def _draw_all(inks: Sequence[InkDocument]) -> None:
    for ink in inks:
        draw(ink.traces)


def timed(function: Callable[[], Result]) -> tuple[float, Result]:
    """Processor seconds of a call, and its result."""
    start = time.process_time()
    value = function()
    return time.process_time() - start, value


if __name__ == "__main__":
    run_tool(main)
