from __future__ import annotations

from dataclasses import replace

import pytest

from hmer_suite.errors import UsageError
from hmer_suite.scores.signature import Signature, digest

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
