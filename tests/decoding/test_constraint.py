"""The mask against all formulas that there are, and against every vocabulary that anyone might have."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hmer_suite import validate
from hmer_suite.decoding.constraint import Constraint, constraint
from hmer_suite.errors import UsageError
from hmer_suite.latex.automaton import is_valid
from hmer_suite.latex.token_classes import CLASSES
from hmer_suite.specs.vocabulary import BEGIN, END, PAD, SPECIAL, Vocabulary
from tests.decoding.exhaustive import every_sequence

SMALL = Vocabulary(("^", "x", r"\frac", "{", "}"))


def numbers(mask: np.ndarray) -> set[int]:
    return set(mask.nonzero()[0].tolist())


def names(vocabulary: Vocabulary, mask: np.ndarray) -> set[str]:
    return {"<end>" if n == END else vocabulary.symbols[n - len(SPECIAL)] for n in numbers(mask)}


def behind(constraint: Constraint, vocabulary: Vocabulary, prefix: str):
    state = constraint.start()
    for number in vocabulary.encode(prefix):
        state = constraint.advance(state, number)
    return state


@pytest.mark.parametrize("length", [0, 1, 2, 3, 5, 6])
def test_allowed_is_exactly_what_begins_a_formula_of_that_length(length: int):
    valid = [s for s in every_sequence(SMALL, length) if is_valid(SMALL.decode(s))]
    held = Constraint(SMALL, max_length=length)
    for prefix in {s[:cut] for s in valid for cut in range(len(s) + 1)}:
        wanted = {
            s[len(prefix)] if len(s) > len(prefix) else END for s in valid if s[: len(prefix)] == prefix
        }
        state = behind(held, SMALL, " ".join(SMALL.decode(prefix)))
        assert numbers(held.mask(state, length - len(prefix))) == wanted


@pytest.mark.parametrize(
    ("prefix", "remaining", "wanted"),
    [
        ("", 0, "<end>"),
        ("", 1, "<end> x"),
        ("", 2, "<end> x { ^"),
        ("", 3, r"<end> x { ^ \frac"),
        ("x ^", 1, "x"),
        ("x ^", 2, "x {"),
        ("x ^", 3, r"x { \frac"),
        (r"\frac x {", 1, "}"),
        (r"\frac x { x", 9, r"x { } ^ \frac"),
        ("x ^ x", 5, r"<end> x { \frac"),
    ],
)
def test_masks(prefix: str, remaining: int, wanted: str):
    held = constraint(SMALL, "latex", 20)
    state = behind(held, SMALL, prefix)
    assert names(SMALL, held.mask(state, remaining)) == set(wanted.split())


@pytest.mark.parametrize(
    ("symbols", "never"),
    [
        (r"x \left ( )", r"\left"),
        (r"x { ^", "{"),
        (r"x } ^", "}"),
        (r"x \right )", r"\right"),
        (r"\begin{matrix} x &", r"\begin{matrix} &"),
        (r"{ } \begin{array} \end{array} ( )", r"\end{matrix}"),
        (r"x \foo sin ^2", r"\foo sin ^2"),
        (r"x \kern3pt p l u s 1", r"\kern3pt"),
        (r"x \kern3 ^", r"\kern3"),
        (r"x \\[2 \\[2pt]", r"\\[2"),
    ],
)
def test_tokens_without_a_partner_or_a_meaning_are_never_allowed(symbols: str, never: str):
    vocabulary = Vocabulary(tuple(symbols.split()))
    held = Constraint(vocabulary, max_length=8)
    seen, states = set(), {held.start()}
    for remaining in range(8, 0, -1):
        allowed = {state: numbers(held.mask(state, remaining)) - {END} for state in states}
        seen |= {n for found in allowed.values() for n in found}
        states = {held.advance(state, n) for state, found in allowed.items() for n in found}
    assert seen.isdisjoint(vocabulary.encode(" ".join(t for t in never.split() if t in vocabulary)))


def test_a_star_does_not_follow_what_it_would_change():
    vocabulary = Vocabulary(tuple(r"x * \operatorname \mathrm { }".split()))
    held = Constraint(vocabulary, max_length=9)
    star = vocabulary.encode("*")[0]
    assert not held.mask(behind(held, vocabulary, r"\operatorname"), 8)[star]
    assert held.mask(behind(held, vocabulary, r"\mathrm"), 8)[star]
    lone = Constraint(Vocabulary(tuple(r"* \operatorname".split())), max_length=9)
    assert numbers(lone.mask(lone.start(), 9)) == {END}  # nothing else could be its argument


def test_padding_and_begin_are_never_allowed():
    held = Constraint(SMALL, max_length=5)
    for prefix in ("", "x", r"\frac", "{"):
        assert not held.mask(behind(held, SMALL, prefix), 5)[[PAD, BEGIN]].any()


def test_behind_what_was_not_allowed_nothing_is():
    held = Constraint(SMALL, max_length=5)
    assert not held.mask(held.advance(held.start(), SMALL.encode("}")[0]), 5).any()
    assert not held.mask(held.advance(held.start(), END), 5).any()


def test_masks_of_several_states_are_the_masks_of_each():
    held = Constraint(SMALL, max_length=5)
    states = [(behind(held, SMALL, prefix), room) for prefix in ("", "x ^", "{ x", "x") for room in (0, 2)]
    assert np.array_equal(held.masks(states), np.stack([held.mask(state, room) for state, room in states]))


@settings(max_examples=80, deadline=None)
@given(
    st.one_of(
        st.sets(st.sampled_from(sorted(CLASSES)), min_size=1, max_size=25),
        st.sets(st.sampled_from(r"{ } [ ] $ * \left \right \text \hspace \\ ( x p t ' ^ _ \operatorname \frac \tag "
                                r"\sqrt \begin{array} \end{array} c & \ \operatorname* \kern1pt l u s 1 m".split()),
                min_size=6),
    ),
    st.integers(0, 40),
    st.integers(0, 2**32),
)  # fmt: skip
def test_any_walk_under_the_mask_ends_in_time_and_is_valid(symbols: set[str], max_length: int, seed: int):
    """Not only as tokens: also as the text that they make."""
    vocabulary = Vocabulary(tuple(sorted(symbols)))
    held, pick = Constraint(vocabulary, max_length=max_length), random.Random(seed)
    state, written = held.start(), []
    while True:
        allowed = numbers(held.mask(state, max_length - len(written)))
        assert allowed
        number = pick.choice(sorted(allowed - {END} or allowed))
        if number == END:
            break
        written.append(number)
        state = held.advance(state, number)
    latex = " ".join(vocabulary.decode(written))
    assert len(written) <= max_length
    assert not validate(latex).problems, latex


def test_letting_configurations_go_changes_no_mask(monkeypatch):
    """The grammar starts afresh now and then; states from before are still good, and memory is given back."""
    monkeypatch.setattr("hmer_suite.latex.automaton.MAX_CONFIGURATIONS", 0)
    held = Constraint(SMALL, max_length=9)
    old = behind(held, SMALL, r"\frac { x")
    before = held.mask(old, 5)
    fresh = behind(held, SMALL, r"\frac { x")
    assert fresh is not old
    assert np.array_equal(held.mask(fresh, 5), before) and np.array_equal(held.mask(old, 5), before)
    held.start()
    assert not held._needs and not held._closing._bounds


def test_a_grammar_in_which_nothing_can_be_written_is_refused():
    from hmer_suite.latex.automaton import Grammar

    source = "start: FRAC LBRACE RBRACE\n%declare FRAC LBRACE RBRACE\n"
    narrow = Grammar(source, name="narrow")
    assert names(SMALL, (held := Constraint(SMALL, narrow, 3)).mask(held.start(), 3)) == {r"\frac"}
    with pytest.raises(UsageError, match="grammar narrow has no formula of at most 2 tokens"):
        Constraint(SMALL, narrow, 2)
    with pytest.raises(UsageError, match="grammar narrow"):
        Constraint(Vocabulary(("x", "{", "}")), narrow, 9)


def test_made_once_for_the_same_question():
    assert constraint(SMALL, "latex", 30) is constraint(Vocabulary(SMALL.symbols), "latex", 30)


def test_is_handed_the_name_of_a_shipped_grammar_or_a_compiled_one():
    from hmer_suite.latex.automaton import Grammar

    own = Grammar("start: CHAR\n%declare CHAR\n", name="own")
    assert constraint(SMALL, own, 30).grammar is own
    with pytest.raises(UsageError, match="no grammar named own ships"):
        constraint(SMALL, "own", 30)
    with pytest.raises(TypeError, match="not 3"):
        constraint(SMALL, 3, 30)  # type: ignore[arg-type]  # what a user's slip looks like


def test_crohme_labels_are_all_allowed(shared):
    """What people wrote stays writable, token by token, with no more room than it takes."""
    lines = (shared / "crohme" / "captions-train.txt").read_text("utf-8").splitlines()
    labels = [line.partition("\t")[2] for line in lines[::10]]
    vocabulary = Vocabulary.of(labels)
    held = Constraint(vocabulary, max_length=400)
    for label in labels:
        state, written = held.start(), vocabulary.encode(label)
        for place, number in enumerate(written):
            assert held.mask(state, len(written) - place)[number], label
            state = held.advance(state, number)
        assert held.mask(state, 0)[END], label
