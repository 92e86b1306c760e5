r"""Compare runs of one recogniser by samples seen and by minutes of training, in a table and a picture.

python -m tools.reports.choices "as shipped=RUN" "without marks=RUN" ... --out reports/stroke-choices.md
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hmer_suite.files import read_lines, write_whole
from hmer_suite.report.figure import COLOURS, SOFT, new_figure, plain_axes, save_png
from hmer_suite.settings.resolve import read_settings
from hmer_suite.train.reporter import LOG
from tools.command import run_tool
from tools.reports.common import report_parser
from tools.reports.markdown import image, page, table


@dataclass(frozen=True, slots=True)
class Point:
    """One validation: samples seen in thousands, minutes of training, expression rate and WER in percent."""

    seen: float
    minutes: float
    exprate: float
    wer: float


def points(run: Path) -> list[Point]:
    """The validations of a run."""
    batch = int(str(read_settings(run / "settings.toml")["batch_size"]))
    entries = (json.loads(line) for line in read_lines(run / LOG) if line.strip())
    return [
        Point(
            entry["step"] * batch / 1000,
            entry["seconds"] / 60,
            entry["validation"]["exprate"],
            entry["validation"]["wer"],
        )
        for entry in entries
        if "validation" in entry
    ]


def rates_table(runs: Mapping[str, Sequence[Point]]) -> str:
    """Expression rate and WER of each run at every validation of any run, by samples seen."""
    seen = sorted({round(point.seen, 1) for found in runs.values() for point in found})
    rows = []
    for count in seen:
        cells = []
        for found in runs.values():
            point = next((one for one in found if round(one.seen, 1) == count), None)
            cells.append(f"{point.exprate:.2f} (WER {point.wer:.1f})" if point else "")
        rows.append([f"{count:g}", *cells])
    return table(["thousand samples seen", *runs], rows)


def draw(runs: Mapping[str, Sequence[Point]], out: Path) -> None:
    """Draw the expression rates by samples seen and by minutes."""
    figure = new_figure(11, 4.4, layout="constrained")
    for axes, name, label in zip(
        figure.subplots(1, 2),
        ("seen", "minutes"),
        ("thousand samples seen", "minutes of training"),
        strict=True,
    ):
        plain_axes(axes, "Expression rate on CROHME 2013, %", "greedy")
        for (run, found), colour in zip(runs.items(), COLOURS, strict=False):
            across = [getattr(point, name) for point in found]
            axes.plot(across, [point.exprate for point in found], color=colour, label=run, linewidth=1.4)
        axes.set_xlabel(label, color=SOFT)
        axes.legend(frameon=False, fontsize=9)
    save_png(figure, out)


def main() -> None:
    parser = report_parser(__doc__)
    parser.add_argument("runs", nargs="+", metavar="NAME=RUN")
    parser.add_argument("--title", default="Training choices compared", help="heading (default: %(default)s)")
    parser.add_argument("--note", default="", help="a paragraph above the table")
    given = parser.parse_args()
    runs = {text.partition("=")[0]: points(Path(text.partition("=")[2])) for text in given.runs}
    picture = given.out.with_suffix(".png")
    draw(runs, picture)
    names = " ".join(f'"{name}=RUN"' for name in runs)
    text = page(
        given.title,
        f"python -m tools.reports.choices {names} --out reports/{given.out.name}",
        given.note,
        image("curves", picture.name),
        "Expression rate in percent on CROHME 2013 (671 formulas), greedy, token for token; WER in brackets.",
        rates_table(runs),
    )
    write_whole(given.out, text)


if __name__ == "__main__":
    run_tool(main)
