"""Layout: where things stand to each other, for square glyphs on the baseline."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given

from hmer_suite import canonical
from hmer_suite.handwriting.boxes import Glyph, LayoutError, PlacedGlyph, WritingStyle
from hmer_suite.handwriting.drawn_glyphs import missing, variants
from hmer_suite.handwriting.placement import layout
from hmer_suite.latex.tree import LatexSyntaxError, parse
from tests.latex.strategies import formulas

FLAT = {"-", "\\frac", "\\overline", "\\bar"}


def square(token: str) -> Glyph:
    """A glyph of 0.5 by 1 em, or a bar on the axis; a radical with its hook in the left half."""
    top, bottom = (-0.42, -0.42) if token in FLAT else (-1.0, 0.0)
    points = np.array([[0.0, bottom], [0.25, top], [0.5, top]])
    return Glyph(token, points, (3,), 0.0, top, 0.5, bottom, hook=0.25 if token == "\\sqrt" else 0.0)


def box(place: PlacedGlyph) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of a placed glyph."""
    glyph = place.glyph
    right = place.x + place.width * glyph.right
    if glyph.hook:
        right = place.x + place.width * glyph.hook + place.bar * (glyph.right - glyph.hook)
    left, top, bottom = place.x + place.width * glyph.left, glyph.top, glyph.bottom
    return left, place.y + place.height * top, right, place.y + place.height * bottom


def placed(formula: str, style: WritingStyle | None = None) -> dict[str, tuple[float, float, float, float]]:
    """Boxes by token; the tokens of the formula should differ."""
    places = layout(parse(formula), square, style or WritingStyle(), random.Random(0))
    return {place.glyph.token: box(place) for place in places}


def middle(part: tuple[float, float, float, float]) -> float:
    return (part[0] + part[2]) / 2


def test_a_row_runs_to_the_right_on_one_baseline():
    boxes = placed("a b c")
    assert boxes["a"][2] < boxes["b"][0] < boxes["b"][2] < boxes["c"][0]
    assert {part[3] for part in boxes.values()} == {0.0}


def test_relations_have_more_room_than_letters():
    boxes = placed("a b = c")
    assert boxes["="][0] - boxes["b"][2] > boxes["b"][0] - boxes["a"][2]


def test_scripts_are_smaller_above_and_below_and_do_not_touch():
    boxes = placed("x _ { i } ^ { n }")
    x, i, n = boxes["x"], boxes["i"], boxes["n"]
    assert n[2] - n[0] < x[2] - x[0]
    assert n[1] < x[1] and i[3] > x[3]
    assert n[3] < i[1]
    assert x[2] < n[0] and x[2] < i[0]


def test_scripts_of_scripts_shrink_to_a_limit():
    chain = "x ^ { a ^ { b ^ { c ^ { d ^ { e ^ { f } } } } } }"
    boxes = placed(chain)
    heights = [boxes[letter][3] - boxes[letter][1] for letter in "xabcdef"]
    assert heights == sorted(heights, reverse=True)
    assert min(heights) >= WritingStyle().smallest - 1e-9


def test_a_fraction_bar_lies_between_and_covers_both():
    boxes = placed("\\frac { a b c } { d }")
    bar = boxes["\\frac"]
    assert bar[0] < boxes["a"][0] and boxes["c"][2] < bar[2]
    assert boxes["b"][3] < bar[1] and bar[3] < boxes["d"][1]
    assert middle(boxes["d"]) == pytest.approx(middle(bar))


def test_a_radical_covers_its_radicand():
    boxes = placed("\\sqrt { a ^ { b } c } d")
    root = boxes["\\sqrt"]
    for token in "abc":
        assert root[0] < boxes[token][0] and boxes[token][2] <= root[2]
        assert root[1] < boxes[token][1] and boxes[token][3] <= root[3]
    assert root[2] < boxes["d"][0]


def test_the_index_of_a_root_stands_left_above_the_hook():
    boxes = placed("\\sqrt [ n ] { x }")
    root, index = boxes["\\sqrt"], boxes["n"]
    assert index[3] < root[3] and middle(index) < boxes["x"][0]


def test_limits_of_sums_are_stacked_and_those_of_integrals_beside():
    boxes = placed("\\sum _ { i } ^ { n } x")
    assert boxes["n"][3] < boxes["\\sum"][1] and boxes["\\sum"][3] < boxes["i"][1]
    assert middle(boxes["i"]) == pytest.approx(middle(boxes["\\sum"]))
    boxes = placed("\\int _ { i } ^ { n } x")
    assert boxes["\\int"][2] < boxes["i"][0] and boxes["\\int"][2] < boxes["n"][0]


