from __future__ import annotations

from pathlib import Path

import pytest

from hmer_suite.latex.leftovers import leftover, leftovers


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("x <eos>", "<eos>"),
        ("<s> x </s>", "<s>"),
        ("x <pad> <pad>", "<pad>"),
        ("[CLS] x [SEP]", "[CLS]"),
        ("<|im_start|> x", "<|im_start|>"),
        ("```latex\nx\n```", "```latex"),
        ("<math xmlns='a'><mi>x</mi></math>", "<math xmlns='a'>"),
        ("<mfrac><mn>1</mn></mfrac>", "<mfrac>"),
        ("x &lt; y", "&lt;"),
        (r"\\frac{1}{2}", r"\\frac"),
        (r"x = \\sqrt 2", r"\\sqrt"),
    ],
)
def test_what_is_no_latex_is_found(text: str, found: str) -> None:
    first = leftover(text)
    assert first is not None and first[0] == found


@pytest.mark.parametrize(
    "text",
    [
        "a < b > c",
        "( s - < s > ) ^ { 2 }",
        "a<b",
        "x < s",
        "[ x ]",
        "[S]",
        "\\left[ PAD \\right]",
        "a & b",
        "x ~ y",
        "' ' '",
        "\\langle s \\rangle",
        r"x \\\frac{1}{2}",
        r"\begin{matrix} a\\b \end{matrix}",
        r"x \\alphabet",
        r"x \\ sin",
    ],
)
def test_mathematics_is_left_alone(text: str) -> None:
    assert leftover(text) is None


def test_the_first_of_many() -> None:
    assert leftovers(["x", None, "y"]).count == 0
    found = leftovers(["x", None, "y <eos>", "z", "<pad>"])
    sentence = (
        "'<eos>' is a special token of a decoder, not LaTeX, but counts as symbols (and 1 more like it)"
    )
    assert (found.first, str(found)) == (2, sentence)


@pytest.mark.parametrize("name", ["crohme/captions-train.txt", "im2latex/val.formulas.norm.txt"])
def test_real_labels_hold_nothing_of_the_sort(shared: Path, name: str) -> None:
    assert leftovers((shared / name).read_text("utf-8").splitlines()).count == 0
