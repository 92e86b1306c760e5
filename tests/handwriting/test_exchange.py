"""Exchanged ink: labels stay sound, marks stay linked, and nothing is written that nobody wrote."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from hmer_suite.handwriting.exchange import Exchange, Rates
from hmer_suite.ink.marks import shape
from hmer_suite.latex.automaton import is_valid
from hmer_suite.latex.canonical.canoniser import canonical
from hmer_suite.specs.samples import InkSample, Mark
from tests.ink.linked import linked_ink

FORMULAS = 160
ALL = Rates(renamed=1.0, replaced=1.0)
BRACKETS = (("(", ")"), ("[", "]"), ("\\{", "\\}"))


@pytest.fixture(scope="module")
def training() -> list[tuple[InkSample, str]]:
    return linked_ink(FORMULAS)


def exchange_of(training: list[tuple[InkSample, str]], rates: Rates = ALL) -> Exchange:
    inks, labels = zip(*training, strict=True)
    return Exchange.of(inks, labels, ["left" if place % 2 else "right" for place in range(len(inks))], rates)


def drawn(exchange: Exchange, rounds: int = 2) -> list[tuple[int, InkSample, str]]:
    """Each training formula several times: its place, and what became of it."""
    rng = random.Random(5)
    return [(place, *exchange(place, rng)) for _ in range(rounds) for place in range(len(exchange))]


@pytest.fixture(scope="module")
def exchanged(training) -> list[tuple[int, InkSample, str]]:
    return drawn(exchange_of(training))


def points_of(ink: InkSample, mark: Mark) -> np.ndarray:
    return np.concatenate([ink.traces[trace] for trace in mark.traces]).astype(float)


def box(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Middle, and width and height."""
    low, high = points.min(axis=0), points.max(axis=0)
    return (low + high) / 2, high - low


def look(ink: InkSample, mark: Mark) -> tuple:
    """A symbol's points without place and size, and the lengths of its strokes."""
    points = points_of(ink, mark)
    middle, extent = box(points)
    lengths = tuple(len(ink.traces[trace]) for trace in mark.traces)
    return lengths, np.round((points - middle) / max(extent.max(), 1e-9), 2)


def same_look(first: tuple, second: tuple) -> bool:
    return first[0] == second[0] and np.abs(first[1] - second[1]).max() <= 0.025


# --- labels ---------------------------------------------------------------------------------------------------------


def test_labels_stay_valid_canonical_and_of_the_same_structure(training, exchanged):
    changed = 0
    for place, _, label in exchanged:
        before, after = training[place][1].split(), label.split()
        assert is_valid(after) and canonical(label) == label, (training[place][1], label)
        assert len(before) == len(after)
        names = dict(zip(before, after, strict=True))
        assert [names[token] for token in before] == after, "one class became two"
        assert len(set(names.values())) == len(names), "two classes became one"
        kept = {
            token for token in before if token in "^ _ { } \\frac \\sqrt \\sum \\int \\lim \\limits".split()
        }
        assert all(names[token] == token for token in kept)
        changed += before != after
    assert changed > len(exchanged) / 2


def test_rare_classes_are_preferred(training):
    rates = replace(ALL, replaced=0.0)
    exchange = exchange_of(training, rates)
    counts = Counter(token for _, label in training for token in set(label.split()))
    became = Counter(
        after
        for place, _, label in drawn(exchange, rounds=6)
        for before, after in zip(training[place][1].split(), label.split(), strict=True)
        if before != after
    )
    alternatives = exchange.alternatives["x"].words
    ordered = sorted(alternatives, key=lambda token: counts[token])
    rare, usual = ordered[:3], ordered[-3:]
    assert np.mean([counts[token] for token in rare]) < np.mean([counts[token] for token in usual]) / 3
    assert sum(became[token] for token in rare) > sum(became[token] for token in usual)
    even = exchange_of(training, replace(rates, rarity=0.0)).alternatives["x"].bounds
    assert np.allclose(np.diff(even), 1.0)


def test_a_class_has_the_weight_that_is_said(training):
    exchange = exchange_of(training)
    counts = Counter(token for _, label in training for token in set(label.split()))
    for choice in exchange.alternatives.values():
        wanted = [(counts[token] + 20) ** -0.6 for token in choice.words]
        assert np.allclose(np.diff((0, *choice.bounds)), wanted)


