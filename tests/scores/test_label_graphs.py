r"""Label graphs: the files of CROHME's task 2, their distances by LgEval's rules, and back to LaTeX."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hmer_suite.errors import InputError, PairingError
from hmer_suite.latex.canonical.canoniser import canonical_tree
from hmer_suite.latex.tree import LatexSyntaxError, parse
from hmer_suite.predictions.files import pair, read_predictions, read_references
from hmer_suite.predictions.graph_latex import latex_of
from hmer_suite.predictions.label_graphs import RIGHT, LabelGraph, parse_label_graph, write_label_graph
from hmer_suite.scores.label_graphs import graph_of, write_label_graphs
from hmer_suite.scores.layout_scores import count_layout
from tests.predictions.whole_document import read_document, write

ROOT = r"""# IUD, root
# Objects(4):
O, \sqrt_1, \sqrt, 1.0, O
O, a_1, a, 1.0, OInside
O, COMMA_1, COMMA, 1.0, OInsideRight
O, a_2, a, 1.0, OInsideRightRight

# Relations from SRT:
R, \sqrt_1, a_1, Inside, 1.0
R, a_1, COMMA_1, Right, 1.0
R, \sqrt_1, COMMA_1, Inside, 1.0
R, COMMA_1, a_2, Right, 1.0
"""


def test_a_file_by_hand() -> None:
    assert write_label_graph("root", graph_of(r"\sqrt{a,a}")) == ROOT
    assert latex_of("root", parse_label_graph("root.lg", ROOT)) == r"\sqrt { a , a }"


def test_symbols_stand_in_reading_order() -> None:
    graph = graph_of(r"\frac{x^2}{y}+z")
    assert [(one.name, one.path) for one in graph.symbols] == [
        ("-_1", "O"), ("x_1", "OAbove"), ("2_1", "OAboveSup"), ("y_1", "OBelow"), ("+_1", "ORight"),
        ("z_1", "ORightRight"),
    ]  # fmt: skip


def paths(graph: LabelGraph) -> tuple[dict[str, str], set[tuple[str, str]]]:
    """Labels by path, and pairs of related paths, as LgEval compares graphs of symbols."""
    place = {one.name: one.path for one in graph.symbols}
    return (
        {one.path: one.label for one in graph.symbols},
        {(place[one.parent], place[one.child]) for one in graph.relations},
    )


def errors(ours: LabelGraph, theirs: LabelGraph) -> int:
    """Label-graph errors by the definition: differing labels, and symbols and relations of one graph alone."""
    (labels, edges), (known, relations) = paths(ours), paths(theirs)
    differing = sum(labels[path] != known[path] for path in labels.keys() & known.keys())
    return differing + len(labels.keys() ^ known.keys()) + len(edges ^ relations)


def tree(formula: str):
    try:
        return canonical_tree(parse(formula))
    except LatexSyntaxError:
        return None


def test_errors_in_the_files_are_those_of_the_layout_scores(shared: Path) -> None:
    """Every fourth sample: between the files there are as many errors as `score` counts under structure."""
    references = read_references(shared / "crohme/captions-test2014.txt")
    paired = pair(read_predictions(shared / "predictions/wap-crohme2014.txt"), references)
    for prediction, reference in list(zip(paired.predictions, paired.references, strict=True))[::4]:
        if prediction is None or len(prediction) > 1000:
            continue
        counted = count_layout(tree(prediction), tree(reference))
        assert errors(graph_of(prediction), graph_of(reference)) == counted.distance, prediction


@pytest.mark.parametrize(
    ("formula", "latex"),
    [
        (r"\frac ab + x^2_1", r"\frac { a } { b } + x _ { 1 } ^ { 2 }"),
        (r"\sqrt[3]{x}", r"\sqrt [ 3 ] { x }"),
        (r"\overline{ab}", r"\overline { a b }"),
        (r"\hat{\bar{x}}", r"\hat { \bar { x } }"),
        (r"\overbrace{a+b}^{n}", r"\overbrace { a + b } ^ { n }"),
        (r"\sin^2 x", r"\sin ^ { 2 } x"),
        (r"{a^\prime}^2", r"{ a ^ { \prime } } ^ { 2 }"),
        (r"\mathbb{R}", r"\mathbb { R }"),
        (r"\operatorname{foo} x", r"\operatorname { f o o } x"),
        (r"\begin{matrix}a&b\\c\end{matrix}", r"\begin{array} { l l } a & b \\ c \end{array}"),
        (r"{}^2 x", r"{ } ^ { 2 } x"),
        (r"\binom{n}{k}", r"( { n \atop k } )"),
        (r"\overset{a}{=}", r"\overset { a } { = }"),
        ("", ""),
    ],
)  # fmt: skip
def test_latex_of_a_graph(formula: str, latex: str) -> None:
    graph = graph_of(formula)
    assert latex_of("f", parse_label_graph("f", write_label_graph("f", graph))) == latex
    assert paths(graph_of(latex)) == paths(graph)


def test_real_formulas_come_back(shared: Path) -> None:
    lines = (shared / "im2latex/val.formulas.norm.txt").read_text("utf-8").splitlines()[::60]
    captions = read_references(shared / "crohme/captions-test2014.txt").references[::6]
    for formula in (*lines, *captions):
        if re.search(r"\\, [\^_]", formula):
            continue  # canonical spelling gives scripts on a space to nothing, and graphs have no spaces
        graph = graph_of(formula)
        assert paths(graph_of(latex_of("f", graph))) == paths(graph), formula


# What graphs of ink look like: strokes in the place of paths, and names of relations that converters know.
INK = (
    "O, i, \\sum, 1.0, 1, 2\nO, j, n, 1.0, 3\nO, k, x, 1.0, 4, 5\nEO, i, j, LLIMIT, 1.0\nR, i, k, HOR, 1.0\n"
)


def test_folders_and_archives_of_graphs_are_prediction_files(tmp_path: Path) -> None:
    (tmp_path / "b.lg").write_text(write_label_graph("b", graph_of("x^2")))
    (tmp_path / "a.lg").write_text(INK)
    file = read_predictions(tmp_path)
    assert (file.format, file.ids) == ("lg", ("a", "b"))
    assert file.predictions == (r"\sum \limits _ { n } x", "x ^ { 2 }")
    with pytest.raises(InputError, match="cannot be written again: score --lg writes them"):
        write(read_document(tmp_path), tmp_path / "out", ["x", "y"])
    (tmp_path / "c.txt").write_text("$x$")
    with pytest.raises(
        InputError, match=r"both NAME\.txt and NAME\.lg files: say --layout folder or --layout lg"
    ):
        read_predictions(tmp_path)
    assert read_predictions(tmp_path, "lg").ids == ("a", "b")
    assert read_predictions(tmp_path, "folder").ids == ("c",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("N, 1, x, 1.0\n", "f:1: a label graph of strokes"),
        ("O, a, x, 1.0, O\nnonsense\n", "f:2: 'nonsense' is no line of a label graph"),
        ("O, a, x, 1.0, O\nO, a, y, 1.0, ORight\n", "f: two symbols of one name"),
        ("O, a, x, 1.0, O\nR, a, b, Right, 1.0\n", "f:2: a relation of 'b', which is no symbol"),
        ("O, a, x\nO, b, y\nR, a, b, Sup, 1.0\nR, b, a, Sup, 1.0\n", "f: the relations run in a circle"),
        ("O, a, x\nO, b, y\nO, c, z\nR, b, c, Sup, 1\nR, c, b, Sup, 1\n", "f: the relations run in a circle"),
        ("O, a, x\nO, b, y\nO, c, z\nR, a, c, Sup, 1\nR, b, c, Sub, 1\n", "f: 'c' hangs on two symbols"),
        (
            "O, a, x\nO, b, y\nO, c, z\nR, a, b, R, 1\nR, a, c, R, 1\n",
            "f: 'a' has two symbols in relation Right",
        ),
    ],
)
def test_what_is_no_tree_is_said(text: str, message: str) -> None:
    with pytest.raises(InputError) as error:
        latex_of("f", parse_label_graph("f", text))
    assert str(error.value).startswith(message)


def test_graphs_of_predictions_and_references(tmp_path: Path) -> None:
    write_label_graphs(tmp_path, ["d/a.png", "b", "c"], ["x", None, "x ^ {"], ["x", "y", "z"])
    files = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.lg"))
    assert files == [f"{kind}/{name}.lg" for kind in ("predictions", "references") for name in "abc"]
    assert (tmp_path / "predictions/b.lg").read_text() == "# IUD, b\n# Objects(0):\n\n# Relations from SRT:\n"
    assert read_predictions(tmp_path / "predictions").predictions == ("x", "", "")
    with pytest.raises(PairingError, match=r"two ids give the file 'a\.lg'"):
        write_label_graphs(tmp_path, ["a.png", "d/a"], ["x", "y"])


def test_no_nesting_is_too_deep() -> None:
    graph = graph_of("x ^ { " * 90 + "y" + " }" * 90)
    assert paths(graph_of(latex_of("f", graph))) == paths(graph)
    chain = [f"O, a{index}, x, 1.0, O" for index in range(3000)]
    chain += [f"R, a{index}, a{index + 1}, Sup, 1.0" for index in range(2999)]
    assert latex_of("f", parse_label_graph("f", "\n".join(chain))).count("^") == 2999
    assert RIGHT == "Right"
