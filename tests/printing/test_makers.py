"""Print of other makers: pdfLaTeX with Ghostscript, MathJax, KaTeX, mathtext; each where it is installed."""

from __future__ import annotations

import numpy as np
import pytest

from hmer_suite.printing import tex_pdf, web_makers
from hmer_suite.printing.draw import draw_printed, missing_font
from hmer_suite.printing.mathtext import mathtext_pages
from hmer_suite.printing.tex_pdf import PDF_PROGRAMS, TexStyle, missing_packages, missing_programs, pdf_pages
from hmer_suite.printing.typst_markup import NoDrawing
from hmer_suite.printing.web_makers import (
    katex_pages,
    mathjax_pages,
    missing_browser,
    missing_node_package,
)

FORMULAS = [
    r"\frac { a + b } { c } = \sum _ { i = 1 } ^ { n } x _ { i } ^ { 2 }",
    r"\alpha - \beta = \gamma < 3",
]
PPI = 200.0

tex_installed = pytest.mark.skipif(
    bool(missing_programs(PDF_PROGRAMS)), reason="needs the programs pdflatex and gs"
)


def check(drawn, rough=0.12):
    """The formulas are as large as Typst draws them, in about as much ink."""
    for ours, theirs in zip(draw_printed(FORMULAS, 0.0894 * PPI), drawn, strict=True):
        assert isinstance(theirs, np.ndarray)
        assert np.allclose(ours.shape, theirs.shape, rtol=rough), (ours.shape, theirs.shape)
        assert 0.5 < theirs.sum() / ours.sum() < 2


@tex_installed
def test_pdflatex_draws_at_the_size_of_typst():
    check(pdf_pages(FORMULAS, PPI, TexStyle()))


@tex_installed
def test_tex_goes_on_after_an_error():
    texts = ["x", r"\nonsense", "y", r"a \hspace { 1 c m } b", r"\phantom { x }", r"z \label { e }"]
    found = pdf_pages(texts, 100, TexStyle())
    assert [isinstance(one, np.ndarray) for one in found] == [True, False, True, True, False, True]
    assert "Undefined control sequence" in str(found[1])
    (alone,) = pdf_pages(["y"], 100, TexStyle())
    assert np.array_equal(found[2], alone)


@tex_installed
def test_a_formula_that_swallows_the_others_is_found():
    first, bad, last = pdf_pages(["x", "{ y", "z"], 100, TexStyle())
    assert isinstance(first, np.ndarray) and isinstance(bad, NoDrawing) and isinstance(last, np.ndarray)


@tex_installed
def test_tex_reads_no_file_of_others(tmp_path):
    (tmp_path / "secret.tex").write_text("x")
    (found,) = pdf_pages([rf"\input{{{tmp_path}/secret}}"], 100, TexStyle())
    assert isinstance(found, NoDrawing)


def test_what_tex_lacks_is_named(monkeypatch):
    monkeypatch.setattr(tex_pdf.shutil, "which", lambda program: None if program == "gs" else program)
    assert missing_programs(PDF_PROGRAMS) == ["gs"]


@tex_installed
def test_packages_are_found_or_named():
    assert missing_packages("amsmath,nonesuch") == ["nonesuch"]


def test_a_font_that_typst_lacks_is_named():
    assert missing_font("") == "" and missing_font("Nonesuch") == "font Nonesuch not found"


@pytest.mark.skipif(bool(missing_node_package("mathjax")), reason="needs node and its package mathjax")
def test_mathjax():
    check(mathjax_pages(FORMULAS, PPI))
    good, bad = mathjax_pages(["a < b", r"\nonsense"], PPI)
    assert isinstance(good, np.ndarray) and isinstance(bad, NoDrawing)


@pytest.mark.skipif(
    bool(missing_node_package("katex") or missing_browser()),
    reason="needs node, its package katex, and Chromium",
)
def test_katex():
    *good, bad = katex_pages([*FORMULAS, r"\nonsense"], PPI)
    check(good)
    assert isinstance(bad, NoDrawing)


def test_without_node_web_makers_say_so(monkeypatch):
    monkeypatch.setattr(web_makers.shutil, "which", lambda program: None)
    assert missing_node_package("katex") == "node not found" and missing_browser() == "chromium not found"


def test_mathtext():
    first, second, array = mathtext_pages([*FORMULAS, r"\begin{array} { c } a \end{array}"], PPI, "cm")
    assert isinstance(first, np.ndarray) and isinstance(second, np.ndarray)
    assert abs(second.shape[1] / draw_printed(FORMULAS[1:], 0.0894 * PPI)[0].shape[1] - 1) < 0.15
    assert isinstance(array, NoDrawing)


def test_mathtext_draws_no_dummies(capfd):
    (bold,) = mathtext_pages([r"\mathbf { \cdot }"], 100, "stix")
    assert isinstance(bold, NoDrawing) and "does not have a glyph" in str(bold)
    assert not capfd.readouterr().err
