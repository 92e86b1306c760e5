r"""Measure recognisers of print on pictures that others made; writes a report.

python -m tools.reports.real_print im2latex --data ../shared/data/real/print ../shared/data/real/im2latex-original \
    --out reports/real-print.md

Each folder of `--data` has `images/` and `refs.tsv`. Names are recognisers as `hmer-suite predict` takes them, read
greedily, held to the grammar, as it does by default. `--wrong FILE.html` also writes all wrong readings with their
pictures, as they were given and as the network saw them, for looking at; it is not for publication.
"""

from __future__ import annotations

import argparse
import base64
from dataclasses import dataclass
from html import escape
from pathlib import Path

import torch

from hmer_suite.files import read_lines, write_whole
from hmer_suite.images.files import encode_png
from hmer_suite.latex.tokens import split
from hmer_suite.latex.tree import LatexSyntaxError, parse
from hmer_suite.mathml import to_mathml
from hmer_suite.predict.open_reader import open_reader
from hmer_suite.registry import metric
from hmer_suite.scores.metrics.visual import visual_matches
from hmer_suite.scores.results import Scores
from hmer_suite.scores.score import score
from hmer_suite.specs.recogniser import Decoding
from hmer_suite.specs.samples import SampleSet
from tools.command import run_tool
from tools.reports.common import report_parser
from tools.reports.markdown import Cell, page, section, table
from tools.reports.trained import timed_reading

METRICS = ("bleu", "edit-similarity", "exact", "exact-without-spaces", "visual")
HOW = Decoding(constrained=True)


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """The readings of one set by one recogniser: labels and texts by id, and their scores."""

    name: str
    folder: Path
    samples: SampleSet
    labels: dict[str, str]
    texts: dict[str, str]
    scores: Scores


def measure(name: str, folder: Path) -> Measured:
    """One recogniser on one set; pictures that cannot be read count as wrong."""
    labels = dict(line.split("\t", 1) for line in read_lines(folder / "refs.tsv") if line.strip())
    reader = open_reader(name)
    samples = reader.samples([folder / "images"])
    found, _ = timed_reading(reader, samples, HOW)
    texts = dict(zip(samples.ids, found, strict=True))
    scores = score(
        [texts.get(id, "") for id in labels],
        list(labels.values()),
        ids=list(labels),
        metrics=[metric(wanted) for wanted in METRICS],
        semantics=False,
        repair=False,
    )
    return Measured(name, folder, samples, labels, texts, scores)


def rates(found: list[Measured]) -> str:
    """Rates of each recogniser on each set."""
    rows: list[list[Cell]] = [
        [
            _short(one.name),
            one.folder.name,
            len(one.labels),
            *(one.scores.metrics[name] for name in METRICS),
            one.scores.canonical.wer,
        ]
        for one in found
    ]
    return table(["recogniser", "set", "pictures", *METRICS, "WER"], rows)


def edits(found: list[Measured]) -> str:
    """Edits of each kind, with their share of all in percent."""
    rows: list[list[Cell]] = []
    for one in found:
        kinds = one.scores.kinds
        counts = (kinds.lookalike, kinds.symbol, kinds.missing, kinds.added, kinds.structure)
        shares = (f"{count} ({100 * count / max(kinds.edits, 1):.0f})" for count in counts)
        rows.append([_short(one.name), one.folder.name, *shares])
    return table(["recogniser", "set", "look-alike", "other symbol", "missing", "added", "structure"], rows)


def _short(name: str) -> str:
    return name.rstrip("/").rpartition("/")[2]


# --- wrong readings ------------------------------------------------------------------------------------------


def wrong_page(found: list[Measured]) -> str:
    """A page in HTML with each reading that does not look like its label."""
    cards = [card for one in found for card in _cards(one)]
    return f'<!doctype html><meta charset="utf-8"><title>Wrong readings</title>{"".join(cards)}'


def _cards(one: Measured) -> list[str]:
    places = {id: place for place, id in enumerate(one.samples.ids)}
    texts = [one.texts.get(id, "") for id in one.labels]
    alike = visual_matches(texts, list(one.labels.values()))
    cards = []
    for (id, label), text, same in zip(one.labels.items(), texts, alike, strict=True):
        if same:
            continue
        seen = _picture(encode_png(one.samples.images[places[id]])) if id in places else "not read"
        cards.append(
            f"<h3>{escape(_short(one.name))}, {escape(one.folder.name)}, {escape(id)}</h3><p>{seen}</p>"
            f"<p>{_drawn(label)}<br><code>{escape(label)}</code></p>"
            f"<p>{_drawn(text)}<br><code>{escape(text)}</code></p>"
        )
    return cards


def _picture(file: bytes) -> str:
    return f'<img src="data:image/png;base64,{base64.b64encode(file).decode()}">'


def _drawn(latex: str) -> str:
    try:
        return to_mathml(parse(split(latex)))
    except LatexSyntaxError as error:
        return escape(str(error))


ABOUT = """\
Pictures that others made, none of them trained or selected on: formulas as a web page shows them, and original pages of
im2latex-100k with their labels as they were typed. Rates in percent, as `hmer-suite score` computes them; pictures are
read as `hmer-suite predict` reads them, greedily and held to the grammar."""

KINDS = """\
Token edits by kind, and in brackets their share in percent. *Structure*: tokens that place symbols, such as braces,
scripts, fractions, and white space."""


def report(given: argparse.Namespace, found: list[Measured]) -> str:
    """The page as Markdown."""
    names = " ".join(map(_short, given.names))
    folders = " ".join(f"DATA/real/{folder.name}" for folder in given.data)
    command = f"python -m tools.reports.real_print {names} --data {folders} --out reports/{given.out.name}"
    return page(
        "Print that others made",
        command,
        ABOUT,
        rates(found),
        section("Errors", KINDS, edits(found)),
        note=f"; torch {torch.__version__}",
    )


def main() -> None:
    parser = report_parser(__doc__)
    parser.add_argument("names", nargs="+", help="recognisers as `hmer-suite predict` takes them")
    parser.add_argument(
        "--data", type=Path, nargs="+", required=True, help="folders with images/ and refs.tsv"
    )
    parser.add_argument("--wrong", type=Path, help="page of wrong readings to write")
    given = parser.parse_args()
    found = [measure(name, folder) for name in given.names for folder in given.data]
    write_whole(given.out, report(given, found))
    if given.wrong:
        write_whole(given.wrong, wrong_page(found))


if __name__ == "__main__":
    run_tool(main)
