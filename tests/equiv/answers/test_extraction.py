"""Where an answer is found in a text, and where none is."""

from __future__ import annotations

import pytest

from hmer_suite.equiv.answers.extraction import candidates
from hmer_suite.equiv.answers.switches import Answers

BOXED, PROSE, FENCES = Answers(boxed=True), Answers(prose=True), Answers(fences=True)

FOUND = [
    (BOXED, r"Hence $x = \boxed{\frac{3}{4}}$ metres.", [r"\frac{3}{4}"]),
    (BOXED, r"\fbox{ x + 1 }", ["x + 1"]),
    (BOXED, r"\boxed{\{ 1 \} \} }", []),  # closed too often is closed at the first
    (BOXED, r"\boxed{\boxed{9}}", ["9"]),
    (BOXED, r"First \boxed{12}, and once more: \boxed{ 12 }.", ["12"]),
    (BOXED, r"$\boxed{3}$, $\boxed{5}$ and $\boxed{7}$", ["3, 5, 7"]),
    (BOXED, r"I get \boxed{2}. No: the sign was wrong, so \boxed{3}.", ["2", "3", "2, 3"]),
    (BOXED, r"<think> \boxed{1}? no </think> \boxed{4}", ["4"]),
    (BOXED, r"It must be \boxed{12", []),
    (BOXED, r"\boxed{5} or else \boxed{12", []),
    (BOXED, r"I could not find it, sorry.", []),
    (BOXED, r"\frac{3}{4}", [r"\frac{3}{4}"]),
    (PROSE, "We add. The answer is 42.", ["42"]),
    (PROSE, "The answer is 3.25. Done", ["3.25"]),
    (PROSE, r"Answer: \(\sqrt2\)", [r"\sqrt2"]),
    (PROSE, "**Answer:** $x^2$", ["x^2"]),
    (PROSE, "**Final Answer**\n\n\\[ a + b \\]", ["a + b"]),
    (PROSE, "Final answer: the final answer is $8$. I hope it is right.", ["8"]),
    (PROSE, "So the answer is plain.\n\nFinal Answer: **73**", ["73"]),
    (PROSE, "#### -7", ["-7"]),
    (PROSE, "<answer>2x</answer>", ["2x"]),
    (PROSE, "所以答案是 $6$。", ["6"]),
    (PROSE, "The answers are $x=1$ and $x=4$.", [r"x=1 \text{ and } x=4"]),
    (PROSE, "The answer is 12 pears, as $n$ is even.", [r"12 \text{ pears }, as n is \text{ even }"]),
    (PROSE, "the answer is 5%", [r"5\%"]),
    (PROSE, "the answer is $5", [r"\$5"]),
    (PROSE, "The answer is 4. Wait. The answer is 5.", ["4", "5"]),
    (PROSE, "Nothing is said here at all.", []),
    (FENCES, "```latex\nx^2\n```", ["x^2"]),
    (FENCES, "Here you are:\n```\n$$ y $$\n```\nAnything else?", ["y"]),
    (FENCES, r"\[ x \]", ["x"]),
    (FENCES, "It is not $5$ but more.", []),
    (FENCES, "```\na\n```\n```\nb\n```", ["a", "b"]),
    (Answers(boxed=True, prose=True), r"The answer is 1. \boxed{2}", ["2"]),
    (Answers(unordered=True), "The answer is 5.", ["The answer is 5."]),
]


@pytest.mark.parametrize(
    ("switches", "text", "right"), [case for case in FOUND if case[2] or "could" in case[1]]
)
def test_what_is_taken(switches: Answers, text: str, right: list[str]):
    assert [" ".join(found.text.split()) for found in candidates(text, switches)] == right


@pytest.mark.parametrize(
    ("switches", "text"), [case[:2] for case in FOUND if not case[2] and "\\{ 1" not in case[1]]
)
def test_where_none_is_found_none_is_made_up(switches: Answers, text: str):
    assert candidates(text, switches) == ()


def test_the_switch_that_found_it_is_named():
    assert candidates(r"\boxed{x}", BOXED)[0].by == ("boxed",)
    assert candidates("answer: x", PROSE)[0].by == ("prose",)
    assert candidates("x", BOXED)[0].by == ()


@pytest.mark.parametrize(
    "text",
    [
        r"\boxed{" * 30_000,
        r"\boxed{" * 9000 + "}" * 9000,
        "," * 50_000 + r"\boxed{1}" + " ," * 20_000 + r"\boxed{2}",
        "$" * 20_001,
        "</think>" * 9999,
    ],
)
def test_hostile_texts_end(text: str):
    candidates(text, Answers(boxed=True, prose=True, fences=True))
