"""Exchanged parts: a braced part for one of the same role, in its place, written when it was; nothing else moves."""

from __future__ import annotations

import random

import numpy as np
import pytest

from hmer_suite.handwriting.exchange import Exchange, Rates
from hmer_suite.handwriting.exchanged_parts import HIGHER, WIDER, Donors
from hmer_suite.ink.linked import LinkedInk, ink_of
from hmer_suite.ink.marks import shape
from hmer_suite.latex.automaton import is_valid
from hmer_suite.latex.braces import braced_parts
from hmer_suite.latex.canonical.canoniser import canonical
from tests.ink.linked import linked_ink


@pytest.fixture(scope="module")
def formulas() -> list[LinkedInk]:
    return [LinkedInk.of(ink, label, "here") for ink, label in linked_ink(90, seed=2)]


@pytest.fixture(scope="module")
def changed(formulas) -> list[tuple[LinkedInk, LinkedInk]]:
    """Formulas with others' parts, and what they were before."""
    donors, rng = Donors.of(formulas), random.Random(4)
    found = [(formula, donors.exchanged(formula, rng)) for _ in range(3) for formula in formulas]
    return [(before, after) for before, after in found if after is not before]


@pytest.mark.parametrize(
    ("label", "parts"),
    [
        ("x + 1", []),
        ("x ^ { 2 }", [("^", "2")]),
        (r"\frac { a } { b + c }", [("\\frac", "a"), ("\\frac2", "b + c")]),
        (
            r"\frac { x ^ { 2 } } { b } - y _ { i }",
            [("^", "2"), ("\\frac", "x ^ { 2 }"), ("\\frac2", "b"), ("_", "i")],
        ),
        (r"\sqrt [ n ] { x }", [("]", "x")]),
        (r"\{ a \}", []),
        ("x ^ { } { y", []),
    ],
)
def test_parts_between_braces_with_their_roles(label: str, parts: list[tuple[str, str]]):
    tokens = label.split()
    assert [(role, " ".join(tokens[start:end])) for role, start, end in braced_parts(tokens)] == parts


def spans(formula: LinkedInk) -> list[tuple[str, int, int]]:
    return list(braced_parts(formula.tokens))


def span(before: LinkedInk, after: LinkedInk) -> tuple[str, int, int, int] | None:
    """Role, start, old and new end of a part whose exchange makes the one formula of the other, symbols included."""
    kept = {id(symbol.strokes[0]) for symbol in before.symbols}
    for role, start, end in spans(before):
        longer = len(after.tokens) - len(before.tokens)
        head, tail = after.tokens[:start], after.tokens[end + longer :]
        own = {id(s.strokes[0]) for s in before.symbols if start <= s.token < end}
        left = {id(s.strokes[0]) for s in after.symbols}
        if (*head, *tail) == (*before.tokens[:start], *before.tokens[end:]) and kept - left == own:
            return role, start, end, end + longer
    return None


def test_one_part_is_another_formulas_part_of_the_same_role(formulas, changed):
    known = {(role, formula.tokens[start:end]) for formula in formulas for role, start, end in spans(formula)}
    assert len(changed) > 40
    for before, after in changed:
        role, start, _, end = span(before, after)
        assert (role, after.tokens[start:end]) in known
        label = " ".join(after.tokens)
        assert is_valid(after.tokens) and canonical(label) == label


def test_the_rest_stays_where_it_is(changed):
    for before, after in changed:
        _, start, old_end, new_end = span(before, after)
        rest = {s.token: s for s in before.symbols if not start <= s.token < old_end}
        found = {s.token - (new_end - old_end) * (s.token >= new_end): s for s in after.symbols
                 if not start <= s.token < new_end}  # fmt: skip
        assert rest.keys() == found.keys()
        for token, symbol in rest.items():
            assert symbol.strokes is found[token].strokes and symbol.times == found[token].times


def test_every_symbol_is_a_token_once_and_of_its_class(changed):
    for _, after in changed:
        ink = ink_of(after.symbols, after.tokens, after.unit)
        assert ink.fully_marked and len({mark.token for mark in ink.marks}) == len(ink.marks)
        assert all(mark.name == shape(after.tokens[mark.token]) for mark in ink.marks)
        structure = {"^", "_", "{", "}", "[", "]", "\\limits"}
        missing = {after.tokens[n] for n in range(len(after.tokens))} - structure
        assert missing <= {after.tokens[mark.token] for mark in ink.marks}


def box(symbols) -> tuple[np.ndarray, np.ndarray]:
    points = np.concatenate([stroke for symbol in symbols for stroke in symbol.strokes])
    return points.min(axis=0), points.max(axis=0)


def test_a_part_takes_the_room_of_the_old_one(changed):
    for before, after in changed:
        role, start, old_end, new_end = span(before, after)
        low, high = box([s for s in before.symbols if start <= s.token < old_end])
        new_low, new_high = box([s for s in after.symbols if start <= s.token < new_end])
        room = np.maximum(high - low, 0.5 * before.unit) * (WIDER, HIGHER)
        assert (new_high - new_low <= room * 1.001 + 1e-5).all()
        assert (new_low + new_high)[1] == pytest.approx((low + high)[1], abs=1e-3)
        if role in ("\\frac", "\\frac2", "\\sqrt"):
            assert (new_low + new_high)[0] == pytest.approx((low + high)[0], abs=1e-3)
        else:
            assert new_low[0] == pytest.approx(low[0], abs=1e-3)


def test_a_part_is_written_in_one_go_when_the_old_one_was_begun(changed):
    for before, after in changed:
        _, start, old_end, new_end = span(before, after)
        first = min(time for s in before.symbols if start <= s.token < old_end for time in s.times)
        ink = ink_of(after.symbols, after.tokens, after.unit)
        own = sorted(trace for m in ink.marks if start <= m.token < new_end for trace in m.traces)
        assert own == list(range(own[0], own[0] + len(own)))
        earlier = [t for s in before.symbols if not start <= s.token < old_end for t in s.times if t < first]
        assert own[0] == len(earlier)


def test_a_formula_without_parts_or_donors_stays(formulas):
    rng = random.Random(0)
    plain = next(formula for formula in formulas if not spans(formula))
    braced = next(formula for formula in formulas if spans(formula))
    assert Donors.of(formulas).exchanged(plain, rng) is plain
    assert Donors().exchanged(braced, rng) is braced


def test_exchange_takes_parts_as_often_as_said():
    pairs = linked_ink(60, seed=2)
    inks, labels = zip(*pairs, strict=True)
    counts = []
    for parts in (0.0, 0.5, 1.0):
        exchange = Exchange.of(inks, labels, ["here"] * len(inks), Rates(0.0, 0.0, parts=parts))
        rng = random.Random(3)
        drawn = [exchange(place, rng) for place in range(len(inks))]
        counts.append(sum(label != before for (_, label), before in zip(drawn, labels, strict=True)))
        for ink, label in drawn:
            assert canonical(label) == label and ink.fully_marked
    assert counts[0] == 0 < counts[1] < counts[2]
