r"""Compare the layout-tree scores with CROHME's LgEval, sample by sample; writes reports/structure.md.

python -m tools.oracle.lgeval PREDICTIONS REFERENCES [--pandoc PATH] [--largest N] [--out FILE]

LgEval (https://gitlab.com/dprl/lgeval, with `convert2symLG` of CROHME 2019) converts LaTeX, through the MathML of
pandoc, to a label graph whose nodes are paths, and compares the graphs. This script lets pandoc convert everything in
one process, reads the MathML by the published rules of that converter, and compares by LgEval's definitions, so that it
needs neither Perl nor minutes. With pandoc 3 its sums on DenseNet-WAP's output for CROHME 2014 are those of the
original tools.

Rules of LgEval: the main symbol of a row is its last one, and scripts and what follows attach to it; a root without
index is related to its first two symbols; text and space vanish; nodes at one path share their labels, and two nodes
agree when they share one (`evaluate`'s mode INTER).
"""

from __future__ import annotations

import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hmer_suite.errors import HmerSuiteError, InputError
from hmer_suite.latex.canonical.canoniser import canonical_tree
from hmer_suite.latex.nodes import Row
from hmer_suite.latex.problems import validate
from hmer_suite.latex.tree import LatexSyntaxError, parse
from hmer_suite.predictions.files import pair, read_predictions, read_references
from hmer_suite.predictions.label_graphs import APPLICATION
from hmer_suite.scores.layout_scores import (
    LayoutCounts,
    StructureScores,
    count_layout,
    total_layout,
)
from tools.command import run_tool
from tools.reports.common import report_parser, write_or_print
from tools.reports.markdown import Cell, join_blocks, page, table

LARGEST = 500
"""Symbols of the largest graph to compare: LgEval's time grows with their fourth power, too long for 1,000."""

BRANCHES = {
    "msub": ("Sub",),
    "msup": ("Sup",),
    "msubsup": ("Sub", "Sup"),
    "munder": ("Below",),
    "mover": ("Above",),
    "munderover": ("Below", "Above"),
}
SAME_LABEL = {"\N{MINUS SIGN}": "-", "\N{GREEK CAPITAL LETTER GAMMA}": "\N{GREEK SMALL LETTER GAMMA}"}


class UnreadableError(Exception):
    """MathML of which LgEval's converter makes an empty graph."""


# --- MathML to label graph ----------------------------------------------------------------------------------


@dataclass(slots=True)
class LabelGraph:
    """Labels of the nodes by path, and the pairs of related paths."""

    labels: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    edges: set[tuple[str, str]] = field(default_factory=set)

    def relate(self, parent: str, relation: str) -> str:
        """Add an edge; returns the path of the child."""
        child = parent + relation
        self.edges.add((parent, child))
        return child


def label_graph(math: ElementTree.Element) -> LabelGraph:
    """The label graph of a ``math`` element of pandoc. Raises UnreadableError."""
    graph = LabelGraph()
    _read_row(graph, [child for child in math if _tag(child) != "annotation"], "O")
    return graph