def test_brackets_change_in_pairs(training):
    """Round ones become others, both of them, and so do the marks of their strokes."""
    brackets = [
        (InkSample(tuple(np.array([[9.0 * n, 0], [9.0 * n + 2, 7 + n]]) for n in range(3)), 7.0, tuple(
            Mark(name, (n,), n) for n, name in enumerate((left, "x", right))
        )), f"{left} x {right}")
        for left, right in BRACKETS
    ]  # fmt: skip
    exchange = exchange_of(training + brackets)
    seen = Counter()
    for _, ink, label in drawn(exchange, rounds=4):
        tokens = label.split()
        assert all(tokens.count(left) == tokens.count(right) for left, right in BRACKETS)
        for mark in ink.marks:
            assert mark.name == shape(tokens[mark.token])
        seen.update(left for left, _ in BRACKETS if left in tokens)
    rng = random.Random(1)
    became = Counter(exchange(len(training), rng)[1].split()[0] for _ in range(200))
    assert set(became) == {"(", "[", "\\{"} and min(became.values()) >= 5


def test_brackets_that_are_not_in_the_ink_stay(training):
    """Those of a root's index: another kind there would be other structure."""
    strokes = tuple(np.array([[9.0 * n, 0.0], [9.0 * n + 5, 7.0 + n]]) for n in range(3))
    marks = (Mark("\\sqrt", (0,), 0), Mark("n", (1,), 2), Mark("x", (2,), 5))
    exchange = exchange_of([*training, (InkSample(strokes, 7.0, marks), "\\sqrt [ n ] { x }")])
    rng = random.Random(1)
    for _ in range(60):
        tokens = exchange(len(training), rng)[1].split()
        assert (tokens[1], tokens[3]) == ("[", "]")


def test_brackets_without_their_partner_stay(training):
    half = InkSample((np.array([[0.0, 0], [2, 7]]), np.array([[9.0, 0], [9, 7]])), 7.0, (
        Mark("(", (0,), 0), Mark("1", (1,), 1),
    ))  # fmt: skip
    exchange = exchange_of([*training, (half, "( 1")])
    rng = random.Random(1)
    assert {exchange(len(training), rng)[1].split()[0] for _ in range(60)} == {"("}


# --- ink ------------------------------------------------------------------------------------------------------------


def test_marks_stay_linked_to_tokens_of_their_class(training, exchanged):
    for place, ink, label in exchanged:
        tokens = label.split()
        assert ink.fully_marked and ink.unit == training[place][0].unit
        assert sorted(mark.token for mark in ink.marks) == sorted(m.token for m in training[place][0].marks)
        assert all(mark.name == shape(tokens[mark.token]) for mark in ink.marks)
        assert all(np.isfinite(trace).all() and len(trace) for trace in ink.traces)


def test_every_symbol_was_written_by_somebody_and_is_of_its_class(training, exchanged):
    looks: dict[str, list[tuple]] = {}
    for ink, label in training:
        for mark in ink.marks:
            looks.setdefault(label.split()[mark.token], []).append(look(ink, mark))
    for _, ink, label in exchanged[::5]:
        for mark in ink.marks:
            found = look(ink, mark)
            assert any(same_look(found, known) for known in looks[label.split()[mark.token]]), (label, mark)


def test_new_symbols_take_the_place_and_height_of_the_old(training, exchanged):
    heights = []
    for place, ink, label in exchanged:
        old_ink, old_label = training[place]
        old = {mark.token: mark for mark in old_ink.marks}
        for mark in ink.marks:
            middle, extent = box(points_of(ink, mark))
            old_middle, old_extent = box(points_of(old_ink, old[mark.token]))
            assert np.abs(middle - old_middle).max() <= 1e-3 * old_ink.unit
            assert extent[1] <= 1.001 * max(*old_extent) + 1e-3
            assert extent[0] <= 1.36 * max(*old_extent) + 1e-3
            flat = {"-", "\\frac", "=", ".", ",", "\\cdot", "\\cdots", "\\ldots", "\\rightarrow", "\\prime"}
            if not flat & {old_label.split()[mark.token], label.split()[mark.token]} and old_extent[1]:
                heights.append(extent[1] / old_extent[1])
    assert (
        np.median(heights) == pytest.approx(1.0, abs=1e-3) and np.mean(np.abs(np.log(heights)) < 0.01) > 0.7
    )


def test_roots_keep_their_own_strokes(training, exchanged):
    roots = 0
    for place, ink, label in exchanged:
        for mark in ink.marks:
            if label.split()[mark.token] == "\\sqrt":
                (old,) = (m for m in training[place][0].marks if m.token == mark.token)
                assert np.array_equal(points_of(ink, mark), points_of(training[place][0], old))
                roots += 1
    assert roots


