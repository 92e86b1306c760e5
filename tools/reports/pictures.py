r"""Measure recognisers on pictures: drawn ink, photos made of it, another source's handwriting; writes a report.

python -m tools.reports.pictures wap stroke stroke+wap --crohme ../shared/data/crohme \
    --hand ../shared/data/real/hand --out reports/pictures.md

Recognisers are given alone or joined by `+`. A recogniser of ink gets the strokes that were traced from the picture.
All read greedily, as `predict` does by default.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import torch

from hmer_suite.data.sources.crohme import load_ink
from hmer_suite.files import read_lines, write_whole
from hmer_suite.ink.raster import Drawing, draw
from hmer_suite.latex.canonical.canoniser import canonical
from hmer_suite.predict.open_reader import open_readers
from hmer_suite.scores.rates import Rates
from hmer_suite.specs.recogniser import Decoding
from hmer_suite.train.evaluate import rate
from tests.images.test_photo import DEGRADED
from tools.command import run_tool
from tools.reports.common import add_crohme, report_parser
from tools.reports.markdown import page, table
from tools.reports.trained import timed_reading

PHOTOS = 200
HOW = Decoding(constrained=True)


@dataclass(frozen=True, slots=True)
class Pictures:
    """Image files in one folder, with their labels by name."""

    name: str
    folder: Path
    labels: dict[str, str]


def drawn(crohme: Path, folder: Path) -> Pictures:
    """The ink of all of CROHME 2014, drawn dark on light."""
    kept = load_ink(str(crohme), "test")
    for ink, sample in zip(kept.inks, kept.samples, strict=True):
        image = 255 - draw(sample.traces, Drawing(symbol_height=40), sample.unit)
        cv2.imwrite(str(folder / f"{ink.id}.png"), image)
    labels = {ink.id: label for ink, label in zip(kept.inks, kept.labels, strict=True)}
    return Pictures(f"CROHME 2014, drawn ({len(labels)})", folder, labels)


def photographed(crohme: Path, folder: Path) -> Pictures:
    """Some of CROHME 2014, each degraded in one of the ways of the tests of photos."""
    kept = load_ink(str(crohme), "test")
    ways = [degrade for degrade, _ in DEGRADED.values()]
    labels = {}
    for number, place in enumerate(range(0, len(kept.inks), len(kept.inks) // PHOTOS)):
        ink = kept.inks[place]
        degraded = ways[number % len(ways)](list(ink.traces), number)
        image = degraded if degraded.ndim == 2 else degraded[..., :3][..., ::-1]
        cv2.imwrite(str(folder / f"{ink.id}.png"), image)
        labels[ink.id] = kept.labels[place]
    return Pictures(f"photos made of it ({len(labels)}, {len(ways)} ways)", folder, labels)


def hand(folder: Path) -> Pictures:
    """The formulas of another source: images and ``refs.tsv``."""
    rows = (line.split("\t") for line in read_lines(folder / "refs.tsv") if line.strip())
    labels = {name: canonical(text) for name, text in rows}
    return Pictures(f"tablet, another source ({len(labels)})", folder / "images", labels)


def measure(name: str, pictures: Pictures) -> tuple[Rates, Rates]:
    """Rates of one or several joined recognisers, and those with brackets of one size on both sides.

    Pictures that could not be read count as wrong.
    """
    reader = open_readers(name)
    samples = reader.samples([pictures.folder])
    found, _ = timed_reading(reader, samples, HOW)
    texts = dict(zip(samples.ids, found, strict=True))
    read, labels = [texts.get(id, "") for id in pictures.labels], list(pictures.labels.values())
    return rate(read, labels), rate(_one_size(read), _one_size(labels))


def _one_size(formulas: list[str]) -> list[str]:
    return [canonical(formula, extra=["fence-size"]) for formula in formulas]


def rows(names: list[str], sets: list[Pictures]) -> Iterator[list[str]]:
    """A row for each recogniser; rates are printed as they come."""
    for name in names:
        cells = []
        for one in sets:
            rates, one_size = measure(name, one)
            sizes = f"; {one_size.exprate:.2f} with `fence-size`" if one_size.exprate != rates.exprate else ""
            cells.append(f"{rates.exprate:.2f} (WER {rates.wer:.1f}{sizes})")
            print(name, one.name, cells[-1], flush=True)
        yield [name.rpartition("/")[2], *cells]


ABOUT = (
    "Expression rate in percent, token for token, WER in brackets; greedy (joined: five texts each), constrained by "
    "the grammar. A recogniser of ink reads strokes that were traced from the picture (`hmer_suite.ink.tracing`); "
    "nothing was trained or selected on these sets. Photos: `tests/images/degrade.py`. Some labels of the other "
    r"source have `\left(` and `\right)`, which nobody writes by hand otherwise than `(` and `)`: `fence-size` is the "
    "rate where the canonical rule of that name (`reports/canonical.md`) makes them plain brackets on both sides."
)


def main() -> None:
    parser = report_parser(__doc__)
    parser.add_argument("names", nargs="+", help="recognisers as `hmer-suite predict` takes them")
    add_crohme(parser)
    parser.add_argument("--hand", type=Path, required=True, help="folder with images/ and refs.tsv")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folders = [Path(scratch, name) for name in ("drawn", "photos")]
        for folder in folders:
            folder.mkdir()
        sets = [drawn(given.crohme, folders[0]), photographed(given.crohme, folders[1]), hand(given.hand)]
        rates = table(["recognisers", *(one.name for one in sets)], rows(given.names, sets))
    named = " ".join(name.rpartition("/")[2] for name in given.names)
    command = (
        f"python -m tools.reports.pictures {named} --crohme DATA/crohme --hand DATA/real/hand "
        f"--out reports/{given.out.name}"
    )
    write_whole(given.out, page("Pictures read", command, ABOUT, rates, note=f"; torch {torch.__version__}"))


if __name__ == "__main__":
    run_tool(main)