def test_limits_and_nolimits_are_obeyed_and_a_writer_may_put_those_of_sums_beside():
    boxes = placed("\\int \\limits _ { i } ^ { n } x")
    assert boxes["n"][3] < boxes["\\int"][1]
    boxes = placed("\\sum \\nolimits _ { i } ^ { n } x")
    assert boxes["\\sum"][2] < boxes["i"][0]
    beside = replace(WritingStyle(), stacked_limits=False)
    assert placed("\\sum _ { i } x", beside)["i"][0] > placed("\\sum _ { i } x", beside)["\\sum"][2]
    assert placed("\\lim _ { i } x", beside)["i"][1] > placed("\\lim _ { i } x", beside)["\\lim"][3]


@pytest.mark.parametrize("formula", ["( \\frac { a } { b } )", "\\left( \\frac { a } { b } \\right)"])
def test_fences_grow_around_what_is_tall(formula: str):
    boxes = placed(formula)
    for fence in "()":
        assert boxes[fence][1] <= boxes["a"][1] and boxes["b"][3] <= boxes[fence][3]
    assert placed("( a )")["("][3] == 0.0


def test_scripts_of_a_grown_fence_stand_at_its_corners():
    boxes = placed("( \\frac { a } { b } ) ^ { n }")
    assert boxes["n"][0] > boxes[")"][2] and boxes["n"][1] < boxes[")"][1]


def test_rows_and_columns_of_a_matrix():
    boxes = placed("\\begin{pmatrix} a & b \\\\ c & d \\end{pmatrix}")
    assert boxes["("][2] < boxes["a"][0] and boxes["b"][2] < boxes[")"][0]
    assert boxes["a"][2] < boxes["b"][0] and boxes["c"][2] < boxes["d"][0]
    assert boxes["a"][3] < boxes["c"][1] and boxes["b"][3] < boxes["d"][1]
    assert boxes["("][1] <= boxes["a"][1] and boxes["c"][3] <= boxes["("][3]


def test_accents_stand_above_and_lines_are_as_wide_as_what_they_mark():
    boxes = placed("\\overline { a b }")
    line = boxes["\\overline"]
    assert line[3] < boxes["a"][1]
    assert line[0] <= boxes["a"][0] and boxes["b"][2] <= line[2]
    assert placed("\\hat { x }")["\\hat"][3] < placed("\\hat { x }")["x"][1]


def test_looseness_moves_things_and_the_same_chance_moves_them_alike():
    loose = replace(WritingStyle(), looseness=0.3)
    assert placed("a b", loose) != placed("a b")
    assert placed("a b", loose) == placed("a b", loose)


@pytest.mark.parametrize("formula", ["\\rule { 1em } { 2em }", "a + \\raisebox { 1em } { x }", "\\ref { x }"])
def test_what_has_no_layout_is_named(formula: str):
    with pytest.raises(LayoutError, match=r"no layout for \\(rule|raisebox|ref)$"):
        placed(formula)


def known(token: str) -> Glyph:
    """The first glyph of a token that has any."""
    if token not in variants():
        raise missing(token)
    return variants()[token][0]


@given(formulas())
def test_every_formula_is_laid_out_or_what_is_in_the_way_is_named(formula: list[str]):
    try:
        places = layout(parse(formula), known, WritingStyle(looseness=0.3), random.Random(0))
    except LayoutError as error:
        assert str(error).removeprefix("no glyph for ").removeprefix("no layout for ") in formula
        return
    except LatexSyntaxError:
        return
    assert np.isfinite([[place.x, place.y, place.width, place.height, place.bar] for place in places]).all()


def test_every_caption_of_crohme_is_laid_out(shared: Path):
    lines = (shared / "crohme" / "captions-train.txt").read_text().splitlines()
    for line in lines[::5]:
        caption = canonical(line.split("\t")[1])
        signs = [token for token in caption.split() if token not in ("{", "}", "^", "_", "\\limits")]
        places = layout(parse(caption), square, WritingStyle(), random.Random(0))
        # An index's brackets are not drawn.
        indexed = 2 * caption.count("\\sqrt [")
        assert sorted(place.glyph.token for place in places) == sorted(signs) or indexed
        assert len(places) == len(signs) - indexed