def test_with_nothing_to_exchange_the_ink_is_the_one_that_was_written(training):
    """Also where a symbol's strokes were not written one after the other."""
    late = InkSample(
        tuple(np.array([[x, 0.0], [x, 5.0]]) for x in (0.0, 9.0, 4.0)),
        5.0,
        (Mark("+", (0, 2), 0), Mark("1", (1,), 1)),
    )
    exchange = exchange_of([*training, (late, "+ 1")], Rates(0.0, 0.0))
    for place, ink, label in drawn(exchange, rounds=1):
        old, text = [*training, (late, "+ 1")][place]
        assert label == text and len(ink.traces) == len(old.traces)
        assert all(a is b for a, b in zip(ink.traces, old.traces, strict=True))
        assert set(ink.marks) == set(old.marks)


def test_what_was_written_late_stays_late():
    """A stroke of `+` that comes last stays behind the symbol written in between, whatever takes its place."""

    def plus(x: float, late: bool, sign: str) -> tuple[InkSample, str]:
        down, one, across = (np.array([[x + n, 0.0], [x + n + 1, 5.0 + n]]) for n in range(3))
        order, marks = (
            ((down, one, across), ((0, 2), (1,))) if late else ((down, across, one), ((0, 1), (2,)))
        )
        found = tuple(
            Mark(name, places, n) for n, (name, places) in enumerate(zip((sign, "1"), marks, strict=True))
        )
        return InkSample(order, 5.0, found), f"{sign} 1"

    formulas = [plus(0, True, "+"), plus(70, False, "+"), plus(140, False, "\\pm")]
    exchange = exchange_of(formulas, Rates(1.0, 1.0))
    rng = random.Random(0)
    for _ in range(50):
        ink, _ = exchange(0, rng)
        by_token = {mark.token: mark.traces for mark in ink.marks}
        assert by_token == {0: (0, 2), 1: (1,)}
        ink, _ = exchange(1, rng)
        assert {mark.token: mark.traces for mark in ink.marks} == {0: (0, 1), 1: (2,)}


def test_symbols_come_from_the_same_collection_as_often_as_said(training):
    inks, labels = zip(*training, strict=True)
    sources = ["left" if place % 2 else "right" for place in range(len(inks))]
    only = Exchange.of(inks, labels, sources, replace(ALL, renamed=0.0, same_source=1.0))
    own = {source: {id(glyph) for glyphs in only.strokes_of_source.items() if glyphs[0][0] == source
                    for glyph in glyphs[1]} for source in ("left", "right")}  # fmt: skip
    rng = random.Random(3)
    for token in ("x", "1", "+"):
        assert all(id(only._sample(token, "left", rng)) in own["left"] for _ in range(50))
    never = replace(only, rates=replace(only.rates, same_source=0.0))
    assert any(id(never._sample("x", "left", rng)) in own["right"] for _ in range(50))


# --- chance ---------------------------------------------------------------------------------------------------------


def test_the_same_random_numbers_give_the_same_ink(training):
    exchange = exchange_of(training)
    first, second = drawn(exchange, 1), drawn(exchange, 1)
    for (_, ink, label), (_, again, text) in zip(first, second, strict=True):
        assert label == text and ink.marks == again.marks
        assert all(np.array_equal(a, b) for a, b in zip(ink.traces, again.traces, strict=True))
    rng = random.Random(6)
    assert any(exchange(place, rng)[1] != label for place, _, label in first)


@pytest.mark.parametrize("fault", ["a stroke without mark", "a mark without token", "two marks of one token"])
def test_formulas_that_are_not_fully_marked_are_left_as_they_are(training, fault: str):
    ink, label = max(training, key=lambda item: len(item[0].marks))
    first, second, *others = ink.marks
    marks = {
        "a stroke without mark": (second, *others),
        "a mark without token": (replace(first, token=-1), second, *others),
        "two marks of one token": (replace(first, token=second.token, name=second.name), second, *others),
    }[fault]
    faulty = replace(ink, marks=marks)
    exchange = exchange_of([*training, (faulty, label)])
    rng = random.Random(2)
    for _ in range(20):
        found, text = exchange(len(training), rng)
        assert found is faulty and text == label
    assert sum(map(len, exchange.strokes.values())) == sum(len(known.marks) for known, _ in training)
