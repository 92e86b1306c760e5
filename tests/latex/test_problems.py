from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmer_suite.latex.automaton import is_valid
from hmer_suite.latex.problems import PROBLEMS, validate
from hmer_suite.latex.tokens import split


@pytest.mark.parametrize(
    ("code", "latex"), [(code, example) for code, (_, examples) in PROBLEMS.items() for example in examples]
)
def test_each_example_of_the_table_has_its_code(code: str, latex: str):
    assert validate(latex).problems[0].code == code


@given(st.text(alphabet=st.sampled_from(list(r"\{}^_&$[]()ab1 '%\frac")), max_size=40))
def test_diagnosis_and_verdict_agree(text: str):
    diagnosis = validate(text)
    assert diagnosis.valid == is_valid(split(text))
    for problem in diagnosis.problems:
        assert 0 <= problem.start <= problem.end <= len(text)
        assert problem.code in PROBLEMS


@given(st.text(max_size=40))
def test_any_unicode_is_diagnosed(text: str):
    assert validate(text).valid == is_valid(split(text))


def test_span_and_caret_point_into_the_users_own_text():
    text = r"$x_1^{2}} + 1$"
    (problem,) = validate(text).problems
    assert text[problem.start : problem.end] == "}"
    shown, carets = problem.caret(text).split("\n")
    assert shown[carets.index("^")] == "}"
    assert shown[: carets.index("^")] == "$x_1^{2}"


def test_expected_names_what_closes():
    assert validate(r"\left( x").problems[0].expected == ("\\right",)
    assert validate(r"\begin{cases} x").problems[0].expected == (r"\end{cases}",)
    assert "{" in validate(r"\frac{1}").problems[0].expected


def test_every_open_group_is_reported_outermost_first():
    assert [p.code for p in validate(r"\left( \frac { 1").problems] == ["unclosed-fence", "unclosed-group"]


@pytest.mark.parametrize("name", ["Bmatrix", "align*", "cases"])
def test_an_environment_is_ended_by_its_own_name(name: str):
    (problem,) = validate(rf"\begin{{{name}}} a _").problems[:1]
    assert problem.code == "missing-script"
    (problem,) = validate(rf"\begin{{{name}}} a \right )").problems[:1]
    assert rf"\end{{{name}}}" in problem.expected


def test_unknown_commands_can_be_permitted():
    assert not validate(r"\foo { x }").valid
    assert validate(r"\foo { x }", permit_unknown=True).valid
    assert not validate("5 %", permit_unknown=True).valid


def test_reading_goes_on_behind_a_problem_that_stands_alone():
    assert [p.code for p in validate(r"\foo x } y ^ 1 ^ 2").problems] == [
        "unknown-command",
        "unmatched-close",
        "double-superscript",
    ]


def test_deep_nesting_has_its_own_code():
    assert validate("{" * 100_000).problems[0].code == "too-deep"
