r"""The table of LaTeX knowledge, and the questions on which its former copies disagreed."""

from __future__ import annotations

import pytest

from hmer_suite.data.statistics import structures_of
from hmer_suite.latex.canonical.canoniser import canonical
from hmer_suite.latex.constructs import (
    ALPHABETS,
    BARS,
    BRACKETS,
    DISPLAY_ENVIRONMENTS,
    ENVIRONMENT_FENCES,
    FONT_SWITCHES,
    FONT_SYNONYMS,
    MARKS_ABOVE,
    MARKS_BELOW,
    OPENING_OF,
    SCRIPT_ENVIRONMENTS,
    STRUCTURE_OF,
    STRUCTURES,
    SYNONYMS,
    environment_fences,
)
from hmer_suite.latex.token_classes import CLASSES, ENVIRONMENTS, SPACING_CLASSES
from hmer_suite.latex.tokens import split
from hmer_suite.latex.tree import parse
from hmer_suite.scores.errors_by_kind import structures


def test_brackets_are_exactly_the_opening_and_closing_delimiters():
    opening = {token for token, spacing in SPACING_CLASSES.items() if spacing == "open"}
    closing = {token for token, spacing in SPACING_CLASSES.items() if spacing == "close"} - {"!", "?"}
    assert set(BRACKETS) == opening
    assert set(OPENING_OF) == closing
    assert not opening & BARS.keys()


def test_every_token_of_the_table_is_one_that_the_grammar_knows():
    known = {*SYNONYMS, *FONT_SWITCHES, *FONT_SYNONYMS, *ALPHABETS, *STRUCTURE_OF, *BARS}
    assert {token for token in known if token not in CLASSES and len(token) > 1} == {r"\above"}
    assert DISPLAY_ENVIRONMENTS | SCRIPT_ENVIRONMENTS | ENVIRONMENT_FENCES.keys() <= ENVIRONMENTS
    assert all(CLASSES[mark] == "ACCENT" for mark in MARKS_ABOVE | MARKS_BELOW)


def test_a_token_shows_one_structure():
    assert len(STRUCTURE_OF) == sum(map(len, STRUCTURES.values()))


def test_starred_matrices_have_the_fences_of_the_others():
    assert environment_fences("bmatrix*") == ("[", "]")
    assert environment_fences("aligned") is None


@pytest.mark.parametrize(
    ("latex", "structure"),
    [
        (r"\binom { n } { k }", "binomial"),
        (r"{ n \choose k }", "binomial"),
        (r"{ n \brack k }", "binomial"),
        (r"\frac { n } { k }", "fraction"),
        (r"{ n \over k }", "fraction"),
        (r"\int f", "big operator"),
        (r"\sum f", "big operator"),
        (r"\lim f", "big operator"),
        (r"\det f", "big operator"),
        (r"\overbrace { x }", "accent"),
        (r"\hat { x }", "accent"),
        (r"\stackrel { a } { = }", "stacked"),
        (r"\xrightarrow { a }", "stacked"),
        (r"\mbox { a }", "text"),
        (r"\sqrt { x }", "root"),
        (r"\root 3 \of x", "root"),
        (r"\begin{matrix} a \end{matrix}", "environment"),
    ],
)
def test_statistics_and_scores_call_a_structure_alike(latex: str, structure: str):
    assert structures_of(parse(latex)) == {structure}
    assert structures(split(latex)) == (structure,)


@pytest.mark.parametrize("latex", [r"\boxed { x }", r"\phantom { x }", r"\begin{array} { c } x \end{array}"])
def test_frames_are_no_accents_and_columns_no_text(latex: str):
    assert not structures_of(parse(latex)) & {"accent", "text"}


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        # Both environments set their cells in the style that their name or amsmath's definition says.
        (
            r"\begin{displaymath} \dfrac { 1 } { 2 } \end{displaymath}",
            r"\begin{displaymath} \frac { 1 } { 2 } \end{displaymath}",
        ),
        (
            r"\begin{subarray} { c } \tfrac { 1 } { 2 } \end{subarray}",
            r"\begin{subarray} { c } \tfrac { 1 } { 2 } \end{subarray}",
        ),
    ],
)
def test_canonical_spelling_knows_the_style_of_every_environment(latex: str, expected: str):
    assert canonical(latex) == expected
