r"""Formulas in the output of language models."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hmer_suite.predictions.extraction import (
    SHOWN,
    Extracted,
    extract,
    extract_predictions,
    extract_references,
    unwrap,
)
from hmer_suite.predictions.files import read_predictions, read_references
from hmer_suite.scores.score import score

FOUND = [
    # delimiters
    ("```tex\na+b\n```", "a+b"),
    ("Here it is:\n~~~\na+b\n~~~\nAnything else?", "a+b"),
    ("```latex\n$$a+b$$", "a+b"),
    ("\\[ a+b \\]", "a+b"),
    ("\\( a+b \\)", "a+b"),
    ("$$\na\n+b\n$$", "a +b"),
    ("I read $a+b$ here.", "a+b"),
    ("`a+b`", "a+b"),
    ("\\begin{equation*}\n a+b \\label{e}\n\\end{equation*}", "a+b"),
    ("\\begin{align}a+b\\nonumber\\end{align}", "a+b"),
    ("\\begin{align*}a &= b \\\\ c &= d\\end{align*}", "\\begin{aligned} a &= b \\\\ c &= d \\end{aligned}"),
    ("\\boxed{\\frac{a}{b}}", "\\frac{a}{b}"),
    ("Step 1: $a$. So \\boxed{ a + \\boxed{b} }", "a + \\boxed{b}"),
    ("The result is $\\boxed{a}$.", "a"),
    # what else surrounds it
    ("<think>It might be $c$ or \\[d\\].</think>\n$a+b$", "a+b"),
    ("<answer>a+b</answer>", "a+b"),
    ("a+b<|im_end|>", "a+b"),
    ("<s> a+b </s>", "a+b"),
    ('```json\n{"latex": "a+b"}\n```', "a+b"),
    ("**Answer:** $a+b$", "a+b"),
    ("Answer: a+b", "a+b"),
    ("The LaTeX code is:\n\na+b\n\nI hope this helps you!", "a+b"),
    ("The expression is a+b.", "a+b"),
    ("式は $a+b$ です", "a+b"),
    # a formula stays as it is
    ("a+b", "a+b"),
    ("", ""),
    ("x = \\boxed{3}", "x = \\boxed{3}"),
    ("\\text{if $x>0$} y", "\\text{if $x>0$} y"),
    ("\\begin{cases} 1 & \\text{if } x \\\\ 0 \\end{cases}", "\\begin{cases} 1 & \\text{if } x \\\\ 0 \\end{cases}"),
    ("f : X \\to Y", "f : X \\to Y"),
    ("\\mathrm { m a x } ( a , b )", "\\mathrm { m a x } ( a , b )"),
    ("\\$ 5", "\\$ 5"),
    ("a < b", "a < b"),
    ("a ~~~ b", "a ~~~ b"),
    # delimiters that are not closed
    ("\\[ a+b", "\\[ a+b"),
    ("\\boxed{a", "\\boxed{a"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "formula"), FOUND)
def test_the_formula_is_taken(text: str, formula: str) -> None:
    assert extract(text).formula == formula


@pytest.mark.parametrize("text", ["I cannot read this picture.", "Sorry, there is no formula here."])
def test_prose_has_no_formula(text: str) -> None:
    assert extract(text) == Extracted(None)


def test_of_several_the_longest_is_taken_and_counted() -> None:
    assert extract("Let $a$ be, then $a+b$ and $a+b$.") == Extracted("a+b", 1)
    assert extract("From $c+d+e$ follows \\[a\\] as it should.") == Extracted("a", 0)


def test_references_lose_only_what_delimits_them() -> None:
    assert [unwrap(text) for text in ("$x$", "\\[\\(x\\)\\]", "\\boxed{x}", "$x$ or $y$", "x")] == [
        "x", "x", "\\boxed{x}", "$x$ or $y$", "x",
    ]  # fmt: skip


def test_a_file(put) -> None:
    rows = [
        ("a", "The formula is $x$.", "$x$"),
        ("b", "I am very sorry.", "y"),
        ("c", "Use $a$ for $bc$.", "z"),
    ]
    records = [json.dumps({"id": name, "pred": pred, "gt": gt}) for name, pred, gt in rows]
    file = extract_predictions(read_predictions(put("p.jsonl", "\n".join(records))))
    assert (file.predictions, file.references) == (("x", "I am very sorry.", "bc"), ("x", "y", "z"))
    assert file.origin.warnings == (
        "p.jsonl:2: 'b': no formula found in 'I am very sorry.', which stays as it is",
        "p.jsonl:3: 'c': 2 formulas, the longest is taken",
    )
    assert extract_references(read_references(put("r", "a\t$x$\n"))).references == ("x",)


def test_many_doubts_are_counted(put) -> None:
    lines = "".join(f'{{"id": "a{number}", "pred": "no formula there"}}\n' for number in range(SHOWN + 3))
    warnings = extract_predictions(read_predictions(put("p.jsonl", lines))).origin.warnings
    assert (len(warnings), warnings[-1]) == (SHOWN + 1, "p.jsonl: 3 more samples of this kind")


def test_scores_name_the_rules() -> None:
    texts, references = ["It is $x^2$.", None], ["$x ^ { 2 }$", "y"]
    plain, unwrapped = (
        score(texts, references, semantics=False, extract=extract) for extract in (False, True)
    )
    assert (plain.canonical.exprate, unwrapped.canonical.exprate) == (0.0, 50.0)
    assert "|extract:1|" in str(unwrapped.signature) and "extract" not in str(plain.signature)


def test_real_predictions_are_left_alone(shared: Path) -> None:
    for name in ("unimumer-3b-crohme2014.json", "tamer-hme100k-a.json"):
        file = read_predictions(shared / "predictions" / name)
        found = [extract(text).formula for text in file.predictions[:1000]]
        assert found == [text.strip() for text in file.predictions[:1000]]


HOSTILE = [
    "\\boxed{" * 5_000 + "x" + "}" * 5_000,
    "\\boxed{" * 5_000,
    "$" * 20_001,
    "\\[" * 10_000,
    "\\begin{equation}" * 2_000,
    "`" * 20_001,
    "<s>" * 5_000 + "x" + "</s>" * 5_000,
    "x" + " " * 50_000 + "y",
    "ab " * 20_000,
    "abc: " * 10_000,
    "{" * 20_000,
    "<think>" * 5_000,
    '{"a": ' * 5_000,
    "is " * 10_000 + "x",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_takes_long_or_breaks(text: str) -> None:
    extract(text)
    unwrap(text)
