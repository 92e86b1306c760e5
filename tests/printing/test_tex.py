"""Formulas drawn by TeX, where it is installed."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from hmer_suite.data.sources.printed import TEX_SOURCE
from hmer_suite.errors import UsageError
from hmer_suite.printing import tex
from hmer_suite.printing.draw import draw_printed
from hmer_suite.printing.tex import PROGRAMS, tex_pages
from hmer_suite.printing.typst_markup import NoDrawing
from hmer_suite.specs.recogniser import Preprocessing

installed = pytest.mark.skipif(
    not all(map(shutil.which, PROGRAMS)), reason="needs the programs latex and dvipng"
)


def test_without_tex_it_says_what_is_missing(monkeypatch, tmp_path):
    (tmp_path / "train.txt").write_text("x\n")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(tex.shutil, "which", lambda program: None if program == "dvipng" else program)
    with pytest.raises(UsageError, match="not found: dvipng"):
        TEX_SOURCE.load(str(tmp_path), "train", Preprocessing())


@installed
def test_one_formula_that_tex_refuses_does_not_take_the_others_with_it():
    good, bad, length, empty = tex_pages(
        ["x + 1", r"\nonsense", r"a \hspace { 1 c m } b", r"\phantom { x }"], 100
    )
    assert isinstance(good, np.ndarray) and good.max() > 200
    assert isinstance(bad, NoDrawing) and "Undefined control sequence" in str(bad)
    assert isinstance(length, np.ndarray) and length.shape[1] > 45
    assert isinstance(empty, NoDrawing)


@installed
def test_typst_sets_formulas_as_large_as_tex_does():
    formulas = [
        r"\frac { a + b } { c } = \sum _ { i = 1 } ^ { n } x _ { i } ^ { 2 }",
        r"\left( x , y \right)",
    ]
    for ours, theirs in zip(draw_printed(formulas, 30), tex_pages(formulas, 30 / 0.0894), strict=True):
        assert np.allclose(ours.shape, theirs.shape, rtol=0.06), (ours.shape, theirs.shape)


@installed
def test_tex_reads_no_file_of_others(tmp_path):
    (tmp_path / "secret.tex").write_text("x")
    (found,) = tex_pages([rf"\input{{{tmp_path}/secret}}"], 100)
    assert isinstance(found, NoDrawing)
