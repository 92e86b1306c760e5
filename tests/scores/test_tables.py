r"""Tables as text, Markdown, LaTeX, CSV and HTML, and the tables of scores and comparisons."""

from __future__ import annotations

import csv
import io

import pytest

import hmer_suite as hs
from hmer_suite.errors import UsageError
from hmer_suite.scores.comparison import Comparison, compare
from hmer_suite.scores.comparison_tables import comparison_tables, marks
from hmer_suite.scores.results import Scores
from hmer_suite.scores.score import score
from hmer_suite.scores.tables import Rate, Span, Table, as_html, render

SMALL = Table(
    "small",
    ("a_b & <=1", "n", "%"),
    (("x|y", 1234, Rate(-0.5, signed=True, marks="**")), ("z", 2, Rate(3))),
)
WITH_SPAN = Table("spans", ("", "interval"), (("x", Span.of((1, 2))), ("y", Span.of((-1, 2), signed=True))))


def test_text() -> None:
    assert render([SMALL, "a remark"], "text").splitlines() == [
        "a_b & <=1      n        %",
        "---------  -----  -------",
        "x|y        1,234  -0.50**",
        "z              2     3.00",
        "",
        "a remark",
    ]


def test_markdown() -> None:
    assert render([SMALL, "one_line\nanother"], "md").splitlines() == [
        "| a\\_b & \\<=1 | n | % |",
        "| --- | ---: | ---: |",
        "| x\\|y | 1,234 | -0.50\\*\\* |",
        "| z | 2 | 3.00 |",
        "",
        "one\\_line  ",
        "another",
    ]


def test_latex() -> None:
    assert render([SMALL, WITH_SPAN, "a_b\nc"], "latex").splitlines() == [
        r"% needs \usepackage{booktabs}",
        "",
        "% small",
        r"\begin{tabular}{lrr}",
        r"\toprule",
        r"a\_b \& $\leq$1 & n & \% \\",
        r"\midrule",
        r"x|y & 1,234 & $-0.50^{**}$ \\",
        r"z & 2 & 3.00 \\",
        r"\bottomrule",
        r"\end{tabular}",
        "",
        "% spans",
        r"\begin{tabular}{lr}",
        r"\toprule",
        r" & interval \\",
        r"\midrule",
        r"x & 1.00--2.00 \\",
        r"y & $-1.00$ to $+2.00$ \\",
        r"\bottomrule",
        r"\end{tabular}",
        "",
        "% a_b",
        "% c",
    ]


def test_csv() -> None:
    rows = list(csv.reader(io.StringIO(render([SMALL, WITH_SPAN, "a remark"], "csv"))))
    assert rows == [
        ["table", "row", "column", "value"],
        ["small", "x|y", "n", "1234"],
        ["small", "x|y", "%", "-0.50"],
        ["small", "z", "n", "2"],
        ["small", "z", "%", "3.00"],
        ["spans", "x", "interval, low", "1.00"],
        ["spans", "x", "interval, high", "2.00"],
        ["spans", "y", "interval, low", "-1.00"],
        ["spans", "y", "interval, high", "+2.00"],
    ]
    assert render([SMALL, WITH_SPAN], "csv", "spans").splitlines() == [
        ',"interval, low","interval, high"', "x,1.00,2.00", "y,-1.00,+2.00"
    ]  # fmt: skip


def test_html_is_escaped() -> None:
    page = as_html([SMALL, "<script>\nx"])
    assert "<script>" not in page and "&lt;script&gt;<br>x" in page
    assert page.count("<tr>") == 3 and page.startswith("<table>")


def test_one_table_by_name() -> None:
    hidden = Table("hidden", ("h",), (), extra=True)
    assert "h\n" not in render([SMALL, hidden], "text")
    assert render([SMALL, hidden], "text", "hidden") == "h\n-"
    with pytest.raises(UsageError, match="--table none: no such table here, there are small, hidden"):
        render([SMALL, hidden], "md", "none")


# ---------------------------------------------------------------- scores


@pytest.fixture(scope="module")
def scores() -> Scores:
    return score(["x ^ 2", "1 |", None], ["x ^ { 2 }", "1 1", "y"], semantics=False)


def test_scores_show_their_tables(scores: Scores) -> None:
    shown = repr(scores)
    assert "token scores, %" in shown and shown.endswith(str(scores.signature))
    assert "structure in the reference" not in shown
    assert "structure right, whatever the symbols" in shown and "at most one label-graph error" in shown
    assert "structure_rate" not in shown and "\nle1" not in shown
    page = scores._repr_html_()
    assert "<th>canonical</th>" in page and str(scores.signature) in page
    assert repr(hs.score(["x"], ["x"], semantics=False)).startswith("1 references, 0 without prediction")


def test_every_table_of_scores_in_every_format(scores: Scores) -> None:
    names = [part.name for part in scores.tables() if isinstance(part, Table)]
    assert names == ["rates", "layout", "length", "structure", "confusions", "signature"]
    for name in names:
        for format in ("text", "md", "latex", "csv"):
            assert render(scores.tables(), format, name)
    numbers = {tuple(row[:3]): row[3] for row in csv.reader(io.StringIO(render(scores.tables(), "csv")))}
    assert numbers["rates", "canonical", "ExpRate"] == "33.33"
    layout = [float(number) for (table, *_), number in numbers.items() if table == "layout"]
    assert layout == list(scores.structure.to_json().values())
    assert float(numbers["rates", "canonical", "95 % interval of ExpRate, low"]) <= 33.33
    assert numbers["signature", "signature", ""] == str(scores.signature)


# ---------------------------------------------------------------- comparisons


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    """A system that is always right, one that never is, one that is right once in a while."""
    references = [f"x _ {{ {number} }}" for number in range(40)]
    systems = {
        "right": references,
        "wrong": ["y"] * 40,
        "nearly_right": [text if index % 10 else "y" for index, text in enumerate(references)],
    }
    counted = {
        name: score(texts, references, repair=False, semantics=False).counts("canonical")
        for name, texts in systems.items()
    }
    return compare([str(index) for index in range(40)], counted)


def test_marks_of_significance(comparison: Comparison) -> None:
    assert [marks(p) for p in (0.5, 0.05, 0.049, 0.009, 0.0009)] == ["", "", "*", "**", "***"]
    rows = {row[0]: row for row in _table(comparison, "systems").rows}
    assert [rows[name][1].marks for name in ("right", "wrong", "nearly_right")] == ["", "***", ""]
    tests = {row[:2]: row[2] for row in _table(comparison, "tests").rows}
    assert tests["wrong - right", "exprate"].marks == "***"
    assert str(tests["wrong - right", "exprate"]) == "-100.00"


def _table(comparison: Comparison, name: str) -> Table:
    (found,) = [
        part for part in comparison_tables(comparison) if isinstance(part, Table) and part.name == name
    ]
    return found


def test_a_comparison_in_latex(comparison: Comparison) -> None:
    text = render(comparison_tables(comparison), "latex")
    assert text.count(r"\toprule") == text.count(r"\bottomrule") == 2
    assert r"nearly\_right & 90.00 &" in text and r"wrong & 0.00$^{***}$ &" in text
    assert "% *, **, ***: differs from right at p < 0.05" in text


def test_wins_are_counted(comparison: Comparison) -> None:
    assert render(comparison_tables(comparison), "csv", "wins").splitlines()[:3] == [
        "only this right,not,samples", "right,wrong,40", "wrong,right,0"
    ]  # fmt: skip
