"""Score and compare the real prediction files; writes reports/scores.md and reports/compare.md.

python -m tools.reports.scores --data ../shared/data --out reports
"""

from __future__ import annotations

from pathlib import Path

from hmer_suite.files import write_whole
from hmer_suite.latex.canonical.canoniser import canonical
from hmer_suite.predictions.files import read_references
from hmer_suite.report.tables import comparison_text, score_text
from hmer_suite.scores.comparison import compare
from hmer_suite.scores.results import Scores
from hmer_suite.scores.score import score
from tools.command import run_tool
from tools.reports.common import (
    LABELS_2014,
    MATHWRITING,
    PREDICTION_FILES,
    TAMER,
    UNIMUMER_3B,
    UNIMUMER_7B,
    WAP,
    add_data_folder,
    read_pairs,
    report_parser,
)
from tools.reports.markdown import bullets, code, page, section

FILES = {
    "DenseNet-WAP on CROHME 2014": PREDICTION_FILES[WAP],
    "TAMER on half of HME100K test": PREDICTION_FILES[TAMER],
    "Uni-MuMER 3B on CROHME 2014, its own labels": PREDICTION_FILES[UNIMUMER_3B],
    "Uni-MuMER 7B on CROHME 2014, its own labels": PREDICTION_FILES[UNIMUMER_7B],
    "Uni-MuMER 3B on half of MathWriting test": PREDICTION_FILES[MATHWRITING],
}
COMPARED = {
    "WAP": PREDICTION_FILES[WAP][0],
    "Uni-MuMER 3B": PREDICTION_FILES[UNIMUMER_3B][0],
    "Uni-MuMER 7B": PREDICTION_FILES[UNIMUMER_7B][0],
}
COMMAND = "make report-scores"


def scored(data: Path, predictions: str, labels: str | None) -> Scores:
    """Scores of one file against `labels`, or against the labels inside it."""
    paired = read_pairs(data, predictions, labels)
    return score(paired.predictions, paired.references, ids=paired.ids)


def scores_report(data: Path) -> str:
    """The output of `hmer-suite score` for every file."""
    sections = []
    for title, (predictions, labels) in FILES.items():
        command = f"hmer-suite score {predictions}" + (f" --refs {labels}" if labels else "")
        sections.append(section(title, f"`{command}`", code(score_text(scored(data, predictions, labels)))))
    note = "; each block is the output of `hmer-suite score`"
    return page("Scores of real prediction files", COMMAND, *sections, note=note)


def compare_report(data: Path) -> str:
    """Three systems compared in both spellings, and the two copies of their labels."""
    systems = {name: scored(data, path, LABELS_2014) for name, path in COMPARED.items()}
    ids = [sample.id for sample in next(iter(systems.values())).samples]
    command = f"hmer-suite compare {LABELS_2014} {' '.join(COMPARED.values())}"
    sections = []
    for spelling, why in (
        ("canonical", ""),
        ("raw", ": as given, which penalises two systems for how they spell"),
    ):
        result = compare(ids, {name: found.counts(spelling) for name, found in systems.items()})
        sections.append(section(f"{spelling} spelling{why}", code(comparison_text(result))))
    return page(
        "Three systems on CROHME 2014", COMMAND, *sections, labels_section(data), note=f": `{command}`"
    )


def labels_section(data: Path) -> str:
    """The two copies of the CROHME 2014 labels in circulation, and how they differ."""
    ours = read_references(data / LABELS_2014)
    theirs = read_references(data / COMPARED["Uni-MuMER 3B"])
    copy = dict(zip(theirs.ids, theirs.references, strict=True))
    spelt = [
        (name, a, copy[name]) for name, a in zip(ours.ids, ours.references, strict=True) if a != copy[name]
    ]
    apart = [(name, a, b) for name, a, b in spelt if canonical(a) != canonical(b)]
    return section(
        "The labels themselves",
        f"Of {len(ours.ids)} labels, {len(spelt)} are written differently in WAP's captions and in Uni-MuMER's copy; "
        f"in canonical spelling {len(apart)} still are. Those are drawn differently (`\\int \\limits`, which sets "
        "limits above and below) or mean something else:",
        bullets(f"{name}: `{a}` / `{b}`" for name, a, b in apart),
    )


def main() -> None:
    parser = report_parser(__doc__, out="folder of the reports to write")
    add_data_folder(parser)
    given = parser.parse_args()
    write_whole(given.out / "scores.md", scores_report(given.data))
    write_whole(given.out / "compare.md", compare_report(given.data))


if __name__ == "__main__":
    run_tool(main)