def _tag(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _read(graph: LabelGraph, element: ElementTree.Element, path: str) -> str:
    """Read an element whose first symbol is at `path`; returns the path of its main symbol."""
    tag = _tag(element)
    if tag in ("mi", "mo", "mn"):
        label = "".join(element.itertext())
        graph.labels[path].add(SAME_LABEL.get(label, label))
    elif tag in ("mrow", "semantics"):
        return _read_row(graph, [child for child in element if _tag(child) != "annotation"], path)
    elif tag in BRANCHES:
        base, *scripts = element
        path = _read(graph, base, path)
        for relation, script in zip(BRANCHES[tag], scripts, strict=True):
            _read(graph, script, graph.relate(path, relation))
    elif tag == "mfrac":
        graph.labels[path].add("-")
        for relation, part in zip(("Above", "Below"), element, strict=True):
            _read(graph, part, graph.relate(path, relation))
    elif tag == "msqrt":
        graph.labels[path].add("\\sqrt")
        inside = graph.relate(path, "Inside")
        _read_row(graph, list(element), inside)
        if inside + "R" in graph.labels:
            graph.edges.add((path, inside + "R"))
    elif tag == "mroot":
        graph.labels[path].add("\\sqrt")
        for relation, part in zip(("Inside", "Above"), element, strict=True):
            _read(graph, part, graph.relate(path, relation))
    else:
        raise UnreadableError(f"<{tag}>")
    return path


def _read_row(graph: LabelGraph, elements: Sequence[ElementTree.Element], path: str) -> str:
    elements = [element for element in elements if _tag(element) not in ("mspace", "mtext")]
    if not elements:
        raise UnreadableError("an empty row")
    first, *rest = elements
    path = _read(graph, first, path)
    for element in rest:
        path = _read(graph, element, graph.relate(path, "R"))
    return path


def compare_graphs(prediction: LabelGraph, reference: LabelGraph) -> LayoutCounts:
    """The counts of LgEval's ``evaluate`` for one sample."""
    ours, theirs = prediction.labels, reference.labels
    located = ours.keys() & theirs.keys()
    matched = sum(1 for path in located if ours[path] & theirs[path])
    alone = len(ours.keys() ^ theirs.keys())
    unrelated = len(prediction.edges ^ reference.edges)
    distance = len(located) - matched + alone + unrelated
    return LayoutCounts(
        samples=1,
        structure_right=int(not alone and not unrelated),
        expression_right=int(not distance),
        within_1=int(distance <= 1),
        within_2=int(distance <= 2),
        within_3=int(distance <= 3),
        distance=distance,
        symbols_reference=len(theirs),
        symbols_predicted=len(ours),
        symbols_located=len(located),
        symbols_matched=matched,
        relations_reference=len(reference.edges),
        relations_predicted=len(prediction.edges),
        relations_matched=len(prediction.edges & reference.edges),
    )


def label_graphs(formulas: Sequence[str], pandoc: str) -> list[LabelGraph | None]:
    """Label graphs of formulas, by one run of `pandoc`; None where LgEval gets none."""
    source = "".join(f"${formula.strip()}$\n\n" for formula in formulas)
    command = [pandoc, "--from=markdown", "--to=html", "--mathml"]
    page = subprocess.run(command, input=source, capture_output=True, text=True, check=True).stdout
    paragraphs = re.findall(r"<p>.*?</p>", page, re.DOTALL)
    if len(paragraphs) != len(formulas):
        raise InputError(f"pandoc made {len(paragraphs)} paragraphs of {len(formulas)} formulas")
    return list(map(_graph_of_paragraph, paragraphs))


def _graph_of_paragraph(paragraph: str) -> LabelGraph | None:
    found = re.search(r"<math.*?</math>", paragraph, re.DOTALL)
    if found is None:
        return None
    try:
        return label_graph(ElementTree.fromstring(found.group()))
    except UnreadableError:
        return None


# --- comparison with ours -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Difference:
    """A sample for which LgEval has another number of errors, or another verdict on the structure."""

    id: str
    ours: LayoutCounts
    lgeval: LayoutCounts
    cause: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Both counts of all samples that LgEval can compare, and the samples that it cannot compare, with the reason."""

    ours: list[LayoutCounts]
    lgeval: list[LayoutCounts]
    differences: list[Difference]
    left_out: list[str]


def compare(predictions: Path, references: Path, pandoc: str, largest: int) -> Comparison:
    """Score a file in both ways."""
    paired = pair(read_predictions(predictions), read_references(references))
    pairs = list(zip(paired.ids, paired.predictions, paired.references, strict=True))
    sources = label_graphs([prediction or "\\ " for _, prediction, _ in pairs], pandoc)
    targets = label_graphs([reference for _, _, reference in pairs], pandoc)
    (probe,) = label_graphs([r"\sin x"], pandoc)
    application = probe is not None and {APPLICATION} in probe.labels.values()
    result = Comparison([], [], [], [])
    for (name, prediction, reference), source, target in zip(pairs, sources, targets, strict=True):
        reason = _reason_to_leave_out(prediction, source, target, largest)
        if reason or prediction is None or target is None:
            result.left_out.append(f"{name} ({reason})")
            continue
        ours = count_layout(_tree(prediction), _tree(reference), application=application)
        theirs = compare_graphs(source or LabelGraph(), target)
        result.ours.append(ours)
        result.lgeval.append(theirs)
        if (ours.distance, ours.structure_right) != (theirs.distance, theirs.structure_right):
            result.differences.append(Difference(name, ours, theirs, _cause(prediction, source)))
    return result


def _reason_to_leave_out(
    prediction: str | None, source: LabelGraph | None, target: LabelGraph | None, largest: int
) -> str | None:
    if prediction is None:
        return "no prediction"
    if target is None:
        return "pandoc cannot convert the reference"
    size = max(len(graph.labels) for graph in (source, target) if graph is not None)
    return f"{size} symbols" if size > largest else None


def _tree(formula: str) -> Row | None:
    try:
        return canonical_tree(parse(formula))
    except LatexSyntaxError:
        return None


def _cause(prediction: str, graph: LabelGraph | None) -> str:
    problems = validate(prediction).problems
    if problems and graph is not None:
        return f"pandoc accepts what is not valid LaTeX: {problems[0].message}"
    if graph is None and not problems:
        return "LgEval makes no graph of it: pandoc rejects it, or the converter lacks one of its tags"
    return "the formula is read differently"


SUM_COLUMNS = (
    "", "structure right", "expression right", "<= 1", "<= 2", "<= 3", "symbol recall", "symbol precision",
)  # fmt: skip
DIFFERENCE_COLUMNS = ("sample", "errors: LgEval", "ours", "symbols found: LgEval", "ours", "cause")


def report(result: Comparison, version: str) -> str:
    """The comparison as Markdown."""
    n = len(result.ours)
    same = n - sum(d.ours.distance != d.lgeval.distance for d in result.differences)
    verdicts = n - sum(d.ours.structure_right != d.lgeval.structure_right for d in result.differences)
    return join_blocks(
        f"{version}; {n} samples compared, the same structure verdict on {verdicts} and the same number of "
        f"label-graph errors on {same} of them.",
        table(SUM_COLUMNS, [_sums("LgEval", result.lgeval), _sums("hmer-suite", result.ours)]),
        f"Left out: {', '.join(result.left_out) or 'nothing'}.",
        table(DIFFERENCE_COLUMNS, map(_row, result.differences)) if result.differences else "",
    )


def _sums(name: str, counts: Sequence[LayoutCounts]) -> tuple[Cell, ...]:
    found, scores = total_layout(counts), StructureScores.of(counts)
    structures = f"{found.structure_right} ({scores.structure_rate:.2f} %)"
    expressions = f"{found.expression_right} ({scores.exprate:.2f} %)"
    within = (found.within_1, found.within_2, found.within_3)
    return (name, structures, expressions, *within, scores.symbol_recall, scores.symbol_precision)


def _row(difference: Difference) -> tuple[Cell, ...]:
    ours, theirs = difference.ours, difference.lgeval
    symbols = (theirs.symbols_matched, ours.symbols_matched)
    return (difference.id, theirs.distance, ours.distance, *symbols, difference.cause)


def main() -> None:
    parser = report_parser(__doc__, prints=True)
    parser.add_argument("predictions", type=Path, help="prediction file")
    parser.add_argument("references", type=Path, help="file of labels")
    parser.add_argument(
        "--pandoc", default=_pandoc(), help="pandoc to use (default: pypandoc's, or on the path)"
    )
    parser.add_argument(
        "--largest", type=int, default=LARGEST, help="symbols of the largest graph (default: %(default)s)"
    )
    given = parser.parse_args()
    sys.setrecursionlimit(100_000)
    try:
        command = [given.pandoc, "--version"]
        version = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[0]
        result = compare(given.predictions, given.references, given.pandoc, given.largest)
    except (HmerSuiteError, OSError) as error:
        sys.exit(f"lgeval: error: {error}")
    text = page(
        "Layout-tree scores against LgEval", "make structure", ABOUT, report(result, version), EXPLANATION
    )
    write_or_print(text, given.out)


def _pandoc() -> str:
    """The pandoc that comes with the package `pypandoc_binary`, where that is installed."""
    try:
        import pypandoc
    except ImportError:
        return "pandoc"
    return pypandoc.get_pandoc_path()


ABOUT = """\
DenseNet-WAP on CROHME 2014. Per sample, LgEval's figures are those of an emulation: its converter's and its metric's
rules as published, on the MathML of the pandoc named. The emulation has all the sums of the original tools on this
file: 613, 401, 536, 605, 642, 68.01, 75.80."""
EXPLANATION = """\
How to read it. A node is a path from the first symbol (`R`, `Sup`, `Sub`, `Above`, `Below`, `Inside`); errors
are differing labels on shared paths, plus paths and relations that only one side has. Pandoc 3 puts an invisible
function application after every named function that something follows, and LgEval counts it as a symbol; so do
these scores. Pandoc 2, with which CROHME 2019 was scored, had none, which gives 612, 401, 538, 608 and 645 instead.

`hmer-suite score` prints percentages of all 986 references (62.17, 40.67, 54.36, 61.36, 65.11); the published ones
are of the 984 samples that LgEval's converter takes."""


if __name__ == "__main__":
    run_tool(main)
