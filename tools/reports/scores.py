"""Score and compare the real prediction files; writes `reports/scores.md` and `reports/compare.md`.

python tools/reports/scores.py --data ../shared/data --out reports
"""

from __future__ import annotations

import argparse
from pathlib import Path

from hmer_suite.files import write_whole
from hmer_suite.latex.canonical.canoniser import canonical
from hmer_suite.predictions.files import pair, read_predictions, read_references
from hmer_suite.report.tables import comparison_text, score_text
from hmer_suite.scores.comparison import compare
from hmer_suite.scores.results import Scores
from hmer_suite.scores.score import score

LABELS = "crohme/captions-test2014.txt"
FILES = {
    "DenseNet-WAP on CROHME 2014": ("predictions/wap-crohme2014.txt", LABELS),
    "TAMER on half of HME100K test": ("predictions/tamer-hme100k-a.json", None),
    "Uni-MuMER 3B on CROHME 2014, its own labels": ("predictions/unimumer-3b-crohme2014.json", None),
    "Uni-MuMER 7B on CROHME 2014, its own labels": ("predictions/unimumer-7b-crohme2014.json", None),
    "Uni-MuMER 3B on half of MathWriting test": ("predictions/unimumer-3b-mathwriting-a.json", None),
}
COMPARED = {
    "WAP": "predictions/wap-crohme2014.txt",
    "Uni-MuMER 3B": "predictions/unimumer-3b-crohme2014.json",
    "Uni-MuMER 7B": "predictions/unimumer-7b-crohme2014.json",
}
COMMAND = "make reports"


def scored(data: Path, predictions: str, labels: str | None) -> Scores:
    """Scores of one file against *labels*, or against the labels inside it."""
    references = None if labels is None else read_references(data / labels)
    paired = pair(read_predictions(data / predictions, references=references), references)
    return score(paired.predictions, paired.references, ids=paired.ids)


def scores_report(data: Path) -> str:
    parts = [
        f"# Scores of real prediction files\n\nWritten by `{COMMAND}`; each block is what `hmer-suite score` prints."
    ]
    for title, (predictions, labels) in FILES.items():
        command = f"hmer-suite score {predictions}" + (f" --refs {labels}" if labels else "")
        parts.append(
            f"## {title}\n\n`{command}`\n\n```\n{score_text(scored(data, predictions, labels))}\n```"
        )
    return "\n\n".join(parts) + "\n"


def compare_report(data: Path) -> str:
    systems = {name: scored(data, path, LABELS) for name, path in COMPARED.items()}
    ids = [sample.id for sample in next(iter(systems.values())).samples]
    command = f"hmer-suite compare {LABELS} {' '.join(COMPARED.values())}"
    parts = [f"# Three systems on CROHME 2014\n\nWritten by `{COMMAND}`: `{command}`"]
    for spelling, why in (
        ("canonical", ""),
        ("raw", ": as given, which charges two systems for how they spell"),
    ):
        result = compare(ids, {name: found.counts(spelling) for name, found in systems.items()})
        parts.append(f"## {spelling} spelling{why}\n\n```\n{comparison_text(result)}\n```")
    return "\n\n".join([*parts, labels_report(data)]) + "\n"


def labels_report(data: Path) -> str:
    """The two copies of the CROHME 2014 labels in circulation: where they differ, and in what."""
    ours = read_references(data / LABELS)
    theirs = read_references(data / COMPARED["Uni-MuMER 3B"])
    copy = dict(zip(theirs.ids, theirs.references, strict=True))
    spelt = [
        (name, a, copy[name]) for name, a in zip(ours.ids, ours.references, strict=True) if a != copy[name]
    ]
    apart = [(name, a, b) for name, a, b in spelt if canonical(a) != canonical(b)]
    rows = [f"- {name}: `{a}` / `{b}`" for name, a, b in apart]
    return (
        f"## The labels themselves\n\nOf {len(ours.ids)} labels, {len(spelt)} are written differently in WAP's "
        f"captions and in Uni-MuMER's copy; in canonical spelling {len(apart)} still are. Those are drawn differently "
        "(`\\int \\limits`, which sets limits above and below) or say something else:\n\n" + "\n".join(rows)
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the real data")
    parser.add_argument("--out", type=Path, required=True, help="folder of the reports")
    arguments = parser.parse_args()
    write_whole(arguments.out / "scores.md", scores_report(arguments.data))
    write_whole(arguments.out / "compare.md", compare_report(arguments.data))


if __name__ == "__main__":
    main()
