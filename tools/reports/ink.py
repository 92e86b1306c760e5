"""How evenly and how fast CROHME's ink is drawn: writes `reports/ink.md`.

python tools/reports/ink.py --data ../shared/data --out reports/ink.md
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
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

FULL_SIZE = "0123456789ABCEFHRXbd"
"""Symbols whose mean height is 1 by definition."""

LETTERS = frozenset(
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHILMNPRSTVXY"
) | {f"\\{name}" for name in "alpha beta gamma lambda mu phi pi sigma theta Delta".split()}  # fmt: skip
"""Symbols that have a usual height; brackets, roots and operators grow with what they stand at."""

Estimator = Callable[[np.ndarray], float]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds crohme/")
    parser.add_argument("--out", type=Path, required=True, help="Markdown file to write")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    folder = arguments.data / "crohme"
    write_whole(arguments.out, HEAD + heights(folder) + times(folder))


HEAD = """# Drawing CROHME's ink

Written by `python tools/reports/ink.py --data ../shared/data --out reports/ink.md`.

"""


# --- how large symbols are drawn ------------------------------------------------------------------------------


def heights(folder: Path) -> str:
    """Spread of the estimated symbol height about what the marked symbols tell."""
    formulas = list(marked(folder))
    true = true_scales([letters for _, letters in formulas])
    known = [number for number, scale in enumerate(true) if np.isfinite(scale)]
    several = [number for number in known if len(formulas[number][1]) > 1]
    lines = [
        "## Symbol height",
        "",
        "What a formula's size truly is, is told by the symbols marked on its line (by MathML no script): the median",
        "of their heights, each divided by the usual height of that symbol. *Spread*: standard deviation of",
        "log(estimated / true); 0.22 is a fifth. *Several*: formulas with two such symbols or more.",
        "",
        "| estimate from the strokes' boxes | spread, several | spread, all | 1 to 99 % |",
        "|---|---|---|---|",
    ]
    for name, estimate in ESTIMATES.items():
        error = np.log([estimate(boxes_of(ink)) for ink, _ in formulas]) - np.log(true)
        error -= np.median(error[several])
        low, high = np.exp(np.percentile(error[several], [1, 99]))
        spread = f"{error[several].std():.3f} | {error[known].std():.3f}"
        lines.append(f"| {name} | {spread} | {low:.2f} to {high:.2f} |")
    error = np.log([symbol_height(ink.traces) for ink, _ in formulas]) - np.log(true)
    lines += ["", "| source | formulas | estimated / true, median |", "|---|---|---|"]
    for source in sorted({ink.source for ink, _ in formulas}):
        members = [number for number in several if formulas[number][0].source == source]
        lines.append(f"| {source} | {len(members):,} | {np.exp(np.median(error[members])):.2f} |")
    return "\n".join([*lines, "", ""])


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
    return np.array([(*trace.min(axis=0), *trace.max(axis=0)) for trace in ink.traces], dtype=np.float64)


def marked(folder: Path) -> Iterator[tuple[InkDocument, list[tuple[str, float]]]]:
    """Training ink, with label and height of each letter or digit that stands on its line."""
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
    """Ids of MathML elements, with the number of scripts that each stands in."""
    scripts = any(_named(element, name) for name in "msub msup msubsup munder munderover mover mroot".split())
    id = element.get("{http://www.w3.org/XML/1998/namespace}id")
    if id:
        yield id, depth
    for place, child in enumerate(element):
        yield from _depths(child, depth + (scripts and place > 0))


def true_scales(formulas: list[list[tuple[str, float]]], rounds: int = 15) -> np.ndarray:
    """Height of a full-size symbol in each formula, nan where nothing tells it.

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
        level = np.mean([usual[label] for label in FULL_SIZE])
        usual.update({label: value - level for label, value in usual.items()})
    return np.exp(scales)


# --- how long it takes ----------------------------------------------------------------------------------------


def times(folder: Path) -> str:
    """Processor seconds of one core for reading and drawing."""
    lines = [
        "## Time and size",
        "",
        "Seconds of one core. *Cold*: from the archive; *warm*: from the cache; *images*: warm, drawn at symbol",
        "height 32.",
        "",
        "| split | samples | left out | cold | warm | images | drawn a second | mean pixels | largest |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    with tempfile.TemporaryDirectory() as cache:
        os.environ["XDG_CACHE_HOME"] = cache
        for split in PARTS:
            cold, ink = timed(lambda split=split: load_ink(str(folder), split))
            warm, _ = timed(lambda split=split: load_ink(str(folder), split))
            whole, samples = timed(lambda split=split: load(str(folder), split, Preprocessing()))
            drawing, _ = timed(lambda ink=ink: [draw(item.traces) for item in ink.inks])
            pixels = samples.sizes.prod(axis=1)
            lines.append(
                f"| {split} | {len(samples):,} | {len(samples.left_out)} | {cold:.1f} | {warm:.1f} | {whole:.1f} "
                f"| {len(samples) / drawing:,.0f} | {pixels.mean():,.0f} | {pixels.max():,} |"
            )
    return "\n".join([*lines, ""])


def timed(function: Callable[[], object]) -> tuple[float, object]:
    start = time.process_time()
    value = function()
    return time.process_time() - start, value


if __name__ == "__main__":
    main()
