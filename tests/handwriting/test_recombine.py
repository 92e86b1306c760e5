"""Recombined ink: symbols cut by their groups, kept by hand, and formulas made of training labels only."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from hmer_suite import canonical, validate
from hmer_suite.data.sources.recombined import SOURCE
from hmer_suite.errors import InputError, UsageError
from hmer_suite.handwriting.boxes import LayoutError
from hmer_suite.handwriting.cut_glyphs import CutSymbol, GlyphCollection, cut, glyph_of_ink, without_outliers
from hmer_suite.handwriting.formulas import sample_formula
from hmer_suite.handwriting.recombine import FormulaRecombiner, InkRecombiner, excerpt
from hmer_suite.ink.inkml import InkDocument, TraceGroup
from hmer_suite.latex.braces import braced_parts
from hmer_suite.specs.recogniser import Preprocessing
from tests.handwriting.test_formulas import CROHME


def stroke(left: float, top: float, right: float, bottom: float, points: int = 5) -> np.ndarray:
    """A straight stroke."""
    return np.linspace((left, top), (right, bottom), points, dtype=np.float32)


def ink(label_boxes: list[tuple[str, tuple[float, float, float, float]]], writer: str = "w") -> InkDocument:
    """An ink whose symbols are single strokes."""
    traces = tuple(stroke(*box) for _, box in label_boxes)
    groups = tuple(TraceGroup(label, (place,)) for place, (label, _) in enumerate(label_boxes))
    return InkDocument("formula-1", traces, groups=groups, writer=writer, source="s")


def tokens(*args) -> list[str]:
    return sorted(symbol.token for symbol in cut(*args))


def test_fraction_bars_and_minus_signs_are_told_apart():
    page = ink(
        [
            ("a", (0, 0, 10, 10)),
            ("-", (12, 5, 20, 5)),
            ("-", (30, 5, 60, 6)),
            ("1", (40, -20, 42, -5)),
            ("2", (40, 15, 42, 30)),
        ]
    )
    symbols = list(cut(page, "a - \\frac { 1 } { 2 }"))
    assert sorted(symbol.token for symbol in symbols) == ["-", "1", "2", "\\frac", "a"]
    (bar,) = (symbol for symbol in symbols if symbol.token == "\\frac")
    assert bar.extent[0] == 30


def test_groups_are_named_after_what_the_label_says():
    dot = ink([("a", (0, 0, 1, 9)), (".", (5, 5, 6, 6)), ("\\lt", (9, 0, 14, 9))])
    assert tokens(dot, "a . <") == [".", "<", "a"]
    assert tokens(dot, "a \\cdot <") == ["<", "\\cdot", "a"]


def test_what_the_label_does_not_vouch_for_is_left_out():
    page = ink([("a", (0, 0, 1, 9)), ("a", (3, 0, 4, 9)), (".", (5, 5, 6, 6)), ("-", (7, 5, 9, 5))])
    assert tokens(page, "a . -") == ["-", "."]
    assert tokens(page, "a a . \\cdot") == ["a", "a"]


def test_odd_shapes_are_left_out():
    good = [CutSymbol("x", (stroke(0, 0, 10, 10 + number % 3),), "w", "s") for number in range(30)]
    odd = CutSymbol("x", (stroke(0, 0, 200, 10),), "w", "s")
    assert without_outliers([*good, odd]) == good
    assert without_outliers([odd, *good[:5]]) == [odd, *good[:5]]


@pytest.mark.parametrize("unit", [0.01, 1.0, 500.0])
def test_a_cut_symbol_stands_on_the_baseline_at_the_size_of_its_token(unit: float):
    capital = glyph_of_ink(CutSymbol("A", (stroke(7 * unit, 3 * unit, 13 * unit, 13 * unit),), "w", "s"))
    assert capital.left == 0 and capital.bottom == pytest.approx(0.0, abs=0.06)
    assert 0.8 < capital.bottom - capital.top < 1.2
    minus = glyph_of_ink(CutSymbol("-", (stroke(0, 0, 9 * unit, 0),), "w", "s"))
    assert 0.3 < minus.right < 0.7 and minus.top == pytest.approx(-0.42, abs=0.05)
    dot = glyph_of_ink(CutSymbol(".", (np.array([[5 * unit, 5 * unit]], np.float32),), "w", "s"))
    assert np.isfinite(dot.points).all() and dot.right < 0.1


def test_the_bar_of_a_radical_begins_behind_its_hook():
    points = np.array([[0, 60], [5, 50], [12, 100], [25, 0], [100, 2]], np.float32)
    glyph = glyph_of_ink(CutSymbol("\\sqrt", (points,), "w", "s"))
    assert glyph.hook == pytest.approx(0.25 * glyph.right, rel=0.05)
    without = CutSymbol("\\sqrt", (points[:4],), "w", "s")
    assert without_outliers([without]) == []


def symbol(token: str, writer: str, source: str, width: float) -> CutSymbol:
    return CutSymbol(token, (stroke(0, 0, width, 10),), writer, source)


def test_a_hand_uses_its_own_ink_then_that_of_its_source_then_anyones():
    symbols = [
        symbol("a", "ann", "s", 5),
        symbol("a", "bob", "s", 10),
        symbol("b", "bob", "s", 10),
        symbol("b", "eve", "t", 20),
        symbol("c", "eve", "t", 20),
    ]
    collection = GlyphCollection.of(symbols)
    rights = {(item.writer, item.token): glyph_of_ink(item).right for item in symbols}
    seen = set()
    for number in range(40):
        chosen = collection.of_random_writer(random.Random(number))
        widths = tuple(chosen(token).right for token in "abc")
        if chosen.source == "t":
            seen.add("eve")
            assert widths[1:] == (rights["eve", "b"], rights["eve", "c"])
        else:
            seen.add("ann" if widths[0] == rights["ann", "a"] else "bob")
            assert widths[1:] == (rights["bob", "b"], rights["eve", "c"])
    assert seen == {"ann", "bob", "eve"}
    with pytest.raises(LayoutError, match=r"no glyph for d$"):
        chosen("d")


def everything() -> GlyphCollection:
    """Ink of every symbol by three writers."""
    drawn = sorted(CROHME - {"^", "_", "{", "}", "\\limits"})
    bar = np.array([[0, 60], [12, 100], [25, 0], [100, 0]], np.float32)
    return GlyphCollection.of(
        CutSymbol(token, (bar if token == "\\sqrt" else stroke(0, 0, 6, 10),), writer, "s")
        for token in drawn
        for writer in ("ann", "bob", "eve")
    )


@pytest.fixture(scope="module")
def labels() -> list[str]:
    return [sample_formula(random.Random(number)) for number in range(300)]


def test_roles_of_braced_parts():
    text = "\\frac { a } { \\sqrt [ 3 ] { b } } _ { i } ^ { n }".split()
    found = {role: text[start:end] for role, start, end in braced_parts(text)}
    assert found == {
        "\\frac": ["a"],
        "\\frac2": "\\sqrt [ 3 ] { b }".split(),
        "]": ["b"],
        "_": ["i"],
        "^": ["n"],
    }


def test_remade_formulas_are_valid_canonical_and_new(labels: list[str]):
    remake = FormulaRecombiner.of(labels, everything().all_writers)
    made = [remake(random.Random(number)) for number in range(500)]
    assert [text for text in made if canonical(text) != text or not validate(text).valid] == []
    assert max(len(text.split()) for text in made) <= 80
    long = [text for text in made if len(text.split()) > 8]
    assert len(set(long) - set(labels)) > 0.8 * len(long)
    assert {token for text in made for token in text.split()} <= CROHME


def test_labels_that_cannot_be_written_are_no_material(labels: list[str]):
    some = {"x": (), "+": (), "1": ()}
    assert FormulaRecombiner.of(["x + 1", "x - 1"], some).labels == (("x", "+", "1"),)
    with pytest.raises(InputError, match="none of the labels"):
        FormulaRecombiner.of(["y"], some)


def test_sample_i_depends_on_i_alone(labels: list[str]):
    glyphs = everything()
    recombine = InkRecombiner(glyphs, FormulaRecombiner.of(labels, glyphs.all_writers))
    forwards = [recombine(0, number) for number in range(12)]
    backwards = [recombine(0, number) for number in reversed(range(12))][::-1]
    for one, other in zip(forwards, backwards, strict=True):
        assert one.formula == other.formula and one.pen == other.pen
        assert all(np.array_equal(a, b) for a, b in zip(one.traces, other.traces, strict=True))
    assert recombine(1, 0).formula != forwards[0].formula


def inkml(label: str, writer: str) -> str:
    """A file with one upright stroke a token."""
    traces = "".join(
        f'<trace id="{place}">{20 * place} 0, {20 * place + 6} 10</trace>'
        for place in range(len(label.split()))
    )
    groups = "".join(
        f'<traceGroup><annotation type="truth">{token}</annotation><traceView traceDataRef="{place}"/></traceGroup>'
        for place, token in enumerate(label.split())
    )
    return (
        f'<ink xmlns="http://www.w3.org/2003/InkML"><annotation type="truth">${label}$</annotation>'
        f'<annotation type="writer">{writer}</annotation>{traces}'
        f'<traceGroup><annotation type="truth">Segmentation</annotation>{groups}</traceGroup></ink>'
    )


@pytest.fixture
def crohme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with little training ink, and a test part that nobody can read."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "one, two"
    (folder / "train").mkdir(parents=True)
    for number, label in enumerate(["x + 1", "a = 2", "x = a + 2"]):
        (folder / "train" / f"f{number}.inkml").write_text(inkml(label, f"w{number % 2}"))
    for part in ("test2013", "test2014"):
        (folder / part).mkdir()
        (folder / part / "f.inkml").write_text("not to be read")
    return folder


def test_the_source_gives_training_samples(crohme: Path):
    samples = SOURCE.load(f"{crohme},15", "train", Preprocessing())
    assert len(samples) == 15 and samples.ids[3] == "recombined-train-000003"
    assert {token for label in samples.labels for token in label.split()} <= set("x + 1 a = 2".split())
    assert all(image.shape == tuple(size) for image, size in zip(samples.images, samples.sizes, strict=True))
    assert SOURCE.load(f"{crohme},4", "train", Preprocessing()).labels == samples.labels[:4]
    assert SOURCE.load(f"{crohme},15,1", "train", Preprocessing()).labels != samples.labels


def test_there_is_nothing_to_validate_or_test_on(crohme: Path):
    assert SOURCE.splits == ("train",)
    for split in ("validation", "test"):
        with pytest.raises(UsageError, match=f"no split {split}"):
            SOURCE.load(f"{crohme},3", split, Preprocessing())


@pytest.mark.parametrize("argument", ["", ",5", "some/where,0"])
def test_bad_arguments_are_named(argument: str):
    with pytest.raises(UsageError, match=f"recombined:{argument}: "):
        SOURCE.load(argument, "train", Preprocessing())


def test_ink_without_marked_symbols_is_named(crohme: Path):
    for path in (crohme / "train").iterdir():
        text = path.read_text()
        path.write_text(text[: text.index("<traceGroup>")] + "</ink>")
    with pytest.raises(InputError, match="no symbols are marked"):
        SOURCE.load(str(crohme), "train", Preprocessing())


def test_recombining_formulas_without_glyphs_takes_all_labels_up_to_the_given_length():
    labels = ["x ^ { 2 }", r"\Omega ^ { a + b + c + d + e + f }"]
    formulas = {FormulaRecombiner.of(labels)(random.Random(seed)) for seed in range(200)}
    assert any(formula.startswith(r"\Omega ^ {") and len(formula.split()) == 5 for formula in formulas)
    assert max(len(formula.split()) for formula in formulas) == 15
    short = {
        FormulaRecombiner.of([labels[0], *labels], longest=5)(random.Random(seed)) for seed in range(200)
    }
    assert not any(formula.startswith("x ^ {") and len(formula.split()) > 5 for formula in short)


def test_cuttings_are_short_valid_pieces():
    formula = r"\frac { a + b } { \sqrt { c } } = \left ( d _ { 1 } \right ) - \sum _ { i = 0 } ^ { n } e"
    pieces = {excerpt(formula, random.Random(seed), 9) for seed in range(300)}
    assert all(len(piece.split()) <= 9 and not validate(piece).problems for piece in pieces)
    assert {"a + b", "i = 0", "="} <= pieces
    # A whole construct, an item of its row, comes as one.
    assert any(r"\left ( d _ { 1 } \right )" in piece for piece in pieces)
    assert not any("\\frac" in piece for piece in pieces), "it is longer than allowed"


def test_where_nothing_is_short_enough_a_cutting_is_a_symbol():
    assert excerpt(r"\frac { a } { b }", random.Random(0), 3) == "a"
