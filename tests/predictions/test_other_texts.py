"""Texts that hold formulas but not one a line are refused by name; lines of formulas that resemble them are read."""

from __future__ import annotations

import pytest

from hmer_suite.errors import InputError
from hmer_suite.predictions.files import read_predictions


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ("<table>\n<tr><td>s1</td><td>x</td></tr>\n</table>\n", "HTML or XML"),
        ("<math><mi>x</mi></math>\n<math><mi>y</mi></math>\n", "HTML or XML"),
        ("<?xml version='1.0'?>\n<s/>\n", "HTML or XML"),
        ("\\begin{tabular}{ll}\ns1 & $x$ \\\\\n\\end{tabular}\n", "a LaTeX table"),
        ("s1 & $x$ \\\\\n\\midrule\ns2 & $y$ \\\\\n", "a LaTeX table"),
        ("@misc{\nkey,\n\\midrule\n", "a LaTeX table"),
        ("\\documentclass{article}\nx\n", "a LaTeX document"),
        ("\\begin{equation}\nx\n\\end{equation}\n", "a LaTeX document"),
        ("\\[\nx\n\\]\n", "a LaTeX document"),
        ('  "s1": "x",\n  "s2": "y"\n}\n', "a piece of JSON"),
        ('loading\n{"id": "s1", "pred": "x"}\n', "JSON lines among other lines"),
        ("{'s1': 'x', 's2': 'y'}\n", "Python's own notation"),
        ("2024-05-06 07:08:09 step 1\nx\n", "a log"),
        ("x\nWARNING: slow\n", "a log"),
        (" 12%|#   | 12/99 [00:01<00:09]\nx\n", "a log"),
        ("- x^2\n- y_1\n", "a list"),
        ("a) x\nb) y\n", "a list"),
        ("- id: s1\n  pred: x\n- id: s2\n  pred: y\n", "records of keys and values"),
        ("[first]\npred = x\n[second]\npred = y\n", "INI or TOML"),
        ("img1: x^2\nimg2: y\n", "ids and formulas"),
        ("img1 => x^2\nimg2 => y\n", "ids and formulas"),
        ("img1 = x^2\nimg2 = y\n", "ids and formulas"),
        ("1 -> x\n2 -> y\n", "ids and formulas"),
        ("1. x^2\n2. y\n", "a numbered list"),
        ("(1) x^2\n(2) y\n", "a numbered list"),
        ("1: x^2\n2: y\n", "a numbered list"),
        ("shot_01\nx^2\nshot_02\ny\n", "ids and formulas in turn"),
        ("%img1\n$x$\n%img2\n$y$\n", "ids and formulas in turn"),
        ("```latex\nx^2\n```\n", "a Markdown fence"),
        ("@article{key,\n title={x}\n}\n", "BibTeX"),
        ("diff --git a/p b/p\n-x\n+y\n", "a diff"),
        (" id | pred\n----+-----\n s1 | x\n", "a drawn table"),
        ("\u2502 id \u2502 pred \u2502\n", "a drawn table"),
        ("id|prediction\ns1|x\n", "columns between vertical bars"),
        ("| s01 | x | x |\n| s02 | y | y |\n", "columns between vertical bars"),
        ("no,ours,others\n1,x,y\n2,x,y\n", "records with ',' between fields"),
        ("im001,f(x,y),x\nim002,x,y\n", "records with ',' between fields"),
        ("0 ||| x ||| -1 ||| -1\n0 ||| y ||| -2 ||| -2\n", "an n-best list of Moses"),
        ("S-0\tx\nT-0\tx\nH-0\t-0.1\tx\n", "the output of fairseq-generate"),
    ],
)
def test_other_texts_are_refused_by_name(put, content: str, kind: str) -> None:
    with pytest.raises(
        InputError, match=rf"^p:[123]: .* looks like {kind}, not like one formula a line: [^\n]*$"
    ):
        read_predictions(put("p", content))
    if "\t" not in content:
        assert read_predictions(put("p", content), "plain").predictions == tuple(content.splitlines())


@pytest.mark.parametrize(
    "content",
    [
        "|x|\n|y|\n", "| x | + | y | = 3\n| y | = 2\n", "x : y = 3\na : b + c = 5 + d\n", "A => B\nC => D\n",
        "- x\n- y ^ 2\n", "- x^2\n", "( 1 ) x\n( 2 ) y\n", "[ a ]\nx = 3\n", "a < b\nb <c> d\n",
        "\\begin{matrix} a \\\\ b \\end{matrix}\nx\n", "P(A|B)\nx|y\n", "{ a | b }\n{ c | d }\n", "---\nx\n",
        "x \\to y\ny -> z\n", "\\begin{cases} x\n\\alpha\n",
    ],
)  # fmt: skip
def test_formulas_that_resemble_them_are_read(put, content: str) -> None:
    file = read_predictions(put("p", content))
    assert (file.format, file.predictions) == ("plain", tuple(content.splitlines()))
