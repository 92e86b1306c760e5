"""Which layout a file has: real files and their like, and the cases that only the user can decide."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmer_suite.errors import InputError
from hmer_suite.predictions.detect import detect_json, detect_lines

TOKENS = st.sampled_from([*"xyabkNS(1290[{=+", "\\frac", "\\alpha", "\\left(", "\\operatorname", "\u89e3"])
FORMULA = st.lists(TOKENS, min_size=1, max_size=8).map(" ".join)
IDS = st.builds(
    "{}_20{}_{}".format, st.sampled_from(["RIT", "em", "UN"]), st.integers(11, 23), st.integers(0, 400)
)


def detect(lines: list[str], known_ids: list[str] | None = None) -> str:
    """The layout, or "unclear" where the user is asked."""
    try:
        return detect_json("file", "\n".join(lines)) or detect_lines("file", lines, known_ids)
    except InputError:
        return "unclear"


@pytest.mark.parametrize(
    ("lines", "layout"),
    [
        (["a\tx"], "tsv"),
        (["a\t", "b", "c\tx ^ 2"], "tsv"),
        (["a", "b", "c\tx"], "tsv"),
        (["RIT_2014_29 - 7", "513_em_320 k N"], "spaced"),
        (["RIT_2014_29", "513_em_320 "], "spaced"),
        (["x ^ 2"], "plain"),
        (["1 + 1"], "plain"),
        (["2014-1932"], "plain"),
        (["sin x", "\\cos x"], "plain"),
        (["x^2+1", "", "\\frac12"], "plain"),
        (["$x$"], "plain"),
        (["{ } ^ { 2 } x"], "plain"),
        (["[ { \\bar { K } } ] x"], "plain"),
        (["x \t y", "a + b", "c + d"], "plain"),
        (["", ""], "plain"),
        (["sin x", "cos x"], "unclear"),
        (["1 + 1", "2 + 2", "3 + 3"], "unclear"),
        (["x^{2} \tx ^ { 2 }"], "unclear"),
        ([f"{i} x" for i in range(20)], "spaced"),
        ([f"{i:03d}" for i in range(20)], "spaced"),
        ([f"{chr(97 + i)}{i} x" for i in range(20)], "spaced"),
        (["{", '"a": "x"', "}"], "json"),
        (['{"a": "x"}'], "json"),
        (['[{"id": "a", "pred": "x"}]'], "json"),
        (['["x", "y"]'], "json"),
        (["{}"], "json"),
        (['{"a": {', '"pred": "x"}', "}"], "json"),
        (['{"id": "a", "pred": "x"}', '{"id": "b", "pred": "y"}'], "jsonl"),
    ],
)
def test_layout_of(lines: list[str], layout: str) -> None:
    assert detect(lines) == layout


def test_references_decide_what_content_cannot() -> None:
    lines = ["1 + 1", "2 + 2", "3 + 3"]
    assert detect(lines, ["1", "2", "3", "4"]) == "spaced"
    assert detect(lines, []) == "plain"
    assert detect(lines, ["a", "b", "c"]) == "unclear"
    assert detect(["1 x"] * 9 + ["2 x"], ["1", "2", "3"]) == "plain"


def test_a_suffix_settles_json_that_is_broken() -> None:
    assert detect_json("f.json", "{x") == "json"
    assert detect_json("f.jsonl", '{"id": "a"}') == "jsonl"
    assert detect_json("f.txt", "{x") is None


@given(st.lists(FORMULA, min_size=1, max_size=30))
def test_formulas_are_never_taken_for_ids(lines: list[str]) -> None:
    assert detect(lines) in ("plain", "unclear")


@given(st.dictionaries(IDS, FORMULA | st.just(""), min_size=2, max_size=30))
def test_customary_ids_are_never_taken_for_formulas(samples: dict[str, str]) -> None:
    assert detect([f"{identifier} {text}" for identifier, text in samples.items()]) == "spaced"


@given(st.dictionaries(IDS, FORMULA | st.just(""), min_size=1, max_size=30))
def test_tabs_and_json_are_seen(samples: dict[str, str]) -> None:
    assert detect([f"{identifier}\t{text}" for identifier, text in samples.items()]) == "tsv"
    for indent in (None, "\t", 2):
        assert detect(json.dumps(samples, indent=indent).split("\n")) == "json"


def test_samples_of_real_files_down_to_two_lines(shared: Path) -> None:
    """No formula is taken for an id or the reverse; the few unclear ones are single words by chance."""
    captions = [line.split("\t") for line in (shared / "crohme/captions-train.txt").read_text().splitlines()]
    printed = (shared / "im2latex/test-a.formulas.norm.txt").read_text().splitlines()
    wap = (shared / "predictions/wap-crohme2014.txt").read_text().splitlines()
    kinds = [
        ("spaced", wap),
        ("spaced", [f"{identifier} {formula}" for identifier, formula in captions]),
        ("plain", printed),
        ("plain", [formula for _, formula in captions]),
        ("plain", [formula.replace(" ", "") for _, formula in captions]),
    ]
    rng = random.Random(2)
    for layout, lines in kinds:
        assert detect(lines) == layout
        for size in (2, 3, 5, 10, 30):
            guesses = [detect(rng.sample(lines, size)) for _ in range(200)]
            assert set(guesses) <= {layout, "unclear"}
            assert guesses.count("unclear") <= 10
