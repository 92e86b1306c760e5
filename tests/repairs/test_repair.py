"""What `repair` promises, on examples, on arbitrary input and on real predictions."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from hmer_suite.handwriting.formulas import sample_formula
from hmer_suite.latex.automaton import is_valid
from hmer_suite.latex.token_classes import CLASSES
from hmer_suite.latex.tokens import split
from hmer_suite.repairs import repair
from hmer_suite.repairs.repair import nearest
from tests.repairs.strategies import any_tokens, structural_tokens
from tests.steps import steps

EXAMPLES = [
    (r"x^{2", "x ^ { 2 }", [("insert", "}", 4)]),
    (r"\frac12}", r"\frac 1 2", [("delete", "}", 7)]),
    (r"\sqrt \sqrt { 5 }", r"\sqrt { 5 }", [("delete", r"\sqrt", 6)]),
    (r"\frac { 1 } { 2", r"\frac { 1 } { 2 }", [("insert", "}", 15)]),
    (r"x + \aplha", r"x + \alpha", [("replace", r"\alpha", 4)]),
    (r"5 %", r"5 \%", [("replace", r"\%", 2)]),
    (r"\left ( x \right", r"\left ( x \right )", [("insert", ")", 16)]),
    (r"\begin{cases} a \end{matrix}", r"\begin{cases} a \end{cases}", [("replace", r"\end{cases}", 16)]),
    (r"\begin{foo} a & b \end{foo}", r"\begin{matrix} a & b \end{matrix}", None),
    ("( x ^ { 2 )", "( x ^ { 2 } )", [("insert", "}", 10)]),
    # A superscript may follow primes, and stays apart from them.
    (r"f ' ^ 2 + \aplha", r"f ' ^ 2 + \alpha", [("replace", r"\alpha", 10)]),
    # Marks of mathematics are written as characters in text alone.
    ("p & q", "p q", [("delete", "&", 2)]),
    ("} p & q", "p q", [("delete", "}", 0), ("delete", "&", 4)]),
]


LATE_ENDS = {
    r"\begin{bmatrix} 5 & 6 \\ 7 & k": r"\begin{bmatrix} 5 & 6 \\ 7 & k \end{bmatrix}",
    r"\begin{cases} k & m > 2 \\ 9": r"\begin{cases} k & m > 2 \\ 9 \end{cases}",
    # What was opened before the environment is closed after it.
    r"[ \begin{matrix} p & q \\ r & s ] + 1": r"[ \begin{matrix} p & q \\ r & s \end{matrix} ] + 1",
    r"\left[ \begin{array}{c} p \\ q": r"[ \begin{array} { c } p \\ q \end{array}",
}
DOUBLE_SCRIPTS = {
    "g ^ { 4 } '": r"g ^ { 4 \prime }",
    "g ^ 4 ^ 5": "g ^ { 4 5 }",
    "g _ { i } _ { j } ^ 2 h": "g _ { i j } ^ { 2 } h",
    "g ^ { k ^ 2 ^ 3 } ^ m": "g ^ { k ^ { 2 3 } m }",
    r"g ^ \frac 1 2 ^ m": r"g ^ { \frac 1 2 m }",
}
NOTHING_VISIBLE_LOST = {
    r"\left y - 2 \right ]": r"\left . y - 2 \right ]",
    r"\left y - 2 \right )": r"\left ( y - 2 \right )",
    r"k_\text{max_3}": r"k _ \text { m a x \_ 3 }",
    r"\text{p & q}": r"\text { p ~ \& ~ q }",
    r"\mbox{u_v_w}": r"\mbox { u \_ v \_ w }",
    r"\text{u_v} ^ 1 ^ 2": r"\text { u \_ v } ^ { 1 2 }",
}


@pytest.mark.parametrize(("text", "output"), (LATE_ENDS | DOUBLE_SCRIPTS | NOTHING_VISIBLE_LOST).items())
def test_what_is_kept(text: str, output: str):
    assert repair(text).output == output
    check_promises(text)


@pytest.mark.parametrize(
    "text", [r"\operatorame *", r"\operatorname } *", r"\hspac * { 1 c m }", r"\tag } *"]
)
def test_no_star_joins_the_command_before_it(text: str):
    check_promises(text)


STRAY_SCRIPTS = {
    "6 t ^ { 2 } ^ + 3 t": "6 t ^ { 2 } + 3 t",
    "7 t ^ { 3 } ^ \\cos t": "7 t ^ { 3 } \\cos t",
    "( t ^ { 2 } ^ )": "( t ^ { 2 } )",
    "^ k ^ { 3 } - k": "k ^ { 3 } - k",
    "( ^ k ^ { 3 } )": "( k ^ { 3 } )",
    "\\lim _ { t \\to 0 } _ v _ { k }": "\\lim _ { t \\to 0 } v _ { k }",
    "M g ^ { 2 } ^ +": "M g ^ { 2 + }",
    "t ^ { 2 } ^ *": "t ^ { 2 * }",
}


@pytest.mark.parametrize(("text", "output"), STRAY_SCRIPTS.items())
def test_the_sign_of_a_script_that_was_not_meant_is_dropped(text: str, output: str):
    assert repair(text).output == output
    check_promises(text)


LOST_CLOSING_BRACES = {
    r"\overline{KL": r"\overline { K L }",
    r"\underbrace{k+m_{n}": r"\underbrace { k + m } _ { n }",
    r"\boxed{t=4": r"\boxed { t = 4 }",
    r"\vec{v}+\hat{w": r"\vec { v } + \hat { w }",
    r"\operatorname{rank": r"\operatorname { r a n k }",
    r"v_\mathrm{min": r"v _ \mathrm { m i n }",
    r"\mathrm{d t": r"\mathrm { d } t",
    r"\hspace{2cm": r"\hspace { 2 c m }",
    r"\textcolor{blue}{t": r"\textcolor { b l u e } t",
    r"\tag{14": r"\tag { 1 4 }",
    r"\sum_{\substack{k\\m}": r"\sum _ { \substack { k \\ m } }",
    r"\begin{array}{l t=1\\v=2\end{array}": r"\begin{array} { l } t = 1 \\ v = 2 \end{array}",
}


@pytest.mark.parametrize(("text", "output"), LOST_CLOSING_BRACES.items())
def test_an_argument_keeps_its_opening_brace(text: str, output: str):
    """The brace behind a command was written on purpose: its partner was lost, behind all that belongs to it."""
    assert repair(text).output == output
    check_promises(text)


@pytest.mark.parametrize(("text", "output", "edits"), EXAMPLES)
def test_examples(text, output, edits):
    result = repair(text)
    assert result.output == output
    if edits is not None:
        assert [(edit.op, edit.token, edit.at) for edit in result.edits] == edits


RARE_COMMANDS = [
    r"\sideset { _ 1 } { ' } \sum _ { n = 1 }",
    r"\prescript { 1 4 } { 6 } { C }",
    r"\begin{tabular} { c | c } $ x $ & y _ { 1 } \end{tabular}",
    r"\begin{flalign*} a & = b _ { 1 } \end{flalign*}",
    r"\textcolor [ r g b ] { 1 , 0 , 0 } { x }",
    r"\fcolorbox [ H T M L ] { 0 0 0 0 F F } { F F 0 0 0 0 } { x }",
    r"\genfrac { [ } { ] } { 0 p t } { } { n } { k + 1 }",
    r"\root n + 1 \of { x }",
    r"\cfrac [ l ] { 1 } { 2 }",
    r"\frak { g k } + m",
]


@pytest.mark.parametrize("text", RARE_COMMANDS)
def test_rare_commands_stay_and_their_last_brace_comes_back(text: str):
    assert repair(text).output == text
    assert is_valid(split(repair(text[: text.rindex("}")]).output))
    check_promises(text)


RULED = r"\begin{matrix}a & b\hline\hline c\end{matrix}"


def test_reasons_name_the_fault():
    expected = {
        r"x^{2": "`^ {` opened before was never closed",
        "x }": "`}` closes nothing",
        r"\sqrt \sqrt 2": r"`\sqrt` is written twice",
        r"\aplha": r"`\aplha` is not a known command; `\alpha` is put in its place",
        r"x \foo": r"`\foo` is not a known command",
        RULED: "a line of a table belongs between its rows, and one has begun",
    }
    assert {text: repair(text).edits[0].why for text in expected} == expected


def test_json_is_that_of_the_interface():
    assert repair("x }").to_json() == {
        "input": "x }",
        "output": "x",
        "cost": 1.0,
        "edits": [{"op": "delete", "token": "}", "at": 2, "why": "`}` closes nothing"}],
    }


def test_unknown_commands_stay_where_they_are_permitted():
    assert repair(r"\foo ^ {2", permit_unknown=True).output == r"\foo ^ { 2 }"
    assert repair(r"\foo ^ 2", permit_unknown=True).edits == ()


def test_rules_touch_valid_text_only_on_request():
    text = r"x ^ { { 2 } }"
    assert repair(text).output == text
    assert repair(text, aggressive=True).output == "x ^ { 2 }"


def check_promises(text):
    words = split(text)
    result = repair(text)
    output = split(result.output)
    assert is_valid(output)
    assert result.cost == len(result.edits) == Levenshtein.distance(words, output)
    assert repair(result.output).output == result.output
    if is_valid(words):
        assert result.output is text
        assert not result.edits
    assert all(0 <= edit.at <= len(text) and edit.why for edit in result.edits)


@settings(max_examples=300, deadline=None)
@given(st.one_of(structural_tokens, any_tokens))
def test_promises_on_any_tokens(words):
    check_promises(" ".join(words))


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=40), st.text(alphabet="{}^_\\ax2&$%()[] ", max_size=40)))
def test_promises_on_any_text(text):
    check_promises(text)


@settings(max_examples=100, deadline=None)
@given(structural_tokens)
def test_an_aggressive_second_pass_changes_nothing(words):
    once = repair(" ".join(words), aggressive=True).output
    assert is_valid(split(once))
    assert repair(once, aggressive=True).output == once


def steps_of_repair(text, **options):
    """Steps of a repair, whose result is valid; the tables are loaded before."""
    repair("{")
    results = []
    taken = steps(lambda: results.append(repair(text, **options)))
    assert is_valid(split(results[0].output))
    return taken


@pytest.mark.parametrize("seed", range(3))
def test_steps_of_500_random_tokens_have_a_bound(seed):
    words = random.Random(seed).choices(sorted(CLASSES), k=500)
    assert steps_of_repair(" ".join(words)) < 2_000_000


@pytest.mark.parametrize("lost", [1, 5])
def test_steps_of_a_long_formula_that_lost_braces_have_a_bound(lost):
    """Each brace may be missing almost anywhere after its partner: the most equal repairs that there are."""
    rng = random.Random(lost)
    words: list[str] = []
    while len(words) < 480:
        words += sample_formula(rng).split()
    braces = [place for place, word in enumerate(words) if word == "}"]
    for place in sorted(rng.sample(braces, lost), reverse=True):
        del words[place]
    assert steps_of_repair(" ".join(words)) < 1_200_000


@pytest.mark.parametrize("loop", [r"\frac { 1 } {", "{", "x ^ {", r"\sqrt", r"\begin{matrix} &", "1 }"])
@pytest.mark.parametrize("rules", [None, ()])
def test_steps_of_loops_of_tokens_have_a_bound(loop, rules):
    words = (loop.split() * 1_000)[:1_000]
    assert steps_of_repair(" ".join(words), rules=rules) < 7_500 * len(words)


@pytest.mark.parametrize("end", [r"\dot3", "{ $", "x ]", r"\left("])
def test_optional_arguments_that_are_never_closed_end_valid(end):
    assert is_valid(split(repair(r"\sqrt[" * 11 + end).output))


def test_steps_of_nested_braces_grow_with_their_number():
    """Four times the braces take some four times the steps; a quadratic search takes sixteen times as many."""
    assert steps_of_repair("{" * 2_000, rules=()) < 8 * steps_of_repair("{" * 500, rules=())


def test_real_broken_predictions_end_valid(shared):
    lines = (shared / "predictions/wap-crohme2014.txt").read_text(encoding="utf-8").splitlines()
    broken = [text for text in (line.partition(" ")[2] for line in lines) if not is_valid(split(text))]
    assert len(broken) > 20
    for text in broken:
        check_promises(text)


def test_names_of_two_letters_are_too_short_to_be_meant():
    assert nearest(r"\mua") == ""
    assert nearest(r"\alhpa") == r"\alpha"


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        ("$ x _", "x"),  # a dollar outside of text opens none
        (r"\text { a _ b $ x _ 1 $ c _ d }", r"\text { a \_ b $ x _ 1 $ c \_ d }"),
        (r"\text { a $ x } ^ 2 $ y _", None),
    ],
)
def test_underscores_are_escaped_in_text_alone(text: str, fixed: str | None):
    output = repair(text).output
    assert r"y \_" not in output
    assert fixed is None or output == fixed
