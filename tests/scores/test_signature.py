from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from hmer_suite.errors import UsageError
from hmer_suite.scores.score import score
from hmer_suite.scores.signature import Signature, digest, references_digest

SIGNATURE = Signature(
    version="0.1.0",
    metric="exprate+wer",
    tokens="raw",
    canonical="none",
    grammar=digest("start: x"),
    n=986,
)


def test_the_line():
    assert str(SIGNATURE) == (
        "hmer-suite|v:0.1.0|metric:exprate+wer|tok:raw|canon:none|"
        f"grammar:{SIGNATURE.grammar}|align:leftmost-sdi|emptyref:insertions|missing:wrong|n:986"
    )


def test_parts_that_were_used():
    line = str(replace(SIGNATURE, repair="search+rules", bootstrap="1000.12345"))
    assert "|canon:none|repair:search+rules|grammar:" in line
    assert line.endswith("|missing:wrong|bs:1000.12345|n:986")


@pytest.mark.parametrize("value", ["", "a b", "a|b", "a:b", "a\n"])
def test_a_part_that_would_break_the_line(value):
    with pytest.raises(UsageError, match="signature"):
        str(replace(SIGNATURE, metric=value))


@pytest.mark.parametrize(
    "changes",
    [
        {"version": "0.2.0"},
        {"tokens": "latex"},
        {"canonical": "1"},
        {"grammar": digest("start: y")},
        {"n": 985},
    ],
)
def test_whatever_changes_the_score_changes_the_line(changes):
    assert str(replace(SIGNATURE, **changes)) != str(SIGNATURE)


def test_digest():
    assert digest("abc") == digest("abc")
    assert len({digest(), digest(""), digest("abc"), digest("ab", "c"), digest("a", "bc"), digest("ä")}) == 6
    assert len(digest("abc")) == 12 and set(digest("abc")) <= set("0123456789abcdef")


PREDICTIONS = ["x ^ 2", "y", None, "z + 1"]
REFERENCES = ["x^2", "Y", r"\frac12", "z + 1"]
IDS = ["b", "a", "d", "c"]


def test_references_are_in_the_signature():
    plain = score(PREDICTIONS, REFERENCES, ids=IDS, semantics=False)
    other = score(PREDICTIONS, ["x^2", "Y", r"\frac13", "z + 1"], ids=IDS, semantics=False)
    renamed = score(PREDICTIONS, REFERENCES, ids=["b", "a", "d", "e"], semantics=False)
    respelled = score(PREDICTIONS, ["x ^ { 2 }", "Y", r"\frac 1 2", "z+1"], ids=IDS, semantics=False)
    better = score(REFERENCES, REFERENCES, ids=IDS, semantics=False)
    assert len({str(plain.signature), str(other.signature), str(renamed.signature)}) == 3
    assert plain.raw.exprate != respelled.raw.exprate
    assert str(plain.signature) == str(respelled.signature) == str(better.signature)


def test_ids_and_references_are_not_run_together():
    assert references_digest([("a", "b"), ("c", "d")]) == references_digest([("c", "d"), ("a", "b")])
    assert references_digest([("a", "b"), ("c", "d")]) != references_digest([("a", "d"), ("c", "b")])
    assert references_digest([("ab", "c")]) != references_digest([("a", "bc")])


def test_the_order_of_samples_changes_no_number():
    ids, predictions, references = zip(
        *[(f"s{i}", "x" * (i % 3), "x" * (i % 5)) for i in range(40)], strict=True
    )
    there = score(predictions, references, ids=ids, semantics=False)
    back = score(predictions[::-1], references[::-1], ids=ids[::-1], semantics=False)
    assert (there.confidence, str(there.signature)) == (back.confidence, str(back.signature))
    assert there.confidence["exprate"][0] < there.raw.exprate < there.confidence["exprate"][1]


def test_the_page_explains_every_field():
    page = (Path(__file__).parents[2] / "docs" / "signature.md").read_text("utf-8")
    explained = re.findall(r"^\| `(\w+)` \|", page, flags=re.MULTILINE)
    real = str(score(["x"], ["x"], extract=True).signature)
    assert [part.partition(":")[0] for part in real.split("|")[1:]] == explained
    example = next(line for line in page.splitlines() if line.startswith("hmer-suite|"))
    asked = [field for field in explained if field != "extract"]  # the example is without --extract
    assert [part.partition(":")[0] for part in example.split("|")[1:]] == asked
